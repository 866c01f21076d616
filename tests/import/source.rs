//! The file itself: what may be one, who else can read it, what becomes of it, and what stood in the profile before.

use std::fs;
use std::process::Command;

use crate::sandbox::{chmod, needs, path};
use crate::stored::{import, told, with_profile};

#[test]
fn nothing_that_exists_is_replaced_while_nobody_can_be_asked() {
    let sandbox = with_profile(&[("A_TOKEN", "before"), ("B_TOKEN", "same")]);
    let ran = import(&sandbox, ".env", "A_TOKEN=sekret\nB_TOKEN=same\nC_TOKEN=new\n");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(told(&sandbox), "A_TOKEN=before B_TOKEN=same C_TOKEN=new");
    assert!(ran.err.contains("`A_TOKEN` is left: profile `acme` holds another value"), "{ran:?}");
    assert!(ran.out.contains("differs") && ran.out.contains("the same") && ran.out.contains("new"), "{ran:?}");
    assert!(!ran.all().contains("sekret") && !ran.all().contains("before"), "{ran:?}");
    assert!(sandbox.root().join(".env").exists() && ran.err.contains("rm "), "{ran:?}");
}

#[test]
fn the_same_file_twice_changes_nothing_the_second_time() {
    let sandbox = with_profile(&[]);
    assert_eq!(import(&sandbox, ".env", "A_TOKEN=x\n").code, 0);
    let profile = sandbox.root().join("all");
    let sealed = || {
        crate::sandbox::files_below(&profile)
            .into_iter()
            .filter(|f| f.ends_with("profiles/acme.age"))
            .map(|f| fs::read(f).expect("readable"))
            .collect::<Vec<_>>()
    };
    let before = sealed();
    assert_eq!(before.len(), 1);
    let ran = import(&sandbox, ".env", "A_TOKEN=x\n");
    assert!(ran.code == 0 && ran.err.contains("the same"), "{ran:?}");
    assert!(before == sealed());
}

#[test]
fn a_program_reads_what_was_taken() {
    let sandbox = with_profile(&[("A_TOKEN", "before")]);
    let file = sandbox.root().join("x.env");
    sandbox.write(&file, "A_TOKEN=sekret\nC_TOKEN=ghp_abcdefghijklmnopqrstuvwxyz0123456789\nD=${E}\n");
    let ran = sandbox.run(&["import", path(&file), "--profile", "acme", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let json: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(json["variables"][0]["state"], "differs");
    assert_eq!(json["variables"][0]["taken"], false);
    assert_eq!(json["variables"][1]["taken"], true);
    assert_eq!(json["variables"][1]["masked"], "ghp_••••••••");
    assert_eq!(json["left"][0]["name"], "D");
    assert_eq!(json["deleted"], false);
}

#[test]
fn an_agent_may_import_and_deletes_nothing() {
    let mut sandbox = with_profile(&[]);
    sandbox.set_variable("CLAUDECODE", "1");
    let file = sandbox.root().join(".env");
    sandbox.write(&file, "A_TOKEN=x\n");
    let (code, screen) = sandbox.answer(&["import", path(&file), "--profile", "acme"], &[]);
    assert_eq!((code, told(&sandbox).as_str()), (0, "A_TOKEN=x"), "{screen}");
    assert!(file.exists() && !screen.contains("Delete"), "{screen}");
}

#[test]
fn only_an_ordinary_file_of_some_size_is_read() {
    let sandbox = with_profile(&[]);
    let fifo = sandbox.root().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo").success());
    let large = sandbox.root().join("large.env");
    fs::File::create(&large).expect("a file").set_len(10 * 1024 * 1024 + 1).expect("a size");
    for file in [fifo.as_path(), &large, &sandbox.root(), std::path::Path::new("/dev/zero"), &sandbox.root().join("none")] {
        let ran = sandbox.run(&["import", path(file), "--profile", "acme"]);
        assert_eq!(ran.code, 1, "{file:?}: {ran:?}");
        assert!(ran.err.contains("error: "), "{file:?}: {ran:?}");
    }
    let ran = sandbox.run_with(&["import", "-", "--profile", "acme"], &vec![b'#'; 10 * 1024 * 1024 + 1]);
    assert!(ran.code == 1 && ran.err.contains("larger"), "{ran:?}");
}

#[test]
fn a_file_that_others_can_read_is_said() {
    let sandbox = with_profile(&[]);
    let file = sandbox.root().join(".env");
    sandbox.write(&file, "A_TOKEN=x\n");
    for (mode, is_said) in [(0o644, true), (0o640, true), (0o600, false)] {
        chmod(&file, mode);
        let ran = sandbox.run(&["import", path(&file), "--profile", "acme"]);
        assert_eq!((ran.code, ran.err.contains("open to other users")), (0, is_said), "{mode:o}: {ran:?}");
    }
}

#[test]
fn what_git_holds_is_said() {
    if !needs("git") {
        return;
    }
    let sandbox = with_profile(&[]);
    let project = sandbox.project("acme");
    sandbox.write(&project.join(".env"), "A_TOKEN=x\n");
    sandbox.write(&project.join("[x].env"), "A_TOKEN=x\n");
    let git = |args: &[&str]| {
        let mut git = Command::new("git");
        git.args(args).current_dir(&project).env_clear().envs(sandbox.variables().iter().map(|(n, v)| (n, v)));
        assert!(git.output().expect("git").status.success(), "{args:?}");
    };
    let import = || sandbox.run_in("acme", &["import", ".env"]);
    git(&["init", "-q"]);
    let mark = sandbox.root().join("ran");
    git(&["config", "core.fsmonitor", &format!("touch {}", path(&mark))]);
    assert!(!import().err.contains("git"));
    git(&["-c", "core.fsmonitor=false", "add", ".env"]);
    let ran = import();
    assert!(ran.code == 0 && ran.err.contains("git holds what stood in") && ran.err.contains("at its issuer"), "{ran:?}");
    assert!(!mark.exists(), "nothing of the repository's own was run");
    assert!(!sandbox.run_in("acme", &["import", "[x].env"]).err.contains("git"));
}

#[test]
fn a_command_line_that_cannot_be_meant_is_refused() {
    let sandbox = with_profile(&[]);
    for args in [
        vec!["import"],
        vec!["import", "a", "b", "--profile", "acme"],
        vec!["import", "a", "--as", "B", "--profile", "acme"],
        vec!["import", "a", "--format", "ini", "--profile", "acme"],
        vec!["import", "--keychain", "a", "b", "--as", "C", "--profile", "acme"],
        vec!["import", "--keychain", "a", "--wait", "0", "--profile", "acme"],
        vec!["import", "--keychain", "a b", "--profile", "acme"],
        vec!["import", "--keychain", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "--profile", "acme"],
    ] {
        let ran = sandbox.run(&args);
        assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
        assert!(!ran.all().contains("ghp_"), "{ran:?}");
    }
}
