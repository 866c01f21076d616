//! What entering a project costs whose profile rests in the keychain, beside one look-up of one entry by `secret-tool`, on a real
//! Secret Service of its own; and how long a prompt is held by a keychain that gives nothing. `cargo bench --bench keychain`.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

#[path = "../tests/ring/mod.rs"]
mod ring;
#[path = "../tests/sandbox/mod.rs"]
mod sandbox;

use ring::{Keyring, Ring};
use sandbox::{Sandbox, path};

const ROUNDS: usize = 40;

fn main() {
    for count in [3, 200] {
        let Some(ring) = project(count) else { return };
        let account = account(&ring);
        let ours = || hook(&ring);
        let theirs = || {
            let started = Instant::now();
            assert!(ring.look(&["service", "mcpenv", "username", &account]).starts_with("AGE-SECRET-KEY-1"));
            started.elapsed()
        };
        assert_eq!(ring.sandbox.loaded("acme").len(), count, "it is timed only where it works");
        (ours(), theirs());
        let pairs: Vec<_> = (0..ROUNDS).map(|_| (ours(), theirs())).collect();
        let ratio = |(a, b): &(Duration, Duration)| a.as_secs_f64() / b.as_secs_f64();
        println!(
            "{count:>3} variables: enter {:.2} ms, secret-tool lookup {:.2} ms, ratio {:.2} (goal 1.3)",
            median(pairs.iter().map(|(a, _)| a.as_secs_f64() * 1e3)),
            median(pairs.iter().map(|(_, b)| b.as_secs_f64() * 1e3)),
            median(pairs.iter().map(ratio)),
        );
    }
    let Some(ring) = project(3) else { return };
    ring.lock();
    println!("locked: {:.0} ms", median((0..5).map(|_| hook(&ring).as_secs_f64() * 1e3)));
    ring.silence_the_prompt();
    println!("locked, its question unanswered: {:.0} ms", median((0..5).map(|_| hook(&ring).as_secs_f64() * 1e3)));
    let Some(silent) = Ring::start(Keyring::Silent, Sandbox::new()) else { return };
    let bus = silent.sandbox.variables().iter().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS").map(|(_, v)| v.clone());
    let mut ring = ring;
    ring.sandbox.set_variable("DBUS_SESSION_BUS_ADDRESS", bus.unwrap_or_default());
    println!("never answers: {:.0} ms (limit 1000)", median((0..3).map(|_| hook(&ring).as_secs_f64() * 1e3)));
}

/// An approved project whose profile of so many variables rests in the keychain.
fn project(count: usize) -> Option<Ring> {
    let ring = Ring::start(Keyring::Open, Sandbox::new())?;
    let names: Vec<String> = (0..count).map(|n| format!("V_{n}_TOKEN")).collect();
    let sandbox = &ring.sandbox;
    sandbox.declare("acme", &names.iter().map(String::as_str).collect::<Vec<_>>());
    let project = sandbox.project("acme");
    let made = sandbox.run(&["init", "--no-input", "--profile", "acme", "--store", "keychain", "--project", path(&project)]);
    assert_eq!(made.code, 0, "{made:?}");
    let text: String = names.iter().map(|name| format!("{name}=value-of-{name}\n")).collect();
    let taken = sandbox.run_with(&["import", "-", "--format", "env", "--profile", "acme"], text.as_bytes());
    assert_eq!(taken.code, 0, "{taken:?}");
    sandbox.allow("acme");
    Some(ring)
}

fn account(ring: &Ring) -> String {
    let sealed = fs::read(ring.sandbox.data().join("profiles/acme.age")).expect("it is there");
    let head = String::from_utf8_lossy(&sealed).into_owned();
    format!("profile {}", head.lines().find_map(|line| line.strip_prefix("-> mcpenv keychain ")).expect("a note"))
}

fn hook(ring: &Ring) -> Duration {
    let mut command = ring.sandbox.command(&["hook-env", "bash", path(&ring.sandbox.project("acme")), "1", "own"]);
    let started = Instant::now();
    let ended = command.stdin(Stdio::null()).stdout(Stdio::piped()).output().expect("the program starts");
    assert!(ended.status.success());
    started.elapsed()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
