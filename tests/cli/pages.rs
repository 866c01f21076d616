//! Help, completions, the manual, and a reader that goes away.

use std::process::Stdio;

use crate::sandbox::Sandbox;

#[test]
fn completions_and_the_manual_are_printed_for_packagers() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = sandbox.run(&["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("mcpenv"), "{shell}: {ran:?}");
    }
    let ran = sandbox.run(&["man"]);
    assert!(ran.code == 0 && ran.out.contains(".TH mcpenv"), "{ran:?}");
}

#[test]
fn the_hook_is_printed_for_each_shell_and_names_this_program() {
    let sandbox = Sandbox::new();
    for shell in mcpenv::shell::ALL {
        let ran = sandbox.run(&["hook", shell.name()]);
        assert_eq!(ran.code, 0, "{}: {ran:?}", shell.name());
        assert!(!ran.out.contains("::MCPENV::") && !ran.out.contains("::STOP::"), "{}", shell.name());
    }
    assert_eq!(sandbox.run(&["hook", "tcsh"]).code, 2);
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["--help"]);
    assert_eq!(ran.code, 0);
    for word in [
        "init",
        "hook",
        "allow",
        "deny",
        "status",
        "why",
        "check",
        "set",
        "get",
        "unset",
        "list",
        "profile",
        "backup",
        "restore",
        "Exit codes",
    ] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    assert_eq!(sandbox.run(&[]).code, 2);
    assert!(sandbox.run(&["--version"]).out.starts_with("mcpenv "));
}

#[test]
fn a_reader_that_went_away_is_no_error_and_no_panic() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    for args in [vec!["man"], vec!["list", "--profile", "acme"], vec!["--help"], vec!["completions", "zsh"]] {
        let mut child =
            sandbox.command(&args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ended");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
