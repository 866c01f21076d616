//! A prompt never waits for a person, and for a keychain only so long; each thing that stands in the way says what it is.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use mcpenv::keychain::PLACE;

use crate::ring::{Keyring, Ring};
use crate::sandbox::{Sandbox, loaded_names, path, said};
use crate::way::{account, in_keychain, profile};

/// What the hook says while the keychain does not give the key; nothing is loaded then, and nothing is written.
fn refused(ring: &Ring) -> String {
    let before = fs::read(profile(ring)).expect("it is there");
    let started = Instant::now();
    let text = ring.sandbox.hook(&ring.sandbox.project("acme"));
    // the limit is 1 second; only a hang is a failure here
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert!(!text.contains("__mcpenv_put"), "{text}");
    assert_eq!(fs::read(profile(ring)).expect("it is there"), before);
    let said = said(&text);
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

/// In how many seconds the hook asks again whatever happens.
fn wakes(text: &str) -> u64 {
    let words: Vec<_> = text.lines().find_map(|line| line.strip_prefix("__mcpenv_fin ")).expect("an end").split(' ').collect();
    words[1].parse().expect("seconds")
}

#[test]
fn each_thing_that_stands_in_the_way_has_its_own_line_and_what_to_do() {
    let Some(mut ring) = in_keychain(&[("A_TOKEN", "x")]) else { return };
    let mut told = Vec::new();
    ring.lock();
    told.push(("locked", refused(&ring)));
    ring.silence_the_prompt();
    assert_eq!(refused(&ring), told[0].1, "the hook never makes the keyring ask");
    let address = ring.sandbox.variables().iter().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS").expect("a bus").1.clone();
    ring.sandbox.set_variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    told.push(("no bus", refused(&ring)));
    ring.sandbox.set_variable("DBUS_SESSION_BUS_ADDRESS", address);
    for (keyring, what) in [(Keyring::Nothing, "no keychain"), (Keyring::Silent, "silent"), (Keyring::Unused, "no entry")] {
        let Some(other) = Ring::start(keyring, Sandbox::new()) else { return };
        let bus = other.sandbox.variables().iter().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS").expect("a bus").1.clone();
        ring.sandbox.set_variable("DBUS_SESSION_BUS_ADDRESS", bus);
        told.push((what, refused(&ring)));
    }
    for (what, line) in &told {
        println!("{what}: {line}");
        assert!(line.starts_with("mcpenv: ") && line.contains(PLACE) | line.contains("keychain"), "{what}: {line}");
        assert_eq!(told.iter().filter(|(_, other)| other == line).count(), 1, "{what} is told like another: {line}");
    }
    assert!(told[0].1.contains("mcpenv unlock"), "{}", told[0].1);
}

#[test]
fn an_entry_that_was_taken_away_or_edited_by_hand_is_named_and_nothing_is_made_in_its_place() {
    let Some(ring) = in_keychain(&[("A_TOKEN", "x")]) else { return };
    let account = account(&ring);
    let attributes = ["service", "mcpenv", "username", account.as_str()];
    let key = ring.look(&attributes);
    for edited in ["AGE-SECRET-KEY-1sekret", "sekret", &format!("{key}\n{key}")] {
        ring.store("edited", &attributes, edited);
        let line = refused(&ring);
        assert!(line.contains("has no usable key") && line.contains(&account) && !line.contains("sekret"), "{line}");
    }
    let cleared = ring.command("secret-tool").arg("clear").args(attributes).status().expect("secret-tool");
    assert!(cleared.success());
    let line = refused(&ring);
    assert!(line.contains("has no key for") && line.contains(&account), "{line}");
    let ran = ring.sandbox.run_with(&["set", "A_TOKEN", "--stdin", "--profile", "acme"], b"y");
    assert!(ran.code == 1 && ran.err.contains("has no key for"), "{ran:?}");
    assert_eq!(ring.look(&attributes), "");
    ring.store("put back", &attributes, &key);
    assert_eq!(ring.sandbox.loaded("acme"), ["A_TOKEN"]);
}

#[test]
fn after_a_refusal_it_is_quiet_until_something_is_unlocked_or_a_minute_is_over() {
    let Some(ring) = in_keychain(&[("A_TOKEN", "x")]) else { return };
    let unlocked = ring.sandbox.root().join("run/mcpenv/unlocked");
    ring.lock();
    let text = ring.sandbox.hook(&ring.sandbox.project("acme"));
    assert_eq!(wakes(&text), 60);
    assert!(text.contains(path(&unlocked)), "the hook watches what `unlock` writes: {text}");
}

#[test]
fn lock_withdraws_what_the_keychain_opened_and_unlock_gives_it_back_until_its_time_is_over() {
    let Some(ring) = in_keychain(&[("A_TOKEN", "x")]) else { return };
    let unlocked = ring.sandbox.root().join("run/mcpenv/unlocked");
    let text = ring.sandbox.hook(&ring.sandbox.project("acme"));
    assert!(text.contains("__mcpenv_put") && text.contains(path(&unlocked)), "{text}");
    assert_eq!(wakes(&text), 0, "no end was said");
    assert_eq!(ring.sandbox.run(&["lock"]).code, 0);
    assert!(refused(&ring).contains("`mcpenv lock` was run"), "{}", refused(&ring));
    let ran = ring.sandbox.run(&["unlock", "--for", "1h"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = ring.sandbox.hook(&ring.sandbox.project("acme"));
    assert!(text.contains("__mcpenv_put"), "{text}");
    assert!((3500..=3600).contains(&wakes(&text)), "{text}");
    // its time is over
    ring.sandbox.write(&unlocked, "until 1000000000\n");
    assert!(refused(&ring).contains("the time of `mcpenv unlock` is over"));
}

#[test]
fn an_entry_into_a_project_connects_once_however_many_variables_it_has() {
    if !crate::sandbox::needs("strace") {
        return;
    }
    let values: Vec<(String, String)> = (0..200).map(|n| (format!("V_{n}_TOKEN"), format!("value-{n}"))).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    // one save for all of them: `import`
    let Some(ring) = in_keychain(&values[..1]) else { return };
    let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
    ring.sandbox.declare("acme", &names);
    let text: String = values.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    assert_eq!(ring.sandbox.run_with(&["import", "-", "--format", "env", "--profile", "acme"], text.as_bytes()).code, 0);
    ring.sandbox.allow("acme");
    let log = ring.sandbox.root().join("calls");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=connect", "-o"]).arg(&log).arg(crate::sandbox::program());
    strace.args(["hook-env", "bash", path(&ring.sandbox.project("acme")), "1", "own"]);
    strace.env_clear().envs(ring.sandbox.variables().iter().map(|(n, v)| (n, v)));
    let out = strace.output().expect("strace runs");
    assert_eq!(loaded_names(&String::from_utf8_lossy(&out.stdout)).len(), 200, "all are loaded");
    let calls = fs::read_to_string(&log).expect("a log");
    assert_eq!(calls.lines().filter(|line| line.contains("connect(")).count(), 1, "{calls}");
}
