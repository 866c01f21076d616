//! Owners, modes, links, and odd directories: who else could change what is loaded.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::sandbox::{Sandbox, chmod, loaded_names, needs, path, said};

fn sandbox() -> Sandbox {
    Sandbox::with_loaded(&[("A_TOKEN", "a")])
}

#[test]
fn a_file_or_directory_that_others_can_write_is_refused_with_its_mode_and_the_chmod() {
    let sandbox = sandbox();
    let project = sandbox.project("acme");
    for (place, mode) in [(".mcpenv.toml", 0o666), (".mcp.json", 0o646), ("", 0o777), ("..", 0o777), ("../..", 0o757)] {
        let place = project.join(place).canonicalize().expect("there");
        let before = crate::sandbox::mode(&place);
        chmod(&place, mode);
        let text = sandbox.hook(&project);
        chmod(&place, before);
        assert!(loaded_names(&text).is_empty(), "{}", path(&place));
        let said = said(&text);
        assert!(said.contains(path(&place)) || said.contains(".mcp.json"), "{said}");
        assert!(said.contains(&format!("{mode:04o}")), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
    chmod(&project, 0o777);
    let ran = sandbox.run(&["status", "--project", path(&project)]);
    assert!(ran.code == 1 && ran.err.contains("chmod"), "{ran:?}");
}

#[test]
fn a_project_in_a_place_where_everybody_makes_files_is_refused_and_one_below_it_is_fine() {
    let sandbox = sandbox();
    let shared = sandbox.root().join("shared");
    fs::create_dir(&shared).expect("a directory");
    chmod(&shared, 0o1777);
    let inner = shared.join("mine");
    fs::create_dir(&inner).expect("a directory");
    for place in [&shared, &inner] {
        fs::copy(sandbox.project("acme").join(".mcp.json"), place.join(".mcp.json")).expect("a copy");
        fs::write(place.join(".mcpenv.toml"), "profile = \"acme\"\n").expect("a file");
    }
    if is_root() {
        assert!(said(&sandbox.hook(&shared)).contains("everybody makes files"), "{}", said(&sandbox.hook(&shared)));
    }
    assert!(said(&sandbox.hook(&inner)).contains("not approved yet") || !is_root(), "{}", said(&sandbox.hook(&inner)));
}

#[test]
fn a_file_of_another_user_is_refused() {
    if !is_root() {
        eprintln!("skipped: only root can give a file away");
        return;
    }
    let sandbox = sandbox();
    let file = sandbox.project("acme").join(".mcp.json");
    std::os::unix::fs::chown(&file, Some(65_534), None).expect("given away");
    assert!(sandbox.loaded("acme").is_empty());
    assert!(sandbox.said("acme").contains("belongs to another user (uid 65534)"), "{}", sandbox.said("acme"));
}

#[test]
fn a_user_private_group_may_write_and_a_shared_one_may_not() {
    if !is_root() || !needs("setpriv") {
        eprintln!("skipped: only root can become another user");
        return;
    }
    let sandbox = sandbox();
    // an ordinary account whose primary group is its own, as Debian makes them
    let accounts = fs::read_to_string("/etc/passwd").expect("accounts");
    let private = accounts.lines().find_map(|line| {
        let f: Vec<_> = line.split(':').collect();
        let (name, uid, gid) = (f[0], f[2].parse::<u32>().ok()?, f[3].parse::<u32>().ok()?);
        let alone = accounts.lines().filter(|l| l.split(':').nth(3) == f.get(3).copied()).count() == 1;
        let groups = fs::read_to_string("/etc/group").ok()?;
        let empty = groups
            .lines()
            .filter(|l| l.split(':').nth(2) == f.get(3).copied())
            .all(|l| l.split(':').nth(3).is_none_or(str::is_empty));
        (uid != 0 && uid == gid && alone && empty && name != "nobody").then_some((uid, gid))
    });
    let Some((uid, gid)) = private else {
        eprintln!("skipped: no account here has a group of its own");
        return;
    };
    let home = tempfile::tempdir().expect("a directory");
    let top = home.path().canonicalize().expect("there");
    let project = top.join("project");
    fs::create_dir(&project).expect("a directory");
    fs::write(project.join(".mcpenv.toml"), "profile = \"p\"\n").expect("a file");
    for place in [&top, &project, &project.join(".mcpenv.toml")] {
        std::os::unix::fs::chown(place, Some(uid), Some(gid)).expect("given");
    }
    let status = || {
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid",
            &uid.to_string(),
            "--regid",
            &gid.to_string(),
            "--clear-groups",
            crate::sandbox::program(),
            "status",
        ]);
        command.env_clear().env("HOME", &top).env("PATH", "/usr/bin:/bin").current_dir(&project);
        let output = command.output().expect("it ran");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    if !Command::new("setpriv")
        .args(["--reuid", &uid.to_string(), "test", "-x", crate::sandbox::program()])
        .status()
        .is_ok_and(|s| s.success())
    {
        eprintln!("skipped: the program lies where another user cannot start it");
        return;
    }
    chmod(&project, 0o775);
    chmod(&project.join(".mcpenv.toml"), 0o664);
    assert_eq!(status().0, Some(0), "{status:?}", status = status());
    std::os::unix::fs::chown(&project, Some(uid), Some(100)).expect("given");
    let (code, err) = status();
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("0775") && err.contains("chmod g-w"), "{err}");
    drop(sandbox);
}

#[test]
fn a_client_file_that_leads_out_of_the_project_or_is_no_file_is_refused_at_once() {
    let sandbox = sandbox();
    let file = sandbox.project("acme").join(".mcp.json");
    let outside = sandbox.root().join("outside.json");
    fs::rename(&file, &outside).expect("moved");
    for (target, word) in [(outside.as_path(), "leads out"), (Path::new("/dev/zero"), "leads out"), (Path::new("nowhere"), "")] {
        symlink(target, &file).expect("a link");
        assert!(sandbox.loaded("acme").is_empty());
        assert!(sandbox.said("acme").contains(word), "{}", sandbox.said("acme"));
        fs::remove_file(&file).expect("removed");
    }
    assert!(Command::new("mkfifo").arg(&file).status().expect("mkfifo").success());
    assert!(sandbox.said("acme").contains("no regular file"), "{}", sandbox.said("acme"));
    fs::remove_file(&file).expect("removed");
    let _socket = std::os::unix::net::UnixListener::bind(&file).expect("a socket");
    assert!(sandbox.said("acme").contains("no regular file"), "{}", sandbox.said("acme"));
    fs::remove_file(&file).expect("removed");
    // a link that stays inside is followed
    fs::rename(&outside, sandbox.project("acme").join("real.json")).expect("moved");
    symlink("real.json", &file).expect("a link");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
}

#[test]
fn odd_directory_names_work_and_are_shown_escaped() {
    let sandbox = Sandbox::new();
    for odd in [
        b"it's \"odd\" $(touch x) `y`".as_slice(),
        b"ends in a newline\n",
        b"esc\x1b[31m",
        b"not utf8 \xff",
        "日本".as_bytes(),
        b"-dash",
    ] {
        let project = sandbox.root().join("src").join(std::ffi::OsStr::from_bytes(odd));
        fs::create_dir(&project).expect("a directory");
        fs::write(project.join(".mcp.json"), r#"{ "mcpServers": { "s": { "command": "x", "env": { "T": "${A_TOKEN}" } } } }"#)
            .expect("a file");
        let mut command = sandbox.command(&["init", "--no-input", "--profile", "odd"]);
        let ran = command.current_dir(&project).output().expect("it ran");
        let err = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{err}");
        assert!(!err.contains('\u{1b}'), "{err}");
        let status = sandbox.command(&["status"]).current_dir(&project).output().expect("it ran");
        assert!(status.status.success());
        assert!(status.stdout.iter().all(|b| *b >= 0x20 || *b == b'\n'));
        assert_eq!(String::from_utf8_lossy(&status.stdout).matches("bound, not approved yet").count(), 1);
    }
    // the sibling without the newline is another project
    let sibling = sandbox.root().join("src/ends in a newline");
    fs::create_dir(&sibling).expect("a directory");
    fs::write(sibling.join(".mcpenv.toml"), "").expect("a file");
    let status = sandbox.command(&["status"]).current_dir(&sibling).output().expect("it ran");
    assert!(String::from_utf8_lossy(&status.stdout).contains("(not approved)"));
}

#[test]
fn a_directory_that_is_gone_is_an_error_and_no_panic() {
    let sandbox = sandbox();
    let gone = sandbox.root().join("gone");
    fs::create_dir(&gone).expect("a directory");
    let script = format!("cd '{0}' && rmdir '{0}' && '{1}' status", path(&gone), crate::sandbox::program());
    let ran = Command::new("/bin/sh")
        .args(["-c", &script])
        .env_clear()
        .envs(sandbox.variables().iter().map(|(n, v)| (n, v)))
        .output()
        .expect("sh");
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    assert!(!String::from_utf8_lossy(&ran.stderr).contains("panicked"));
    assert!(loaded_names(&sandbox.hook(&gone)).is_empty());
}

#[test]
fn a_deep_path_works_or_is_a_clear_error() {
    let sandbox = sandbox();
    let mut deep = sandbox.project("acme");
    for _ in 0..300 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).expect("directories");
    let ran = sandbox.command(&["status"]).current_dir(&deep).output().expect("it ran");
    assert!(ran.status.success(), "{ran:?}");
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n")
}

#[test]
fn a_hook_that_a_dead_file_system_holds_up_ends_itself() {
    use std::os::unix::process::ExitStatusExt;
    if !needs("strace") {
        return;
    }
    let sandbox = sandbox();
    // every look at a file takes far longer than the limit, as on a network disk that answers no more
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=statx", "-e", "inject=statx:delay_enter=1500000"]);
    command.args([crate::sandbox::program(), "hook-env", "bash", path(&sandbox.project("acme")), "1", "own"]);
    command.env_clear().envs(sandbox.variables().iter().map(|(n, v)| (n, v))).env("MCPENV_HOOK_TIMEOUT", "200");
    let ran = command.output().expect("strace");
    // strace ends as the program did: by the alarm
    let signal = ran.status.signal().or_else(|| ran.status.code().map(|code| code - 128));
    assert_eq!(signal, Some(14), "{ran:?}");
    assert!(ran.stdout.is_empty(), "nothing that a shell could evaluate");
}

#[test]
fn a_shell_that_does_not_read_gets_no_part_of_a_script() {
    let sandbox = sandbox();
    let mut command = sandbox.command(&["hook-env", "bash", path(&sandbox.project("acme")), "1", "own"]);
    command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full"));
    let ran = command.output().expect("it ran");
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    assert!(!String::from_utf8_lossy(&ran.stderr).contains("panicked"));
}
