//! From `init --store keychain` to a loaded variable, and from one store to the other, as other programs see it too.

use std::fs;
use std::path::PathBuf;

use crate::ring::{Keyring, Ring};
use crate::sandbox::{Sandbox, files_below, find, path};

/// A project `acme` whose profile rests in the keychain.
pub fn in_keychain(values: &[(&str, &str)]) -> Option<Ring> {
    let ring = Ring::start(Keyring::Open, Sandbox::new())?;
    let sandbox = &ring.sandbox;
    let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
    sandbox.declare("acme", &names);
    let ran = sandbox.run(&[
        "init",
        "--no-input",
        "--profile",
        "acme",
        "--store",
        "keychain",
        "--project",
        path(&sandbox.project("acme")),
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    values.iter().for_each(|(name, value)| sandbox.store("acme", name, value));
    sandbox.allow("acme");
    Some(ring)
}

pub fn profile(ring: &Ring) -> PathBuf {
    ring.sandbox.data().join("profiles/acme.age")
}

/// The account of the profile's entry, from the header of its file.
pub fn account(ring: &Ring) -> String {
    let sealed = fs::read(profile(ring)).expect("it is there");
    let head = String::from_utf8_lossy(&sealed).into_owned();
    let note = head.lines().find_map(|line| line.strip_prefix("-> mcpenv keychain ")).expect("a note of its store");
    format!("profile {note}")
}

#[test]
fn a_profile_in_the_keychain_is_loaded_like_any_other() {
    let Some(ring) = in_keychain(&[("A_TOKEN", "sekret-a"), ("B_TOKEN", "sekret-b")]) else { return };
    assert_eq!(ring.sandbox.loaded("acme"), ["A_TOKEN", "B_TOKEN"]);
    let status = ring.sandbox.run_in("acme", &["status"]);
    assert!(status.out.contains("acme  (keychain store)"), "{status:?}");
    let ran = ring.sandbox.run_in("acme", &["exec", "--", "printenv", "A_TOKEN"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "sekret-a\n"), "{ran:?}");
}

#[test]
fn another_program_finds_one_small_entry_for_each_profile_and_no_value_in_any_file() {
    let Some(ring) = in_keychain(&[("A_TOKEN", "sekret-a")]) else { return };
    let key = ring.look(&["service", "mcpenv", "username", &account(&ring)]);
    assert!(key.starts_with("AGE-SECRET-KEY-1") && key.len() == 74, "an age identity is expected");
    let (files, key) = (files_below(&ring.sandbox.root().join("home")), key.as_bytes());
    let holds =
        |file: &PathBuf| fs::read(file).is_ok_and(|text| find(&text, key).is_some() || find(&text, b"sekret-a").is_some());
    // GNOME Keyring's own file is encrypted with the login's password
    assert_eq!(files.into_iter().filter(holds).collect::<Vec<_>>(), Vec::<PathBuf>::new());
}

#[test]
fn a_profile_moves_to_the_keychain_and_back_with_its_earlier_versions_and_leaves_no_key_behind() {
    let Some(ring) = in_keychain(&[("A_TOKEN", "sekret-a")]) else { return };
    let account = account(&ring);
    let ran = ring.sandbox.run(&["store", "move", "age", "--profile", "acme"]);
    assert_eq!((ran.code, ran.err.contains("warning")), (0, false), "{ran:?}");
    assert_eq!(ring.look(&["service", "mcpenv", "username", &account]), "", "the old key is gone");
    let versions = files_below(&ring.sandbox.data().join("profiles/versions/acme"));
    assert_eq!(versions.len(), 2);
    let mentions = |file: &PathBuf| find(&fs::read(file).expect("readable"), b"-> mcpenv keychain").is_some();
    assert!(!versions.iter().any(mentions), "the earlier versions open with the identity now");
    assert_eq!(ring.sandbox.loaded("acme"), ["A_TOKEN"]);
    for _ in 0..2 {
        let ran = ring.sandbox.run(&["store", "move", "keychain", "--profile", "acme"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    assert_eq!(ring.sandbox.loaded("acme"), ["A_TOKEN"]);
    let again = files_below(&ring.sandbox.data().join("profiles/versions/acme"));
    assert!(again.iter().all(mentions), "no earlier version opens with the plain identity any more");
}

#[test]
fn init_never_changes_where_a_profile_rests() {
    let Some(ring) = in_keychain(&[("A_TOKEN", "x")]) else { return };
    let project = ring.sandbox.project("acme");
    let again = |store: &str| {
        ring.sandbox.run(&["init", "--no-input", "--profile", "acme", "--store", store, "--project", path(&project)])
    };
    let ran = again("age");
    assert!(ran.code == 1 && ran.err.contains("rests in the store `keychain`") && ran.err.contains("store move age"), "{ran:?}");
    assert_eq!(again("keychain").code, 0);
    let ran = ring.sandbox.run(&["init", "--no-input", "--profile", "acme", "--project", path(&project)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(account(&ring).starts_with("profile acme-"));
}
