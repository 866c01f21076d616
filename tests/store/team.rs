//! A profile in a file of its project: whom it opens for, what of it is believed, and where it may lie.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use mcpenv::paths::Paths;
use mcpenv::profile::{Profile, Reader};
use mcpenv::store::{
    Closed, Files, Identity, OwnIdentity, Recipient, Store, StoreError, TeamFile, merge_files, payload, registry,
};
use mcpenv::team::{Pin, Team, TeamPath};

use crate::world::{NOW, World, files, has, name, secret, var};

fn reader(key: &str) -> Reader {
    Reader { key: key.to_owned(), label: String::new(), is_recovery: false, unknown: serde_json::Map::new() }
}

/// A user with a project.
struct User {
    world: World,
}

impl User {
    fn new() -> Self {
        let user = Self { world: World::new() };
        fs::create_dir(user.root()).expect("made");
        user
    }

    fn key(&self) -> String {
        self.world.store().identity().expect("opens").recipient()
    }

    fn own(&self) -> OwnIdentity {
        OwnIdentity::new(&self.paths(), Arc::new(Closed))
    }

    fn paths(&self) -> Paths {
        Paths::new(Some(self.world.root.path().into())).expect("a home")
    }

    fn root(&self) -> PathBuf {
        self.world.root.path().canonicalize().expect("there").join("project")
    }

    fn file(&self) -> PathBuf {
        self.root().join("team.age")
    }

    fn with(&self, file: TeamFile) -> Files {
        registry::with_team(registry::all(&self.paths(), &self.own(), ""), &self.paths(), &self.own(), file)
    }

    /// Whatever lies there.
    fn unknown(&self) -> Files {
        self.with(TeamFile::unknown(&name("acme"), &self.root(), &TeamPath::parse("team.age").expect("a path")))
    }

    /// What was confirmed: this profile, for these.
    fn bound(&self, profile: &Profile, readers: &[&str]) -> Files {
        let team = Team {
            path: TeamPath::parse("team.age").expect("a path"),
            pin: Pin::of(&profile.fingerprint_key),
            readers: readers.iter().map(|key| (*key).to_owned()).collect(),
        };
        self.with(TeamFile::bound(&name("acme"), &self.root(), &team))
    }

    /// Makes the file, for these beside the user.
    fn share(&self, others: &[&str]) -> Profile {
        let mut profile = Profile::new().expect("random bytes");
        profile.set(var("TOKEN"), secret("naïve \"token\"\n"), NOW);
        profile.readers = [self.key().as_str()].iter().chain(others).map(|key| reader(key)).collect();
        save(&self.unknown(), &mut profile).expect("saved");
        profile
    }
}

fn save(files: &Files, profile: &mut Profile) -> Result<(), StoreError> {
    let lock = files.lock(&name("acme"))?;
    files.save(&lock, &name("acme"), profile).map(drop)
}

fn load(files: &Files) -> Result<Profile, StoreError> {
    files.load(&name("acme"))
}

/// Opens a file with the real program `age`.
fn age(identity: &Path, file: &Path) -> Option<Vec<u8>> {
    let path = std::env::var_os("PATH").expect("a path to find programs");
    let mut command = Command::new("age");
    command.args(["-d", "-i"]).arg(identity).arg(file).env_clear().env("PATH", path).env("HOME", "/nonexistent");
    let out = command.output().expect("started");
    out.status.success().then_some(out.stdout)
}

fn key_file(directory: &Path, identity: &Identity) -> PathBuf {
    let path = directory.join("somebody");
    fs::write(&path, &*identity.line()).expect("written");
    path
}

#[test]
fn the_file_opens_for_everybody_on_its_list_with_age_and_no_more_once_they_are_out() {
    if !has("age") {
        return;
    }
    let (user, bob) = (User::new(), Identity::generate());
    let bobs = key_file(user.world.root.path(), &bob);
    let mut profile = user.share(&[&bob.recipient()]);
    for identity in [&bobs, &user.world.data().join("identity")] {
        let text = age(identity, &user.file()).expect("opens");
        let read = payload::decode(&text).expect("a profile");
        assert_eq!(read.variables[&var("TOKEN")].value, secret("naïve \"token\"\n"));
    }
    profile.readers.pop();
    save(&user.unknown(), &mut profile).expect("saved");
    assert!(age(&bobs, &user.file()).is_none());
    assert!(age(&user.world.data().join("identity"), &user.file()).is_some());
}

#[test]
fn a_key_of_ssh_opens_it_with_age() {
    if !has("age") || !has("ssh-keygen") {
        return;
    }
    let user = User::new();
    let here = user.world.root.path();
    for kind in ["ed25519", "rsa"] {
        let private = here.join(kind);
        let mut keygen = Command::new("ssh-keygen");
        keygen.args(["-q", "-t", kind, "-N", "", "-C", "bob@laptop", "-f"]).arg(&private);
        assert!(keygen.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", here).status().expect("started").success());
        let public = fs::read_to_string(private.with_extension("pub")).expect("text");
        let recipient = Recipient::parse(&public).expect("a recipient");
        assert!(!recipient.as_str().contains("bob"), "its comment is no part of it");
        let _ = fs::remove_file(user.file());
        let profile = user.share(&[recipient.as_str()]);
        let text = age(&private, &user.file()).expect("opens");
        assert_eq!(payload::decode(&text).expect("a profile"), profile);
    }
}

#[test]
fn whoever_is_not_on_the_list_is_told_which_key_to_send() {
    let (ann, bob) = (User::new(), User::new());
    ann.share(&[]);
    fs::copy(ann.file(), bob.file()).expect("copied");
    match load(&bob.unknown()) {
        Err(StoreError::NotForYou { recipient, .. }) => assert_eq!(recipient, bob.key()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_file_sealed_for_my_public_key_is_neither_opened_nor_overwritten() {
    let user = User::new();
    let mine = user.share(&[]);
    let bound = user.bound(&mine, &[&user.key()]);
    load(&bound).expect("mine");
    // somebody who knows nothing but the public key
    let mut theirs = Profile::new().expect("random bytes");
    theirs.set(var("TOKEN"), secret("planted"), NOW);
    theirs.readers = vec![reader(&user.key())];
    fs::remove_file(user.file()).expect("removed");
    save(&user.unknown(), &mut theirs).expect("saved");
    let planted = fs::read(user.file()).expect("read");
    assert!(matches!(load(&bound), Err(StoreError::NotApproved(_))));
    let mut again = mine.clone();
    again.generation = theirs.generation;
    assert!(matches!(save(&bound, &mut again), Err(StoreError::NotApproved(_))));
    assert!(matches!(save(&bound, &mut theirs), Err(StoreError::NotApproved(_))));
    assert_eq!(fs::read(user.file()).expect("read"), planted);
}

#[test]
fn somebody_whom_nobody_confirmed_is_read_past_and_never_sealed_for() {
    let user = User::new();
    let (bob, eve) = (Identity::generate().recipient(), Identity::generate().recipient());
    let mut profile = user.share(&[&bob, &eve]);
    let bound = user.bound(&profile, &[&user.key(), &bob]);
    load(&bound).expect("it can be read anyway");
    for refused in [save(&bound, &mut profile).map(drop), bound.load_to_change(&name("acme")).map(drop)] {
        match refused {
            Err(StoreError::Unconfirmed { readers, .. }) => assert_eq!(readers, std::slice::from_ref(&eve)),
            other => panic!("{other:?}"),
        }
    }
    profile.readers.retain(|reader| reader.key != eve);
    save(&bound, &mut profile).expect("without them");
}

#[test]
fn a_key_is_the_same_however_it_stands_on_the_list() {
    let user = User::new();
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";
    let mut profile = user.share(&[&format!(" {key} bob@laptop ")]);
    let bound = user.bound(&profile, &[&user.key(), &Recipient::known_as(&format!("{key} x"))]);
    save(&bound, &mut profile).expect("confirmed");
}

#[test]
fn a_save_that_would_lock_its_own_user_out_is_refused() {
    let user = User::new();
    let mut profile = user.share(&[&Identity::generate().recipient()]);
    profile.readers.remove(0);
    assert!(matches!(save(&user.unknown(), &mut profile), Err(StoreError::LockedOut(_))));
    load(&user.unknown()).expect("as before");
}

#[test]
fn beside_the_file_nothing_is_left_in_the_project_and_the_rest_is_private() {
    let user = User::new();
    let mut profile = user.share(&[]);
    for _ in 0..3 {
        save(&user.unknown(), &mut profile).expect("saved");
    }
    assert_eq!(files(&user.root()), [user.file()]);
    assert_eq!(user.unknown().versions(&name("acme")).len(), 3);
    assert_eq!(user.unknown().names().expect("readable"), [name("acme")]);
    assert!(matches!(mcpenv::store::move_profile(&user.unknown(), &name("acme"), "age"), Err(StoreError::InProject(_))));
}

#[cfg(unix)]
mod modes {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;
    use crate::world::mode;

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
    }

    #[test]
    fn the_file_keeps_its_mode_and_its_earlier_versions_are_private() {
        let user = User::new();
        let mut profile = user.share(&[]);
        assert_eq!(mode(&user.file()), 0o644, "a new one is as git makes it");
        for kept in [0o600, 0o640, 0o644] {
            chmod(&user.file(), kept);
            save(&user.unknown(), &mut profile).expect("saved");
            assert_eq!(mode(&user.file()), kept);
        }
        for path in files(&user.world.data()) {
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(&path), expected, "{}", path.display());
        }
    }

    #[test]
    fn a_version_is_no_second_name_of_the_file_in_the_project() {
        let user = User::new();
        let mut profile = user.share(&[]);
        let first = fs::read(user.file()).expect("read");
        let held = fs::File::options().append(true).open(user.file()).expect("opened");
        save(&user.unknown(), &mut profile).expect("saved");
        // somebody who had the file open writes into what it was
        std::io::Write::write_all(&mut &held, b"garbage").expect("written");
        let version = user.unknown().versions(&name("acme")).pop().expect("kept");
        assert_eq!(fs::read(version).expect("read"), first);
    }

    #[test]
    fn a_file_that_others_can_write_is_refused_with_its_mode() {
        let user = User::new();
        let mut profile = user.share(&[]);
        chmod(&user.file(), 0o646);
        for refused in [load(&user.unknown()).map(drop), save(&user.unknown(), &mut profile)] {
            let error = refused.expect_err("refused");
            assert!(matches!(error, StoreError::Project(_)) && error.to_string().contains("0646"), "{error}");
        }
        chmod(&user.file(), 0o644);
        chmod(&user.root(), 0o777);
        assert!(matches!(load(&user.unknown()), Err(StoreError::Project(_))));
    }

    #[test]
    fn a_link_is_followed_inside_the_project_and_never_out_of_it() {
        let user = User::new();
        let mut profile = user.share(&[]);
        let inside = user.root().join("real.age");
        fs::rename(user.file(), &inside).expect("renamed");
        symlink("real.age", user.file()).expect("linked");
        save(&user.unknown(), &mut profile).expect("saved");
        assert!(user.file().is_symlink() && load(&user.unknown()).expect("loaded").generation == 2);
        let outside = user.world.root.path().join("outside.age");
        fs::rename(&inside, &outside).expect("renamed");
        fs::remove_file(user.file()).expect("removed");
        symlink(&outside, user.file()).expect("linked");
        let before = fs::read(&outside).expect("read");
        assert!(matches!(load(&user.unknown()), Err(StoreError::Project(_))));
        assert!(matches!(save(&user.unknown(), &mut profile), Err(StoreError::Project(_))));
        assert_eq!(fs::read(&outside).expect("read"), before);
        // and one that leads nowhere makes nothing there
        fs::remove_file(&outside).expect("removed");
        profile.generation = 0;
        assert!(save(&user.unknown(), &mut profile).is_err());
        assert!(!outside.exists());
    }
}

#[test]
fn three_versions_are_merged_into_ours() {
    let (ann, bob) = (User::new(), User::new());
    let here = ann.root();
    let [base, ours, theirs] = ["base", "ours", "theirs"].map(|file| here.join(file));
    let mut profile = ann.share(&[&bob.key()]);
    fs::copy(ann.file(), &base).expect("copied");
    let mut mine = profile.clone();
    mine.set(var("MINE"), secret("1"), NOW);
    mine.set(var("TOKEN"), secret("mine"), NOW + 1);
    save(&ann.unknown(), &mut mine).expect("saved");
    fs::rename(ann.file(), &ours).expect("moved");
    fs::copy(&base, bob.file()).expect("copied");
    let carol = Identity::generate().recipient();
    profile.set(var("YOURS"), secret("2"), NOW);
    profile.readers.push(reader(&carol));
    save(&bob.unknown(), &mut profile).expect("saved");
    save(&bob.unknown(), &mut profile).expect("saved");
    fs::rename(bob.file(), &theirs).expect("moved");

    let merged = merge_files(&ann.own(), &base, &ours, &theirs).expect("merged");
    assert!(merged.conflicts.is_empty());
    assert_eq!(merged.new_readers.iter().map(|reader| reader.key.as_str()).collect::<Vec<_>>(), [carol.as_str()]);
    fs::copy(&ours, bob.file()).expect("copied");
    let read = load(&bob.unknown()).expect("bob opens it too");
    assert_eq!(read.variables.keys().map(|n| n.as_str()).collect::<Vec<_>>(), ["MINE", "TOKEN", "YOURS"]);
    assert_eq!((read.generation, read.variables[&var("TOKEN")].value.clone()), (4, secret("mine")));

    // without a base the same variable with two values is a conflict, and ours stands
    let merged = merge_files(&ann.own(), &here.join("none"), &ours, &theirs).expect("merged");
    assert_eq!(merged.conflicts.iter().map(|n| n.as_str()).collect::<Vec<_>>(), ["TOKEN"]);
    fs::write(here.join("empty"), "").expect("written");
    let merged = merge_files(&ann.own(), &here.join("empty"), &ours, &theirs).expect("merged");
    assert_eq!(merged.conflicts.len(), 1);
}

#[test]
fn another_profile_and_one_that_does_not_open_are_never_merged_in() {
    let (ann, eve) = (User::new(), User::new());
    ann.share(&[]);
    let [ours, theirs] = ["ours", "theirs"].map(|file| ann.root().join(file));
    fs::rename(ann.file(), &ours).expect("moved");
    let before = fs::read(&ours).expect("read");
    eve.share(&[&ann.key()]);
    fs::copy(eve.file(), &theirs).expect("copied");
    let refused = merge_files(&ann.own(), &ours, &ours, &theirs).expect_err("another random key inside");
    assert!(refused.to_string().contains("not versions of one profile"), "{refused}");
    fs::remove_file(eve.file()).expect("removed");
    eve.share(&[]);
    fs::copy(eve.file(), &theirs).expect("copied");
    merge_files(&ann.own(), &ours, &ours, &theirs).expect_err("not for her");
    fs::write(&theirs, "<<<<<<< HEAD\n").expect("written");
    merge_files(&ann.own(), &ours, &ours, &theirs).expect_err("no age file");
    fs::write(&theirs, "").expect("written");
    merge_files(&ann.own(), &ours, &ours, &theirs).expect_err("empty");
    assert_eq!(fs::read(&ours).expect("read"), before);
}
