//! A save that is killed, or whose system calls fail, at every point there is. The real program runs under `strace`, which kills
//! it before the N-th call of one kind, or lets that call fail. Afterwards: the old profile or the new one, whole; the other
//! values untouched; no value in any file; an error where the new one is not there; and the next run succeeds.
//!
//! The ordinary run takes the calls that change files, kills at each of them and fails each with two errors.
//! `MCPENV_TEST_FULL=1` kills at every call of every kind, the loader's and the allocator's too, and fails every call on files
//! with eight errors; that takes minutes. `--nocapture` shows the figures.
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use mcpenv::store::Store;
use tempfile::TempDir;

use crate::world::{World, change, files, has, name, store_at};

const OLD: &str = "canary-old-91c7";
const NEW: &str = "canary-new-44d0";
const KEPT: &str = "canary-kept-7e2a";

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
    "read",
    "pread64",
    "lseek",
    "fstat",
    "newfstatat",
    "statx",
    "close",
    "fcntl",
    "getdents64",
    "readlink",
    "access",
    "faccessat",
    "faccessat2",
    "ioctl",
    "getcwd",
];
const ERRORS: &[&str] = &["ENOSPC", "EIO", "EROFS", "EACCES", "EDQUOT", "EINTR", "ENOMEM", "EMFILE"];

/// What the program is asked to do, and how the profile may look afterwards.
struct Act {
    words: &'static [&'static str],
    input: &'static str,
    /// Nothing is there yet: no identity, no profile.
    is_first: bool,
    token_after: Option<&'static str>,
}

const SET: Act =
    Act { words: &["set", "TOKEN", "--stdin", "--profile", "acme"], input: NEW, is_first: false, token_after: Some(NEW) };
const UNSET: Act = Act { words: &["unset", "TOKEN", "--profile", "acme"], input: "", is_first: false, token_after: None };
const INIT: Act = Act {
    words: &["init", "--no-input", "--profile", "acme", "--project", "project"],
    input: "",
    is_first: true,
    token_after: None,
};

/// What happens to the N-th call of a kind.
#[derive(Debug, Clone)]
struct Fault {
    kind: String,
    what: String,
    when: usize,
}

/// A directory with mcpenv's files and a project, to be copied for each run.
struct Ground {
    root: TempDir,
}

impl Ground {
    fn new(act: &Act) -> Self {
        let ground = Self { root: tempfile::tempdir().expect("a directory") };
        fs::create_dir(ground.root.path().join("project")).expect("made");
        fs::write(ground.root.path().join("project/.mcp.json"), "{\"mcpServers\":{}}").expect("written");
        if !act.is_first {
            let world = World::with("acme", &[("TOKEN", OLD), ("KEPT", KEPT)]);
            // enough saves that the next one has a version to take away
            for _ in 0..6 {
                world.change("acme", &[]).expect("saved");
            }
            copy(world.root.path(), &ground.home());
        }
        ground
    }

    fn copied(&self) -> Self {
        let copied = Self { root: tempfile::tempdir().expect("a directory") };
        copy(self.root.path(), copied.root.path());
        copied
    }

    /// What `MCPENV_HOME` names.
    fn home(&self) -> PathBuf {
        self.root.path().join("mcpenv")
    }

    fn run(&self, act: &Act, strace: &[String]) -> Output {
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

    fn run_with(&self, act: &Act, fault: &Fault) -> Output {
        let inject = format!("inject={}:{}:when={}", fault.kind, fault.what, fault.when);
        let trace = format!("trace={}", fault.kind);
        self.run(act, &["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject].map(str::to_owned))
    }

    /// How often each kind of call is made when nothing goes wrong.
    fn count(&self, act: &Act) -> BTreeMap<String, usize> {
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
    fn token(&self) -> Result<Option<Vec<u8>>, String> {
        let profile = store_at(&self.home()).load(&name("acme")).map_err(|e| e.to_string())?;
        let value = |name: &str| profile.variables.get(name).map(|v| v.value.expose().to_vec());
        if value("KEPT").as_deref() != Some(KEPT.as_bytes()) || profile.variables.len() > 2 {
            return Err("another value changed".to_owned());
        }
        Ok(value("TOKEN"))
    }

    /// A file in which a value stands, or a key where none belongs.
    fn plaintext(&self) -> Option<PathBuf> {
        let is_in = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        files(self.root.path()).into_iter().filter(|path| path.is_file()).find(|path| {
            let bytes = fs::read(path).expect("readable");
            let is_identity =
                path.file_name().is_some_and(|name| name == "identity" || name.to_string_lossy().starts_with(".identity."));
            [OLD, NEW, KEPT].iter().any(|value| is_in(&bytes, value)) || (!is_identity && is_in(&bytes, "AGE-SECRET-KEY"))
        })
    }

    fn drafts(&self) -> Vec<PathBuf> {
        files(&self.home()).into_iter().filter(|path| path.extension().is_some_and(|e| e == "tmp")).collect()
    }
}

/// What is wrong after a run, if anything.
fn verdict(act: &Act, fault: &Fault, ground: &Ground, out: &Output) -> Option<String> {
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    // std panics when a directory that it has read cannot be closed, which no file system does; nothing may be lost by it
    let is_std_panic = fault.kind == "close" && said.contains("unexpected error during closedir");
    let is_kill = fault.what.starts_with("signal") || is_std_panic;
    if let Some(path) = ground.plaintext() {
        return Some(format!("plaintext in {}", path.display()));
    }
    if [OLD, NEW, KEPT].iter().any(|value| said.contains(value)) {
        return Some("a value was said".to_owned());
    }
    if !is_kill {
        if out.status.signal().is_some()
            || out.status.code().is_some_and(|code| code == 101 || code > 128)
            || said.contains("panicked")
        {
            return Some(format!("it crashed: {:?} {said}", out.status));
        }
        // a message that could not be written is the one thing that cannot be told
        if !out.status.success() && said.is_empty() && fault.kind != "write" {
            return Some("it failed and said nothing".to_owned());
        }
    }
    if !act.is_first {
        let token = match ground.token() {
            Ok(token) => token,
            Err(why) => return Some(why),
        };
        let is_old = token.as_deref() == Some(OLD.as_bytes());
        let is_new = token.as_deref() == act.token_after.map(str::as_bytes);
        let is_right = if is_kill {
            is_old || is_new
        } else if out.status.success() {
            is_new
        } else {
            is_old
        };
        if !is_right {
            return Some(format!("{:?} but the token is {}: {said}", out.status, if is_old { "old" } else { "neither right" }));
        }
    }
    // the next run mends what is left, unless there is nothing left to do
    let again = ground.run(act, &[]);
    let is_done_already = act.token_after.is_none() && !act.is_first && !again.status.success();
    if !again.status.success() && !is_done_already {
        return Some(format!("the next run fails: {}", String::from_utf8_lossy(&again.stderr)));
    }
    if act.is_first && store_at(&ground.home()).load(&name("acme")).is_err() {
        return Some("no profile after the next run".to_owned());
    }
    // a run that finds its work done saves nothing; the next save is what clears up
    if let Err(e) = change(&store_at(&ground.home()), "acme", &[]) {
        return Some(format!("the next save fails: {e}"));
    }
    let drafts = ground.drafts();
    (!drafts.is_empty()).then(|| format!("left behind: {drafts:?}"))
}

/// Runs the act once for each fault, on as many processors as there are.
fn try_all(act: &Act, faults: &[Fault]) {
    let template = Ground::new(act);
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let ground = template.copied();
                    let out = ground.run_with(act, fault);
                    if let Some(why) = verdict(act, fault, &ground, &out) {
                        wrong.lock().expect("no thread failed").push(format!("{fault:?}: {why}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no thread failed");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), faults.len(), wrong.join("\n"));
}

fn is_full() -> bool {
    std::env::var_os("MCPENV_TEST_FULL").is_some_and(|value| value == "1")
}

fn faults(counts: &BTreeMap<String, usize>, kinds: &BTreeSet<&str>, what: &[String]) -> Vec<Fault> {
    let of_kind = |(kind, count): (&String, &usize)| {
        let (kind, count) = (kind.clone(), *count);
        what.iter()
            .flat_map(move |what| {
                let (kind, what) = (kind.clone(), what.clone());
                (1..=count).map(move |when| Fault { kind: kind.clone(), what: what.clone(), when })
            })
            .collect::<Vec<_>>()
    };
    counts.iter().filter(|(kind, _)| kinds.contains(kind.as_str())).flat_map(of_kind).collect()
}

fn kill(act: &Act, title: &str) {
    if !has("strace") {
        return;
    }
    let counts = Ground::new(act).copied().count(act);
    let kinds = if is_full() { counts.keys().map(String::as_str).collect() } else { CHANGING.iter().copied().collect() };
    let points = faults(&counts, &kinds, &["signal=KILL".to_owned()]);
    try_all(act, &points);
    println!("{title}: killed at {} points, nothing lost", points.len());
}

fn fail(act: &Act, title: &str) {
    if !has("strace") {
        return;
    }
    let counts = Ground::new(act).copied().count(act);
    let kinds = if is_full() { CHANGING.iter().chain(LOOKING).copied().collect() } else { CHANGING.iter().copied().collect() };
    let errors = if is_full() { ERRORS } else { &ERRORS[..2] };
    let what: Vec<_> = errors.iter().map(|error| format!("error={error}")).collect();
    let points = faults(&counts, &kinds, &what);
    try_all(act, &points);
    println!("{title}: failed at {} points, nothing lost", points.len());
}

#[test]
fn a_set_that_is_killed_leaves_the_old_profile_or_the_new_one() {
    kill(&SET, "set");
}

#[test]
fn an_unset_that_is_killed_leaves_the_old_profile_or_the_new_one() {
    kill(&UNSET, "unset");
}

#[test]
fn an_init_that_is_killed_can_be_run_again() {
    kill(&INIT, "init");
}

#[test]
fn a_set_whose_disk_fails_says_so_and_leaves_the_old_profile() {
    fail(&SET, "set");
}

#[test]
fn an_unset_whose_disk_fails_says_so_and_leaves_the_old_profile() {
    fail(&UNSET, "unset");
}

#[test]
fn an_init_whose_disk_fails_can_be_run_again() {
    fail(&INIT, "init");
}

/// What a power cut may do is decided by the order of these calls alone.
#[test]
fn a_profile_is_on_the_disk_before_it_takes_its_place_and_the_directory_after() {
    if !has("strace") {
        return;
    }
    let ground = Ground::new(&SET).copied();
    let log = ground.root.path().join("calls");
    let words = [
        "strace",
        "-f",
        "-y",
        "-s",
        "300",
        "-qq",
        "-e",
        "trace=write,fsync,fdatasync,/rename,/link",
        "-o",
        &log.to_string_lossy(),
    ];
    assert!(ground.run(&SET, &words.map(str::to_owned)).status.success());
    let calls = fs::read_to_string(log).expect("text");
    let lines: Vec<_> = calls.lines().collect();
    let at = |what: &str, parts: &[&str]| {
        lines
            .iter()
            .position(|line| parts.iter().all(|part| line.contains(part)))
            .unwrap_or_else(|| panic!("no {what} in\n{calls}"))
    };
    let draft = "/profiles/.acme.age.";
    let steps = [
        at("draft written", &["write(", draft]),
        at("draft synced", &["fsync(", draft]),
        at("version kept", &["link", "profiles/acme.age\"", "versions/acme/7.age\""]),
        at("draft renamed", &["rename", draft, "profiles/acme.age\""]),
        at("directory synced", &["fsync(", "/data/profiles>"]),
    ];
    assert!(steps.is_sorted(), "{steps:?} in\n{calls}");
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
