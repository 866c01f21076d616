//! The files of the project as texts, by their path with `/`. Knows nothing of Rust.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Texts by path, relative to the project: `src/store/mod.rs`.
pub struct Tree(BTreeMap<String, String>);

impl Tree {
    /// These files of the project, and what lies in these directories of it.
    pub fn of_the_project(paths: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = BTreeMap::new();
        for path in paths {
            gather(root, &root.join(path), &mut files);
        }
        assert!(!files.is_empty(), "no file found under {}", root.display());
        Self(files)
    }

    /// A made-up one.
    pub fn made_up(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| path.starts_with(prefix))
    }

    /// The Rust files below.
    pub fn rust<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.under(prefix).filter(|(path, _)| Path::new(path).extension().is_some_and(|extension| extension == "rs"))
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    pub fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}

fn gather(root: &Path, path: &Path, files: &mut BTreeMap<String, String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a directory of the project can be read") {
            gather(root, &entry.expect("and listed").path(), files);
        }
    } else if let Ok(text) = fs::read_to_string(path) {
        let relative = path.strip_prefix(root).expect("found below the root");
        let name: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        files.insert(name.join("/"), text);
    }
}
