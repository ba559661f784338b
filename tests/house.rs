//! The rules of the code base, checked on the source text: layers, purity, SQL in one place, sizes. See
//! CONTRIBUTING.md. Each rule is a function over path → text, tested on this tree and on small faulty ones.
#![allow(clippy::expect_used, reason = "a test may stop at what it can't read")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;

#[path = "house/broken.rs"]
mod broken;
#[path = "house/circles.rs"]
mod circles;
#[path = "house/commands.rs"]
mod commands;
#[path = "house/permissions.rs"]
mod permissions;
#[path = "house/sizes.rs"]
mod sizes;
#[path = "house/source.rs"]
mod source;
#[path = "house/words.rs"]
mod words;

use source::{Source, read};

const LAYERS: [(&str, u8); 17] = [
    ("domain", 1),
    ("translations", 2),
    ("flow", 2),
    ("policy", 2),
    ("patient_import", 2),
    ("config", 3),
    ("engine", 3),
    ("flow_test", 4),
    ("store", 4),
    ("carrier", 4),
    ("mail", 4),
    ("render", 4),
    ("service", 5),
    ("web", 6),
    ("app", 7),
    ("commands", 8),
    ("lab", 9),
];

/// Names that the pure layers (1 to 3) must not contain, with the reason.
const IMPURE: [(&str, &str); 18] = [
    ("sqlx", "only the store speaks SQL"),
    ("axum", "only the web speaks HTTP"),
    ("hyper", "only carriers and the web speak HTTP"),
    ("reqwest", "only carriers speak HTTP"),
    ("tokio", "layers 1 to 3 don't wait"),
    ("async", "layers 1 to 3 don't wait"),
    ("await", "layers 1 to 3 don't wait"),
    ("std::thread", "layers 1 to 3 don't wait"),
    ("std::fs", "layers 1 to 3 don't read files"),
    ("std::net", "layers 1 to 3 don't use the network"),
    ("std::env", "settings come in as values"),
    ("SystemTime", "time comes in with the event"),
    ("Instant", "time comes in with the event"),
    ("Timestamp::now", "time comes in with the event"),
    ("ZonedDateTime::now", "time comes in with the event"),
    ("Uuid::new_v4", "new ids come in with the event"),
    ("Uuid::now_v7", "new ids come in with the event"),
    ("rand", "randomness comes in with the event"),
];

/// The only files that may read time, ids, arguments or the environment (`clippy.toml` forbids it elsewhere).
const FETCHING: [(&str, &str); 22] = [
    ("src/carrier/sip/media/pace.rs", "packets leave at their time, to a millisecond"),
    ("src/commands/logging.rs", "a line of the log has the time of the machine"),
    ("src/service/context/clock.rs", "the one clock, and the one source of new ids"),
    ("src/main.rs", "hands in the process's arguments and environment"),
    ("src/commands/mod.rs", "hands in the process's arguments and environment"),
    ("src/lab/demo/fast.rs", "measures how long the day took"),
    ("src/lab/bench/import.rs", "measures how long things take, and finds its own program"),
    ("src/lab/bench/phone.rs", "measures how long things take"),
    ("src/lab/bench/console/browser.rs", "measures how long things take"),
    ("src/lab/bench/console/busy.rs", "measures how long things take"),
    ("src/lab/bench/console/lists.rs", "measures how long things take"),
    ("src/lab/bench/portal/browser.rs", "measures how long things take"),
    ("src/lab/bench/portal/reports.rs", "measures how long things take"),
    ("src/lab/bench/portal/sign_ups.rs", "measures how long things take"),
    ("src/lab/bench/latency_probe.rs", "measures how long things take"),
    ("src/lab/bench/server.rs", "measures how long things take, and finds its own program"),
    ("src/lab/bench/sip/partner.rs", "measures how long things take"),
    ("src/lab/bench/step.rs", "measures how long things take"),
    ("src/lab/bench/tick.rs", "measures how long things take"),
    ("src/lab/bench/load.rs", "measures how long things take"),
    ("src/lab/bench/notices.rs", "measures how long things take"),
    ("src/lab/bench/turns.rs", "measures how long things take"),
];

const DRAWERS: [&str; 9] = ["util", "utils", "common", "helper", "helpers", "misc", "models", "manager", "managers"];

type Tree = BTreeMap<String, Source>;
type Rule = fn(&Tree) -> Vec<String>;

const RULES: [(&str, Rule); 17] = [
    ("layers", layers),
    ("meetings", meetings),
    ("purity", purity),
    ("sql", sql),
    ("fetching", fetching),
    ("circles", circles::circles),
    ("commands", commands::commands_above_services),
    ("permissions", permissions::permissions),
    ("other centres", permissions::other_centres),
    ("openings", openings),
    ("drawers", drawers),
    ("lengths", sizes::lengths),
    ("widths", sizes::widths),
    ("spread types", sizes::spread_types),
    ("small folders", sizes::small_folders),
    ("dead files", dead_files),
    ("plain words", words::plain_words),
];

fn in_src(tree: &Tree) -> impl Iterator<Item = (&String, &Source)> {
    tree.iter().filter(|(path, _)| path.starts_with("src/"))
}

/// `src/store/calls.rs` → `store`; `None` for `src/lib.rs` and `src/main.rs`, which belong to no module.
fn module_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix("src/")?.split('/').next()?.trim_end_matches(".rs");
    (!matches!(name, "lib" | "main")).then_some(name)
}

fn layer_of(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

/// The imports of a file: (line, imported module).
fn imports<'a>(path: &str, source: &'a Source) -> Vec<(usize, &'a str)> {
    let trimmed = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let depth = trimmed.split('/').count();
    let imported = source.paths.iter().filter_map(|(line, segments)| {
        let supers = segments.iter().take_while(|segment| *segment == "super").count();
        let climbs = supers == depth;
        let first =
            if segments[0] == "crate" { segments.get(1) } else { climbs.then(|| segments.get(supers)).flatten() };
        first.map(|module| (*line, module.as_str())).filter(|(_, module)| !climbs || layer_of(module).is_some())
    });
    let mut imported: Vec<_> = imported.collect();
    imported.dedup();
    imported
}

fn layers(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, source) in in_src(tree) {
        let Some(from) = module_of(path) else { continue };
        let Some(own) = layer_of(from) else {
            complaints.push(format!("{path}: give the module `{from}` a layer in tests/house.rs"));
            continue;
        };
        for (line, to) in imports(path, source) {
            if to == from {
                continue;
            }
            match layer_of(to) {
                Some(layer) if layer < own => {}
                Some(layer) => complaints.push(format!(
                    "{path}:{line}: `{from}` (layer {own}) imports `{to}` (layer {layer}); import only lower layers"
                )),
                None => complaints.push(format!("{path}:{line}: `crate::{to}` has no layer in tests/house.rs")),
            }
        }
    }
    complaints
}

fn meetings(tree: &Tree) -> Vec<String> {
    let mut met: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
    for (path, source) in in_src(tree) {
        let Some(from) = module_of(path).filter(|from| !matches!(*from, "service" | "app" | "commands" | "lab")) else {
            continue;
        };
        for (line, to) in imports(path, source) {
            if to == "store" || to == "carrier" {
                met.entry(from).or_default().entry(to).or_insert_with(|| format!("{path}:{line}"));
            }
        }
    }
    let both = met.into_iter().filter(|(_, places)| places.len() == 2);
    both.map(|(from, places)| {
        let places: Vec<String> = places.into_values().collect();
        format!(
            "{}: `{from}` imports store and carrier; they meet only in service, app, commands and lab",
            places.join(" and ")
        )
    })
    .collect()
}

fn purity(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    let for_tests = reached(tree).1;
    for (path, source) in in_src(tree) {
        // Settings are read from files, and name addresses.
        let module = module_of(path).filter(|module| *module != "config");
        let pure = module.and_then(layer_of).is_some_and(|layer| (1..=3).contains(&layer));
        if !pure || for_tests.contains(path) {
            continue;
        }
        for (line, segments) in &source.paths {
            let names = |what: &str| {
                let what: Vec<&str> = what.split("::").collect();
                segments.windows(what.len()).any(|window| window == what.as_slice())
            };
            let found = IMPURE.iter().filter(|(what, _)| !source.is_test(*line) && names(what));
            complaints.extend(found.map(|(what, why)| format!("{path}:{line}: `{what}`: {why}")));
        }
    }
    complaints
}

fn sql(tree: &Tree) -> Vec<String> {
    const VERBS: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];
    let mut complaints = Vec::new();
    for (path, source) in in_src(tree).filter(|(path, _)| module_of(path) != Some("store")) {
        let is_sql = |text: &str| {
            let mut words = text.split_whitespace();
            words.next().is_some_and(|word| VERBS.contains(&word)) && words.next().is_some()
        };
        let found = source.strings.iter().filter(|(_, text)| is_sql(text));
        complaints.extend(found.map(|(line, _)| format!("{path}:{line}: SQL outside src/store")));
    }
    complaints
}

fn fetching(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, source) in in_src(tree) {
        let lifted = source.paths.iter().find(|(_, segments)| segments.iter().any(|name| name == "disallowed_methods"));
        let may = FETCHING.iter().any(|(file, _)| file == path);
        if let (Some((line, _)), false) = (lifted, may) {
            complaints.push(format!(
                "{path}:{line}: lifts clippy's ban on fetching time, ids or the environment; list it in tests/house.rs"
            ));
        }
    }
    complaints
}

fn openings(tree: &Tree) -> Vec<String> {
    let silent = tree.iter().filter(|(_, source)| !source.text.starts_with("//! "));
    silent.map(|(path, _)| format!("{path}: open it with `//!` and why it is there")).collect()
}

fn drawers(tree: &Tree) -> Vec<String> {
    let named = tree.keys().filter(|path| path.split('/').any(|part| DRAWERS.contains(&part.trim_end_matches(".rs"))));
    named.map(|path| format!("{path}: name it for what is in it")).collect()
}

/// The files that `mod` reaches from the library and the program, and those that are reached only for tests.
fn reached(tree: &Tree) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut all, mut tests) = (BTreeSet::new(), BTreeSet::new());
    let mut open: Vec<(String, bool)> = vec![("src/lib.rs".to_owned(), false), ("src/main.rs".to_owned(), false)];
    while let Some((path, for_tests)) = open.pop() {
        let Some(source) = tree.get(&path) else { continue };
        if for_tests {
            tests.insert(path.clone());
        }
        let folder =
            match path.strip_suffix("/mod.rs").or(path.strip_suffix("/lib.rs")).or(path.strip_suffix("/main.rs")) {
                Some(folder) => folder.to_owned(),
                None => path.trim_end_matches(".rs").to_owned(),
            };
        for (line, name) in &source.modules {
            let in_tests = for_tests || source.is_test(*line);
            open.extend(
                ["{}/{}.rs", "{}/{}/mod.rs"]
                    .map(|form| (form.replacen("{}", &folder, 1).replacen("{}", name, 1), in_tests)),
            );
        }
        all.insert(path);
    }
    (all, tests)
}

fn dead_files(tree: &Tree) -> Vec<String> {
    let reached = reached(tree).0;
    let dead = in_src(tree).filter(|(path, _)| !reached.contains(*path));
    dead.map(|(path, _)| format!("{path}: no `mod` reaches it; take it in or delete it")).collect()
}

fn gather(folder: &FilePath, root: &FilePath, tree: &mut Tree) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            gather(&path, root, tree);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).expect("inside").to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(&path).expect("readable text");
            tree.insert(name, read(&text).expect("Rust"));
        }
    }
}

#[test]
fn the_house_stands() {
    let root = FilePath::new(env!("CARGO_MANIFEST_DIR"));
    let mut tree = Tree::new();
    for folder in ["src", "tests"] {
        gather(&root.join(folder), root, &mut tree);
    }
    assert!(tree.contains_key("src/lib.rs") && tree.contains_key("src/main.rs"));
    let complaints: Vec<String> = RULES.iter().flat_map(|(_, rule)| rule(&tree)).collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
