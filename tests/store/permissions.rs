//! What is written is the user's alone, whatever the umask, and an ordinary user is stopped by what belongs to others.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use crate::child;
use crate::world::{World, files, has, is_root, mode, skip};

#[test]
fn every_file_is_0600_and_every_directory_0700_under_every_umask() {
    for umask in ["000", "022", "077", "777"] {
        let world = World::bare();
        let root = world.root.path().join("not yet there");
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        for act in ["init", "set acme A 1", "set acme A 2", "set acme B 3"] {
            assert_eq!(child::run(&["sh", "-c", &script], &root, act), "done", "umask {umask}: {act}");
        }
        let found = files(&root);
        assert!(found.len() >= 8, "{found:?}");
        for path in found.iter().chain([&root]) {
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(path), expected, "umask {umask}: {}", path.display());
        }
    }
}

#[test]
fn an_old_profile_that_others_can_read_is_closed_by_the_next_save() {
    let world = World::with("acme", &[("A", "1")]);
    fs::set_permissions(world.profiles().join("acme.age"), fs::Permissions::from_mode(0o664)).expect("set");
    world.change("acme", &[("A", "2")]).expect("saved");
    for path in files(&world.profiles()).iter().filter(|path| path.is_file()) {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
}

#[test]
fn an_ordinary_user_is_told_what_is_closed_and_nothing_is_written() {
    if !is_root() || !has("setpriv") {
        return skip("only root can become somebody else");
    }
    let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
    let world = World::bare();
    let root = world.root.path();
    give_to_nobody(root);
    for act in ["init", "set acme A 1"] {
        assert_eq!(child::run(&nobody, root, act), "done", "{act}");
    }
    let (identity, profile) = (world.data().join("identity"), world.profiles().join("acme.age"));
    let close = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
    let before = world.snapshot();
    for (path, act, expected) in [
        (&identity, "load acme", "no access to"),
        (&identity, "init", "no access to"),
        (&profile, "load acme", "no access to"),
        (&profile, "set acme A 2", "no access to"),
    ] {
        close(path, 0);
        let said = child::run(&nobody, root, act);
        assert!(said.starts_with(expected) && said.contains(&*path.to_string_lossy()), "{act}: {said}");
        close(path, 0o600);
        assert_eq!(world.snapshot(), before, "{act}");
    }
    for directory in [world.profiles(), world.data()] {
        close(&directory, 0o500);
        let said = child::run(&nobody, root, "set acme A 2");
        let is_saved = said == "done";
        close(&directory, 0o700);
        assert_eq!(is_saved, directory == world.data(), "{said}");
    }
}

fn give_to_nobody(path: &Path) {
    chown(path, Some(65_534), Some(65_534)).expect("given away");
}
