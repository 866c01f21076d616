//! A change of the identity that is killed, or whose system calls fail, at the points there are: a passphrase that is set or
//! changed, and a new identity. Afterwards every profile opens with the identity in force; the next run completes what was
//! begun; and where a passphrase was, no key ever lies open. This test binary does the work, because its passphrases are cheap.
//!
//! The ordinary run takes a sample of the calls that change files; `MCPENV_TEST_FULL=1` takes all of them, with all errors.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use mcpenv::store::{AgeStore, Store, Unfinished};

use crate::child;
use crate::faults::{CHANGING, ERRORS, is_full};
use crate::ground::copy;
use crate::world::{World, files, has, name, own_at, paths_at, protect, var};

/// Which of the points an ordinary run takes.
const EACH: usize = 7;

/// A change of the identity, and the passphrase before and after it.
struct Act {
    words: &'static str,
    before: &'static str,
    after: &'static str,
}

const SET: Act = Act { words: "protect - new", before: "-", after: "new" };
const CHANGE: Act = Act { words: "protect old new", before: "old", after: "new" };
const RENEW: Act = Act { words: "renew -", before: "-", after: "-" };
const RENEW_BEHIND: Act = Act { words: "renew old", before: "old", after: "old" };

impl Act {
    fn ground(&self) -> World {
        let world = World::with("acme", &[("TOKEN", "x")]);
        world.change("acme", &[("TOKEN", "x")]).expect("saved");
        world.change("other", &[("TOKEN", "x")]).expect("saved");
        if self.before != "-" {
            protect(world.root.path(), "", child::known(self.before)).expect("set");
        }
        world
    }

    fn run(&self, root: &Path, strace: &[&str]) -> Output {
        child::command(strace, root, self.words).output().expect("started")
    }
}

/// The passphrase that opens the identity there and all that rests there, or what does not open.
fn key_of(root: &Path, words: &[&'static str]) -> Result<&'static str, String> {
    let mut why = String::new();
    for word in words {
        let known = child::known(word);
        let own = own_at(root, known);
        match own.open_with(known) {
            Ok(identity) => {
                let store = AgeStore::of(&paths_at(root), own.clone());
                own.remember(own.open_with(known).map_err(|e| e.to_string())?);
                for profile in ["acme", "other"] {
                    let open = store.load(&name(profile)).map_err(|e| format!("{profile}: {e}"))?;
                    if open.variables[&var("TOKEN")].value.expose() != b"x" {
                        return Err("a value changed".to_owned());
                    }
                }
                for version in store.versions(&name("acme")) {
                    if !identity.opens(&fs::read(&version).map_err(|e| e.to_string())?) {
                        return Err(format!("{} does not open", version.display()));
                    }
                }
                return Ok(word);
            }
            Err(e) => why = e.to_string(),
        }
    }
    Err(why)
}

fn plain_keys(root: &Path) -> Vec<PathBuf> {
    let is_plain = |path: &PathBuf| {
        path.is_file() && fs::read(path).expect("readable").windows(14).any(|window| window == b"AGE-SECRET-KEY")
    };
    files(root).into_iter().filter(is_plain).collect()
}

/// What is wrong after a run, if anything.
fn verdict(act: &Act, root: &Path, said: &str, is_kill: bool) -> Option<String> {
    let key = match key_of(root, &[act.before, act.after]) {
        Ok(key) => key,
        Err(why) => return Some(format!("{why} ({said})")),
    };
    if said == "done" && key != act.after {
        return Some("it said that it was done".to_owned());
    }
    // the one line of the test's own child may be what could not be written
    if !is_kill && said.contains("panicked") && !said.contains("failed printing to stdout") {
        return Some(format!("it crashed: {said}"));
    }
    if act.before != "-" && !plain_keys(root).is_empty() {
        return Some(format!("a key lies open: {:?}", plain_keys(root)));
    }
    // the next run completes it; where it was complete, the old passphrase does not open it any more
    let again = child::said(&act.run(root, &[]));
    if again != "done" && key == act.before {
        return Some(format!("the next run fails: {again}"));
    }
    if let Err(why) = key_of(root, &[act.after]) {
        return Some(format!("after the next run: {why}"));
    }
    let own = own_at(root, "");
    if own.unfinished() != Unfinished::Nothing {
        return Some(format!("{:?} after the next run", own.unfinished()));
    }
    if act.after != "-" && !plain_keys(root).is_empty() {
        return Some(format!("a key lies open after the next run: {:?}", plain_keys(root)));
    }
    None
}

fn count(act: &Act, template: &World) -> BTreeMap<String, usize> {
    let root = tempfile::tempdir().expect("a directory");
    copy(template.root.path(), root.path());
    let log = tempfile::NamedTempFile::new().expect("a file");
    let out = act.run(root.path(), &["strace", "-f", "-qq", "-o", &log.path().to_string_lossy()]);
    assert_eq!(child::said(&out), "done");
    let mut counts = BTreeMap::new();
    for line in fs::read_to_string(log.path()).expect("text").lines() {
        let call = line.split_once(' ').map(|(_pid, call)| call.trim_start());
        if let Some((kind, _)) = call.and_then(|call| call.split_once('(')) {
            *counts.entry(kind.to_owned()).or_insert(0) += 1;
        }
    }
    counts
}

fn try_all(act: &Act, title: &str) {
    if !has("strace") {
        return;
    }
    let template = act.ground();
    let counts = count(act, &template);
    let errors = if is_full() { ERRORS } else { &ERRORS[..1] };
    let mut points = Vec::new();
    for (kind, count) in counts.iter().filter(|(kind, _)| CHANGING.contains(&kind.as_str())) {
        for when in 1..=*count {
            points.push((kind.clone(), "signal=KILL".to_owned(), when));
            points.extend(errors.iter().map(|error| (kind.clone(), format!("error={error}"), when)));
        }
    }
    if !is_full() {
        points = points.into_iter().step_by(EACH).collect();
    }
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some((kind, what, when)) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let root = tempfile::tempdir().expect("a directory");
                    copy(template.root.path(), root.path());
                    let (trace, inject) = (format!("trace={kind}"), format!("inject={kind}:{what}:when={when}"));
                    let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
                    let said = child::said(&act.run(root.path(), &strace));
                    if let Some(why) = verdict(act, root.path(), &said, what.starts_with("signal")) {
                        wrong.lock().expect("no thread failed").push(format!("{kind} {what} {when}: {why}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no thread failed");
    assert!(wrong.is_empty(), "{title}: {} of {}:\n{}", wrong.len(), points.len(), wrong.join("\n"));
    println!("{title}: stopped at {} points, nothing lost", points.len());
}

#[test]
fn a_passphrase_that_is_set_under_faults_leaves_an_identity_that_opens() {
    try_all(&SET, "passphrase set");
}

#[test]
fn a_passphrase_that_is_changed_under_faults_leaves_an_identity_that_opens_and_no_open_key() {
    try_all(&CHANGE, "passphrase changed");
}

#[test]
fn a_new_identity_under_faults_leaves_every_profile_open_and_is_completed_by_the_next_run() {
    try_all(&RENEW, "new identity");
}

#[test]
fn a_new_identity_behind_a_passphrase_under_faults_never_lies_open() {
    try_all(&RENEW_BEHIND, "new identity behind a passphrase");
}
