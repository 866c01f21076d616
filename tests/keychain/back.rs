//! A profile that rests in the keychain is renamed, copied, deleted, taken back and backed up as any other; and a backup is the
//! way back when its key is lost.

use std::fs;

use crate::ring::Ring;
use crate::sandbox::path;
use crate::way::{account, in_keychain, profile};

fn done(ring: &Ring, words: &[&str]) -> String {
    let ran = ring.sandbox.run(words);
    assert_eq!(ran.code, 0, "{words:?}: {ran:?}");
    ran.all()
}

fn rests_in(ring: &Ring, name: &str) -> String {
    let listed = done(ring, &["profile", "list"]);
    let row = listed.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap_or_else(|| panic!("{name}: {listed}"));
    row.split_whitespace().nth(1).expect("a store").to_owned()
}

#[test]
fn a_profile_in_the_keychain_is_handled_as_any_other() {
    let Some(ring) = in_keychain(&[("A_TOKEN", "sekret-a")]) else { return };
    done(&ring, &["profile", "rename", "acme", "work"]);
    assert_eq!((ring.sandbox.loaded("acme"), rests_in(&ring, "work")), (vec!["A_TOKEN".to_owned()], "keychain".to_owned()));
    done(&ring, &["profile", "copy", "work", "copied"]);
    assert_eq!(rests_in(&ring, "copied"), "keychain", "a copy is protected as the first is");
    ring.sandbox.store("work", "A_TOKEN", "sekret-b");
    assert!(done(&ring, &["profile", "versions", "work"]).contains("changes A_TOKEN"));
    done(&ring, &["profile", "restore", "work", "2"]);
    let (code, screen) = ring.sandbox.answer(&["profile", "delete", "work"], &[("Type the name", "work\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(ring.sandbox.loaded("acme").is_empty());
    done(&ring, &["profile", "restore", "work", "4"]);
    assert_eq!((ring.sandbox.loaded("acme"), rests_in(&ring, "work")), (vec!["A_TOKEN".to_owned()], "keychain".to_owned()));
}

#[test]
fn a_backup_brings_a_profile_back_whose_key_the_keychain_has_lost() {
    let Some(ring) = in_keychain(&[("A_TOKEN", "sekret-a")]) else { return };
    let file = ring.sandbox.root().join("b.age");
    let ran = ring.sandbox.run_with(&["backup", path(&file), "--stdin"], b"correct horse battery\n");
    assert_eq!(ran.code, 0, "{ran:?}");
    let lost = account(&ring);
    let cleared = ring.command("secret-tool").args(["clear", "service", "mcpenv", "username", &lost]).status();
    assert!(cleared.expect("secret-tool").success());
    assert!(ring.sandbox.loaded("acme").is_empty());
    let ran = ring.sandbox.run(&["get", "A_TOKEN", "--reveal", "--profile", "acme"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    let before = fs::read(profile(&ring)).expect("there");
    let answers = [("Passphrase of the backup", "correct horse battery\r"), ("Bring 1 profile back", "y\r")];
    let (code, screen) = ring.sandbox.answer(&["restore", path(&file)], &answers);
    assert!(code == 0 && screen.contains("damaged-1.age"), "{screen}");
    assert_eq!((ring.sandbox.loaded("acme"), rests_in(&ring, "acme")), (vec!["A_TOKEN".to_owned()], "keychain".to_owned()));
    assert_ne!(account(&ring), lost, "a key of its own again");
    let aside = ring.sandbox.data().join("profiles/versions/acme/damaged-1.age");
    assert_eq!(fs::read(aside).expect("kept"), before);
    // elsewhere the same file can come back without a keychain
    fs::remove_file(profile(&ring)).expect("removed");
    let (code, screen) = ring.sandbox.answer(&["restore", path(&file), "--store", "age"], &answers);
    assert_eq!((code, rests_in(&ring, "acme")), (0, "age".to_owned()), "{screen}");
    assert_eq!(ring.sandbox.loaded("acme"), ["A_TOKEN"]);
}
