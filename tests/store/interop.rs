//! Other programs that speak the age format open our files, and we open theirs.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use mcpenv::store::{Store, payload};

use crate::world::{World, has, name, secret, skip, var};

fn run(program: &str, words: &[&str], root: &Path) -> Output {
    let path = std::env::var_os("PATH").expect("a path to find programs");
    let out = Command::new(program).args(words).env_clear().env("PATH", path).env("HOME", root).output().expect("started");
    assert!(out.status.success(), "{program} {words:?}: {}", String::from_utf8_lossy(&out.stderr));
    out
}

fn round_trip(program: &str) {
    let world = World::with("acme", &[("TOKEN", "naïve \"token\"\n")]);
    let root = world.root.path();
    let identity = world.data().join("identity").to_string_lossy().into_owned();
    let ours = world.profiles().join("acme.age").to_string_lossy().into_owned();
    let recipient = world.store().identity().expect("opens").recipient();

    let text = run(program, &["-d", "-i", &identity, &ours], root).stdout;
    let read = payload::decode(&text).expect("a profile");
    assert_eq!(read.variables[&var("TOKEN")].value, secret("naïve \"token\"\n"));

    let plain = root.join("plain");
    fs::write(&plain, &text).expect("written");
    let plain = plain.to_string_lossy().into_owned();
    for (armor, profile) in [(None, "theirs"), (Some("-a"), "armored")] {
        let target = world.profiles().join(format!("{profile}.age")).to_string_lossy().into_owned();
        let words: Vec<_> = armor.into_iter().chain(["-r", &recipient, "-o", &target, &plain]).collect();
        run(program, &words, root);
        assert_eq!(world.store().load(&name(profile)).expect("loaded"), read, "{program} {profile}");
        let again = world.change(profile, &[("MORE", "x")]).expect("saved");
        assert_eq!(again.variables.len(), 2);
        run(program, &["-d", "-i", &identity, &target], root);
    }

    // line ends that a mail program changed
    let armored = world.profiles().join("crlf.age");
    run(program, &["-a", "-r", &recipient, "-o", &armored.to_string_lossy(), &plain], root);
    let crlf = fs::read_to_string(&armored).expect("text").replace('\n', "\r\n");
    fs::write(&armored, crlf).expect("written");
    assert_eq!(world.store().load(&name("crlf")).expect("loaded"), read);
}

fn identity_round_trip(program: &str) {
    let world = World::bare();
    let identity = world.data().join("identity");
    fs::create_dir(world.data()).expect("made");
    run(program, &["-o", &identity.to_string_lossy()], world.root.path());
    assert_eq!(world.store().ensure_identity(0).expect("opens"), mcpenv::store::Origin::Found);
    let ours = World::new();
    let path = ours.data().join("identity").to_string_lossy().into_owned();
    let public = run(program, &["-y", &path], ours.root.path()).stdout;
    assert_eq!(String::from_utf8_lossy(&public).trim(), ours.store().identity().expect("opens").recipient());
}

#[test]
fn files_go_both_ways_between_age_and_the_store() {
    if has("age") {
        round_trip("age");
    }
}

#[test]
fn identities_go_both_ways_between_age_keygen_and_the_store() {
    if has("age-keygen") {
        identity_round_trip("age-keygen");
    }
}

#[test]
fn files_go_both_ways_between_rage_and_the_store() {
    if std::env::var_os("MCPENV_TEST_RAGE").is_none() {
        return skip_rage();
    }
    assert!(has("rage"), "rage was asked for");
    round_trip("rage");
}

fn skip_rage() {
    eprintln!("skipped: rage is asked for with MCPENV_TEST_RAGE=1");
}

#[test]
fn a_save_tells_when_it_takes_a_file_from_its_other_readers() {
    if !has("age") {
        return skip("nothing to seal for two");
    }
    let (world, other) = (World::with("acme", &[("TOKEN", "x")]), World::new());
    let plain = world.root.path().join("plain");
    fs::write(&plain, payload::encode(&world.store().load(&name("acme")).expect("loaded"), 1)).expect("written");
    let (mine, theirs) =
        (world.store().identity().expect("opens").recipient(), other.store().identity().expect("opens").recipient());
    let target = world.profiles().join("acme.age").to_string_lossy().into_owned();
    run("age", &["-r", &mine, "-r", &theirs, "-o", &target, &plain.to_string_lossy()], world.root.path());
    let lock = world.store().lock(&name("acme")).expect("free");
    let mut profile = world.store().load(&name("acme")).expect("loaded");
    let saved = world.store().save(&lock, &name("acme"), &mut profile).expect("saved");
    assert!(saved.warnings.iter().any(|w| w.contains("2 keys")), "{saved:?}");
}
