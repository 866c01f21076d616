//! mcpenv's own files in a place that somebody prepared: links where it would write, a runtime directory of another user.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;
use std::time::Instant;

use crate::sandbox::{PATIENCE, Sandbox, chmod, loaded_names, mode, path, said};

fn sandbox() -> Sandbox {
    Sandbox::with_loaded(&[("A_TOKEN", "a")])
}

#[test]
fn a_link_in_the_place_of_a_stamp_is_not_followed() {
    let sandbox = sandbox();
    let (victim, made) = (sandbox.home().join("victim"), sandbox.home().join("made"));
    fs::write(&victim, "mine").expect("a file");
    chmod(&victim, 0o644);
    sandbox.hook(&sandbox.project("acme"));
    let stamps = sandbox.root().join("run/mcpenv/stamps");
    fs::remove_dir_all(&stamps).expect("stamps were made");
    fs::create_dir(&stamps).expect("a directory");
    chmod(&stamps, 0o700);
    symlink(&victim, stamps.join("1.0")).expect("a link");
    symlink(&made, stamps.join("1.1")).expect("a link");
    let text = sandbox.hook(&sandbox.project("acme"));
    assert_eq!(mode(&victim), 0o644);
    assert!(!made.exists());
    assert_eq!(loaded_names(&text), ["A_TOKEN"]);
    assert!(said(&text).contains("will not be noticed"), "{}", said(&text));
}

#[test]
fn nothing_is_written_into_a_runtime_directory_that_others_can_change() {
    let sandbox = sandbox();
    let run = sandbox.root().join("run/mcpenv");
    fs::create_dir_all(run.join("stamps")).expect("a directory");
    chmod(&run, 0o777);
    let text = sandbox.hook(&sandbox.project("acme"));
    assert_eq!(fs::read_dir(run.join("stamps")).expect("readable").count(), 0);
    assert!(loaded_names(&text).is_empty(), "no login key can be kept there either");
}

#[test]
fn a_link_in_the_place_of_a_lock_destroys_nothing() {
    let sandbox = sandbox();
    let lock = sandbox.data().join("profiles/acme.lock");
    let identity = sandbox.data().join("identity");
    let before = fs::read(&identity).expect("an identity");
    fs::remove_file(&lock).expect("removed");
    symlink("../identity", &lock).expect("a link");
    let ran = sandbox.run_with(&["set", "B_TOKEN", "--stdin", "--profile", "acme"], b"b");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("acme.lock"), "{ran:?}");
    assert_eq!(fs::read(&identity).expect("an identity"), before);
}

#[test]
fn the_hook_ends_itself_also_where_its_parent_ignores_the_alarm() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", &"a".repeat(100_000))]);
    // more than a pipe takes, and nobody reads it
    let line = format!("trap '' ALRM; exec {} hook-env bash {} 1 own", crate::sandbox::program(), path(&sandbox.project("acme")));
    let mut command = std::process::Command::new("/bin/sh");
    command
        .args(["-c", &line])
        .env_clear()
        .envs(sandbox.variables().iter().map(|(n, v)| (n, v)))
        .env("MCPENV_HOOK_TIMEOUT", "300");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it starts");
    let started = Instant::now();
    while child.try_wait().expect("a state").is_none() {
        if started.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("it waits for ever");
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
