//! A project with client files that hold made-up tokens, and `adopt` on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mcpenv::paths::Paths;
use mcpenv::profile::ProfileName;
use mcpenv::store::{AgeStore, Store};

use crate::sandbox::{Ran, Sandbox, path};

/// A sandbox with the project `acme`, bound to a profile of that name; mcpenv's own files lie in one directory.
pub struct World {
    pub sandbox: Sandbox,
}

impl World {
    pub fn new() -> Self {
        let mut sandbox = Sandbox::new();
        let own = sandbox.root().join("own");
        sandbox.set_variable("MCPENV_HOME", own);
        fs::create_dir_all(sandbox.project("acme")).expect("a directory");
        sandbox.init("acme");
        Self { sandbox }
    }

    pub fn with(files: &[(&str, &str)]) -> Self {
        let world = Self::new();
        files.iter().for_each(|(file, text)| world.put(file, text));
        world
    }

    /// A file of the project, or of the home when it starts with `~/`.
    pub fn at(&self, file: &str) -> PathBuf {
        match file.strip_prefix("~/") {
            Some(rest) => self.sandbox.home().join(rest),
            None => self.sandbox.project("acme").join(file),
        }
    }

    pub fn put(&self, file: &str, text: impl AsRef<[u8]>) {
        self.sandbox.write(&self.at(file), text);
    }

    pub fn text(&self, file: &str) -> String {
        String::from_utf8(fs::read(self.at(file)).expect("readable")).expect("text")
    }

    /// `adopt` with these words, where nobody sits.
    pub fn dry(&self, words: &[&str]) -> Ran {
        let project = self.sandbox.project("acme");
        let ran = self.sandbox.run(&[&["adopt", "--dry-run", "--project", path(&project)], words].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        ran
    }

    /// `adopt` with these words at a terminal, and yes to everything.
    pub fn adopt(&self, words: &[&str]) -> String {
        let (code, screen) = self.answered(words, "y");
        assert_eq!(code, 0, "{screen}");
        screen
    }

    pub fn answered(&self, words: &[&str], answer: &str) -> (i32, String) {
        let project = self.sandbox.project("acme");
        let answer = format!("{answer}\r");
        let answers = [("[y/N]", answer.as_str()), ("[y/N]", answer.as_str())];
        self.sandbox.answer(&[&["adopt", "--project", path(&project)], words].concat(), &answers)
    }

    /// The values of the profile.
    pub fn values(&self) -> BTreeMap<String, String> {
        values_in(&self.sandbox.root().join("own"))
    }
}

pub fn values_in(own: &Path) -> BTreeMap<String, String> {
    let paths = Paths::new(Some(own.as_os_str().to_owned())).expect("paths");
    let name = ProfileName::parse("acme").expect("a name");
    let profile = AgeStore::new(&paths).load(&name).expect("it opens");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    profile.variables.iter().map(|(name, variable)| (name.to_string(), text(variable.value.expose()))).collect()
}

impl World {
    pub fn adopt_undo(&self) -> String {
        let project = self.sandbox.project("acme");
        let (code, screen) = self.sandbox.answer(&["adopt", "--undo", "--project", path(&project)], &[("[y/N]", "y\r")]);
        assert_eq!(code, 0, "{screen}");
        screen
    }
}
