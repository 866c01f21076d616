//! Files that are damaged, closed, locked, foreign or missing: each is told apart, none is taken for an empty profile, and
//! nothing is written.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use mcpenv::fault::Fault;
use mcpenv::profile::Profile;
use mcpenv::store::{Identity, Origin, Store, StoreError, payload, seal};

use crate::world::{NOW, World, is_root, name, secret, skip, var};

const CANARY: &str = "canary-5b1f0e9d";

fn world() -> World {
    World::with("acme", &[("TOKEN", CANARY)])
}

/// Loads, and tries to save over it: both must fail in the same way, say no value, and leave every byte as it was.
fn refusal(world: &World) -> StoreError {
    let before = world.snapshot();
    let store = world.store();
    let refused = store.load(&name("acme")).expect_err("it must not open");
    let lock = store.lock(&name("acme")).expect("free");
    let mut profile = Profile::new().expect("random bytes");
    profile.generation = 1;
    let save = store.save(&lock, &name("acme"), &mut profile).expect_err("it must not be written over");
    assert_eq!(save.to_string(), refused.to_string());
    drop(lock);
    assert_eq!(world.snapshot(), before, "something was written");
    for text in [refused.to_string(), format!("{refused:?}"), refused.hint().unwrap_or_default()] {
        assert!(!text.contains(CANARY) && !text.contains("AGE-SECRET-KEY"), "{text}");
    }
    refused
}

#[test]
fn a_profile_cut_at_any_byte_is_damaged_and_never_empty() {
    let world = world();
    let path = world.profiles().join("acme.age");
    let good = fs::read(&path).expect("there");
    for length in 0..good.len() {
        fs::write(&path, &good[..length]).expect("written");
        let refused = world.store().load(&name("acme"));
        assert!(matches!(refused, Err(StoreError::Damaged { .. })), "cut at {length}: {refused:?}");
    }
    for tail in [&b"\n"[..], b"x", &vec![0; 70_000]] {
        fs::write(&path, [&good, tail].concat()).expect("written");
        assert!(matches!(world.store().load(&name("acme")), Err(StoreError::Damaged { .. })));
    }
    fs::write(&path, &good[..good.len() / 2]).expect("written");
    assert!(matches!(refusal(&world), StoreError::Damaged { .. }));
}

#[test]
fn a_profile_with_any_byte_changed_is_damaged() {
    let world = world();
    let path = world.profiles().join("acme.age");
    let good = fs::read(&path).expect("there");
    for at in 0..good.len() {
        for mask in [0x01, 0x20, 0x80] {
            let mut bad = good.clone();
            bad[at] ^= mask;
            fs::write(&path, &bad).expect("written");
            let refused = world.store().load(&name("acme"));
            assert!(matches!(refused, Err(StoreError::Damaged { .. })), "byte {at} ^ {mask:#x}: {refused:?}");
        }
    }
}

#[test]
fn damage_points_at_the_earlier_versions_where_there_are_some() {
    let world = world();
    world.change("acme", &[("TOKEN", "second")]).expect("saved");
    let path = world.profiles().join("acme.age");
    let versions = world.store().versions(&name("acme"));
    assert_eq!(versions.len(), 1);
    fs::write(&path, b"").expect("written");
    let refused = refusal(&world);
    assert!(refused.hint().expect("a way out").contains("versions/acme"), "{refused:?}");
    fs::copy(&versions[0], &path).expect("the way out that the hint names");
    assert_eq!(world.store().load(&name("acme")).expect("loaded").variables[&var("TOKEN")].value, secret(CANARY));
}

#[test]
fn what_stands_in_the_way_has_a_message_of_its_own_each_time_and_nothing_is_written() {
    let mut messages = BTreeSet::new();
    let mut tell = |what: &str, spoil: &dyn Fn(&World), is_right: &dyn Fn(&StoreError) -> bool| {
        let world = world();
        spoil(&world);
        let refused = refusal(&world);
        assert!(is_right(&refused), "{what}: {refused:?}");
        let told = refused.to_string().replace(&*world.root.path().to_string_lossy(), "");
        assert!(messages.insert(told.clone()), "{what} is told like another: {told}");
    };
    let identity = |world: &World| world.data().join("identity");
    tell("wrong key", &|w| put_identity(&identity(w), &text_of(&World::new())), &|e| matches!(e, StoreError::WrongKey { .. }));
    tell("no identity", &|w| fs::remove_file(identity(w)).expect("removed"), &|e| matches!(e, StoreError::IdentityAbsent(_)));
    tell("locked", &|w| put_identity(&identity(w), &locked(&text_of(w))), &|e| matches!(e, StoreError::Locked { .. }));
    tell("damaged identity", &|w| put_identity(&identity(w), &text_of(w)[..120]), &|e| matches!(e, StoreError::Damaged { .. }));
    tell("empty identity", &|w| put_identity(&identity(w), b""), &|e| matches!(e, StoreError::Damaged { .. }));
    tell(
        "two identities",
        &|w| put_identity(&identity(w), &[text_of(w), text_of(w)].concat()),
        &|e| matches!(e, StoreError::Damaged { why, .. } if why.starts_with("line 6")),
    );
    tell(
        "newer format",
        &|w| reseal(w, |text| text.replacen("\"format\":1", "\"format\":2", 1).replacen("\"variables\":", "\"else\":", 1)),
        &|e| matches!(e, StoreError::FromTheFuture(_)),
    );
    tell("no JSON", &|w| reseal(w, |_| "{".to_owned()), &|e| matches!(e, StoreError::Damaged { .. }));
    tell("a directory", &|w| make_a_directory(&w.profiles().join("acme.age")), &|e| matches!(e, StoreError::Damaged { .. }));
    tell("garbage", &|w| fs::write(w.profiles().join("acme.age"), "garbage").expect("written"), &|e| {
        matches!(e, StoreError::Damaged { .. })
    });
    #[cfg(unix)]
    tell("exposed", &|w| set_mode(&identity(w), 0o644), &|e| matches!(e, StoreError::Exposed { mode: 0o644, .. }));
}

#[test]
fn a_profile_of_a_newer_format_can_be_read_and_not_saved() {
    let world = world();
    reseal(&world, |text| text.replacen("\"format\":1", "\"format\":2", 1));
    let before = world.snapshot();
    let mut profile = world.store().load(&name("acme")).expect("readable");
    assert!(profile.is_read_only);
    let lock = world.store().lock(&name("acme")).expect("free");
    for read_only in [true, false] {
        profile.is_read_only = read_only;
        let refused = world.store().save(&lock, &name("acme"), &mut profile);
        assert!(matches!(refused, Err(StoreError::FromTheFuture(_))), "{refused:?}");
    }
    drop(lock);
    assert_eq!(world.snapshot(), before);
}

#[test]
fn an_identity_that_is_there_is_never_made_anew_whatever_it_holds() {
    let world = world();
    let path = world.data().join("identity");
    for text in [&b""[..], b"garbage", &locked(&text_of(&world)), b"AGE-SECRET-KEY-PQ-1QQQQ"] {
        put_identity(&path, text);
        world.store().ensure_identity(NOW).expect_err("it does not open");
        assert_eq!(fs::read(&path).expect("there"), text);
    }
    put_identity(&path, &text_of(&World::new()));
    assert_eq!(world.store().ensure_identity(NOW).expect("it opens"), Origin::Found);
}

#[test]
fn no_identity_is_made_while_anything_here_needs_the_old_one() {
    for keep in ["acme.age", "versions/acme/1.age", "acme (conflicted copy).AGE"] {
        let world = world();
        world.change("acme", &[("TOKEN", "second")]).expect("saved");
        fs::remove_file(world.data().join("identity")).expect("removed");
        let sealed = fs::read(world.profiles().join("acme.age")).expect("there");
        for path in ["acme.age", "versions/acme/1.age"] {
            fs::remove_file(world.profiles().join(path)).expect("removed");
        }
        fs::write(world.profiles().join(keep), sealed).expect("written");
        let before = world.snapshot();
        assert!(matches!(world.store().ensure_identity(NOW), Err(StoreError::IdentityAbsent(_))), "{keep}");
        assert_eq!(world.snapshot(), before);
        fs::remove_file(world.profiles().join(keep)).expect("removed");
        assert_eq!(world.store().ensure_identity(NOW).expect("nothing needs it"), Origin::Made);
    }
}

#[test]
#[cfg(unix)]
fn a_link_that_leads_nowhere_is_no_place_for_an_identity() {
    let world = World::bare();
    fs::create_dir(world.data()).expect("made");
    std::os::unix::fs::symlink("/nowhere/identity", world.data().join("identity")).expect("linked");
    world.store().ensure_identity(NOW).expect_err("something is there");
    assert!(world.data().join("identity").is_symlink());
}

#[test]
#[cfg(unix)]
fn a_huge_file_a_pipe_and_a_device_are_refused_without_reading_them() {
    let world = world();
    let path = world.profiles().join("acme.age");
    fs::File::create(&path).expect("made").set_len(1 << 30).expect("sparse");
    assert!(matches!(refused_load(&world), StoreError::Damaged { why, .. } if why.contains("larger than")));
    fs::remove_file(&path).expect("removed");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    assert!(matches!(refused_load(&world), StoreError::Damaged { why, .. } if why.contains("no regular file")));
    fs::remove_file(&path).expect("removed");
    std::os::unix::fs::symlink("/dev/zero", &path).expect("linked");
    assert!(matches!(refused_load(&world), StoreError::Damaged { why, .. } if why.contains("no regular file")));
    fs::remove_file(&path).expect("removed");
    let mut file = fs::File::create(&path).expect("made");
    file.write_all(b"age-encryption.org/v1\n").expect("written");
    file.write_all(&b"-> X25519 a\n\n".repeat(100_000)).expect("written");
    assert!(matches!(refused_load(&world), StoreError::Damaged { why, .. } if why.contains("recipients")));
}

#[test]
fn a_profile_sealed_with_a_passphrase_is_not_asked_for_one() {
    let world = world();
    fs::write(world.profiles().join("acme.age"), locked(b"{}")).expect("written");
    assert!(matches!(refused_load(&world), StoreError::Damaged { why, .. } if why.contains("passphrase")));
}

#[test]
#[cfg(unix)]
fn files_of_another_user_are_no_access() {
    if !is_root() {
        return skip("only root can give files away");
    }
    let world = world();
    let identity = world.data().join("identity");
    std::os::unix::fs::chown(&identity, Some(65_534), None).expect("given away");
    assert!(matches!(refusal(&world), StoreError::NoAccess { why, .. } if why.contains("another user")));
    set_mode(&identity, 0o640);
    assert!(matches!(refusal(&world), StoreError::Exposed { mode: 0o640, .. }));
}

fn refused_load(world: &World) -> StoreError {
    world.store().load(&name("acme")).expect_err("it must not open")
}

fn text_of(world: &World) -> Vec<u8> {
    fs::read(world.data().join("identity")).expect("there")
}

fn put_identity(path: &Path, text: &[u8]) {
    fs::write(path, text).expect("written");
}

fn make_a_directory(path: &Path) {
    fs::remove_file(path).expect("removed");
    fs::create_dir(path).expect("made");
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
}

/// The profile with another text in the same seal.
fn reseal(world: &World, change: impl Fn(&str) -> String) {
    let path = world.profiles().join("acme.age");
    let identity = Identity::parse(&text_of(world)).expect("our own");
    let profile = world.store().load(&name("acme")).expect("loaded");
    let text = payload::encode(&profile, profile.generation);
    let changed = change(std::str::from_utf8(&text).expect("text"));
    fs::write(&path, seal::seal(changed.as_bytes(), &identity).expect("sealed")).expect("written");
}

/// Bytes behind a passphrase, with the least work there is.
fn locked(plain: &[u8]) -> Vec<u8> {
    let mut recipient = age::scrypt::Recipient::new("passphrase".to_owned().into());
    recipient.set_work_factor(2);
    age::encrypt(&recipient, plain).expect("in memory")
}
