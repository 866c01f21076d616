//! A move between stores that is killed at any moment: the profile rests in the old one or in the new one, and opens there.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::ring::Ring;
use crate::sandbox::{needs, program};
use crate::way::in_keychain;

/// Kinds of calls that change something: on the disk, or in the keychain.
const CHANGING: &[&str] = &[
    "write",
    "fsync",
    "rename",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "fchmod",
    "ftruncate",
    "flock",
    "sendmsg",
    "sendto",
];
const ERRORS: &[&str] = &["ENOSPC", "EIO", "EROFS", "EACCES"];

fn strace(ring: &Ring, options: &[&str], words: &[&str]) -> (bool, String) {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o"]).arg(ring.sandbox.root().join("calls")).args(options).arg(program()).args(words);
    strace.env_clear().envs(ring.sandbox.variables().iter().map(|(n, v)| (n, v))).current_dir(ring.sandbox.root());
    let out = strace.output().expect("strace runs");
    (out.status.success(), String::from_utf8_lossy(&out.stderr).into_owned())
}

fn counts(ring: &Ring, words: &[&str]) -> BTreeMap<&'static str, usize> {
    let (is_done, said) = strace(ring, &["-e", &format!("trace={}", CHANGING.join(","))], words);
    assert!(is_done, "{said}");
    let calls = fs::read_to_string(ring.sandbox.root().join("calls")).expect("a log");
    let of = |kind: &&'static str| (*kind, calls.lines().filter(|line| line.contains(&format!(" {kind}("))).count());
    CHANGING.iter().map(of).filter(|(_, count)| *count > 0).collect()
}

fn value(ring: &Ring) -> String {
    let ran = ring.sandbox.run_in("acme", &["exec", "--", "printenv", "A_TOKEN"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
}

/// Moves there and back, once for each fault, and looks after each.
fn at_every_call(what: &dyn Fn(&str, usize) -> Vec<String>, title: &str) {
    if !needs("strace") {
        return;
    }
    let Some(ring) = in_keychain(&[("A_TOKEN", "canary-5512")]) else { return };
    let is_full = std::env::var_os("MCPENV_TEST_FULL").is_some_and(|value| value == "1");
    let mut points = 0;
    for to in ["age", "keychain"] {
        let words = ["store", "move", to, "--profile", "acme"];
        let back = ["store", "move", if to == "age" { "keychain" } else { "age" }, "--profile", "acme"];
        for (kind, count) in counts(&ring, &words) {
            assert_eq!(ring.sandbox.run(&back).code, 0);
            // the ordinary run takes every third call
            for when in (1..=count).filter(|n| is_full || n % 3 == 1) {
                for fault in what(kind, when) {
                    let (_, said) = strace(&ring, &["-e", &fault], &words);
                    assert!(!said.contains("canary") && !said.contains("panicked"), "{fault}: {said}");
                    assert_eq!(value(&ring), "canary-5512\n", "{to}: {fault}: {said}");
                    let ran = ring.sandbox.run(&back);
                    assert_eq!(ran.code, 0, "{to}: {fault}: the way back: {ran:?}");
                    assert_eq!(value(&ring), "canary-5512\n", "{to}: {fault}");
                    points += 1;
                }
            }
            assert_eq!(ring.sandbox.run(&words).code, 0);
        }
        assert_eq!(ring.sandbox.run(&words).code, 0);
    }
    println!("store move: {title} at {points} points, nothing lost");
}

#[test]
fn a_move_that_is_killed_leaves_the_profile_in_one_of_the_two_stores() {
    at_every_call(&|kind, when| vec![format!("inject={kind}:signal=KILL:when={when}")], "killed");
}

#[test]
fn a_move_whose_disk_or_bus_fails_leaves_the_profile_where_it_opens() {
    let is_full = std::env::var_os("MCPENV_TEST_FULL").is_some_and(|value| value == "1");
    let errors = if is_full { ERRORS } else { &ERRORS[..1] };
    at_every_call(
        &|kind, when| errors.iter().map(|error| format!("inject={kind}:error={error}:when={when}")).collect(),
        "failed",
    );
}
