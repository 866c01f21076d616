//! The backup as it is made: what is in it, who may make it, and that any age program opens it.

use std::fs;

use serde_json::Value;

use crate::sandbox::{find, needs, path};
use crate::world::{PASSPHRASE, World, sealed, value};

/// The one way through with the work that a backup really costs: made at a terminal with a passphrase that mcpenv thought of,
/// opened by `age`, and taken back on another machine.
#[test]
fn a_backup_made_at_a_terminal_is_opened_by_age_and_taken_back_elsewhere() {
    let world = World::with(&["acme", "beta"]);
    let file = world.sandbox.root().join("b.age");
    let words = ["backup", path(&file)];
    // what it shows is read from a first run that is left at the question for its last characters
    let (code, screen) = world.sandbox.answer(&words, &[("Enter alone makes one", "\r"), ("last four", "\u{3}")]);
    assert!(code == 130 && !file.exists(), "{screen}");
    let shown = screen.lines().map(str::trim).find(|line| line.len() == 29 && line.split('-').count() == 6);
    assert!(shown.is_some(), "{screen}");
    let typed = format!("{PASSPHRASE}\r");
    let answers = [("Enter alone makes one", "short\r"), ("Take it anyway", "n\r"), ("Enter alone makes one", typed.as_str())];
    let answers = [&answers[..], &[("once more", "another\r"), ("Enter alone", &typed), ("once more", &typed)]].concat();
    let (code, screen) = world.sandbox.answer(&words, &answers);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("2 profiles with 2 variables, and what was said of 2 projects"), "{screen}");
    assert!(!screen.contains("canary") && !screen.contains(PASSPHRASE), "{screen}");
    #[cfg(unix)]
    assert_eq!(crate::sandbox::mode(&file), 0o600);
    let bytes = fs::read(&file).expect("there");
    assert!(bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "));
    assert!(String::from_utf8_lossy(&bytes).lines().nth(1).expect("a stanza").ends_with(" 18"), "the work is what age takes");
    assert!(find(&bytes, b"canary").is_none());

    if needs("age") {
        let plain = world.sandbox.root().join("plain");
        let line = format!("age -d {} > {}", path(&file), path(&plain));
        let (code, screen) = world.sandbox.play(&["/bin/sh", "-c", &line], &[("passphrase", &typed)], || ());
        assert_eq!(code, 0, "{screen}");
        let text = fs::read_to_string(&plain).expect("text");
        fs::remove_file(&plain).expect("removed");
        let (ours, theirs): (Value, Value) =
            (serde_json::from_str(&world.text()).expect("JSON"), serde_json::from_str(&text).expect("JSON"));
        assert_eq!((&ours["profiles"], &ours["projects"]), (&theirs["profiles"], &theirs["projects"]));
    }

    let other = World::bare();
    let copy = other.sandbox.root().join("b.age");
    fs::copy(&file, &copy).expect("copied");
    let (code, screen) = other.restore(&copy, &[], &[("Bring 2 profiles back?", "y\r"), ("for 2 projects", "n\r")]);
    assert_eq!(code, 0, "{screen}");
    assert_eq!((other.values("acme"), other.values("beta")), (world.values("acme"), world.values("beta")));
}

#[test]
fn a_file_that_age_made_of_the_same_text_is_taken_back() {
    if !needs("age") {
        return;
    }
    let world = World::with(&["acme"]);
    let (plain, file) = (world.sandbox.root().join("plain"), world.sandbox.root().join("b.age"));
    fs::write(&plain, world.text()).expect("written");
    let typed = format!("{PASSPHRASE}\r");
    let words = ["age", "-p", "-a", "-o", path(&file), path(&plain)];
    let (code, screen) = world.sandbox.play(&words, &[("passphrase", &typed), ("onfirm", &typed)], || ());
    assert_eq!(code, 0, "{screen}");
    let ran = world.dry_run(&file, &[]);
    assert!(ran.code == 0 && ran.out.contains("profile acme · 1 variable · the same here"), "{ran:?}");
}

#[test]
fn a_script_gives_the_passphrase_as_the_first_line_and_an_agent_gives_none() {
    let mut world = World::with(&["acme", "beta"]);
    let damaged = world.profiles().join("beta.age");
    fs::write(&damaged, b"age-encryption.org/v1\n").expect("written");
    let file = world.sandbox.root().join("b.age");
    let words = ["backup", path(&file), "--stdin"];
    assert_eq!(world.run(&["backup", path(&file)]).code, 6, "nobody at a terminal");
    world.sandbox.set_variable("CLAUDECODE", "1");
    assert_eq!(world.sandbox.run_with(&words, b"whoever chooses it can read it\n").code, 6);
    world.sandbox.set_variable("CLAUDECODE", "");
    // a profile that does not open is named, and nothing is written without it
    let ran = world.sandbox.run_with(&words, b"correct horse\nmore\n");
    assert!(ran.code == 1 && ran.err.contains("profile `beta` is not in it") && ran.err.contains("--partial"), "{ran:?}");
    assert!(!file.exists());
    for bad in [&b""[..], b"\n", b"\xff\n", b"a\x1bb\n"] {
        let ran = world.sandbox.run_with(&[&words[..], &["--partial"]].concat(), bad);
        assert!(ran.code == 1 && ran.err.contains("the passphrase is"), "{ran:?}");
    }
    let ran = world.sandbox.run_with(&[&words[..], &["--partial"]].concat(), b"horse\r\nmore\n");
    assert!(ran.code == 0 && ran.err.contains("1 profile with 1 variable") && ran.err.contains("short"), "{ran:?}");
    assert!(!ran.all().contains("horse"), "{ran:?}");
    let ran = world.sandbox.run_with(&["restore", path(&file), "--dry-run", "--stdin"], b"horse\n");
    assert!(ran.code == 0 && ran.out.contains("  profile acme") && !ran.out.contains("  profile beta"), "{ran:?}");
    // what is there is never overwritten unasked
    let before = fs::read(&file).expect("there");
    let ran = world.sandbox.run_with(&[&words[..], &["--partial"]].concat(), b"correct horse\n");
    assert!(ran.code == 1 && ran.err.contains("is there already"), "{ran:?}");
    let (code, screen) = world.sandbox.answer(&["backup", path(&file), "--partial"], &[("[y/N]", "n\r")]);
    assert!(code == 0 && screen.contains("nothing was written"), "{screen}");
    assert_eq!(fs::read(&file).expect("there"), before);
    for place in ["no/such/b.age", "src"] {
        let ran = world.sandbox.run_with(&["backup", place, "--stdin"], b"correct horse\n");
        assert!(ran.code == 1 && ran.err.contains("error: "), "{place}: {ran:?}");
    }
}

#[test]
fn a_backup_in_a_repository_is_warned_about_and_one_of_nothing_is_not_made() {
    let world = World::with(&["acme"]);
    let project = world.sandbox.project("acme");
    fs::create_dir(project.join(".git")).expect("made");
    let ran = world.sandbox.run_with(&["backup", path(&project.join("b.age")), "--stdin"], b"correct horse battery\n");
    assert!(ran.code == 0 && ran.err.contains("keep it out of git"), "{ran:?}");
    let empty = World::bare();
    let ran = empty.sandbox.run_with(&["backup", "b.age", "--stdin"], b"correct horse battery\n");
    assert!(ran.code == 1 && ran.err.contains("nothing to keep"), "{ran:?}");
}

#[test]
fn a_backup_of_identity_encrypted_bytes_is_told_from_one_of_a_passphrase() {
    let world = World::with(&["acme"]);
    let ran = world.dry_run(&world.profiles().join("acme.age"), &[]);
    assert!(ran.code == 1 && ran.err.contains("encrypted for an identity"), "{ran:?}");
    let ran = world.dry_run(&world.sandbox.project("acme").join(".mcp.json"), &[]);
    assert!(ran.code == 1 && ran.err.contains("no age header"), "{ran:?}");
    let ran = world.dry_run(&world.sandbox.root().join("nothing"), &[]);
    assert!(ran.code == 1 && ran.err.contains("is not there"), "{ran:?}");
}

#[test]
fn a_wrong_passphrase_is_told_and_at_a_terminal_asked_again() {
    let world = World::with(&["acme"]);
    let file = world.seal(&world.text());
    let ran = world.sandbox.run_with(&["restore", path(&file), "--dry-run", "--stdin"], b"wrong\n");
    assert!(ran.code == 1 && ran.err.contains("not the one it was made with") && !ran.all().contains("wrong\n"), "{ran:?}");
    let answers = [("Passphrase", "wrong\r"), ("Passphrase", "wrong again\r"), ("Passphrase", "and again\r")];
    let (code, screen) = world.sandbox.answer(&["restore", path(&file)], &answers);
    assert!(code == 1 && screen.matches("It does not open with that").count() == 2, "{screen}");
    let typed = format!("{PASSPHRASE}\r");
    let answers = [("Passphrase", "wrong\r"), ("Passphrase", typed.as_str())];
    let (code, screen) = world.sandbox.answer(&["restore", path(&file)], &answers);
    assert!(code == 0 && screen.contains("nothing was changed"), "{screen}");
    assert_eq!(sealed("x").len(), sealed("y").len());
    assert_eq!(world.values("acme")["A_TOKEN"], value("acme"));
}
