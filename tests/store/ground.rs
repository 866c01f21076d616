//! The ground of the fault tests: mcpenv's files as they are before a save, copied for each run, and the real program on it.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mcpenv::store::Store;
use tempfile::TempDir;

use crate::world::{World, files, name, store_at};

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
}

impl Ground {
    pub fn new(act: &Act) -> Self {
        let ground = Self { root: tempfile::tempdir().expect("a directory") };
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
        ground
    }

    pub fn copied(&self) -> Self {
        let copied = Self { root: tempfile::tempdir().expect("a directory") };
        copy(self.root.path(), copied.root.path());
        copied
    }

    /// What `MCPENV_HOME` names.
    pub fn home(&self) -> PathBuf {
        self.root.path().join("mcpenv")
    }

    pub fn run(&self, act: &Act, strace: &[String]) -> Output {
        let mut words: Vec<&str> = strace.iter().map(String::as_str).collect();
        words.push(env!("CARGO_BIN_EXE_mcpenv"));
        words.extend(act.words);
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).env_clear().current_dir(self.root.path());
        command.env("PATH", "/usr/bin:/bin").env("HOME", self.root.path()).env("MCPENV_HOME", self.home());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        // a child that was killed early reads nothing
        let _ = child.stdin.take().expect("piped").write_all(act.input.as_bytes());
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
        let profile = store_at(&self.home()).load(&name("acme")).map_err(|e| e.to_string())?;
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
        files(&self.home()).into_iter().filter(|path| path.extension().is_some_and(|e| e == "tmp")).collect()
    }
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
