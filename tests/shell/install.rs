//! Installing: twice, beside other tools, with state that was forged.

use crate::sandbox::Sandbox;
use crate::stand_in::Answer;
use crate::under_test::{ShellUnderTest, each, only};

fn with_token(shell: &'static ShellUnderTest) -> Sandbox {
    let sandbox = Sandbox::new(shell);
    sandbox.answer("p", &Answer::new(&sandbox).put(&[("TOK", b"ours")]).say("mcpenv: loaded"));
    sandbox
}

#[test]
fn a_hook_installed_twice_runs_once_and_loses_nothing() {
    each(|shell| {
        let sandbox = with_token(shell);
        let again = (shell.load)(&sandbox.path("hook"));
        let script = format!(
            r#"
            give TOK before; {again}
            cd "$S/p"; prompt; {again}
            show TOK; prompt; show TOK; cd "$S/out"; prompt; show TOK
            "#
        );
        sandbox.run(&script).is(
            shell,
            "TOK exported [before]\nTOK exported [ours]\nTOK exported [before]",
            "mcpenv: loaded\nmcpenv: loaded",
        );
        assert_eq!(sandbox.calls().len(), 2, "{}", shell.name);
    });
}

#[test]
fn forged_state_in_the_environment_dies_when_the_hook_is_installed() {
    each(|shell| {
        let sandbox = with_token(shell);
        let hook = sandbox.hook(&sandbox.path("stand/mcpenv"));
        let names = [
            "key", "n", "k", "p", "v", "on", "busy", "part", "root", "fail", "gone", "gn", "f", "a", "opt", "bin", "said", "here",
        ];
        let forged: String = names.iter().map(|name| format!("give __mcpenv_{name} HOME\n")).collect();
        let script = format!(
            "{}\n{forged}{}\n{}",
            shell.prelude,
            (shell.load)(&hook),
            r#"env | grep __mcpenv; cd "$S/p"; prompt; show TOK; cd "$S/out"; prompt; show TOK; echo "$HOME"; env | grep __mcpenv"#
        );
        let home = sandbox.path("home");
        sandbox.run_bare(&script).is(shell, &format!("TOK exported [ours]\nTOK unset\n{}", home.display()), "mcpenv: loaded");
    });
}

#[test]
fn prompt_command_of_any_form_keeps_what_stood_in_it() {
    only("bash", |shell| {
        let forms = [
            "unset PROMPT_COMMAND",
            "PROMPT_COMMAND=''",
            "PROMPT_COMMAND='echo theirs'",
            "PROMPT_COMMAND='echo theirs;'",
            "PROMPT_COMMAND='echo theirs # a comment'",
            "PROMPT_COMMAND='echo theirs ; '",
            "PROMPT_COMMAND=('echo theirs' 'echo more')",
            "export PROMPT_COMMAND='echo theirs'",
        ];
        for form in forms {
            let sandbox = with_token(shell);
            let hook = sandbox.hook(&sandbox.path("stand/mcpenv"));
            let load = (shell.load)(&hook);
            let script = format!("{}\n{form}\n{load}\n{load}\ncd \"$S/p\"; prompt; show TOK", shell.prelude);
            let theirs = if form.contains("theirs") { "theirs\n" } else { "" };
            let more = if form.contains("more") { "more\n" } else { "" };
            sandbox.run_bare(&script).is(shell, &format!("{theirs}{more}TOK exported [ours]"), "mcpenv: loaded");
        }
    });
}

#[test]
fn a_bash_without_an_array_of_prompt_commands_gets_the_hook_on_a_line_of_its_own() {
    only("bash", |shell| {
        for form in ["PROMPT_COMMAND='echo theirs;'", "PROMPT_COMMAND='echo theirs # a comment'", "PROMPT_COMMAND=''"] {
            let sandbox = with_token(shell);
            let hook = sandbox.hook(&sandbox.path("stand/mcpenv"));
            let text = std::fs::read_to_string(&hook).expect("the hook");
            // the version is a number in the hook, so an older bash can be played where it only decides between forms
            let old = text.replace("__mcpenv_bash=$((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1]))", "__mcpenv_bash=302");
            assert_ne!(old, text, "the hook reads the version in another way now");
            std::fs::write(&hook, old).expect("the hook");
            let load = (shell.load)(&hook);
            let script = format!(
                "{}\n{form}\n{load}\n{load}\ngive TOK before; hold PLAIN x; cd \"$S/p\"; eval \"$PROMPT_COMMAND\"; show TOK; cd \"$S/out\"; eval \"$PROMPT_COMMAND\"; show TOK",
                shell.prelude
            );
            let theirs = if form.contains("theirs") { "theirs\n" } else { "" };
            sandbox.run_bare(&script).is(
                shell,
                &format!("{theirs}TOK exported [ours]\n{theirs}TOK exported [before]"),
                "mcpenv: loaded",
            );
        }
    });
}

#[test]
fn a_read_only_prompt_command_costs_one_line() {
    only("bash", |shell| {
        for form in
            ["readonly PROMPT_COMMAND='echo theirs'", "readonly PROMPT_COMMAND", "declare -ra PROMPT_COMMAND=('echo theirs')"]
        {
            let sandbox = with_token(shell);
            let load = (shell.load)(&sandbox.hook(&sandbox.path("stand/mcpenv")));
            let script = format!("{form}\n{load}\necho on");
            sandbox.run_bare(&script).is(shell, "on", "mcpenv: PROMPT_COMMAND is read-only here, so the hook is not installed");
        }
    });
}

#[test]
fn functions_and_aliases_named_like_builtins_are_passed_by() {
    for name in ["bash", "zsh"] {
        only(name, |shell| {
            let sandbox = with_token(shell);
            let hook = sandbox.hook(&sandbox.path("stand/mcpenv"));
            let words = [
                "export", "unset", "eval", "local", "typeset", "declare", "printf", "print", "test", "set", "shift", "mcpenv",
                "command", "trap", "zstat", "read",
            ];
            let caught: String = words.iter().map(|word| format!("function {word} {{ echo \"caught {word}\"; }}\n")).collect();
            let aliases: String = words.iter().map(|word| format!("alias {word}='echo aliased {word};'\n")).collect();
            let on = if name == "bash" { "shopt -s expand_aliases\n" } else { "" };
            // the hook is loaded while aliases bite, run while functions bite, and looked at by a program
            let script = format!(
                "{on}{aliases}builtin eval \"$(cat '{}')\"\nunalias -a\n{caught}cd \"$S/p\"\n{}\nenv | grep ^TOK\ncd \"$S/out\"\n{}\nenv | grep ^TOK\n",
                hook.display(),
                if name == "bash" { "__mcpenv_hook" } else { "__mcpenv_precmd" },
                if name == "bash" { "__mcpenv_hook" } else { "__mcpenv_precmd" },
            );
            sandbox.run_bare(&script).is(shell, "TOK=ours", "mcpenv: loaded");
        });
    }
}
