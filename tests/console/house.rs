//! The rules of a page's file: one page, by one reader, over the services.

use std::path::{Path, PathBuf};

/// Files of the console that are no pages. In folders, they are those without a handler and a form.
const PARTS: [&str; 13] = [
    "cookies.rs",
    "form.rs",
    "here.rs",
    "layout.rs",
    "missing.rs",
    "mod.rs",
    "names.rs",
    "note_field.rs",
    "section.rs",
    "sender.rs",
    "staff.rs",
    "times.rs",
    "visit.rs",
];
/// Pages without an extractor of the visit, with the reason.
const WITHOUT_VISIT: [(&str, &str); 1] = [("style.rs", "the same for everybody")];
/// Pages that check the form's token themselves, with the reason.
const READS_ITS_FORM: [(&str, &str); 1] =
    [("patients/imports/upload.rs", "a file is stored part by part while it arrives, after the token")];

#[test]
fn a_page_has_one_handler_one_form_and_a_reader() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(CONSOLE);
    let mut pages = 0;
    let mut complaints = Vec::new();
    for file in files(&folder).into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let name = file.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).expect("a file");
        for layer in ["store", "carrier", "app", "commands"] {
            if text.contains(&format!("crate::{layer}")) {
                complaints.push(format!("{name} imports {layer}; a page calls the services"));
            }
        }
        let (handlers, submits) = (text.matches("async fn handler(").count(), text.matches("async fn submit(").count());
        if PARTS.contains(&name.as_str()) || name.contains('/') && handlers + submits == 0 {
            continue;
        }
        pages += 1;
        if handlers > 1 || submits > 1 || handlers + submits == 0 {
            complaints.push(format!("{name} has {handlers} handlers and {submits} forms; at most one each"));
        }
        let by_itself = READS_ITS_FORM.iter().any(|(known, _)| *known == name) && text.contains("visit.form_token()");
        let reads =
            by_itself || ["visit: Visit", "staff: StaffActor", "Submitted"].iter().any(|reader| text.contains(reader));
        if !reads && !WITHOUT_VISIT.iter().any(|(known, _)| *known == name) {
            complaints.push(format!("{name} doesn't say who reads it"));
        }
        if submits > 0 && !by_itself && !text.contains("Submitted") {
            complaints.push(format!("{name} takes a form without checking its token"));
        }
    }
    assert!(pages > 8, "{pages} pages were read");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_template_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let text: String = files(&root).iter().map(|file| std::fs::read_to_string(file).expect("text")).collect();
    let templates = root.join("templates");
    for file in files(&templates) {
        let name = file.strip_prefix(&templates).unwrap().to_string_lossy().into_owned();
        assert!(text.contains(&format!("\"{name}\"")), "{name} isn't used");
    }
}

const CONSOLE: &str = "src/web/console";

/// All files in a folder and in those below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The console's source text.
pub fn console_source() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(CONSOLE);
    files(&folder).iter().map(|file| std::fs::read_to_string(file).expect("text")).collect()
}
