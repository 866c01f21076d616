//! `exec` where no program can take the place of another: the server's status comes back, and its environment is its own.
#![cfg(windows)]

use std::path::Path;
use std::process::{Command, Output};

use mcpenv::ops::{Workspace, allow};

const FILE: &str = r#"{ "mcpServers": {
  "seven": { "command": "cmd", "args": ["/c", "exit 7"] },
  "set": { "command": "cmd", "args": ["/c", "set"], "env": { "T": "${A_TOKEN}" } } } }"#;

fn mcpenv(home: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcpenv"));
    command.args(args).current_dir(home.join("acme")).env("MCPENV_HOME", home).env("OF_THE_CALLER", "x").env_remove("PWD");
    command.output().expect("it starts")
}

/// Approves in a process of its own, which has the other's home.
#[test]
#[ignore = "a part of the other test"]
fn approve() {
    if std::env::var_os("MCPENV_HOME").is_none() {
        return;
    }
    let workspace = Workspace::of_process().expect("a home");
    let proposal = allow::propose(&workspace, None).expect("a project");
    allow::grant(&workspace, &proposal, false, &[]).expect("granted");
}

#[test]
fn a_server_in_a_job_gives_its_status_back_and_has_its_own_environment() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let home = directory.path().canonicalize().expect("it is there");
    let project = home.join("acme");
    std::fs::create_dir(&project).expect("a directory");
    std::fs::write(project.join(".mcp.json"), FILE).expect("a file");
    assert!(mcpenv(&home, &["init", "--no-input", "--profile", "acme"]).status.success());
    let mut set = Command::new(env!("CARGO_BIN_EXE_mcpenv"));
    set.args(["set", "A_TOKEN", "--stdin", "--profile", "acme"]).current_dir(&project).env("MCPENV_HOME", &home);
    let mut child = set.stdin(std::process::Stdio::piped()).spawn().expect("it starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), b"value-a").expect("written");
    assert!(child.wait().expect("it ended").success());
    let own = std::env::current_exe().expect("this program");
    let mut approving = Command::new(own);
    approving.args(["--exact", "approve", "--ignored"]).current_dir(&project).env("MCPENV_HOME", &home).env_remove("PWD");
    assert!(approving.status().expect("it starts").success());
    let ran = mcpenv(&home, &["exec", "--server", "seven", "--", "cmd", "/c", "exit 7"]);
    assert_eq!(ran.status.code(), Some(7), "{}", String::from_utf8_lossy(&ran.stderr));
    let ran = mcpenv(&home, &["exec", "--server", "set", "--", "cmd", "/c", "set"]);
    let text = String::from_utf8_lossy(&ran.stdout).to_ascii_uppercase();
    for part in ["T=VALUE-A", "A_TOKEN=VALUE-A", "APPDATA=", "SYSTEMROOT="] {
        assert!(text.lines().any(|line| line.starts_with(part)), "{part}: {text}{}", String::from_utf8_lossy(&ran.stderr));
    }
    assert!(!text.contains("OF_THE_CALLER"), "{text}");
    assert_eq!(mcpenv(&home, &["exec", "--server", "seven", "--", "cmd", "/c", "exit 8"]).status.code(), Some(4));
    assert_eq!(mcpenv(&home, &["exec", "--", "no-such-program-here"]).status.code(), Some(127));
}
