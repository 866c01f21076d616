//! A change of who can open a team file that is killed, or whose system calls fail, at every point there is: the real program, on a
//! terminal, with a person who says yes. Afterwards: the old recipients or the new ones, no value lost, and the next run completes
//! it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use mcpenv::store::Identity;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::faults::{CHANGING, ERRORS, faults, is_full};
use crate::ground::{Act, Fault, Ground, KEPT, OLD};
use crate::world::has;

const TEAM: Act = Act { words: &[], input: "", is_first: false, is_team: true, token_before: Some(OLD), token_after: Some(OLD) };
const OWN: Act = Act { is_team: false, ..TEAM };

/// How a run on a terminal ended.
struct Ended {
    code: u32,
    is_killed: bool,
    screen: String,
}

/// Runs `key recipients add KEY`, and says yes when it asks.
fn add(ground: &Ground, key: &str, strace: &[String]) -> Ended {
    let pty = native_pty_system().openpty(PtySize { rows: 50, cols: 200, pixel_width: 0, pixel_height: 0 }).expect("a pty");
    let mut words: Vec<String> = strace.to_vec();
    words.push(env!("CARGO_BIN_EXE_mcpenv").to_owned());
    words.extend(["key", "recipients", "add", key, "--label", "bob"].map(str::to_owned));
    words.extend(if ground.is_team { ["--project", "project"] } else { ["--profile", "acme"] }.map(str::to_owned));
    let mut command = CommandBuilder::new(&words[0]);
    command.args(&words[1..]);
    command.env_clear();
    command.env("PATH", "/usr/bin:/bin");
    command.env("TERM", "xterm");
    command.env("HOME", ground.root.path());
    command.env("MCPENV_HOME", ground.home());
    command.cwd(ground.root.path());
    let mut child = pty.slave.spawn_command(command).expect("started");
    drop(pty.slave);
    let (mut reader, mut writer) =
        (pty.master.try_clone_reader().expect("a reader"), pty.master.take_writer().expect("a writer"));
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = reader.read(&mut buffer) {
            if send.send(buffer[..n].to_vec()).is_err() {
                break;
            }
        }
    });
    let (mut screen, mut is_answered, start) = (Vec::new(), false, Instant::now());
    loop {
        match receive.recv_timeout(Duration::from_millis(20)) {
            Ok(bytes) => screen.extend(bytes),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                assert!(start.elapsed() < Duration::from_secs(60), "hangs: {}", String::from_utf8_lossy(&screen));
                if child.try_wait().is_ok_and(|ended| ended.is_some()) && is_answered {
                    break;
                }
            }
        }
        if !is_answered && screen.windows(5).any(|window| window == b"[y/N]") {
            // a program that was killed meanwhile takes no answer
            let _ = writer.write_all(b"y\r").and_then(|()| writer.flush());
            is_answered = true;
        }
    }
    let status = child.wait().expect("ended");
    let is_killed = status.signal().is_some();
    Ended { code: status.exit_code(), is_killed, screen: String::from_utf8_lossy(&screen).into_owned() }
}

/// What is wrong after a run, if anything.
fn verdict(fault: &Fault, ground: &Ground, key: &str, ended: &Ended) -> Option<String> {
    let is_kill = fault.what.starts_with("signal");
    let screen = &ended.screen;
    if let Some(path) = ground.plaintext() {
        return Some(format!("plaintext in {}", path.display()));
    }
    if [OLD, KEPT].iter().any(|value| screen.contains(value)) {
        return Some("a value was said".to_owned());
    }
    // std panics when a directory that it has read cannot be closed, which no file system does; nothing may be lost by it
    let is_std_panic = fault.kind == "close" && screen.contains("unexpected error during closedir");
    if !is_kill && !is_std_panic && (ended.is_killed || ended.code == 101 || screen.contains("panicked")) {
        return Some(format!("it crashed: {} {screen}", ended.code));
    }
    match ground.token() {
        Ok(Some(token)) if token == OLD.as_bytes() => {}
        other => return Some(format!("the values are {:?}", other.map(|token| token.is_some()))),
    }
    let readers = |ground: &Ground| ground.profile().map(|profile| profile.readers).unwrap_or_default();
    let now = readers(ground);
    let is_in = now.iter().any(|reader| reader.key == key);
    if now.len() != usize::from(ground.is_team) + usize::from(is_in) || (!is_kill && (ended.code == 0) != is_in) {
        // what cannot be told any more at the end takes nothing back
        if !(is_in && fault.kind == "write") {
            return Some(format!("exit {} and {} recipients: {screen}", ended.code, now.len()));
        }
    }
    let again = add(ground, key, &[]);
    if again.code != 0 && !again.screen.contains("can open profile `acme` already") {
        return Some(format!("the next run fails: {}", again.screen));
    }
    if !readers(ground).iter().any(|reader| reader.key == key) {
        return Some("the next run did not let them in".to_owned());
    }
    // the user's word and the file agree: a save goes through
    if let Err(e) = ground.save() {
        return Some(format!("the next save fails: {e}"));
    }
    let drafts: Vec<PathBuf> = ground.drafts();
    (!drafts.is_empty()).then(|| format!("left behind: {drafts:?}"))
}

fn try_all(act: &Act, what: &[String], title: &str) {
    if !has("strace") {
        return;
    }
    let template = Ground::new(act);
    let key = Identity::generate().recipient();
    let counted = template.copied();
    let log = counted.root.path().join("calls");
    let ended = add(&counted, &key, &["strace", "-f", "-qq", "-o", &log.to_string_lossy()].map(str::to_owned));
    assert_eq!(ended.code, 0, "{}", ended.screen);
    let mut counts = std::collections::BTreeMap::new();
    for line in fs::read_to_string(&log).expect("text").lines() {
        let call = line.split_once(' ').map(|(_pid, call)| call.trim_start());
        if let Some((kind, _)) = call.and_then(|call| call.split_once('(')) {
            *counts.entry(kind.to_owned()).or_insert(0) += 1;
        }
    }
    let kinds: BTreeSet<&str> = if is_full() && what[0].starts_with("signal") {
        counts.keys().map(String::as_str).collect()
    } else {
        CHANGING.iter().copied().collect()
    };
    let points = faults(&counts, &kinds, what);
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(fault) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let ground = template.copied();
                    let inject = format!("inject={}:{}:when={}", fault.kind, fault.what, fault.when);
                    let trace = format!("trace={}", fault.kind);
                    let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject].map(str::to_owned);
                    let ended = add(&ground, &key, &strace);
                    if let Some(why) = verdict(fault, &ground, &key, &ended) {
                        wrong.lock().expect("no thread failed").push(format!("{fault:?}: {why}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no thread failed");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), points.len(), wrong.join("\n"));
    println!("{title} at {} points, nothing lost", points.len());
}

#[test]
fn letting_somebody_in_that_is_killed_leaves_the_old_recipients_or_the_new_ones() {
    for (act, title) in [(&TEAM, "key recipients add, team file: killed"), (&OWN, "key recipients add: killed")] {
        try_all(act, &["signal=KILL".to_owned()], title);
    }
}

#[test]
fn letting_somebody_in_whose_disk_fails_leaves_the_old_recipients() {
    let errors = if is_full() { ERRORS } else { &ERRORS[..2] };
    let what: Vec<_> = errors.iter().map(|error| format!("error={error}")).collect();
    for (act, title) in [(&TEAM, "key recipients add, team file: failed"), (&OWN, "key recipients add: failed")] {
        try_all(act, &what, title);
    }
}
