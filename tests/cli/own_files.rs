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

#[test]
fn a_project_whose_file_is_gone_can_be_denied_all_the_same() {
    let sandbox = sandbox();
    let (file, aside) = (sandbox.project("acme").join(".mcpenv.toml"), sandbox.root().join("aside"));
    fs::rename(&file, &aside).expect("moved");
    let ran = sandbox.run_in("acme", &["deny"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    fs::rename(&aside, &file).expect("moved back");
    assert!(sandbox.loaded("acme").is_empty());
}

#[test]
fn a_relative_home_makes_no_files_of_a_project_mcpenvs_own() {
    let mut sandbox = sandbox();
    // the identity, the approvals and the profile of somebody who wrote this repository
    let project = sandbox.project("acme");
    let line = format!("cp -r {}/. {}", path(&sandbox.home()), path(&project));
    assert!(std::process::Command::new("/bin/sh").args(["-c", &line]).status().expect("it ran").success());
    sandbox.set_variable("HOME", ".");
    let ran = sandbox.run_in("acme", &["hook-env", "bash", path(&project), "1", "own"]);
    assert!(ran.code == 1 && ran.out.is_empty(), "{ran:?}");
    let ran = sandbox.run_in("acme", &["status"]);
    assert!(ran.code == 1 && ran.err.contains("no home directory"), "{ran:?}");
}
