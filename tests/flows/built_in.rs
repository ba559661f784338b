//! The documents that come with Kenko Call, for tests to read and to break.

use std::collections::BTreeMap;
use std::path::Path;

pub type Files = BTreeMap<String, String>;

/// All files of `call_flows`, by relative path.
pub fn files() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("call_flows");
    let mut files = Files::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// The built-in documents with one edit. The replaced text must exist.
pub fn with(file: &str, from: &str, to: &str) -> Files {
    let mut files = files();
    let text = files.get_mut(file).unwrap_or_else(|| panic!("no file {file}"));
    assert!(text.contains(from), "{file} doesn't contain {from:?}");
    *text = text.replacen(from, to, 1);
    files
}
