//! A new value in the place of an old one: what is refused, what is told, and the way back.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::sandbox::{Ran, Sandbox, files_below, find, path};

const OLD: &str = "canary-old-9a31";
const NEW: &str = "canary-new-77e0";

fn with_old() -> Sandbox {
    Sandbox::with_loaded(&[("A_TOKEN", OLD)])
}

fn rotate(sandbox: &Sandbox, more: &[&str], input: &str) -> Ran {
    let ran = sandbox.run_with(&[&["rotate", "A_TOKEN", "--profile", "acme"], more].concat(), input.as_bytes());
    assert!(!ran.all().contains(OLD) && !ran.all().contains(NEW), "{ran:?}");
    ran
}

fn value(sandbox: &Sandbox) -> String {
    sandbox.run_in("acme", &["exec", "--", "printenv", "A_TOKEN"]).out.trim_end().to_owned()
}

/// A program of the user's that makes new values.
#[cfg(unix)]
fn program(sandbox: &Sandbox, text: &str) -> PathBuf {
    let file = sandbox.root().join("issuer");
    sandbox.write(&file, format!("#!/bin/sh\n{text}\n"));
    crate::sandbox::chmod(&file, 0o755);
    file
}

#[test]
fn a_rotated_value_is_in_force_and_the_old_one_comes_back_when_it_is_asked_for() {
    let sandbox = with_old();
    let ran = rotate(&sandbox, &["--stdin", "--expires", "90d"], NEW);
    assert!(ran.code == 0 && ran.err.contains("rotated `A_TOKEN`") && ran.err.contains("mcpenv rollback A_TOKEN"), "{ran:?}");
    assert_eq!(value(&sandbox), NEW);
    let history = sandbox.run(&["history", "A_TOKEN", "--profile", "acme"]);
    assert_eq!(history.out.matches("in force").count() + history.out.matches("kept").count(), 2, "{history:?}");
    assert!(!history.all().contains("canary"), "{history:?}");
    assert_eq!(sandbox.run(&["rollback", "A_TOKEN", "--profile", "acme"]).code, 0);
    assert_eq!(value(&sandbox), OLD);
    assert_eq!(sandbox.run(&["rollback", "A_TOKEN", "--profile", "acme"]).code, 0);
    assert_eq!(value(&sandbox), NEW, "the way back has a way back");
    let ran = sandbox.run(&["rollback", "NO_TOKEN", "--profile", "acme"]);
    assert!(ran.code == 1 && ran.err.contains("no value for `NO_TOKEN`"), "{ran:?}");
}

#[test]
fn what_cannot_be_the_new_value_is_refused_and_changes_nothing() {
    let sandbox = with_old();
    for (input, why) in [
        (OLD, "has already"),
        ("", "empty"),
        ("YOUR_TOKEN", "placeholder"),
        ("${OTHER}", "placeholder"),
        (" padded", "blank"),
        ("newline\n", "newline"),
        ("Bearer abc", "Bearer"),
    ] {
        let ran = rotate(&sandbox, &["--stdin"], input);
        assert!(ran.code == 1 && ran.err.contains(why), "{input:?}: {ran:?}");
        assert_eq!(value(&sandbox), OLD, "{input:?}");
    }
    assert_eq!(rotate(&sandbox, &["--stdin"], NEW).code, 0);
    let ran = rotate(&sandbox, &["--stdin"], OLD);
    assert!(ran.code == 1 && ran.err.contains("had before"), "{ran:?}");
    let ran = sandbox.run_with(&["rotate", "GITHUB_TOKEN", "--stdin", "--profile", "acme"], b"x");
    assert!(ran.code == 1 && ran.err.contains("no value for `GITHUB_TOKEN`"), "{ran:?}");
    assert_eq!(rotate(&sandbox, &[], "").code, 6, "without --stdin a person is asked");
}

#[test]
fn a_generated_value_has_the_length_and_the_letters_that_were_asked_for() {
    let sandbox = with_old();
    assert_eq!(rotate(&sandbox, &["--generate"], "").code, 0);
    assert!(value(&sandbox).len() == 40 && value(&sandbox).bytes().all(|b| b.is_ascii_alphanumeric()));
    assert_eq!(rotate(&sandbox, &["--generate", "--length", "64", "--alphabet", "hex"], "").code, 0);
    assert!(value(&sandbox).len() == 64 && value(&sandbox).bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(rotate(&sandbox, &["--length", "64"], "").code, 2);
}

#[cfg(unix)]
#[test]
fn a_program_of_the_user_s_makes_the_new_value_from_the_name_and_the_old_one() {
    let sandbox = with_old();
    let seen = sandbox.root().join("seen");
    let issuer = program(&sandbox, &format!("cat > {}; echo {NEW}", path(&seen)));
    assert_eq!(rotate(&sandbox, &["--with", path(&issuer)], "").code, 0);
    assert_eq!(value(&sandbox), NEW, "one newline at its end is none of it");
    assert_eq!(std::fs::read_to_string(seen).expect("it was asked"), format!("{{\"name\":\"A_TOKEN\",\"value\":\"{OLD}\"}}\n"));
}

#[cfg(unix)]
#[test]
fn a_program_that_fails_in_any_way_leaves_the_old_value_in_force_and_is_told_of_without_values() {
    let sandbox = with_old();
    for (text, wait, why) in [
        ("exit 1", "60", "failed"),
        ("read -r line; echo \"$line\" >&2; printf '\\033[31mno\\n' >&2; exit 3", "60", "failed: "),
        ("kill -9 $$", "60", "failed"),
        ("sleep 300", "1", "within 1 seconds"),
        ("echo x; exec sleep 300", "1", "within 1 seconds"),
        ("yes | head -c 1073741824", "60", "no value"),
        ("cat /dev/zero", "60", "no value"),
        ("true", "60", "no value"),
        ("printf '\\n'", "60", "no value"),
        (&format!("echo {OLD}"), "60", "has already"),
        ("echo changeme", "60", "placeholder"),
    ] {
        let issuer = program(&sandbox, text);
        let ran = rotate(&sandbox, &["--with", path(&issuer), "--wait", wait], "");
        assert!(ran.code == 1 && ran.err.contains(why) && !ran.err.contains('\u{1b}'), "{text}: {ran:?}");
        assert_eq!(value(&sandbox), OLD, "{text}");
    }
    let ran = rotate(&sandbox, &["--with", "no-such-program"], "");
    assert!(ran.code == 1 && ran.err.contains("no program"), "{ran:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn programs_that_still_hold_the_old_value_are_named_and_no_others() {
    let sandbox = with_old();
    let start = |value: &str, program: &str| {
        let mut command = Command::new(program);
        command.arg("300").env_clear().env("A_TOKEN", value).stdout(Stdio::null());
        command.spawn().expect("it starts")
    };
    let mut running = [start(OLD, "sleep"), start(&format!("{OLD}x"), "sleep"), start("other", "sleep")];
    // an environment is there to be read once the program itself runs
    let environ = |pid: u32| std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    while running.iter().any(|child| find(&environ(child.id()), b"A_TOKEN=").is_none()) {
        std::thread::yield_now();
    }
    let ran = rotate(&sandbox, &["--stdin"], NEW);
    let [old, ..] = &running;
    assert!(ran.err.contains(&format!("sleep ({})", old.id())), "{ran:?}");
    assert_eq!(ran.err.matches("sleep (").count(), 1, "{ran:?}");
    running.iter_mut().for_each(|child| {
        let _ = child.kill();
        let _ = child.wait();
    });
}

#[test]
fn what_is_forgotten_is_in_no_version_any_more() {
    let sandbox = with_old();
    assert_eq!(rotate(&sandbox, &["--stdin"], NEW).code, 0);
    sandbox.store("acme", "B_TOKEN", "kept");
    let args = ["forget", "A_TOKEN", "--profile", "acme"];
    assert_eq!(sandbox.run(&args).code, 6, "a person types the name");
    let (code, screen) = sandbox.answer(&args, &[("once more", "A_TOKE\r")]);
    assert_eq!(code, 130, "{screen}");
    let (code, screen) = sandbox.answer(&args, &[("once more", "A_TOKEN\r")]);
    assert!(code == 0 && screen.contains("backups"), "{screen}");
    let identity = sandbox.data().join("identity");
    let versions = files_below(&sandbox.data().join("profiles"));
    let sealed: Vec<_> = versions.iter().filter(|file| file.extension().is_some_and(|e| e == "age")).collect();
    assert!(sealed.len() > 2, "{sealed:?}");
    if !crate::sandbox::needs("age") {
        return;
    }
    for file in sealed {
        let plain = Command::new("age").args(["-d", "-i"]).arg(&identity).arg(file).output().expect("age runs");
        assert!(plain.status.success(), "{file:?}");
        assert!(find(&plain.stdout, b"canary").is_none(), "{file:?} still holds it");
    }
    assert!(sandbox.run(&["list", "--profile", "acme"]).out.contains("B_TOKEN"));
}
