//! The identity behind a real key of SSH: in, out, for the hook, for plain age, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::{Sandbox, chmod, files_below, find, mode, needs, path, program};
use crate::stored::{told, with_profile};

fn approved() -> Sandbox {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    sandbox.allow("acme");
    sandbox
}

fn keygen(sandbox: &Sandbox, name: &str, kind: &str, passphrase: &str) -> PathBuf {
    let key = sandbox.root().join(name);
    let size = if kind == "rsa" { "2048" } else { "256" };
    let words = ["ssh-keygen", "-q", "-t", kind, "-b", size, "-N", passphrase, "-a", "1", "-f", path(&key)];
    let (code, screen) = sandbox.play(&words, &[], || ());
    assert_eq!(code, 0, "{screen}");
    key
}

fn move_to(sandbox: &Sandbox, key: &Path, answers: &[(&str, &str)]) -> (i32, String) {
    sandbox.answer(&["key", "move", &format!("ssh:{}", path(key))], answers)
}

fn data(sandbox: &Sandbox) -> PathBuf {
    sandbox.root().join("all/data")
}

fn state(sandbox: &Sandbox) -> Vec<(PathBuf, Vec<u8>)> {
    let files = files_below(&sandbox.root().join("all"));
    // what the hook notes of its shell is none of the identity's
    let run = sandbox.root().join("all/run");
    let files = files.into_iter().filter(|file| file.extension().is_none_or(|e| e != "lock") && !file.starts_with(&run));
    files.map(|file| (file.clone(), fs::read(file).expect("readable"))).collect()
}

fn has_plain_key(home: &Path) -> bool {
    files_below(home).iter().any(|file| find(&fs::read(file).expect("readable"), b"AGE-SECRET-KEY").is_some())
}

#[test]
fn a_key_without_a_passphrase_opens_it_here_and_with_plain_age_until_it_is_locked_or_moved_out() {
    if !needs("ssh-keygen") {
        return;
    }
    for kind in ["ed25519", "rsa"] {
        let sandbox = approved();
        let key = keygen(&sandbox, "my key", kind, "");
        let before = state(&sandbox);
        let ran = sandbox.run(&["key", "move", &format!("ssh:{}", path(&key))]);
        assert!(ran.code == 6 && state(&sandbox) == before, "for a person: {ran:?}");
        let (code, screen) = move_to(&sandbox, &key, &[]);
        assert!(code == 0 && screen.contains("that key has no passphrase"), "{screen}");
        let identity = data(&sandbox).join("identity");
        assert!(mode(&identity) == 0o600 && !has_plain_key(&sandbox.root().join("all")));
        let shown = sandbox.run(&["key", "show"]);
        assert!(shown.out.contains(&format!("Protected   the SSH key `{}`", path(&key))), "{shown:?}");
        assert!(sandbox.run(&["key", "show", "--json"]).out.contains("\"protection\": \"ssh\""));
        assert!(!sandbox.run_in("acme", &["status"]).out.contains("plain file"));
        assert_eq!(sandbox.run(&["list", "--profile", "acme"]).code, 0);
        assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
        let (code, screen) = move_to(&sandbox, &key, &[]);
        assert!(code == 0 && screen.contains("already"), "{screen}");
        if needs("age") {
            let way = r#"grep -v -e ^MCPENV -e '^#' "$0" | age -d -i "$1" >"$2" && age -d -i "$2" "$3""#;
            let (out, profile) = (sandbox.root().join("out"), data(&sandbox).join("profiles/acme.age"));
            let (code, screen) =
                sandbox.play(&["sh", "-c", way, path(&identity), path(&key), path(&out), path(&profile)], &[], || ());
            assert!(code == 0 && screen.contains("A_TOKEN"), "{screen}");
        }

        // the word of the user counts, though the key would open
        assert_eq!(sandbox.run(&["lock"]).code, 0);
        assert!(sandbox.loaded("acme").is_empty() && sandbox.said("acme").contains("mcpenv unlock"));
        let (code, screen) = sandbox.answer(&["unlock", "--for", "1h"], &[]);
        assert!(code == 0 && sandbox.loaded("acme") == ["A_TOKEN"], "{screen}");

        // a new identity is behind the same key
        let public = sandbox.run(&["key", "show"]).out;
        let ran = sandbox.run(&["key", "new"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(sandbox.run(&["key", "show"]).out != public && !has_plain_key(&sandbox.root().join("all")));
        assert_eq!(sandbox.run(&["list", "--profile", "acme"]).code, 0);

        let (code, screen) = sandbox.answer(&["key", "move", "file"], &[("New passphrase", "\r")]);
        assert!(code == 0 && screen.contains("whoever copies your home"), "{screen}");
        fs::remove_file(&key).expect("there");
        assert_eq!(told(&sandbox), "A_TOKEN=sekret");
    }
}

#[test]
fn a_key_with_a_passphrase_is_asked_for_it_by_people_and_never_by_the_hook() {
    if !needs("ssh-keygen") {
        return;
    }
    let sandbox = approved();
    let key = keygen(&sandbox, "id", "ed25519", "open sesame");
    let before = state(&sandbox);
    let (code, screen) = move_to(&sandbox, &key, &[("Passphrase of the SSH key", "\r")]);
    assert!(code == 1 && screen.contains("passphrase") && state(&sandbox) == before, "{screen}");
    let wrong_first = [("Passphrase of the SSH key", "wrong\r"), ("Passphrase of the SSH key", "open sesame\r")];
    let (code, screen) = move_to(&sandbox, &key, &wrong_first);
    assert!(code == 0 && screen.contains("mcpenv unlock") && !screen.contains("sesame"), "{screen}");
    assert!(!has_plain_key(&sandbox.root().join("all")));

    let said = sandbox.said("acme");
    assert!(sandbox.loaded("acme").is_empty() && said.lines().count() == 1 && said.contains("mcpenv unlock"), "{said}");
    let ran = sandbox.run(&["list", "--profile", "acme"]);
    assert!(ran.code == 3 && ran.err.contains("mcpenv unlock"), "{ran:?}");
    let (code, screen) = sandbox.answer(&["list", "--profile", "acme"], &[("Passphrase of the SSH key", "open sesame\r")]);
    assert!(code == 0 && screen.contains("A_TOKEN"), "{screen}");
    assert!(sandbox.loaded("acme").is_empty(), "one command unlocks nothing");
    let (code, screen) = sandbox.answer(&["unlock", "--for", "1h"], &[("Passphrase of the SSH key", "open sesame\r")]);
    assert_eq!(code, 0, "{screen}");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
    assert_eq!(sandbox.run(&["lock"]).code, 0);
    assert!(sandbox.loaded("acme").is_empty());

    // there is no passphrase of its own to take away, and one can take the key's place
    let (code, screen) = sandbox.answer(&["key", "passphrase", "--remove"], &[]);
    assert!(code == 1 && screen.contains("key move file"), "{screen}");
    let answers =
        [("Passphrase of the SSH key", "open sesame\r"), ("New passphrase", "correct horse\r"), ("Once more", "correct horse\r")];
    let (code, screen) = sandbox.answer(&["key", "passphrase"], &answers);
    assert!(code == 0 && screen.contains("a passphrase of its own"), "{screen}");
    assert!(sandbox.run(&["key", "show"]).out.contains("Protected   a passphrase"));
    fs::remove_file(&key).expect("there");
    let (code, screen) = sandbox.answer(&["list", "--profile", "acme"], &[("Passphrase of", "correct horse\r")]);
    assert_eq!(code, 0, "{screen}");
}

#[test]
fn a_key_that_is_gone_or_another_one_is_named_and_nothing_is_written() {
    if !needs("ssh-keygen") {
        return;
    }
    let sandbox = approved();
    let (key, other) = (keygen(&sandbox, "id", "ed25519", ""), keygen(&sandbox, "other", "ed25519", ""));
    assert_eq!(move_to(&sandbox, &key, &[]).0, 0);
    let before = state(&sandbox);
    let good = fs::read(&key).expect("there");
    let refused = |why: &str| {
        for args in [&["list", "--profile", "acme"][..], &["set", "A_TOKEN", "--stdin", "--profile", "acme"], &["key", "new"]] {
            let ran = sandbox.run_with(args, b"another");
            let is_named = ran.err.contains(&format!("the SSH key `{}`", path(&key))) && ran.err.contains(why);
            assert!(ran.code == 1 && is_named && ran.err.contains("key recover"), "{args:?}: {ran:?}");
        }
        let (code, screen) = sandbox.answer(&["key", "move", "file"], &[]);
        assert!(code == 1 && screen.contains(why), "{screen}");
        assert!(sandbox.loaded("acme").is_empty() && sandbox.said("acme").contains("SSH key"));
        let changed: Vec<_> = state(&sandbox).into_iter().filter(|file| !before.contains(file)).map(|(file, _)| file).collect();
        assert!(changed.is_empty() && state(&sandbox).len() == before.len(), "{why}: {changed:?}");
    };
    fs::remove_file(&key).expect("there");
    refused("it is not there");
    sandbox.write(&key, fs::read(&other).expect("there"));
    chmod(&key, 0o600);
    refused("it is not the one that");
    sandbox.write(&key, &good[..good.len() / 2]);
    refused("no private key of SSH that can be read");
    sandbox.write(&key, &good);
    chmod(&key, 0o640);
    refused("others can read it (mode 0640)");
    chmod(&key, 0o600);
    assert_eq!(told(&sandbox), "A_TOKEN=sekret");
}

#[test]
fn what_is_no_private_key_of_a_kind_that_opens_is_not_moved_to() {
    if !needs("ssh-keygen") {
        return;
    }
    let sandbox = approved();
    let ecdsa = keygen(&sandbox, "ecdsa", "ecdsa", "");
    let open = keygen(&sandbox, "open", "ed25519", "");
    chmod(&open, 0o644);
    let before = state(&sandbox);
    for (place, why) in [
        (ecdsa, "only ed25519 and RSA"),
        (open.with_extension("pub"), "others can read it"),
        (open, "others can read it"),
        (sandbox.root(), "no regular file"),
        (sandbox.root().join("absent"), "not there"),
        (data(&sandbox).join("identity"), "no private key of SSH"),
        (data(&sandbox).join("profiles/acme.age"), "no private key of SSH"),
        (sandbox.root().join("a\nb"), "a line of text"),
    ] {
        let (code, screen) = move_to(&sandbox, &place, &[]);
        assert!(code == 1 && screen.contains(why), "{place:?}: {screen}");
    }
    for place in ["ssh:", "ssh", "plugin:x"] {
        assert_eq!(sandbox.run(&["key", "move", place]).code, 2, "{place}");
    }
    assert!(state(&sandbox) == before);
}

#[test]
fn a_move_that_is_killed_at_any_point_leaves_an_identity_that_opens() {
    if !needs("ssh-keygen") || !needs("strace") {
        return;
    }
    let sandbox = approved();
    let key = keygen(&sandbox, "id", "ed25519", "");
    let place = format!("ssh:{}", path(&key));
    let mut points = 0;
    for (kind, when) in ["write", "fsync", "rename"].into_iter().flat_map(|kind| (1..=4).map(move |when| (kind, when))) {
        let home = sandbox.root().join(format!("{kind}-{when}"));
        assert_eq!(sandbox.play(&["cp", "-a", path(&sandbox.root().join("all")), path(&home)], &[], || ()).0, 0);
        let home_variable = format!("MCPENV_HOME={}", path(&home));
        let run = |words: &[&str]| sandbox.play(&[&["env", &home_variable], words].concat(), &[], || ());
        let (trace, inject) = (format!("trace={kind}"), format!("inject={kind}:signal=KILL:when={when}"));
        let killed = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject, program(), "key", "move", &place];
        points += i32::from(run(&killed).0 != 0);
        assert_eq!(run(&[program(), "list", "--profile", "acme"]).0, 0, "killed at {kind} {when}");
        let (code, screen) = run(&[program(), "key", "move", &place]);
        assert!(code == 0 && !has_plain_key(&home), "after {kind} {when}: {screen}");
        assert_eq!(run(&[program(), "list", "--profile", "acme"]).0, 0, "after {kind} {when}");
    }
    assert!(points >= 5, "only {points} were killed");
}
