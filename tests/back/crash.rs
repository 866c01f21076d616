//! Renaming a profile, taking a version back, and restoring a backup, killed or with a failing disk at every point there is. The
//! real program runs under `strace`. Afterwards: no value is lost, none stands in plaintext, each project has the values of its
//! own profile or none, and the next run completes it.
//!
//! The ordinary run kills at each call that changes files, and fails every third of these, and every fifth of those that only
//! look at files.
//! `MCPENV_TEST_FULL=1` takes every call of every kind, and fails those on files with eight errors; that takes minutes.
//! `--nocapture` shows the figures.
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use mcpenv::approval::{Ledger, Reading};
use mcpenv::paths::Paths;
use mcpenv::store::{AgeStore, Store, StoreError};
use tempfile::TempDir;

use crate::sandbox::{files_below, find, needs, path, program};
use crate::world::{PASSPHRASE, World, name, value};

/// Kinds of calls that change what is on the disk.
const CHANGING: &[&str] = &[
    "write",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "rmdir",
    "mkdir",
    "mkdirat",
    "fchmod",
    "chmod",
    "fchmodat",
    "ftruncate",
    "flock",
];
/// Kinds that only look at it.
const LOOKING: &[&str] = &[
    "open",
    "openat",
    "pread64",
    "lseek",
    "fstat",
    "newfstatat",
    "statx",
    "getdents64",
    "readlink",
    "access",
    "faccessat",
    "faccessat2",
    "getcwd",
];
const ERRORS: &[&str] = &["ENOSPC", "EIO", "EROFS", "EACCES", "EDQUOT", "EINTR", "ENOMEM", "EMFILE"];

/// What is run on what, and what may be there afterwards.
struct Act {
    title: &'static str,
    world: World,
    /// mcpenv's own files before, to be copied for each run.
    before: PathBuf,
    words: Vec<String>,
    /// What is typed at its questions, after the passphrase.
    answers: &'static [&'static str],
    /// What each profile holds before, where it is there and opens.
    old: Values,
    /// And afterwards.
    new: Values,
    /// The profile that each project is bound to before and afterwards.
    bound: Vec<(Bound, Bound)>,
    /// Sealed files that must be somewhere at every moment.
    kept: Vec<Vec<u8>>,
}

type Values = BTreeMap<String, BTreeMap<String, String>>;
type Bound = BTreeMap<PathBuf, String>;

#[derive(Debug, Clone)]
struct Fault {
    kind: String,
    what: String,
    when: usize,
}

impl Act {
    /// Runs it once without a fault, to know what it leaves.
    fn new(title: &'static str, world: World, words: &[&str], answers: &'static [&'static str], kept: Vec<Vec<u8>>) -> Self {
        let before = world.own();
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let (old, bound_before) = (values(&before), bound(&before));
        let mut act = Self { title, world, before, words, answers, old, new: Values::new(), bound: Vec::new(), kept };
        let home = act.copied();
        let (code, screen) = act.run(home.path(), &[]);
        assert_eq!(code, 0, "{screen}");
        act.new = values(home.path());
        act.bound = vec![(bound_before, bound(home.path()))];
        act
    }

    fn copied(&self) -> TempDir {
        let home = tempfile::Builder::new().prefix("mcpenv-test-").tempdir().expect("a directory");
        copy(&self.before, home.path());
        home
    }

    fn run(&self, home: &Path, strace: &[String]) -> (i32, String) {
        let own = format!("MCPENV_HOME={}", home.display());
        let mut words = vec!["/usr/bin/env", &own];
        words.extend(strace.iter().map(String::as_str));
        words.push(program());
        words.extend(self.words.iter().map(String::as_str));
        let typed = format!("{PASSPHRASE}\r");
        let mut answers = vec![("Passphrase of the backup", typed.as_str())];
        answers.extend(self.answers.iter().map(|answer| ("? [", *answer)));
        self.world.sandbox.play(&words, if self.answers.is_empty() { &[] } else { &answers }, || ())
    }

    /// How often each kind of call is made when nothing goes wrong.
    fn count(&self) -> BTreeMap<String, usize> {
        let (home, log) = (self.copied(), self.world.sandbox.root().join("calls"));
        let (code, screen) = self.run(home.path(), &["strace", "-f", "-qq", "-o", path(&log)].map(str::to_owned));
        assert_eq!(code, 0, "{screen}");
        let mut counts = BTreeMap::new();
        for line in fs::read_to_string(log).expect("text").lines() {
            let call = line.split_once(' ').map(|(_, call)| call.trim_start());
            if let Some((kind, _)) = call.and_then(|call| call.split_once('(')) {
                *counts.entry(kind.to_owned()).or_insert(0) += 1;
            }
        }
        counts.remove("execve");
        counts.remove("exit_group");
        counts
    }

    /// What is wrong after a fault, if anything.
    fn verdict(&self, fault: &Fault, home: &Path, code: i32, screen: &str) -> Option<String> {
        let is_kill = fault.what.starts_with("signal");
        if screen.contains("canary") || screen.contains("panicked") {
            return Some("it said a value, or crashed".to_owned());
        }
        let has_told = ["error: ", "error while loading", "warning: ", "! "].iter().any(|mark| screen.contains(mark));
        // a message that could not be written is the one thing that cannot be told
        if !is_kill && code != 0 && !has_told && fault.kind != "write" {
            return Some(format!("it failed with {code} and said nothing"));
        }
        if let Some(why) = self.state(home) {
            return Some(why);
        }
        let is_done = |home: &Path| values(home) == self.new && bound(home) == self.bound[0].1;
        if !is_kill && code == 0 && !is_done(home) {
            return Some("it says that it is done, and is not".to_owned());
        }
        let was_done = is_done(home);
        let (code, screen) = self.run(home, &[]);
        if code != 0 && !was_done {
            return Some(format!("the next run fails: {screen}"));
        }
        if let Some(why) = self.state(home) {
            return Some(format!("after the next run: {why}"));
        }
        if !is_done(home) {
            return Some(format!("the next run does not complete it: {:?} {:?} {screen}", values(home), bound(home)));
        }
        // a run that finds its work done writes nothing; the next save is what clears up
        for name in self.new.keys() {
            save(home, name);
        }
        let drafts: Vec<_> =
            files_below(&home.join("data")).into_iter().filter(|f| f.extension().is_some_and(|e| e == "tmp")).collect();
        (!drafts.is_empty()).then(|| format!("left behind: {drafts:?}"))
    }

    /// What must hold at every moment.
    fn state(&self, home: &Path) -> Option<String> {
        let files: Vec<(PathBuf, Vec<u8>)> =
            files_below(home).into_iter().map(|file| (file.clone(), fs::read(&file).expect("readable"))).collect();
        for (file, bytes) in &files {
            if find(bytes, b"canary").is_some() {
                return Some(format!("plaintext in {}", file.display()));
            }
        }
        if let Some(lost) = self.kept.iter().position(|kept| !files.iter().any(|(_, bytes)| bytes == kept)) {
            return Some(format!("the sealed file number {lost} is lost"));
        }
        let now = values(home);
        for (name, held) in &now {
            if Some(held) != self.old.get(name) && Some(held) != self.new.get(name) {
                return Some(format!("profile {name} is neither the old one nor the new one: {held:?}"));
            }
        }
        // whatever was there, and whatever shall be there in the end, is there under one name or the other
        for held in self.old.values().filter(|held| self.new.values().any(|new| new == *held)) {
            if !now.values().any(|now| now == held) {
                return Some(format!("the values {held:?} are lost"));
            }
        }
        let (before, after) = &self.bound[0];
        for (root, profile) in &bound(home) {
            if ![before.get(root), after.get(root)].contains(&Some(profile)) {
                return Some(format!("{} is bound to {profile}", root.display()));
            }
            let held = now.get(profile);
            let wanted = [before, after].map(|bound| bound.get(root));
            let right = [wanted[0].and_then(|p| self.old.get(p)), wanted[1].and_then(|p| self.new.get(p))];
            if held.is_some() && !right.contains(&held) {
                return Some(format!("{} gets the values of another", root.display()));
            }
        }
        None
    }

    fn try_all(&self, faults: &[Fault]) {
        let next = AtomicUsize::new(0);
        let wrong = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
                scope.spawn(|| {
                    while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let home = self.copied();
                        let inject = format!("inject={}:{}:when={}", fault.kind, fault.what, fault.when);
                        let trace = format!("trace={}", fault.kind);
                        let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject].map(str::to_owned);
                        let (code, screen) = self.run(home.path(), &strace);
                        if let Some(why) = self.verdict(fault, home.path(), code, &screen) {
                            wrong.lock().expect("no thread failed").push(format!("{fault:?}: {why}\n{screen}"));
                        }
                    }
                });
            }
        });
        let wrong = wrong.into_inner().expect("no thread failed");
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), faults.len(), wrong.join("\n"));
    }

    /// Kills it and fails it, everywhere.
    fn suffers(&self) {
        let counts = self.count();
        let is_full = std::env::var_os("MCPENV_TEST_FULL").is_some_and(|value| value == "1");
        let of = |kinds: &BTreeSet<&str>, what: &str| -> Vec<Fault> {
            let kinds = counts.iter().filter(|(kind, _)| kinds.contains(kind.as_str()));
            let each = kinds
                .flat_map(|(kind, count)| (1..=*count).map(|when| Fault { kind: kind.clone(), what: what.to_owned(), when }));
            each.collect()
        };
        let changing: BTreeSet<&str> = CHANGING.iter().copied().collect();
        let all: BTreeSet<&str> = counts.keys().map(String::as_str).collect();
        let files: BTreeSet<&str> = CHANGING.iter().chain(LOOKING).copied().collect();
        let kills = of(if is_full { &all } else { &changing }, "signal=KILL");
        assert!(kills.len() > 10, "{counts:?}");
        self.try_all(&kills);
        let looking: BTreeSet<&str> = LOOKING.iter().copied().collect();
        let fails: Vec<Fault> = if is_full {
            ERRORS.iter().flat_map(|error| of(&files, &format!("error={error}"))).collect()
        } else {
            let writes = of(&changing, "error=ENOSPC").into_iter().step_by(3);
            writes.chain(of(&looking, "error=EMFILE").into_iter().step_by(5)).collect()
        };
        self.try_all(&fails);
        println!("{}: killed at {} points, failed at {}, nothing lost", self.title, kills.len(), fails.len());
    }
}

fn store(home: &Path) -> AgeStore {
    AgeStore::new(&Paths::new(Some(home.into())).expect("a home"))
}

/// The values of each profile that opens.
fn values(home: &Path) -> Values {
    let store = store(home);
    let names = store.names().expect("listed");
    let opened = names.iter().filter_map(|name| match store.load(name) {
        Ok(profile) => {
            let text = |v: &mcpenv::secret::Secret| String::from_utf8_lossy(v.expose()).into_owned();
            let held = profile.variables.iter().map(|(name, variable)| (name.to_string(), text(&variable.value)));
            Some((name.to_string(), held.collect()))
        }
        Err(StoreError::Damaged { .. }) => None,
        Err(e) => panic!("{name}: {e}"),
    });
    opened.collect()
}

/// The profile that each project is bound to.
fn bound(home: &Path) -> Bound {
    let ledger = Ledger::new(&Paths::new(Some(home.into())).expect("a home"));
    let said = ledger.all().expect("listed").into_iter().filter_map(|(root, reading): (PathBuf, Reading)| match reading {
        Reading::Said(record) => Some((root, record.profile?.to_string())),
        other => panic!("{}: {other:?}", root.display()),
    });
    said.collect()
}

fn save(home: &Path, profile: &str) {
    let (store, name) = (store(home), name(profile));
    let lock = store.lock(&name).expect("free");
    let mut open = store.load(&name).expect("opens");
    store.save(&lock, &name, &mut open).expect("the next save works");
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

/// The bytes of a profile's file and of its earlier versions.
fn sealed(world: &World, profile: &str) -> Vec<Vec<u8>> {
    let profiles = world.profiles();
    let mut files = files_below(&profiles.join("versions").join(profile));
    files.push(profiles.join(format!("{profile}.age")));
    files.iter().map(|file| fs::read(file).expect("readable")).collect()
}

#[test]
fn a_rename_that_is_stopped_anywhere_loses_nothing_and_is_completed_by_the_next() {
    if !needs("strace") {
        return;
    }
    let world = World::with(&["acme", "beta"]);
    world.sandbox.declare("second", &["A_TOKEN"]);
    world.done(&["init", "--no-input", "--profile", "acme", "--project", path(&world.sandbox.project("second"))]);
    world.sandbox.store("acme", "KEPT", "canary-kept");
    let kept = sealed(&world, "acme").into_iter().chain(sealed(&world, "beta")).collect();
    Act::new("profile rename", world, &["profile", "rename", "acme", "work"], &[], kept).suffers();
}

#[test]
fn a_version_that_is_taken_back_and_stopped_anywhere_leaves_what_was_there_or_what_comes() {
    if !needs("strace") {
        return;
    }
    let world = World::with(&["acme"]);
    world.sandbox.store("acme", "KEPT", "canary-kept");
    let kept = vec![fs::read(world.profiles().join("acme.age")).expect("there")];
    Act::new("profile restore", world, &["profile", "restore", "acme", "2"], &[], kept).suffers();
}

#[test]
fn a_version_that_takes_the_place_of_a_damaged_file_and_is_stopped_anywhere_loses_neither() {
    if !needs("strace") {
        return;
    }
    let world = World::with(&["acme"]);
    world.sandbox.store("acme", "KEPT", "canary-kept");
    let file = world.profiles().join("acme.age");
    let whole = fs::read(&file).expect("there");
    fs::write(&file, &whole[..whole.len() - 5]).expect("written");
    let kept = sealed(&world, "acme");
    Act::new("profile restore over damage", world, &["profile", "restore", "acme", "2"], &[], kept).suffers();
}

#[test]
fn a_restore_that_is_stopped_anywhere_loses_nothing_and_is_completed_by_the_next() {
    if !needs("strace") {
        return;
    }
    let world = World::with(&["acme", "beta", "gamma"]);
    world.change("acme", &[("THERE", "canary-there")], 5);
    let backup = world.seal(&world.text());
    // one profile has changed, one is gone, one is damaged; and of one project nothing is known any more
    world.done(&["unset", "THERE", "--profile", "acme"]);
    world.change("acme", &[("HERE", "canary-here")], 9);
    fs::remove_file(world.profiles().join("beta.age")).expect("removed");
    fs::write(world.profiles().join("gamma.age"), "half a file").expect("written");
    let ledger = Ledger::new(&world.paths());
    fs::remove_file(ledger.file_of(&world.sandbox.project("beta"))).expect("removed");
    let kept = [sealed(&world, "acme"), sealed(&world, "gamma")].concat();
    let act = Act::new("restore", world, &["restore", path(&backup)], &["\r", "y\r", "y\r"], kept);
    assert_eq!(act.new["acme"].len(), 3);
    assert_eq!((&act.new["beta"]["A_TOKEN"], &act.new["gamma"]["A_TOKEN"]), (&value("beta"), &value("gamma")));
    assert_eq!(act.bound[0].1.len(), 3);
    act.suffers();
}

#[test]
fn a_restore_on_an_empty_machine_that_is_stopped_anywhere_is_completed_by_the_next() {
    if !needs("strace") {
        return;
    }
    let world = World::with(&["acme"]);
    let backup = world.seal(&world.text());
    for directory in ["data", "state"] {
        fs::remove_dir_all(world.own().join(directory)).expect("removed");
    }
    Act::new("restore on an empty machine", world, &["restore", path(&backup)], &["y\r", "y\r"], Vec::new()).suffers();
}
