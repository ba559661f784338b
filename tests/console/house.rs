//! The rules of a page's file: one page, by one reader, over the services.

use std::path::Path;

/// Files of the console that are no pages.
const PARTS: [&str; 11] = [
    "browser.rs",
    "cookies.rs",
    "form.rs",
    "guard.rs",
    "layout.rs",
    "missing.rs",
    "mod.rs",
    "site.rs",
    "staff.rs",
    "times.rs",
    "visit.rs",
];
/// Pages without an extractor of the visit, with the reason.
const WITHOUT_VISIT: [(&str, &str); 1] = [("style.rs", "the same for everybody")];

#[test]
fn a_page_has_one_handler_one_form_and_a_reader() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/console");
    let mut pages = 0;
    let mut complaints = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (file, name) = if path.is_dir() { (path.join("mod.rs"), format!("{name}/mod.rs")) } else { (path, name) };
        if file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a file");
        for layer in ["store", "carrier", "app", "commands"] {
            if text.contains(&format!("crate::{layer}")) {
                complaints.push(format!("{name} imports {layer}; a page calls the services"));
            }
        }
        if PARTS.contains(&name.as_str()) {
            continue;
        }
        pages += 1;
        let (handlers, submits) = (text.matches("async fn handler(").count(), text.matches("async fn submit(").count());
        if handlers > 1 || submits > 1 || handlers + submits == 0 {
            complaints.push(format!("{name} has {handlers} handlers and {submits} forms; at most one each"));
        }
        let reads = ["visit: Visit", "staff: StaffActor", "Submitted"].iter().any(|reader| text.contains(reader));
        if !reads && !WITHOUT_VISIT.iter().any(|(known, _)| *known == name) {
            complaints.push(format!("{name} doesn't say who reads it"));
        }
        if submits > 0 && !text.contains("Submitted") {
            complaints.push(format!("{name} takes a form without checking its token"));
        }
    }
    assert!(pages > 8, "{pages} pages were read");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_template_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let mut text = String::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => text.push_str(&std::fs::read_to_string(path).expect("text")),
            }
        }
    }
    for entry in std::fs::read_dir(root.join("templates/console")).expect("a folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(text.contains(&format!("\"console/{name}\"")), "{name} isn't used");
    }
}
