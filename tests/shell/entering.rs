//! What stands in a shell on entering, inside and after leaving: previous values, what the user changed, what other tools put
//! back.

use crate::sandbox::Sandbox;
use crate::stand_in::Answer;
use crate::terminal::Terminal;
use crate::under_test::{each, only};

/// A project `p` that loads `TOK`.
fn with_token(shell: &'static crate::under_test::ShellUnderTest) -> Sandbox {
    let sandbox = Sandbox::new(shell);
    sandbox.answer("p", &Answer::new(&sandbox).put(&[("TOK", b"ours")]).watch(&sandbox.path("p/.mcpenv.toml")));
    sandbox
}

#[test]
fn leaving_puts_back_what_was_there() {
    each(|shell| {
        let sandbox = Sandbox::new(shell);
        let names = ["NONE", "EMPTY", "SOME", "PLAIN", "BARE"];
        let pairs: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, b"ours".as_slice())).collect();
        sandbox.answer("p", &Answer::new(&sandbox).put(&pairs));
        let output = sandbox.run(
            r#"
            give EMPTY ''; give SOME "a b  \$(c) 'd' *"; hold PLAIN 'x  y'; hold BARE ''
            cd "$S/p"; prompt; show NONE; show EMPTY; show SOME; show PLAIN; show BARE; show __MCPENV_LOADED
            cd "$S/out"; prompt; show NONE; show EMPTY; show SOME; show PLAIN; show BARE; show __MCPENV_LOADED
            "#,
        );
        output.is(
            shell,
            "NONE exported [ours]\nEMPTY exported [ours]\nSOME exported [ours]\nPLAIN exported [ours]\nBARE exported [ours]
            __MCPENV_LOADED exported [1:NONE=0123456789abcdef:EMPTY=0123456789abcdef:SOME=0123456789abcdef:PLAIN=0123456789abcdef:BARE=0123456789abcdef]
            NONE unset\nEMPTY exported []\nSOME exported [a b  $(c) 'd' *]\nPLAIN set [x  y]\nBARE set []\n__MCPENV_LOADED unset",
            "",
        );
        assert_eq!(sandbox.calls(), [format!("{} own p", shell.name)], "leaving starts no process");
    });
}

#[test]
fn what_the_user_changed_is_left_alone_and_named_once() {
    each(|shell| {
        let sandbox = Sandbox::new(shell);
        let pairs: &[(&str, &[u8])] = &[("CHANGED", b"ours"), ("DROPPED", b"ours"), ("KEPT", b"ours")];
        sandbox.answer("p", &Answer::new(&sandbox).put(pairs).watch(&sandbox.path("p/.mcpenv.toml")));
        let output = sandbox.run(
            r#"
            give CHANGED before; give DROPPED before
            cd "$S/p"; prompt; give CHANGED mine; drop DROPPED; prompt
            touch -d 2001-01-01 "$S/p/.mcpenv.toml"; prompt; show CHANGED; show DROPPED; show KEPT
            touch -d 2002-01-01 "$S/p/.mcpenv.toml"; prompt; show CHANGED
            cd "$S/out"; prompt; show CHANGED; show DROPPED; show KEPT
            cd "$S/p"; prompt; show CHANGED; show DROPPED
            cd "$S/out"; prompt; show CHANGED; show DROPPED
            "#,
        );
        let left = |name: &str| format!("mcpenv: {name} was changed here and is left as it is\n");
        // a table without an order (zsh's) may name them in any
        let mut said: Vec<&str> = output.stderr.lines().collect();
        said.sort_unstable();
        assert_eq!(said.join("\n") + "\n", left("CHANGED") + &left("DROPPED"), "{}", shell.name);
        crate::sandbox::Output { stderr: String::new(), ..output }.is(
            shell,
            "CHANGED exported [mine]\nDROPPED unset\nKEPT exported [ours]\nCHANGED exported [mine]
            CHANGED exported [mine]\nDROPPED unset\nKEPT unset
            CHANGED exported [ours]\nDROPPED exported [ours]\nCHANGED exported [mine]\nDROPPED unset",
            "",
        );
    });
}

#[test]
fn our_value_that_another_tool_puts_back_after_leaving_is_removed_at_the_next_prompt() {
    each(|shell| {
        let sandbox = with_token(shell);
        sandbox
            .run(
                r#"
            cd "$S/p"; prompt; give TOK theirs; cd "$S/out"; prompt; give TOK ours; prompt; show TOK
            give TOK ours; prompt; show TOK
            drop TOK; hold TOK before; cd "$S/p"; prompt; cd "$S/out"; prompt; give TOK ours; prompt; show TOK
            "#,
            )
            .is(shell, "TOK unset\nTOK exported [ours]\nTOK set [before]", "mcpenv: TOK was changed here and is left as it is");
    });
}

#[test]
fn what_is_put_back_at_the_prompt_after_a_cd_that_counted_at_once_is_removed_too() {
    only("zsh", |shell| {
        let sandbox = with_token(shell);
        let mut terminal = Terminal::start(&sandbox);
        terminal.run("theirs() { [[ -z $again ]] || give TOK ours; again= }; precmd_functions+=(theirs)");
        terminal.run("cd \"$S/p\"");
        terminal.run("cd \"$S/out\"; cd \"$S\"; again=1");
        let shown = terminal.run("show TOK");
        assert!(shown.contains("TOK unset"), "{}: {}", shell.name, terminal.all());
    });
}

#[test]
fn from_one_project_straight_into_another_only_the_second_one_s_are_there() {
    each(|shell| {
        let sandbox = with_token(shell);
        sandbox.project("q");
        sandbox.project("p/inner");
        sandbox.answer("q", &Answer::new(&sandbox).put(&[("TOK", b"of q"), ("OTHER", b"of q")]));
        sandbox.answer("p/inner", &Answer::new(&sandbox).put(&[("INNER", b"of inner")]));
        sandbox
            .run(
                r#"
            give TOK before
            cd "$S/p"; prompt; cd "$S/q"; prompt; show TOK; show OTHER
            give TOK ours; prompt; show TOK
            cd "$S/p/inner"; prompt; show TOK; show OTHER; show INNER
            cd ..; prompt; show TOK; show INNER
            cd "$S/out"; prompt; show TOK; show INNER; show __MCPENV_LOADED
            "#,
            )
            .is(
                shell,
                "TOK exported [of q]\nOTHER exported [of q]
            TOK exported [of q]
            TOK exported [before]\nOTHER unset\nINNER exported [of inner]
            TOK exported [ours]\nINNER unset
            TOK exported [before]\nINNER unset\n__MCPENV_LOADED unset",
                "",
            );
    });
}

#[test]
fn a_line_on_entry_is_said_once_for_each_entry_and_a_warning_once_in_a_shell() {
    each(|shell| {
        let sandbox = Sandbox::new(shell);
        let answer = Answer::new(&sandbox).put(&[("TOK", b"ours")]).say("mcpenv: dev · 1 loaded").warn("mcpenv: a warning");
        sandbox.answer("p", &answer.watch(&sandbox.path("p/.mcpenv.toml")));
        sandbox
            .run(
                r#"
            cd "$S/p"; prompt; prompt
            touch -d 2001-01-01 "$S/p/.mcpenv.toml"; prompt
            cd "$S/out"; prompt; cd "$S/p"; prompt
            "#,
            )
            .is(shell, "", "mcpenv: dev · 1 loaded\nmcpenv: a warning\nmcpenv: dev · 1 loaded");
    });
}

#[test]
fn odd_bytes_and_large_values_survive_entering_and_leaving() {
    each(|shell| {
        let sandbox = Sandbox::new(shell);
        let all: Vec<u8> = (1..=255).chain(*b"\n\n").collect();
        let large = vec![b'\''; 120_000];
        sandbox.answer("p", &Answer::new(&sandbox).put(&[("ALL", &all), ("LARGE", &large)]));
        let output = sandbox.run(
            r#"
            cd "$S/p"; prompt; /usr/bin/env -0 >"$S/inside"; cp "$S/inside" "$S/again"
            cd "$S/out"; prompt; show ALL; show LARGE
            "#,
        );
        output.is(shell, "ALL unset\nLARGE unset", "");
        let inside = std::fs::read(sandbox.path("inside")).expect("the environment");
        for (name, value) in [("ALL", &all), ("LARGE", &large)] {
            let wanted = [name.as_bytes(), b"=", value].concat();
            assert!(inside.split(|byte| *byte == 0).any(|entry| entry == wanted), "{}: {name}", shell.name);
        }
    });
}

#[test]
fn a_variable_that_is_more_than_a_text_is_not_loaded_and_no_command_in_a_value_runs() {
    let cases: &[(&str, &str)] = &[
        (
            "bash",
            "declare -i A=1; declare -r B=1; declare -a C=(1); declare -a D=([3]=1); declare -A E=([k]=1); T=1; declare -n F=T; declare -l G=x; declare -u H=X; readonly I",
        ),
        (
            "zsh",
            "typeset -i A=1; typeset -r B=1; typeset -a C=(1); typeset -F D=1; typeset -A E=(k 1); typeset -T F f; typeset -L3 G=x; typeset -u H=X; typeset -U I=x",
        ),
    ];
    for (name, set_up) in cases {
        only(name, |shell| {
            let sandbox = Sandbox::new(shell);
            let evil = format!("x[$(touch {})]", sandbox.path("ran").display());
            let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "Z"];
            let pairs: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, evil.as_bytes())).collect();
            sandbox.answer("p", &Answer::new(&sandbox).put(&pairs).watch(&sandbox.path("p/.mcpenv.toml")));
            let state = "for n in A B C D E F G H I Z; do declare -p $n 2>/dev/null | cat -v; done";
            let state = if *name == "zsh" { "{ typeset -p A B C D E F f G H I 2>&1; typeset -p Z 2>/dev/null; }" } else { state };
            let output = sandbox.run(&format!(
                r#"{set_up}; {state} >"$S/before"; cd "$S/p"; prompt; show Z; cd "$S/out"; prompt; cd "$S/p"; prompt; cd "$S/out"; prompt
                {state} >"$S/after"; cmp "$S/before" "$S/after" && echo same"#
            ));
            assert_eq!(output.stdout, format!("Z exported [{evil}]\nsame\n"), "{name}: {}", output.stderr);
            assert!(!sandbox.path("ran").exists(), "{name}: a command in a value ran");
            assert_eq!(output.stderr.lines().count(), 9, "{name}: {}", output.stderr);
            assert!(
                output.stderr.lines().all(|line| line.starts_with("mcpenv: ") && line.ends_with("is not loaded")),
                "{name}: {}",
                output.stderr
            );
            assert!(!output.stderr.contains("x["), "{name}: {}", output.stderr);
        });
    }
}

#[test]
fn a_variable_made_readonly_inside_is_left_alone() {
    for (name, lock) in [("bash", "readonly TOK"), ("zsh", "typeset -gr TOK")] {
        only(name, |shell| {
            let sandbox = with_token(shell);
            let script =
                format!(r#"cd "$S/p"; prompt; {lock}; cd "$S/out"; prompt; echo "$TOK"; prompt; cd "$S/p"; prompt; echo "$TOK""#);
            let output = sandbox.run(&script);
            assert_eq!(output.stdout, "ours\nours\n", "{name}: {}", output.stderr);
            assert_eq!(output.stderr.lines().next(), Some("mcpenv: TOK was changed here and is left as it is"), "{name}");
            assert_eq!(output.stderr.lines().count(), 2, "{name}: {}", output.stderr);
        });
    }
}

#[test]
fn an_integer_without_a_value_becomes_a_plain_variable() {
    for name in ["bash", "zsh"] {
        only(name, |shell| {
            let sandbox = Sandbox::new(shell);
            let evil = format!("x[$(touch {})]", sandbox.path("ran").display());
            sandbox.answer("p", &Answer::new(&sandbox).put(&[("TOK", evil.as_bytes())]));
            let output = sandbox.run(r#"declare -i TOK; cd "$S/p"; prompt; cd "$S/out"; prompt"#);
            assert!(!sandbox.path("ran").exists(), "{name}: {}", output.stderr);
        });
    }
}

#[test]
fn a_local_name_waits_for_the_prompt_and_a_tied_one_is_refused() {
    only("zsh", |shell| {
        let sandbox = with_token(shell);
        sandbox
            .run(
                r#"
            go() { local TOK=inner; cd "$S/p"; __mcpenv_early=; prompt; print -r -- "inside $TOK" }
            go; prompt; show TOK
            back() { local TOK=inner; cd "$S/out"; prompt; print -r -- "inside $TOK" }
            back; prompt; show TOK
            "#,
            )
            .is(shell, "inside inner\nTOK exported [ours]\ninside inner\nTOK unset", "");
    });
}

#[test]
fn a_value_that_differs_only_in_case_or_only_moved_between_variables_counts_as_changed() {
    each(|shell| {
        let sandbox = Sandbox::new(shell);
        // what stands between two values where they are compared in one text
        let pairs: &[(&str, &[u8])] = &[("ONE", b"ours"), ("TWO", b"a\x01 b"), ("THREE", b"c")];
        sandbox.answer("p", &Answer::new(&sandbox).put(pairs).watch(&sandbox.path("p/.mcpenv.toml")));
        let loose = if shell.name == "bash" { "shopt -s nocasematch" } else { "true" };
        let output = sandbox.run(&format!(
            r#"
            {loose}
            cd "$S/p"; prompt; give ONE OURS; cd "$S/out"; prompt; show ONE; show THREE; drop ONE
            cd "$S/p"; prompt; give TWO a; give THREE "$(printf 'b\001 c')"; cd "$S/out"; prompt; show ONE; show TWO; show THREE
            drop TWO; drop THREE; cd "$S/p"; prompt; cd "$S/out"; prompt; show ONE; show TWO; show THREE
            "#
        ));
        let left = |name: &str| format!("mcpenv: {name} was changed here and is left as it is\n");
        output.is(
            shell,
            "ONE exported [OURS]\nTHREE unset\nONE unset\nTWO exported [a]\nTHREE exported [b\x01 c]\nONE unset\nTWO unset\nTHREE unset",
            &(left("ONE") + &left("TWO") + &left("THREE")),
        );
    });
}

#[test]
fn one_variable_that_stood_there_before_among_others_comes_back_and_leaves_nothing_for_the_next_time() {
    each(|shell| {
        let sandbox = Sandbox::new(shell);
        let pairs: &[(&str, &[u8])] = &[("ONE", b"ours"), ("TWO", b"ours"), ("THREE", b"ours")];
        sandbox.answer("p", &Answer::new(&sandbox).put(pairs).watch(&sandbox.path("p/.mcpenv.toml")));
        sandbox
            .run(
                r#"
            give TWO before; cd "$S/p"; prompt; show TWO; cd "$S/out"; prompt; show ONE; show TWO; show THREE
            drop TWO; hold THREE before; cd "$S/p"; prompt; cd "$S/out"; prompt; show ONE; show TWO; show THREE
            drop THREE; cd "$S/p"; prompt; show THREE; cd "$S/out"; prompt; give TWO ours; prompt; show ONE; show TWO; show THREE
            "#,
            )
            .is(
                shell,
                "TWO exported [ours]\nONE unset\nTWO exported [before]\nTHREE unset
                ONE unset\nTWO unset\nTHREE set [before]\nTHREE exported [ours]\nONE unset\nTWO unset\nTHREE unset",
                "",
            );
    });
}
