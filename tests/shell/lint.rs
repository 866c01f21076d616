//! The hook files are read by the shells' own parsers and by shellcheck.

use std::path::PathBuf;
use std::process::Command;

use crate::under_test::is_there;

fn hook_file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("shell").join(name)
}

/// Rules of shellcheck that are off, and why.
const OFF: &[(&str, &str)] = &[
    ("SC2249", "a `case` that has nothing to do for other words needs no branch that does nothing"),
    ("SC2250", "braces round every name make `[[ … ]]` harder to read, and no name here runs into what follows"),
    ("SC2310", "`set -e` is off while a function of the hook runs"),
    ("SC2312", "the answer of the binary is checked as a whole, and `declare -p` may fail"),
];

#[track_caller]
fn passes(program: &str, arguments: &[&str], file: &str) {
    if !is_there(program) {
        return;
    }
    let output = Command::new(program).args(arguments).arg(hook_file(file)).output().expect("it runs");
    assert!(
        output.status.success(),
        "{program} on {file}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_shell_can_parse_its_hook() {
    passes("bash", &["-n"], "mcpenv.bash");
    passes("zsh", &["-n"], "mcpenv.zsh");
    passes("fish", &["--no-execute"], "mcpenv.fish");
}

#[test]
fn shellcheck_has_nothing_to_say_and_every_rule_that_is_off_has_a_reason() {
    let off: Vec<&str> = OFF.iter().map(|(rule, reason)| if reason.is_empty() { panic!("{rule}") } else { *rule }).collect();
    passes("shellcheck", &["--enable=all", &format!("--exclude={}", off.join(","))], "mcpenv.bash");
    let text = std::fs::read_to_string(hook_file("mcpenv.bash")).expect("the hook");
    for line in text.lines().filter(|line| line.contains("shellcheck disable")) {
        assert!(line.split_once("disable=").is_some_and(|(_, rest)| rest.contains(" # ")), "no reason: {line}");
    }
}

#[test]
fn hook_files_call_no_program_and_name_their_functions_apart() {
    for file in ["mcpenv.bash", "mcpenv.zsh"] {
        let text = std::fs::read_to_string(hook_file(file)).expect("the hook");
        for line in text.lines().filter(|line| line.ends_with("() {")) {
            assert!(line.starts_with("__mcpenv_"), "{file}: {line}");
        }
        let forks = text.matches("$(").count() - text.matches("$((").count();
        // the binary itself, and in bash before 4.4 the kind of a name that was already set
        assert!(forks <= 2, "{file}: {forks} command substitutions");
    }
}
