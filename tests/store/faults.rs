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
use std::os::unix::process::ExitStatusExt;
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use mcpenv::store::Store;

use crate::ground::{Act, Fault, GIVEN, Ground, KEPT, NEW, OLD};
use crate::world::{has, name, store_at};

/// Kinds of calls that change what is on the disk.
pub const CHANGING: &[&str] = &[
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
pub const ERRORS: &[&str] = &["ENOSPC", "EIO", "EROFS", "EACCES", "EDQUOT", "EINTR", "ENOMEM", "EMFILE"];

const SET: Act = Act {
    words: &["set", "TOKEN", "--stdin", "--profile", "acme"],
    input: NEW,
    is_first: false,
    is_team: false,
    token_before: Some(OLD),
    token_after: Some(NEW),
};
const SET_TEAM: Act = Act {
    words: &["set", "TOKEN", "--stdin", "--profile", "acme", "--project", "project"],
    input: NEW,
    is_first: false,
    is_team: true,
    token_before: Some(OLD),
    token_after: Some(NEW),
};
const UNSET: Act = Act {
    words: &["unset", "TOKEN", "--profile", "acme"],
    input: "",
    is_first: false,
    is_team: false,
    token_before: Some(OLD),
    token_after: None,
};
const ROTATE: Act = Act {
    words: &["rotate", "TOKEN", "--stdin", "--profile", "acme"],
    input: NEW,
    is_first: false,
    is_team: false,
    token_before: Some(OLD),
    token_after: Some(NEW),
};
const IMPORT: Act = Act {
    words: &["import", "-", "--profile", "acme"],
    input: "TOKEN=canary-new-44d0\n",
    is_first: false,
    is_team: false,
    token_before: None,
    token_after: Some(NEW),
};
const IMPORT_FILE: Act = Act { words: &["import", GIVEN, "--profile", "acme"], input: "", ..IMPORT };
const INIT: Act = Act {
    words: &["init", "--no-input", "--profile", "acme", "--project", "project"],
    input: "",
    is_first: true,
    is_team: false,
    token_before: None,
    token_after: None,
};

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
    if !ground.has_given(act) {
        return Some("the file that it was given is not as it was".to_owned());
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
        let is_old = token.as_deref() == act.token_before.map(str::as_bytes);
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
    let has_it_already = String::from_utf8_lossy(&again.stderr).contains("the value that `TOKEN` has already");
    let is_done_already = !again.status.success() && !act.is_first && (act.token_after.is_none() || has_it_already);
    if !again.status.success() && !is_done_already {
        return Some(format!("the next run fails: {}", String::from_utf8_lossy(&again.stderr)));
    }
    if act.is_first && store_at(&ground.home()).load(&name("acme")).is_err() {
        return Some("no profile after the next run".to_owned());
    }
    // a run that finds its work done saves nothing; the next save is what clears up
    if let Err(e) = ground.save() {
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

pub fn is_full() -> bool {
    std::env::var_os("MCPENV_TEST_FULL").is_some_and(|value| value == "1")
}

pub fn faults(counts: &BTreeMap<String, usize>, kinds: &BTreeSet<&str>, what: &[String]) -> Vec<Fault> {
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
fn a_set_into_a_team_file_that_is_killed_leaves_the_old_file_or_the_new_one() {
    kill(&SET_TEAM, "set, team file");
}

#[test]
fn a_set_into_a_team_file_whose_disk_fails_says_so_and_leaves_the_old_file() {
    fail(&SET_TEAM, "set, team file");
}

#[test]
fn a_rotation_that_is_killed_leaves_the_old_value_or_the_new_one() {
    kill(&ROTATE, "rotate");
}

#[test]
fn a_rotation_whose_disk_fails_says_so_and_leaves_the_old_value() {
    fail(&ROTATE, "rotate");
}

#[test]
fn an_unset_that_is_killed_leaves_the_old_profile_or_the_new_one() {
    kill(&UNSET, "unset");
}

#[test]
fn an_import_that_is_killed_leaves_the_old_profile_or_the_new_one() {
    kill(&IMPORT, "import");
}

#[test]
fn an_import_of_a_file_that_is_killed_leaves_the_old_profile_or_the_new_one_and_the_file() {
    kill(&IMPORT_FILE, "import FILE");
}

#[test]
fn an_import_whose_disk_fails_says_so_and_leaves_the_old_profile() {
    fail(&IMPORT, "import");
}

#[test]
fn an_import_of_a_file_whose_disk_fails_says_so_and_leaves_the_old_profile_and_the_file() {
    fail(&IMPORT_FILE, "import FILE");
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

#[test]
fn where_nothing_can_be_locked_nothing_is_written() {
    if !has("strace") {
        return;
    }
    let ground = Ground::new(&SET);
    let fault = Fault { kind: "flock".to_owned(), what: "error=ENOLCK".to_owned(), when: 1 };
    let out = ground.run_with(&SET, &fault);
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(!out.status.success() && said.contains("cannot be locked here, so nothing is written"), "{said}");
    assert_eq!(ground.token(), Ok(Some(OLD.as_bytes().to_vec())));
}
