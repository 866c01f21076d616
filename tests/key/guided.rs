//! What `init` asks at a terminal when there is no identity yet.

use std::fs;

use mcpenv::store::Opener;

use crate::sandbox::{Sandbox, files_below, path};
use crate::wayback::shown_key;

fn guided(answers: &[(&str, &str)]) -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN"]);
    let args = ["init", "--project", path(&sandbox.project("acme"))].map(str::to_owned);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let rest = [("A_TOKEN (hidden", "sekret\r"), ("[y/N]", "y\r")];
    let (code, screen) = sandbox.answer(&args, &[&[("[acme]: ", "\r")], answers, &rest].concat());
    assert_eq!(code, 0, "{screen}");
    (sandbox, screen)
}

#[test]
fn enter_alone_makes_a_plain_file_says_so_plainly_and_leaves_no_key_that_nobody_has() {
    let (sandbox, screen) = guided(&[("New passphrase", "\r"), ("Recovery key [make one]", "\r"), ("Its last group", "\r")]);
    assert!(screen.contains("whoever copies your home directory can open your profiles"), "{screen}");
    assert!(!sandbox.data().join("recovery.json").exists());
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
    // the key that was shown and not taken opens nothing
    let gate: std::sync::Arc<dyn mcpenv::store::Gate> = std::sync::Arc::new(mcpenv::store::Closed);
    let opener = Opener::parse(shown_key(&screen).as_bytes(), "it", &gate).expect("a key");
    assert!(!opener.opens(&fs::read(sandbox.data().join("profiles/acme.age")).expect("there")));
    // and it stands in no file
    let letters: String = shown_key(&screen).lines().skip(1).flat_map(|line| line.split(' ')).collect();
    for file in files_below(&sandbox.root()) {
        let text = String::from_utf8_lossy(&fs::read(&file).expect("readable")).into_owned();
        assert!(!text.contains(&letters[..20]), "{}", file.display());
    }
}

#[test]
fn a_public_key_or_a_spoken_no_is_an_answer_and_is_not_asked_for_again() {
    let paper = mcpenv::store::Identity::generate();
    let typed = format!("{}\r", paper.recipient());
    let (sandbox, screen) = guided(&[("New passphrase", "\r"), ("Recovery key", "age1nothing\r"), ("Recovery key", &typed)]);
    assert!(screen.contains("your recovery key opens it too") && !screen.contains("back it up"), "{screen}");
    assert!(paper.opens(&fs::read(sandbox.data().join("profiles/acme.age")).expect("there")));

    let (sandbox, _) = guided(&[("New passphrase", "\r"), ("Recovery key", "none\r")]);
    sandbox.declare("other", &[]);
    let args = ["init", "--project", path(&sandbox.project("other"))].map(str::to_owned);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (code, screen) = sandbox.answer(&args, &[("[other]: ", "\r")]);
    assert!(code == 0 && !screen.contains("Recovery key"), "{screen}");
}

#[test]
fn a_passphrase_that_is_made_is_shown_once_typed_back_and_what_it_protects_is_open_for_the_shells() {
    let (sandbox, screen) =
        guided(&[("New passphrase", "correct horse\r"), ("Once more", "correct horse\r"), ("Recovery key", "none\r")]);
    let sealed = fs::read(sandbox.data().join("identity")).expect("there");
    assert!(sealed.starts_with(b"age-encryption.org/v1"));
    if screen.contains("unlocked your identity for 8 hours") {
        assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
        assert_eq!(sandbox.run(&["lock"]).code, 0);
    } else {
        eprintln!("skipped: the kernel's keyring cannot be used here");
    }
    assert!(sandbox.loaded("acme").is_empty());
}

#[test]
fn a_script_is_asked_nothing_and_gets_a_plain_identity_without_a_way_back() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN"]);
    sandbox.init("acme");
    sandbox.init("acme");
    assert!(fs::read_to_string(sandbox.data().join("identity")).expect("there").contains("AGE-SECRET-KEY-1"));
    assert!(!sandbox.data().join("recovery.json").exists());
}
