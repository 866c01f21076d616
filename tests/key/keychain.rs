//! The identity in a real Secret Service: in, out, and what an interrupted move leaves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ring::{Keyring, Ring};
use crate::sandbox::{files_below, find, needs, path, program};
use crate::stored::with_profile;

fn identity(ring: &Ring) -> String {
    fs::read_to_string(ring.sandbox.root().join("all/data/identity")).expect("there")
}

fn account(ring: &Ring) -> String {
    identity(ring).lines().find_map(|line| line.strip_prefix("MCPENV-KEYCHAIN ")).expect("a signpost").to_owned()
}

#[test]
fn an_identity_moves_into_the_keychain_and_out_again_and_opens_at_both_ends() {
    let Some(ring) = Ring::start(Keyring::Open, with_profile(&[])) else { return };
    let sandbox = &ring.sandbox;
    sandbox.store("acme", "A_TOKEN", "sekret");
    let plain = identity(&ring);
    let secret = plain.lines().last().expect("a key").to_owned();
    let ran = sandbox.run(&["key", "move", "keychain"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let account = account(&ring);
    assert!(account.len() == "identity ".len() + 16 && account.starts_with("identity "), "{account}");
    assert!(!identity(&ring).contains("AGE-SECRET") && identity(&ring).contains("# public key: age1"));
    assert_eq!(ring.look(&["service", "mcpenv", "username", &account]), secret);
    assert_eq!(sandbox.run(&["list", "--profile", "acme"]).code, 0);
    assert!(!sandbox.root().join("all/data/identity.moving").exists());
    let shown = sandbox.run(&["key", "show"]);
    assert!(shown.out.contains(&format!("entry `mcpenv` / `{account}`")), "{shown:?}");
    let again = sandbox.run(&["key", "move", "keychain"]);
    assert!(again.code == 0 && again.err.contains("already"), "{again:?}");

    // a new one has an entry of its own, and the old entry goes
    let ran = sandbox.run(&["key", "new"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let second = self::account(&ring);
    assert!(second != account && ring.look(&["service", "mcpenv", "username", &account]).is_empty());
    assert_eq!(sandbox.run(&["list", "--profile", "acme"]).code, 0);

    // out again is for a person: the file may be less than the keychain
    assert_eq!(sandbox.run(&["key", "move", "file"]).code, 6);
    let (code, screen) = sandbox.answer(&["key", "move", "file"], &[("New passphrase", "\r")]);
    assert!(code == 0 && screen.contains("whoever copies your home"), "{screen}");
    assert!(identity(&ring).contains("AGE-SECRET-KEY-1"));
    assert!(ring.look(&["service", "mcpenv", "username", &second]).is_empty(), "the entry went last");
    assert_eq!(sandbox.run(&["list", "--profile", "acme"]).code, 0);
}

#[test]
fn a_move_that_ended_early_is_completed_and_an_entry_of_somebody_else_is_never_overwritten() {
    let Some(ring) = Ring::start(Keyring::Open, with_profile(&[])) else { return };
    let data = ring.sandbox.root().join("all/data");
    let secret = identity(&ring).lines().last().expect("a key").to_owned();
    let note = |account: &str| {
        ring.sandbox.write(&data.join("identity.moving"), format!("MCPENV-KEYCHAIN {account}\n"));
        crate::sandbox::chmod(&data.join("identity.moving"), 0o600);
    };
    // killed after the entry was put: the same entry is used
    ring.store("mcpenv: your identity", &["service", "mcpenv", "username", "identity 00000000000000aa"], &secret);
    note("identity 00000000000000aa");
    let ran = ring.sandbox.run(&["key", "move", "keychain"]);
    assert!(ran.code == 0 && account(&ring) == "identity 00000000000000aa", "{ran:?}");

    // killed between the file and the entry on the way out: the entry goes with the next run
    ring.sandbox.write(&data.join("identity"), format!("{secret}\n"));
    note("identity 00000000000000aa");
    let (code, screen) = ring.sandbox.answer(&["key", "move", "file"], &[]);
    assert_eq!(code, 0, "{screen}");
    assert!(ring.look(&["service", "mcpenv", "username", "identity 00000000000000aa"]).is_empty());
    assert!(!data.join("identity.moving").exists());

    // an entry with another key in it stays as it is
    let other = String::from_utf8_lossy(&mcpenv::store::Identity::generate().line()).into_owned();
    ring.store("other", &["service", "mcpenv", "username", "identity 00000000000000bb"], &other);
    note("identity 00000000000000bb");
    let ran = ring.sandbox.run(&["key", "move", "keychain"]);
    assert!(ran.code == 0 && account(&ring) != "identity 00000000000000bb", "{ran:?}");
    assert_eq!(ring.look(&["service", "mcpenv", "username", "identity 00000000000000bb"]), other);
}

/// The calls that change files.
const CHANGING: &str = "write,fsync,rename,link,unlink,fchmod,ftruncate";

/// A copy of mcpenv's files that a run may break, and the commands on it.
struct Copy<'a> {
    ring: &'a Ring,
    home: PathBuf,
}

impl Copy<'_> {
    fn of<'a>(ring: &'a Ring, from: &Path, name: &str) -> Copy<'a> {
        let home = ring.sandbox.root().join(name);
        let copied = Command::new("cp").arg("-a").args([from, &home]).status().expect("cp");
        assert!(copied.success());
        Copy { ring, home }
    }

    fn run(&self, words: &[&str], answers: &[(&str, &str)]) -> (i32, String) {
        let home = format!("MCPENV_HOME={}", path(&self.home));
        self.ring.sandbox.play(&[&["env", &home], words].concat(), answers, || ())
    }

    fn opens(&self) -> bool {
        self.run(&[program(), "list", "--profile", "acme"], &[]).0 == 0
    }

    fn has_plain_key(&self) -> bool {
        let is_plain = |file: &PathBuf| find(&fs::read(file).expect("readable"), b"AGE-SECRET-KEY").is_some();
        files_below(&self.home).iter().any(is_plain)
    }
}

#[test]
fn a_move_that_is_killed_at_any_point_leaves_an_identity_that_opens_and_the_next_run_completes_it() {
    if !needs("strace") {
        return;
    }
    let Some(ring) = Ring::start(Keyring::Open, with_profile(&[])) else { return };
    let each = if std::env::var_os("MCPENV_TEST_FULL").is_some_and(|value| value == "1") { 1 } else { 3 };
    let plain = ring.sandbox.root().join("all");
    let log = ring.sandbox.root().join("calls");
    for (place, answers) in [("keychain", &[][..]), ("file", &[("New passphrase", "\r")])] {
        let moving = [program(), "key", "move", place];
        // each copy has an entry of its own
        let prepared = |name: &str| {
            let copy = Copy::of(&ring, &plain, &format!("{place}-{name}"));
            if place == "file" {
                assert_eq!(copy.run(&[program(), "key", "move", "keychain"], &[]).0, 0);
            }
            copy
        };
        let counted = prepared("counted");
        let trace = ["strace", "-f", "-qq", "-o", path(&log), "-e", &format!("trace={CHANGING}")].map(str::to_owned);
        let trace: Vec<&str> = trace.iter().map(String::as_str).collect();
        let (code, screen) = counted.run(&[trace.as_slice(), &moving].concat(), answers);
        assert_eq!(code, 0, "{screen}");
        let mut counts = std::collections::BTreeMap::new();
        for line in fs::read_to_string(&log).expect("text").lines() {
            let call = line.split_once(' ').and_then(|(_, call)| call.trim_start().split_once('('));
            if let Some((kind, _)) = call {
                *counts.entry(kind.to_owned()).or_insert(0) += 1;
            }
        }
        let points = counts.iter().flat_map(|(kind, count)| (1..=*count).map(move |when| (kind.clone(), when)));
        let points: Vec<(String, usize)> = points.step_by(each).collect();
        for (kind, when) in &points {
            let copy = prepared(&format!("{kind}-{when}"));
            let (trace, inject) = (format!("trace={kind}"), format!("inject={kind}:signal=KILL:when={when}"));
            let killed = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
            copy.run(&[killed.as_slice(), &moving].concat(), answers);
            assert!(copy.opens(), "{place}: killed at {kind} {when}");
            let (code, screen) = copy.run(&moving, answers);
            assert!(code == 0 && copy.opens(), "{place}: after {kind} {when}: {screen}");
            assert_eq!(copy.has_plain_key(), place == "file", "{place}: after {kind} {when}");
            assert!(!copy.home.join("data/identity.moving").exists(), "{place}: after {kind} {when}");
        }
        println!("move to {place}: killed at {} points, nothing lost", points.len());
    }
}

#[test]
fn where_no_keychain_answers_nothing_moves() {
    for keyring in [Keyring::Nothing, Keyring::Unused] {
        let Some(ring) = Ring::start(keyring, with_profile(&[])) else { return };
        let before = identity(&ring);
        let ran = ring.sandbox.run(&["key", "move", "keychain"]);
        assert!(ran.code != 0 && ran.err.contains("hint:"), "{ran:?}");
        assert_eq!(identity(&ring), before);
        assert_eq!(ring.sandbox.run(&["list", "--profile", "acme"]).code, 0);
    }
}

#[test]
fn a_guided_init_keeps_a_new_identity_in_the_keychain_when_enter_is_all_that_is_said() {
    let Some(ring) = Ring::start(Keyring::Open, with_profile(&[])) else { return };
    let mut home = ring.sandbox.root();
    home.push("fresh");
    let mut sandbox = crate::sandbox::Sandbox::new();
    sandbox.set_variable("MCPENV_HOME", home.clone());
    for (name, value) in ring.sandbox.variables().iter().filter(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS") {
        sandbox.set_variable(name.to_str().expect("ASCII"), value.clone());
    }
    sandbox.declare("acme", &["A_TOKEN"]);
    let args = ["init", "--project", path(&sandbox.project("acme"))].map(str::to_owned);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let answers = [
        ("[acme]: ", "\r"),
        ("Keep it in", "\r"),
        ("Recovery key [make one]", "\r"),
        ("Its last group", "\r"),
        ("A_TOKEN (hidden", "sekret\r"),
        ("[y/N]", "y\r"),
    ];
    let (code, screen) = sandbox.answer(&args, &answers);
    assert_eq!(code, 0, "{screen}");
    let file = fs::read(home.join("data/identity")).expect("there");
    assert!(find(&file, b"MCPENV-KEYCHAIN identity ").is_some() && find(&file, b"AGE-SECRET").is_none());
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
}
