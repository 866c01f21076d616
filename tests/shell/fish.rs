//! What only fish has: universal variables, lists, exported locals, `fish_trace`, names that cannot be set.

use std::fs;

use crate::sandbox::Sandbox;
use crate::stand_in::Answer;
use crate::terminal::Terminal;
use crate::under_test::only;

fn with_token(shell: &'static crate::under_test::ShellUnderTest) -> Sandbox {
    let sandbox = Sandbox::new(shell);
    sandbox.answer("p", &Answer::new(&sandbox).put(&[("TOK", b"ours")]).watch(&sandbox.path("p/.mcpenv.toml")));
    sandbox
}

#[test]
fn lists_and_path_lists_come_back_as_they_were_and_a_value_is_never_split() {
    only("fish", |shell| {
        let sandbox = Sandbox::new(shell);
        let names = ["LIST", "NONE", "SOME_PATH", "NEW_PATH", "FLAT_PATH", "HELD"];
        let pairs: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, b"a:b c".as_slice())).collect();
        sandbox.answer("p", &Answer::new(&sandbox).put(&pairs));
        sandbox
            .run(
                r#"
            set -gx LIST 'x  y' '' z; set -gx NONE; set -gx SOME_PATH /a /b; set -gx --unpath FLAT_PATH /a:/b; set -gu HELD 1 2
            set -g names LIST NONE SOME_PATH NEW_PATH FLAT_PATH HELD
            function state; for n in $names; set -S $n | string match -v '*originally*'; end; end
            state >"$S/before"
            cd "$S/p"; prompt
            for n in $names; echo $n (count $$n) $$n; set -q --path $n; and echo path; set -qgx $n; or echo 'not exported'; end
            cd "$S/out"; prompt; state >"$S/after"; cmp "$S/before" "$S/after"; and echo same
            "#,
            )
            .is(shell, &(names.map(|name| format!("{name} 1 a:b c")).join("\n") + "\nsame"), "");
    });
}

#[test]
fn a_universal_variable_is_covered_and_comes_back_and_is_never_written() {
    only("fish", |shell| {
        let sandbox = Sandbox::new(shell);
        let pairs: &[(&str, &[u8])] = &[("UNI", b"ours"), ("EXPORTED", b"ours")];
        sandbox.answer("p", &Answer::new(&sandbox).put(pairs));
        let hook = sandbox.hook(&sandbox.path("stand/mcpenv"));
        let script = format!(
            r#"
            {}
            set -U UNI theirs; set -Ux EXPORTED 'theirs too'; set -U __mcpenv_busy forged; set -U __mcpenv_stop /
            {}
            cd "$S/p"; prompt; printenv UNI EXPORTED; set -S UNI EXPORTED | grep -c 'set in global'
            cd "$S/out"; prompt; echo $UNI; printenv UNI; printenv EXPORTED; set -S UNI EXPORTED | grep -c 'set in global'
            set --names -U | string match '*mcpenv*'; echo $__mcpenv_busy
            "#,
            shell.prelude,
            (shell.load)(&hook)
        );
        let path = sandbox.path("script");
        fs::write(&path, script).expect("the script");
        // without --no-config, which takes universal variables away
        let output = sandbox.command("fish").arg(&path).output().expect("fish runs");
        // fish may set up its terminal
        let out = String::from_utf8_lossy(&output.stdout).replace("\u{1b}[?2004h", "").replace("\u{1b}[?2004l", "");
        assert_eq!(
            out,
            "ours\nours\n2\ntheirs\ntheirs too\n0\n__mcpenv_busy\n__mcpenv_stop\n\n",
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    });
}

#[test]
fn an_exported_local_of_a_function_that_calls_cd_hides_nothing_from_the_hook() {
    only("fish", |shell| {
        let sandbox = with_token(shell);
        sandbox
            .run(
                r#"
            set -gx TOK before
            function go; set -lx TOK inner; cd $argv; prompt; echo "inside $TOK"; end
            go "$S/p"; show TOK
            go "$S/out"; show TOK
            "#,
            )
            .is(shell, "inside inner\nTOK exported [ours]\ninside inner\nTOK exported [before]", "");
    });
}

#[test]
fn fish_trace_shows_no_value_and_is_as_it_was() {
    only("fish", |shell| {
        let sandbox = Sandbox::new(shell);
        let pairs: &[(&str, &[u8])] = &[("TOK", b"canary-loaded"), ("NEW", b"canary-loaded")];
        sandbox.answer("p", &Answer::new(&sandbox).put(pairs).watch(&sandbox.path("p/.mcpenv.toml")));
        fs::write(sandbox.path("before"), "set -gx TOK canary-before\n").expect("a script");
        let again = (shell.load)(&sandbox.path("hook"));
        for set_up in ["set -g fish_trace 1", "set -gx fish_trace all"] {
            let output = sandbox.run(&format!(
                r#"
                source "$S/before"; {set_up}
                cd "$S/p"; prompt; prompt; printenv TOK; {again}; prompt; true control
                cd "$S/out"; prompt; printenv TOK; prompt
                "#
            ));
            assert_eq!(output.stdout, "canary-loaded\ncanary-before\n", "{}", output.stderr);
            assert!(output.stderr.contains("true control"), "the trace works: {}", output.stderr);
            assert!(!output.stderr.contains("canary"), "{}", output.stderr);
        }
    });
}

#[test]
fn a_name_that_fish_does_not_let_go_is_named_and_the_others_are_loaded() {
    only("fish", |shell| {
        let sandbox = Sandbox::new(shell);
        sandbox.answer("p", &Answer::new(&sandbox).put(&[("A", b"ours"), ("Z", b"ours")]));
        // no name that fish keeps to itself passes `VarName`, so the answer is changed by hand
        let answer = fs::read_to_string(sandbox.path("p/.answer")).expect("the answer");
        fs::write(sandbox.path("p/.answer"), answer.replace("put A ours", "put fish_pid ours")).expect("the answer");
        sandbox
            .run(
                r#"
            set -g was $fish_pid
            cd "$S/p"; prompt; show Z; cd "$S/out"; prompt; cd "$S/p"; prompt; cd "$S/out"; prompt; show Z
            test $was = $fish_pid; and echo same
            "#,
            )
            .is(shell, "Z exported [ours]\nZ unset\nsame", "mcpenv: fish_pid is read-only in this shell and is not loaded");
    });
}

#[test]
fn functions_with_the_names_of_builtins_are_passed_by() {
    only("fish", |shell| {
        let sandbox = with_token(shell);
        sandbox
            .run(
                r#"
            for name in path contains printf functions math mcpenv
                eval "function $name; echo called; false; end"
            end
            give TOK before; cd "$S/p"; prompt; prompt; echo $TOK; cd "$S/out"; prompt; echo $TOK
            "#,
            )
            .is(shell, "ours\nbefore", "");
    });
}

#[test]
fn a_closed_stderr_does_no_harm() {
    only("fish", |shell| {
        let sandbox = with_token(shell);
        let hook = sandbox.hook(&sandbox.path("stand/mcpenv"));
        let script = format!(
            r#"
            {}
            {}
            cd "$S/p"; prompt; show TOK; echo crash >"$S/stand/mode"; touch -d 2001-01-01 .mcpenv.toml; prompt; show TOK; echo end
            "#,
            shell.prelude,
            (shell.load)(&hook)
        );
        fs::write(sandbox.path("script"), script).expect("the script");
        let output = sandbox.command("sh").args(["-c", "exec fish --no-config ../script 2>&-"]).output().expect("fish runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "TOK exported [ours]\nTOK unset\nend\n");
    });
}

#[test]
fn a_script_and_a_command_substitution_load_nothing_by_cd() {
    only("fish", |shell| {
        let sandbox = with_token(shell);
        sandbox.run(r#"cd "$S/p"; show TOK; echo (cd "$S/p/.."; cd "$S/p"; prompt; show TOK)"#).is(
            shell,
            "TOK unset\nTOK unset",
            "",
        );
        assert!(sandbox.calls().is_empty());
    });
}

#[test]
fn an_interrupt_between_two_variables_leaves_all_or_nothing() {
    only("fish", |shell| {
        let mut interrupted = 0;
        for at in [
            "FIRST",
            "TOK",
            "LAST",
            "__mcpenv_part",
            "__mcpenv_n",
            "__mcpenv_k0_TOK",
            "__mcpenv_v0_LAST",
            "__mcpenv_s",
            "__MCPENV_LOADED",
        ] {
            let sandbox = Sandbox::new(shell);
            let pairs: &[(&str, &[u8])] = &[("FIRST", b"ours"), ("TOK", b"ours"), ("LAST", b"ours")];
            sandbox.answer("p", &Answer::new(&sandbox).put(pairs).watch(&sandbox.path("p/.mcpenv.toml")));
            let mut terminal = Terminal::start(&sandbox);
            let all = "show FIRST; show TOK; show LAST";
            terminal.run("give TOK before");
            let trap =
                format!("function trap_{at} --on-variable {at}; functions -e trap_{at}; kill -INT $fish_pid; sleep 0.2; end");
            for step in ["p", "out"] {
                terminal.run(&trap);
                terminal.run(&format!("cd \"$S/{step}\""));
                terminal.run("true");
                let shown = terminal.run(all);
                let is_out =
                    shown.contains("FIRST unset") && shown.contains("TOK exported [before]") && shown.contains("LAST unset");
                let is_in = ["FIRST", "TOK", "LAST"].iter().all(|name| shown.contains(&format!("{name} exported [ours]")));
                assert!(is_out || (is_in && step == "p"), "{at}, {step}: {shown}");
            }
            interrupted += terminal.all().matches("mcpenv: interrupted").count();
        }
        assert!(interrupted >= 9, "only {interrupted} of the interrupts came through");
    });
}
