//! The one table of scenarios: the real program, a real profile, real shells. Each test is a row that restates what the tests
//! of direnv, mise, fnox and shadowenv ask of a hook, in this project's terms.

use std::fs;

use crate::under_test::{each, installed};
use crate::world::World;

const TOK: &[(&str, &str)] = &[("TOK", "ours")];
const ENTRY: &str = "mcpenv: acme · 1 loaded";

// direnv: base, reload, unload

#[test]
fn entering_loads_an_idle_prompt_says_nothing_and_leaving_unloads() {
    each(|shell| {
        let world = World::with(shell, TOK);
        world.run(r#"prompt; cd "$P"; prompt; show TOK; prompt; prompt; cd "$S"; prompt; show TOK; show __MCPENV_LOADED"#).is(
            shell,
            "TOK exported [ours]\nTOK unset\n__MCPENV_LOADED unset",
            ENTRY,
        );
    });
}

#[test]
fn a_touch_reloads_without_a_word_and_a_reformatted_file_needs_no_new_approval() {
    each(|shell| {
        let world = World::with(shell, TOK);
        let output = world.run(
            r#"
            cd "$P"; prompt; touch -d 2001-01-01 "$P/.mcp.json"; prompt; show TOK
            tr -d ' \n' <"$P/.mcp.json" >"$P/one-line"; mv "$P/one-line" "$P/.mcp.json"; prompt; show TOK
            "#,
        );
        output.is(shell, "TOK exported [ours]\nTOK exported [ours]", ENTRY);
    });
}

#[test]
fn odd_directories_are_projects_like_any_other() {
    each(|shell| {
        let names = ["a b", "naïve 日本", "$test", "back\\slash", "re\rturn", "'q\"`$(x)`", "-dash", "new\nline", "[*?]"];
        for name in names {
            let mut world = World::bare(shell);
            world.add_as(name, "odd", TOK);
            world.home.set_variable("P", world.home.project(name));
            world.run(r#"cd "$P"; prompt; show TOK; prompt; cd "$S"; prompt; show TOK"#).is(
                shell,
                "TOK exported [ours]\nTOK unset",
                "mcpenv: odd · 1 loaded",
            );
        }
    });
}

#[test]
fn an_empty_variable_and_an_unset_one_are_told_apart() {
    each(|shell| {
        let world = World::with(shell, &[("EMPTY", "ours"), ("NONE", "ours"), ("PLAIN", "ours")]);
        world.run(r#"give EMPTY ''; hold PLAIN ''; cd "$P"; prompt; cd "$S"; prompt; show EMPTY; show NONE; show PLAIN"#).is(
            shell,
            "EMPTY exported []\nNONE unset\nPLAIN set []",
            "mcpenv: acme · 3 loaded",
        );
    });
}

#[test]
fn a_project_reached_through_a_link_is_the_same_project_and_a_changed_link_is_followed() {
    each(|shell| {
        let world = World::with(shell, TOK);
        world.add("other", &[("TOK", "of other")]);
        world.run(
            r#"
            ln -s "$S/src/acme" "$S/link"; cd "$S/link"; prompt; show TOK
            cd "$S"; prompt; rm "$S/link"; ln -s "$S/src/other" "$S/link"; cd "$S/link"; prompt; show TOK; cd "$S"; prompt; show TOK
            "#,
        )
        .is(
            shell,
            "TOK exported [ours]\nTOK exported [of other]\nTOK unset",
            &format!("{ENTRY}\nmcpenv: other · 1 loaded"),
        );
    });
}

#[test]
fn a_broken_project_file_costs_one_line_takes_away_what_was_loaded_and_a_mended_one_loads_again() {
    each(|shell| {
        let world = World::with(shell, TOK);
        let output = world.run(
            r#"
            give TOK before; cd "$P"; prompt; cp "$P/.mcpenv.toml" "$S/good"; echo '= broken' >"$P/.mcpenv.toml"; prompt; show TOK; prompt; prompt
            cp "$S/good" "$P/.mcpenv.toml"; prompt; show TOK
            "#,
        );
        assert_eq!(output.stdout, "TOK exported [before]\nTOK exported [ours]\n", "{}: {}", shell.name, output.stderr);
        let lines: Vec<&str> = output.stderr.lines().collect();
        assert!(
            lines.len() == 3 && lines[0] == ENTRY && lines[1].contains(".mcpenv.toml") && lines[2] == ENTRY,
            "{}: {lines:?}",
            shell.name
        );
    });
}

// mise, fnox: what changes while a shell stands in a project

#[test]
fn a_rotated_a_removed_and_a_new_value_are_there_at_the_next_prompt() {
    each(|shell| {
        let world = World::with(shell, &[("TOK", "ours"), ("OTHER", "ours")]);
        let mut terminal = world.terminal();
        let mut second = world.terminal();
        terminal.run("give OTHER before");
        terminal.run("cd \"$P\"");
        second.run("cd \"$P\"");
        world.home.store("acme", "TOK", "rotated");
        assert_eq!(world.home.run(&["unset", "OTHER", "--profile", "acme"]).code, 0);
        terminal.run("true");
        second.run("true");
        assert!(terminal.run("show TOK").contains("TOK exported [rotated]"), "{}: {}", shell.name, terminal.all());
        assert!(second.run("show TOK").contains("TOK exported [rotated]"), "{}: {}", shell.name, second.all());
        assert!(terminal.run("show OTHER").contains("OTHER exported [before]"), "{}: {}", shell.name, terminal.all());
        world.home.store("acme", "OTHER", "back");
        terminal.run("true");
        assert!(terminal.run("show OTHER").contains("OTHER exported [back]"), "{}: {}", shell.name, terminal.all());
        second.run("cd \"$S\"");
        assert!(second.run("show TOK").contains("TOK unset"), "{}: {}", shell.name, second.all());
    });
}

#[test]
fn a_nearer_project_wins_and_its_end_gives_the_outer_one_back() {
    each(|shell| {
        let world = World::with(shell, TOK);
        world.add_as("acme/inner", "inner", &[("TOK", "inner"), ("DEEP", "inner")]);
        world
            .run(
                r#"
            mv "$P/inner/.mcpenv.toml" "$S/away"; cd "$P/inner"; prompt; show TOK; show DEEP
            mv "$S/away" "$P/inner/.mcpenv.toml"; prompt; show TOK; show DEEP
            rm "$P/inner/.mcpenv.toml"; prompt; show TOK; show DEEP
            "#,
            )
            .is(
                shell,
                "TOK exported [ours]\nDEEP unset\nTOK exported [inner]\nDEEP exported [inner]\nTOK exported [ours]\nDEEP unset",
                &format!("{ENTRY}\nmcpenv: inner · 2 loaded\n{ENTRY}"),
            );
    });
}

#[test]
fn from_one_project_into_another_with_pushd_and_back() {
    each(|shell| {
        let world = World::with(shell, TOK);
        world.add("other", &[("OTHER", "of other")]);
        world
            .run(
                r#"
            give OTHER before; cd "$P"; prompt; pushd "$S/src/other" >/dev/null; prompt; show TOK; show OTHER
            popd >/dev/null; prompt; show TOK; show OTHER
            "#,
            )
            .is(
                shell,
                "TOK unset\nOTHER exported [of other]\nTOK exported [ours]\nOTHER exported [before]",
                &format!("{ENTRY}\nmcpenv: other · 1 loaded\n{ENTRY}"),
            );
    });
}

#[test]
fn a_missing_identity_costs_one_line_at_each_entry_and_nothing_else() {
    each(|shell| {
        let world = World::with(shell, TOK);
        fs::remove_file(world.home.data().join("identity")).expect("the identity");
        let output = world.run(r#"cd "$P"; prompt; show TOK; prompt; cd "$S"; prompt; cd "$P"; prompt; show TOK"#);
        assert_eq!(output.stdout, "TOK unset\nTOK unset\n", "{}: {}", shell.name, output.stderr);
        assert_eq!(output.stderr.lines().count(), 2, "{}: {}", shell.name, output.stderr);
    });
}

#[test]
fn a_mode_that_was_mended_is_noticed_though_a_chmod_changes_no_time() {
    each(|shell| {
        let world = World::with(shell, TOK);
        // a clock that passes only in the shell: the hook asks again two seconds later
        let output = world.run(r#"chmod 777 "$P"; cd "$P"; prompt; show TOK; chmod 755 "$P"; sleep 3.1; prompt; show TOK"#);
        assert_eq!(output.stdout, "TOK unset\nTOK exported [ours]\n", "{}: {}", shell.name, output.stderr);
        assert!(output.stderr.contains("chmod go-w") && output.stderr.contains(ENTRY), "{}: {}", shell.name, output.stderr);
    });
}

#[test]
fn leaving_needs_no_key_no_store_and_no_readable_project() {
    each(|shell| {
        let world = World::with(shell, TOK);
        world.run(
            r#"give TOK before; cd "$P"; prompt; show TOK; rm -rf "$S/home/.local" "$S/home/.config" "$S/run"; cd "$S"; rm -rf "$P"; prompt; show TOK"#,
        )
        .is(shell, "TOK exported [ours]\nTOK exported [before]", ENTRY);
    });
}

// shadowenv, direnv: values

#[test]
fn values_full_of_metacharacters_arrive_and_go() {
    let values: &[(&str, &str)] = &[
        ("V01", "$HOME"),
        ("V02", "$(touch ran)"),
        ("V03", "`touch ran`"),
        ("V04", "a'b"),
        ("V05", "a\"b"),
        ("V06", "a\\b"),
        ("V07", "a;b"),
        ("V08", "a|b"),
        ("V09", "a&b"),
        ("V10", "a>ran"),
        ("V11", "a<b"),
        ("V12", "(a)"),
        ("V13", "{a,b}"),
        ("V14", "[a]"),
        ("V15", "*"),
        ("V16", "?"),
        ("V17", "!!"),
        ("V18", "#a"),
        ("V19", "~"),
        ("V20", "a=b"),
        ("V21", "%s%n"),
        ("V22", "a\tb"),
        ("V23", "^a"),
        ("V24", "é日\u{1f511}"),
        ("V25", "-n"),
        ("V26", "two\nlines"),
        ("V27", "\\x41\\n"),
    ];
    each(|shell| {
        let world = World::with(shell, values);
        let output = world.run(
            r#"
            cd "$P"; prompt; /usr/bin/env -0 >"$S/inside"; cd "$S"; prompt; /usr/bin/env -0 >"$S/outside"
            "#,
        );
        assert!(output.stdout.is_empty(), "{}: {}", shell.name, output.stdout);
        let inside = fs::read(world.home.root().join("inside")).expect("the environment");
        let outside = fs::read(world.home.root().join("outside")).expect("the environment");
        for (name, value) in values {
            let wanted = format!("{name}={value}");
            assert!(inside.split(|b| *b == 0).any(|entry| entry == wanted.as_bytes()), "{}: {name}", shell.name);
            assert!(
                !outside.split(|b| *b == 0).any(|entry| entry.starts_with(format!("{name}=").as_bytes())),
                "{}: {name}",
                shell.name
            );
        }
        for place in ["src/acme/ran", "ran"] {
            assert!(!world.home.root().join(place).exists(), "{}: a value ran as a command", shell.name);
        }
    });
}

// nested shells

#[test]
fn a_nested_shell_of_any_kind_takes_over_and_the_outer_one_restores() {
    each(|outer| {
        let world = World::with(outer, TOK);
        for inner in installed() {
            let hook = world.home.root().join(format!("hook-{}", inner.name));
            let text = world.home.run(&["hook", inner.name]).out;
            fs::write(&hook, text).expect("the inner hook");
            let script = world.home.root().join(format!("script-{}", inner.name));
            let steps = r#"show TOK; prompt; show TOK; cd "$P"; prompt; show TOK; give TOK mine; cd "$S"; prompt; show TOK"#;
            fs::write(&script, format!("{}\n{}\n{steps}\n", inner.prelude, (inner.load)(&hook))).expect("the inner script");
            let start = format!("{} {} '{}'", inner.program, inner.script.join(" "), script.display());
            let output = world.run(&format!("give TOK before; cd \"$P\"; prompt; cd \"$S\"; {start}; prompt; show TOK\n"));
            let wanted = "TOK exported [ours]\nTOK unset\nTOK exported [ours]\nTOK exported [mine]\nTOK exported [before]\n";
            assert_eq!(output.stdout, wanted, "{} in {}: {}", inner.name, outer.name, output.stderr);
        }
    });
}

#[test]
fn a_forged_marker_changes_nothing() {
    each(|shell| {
        let world = World::with(shell, TOK);
        let forged = [
            "1:HOME=0123456789abcdef",
            "1:HOME=",
            "2:HOME=0123456789abcdef",
            "$(touch ran)",
            "1:PATH=x:__mcpenv_n=y",
            "",
            &"1:A=0".repeat(9_000),
        ];
        for marker in forged {
            let quoted = marker.replace('\'', "");
            let output = world.run(&format!(
                "give __MCPENV_LOADED '{quoted}'; prompt; echo \"$HOME\"; cd \"$P\"; prompt; show TOK; cd \"$S\"; prompt; show TOK; show __MCPENV_LOADED"
            ));
            let home = world.home.home();
            let wanted = format!("{}\nTOK exported [ours]\nTOK unset\n__MCPENV_LOADED unset\n", home.display());
            assert_eq!(output.stdout, wanted, "{}: {}: {}", shell.name, &marker[..marker.len().min(40)], output.stderr);
        }
        assert!(!world.home.root().join("ran").exists(), "{}", shell.name);
    });
}

#[test]
fn variables_the_user_sets_survive_a_reload_and_a_leave() {
    each(|shell| {
        let world = World::with(shell, &[("TOK", "ours"), ("OTHER", "ours")]);
        world.run(
            r#"cd "$P"; prompt; give TOK mine; touch -d 2001-01-01 "$P/.mcp.json"; prompt; show TOK; show OTHER; cd "$S"; prompt; show TOK; show OTHER"#,
        )
        .is(
            shell,
            "TOK exported [mine]\nOTHER exported [ours]\nTOK exported [mine]\nOTHER unset",
            "mcpenv: acme · 2 loaded\nmcpenv: TOK was changed here and is left as it is",
        );
    });
}
