//! Folders of flow documents outside the source: exported from the installed program, changed by their authors, and
//! containing files that must not be read.

mod call_time;
mod export;
mod language;
mod malformed_files;
mod serve_logging;
mod version_warnings;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own, without any files of the source.
pub struct Desktop(tempfile::TempDir);

impl Desktop {
    pub fn empty() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// With the exported documents in `mine`.
    pub fn with_export() -> Self {
        let desktop = Self::empty();
        desktop.does(&["flows", "export", "mine"]);
        desktop
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file")
    }

    /// Changes a file, which must contain `from`.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} doesn't contain {from:?}");
        std::fs::write(self.path(name), text.replacen(from, to, 1)).expect("a written file");
    }

    /// The program in this folder, without any setting.
    pub fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kenkocall"));
        command.current_dir(self.0.path());
        command
    }

    pub fn output(&self, arguments: &[&str]) -> Output {
        self.program().args(arguments).output().expect("the program runs")
    }

    /// Runs a command that must succeed. Returns standard output and standard error.
    pub fn tells(&self, arguments: &[&str]) -> (String, String) {
        let output = self.output(arguments);
        let error = text(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {}{error}", text(&output.stdout));
        (text(&output.stdout), error)
    }

    /// Runs a command that must succeed without output on standard error.
    pub fn does(&self, arguments: &[&str]) -> String {
        let (said, error) = self.tells(arguments);
        assert_eq!(error, "", "{arguments:?}");
        said
    }

    /// Runs a command that must fail, be refused or find something. Returns its sentence.
    pub fn refuses(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(matches!(output.status.code(), Some(1..=4)), "{arguments:?}: {}", text(&output.stdout));
        text(&output.stderr)
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// All files below a folder, by their relative paths.
pub fn files_below(root: &Path) -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
    let mut files = std::collections::BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let content = std::fs::read(&path).expect("a file");
                files.insert(path.strip_prefix(root).expect("a path below it").to_owned(), content);
            }
        }
    }
    files
}
