//! Odd options, traces and traps: the shell survives, and no value stands in any trace.

use std::fs;

use crate::sandbox::Sandbox;
use crate::stand_in::Answer;
use crate::terminal::Terminal;
use crate::under_test::{ShellUnderTest, each, only};

const SECRET: &str = "canary-loaded";
const BEFORE: &str = "canary-before";

fn with_secret(shell: &'static ShellUnderTest) -> Sandbox {
    let sandbox = Sandbox::new(shell);
    let pairs: &[(&str, &[u8])] = &[("TOK", SECRET.as_bytes()), ("NEW", SECRET.as_bytes()), ("HELD", SECRET.as_bytes())];
    sandbox.answer("p", &Answer::new(&sandbox).put(pairs).watch(&sandbox.path("p/.mcpenv.toml")));
    sandbox
}

/// Enters, looks, leaves, looks, with these words run before the hook is loaded, then after it. The values are looked at by a
/// program, so that no trace of the script itself holds them. The sandbox and stderr of the second time.
fn survives(shell: &'static ShellUnderTest, set_up: &str) -> (Sandbox, String) {
    survives_when(shell, set_up, true);
    survives_when(shell, set_up, false)
}

fn survives_when(shell: &'static ShellUnderTest, set_up: &str, is_before: bool) -> (Sandbox, String) {
    let sandbox = with_secret(shell);
    fs::write(sandbox.path("before"), format!("give TOK {BEFORE}; hold HELD {BEFORE}\n")).expect("a script");
    let load = (shell.load)(&sandbox.hook(&sandbox.path("stand/mcpenv")));
    let (first, second) = if is_before { (set_up, load.as_str()) } else { (load.as_str(), set_up) };
    let output = sandbox.run_bare(&format!(
        r#"{}
        . "$S/before"
        {first}
        {second}
        cd "$S/p"; prompt; /usr/bin/printenv TOK NEW HELD; prompt; /usr/bin/env >"$S/inside"
        cd "$S/out"; prompt; /usr/bin/printenv TOK; /usr/bin/printenv NEW HELD || echo none; /usr/bin/env >"$S/outside"
        echo end"#,
        shell.prelude
    ));
    let wanted = format!("{SECRET}\n{SECRET}\n{SECRET}\n{BEFORE}\nnone\nend\n");
    assert_eq!(output.stdout, wanted, "{}: {set_up}: {}", shell.name, output.stderr);
    let inside = fs::read_to_string(sandbox.path("inside")).expect("the environment");
    let outside = fs::read_to_string(sandbox.path("outside")).expect("the environment");
    assert!(!inside.contains(BEFORE), "{}: {set_up}: the undo record was exported", shell.name);
    assert!(!inside.contains("__mcpenv_") && !outside.contains("__mcpenv_"), "{}: {set_up}: state was exported", shell.name);
    assert!(!output.stderr.contains("canary"), "{}: {set_up}: a value in a trace: {}", shell.name, output.stderr);
    (sandbox, output.stderr)
}

#[test]
fn bash_survives_its_options() {
    only("bash", |shell| {
        for set_up in [
            "set -e",
            "set -u",
            "set -eu -o pipefail",
            "set -eu -o pipefail -o posix",
            "set -o posix",
            "set -C",
            "set -a",
            "set -aeu -o pipefail -o posix -C",
            "set -f",
            "set -k",
            "set -E; trap 'echo caught >&2' ERR",
            "shopt -s nocasematch extglob nullglob failglob",
            "shopt -s extdebug",
            "IFS=0123456789canry",
            "set -T; trap 'true' RETURN",
        ] {
            let (_, stderr) = survives(shell, set_up);
            assert_eq!(stderr, "", "{set_up}");
        }
    });
}

#[test]
fn zsh_survives_its_options() {
    only("zsh", |shell| {
        for set_up in [
            "setopt ERR_EXIT",
            "setopt ERR_RETURN",
            "setopt NO_UNSET",
            "setopt KSH_ARRAYS; prompt() { __mcpenv_precmd }",
            "setopt SH_WORD_SPLIT",
            "setopt ALL_EXPORT",
            "setopt POSIX_IDENTIFIERS POSIX_BUILTINS",
            "setopt WARN_CREATE_GLOBAL WARN_NESTED_VAR",
            "setopt PIPE_FAIL",
            "setopt KSH_GLOB GLOB_SUBST NULL_GLOB CSH_NULL_GLOB NO_CLOBBER",
            "setopt ERR_EXIT NO_UNSET ALL_EXPORT PIPE_FAIL GLOB_SUBST",
            "setopt NO_MULTIBYTE RC_QUOTES TYPESET_SILENT NO_GLOBAL_EXPORT",
            "emulate sh; prompt() { __mcpenv_precmd; }",
            "IFS=0123456789canry",
        ] {
            let (_, stderr) = survives(shell, set_up);
            assert_eq!(stderr, "", "{set_up}");
        }
    });
}

#[test]
fn no_value_stands_in_any_trace() {
    only("bash", |shell| {
        survives(shell, "set -x");
        survives(shell, "set -v");
        survives(shell, "set -xvaeu");
        for set_up in [
            "exec 9>\"$S/trace\"; BASH_XTRACEFD=9; set -x",
            "exec 9>\"$S/trace\"; BASH_XTRACEFD=9; set -xT; trap 'echo \"$BASH_COMMAND ${BASH_ARGV[*]-}\" >&9' DEBUG RETURN",
            "exec 9>\"$S/trace\"; shopt -s extdebug; trap 'echo \"$BASH_COMMAND ${BASH_ARGV[*]-} $_\" >&9' DEBUG ERR",
        ] {
            let (sandbox, _) = survives(shell, set_up);
            let trace = fs::read_to_string(sandbox.path("trace")).expect("a trace");
            assert!(trace.contains("printenv"), "{set_up}: the trace works: {trace}");
            assert!(!trace.contains("canary"), "{set_up}: {trace}");
        }
    });
    only("zsh", |shell| {
        for set_up in ["set -x", "set -v", "set -xv"] {
            let (_, stderr) = survives(shell, set_up);
            assert!(!stderr.contains("__mcpenv_put"), "{stderr}");
        }
        for set_up in [
            "exec 9>\"$S/trace\"; trap 'print -r -- \"$ZSH_DEBUG_CMD $*\" >&9' DEBUG",
            "exec 9>\"$S/trace\"; TRAPDEBUG() { print -r -- \"$ZSH_DEBUG_CMD $*\" >&9 }",
            "exec 9>\"$S/trace\"; TRAPZERR() { print -r -- \"$* $_\" >&9 }; false; print printenv >&9",
            "exec 9>\"$S/trace\"; setopt DEBUG_BEFORE_CMD; trap 'print -r -- \"$ZSH_DEBUG_CMD\" >&9' DEBUG",
        ] {
            let (sandbox, _) = survives(shell, set_up);
            let trace = fs::read_to_string(sandbox.path("trace")).expect("a trace");
            assert!(trace.contains("printenv"), "{set_up}: the trace works: {trace}");
            assert!(!trace.contains("canary"), "{set_up}: {trace}");
        }
    });
}

#[test]
fn options_traps_and_the_last_status_are_as_they_were() {
    only("bash", |shell| {
        let sandbox = with_secret(shell);
        sandbox
            .run(
                r#"
            set -auET; trap 'true' DEBUG; a=$-; cd "$S/p"; prompt; b=$-; prompt; [ "$a$a" = "$b$-" ] && echo same; trap -p DEBUG
            set +auET; trap - DEBUG; cd "$S/out"; ends 3; __mcpenv_hook; echo $?; cd "$S/p"; ends 4; __mcpenv_hook; echo $?
            "#,
            )
            .is(shell, "same\ntrap -- 'true' DEBUG\n3\n4", "");
        // a failure that errexit overlooked must not become one that it sees
        sandbox.run(r#"set -e; cd "$S/p"; ! true; __mcpenv_hook; ! true; __mcpenv_hook; echo on"#).is(shell, "on", "");
    });
    only("zsh", |shell| {
        let sandbox = with_secret(shell);
        sandbox.run(
            r#"
            trap 'true' DEBUG; setopt KSH_ARRAYS; a=$(setopt); cd "$S/p"; __mcpenv_precmd; b=$(setopt); [[ $a == $b ]] && echo same; trap
            "#,
        )
        .is(shell, "same\ntrap -- true DEBUG", "");
    });
}

#[test]
fn the_status_of_the_last_command_is_there_after_every_prompt() {
    each(|shell| {
        let sandbox = with_secret(shell);
        let mut terminal = Terminal::start(&sandbox);
        let status = if shell.name == "fish" { "$status" } else { "$?" };
        for line in ["true", "cd \"$S/p\"", "true", "cd \"$S/out\"", "cd \"$S/p\" && cd \"$S/out\""] {
            terminal.send(format!("{line}; ends 7\necho \"s=\"{status}\n").as_bytes());
            let shown = terminal.settle();
            assert!(shown.contains("s=7"), "{}: after {line}: {shown}", shell.name);
        }
    });
}

#[test]
fn a_closed_stderr_a_deleted_directory_and_a_lost_pwd_do_no_harm() {
    each(|shell| {
        let sandbox = with_secret(shell);
        let lost =
            if shell.name == "fish" { "true" } else { "unset PWD; prompt; PWD=relative; prompt; PWD=/; prompt; PWD=//; prompt" };
        // fish cannot close its own
        let (close, said) = match shell.name {
            "fish" => ("true", "mcpenv: could not load here, nothing is set; run mcpenv status\n"),
            _ => ("exec 2>&-", ""),
        };
        let output = sandbox.run(&format!(
            r#"
            mkdir "$S/out/gone"; cd "$S/out/gone"; prompt; rmdir "$S/out/gone"; prompt; prompt; cd "$S/out"
            {lost}
            {close}
            cd "$S/p"; prompt; /usr/bin/printenv TOK; echo crash >"$S/stand/mode"; touch -d 2001-01-01 .mcpenv.toml; prompt; show TOK; echo end
            "#
        ));
        assert_eq!(output.stdout, format!("{SECRET}\nTOK unset\nend\n"), "{}: {}", shell.name, output.stderr);
        assert_eq!(output.stderr, said, "{}", shell.name);
    });
}

#[test]
fn an_interactive_shell_under_errexit_lives_through_load_failure_and_leave() {
    each(|shell| {
        let set_up = match shell.name {
            "bash" => "set -euo pipefail",
            "zsh" => "setopt ERR_EXIT NO_UNSET PIPE_FAIL",
            _ => return,
        };
        let sandbox = with_secret(shell);
        let mut terminal = Terminal::start(&sandbox);
        terminal.run(set_up);
        terminal.run("cd \"$S/p\"");
        assert!(terminal.run("/usr/bin/printenv TOK").contains(SECRET), "{}: {}", shell.name, terminal.all());
        terminal.run("cd \"$S/out\"");
        sandbox.mode("crash");
        terminal.run("cd \"$S/p\"");
        assert!(terminal.run("/usr/bin/printenv NEW || echo 'none'").contains("none"), "{}: {}", shell.name, terminal.all());
    });
}
