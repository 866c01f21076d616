//! The way back: a recovery key that was written down, or SSH's, opens the profiles when the identity is lost.

use std::fs;
use std::path::PathBuf;

use mcpenv::store::Identity;

use crate::sandbox::{Sandbox, find, needs, path};
use crate::stored::{told, with_profile};

fn data(sandbox: &Sandbox) -> PathBuf {
    sandbox.root().join("all/data")
}

/// The key that a screen showed in groups.
pub fn shown_key(screen: &str) -> String {
    let lines: Vec<&str> = screen.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| *line == "AGE-SECRET-KEY-1").expect("a key is shown");
    lines[at..at + 3].join("\n")
}

#[test]
fn a_key_that_was_written_down_opens_the_profiles_after_the_identity_is_lost() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let status = sandbox.run_in("acme", &["status"]);
    assert!(status.out.contains("no recovery recipient"), "{status:?}");
    // the last group is typed back from the screen, so the first try must be made blind
    let (code, screen) = sandbox.answer(
        &["key", "recovery", "set"],
        &[("Recovery key [make one]", "\r"), ("Its last group", "nope\r"), ("Its last group", "\r")],
    );
    assert!(code == 130 && screen.contains("That is not it"), "{screen}");
    assert!(!data(&sandbox).join("recovery.json").exists(), "a key that nobody has is none");

    let paper = Identity::generate();
    let ran = sandbox.run(&["key", "recovery", "set", &paper.recipient(), "--label", "on paper"]);
    assert!(ran.code == 0 && ran.err.contains("`acme` opens with it too"), "{ran:?}");
    let ran = sandbox.run(&["key", "recovery", "set", &paper.recipient(), "--label", "on paper"]);
    assert!(ran.code == 0 && !ran.err.contains("`acme`"), "repeated, it changes nothing: {ran:?}");
    assert!(!sandbox.run_in("acme", &["status"]).out.contains("no recovery recipient"));
    let ran = sandbox.run(&["init", "--no-input", "--profile", "second", "--project", path(&sandbox.root().join("src"))]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for profile in ["acme", "second"] {
        let sealed = fs::read(data(&sandbox).join(format!("profiles/{profile}.age"))).expect("there");
        assert!(paper.opens(&sealed), "{profile}");
    }

    fs::remove_file(data(&sandbox).join("identity")).expect("lost");
    assert_eq!(sandbox.run(&["list", "--profile", "acme"]).code, 1);
    // as it was written: in groups, in small letters
    let line = String::from_utf8_lossy(&paper.line()).to_ascii_lowercase();
    let groups: Vec<String> = line.as_bytes().chunks(6).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    let typed = format!("{}\r", groups.join(" "));
    let answers = [("AGE-SECRET-KEY-1… (hidden)", typed.as_str()), ("New passphrase for your identity", "\r")];
    let (code, screen) = sandbox.answer(&["key", "recover"], &answers);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("profile `acme` opens again") && screen.contains("profile `second` opens again"), "{screen}");
    assert!(find(screen.to_ascii_lowercase().as_bytes(), groups[5].as_bytes()).is_none(), "nothing typed is shown");
    assert_eq!(told(&sandbox), "A_TOKEN=sekret");
    let again = sandbox.run_with(&["key", "recover", "-"], line.as_bytes());
    assert!(again.code == 0 && again.err.contains("opens already"), "{again:?}");
}

#[test]
fn a_forgotten_passphrase_is_set_aside_with_its_identity_and_never_deleted() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let paper = Identity::generate();
    assert_eq!(sandbox.run(&["key", "recovery", "set", &paper.recipient()]).code, 0);
    let identity = data(&sandbox).join("identity");
    let damaged = "AGE-SECRET-KEY-1DAMAGED\n";
    fs::write(&identity, damaged).expect("written");
    let ran = sandbox.run_with(&["key", "recover", "-"], &paper.line());
    assert!(ran.code == 1 && fs::read_to_string(&identity).expect("there") == damaged, "without a person: {ran:?}");
    let file = sandbox.root().join("paper");
    sandbox.write(&file, &*paper.line());
    let (code, screen) = sandbox.answer(&["key", "recover", path(&file)], &[("Set it aside", "n\r")]);
    assert!(code == 130 && fs::read_to_string(&identity).expect("there") == damaged, "{screen}");
    let answers = [("Set it aside", "y\r"), ("New passphrase", "\r")];
    let (code, screen) = sandbox.answer(&["key", "recover", path(&file)], &answers);
    assert_eq!(code, 0, "{screen}");
    assert_eq!(fs::read_to_string(data(&sandbox).join("identity.old-1")).expect("kept"), damaged);
    assert_eq!(told(&sandbox), "A_TOKEN=sekret");
}

#[test]
fn an_ssh_key_is_a_way_back_where_one_is_there_already() {
    if !needs("ssh-keygen") {
        return;
    }
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    for (number, (kind, passphrase)) in [("ed25519", ""), ("ed25519", "open sesame"), ("rsa", "")].into_iter().enumerate() {
        let key = sandbox.root().join(format!("id_{number}"));
        let words = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-a", "1", "-f", path(&key)];
        let (code, screen) = sandbox.play(&words, &[], || ());
        assert_eq!(code, 0, "{screen}");
        let public = fs::read_to_string(key.with_extension("pub")).expect("there");
        let ran = sandbox.run(&["key", "recovery", "set", public.trim()]);
        assert_eq!(ran.code, 0, "{ran:?}");
        fs::remove_file(data(&sandbox).join("identity")).expect("lost");
        let mut answers = vec![("New passphrase", "\r")];
        if !passphrase.is_empty() {
            let ran = sandbox.run(&["key", "recover", path(&key)]);
            assert!(ran.code == 3 && !data(&sandbox).join("identity").exists(), "nobody is there to be asked: {ran:?}");
            answers.splice(0..0, [("Passphrase of", "wrong\r"), ("Passphrase of", "open sesame\r")]);
        }
        let (code, screen) = sandbox.answer(&["key", "recover", path(&key)], &answers);
        assert_eq!(code, 0, "{screen}");
        assert_eq!(told(&sandbox), "A_TOKEN=sekret");
    }
}

#[test]
fn a_recovery_key_is_taken_out_of_every_profile_and_what_it_still_opens_is_said() {
    let sandbox = with_profile(&[("A_TOKEN", "sekret")]);
    let paper = Identity::generate();
    assert_eq!(sandbox.run(&["key", "recovery", "set", &paper.recipient()]).code, 0);
    assert_eq!(sandbox.run(&["key", "recovery", "remove"]).code, 6);
    let (code, screen) = sandbox.answer(&["key", "recovery", "remove"], &[("Take it out", "y\r")]);
    assert!(code == 0 && screen.contains("earlier versions, backups and copies"), "{screen}");
    assert!(!paper.opens(&fs::read(data(&sandbox).join("profiles/acme.age")).expect("there")));
    assert!(sandbox.run_in("acme", &["status"]).out.contains("no recovery recipient"));
    assert!(sandbox.run(&["key", "recovery", "show"]).out.contains("none, as you said"));
    let secret = String::from_utf8_lossy(&paper.line()).into_owned();
    let ran = sandbox.run(&["key", "recovery", "set", &secret]);
    assert!(ran.code == 2 && !ran.all().contains(&secret) && ran.err.contains("a secret key"), "{ran:?}");
}
