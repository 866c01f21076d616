//! The user's identity: what protects it, another one in its place, and what is said of one that cannot be used.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use mcpenv::store::{
    AgeStore, Identity, OwnIdentity, Protection, Recovery, RecoveryKey, Store, StoreError, Unfinished, exported,
};

use crate::world::{NOW, World, behind, files, has, mode, name, own_at, paths_at, protect, renew, var};

const OLD: &str = "correct horse";
const NEW: &str = "battery staple";

fn with(own: &OwnIdentity, root: &Path) -> AgeStore {
    AgeStore::of(&paths_at(root), own.clone())
}

/// Whether the profile opens for somebody who knows this passphrase.
fn opens(root: &Path, passphrase: &'static str) -> Result<(), StoreError> {
    let profile = with(&own_at(root, passphrase), root).load(&name("acme"))?;
    assert_eq!(profile.variables[&var("TOKEN")].value.expose(), b"x");
    Ok(())
}

fn has_plain_key(root: &Path) -> bool {
    files(root).iter().filter(|path| path.is_file()).any(|path| {
        let bytes = fs::read(path).expect("readable");
        bytes.windows(14).any(|window| window == b"AGE-SECRET-KEY")
    })
}

#[test]
fn a_passphrase_is_set_changed_and_removed_and_each_opens_alone() {
    let world = World::with("acme", &[("TOKEN", "x")]);
    let (root, file) = (world.root.path(), world.data().join("identity"));
    protect(root, "", OLD).expect("set");
    assert!(!has_plain_key(root) && mode(&file) == mode(&world.profiles().join("acme.age")));
    assert_eq!(own_at(root, "").protection().expect("there"), Protection::Passphrase);
    assert!(matches!(opens(root, ""), Err(StoreError::Locked { .. })));
    assert!(matches!(opens(root, NEW), Err(StoreError::Locked { .. })));
    opens(root, OLD).expect("it opens");
    let before = fs::read(&file).expect("there");
    assert!(matches!(protect(root, NEW, NEW), Err(StoreError::Locked { .. })));
    assert_eq!(fs::read(&file).expect("there"), before, "a wrong passphrase changes nothing");
    protect(root, OLD, NEW).expect("changed");
    assert!(matches!(opens(root, OLD), Err(StoreError::Locked { .. })));
    opens(root, NEW).expect("it opens");
    protect(root, NEW, "").expect("removed");
    opens(root, "").expect("it opens");
    assert!(Identity::parse(&fs::read(file).expect("there")).is_ok());
}

#[test]
fn the_public_key_is_told_while_the_identity_is_closed_and_never_sealed_for() {
    let world = World::with("acme", &[("TOKEN", "x")]);
    let root = world.root.path();
    let public = world.store().identity().expect("opens").recipient();
    protect(root, "", OLD).expect("set");
    assert_eq!(own_at(root, "").public(), Some(public.clone()));
    let foreign = Identity::generate().recipient();
    fs::write(world.data().join("identity.pub"), format!("{foreign}\n")).expect("written");
    let store = with(&own_at(root, OLD), root);
    crate::world::change(&store, "acme", &[("MORE", "y")]).expect("saved");
    assert_eq!(store.sidecar(&name("acme")).expect("there").recipients, [public]);
    opens(root, OLD).expect("it opens");
}

#[test]
fn what_age_encrypted_opens_here_and_what_is_encrypted_here_has_the_standard_form() {
    let world = World::with("acme", &[("TOKEN", "x")]);
    let root = world.root.path();
    protect(root, "", OLD).expect("set");
    let head = fs::read(world.data().join("identity")).expect("there");
    assert!(head.starts_with(b"age-encryption.org/v1\n-> scrypt "), "one scrypt recipient and nothing before it");
    let copy = exported(&own_at(root, OLD).open_with(OLD).expect("opens"), &behind(NEW), NOW).expect("in memory");
    assert!(copy.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"));
    // an armored one is a good identity file too
    fs::write(world.data().join("identity"), &*copy).expect("written");
    opens(root, NEW).expect("it opens");
}

#[test]
fn a_new_identity_opens_every_profile_and_version_and_the_old_one_none() {
    for passphrase in ["", OLD] {
        let world = World::with("acme", &[("TOKEN", "x")]);
        world.change("acme", &[("TOKEN", "x")]).expect("saved");
        world.change("other", &[("TOKEN", "x")]).expect("saved");
        let root = world.root.path();
        if !passphrase.is_empty() {
            protect(root, "", passphrase).expect("set");
        }
        let old = own_at(root, passphrase).open_with(passphrase).expect("opens");
        let done = renew(root, passphrase).expect("renewed");
        assert!(done.files.is_whole() && done.kept.is_empty() && done.files.changed == 3, "{done:?}");
        assert_eq!(own_at(root, passphrase).unfinished(), Unfinished::Nothing);
        assert!(passphrase.is_empty() || !has_plain_key(root));
        opens(root, passphrase).expect("it opens");
        let new = own_at(root, passphrase).open_with(passphrase).expect("opens");
        assert_ne!(new.recipient(), old.recipient());
        for file in files(&world.profiles()).iter().filter(|file| file.extension().is_some_and(|e| e == "age")) {
            let bytes = fs::read(file).expect("there");
            assert!(new.opens(&bytes) && !old.opens(&bytes), "{}", file.display());
        }
        assert_eq!(own_at(root, "").public(), Some(new.recipient()));
    }
}

#[test]
fn a_version_that_the_old_identity_does_not_open_keeps_it() {
    let world = World::with("acme", &[("TOKEN", "x")]);
    world.change("acme", &[("TOKEN", "x")]).expect("saved");
    let version = world.store().versions(&name("acme")).remove(0);
    fs::write(&version, "damaged").expect("written");
    let done = renew(world.root.path(), "").expect("renewed");
    assert!(done.files.left.len() == 1 && done.kept.len() == 1, "{done:?}");
    assert_eq!(done.kept, [world.data().join("identity.old-1")]);
    assert_eq!(fs::read(version).expect("there"), b"damaged");
    opens(world.root.path(), "").expect("it opens");
    // it does not stand in the way of the next one, nor of a passphrase
    renew(world.root.path(), "").expect("renewed again");
    protect(world.root.path(), "", OLD).expect("set");
}

#[test]
fn a_copy_that_a_sync_tool_left_keeps_the_old_identity_and_stays_as_it_is() {
    let world = World::with("acme", &[("TOKEN", "x")]);
    let copy = world.profiles().join("acme (conflicted copy).age");
    fs::copy(world.profiles().join("acme.age"), &copy).expect("copied");
    let (old, bytes) = (own_at(world.root.path(), "").open_with("").expect("opens"), fs::read(&copy).expect("there"));
    let done = renew(world.root.path(), "").expect("renewed");
    assert_eq!(done.kept, [world.data().join("identity.old-1")], "{done:?}");
    assert!(fs::read(&copy).expect("there") == bytes && old.opens(&bytes));
    let kept = Identity::parse(&fs::read(&done.kept[0]).expect("there")).expect("a key");
    assert_eq!(kept.recipient(), old.recipient());
    opens(world.root.path(), "").expect("it opens");
}

#[test]
fn a_new_identity_that_an_earlier_run_left_damaged_is_set_aside_and_another_made() {
    let world = World::with("acme", &[("TOKEN", "x")]);
    let next = world.data().join("identity.next");
    fs::write(&next, "AGE-SECRET-KEY-1DAMAGED\n").expect("written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&next, fs::Permissions::from_mode(0o600)).expect("set");
    }
    assert!(matches!(protect(world.root.path(), "", OLD), Err(StoreError::Unsettled(_))));
    renew(world.root.path(), "").expect("renewed");
    assert!(!next.exists());
    assert_eq!(fs::read_to_string(world.data().join("identity.old-1")).expect("kept"), "AGE-SECRET-KEY-1DAMAGED\n");
    opens(world.root.path(), "").expect("it opens");
    protect(world.root.path(), "", OLD).expect("nothing stands in its way");
}

#[test]
fn the_recovery_key_is_read_back_and_nothing_else_is_taken_for_one() {
    let world = World::bare();
    let path = world.root.path().join("data/recovery.json");
    assert_eq!(Recovery::read(&path).expect("nothing"), Recovery::Unsaid);
    let key = RecoveryKey { key: Identity::generate().recipient(), label: "paper".to_owned() };
    for said in [Recovery::Declined, Recovery::Key(key)] {
        said.write(&path).expect("written");
        assert_eq!(Recovery::read(&path).expect("read"), said);
    }
    let secret = Identity::generate();
    let secret = String::from_utf8_lossy(&secret.line()).into_owned();
    for bad in [
        "",
        "{}",
        "{\"format\":2,\"recipients\":[]}",
        "{\"format\":1,\"recipients\":[{\"key\":\"age1x\"}]}",
        &format!("{{\"format\":1,\"recipients\":[{{\"key\":\"{secret}\"}}]}}"),
    ] {
        fs::write(&path, bad).expect("written");
        let error = Recovery::read(&path).expect_err("no key").to_string();
        assert!(!error.contains("AGE-SECRET"), "{error}");
    }
}

/// A sealed file that asks for 2^30 of scrypt's work, which nobody has.
const EXCESSIVE: &str = "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n0123456789abcdef0123456789abcdef";

#[test]
fn each_way_in_which_an_identity_cannot_be_used_has_words_of_its_own_and_changes_nothing() {
    let world = World::with("acme", &[("TOKEN", "x")]);
    let (root, file) = (world.root.path(), world.data().join("identity"));
    let good = fs::read(&file).expect("there");
    let other = exported(&Identity::generate(), &behind(""), NOW).expect("in memory");
    let sealed = exported(&Identity::generate(), &behind(NEW), NOW).expect("in memory");
    let crowd = [b"age-encryption.org/v1\n".to_vec(), b"-> a\n\n".repeat(300), b"--- x\n".to_vec()].concat();
    let crowds = [b"age-encryption.org/v1\n".to_vec(), b"-> a\n\n".repeat(100_000), b"--- x\n".to_vec()].concat();
    let cases: Vec<(&str, Option<Vec<u8>>, &str)> = vec![
        ("absent", None, "no identity at"),
        ("empty", Some(Vec::new()), "it holds no identity"),
        ("damaged", Some(good[..good.len() - 4].to_vec()), "an age identity with a wrong or missing letter"),
        ("foreign", Some(other.to_vec()), "is not one that opens"),
        ("post-quantum", Some(b"AGE-SECRET-KEY-PQ-1QQQQ\n".to_vec()), "post-quantum"),
        ("plugin", Some(b"AGE-PLUGIN-YUBIKEY-1QQ\n".to_vec()), "an identity of a plugin"),
        ("two keys", Some([&good[..], &other].concat()), "a second identity"),
        ("BOM", Some([b"\xef\xbb\xbf", &good[..]].concat()), "byte order mark"),
        ("public key", Some(b"age1qqqq\n".to_vec()), "a public key, where the secret one"),
        ("locked", Some(sealed.to_vec()), "that passphrase does not open it"),
        ("excessive", Some(EXCESSIVE.into()), "more work than any passphrase is worth"),
        ("crowd", Some(crowd), "more than 256 recipients"),
        ("crowds", Some(crowds), "it is larger than 65536 bytes"),
        (
            "for another",
            Some(mcpenv::store::seal::seal(b"x", &Identity::generate()).expect("in memory")),
            "none of its recipients",
        ),
    ];
    let mut said = BTreeSet::new();
    let mut judge = |case: &str, wanted: &str| {
        let before = world.snapshot();
        let own = own_at(root, OLD);
        let error = with(&own, root).load(&name("acme")).expect_err(case).to_string();
        assert!(error.contains(wanted), "{case}: {error}");
        assert!(with(&own_at(root, OLD), root).ensure_identity(NOW).is_err() || case == "foreign", "{case}");
        assert!(protect(root, OLD, NEW).is_err() || case == "foreign", "{case}");
        if case != "foreign" {
            assert!(renew(root, OLD).is_err(), "{case}");
            assert_eq!(world.snapshot(), before, "{case} changed something");
        }
        said.insert(error);
    };
    for (case, bytes, wanted) in &cases {
        match bytes {
            Some(bytes) => fs::write(&file, bytes).expect("written"),
            None => fs::remove_file(&file).expect("removed"),
        }
        #[cfg(unix)]
        if bytes.is_some() {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("set");
        }
        judge(case, wanted);
    }
    // 1 GiB that takes no room: refused by its size, before any of it is read
    let mut sparse = fs::File::options().write(true).truncate(true).create(true).open(&file).expect("opened");
    sparse.write_all(b"age-encryption.org/v1\n-> scrypt ").expect("written");
    sparse.set_len(1 << 30).expect("sized");
    let error = with(&own_at(root, OLD), root).load(&name("acme")).expect_err("too large").to_string();
    assert!(error.contains("larger than 65536 bytes"), "{error}");
    assert_eq!(said.len(), cases.len(), "each differs: {said:#?}");
}

#[test]
fn plain_age_opens_an_identity_and_a_profile_without_mcpenv() {
    if !has("script") {
        return;
    }
    let rage = std::env::var_os("MCPENV_TEST_RAGE").map(|_| "rage");
    for program in std::iter::once("age").chain(rage) {
        if has(program) {
            opens_without_mcpenv(program);
        }
    }
}

fn opens_without_mcpenv(program: &str) {
    let world = World::with("acme", &[("TOKEN", "x")]);
    let root = world.root.path();
    protect(root, "", OLD).expect("set");
    let (identity, profile) = (world.data().join("identity"), world.profiles().join("acme.age"));
    // age asks at a terminal only
    let typed = |line: &str| {
        let line = format!("(sleep 1; echo '{OLD}'; sleep 1) | script -qec \"{line}\" /dev/null");
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", root);
        String::from_utf8_lossy(&shell.output().expect("started").stdout).into_owned()
    };
    let text = typed(&format!("{program} -d {}", identity.display()));
    assert!(text.contains("AGE-SECRET-KEY-1"), "the identity comes out");
    let text = typed(&format!("{program} -d -i {} {}", identity.display(), profile.display()));
    assert!(text.contains("\"TOKEN\""), "{text}");
}
