//! A home with profiles and projects, and what they hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mcpenv::approval::{Ledger, Reading, Record};
use mcpenv::paths::Paths;
use mcpenv::profile::{Profile, ProfileName};
use mcpenv::secret::Secret;
use mcpenv::store::{AgeStore, Store, StoreError, passphrase, payload};
use mcpenv::var::VarName;

use crate::sandbox::{Ran, Sandbox, files_below, path};

pub const PASSPHRASE: &str = "correct horse battery staple";

pub struct World {
    pub sandbox: Sandbox,
}

impl World {
    /// Nothing is there.
    pub fn bare() -> Self {
        let mut sandbox = Sandbox::new();
        let own = sandbox.root().join("own");
        sandbox.set_variable("MCPENV_HOME", own);
        Self { sandbox }
    }

    /// Projects of these names, each with an allowed server that asks for `A_TOKEN`, and a profile of the same name with it.
    pub fn with(projects: &[&str]) -> Self {
        let world = Self::bare();
        for name in projects {
            world.sandbox.declare(name, &["A_TOKEN"]);
            world.sandbox.init(name);
            world.sandbox.store(name, "A_TOKEN", &value(name));
            world.sandbox.allow(name);
        }
        world
    }

    pub fn own(&self) -> PathBuf {
        self.sandbox.root().join("own")
    }

    pub fn paths(&self) -> Paths {
        Paths::new(Some(self.own().into())).expect("a home")
    }

    pub fn age(&self) -> AgeStore {
        AgeStore::new(&self.paths())
    }

    pub fn profiles(&self) -> PathBuf {
        self.own().join("data/profiles")
    }

    pub fn profile(&self, profile: &str) -> Option<Profile> {
        match self.age().load(&name(profile)) {
            Ok(profile) => Some(profile),
            Err(StoreError::Absent(_)) => None,
            Err(e) => panic!("{profile}: {e}"),
        }
    }

    /// The values of a profile as texts; none when there is no such profile.
    pub fn values(&self, profile: &str) -> BTreeMap<String, String> {
        let text = |value: &Secret| String::from_utf8_lossy(value.expose()).into_owned();
        let profile = self.profile(profile).map(|p| p.variables).unwrap_or_default();
        profile.iter().map(|(name, variable)| (name.to_string(), text(&variable.value))).collect()
    }

    /// Saves these values, as changed at this time.
    pub fn change(&self, profile: &str, values: &[(&str, &str)], at: i64) {
        let (store, name) = (self.age(), name(profile));
        let lock = store.lock(&name).expect("free");
        let mut open = self.profile(profile).unwrap_or_else(|| Profile::new().expect("random bytes"));
        for (variable, value) in values {
            open.set(VarName::parse(variable).expect("a name"), Secret::new(value.as_bytes().to_vec()).expect("a value"), at);
        }
        store.save(&lock, &name, &mut open).expect("saved");
    }

    /// What the user said of each project.
    pub fn records(&self) -> Vec<(PathBuf, Record)> {
        let all = Ledger::new(&self.paths()).all().expect("listed");
        let said = |(root, reading): (PathBuf, Reading)| match reading {
            Reading::Said(record) => (root, *record),
            other => panic!("{}: {other:?}", root.display()),
        };
        all.into_iter().map(said).collect()
    }

    /// The profile that each project is bound to, by the project's name.
    pub fn bound(&self) -> BTreeMap<String, String> {
        let short = |root: &Path| root.file_name().expect("a name").to_string_lossy().into_owned();
        let bound = |(root, record): (PathBuf, Record)| Some((short(&root), record.profile?.to_string()));
        self.records().into_iter().filter_map(bound).collect()
    }

    pub fn run(&self, words: &[&str]) -> Ran {
        self.sandbox.run(words)
    }

    /// The same where it must work.
    #[track_caller]
    pub fn done(&self, words: &[&str]) -> Ran {
        let ran = self.run(words);
        assert_eq!(ran.code, 0, "{words:?}: {ran:?}");
        ran
    }

    /// The ids of the earlier versions of a profile, oldest first.
    pub fn versions(&self, profile: &str) -> Vec<String> {
        let files = files_below(&self.profiles().join("versions").join(profile));
        let mut ids: Vec<_> = files.iter().map(|file| file.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
        ids.sort_by_key(|id| (id.len(), id.clone()));
        ids
    }

    /// Every file of mcpenv's own, with its bytes. Locks are left out: their text is the last holder's number.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = files_below(&self.own()).into_iter().filter(|path| path.extension().is_none_or(|end| end != "lock"));
        files.map(|path| (path.clone(), fs::read(&path).expect("readable"))).collect()
    }

    /// The text of a backup of everything here, as the format says it.
    pub fn text(&self) -> String {
        let names = self.age().names().expect("listed");
        let profiles: Vec<String> = names
            .iter()
            .map(|name| {
                let profile = self.profile(name.as_str()).expect("there");
                let text = payload::encode(&profile, profile.generation).to_vec();
                let text = String::from_utf8(text).expect("text");
                format!("\n{{\"name\":\"{name}\",\"store\":\"age\",\"profile\":{}}}", text.trim_end())
            })
            .collect();
        let records = self.records();
        let projects: Vec<String> =
            records.iter().map(|(root, record)| format!("\n{}", String::from_utf8(record.encode(root)).expect("text"))).collect();
        format!(
            "{{\"mcpenv\":\"backup\",\"format\":1,\"made\":1795232424,\n\"profiles\":[{}],\n\"projects\":[{}]}}\n",
            profiles.join(","),
            projects.join(",")
        )
    }

    /// Puts a text into a file that [`PASSPHRASE`] opens without much work.
    pub fn seal(&self, text: &str) -> PathBuf {
        let file = self.sandbox.root().join("backup.age");
        fs::write(&file, sealed(text)).expect("written");
        file
    }

    /// `restore` with its passphrase and these answers.
    pub fn restore(&self, file: &Path, options: &[&str], answers: &[(&str, &str)]) -> (i32, String) {
        let typed = format!("{PASSPHRASE}\r");
        let answers = [&[("Passphrase of the backup", typed.as_str())], answers].concat();
        self.sandbox.answer(&[&["restore", path(file)], options].concat(), &answers)
    }

    /// What `restore --dry-run` says.
    pub fn dry_run(&self, file: &Path, options: &[&str]) -> Ran {
        let words = [&["restore", path(file), "--dry-run", "--stdin"], options].concat();
        self.sandbox.run_with(&words, format!("{PASSPHRASE}\n").as_bytes())
    }
}

pub fn sealed(text: &str) -> Vec<u8> {
    passphrase::seal(text.as_bytes(), PASSPHRASE, 2).expect("in memory")
}

/// The token that a project's profile has.
pub fn value(project: &str) -> String {
    format!("canary-{project}-91c7")
}

pub fn name(text: &str) -> ProfileName {
    ProfileName::parse(text).expect("a name")
}
