//! Entries of a real Secret Service: found as people make them, told apart without their value, never waited for.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::ring::{Keyring, Ring};
use crate::sandbox::Ran;
use crate::stored::{told, with_profile};

fn import(ring: &Ring, args: &[&str]) -> Ran {
    let ran = ring.sandbox.run(&[&["import", "--keychain", "--profile", "acme"], args].concat());
    assert!(!ran.all().contains("sekret"), "{ran:?}");
    ran
}

#[test]
fn an_entry_is_found_as_people_make_it_and_stays_where_it_is() {
    let Some(ring) = Ring::start(Keyring::Open, with_profile(&[])) else { return };
    ring.store("GitHub", &["service", "GITHUB_TOKEN", "username", "ann"], "sekret-1");
    ring.store("Sentry", &["name", "SENTRY_TOKEN"], "sekret-2");
    ring.store("NOTION_TOKEN", &["app", "x"], "sekret-3");
    ring.store("Linear", &["service", "linear api"], "sekret-4");
    let ran = import(&ring, &["GITHUB_TOKEN", "SENTRY_TOKEN", "NOTION_TOKEN"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = import(&ring, &["linear api", "--as", "LINEAR_TOKEN"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(told(&ring.sandbox), "GITHUB_TOKEN=sekret-1 LINEAR_TOKEN=sekret-4 NOTION_TOKEN=sekret-3 SENTRY_TOKEN=sekret-2");
    assert!(ran.err.contains("secret-tool clear service 'linear api'"), "{ran:?}");
    assert_eq!(ring.look(&["service", "GITHUB_TOKEN"]), "sekret-1");
    let ran = import(&ring, &["linear api"]);
    assert!(ran.code == 2 && ran.err.contains("--as VAR"), "{ran:?}");
}

#[test]
fn of_several_entries_a_person_chooses_one_by_what_it_is_found_by() {
    let Some(ring) = Ring::start(Keyring::Open, with_profile(&[])) else { return };
    ring.store("work", &["service", "A_TOKEN", "username", "ann@work"], "sekret-1");
    ring.store("home", &["service", "A_TOKEN", "username", "ann@home"], "sekret-2");
    let ran = import(&ring, &["A_TOKEN"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.err.contains("ann@work") && ran.err.contains("ann@home"), "{ran:?}");
    let args = ["import", "--keychain", "A_TOKEN", "--profile", "acme"];
    let (code, screen) = ring.sandbox.answer(&args, &[("Which one?", "9\r"), ("Which one?", "\r")]);
    assert_eq!((code, told(&ring.sandbox).as_str()), (130, ""), "{screen}");
    let (_, screen) = ring.sandbox.answer(&args, &[("Which one?", "2\r"), ("Store 1 new", "y\r")]);
    let second = screen.lines().find_map(|line| line.trim().strip_prefix("2  ")).expect("a second one").to_owned();
    let expected = if second.contains("ann@home") { "A_TOKEN=sekret-2" } else { "A_TOKEN=sekret-1" };
    assert_eq!(told(&ring.sandbox), expected, "{screen}");
    assert!(!screen.contains("sekret"), "{screen}");
}

#[test]
fn what_is_not_there_is_said_before_anything_is_taken() {
    let Some(ring) = Ring::start(Keyring::Open, with_profile(&[])) else { return };
    ring.store("x", &["service", "A_TOKEN"], "sekret");
    let ran = import(&ring, &["A_TOKEN", "B_TOKEN"]);
    assert!(ran.code == 1 && ran.err.contains("no entry `B_TOKEN`"), "{ran:?}");
    assert_eq!(told(&ring.sandbox), "");
}

#[test]
fn a_value_that_differs_is_not_replaced_while_nobody_can_be_asked() {
    let Some(ring) = Ring::start(Keyring::Open, with_profile(&[])) else { return };
    ring.sandbox.store("acme", "A_TOKEN", "before");
    ring.store("x", &["service", "A_TOKEN"], "sekret");
    assert_eq!(import(&ring, &["A_TOKEN"]).code, 1);
    assert_eq!(told(&ring.sandbox), "A_TOKEN=before");
    let args = ["import", "--keychain", "A_TOKEN", "--profile", "acme"];
    let (code, screen) = ring.sandbox.answer(&args, &[("Replace", "y\r")]);
    assert_eq!((code, told(&ring.sandbox).as_str()), (0, "A_TOKEN=sekret"), "{screen}");
}

#[test]
fn each_thing_that_stands_in_the_way_has_its_own_message_and_its_end() {
    let sandbox = {
        let mut sandbox = with_profile(&[]);
        sandbox.set_variable("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}/none", sandbox.root().display()));
        sandbox
    };
    let ran = sandbox.run(&["import", "--keychain", "A_TOKEN", "--profile", "acme"]);
    assert!(ran.code == 1 && ran.err.contains("no session bus"), "{ran:?}");
    for (keyring, said) in
        [(Keyring::Nothing, "nothing on this session's bus is a keychain"), (Keyring::Unused, "has no collection yet")]
    {
        let Some(ring) = Ring::start(keyring, with_profile(&[])) else { return };
        let ran = import(&ring, &["A_TOKEN"]);
        assert!(ran.code == 1 && ran.err.contains(said), "{said}: {ran:?}");
    }
    let Some(ring) = Ring::start(Keyring::Silent, with_profile(&[])) else { return };
    let started = Instant::now();
    let ran = import(&ring, &["A_TOKEN", "--wait", "1"]);
    assert!(ran.code == 1 && ran.err.contains("did not answer within 1 second"), "{ran:?}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn a_locked_one_asks_only_where_a_person_is_and_waits_only_so_long() {
    let Some(ring) = Ring::start(Keyring::Open, with_profile(&[])) else { return };
    ring.store("x", &["service", "A_TOKEN"], "sekret");
    ring.lock();
    let ran = import(&ring, &["A_TOKEN"]);
    assert!(ran.code == 3 && ran.err.contains("is locked"), "{ran:?}");
    let args = ["import", "--keychain", "A_TOKEN", "--profile", "acme", "--wait", "2"];
    let (code, screen) = ring.sandbox.answer(&args, &[]);
    assert!(code == 3 && screen.contains("dismissed, or could not be shown"), "{screen}");
    ring.silence_the_prompt();
    let started = Instant::now();
    let (code, screen) = ring.sandbox.answer(&args, &[]);
    assert!(code == 1 && screen.contains("did not answer within 2 seconds"), "{screen}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!(told(&ring.sandbox), "");
}

#[test]
fn a_slot_is_put_found_read_and_taken_away() {
    let Some(ring) = Ring::start(Keyring::Open, with_profile(&[])) else { return };
    // the library asks the bus of its own process: another one runs the steps
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child.args(["--exact", "keychain::the_steps_of_a_slot", "--ignored", "--nocapture"]);
    child.env_clear().envs(ring.sandbox.variables().iter().map(|(n, v)| (n, v))).env("MCPENV_TEST_SLOT", "1");
    let ran = child.output().expect("it ran");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("1 passed"));
}

#[test]
#[ignore = "runs inside the test above, with the keyring's bus in its environment"]
fn the_steps_of_a_slot() {
    if std::env::var_os("MCPENV_TEST_SLOT").is_none() {
        return;
    }
    crate::slot::put_find_read_and_take_away();
}
