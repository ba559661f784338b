//! How much there is in one file, one folder and one type. The length of a function is clippy's.

use std::collections::{BTreeMap, BTreeSet};

use super::{Tree, in_src, module_of, reached};

/// Lines of code in a file: neither comments nor blank lines, nor tests beside other code.
const MOST_LINES: usize = 500;
/// Characters in a line.
const WIDEST: usize = 120;
/// Files over which the `impl` blocks of one type are spread, those of traits not counted.
const MOST_FILES_OF_A_TYPE: usize = 3;
/// Files directly in a folder of [`SMALL_FOLDERS`].
const MOST_FILES: usize = 8;
/// Folders whose other files belong into folders by subject.
const SMALL_FOLDERS: [&str; 2] = ["src/service", "src/web"];

pub fn lengths(tree: &Tree) -> Vec<String> {
    let counted = tree.iter().map(|(path, source)| (path, source.code_lines()));
    let long = counted.filter(|(_, lines)| *lines > MOST_LINES);
    long.map(|(path, lines)| format!("{path}: {lines} lines of code; at most {MOST_LINES}")).collect()
}

/// A line with a string literal may be wider, because a sentence on several lines can't be searched for.
pub fn widths(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, source) in tree {
        for (nth, line) in source.text.lines().enumerate() {
            let width = line.chars().count();
            let literal = line.contains('"') && !line.trim_start().starts_with("//");
            if width > WIDEST && !literal {
                complaints.push(format!("{path}:{}: {width} characters wide; at most {WIDEST}", nth + 1));
            }
        }
    }
    complaints
}

pub fn spread_types(tree: &Tree) -> Vec<String> {
    let for_tests = reached(tree).1;
    let mut files: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for (path, source) in in_src(tree).filter(|(path, _)| !for_tests.contains(*path)) {
        for (_, name) in source.impls.iter().filter(|(line, _)| !source.is_test(*line)) {
            files.entry((module_of(path), name)).or_default().insert(path);
        }
    }
    let mut complaints = Vec::new();
    for ((_, name), files) in files.into_iter().filter(|(_, files)| files.len() > MOST_FILES_OF_A_TYPE) {
        let files = files.into_iter().collect::<Vec<_>>().join(", ");
        complaints.push(format!("{files}: `impl {name}`; at most {MOST_FILES_OF_A_TYPE} files"));
    }
    complaints
}

pub fn small_folders(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for folder in SMALL_FOLDERS {
        let inside = tree.keys().filter(|path| path.rsplit_once('/').is_some_and(|(parent, _)| parent == folder));
        let count = inside.count();
        if count > MOST_FILES {
            complaints.push(format!("{folder}: {count} files; at most {MOST_FILES}, the others in folders by subject"));
        }
    }
    complaints
}
