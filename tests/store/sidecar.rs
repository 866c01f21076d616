//! The sidecar: what is known without opening, how it is mended, and how an older profile that was copied back shows.

use std::fs;

use mcpenv::store::{Agreement, Store};
use mcpenv::var::VarName;

use crate::world::{World, name};

const CANARY: &str = "canary-0c44a1";

#[test]
fn a_sidecar_tells_names_dates_and_recipients_and_never_a_value() {
    let world = World::with("acme", &[("TOKEN", CANARY), ("OTHER", CANARY)]);
    let sidecar = world.store().sidecar(&name("acme")).expect("written");
    assert_eq!(sidecar.variables.keys().map(VarName::as_str).collect::<Vec<_>>(), ["OTHER", "TOKEN"]);
    assert_eq!(sidecar.recipients, [world.store().identity().expect("opens").recipient()]);
    assert!(!fs::read_to_string(world.profiles().join("acme.json")).expect("there").contains(CANARY));
    assert_eq!(sidecar.against(&world.store().load(&name("acme")).expect("loaded")), Agreement::Current);
}

#[test]
fn a_lost_a_broken_and_an_old_sidecar_cost_nothing_and_are_written_anew() {
    let world = World::with("acme", &[("TOKEN", "1")]);
    let store = world.store();
    let path = world.profiles().join("acme.json");
    let old = fs::read(&path).expect("there");
    let profile = world.change("acme", &[("MORE", "2")]).expect("saved");
    fs::write(&path, old).expect("written");
    assert_eq!(store.sidecar(&name("acme")).expect("readable").against(&profile), Agreement::Behind);
    for broken in ["", "{", "{\"format\":1}", "[]"] {
        fs::write(&path, broken).expect("written");
        assert_eq!(store.sidecar(&name("acme")), None);
    }
    fs::remove_file(&path).expect("removed");
    assert_eq!(store.sidecar(&name("acme")), None);
    let lock = store.lock(&name("acme")).expect("free");
    store.mend_sidecar(&lock, &name("acme"), &profile).expect("written");
    assert_eq!(store.sidecar(&name("acme")).expect("readable").against(&profile), Agreement::Current);
}

#[test]
fn an_older_profile_that_was_copied_back_is_noticed() {
    let world = World::with("acme", &[("TOKEN", "1")]);
    let store = world.store();
    for value in ["2", "3"] {
        world.change("acme", &[("TOKEN", value)]).expect("saved");
    }
    let versions = store.versions(&name("acme"));
    assert_eq!(versions.len(), 2);
    fs::copy(&versions[0], world.profiles().join("acme.age")).expect("copied back");
    let mut profile = store.load(&name("acme")).expect("loaded");
    let agreement = store.sidecar(&name("acme")).expect("there").against(&profile);
    assert_eq!(agreement, Agreement::WentBackwards { seen: 3, found: 1 });
    let lock = store.lock(&name("acme")).expect("free");
    let saved = store.save(&lock, &name("acme"), &mut profile).expect("saved");
    assert!(saved.warnings.iter().any(|w| w.contains("from generation 3 to 1")), "{saved:?}");
    assert_eq!(store.versions(&name("acme")).len(), 2, "both that were kept are still there");
}

#[test]
fn a_sidecar_that_cannot_be_written_is_a_warning_and_the_save_stands() {
    let world = World::with("acme", &[("TOKEN", "1")]);
    let store = world.store();
    let path = world.profiles().join("acme.json");
    fs::remove_file(&path).expect("removed");
    fs::create_dir_all(path.join("in the way")).expect("made");
    let lock = store.lock(&name("acme")).expect("free");
    let mut profile = store.load(&name("acme")).expect("loaded");
    let saved = store.save(&lock, &name("acme"), &mut profile).expect("saved");
    assert!(saved.warnings.len() == 1 && saved.warnings[0].contains("acme.json"), "{saved:?}");
    assert_eq!(store.load(&name("acme")).expect("loaded").generation, 2);
}

#[test]
fn a_version_that_cannot_be_kept_is_a_warning_and_the_save_stands() {
    let world = World::with("acme", &[("TOKEN", "1")]);
    let store = world.store();
    fs::write(world.profiles().join("versions"), "in the way").expect("written");
    let lock = store.lock(&name("acme")).expect("free");
    let mut profile = store.load(&name("acme")).expect("loaded");
    let saved = store.save(&lock, &name("acme"), &mut profile).expect("saved");
    assert!(saved.warnings.len() == 1 && saved.warnings[0].contains("version before"), "{saved:?}");
}

#[test]
fn five_earlier_versions_are_kept_and_each_opens() {
    let world = World::with("acme", &[("TOKEN", "1")]);
    for value in 2..=9 {
        world.change("acme", &[("TOKEN", &value.to_string())]).expect("saved");
    }
    let store = world.store();
    let versions = store.versions(&name("acme"));
    let names: Vec<_> = versions.iter().map(|p| p.file_name().expect("a name").to_string_lossy()).collect();
    assert_eq!(names, ["4.age", "5.age", "6.age", "7.age", "8.age"]);
    for (version, generation) in versions.iter().zip(4..) {
        fs::copy(version, world.profiles().join("acme.age")).expect("copied");
        assert_eq!(store.load(&name("acme")).expect("opens").generation, generation);
    }
}

#[test]
fn what_a_killed_save_left_is_taken_away_by_the_next() {
    let world = World::with("acme", &[("TOKEN", "1")]);
    let left = world.profiles().join(".acme.age.0123456789ab.tmp");
    let others = world.profiles().join(".other.age.0123456789ab.tmp");
    for path in [&left, &others] {
        fs::write(path, "half a file").expect("written");
    }
    assert_eq!(world.store().names().expect("readable"), [name("acme")]);
    world.change("acme", &[("TOKEN", "2")]).expect("saved");
    assert!(!left.exists() && others.exists());
}

#[test]
#[cfg(unix)]
fn a_profile_behind_a_link_is_saved_where_the_link_leads() {
    let world = World::with("acme", &[("TOKEN", "1")]);
    let elsewhere = tempfile::tempdir().expect("a directory");
    let real = elsewhere.path().join("real.age");
    fs::rename(world.profiles().join("acme.age"), &real).expect("moved");
    std::os::unix::fs::symlink(&real, world.profiles().join("acme.age")).expect("linked");
    world.change("acme", &[("TOKEN", "2")]).expect("saved");
    assert!(world.profiles().join("acme.age").is_symlink());
    assert_eq!(world.store().load(&name("acme")).expect("loaded").generation, 2);
    assert_eq!(fs::read_dir(elsewhere.path()).expect("read").count(), 1);
    assert!(!world.store().versions(&name("acme"))[0].is_symlink());
}
