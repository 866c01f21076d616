//! The ground of the fault tests: mcpenv's files as they are before a save, copied for each run, and the real program on it.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mcpenv::approval::{Ledger, Record};
use mcpenv::paths::Paths;
use mcpenv::profile::{Profile, Reader};
use mcpenv::store::{Closed, Files, OwnIdentity, Store, StoreError, TeamFile, registry};
use mcpenv::team::{Pin, Team, TeamPath};
use tempfile::TempDir;

use crate::world::{World, change, files, name, store_at};

pub const OLD: &str = "canary-old-91c7";
pub const NEW: &str = "canary-new-44d0";
pub const KEPT: &str = "canary-kept-7e2a";

/// A file of variables that is taken over, and what it holds.
pub const GIVEN: &str = "given.env";
pub const GIVEN_TEXT: &str = "# of somebody\nexport TOKEN=canary-new-44d0\n";

/// What the program is asked to do, and how the profile may look afterwards.
pub struct Act {
    pub words: &'static [&'static str],
    pub input: &'static str,
    /// Nothing is there yet: no identity, no profile.
    pub is_first: bool,
    /// The profile rests in a file of the project.
    pub is_team: bool,
    /// What the profile holds for the token before and afterwards.
    pub token_before: Option<&'static str>,
    pub token_after: Option<&'static str>,
}

/// What happens to the N-th call of a kind.
#[derive(Debug, Clone)]
pub struct Fault {
    pub kind: String,
    pub what: String,
    pub when: usize,
}

/// A directory with mcpenv's files and a project, to be copied for each run.
pub struct Ground {
    pub root: TempDir,
    pub is_team: bool,
}

impl Ground {
    pub fn new(act: &Act) -> Self {
        let ground = Self { root: tempfile::tempdir().expect("a directory"), is_team: act.is_team };
        fs::create_dir(ground.root.path().join("project")).expect("made");
        fs::write(ground.root.path().join("project/.mcp.json"), "{\"mcpServers\":{}}").expect("written");
        if act.words.contains(&GIVEN) {
            fs::write(ground.root.path().join(GIVEN), GIVEN_TEXT).expect("written");
        }
        if !act.is_first {
            let token = act.token_before.map(|value| ("TOKEN", value));
            let values: Vec<_> = token.into_iter().chain([("KEPT", KEPT)]).collect();
            let world = World::with("acme", &values);
            // enough saves that the next one has a version to take away
            for _ in 0..6 {
                world.change("acme", &[]).expect("saved");
            }
            copy(world.root.path(), &ground.home());
        }
        if act.is_team {
            ground.share();
        }
        ground
    }

    pub fn copied(&self) -> Self {
        let copied = Self { root: tempfile::tempdir().expect("a directory"), is_team: self.is_team };
        copy(self.root.path(), copied.root.path());
        if copied.is_team {
            // what the user said is said of one place
            copied.bind();
        }
        copied
    }

    /// Lets the profile rest in the project from now on, with as many earlier versions as before.
    fn share(&self) {
        let mut profile = store_at(&self.home()).load(&name("acme")).expect("loaded");
        let key = store_at(&self.home()).identity().expect("opens").recipient();
        profile.generation = 0;
        profile.readers.push(Reader { key, label: "me".to_owned(), is_recovery: false, unknown: serde_json::Map::new() });
        let (files, name) = (self.files(), name("acme"));
        let lock = files.lock(&name).expect("free");
        for _ in 0..7 {
            files.save(&lock, &name, &mut profile).expect("saved");
        }
        fs::remove_dir_all(self.home().join("data/profiles")).expect("removed");
        fs::write(self.project().join(".mcpenv.toml"), "profile_file = \"team.age\"\n").expect("written");
        // the earlier versions lie under the word of what was confirmed
        let word = Pin::of(&profile.fingerprint_key).word();
        fs::rename(self.home().join("data/teams/unknown"), self.home().join("data/teams").join(word)).expect("renamed");
    }

    fn bind(&self) {
        let profile = self.files().load(&name("acme")).expect("loaded");
        let readers = profile.readers.iter().map(|reader| reader.key.clone()).collect();
        let team = Team { path: team_path(), pin: Pin::of(&profile.fingerprint_key), readers };
        let record = Record { profile: Some(name("acme")), team: Some(team), ..Record::default() };
        Ledger::new(&self.paths()).write(&self.project(), &record).expect("written");
    }

    pub fn project(&self) -> PathBuf {
        self.root.path().canonicalize().expect("there").join("project")
    }

    fn paths(&self) -> Paths {
        Paths::new(Some(self.home().into())).expect("a home")
    }

    /// Whatever lies in the project, and what rests with the user.
    fn files(&self) -> Files {
        let (paths, file) = (self.paths(), TeamFile::unknown(&name("acme"), &self.project(), &team_path()));
        let own = OwnIdentity::new(&paths, std::sync::Arc::new(Closed));
        registry::with_team(registry::all(&paths, &own, ""), &paths, &own, file)
    }

    /// The profile, wherever it rests.
    pub fn profile(&self) -> Result<Profile, StoreError> {
        if self.is_team { self.files().load(&name("acme")) } else { store_at(&self.home()).load(&name("acme")) }
    }

    /// A save that changes nothing.
    pub fn save(&self) -> Result<(), StoreError> {
        if !self.is_team {
            return change(&store_at(&self.home()), "acme", &[]).map(drop);
        }
        let words = ["set", "LATER", "--stdin", "--profile", "acme", "--project", "project"];
        let out = self.start(&words, "later", &[]);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        Ok(())
    }

    /// What `MCPENV_HOME` names.
    pub fn home(&self) -> PathBuf {
        self.root.path().join("mcpenv")
    }

    pub fn run(&self, act: &Act, strace: &[String]) -> Output {
        self.start(act.words, act.input, strace)
    }

    fn start(&self, act: &[&str], input: &str, strace: &[String]) -> Output {
        let mut words: Vec<&str> = strace.iter().map(String::as_str).collect();
        words.push(env!("CARGO_BIN_EXE_mcpenv"));
        words.extend(act);
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).env_clear().current_dir(self.root.path());
        command.env("PATH", "/usr/bin:/bin").env("HOME", self.root.path()).env("MCPENV_HOME", self.home());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        // a child that was killed early reads nothing
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        child.wait_with_output().expect("ended")
    }

    pub fn run_with(&self, act: &Act, fault: &Fault) -> Output {
        let inject = format!("inject={}:{}:when={}", fault.kind, fault.what, fault.when);
        let trace = format!("trace={}", fault.kind);
        self.run(act, &["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject].map(str::to_owned))
    }

    /// How often each kind of call is made when nothing goes wrong.
    pub fn count(&self, act: &Act) -> BTreeMap<String, usize> {
        let log = self.root.path().join("calls");
        let out = self.run(act, &["strace", "-f", "-qq", "-o", &log.to_string_lossy()].map(str::to_owned));
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let mut counts = BTreeMap::new();
        for line in fs::read_to_string(log).expect("text").lines() {
            let call = line.split_once(' ').map(|(_pid, call)| call.trim_start());
            if let Some((kind, _)) = call.and_then(|call| call.split_once('(')) {
                *counts.entry(kind.to_owned()).or_insert(0) += 1;
            }
        }
        counts.remove("execve");
        counts.remove("exit_group");
        counts
    }

    /// The token that the profile holds, if it has one. Everything else must be as it was.
    pub fn token(&self) -> Result<Option<Vec<u8>>, String> {
        let profile = self.profile().map_err(|e| e.to_string())?;
        let value = |name: &str| profile.variables.get(name).map(|v| v.value.expose().to_vec());
        if value("KEPT").as_deref() != Some(KEPT.as_bytes()) || profile.variables.len() > 2 {
            return Err("another value changed".to_owned());
        }
        Ok(value("TOKEN"))
    }

    /// Whether the file that is taken over is as it was: nobody said that it may go.
    pub fn has_given(&self, act: &Act) -> bool {
        !act.words.contains(&GIVEN) || fs::read_to_string(self.root.path().join(GIVEN)).is_ok_and(|text| text == GIVEN_TEXT)
    }

    /// A file in which a value stands, or a key where none belongs.
    pub fn plaintext(&self) -> Option<PathBuf> {
        let is_in = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        files(self.root.path()).into_iter().filter(|path| path.is_file() && !path.ends_with(GIVEN)).find(|path| {
            let bytes = fs::read(path).expect("readable");
            let is_identity =
                path.file_name().is_some_and(|name| name == "identity" || name.to_string_lossy().starts_with(".identity."));
            [OLD, NEW, KEPT].iter().any(|value| is_in(&bytes, value)) || (!is_identity && is_in(&bytes, "AGE-SECRET-KEY"))
        })
    }

    pub fn drafts(&self) -> Vec<PathBuf> {
        files(self.root.path()).into_iter().filter(|path| path.extension().is_some_and(|e| e == "tmp")).collect()
    }
}

fn team_path() -> TeamPath {
    TeamPath::parse("team.age").expect("a path")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    fs::set_permissions(to, fs::metadata(from).expect("there").permissions()).expect("set");
    for entry in fs::read_dir(from).expect("a directory") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copied");
        }
    }
}
