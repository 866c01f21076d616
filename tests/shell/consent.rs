//! The same table, where the user's word is asked: nothing is loaded that was not approved, and what changes is noticed at the
//! next prompt.

use std::fs;

use crate::home::chmod;
use crate::under_test::each;
use crate::world::World;

const TOK: &[(&str, &str)] = &[("TOK", "ours")];

#[test]
fn nothing_is_loaded_before_an_approval_and_one_line_says_so_once() {
    each(|shell| {
        let world = World::bare(shell);
        world.home.declare("acme", &["TOK"]);
        world.home.init("acme");
        world.home.store("acme", "TOK", "ours");
        let output = world.run(r#"cd "$P"; prompt; show TOK; prompt; cd "$S"; prompt; cd "$P"; prompt"#);
        assert_eq!(output.stdout, "TOK unset\n", "{}", shell.name);
        assert_eq!(output.stderr.lines().count(), 1, "{}: {}", shell.name, output.stderr);
        assert!(output.stderr.contains("mcpenv allow"), "{}: {}", shell.name, output.stderr);
    });
}

#[test]
fn an_approval_after_a_refusal_is_noticed_at_the_next_prompt_and_so_is_a_withdrawal() {
    each(|shell| {
        let world = World::bare(shell);
        world.home.declare("acme", &["TOK"]);
        world.home.init("acme");
        world.home.store("acme", "TOK", "ours");
        let mut terminal = world.terminal();
        terminal.run("cd \"$P\"");
        assert!(terminal.run("show TOK").contains("TOK unset"), "{}: {}", shell.name, terminal.all());
        world.home.allow("acme");
        terminal.run("true");
        assert!(terminal.run("show TOK").contains("TOK exported [ours]"), "{}: {}", shell.name, terminal.all());
        assert_eq!(world.home.run_in("acme", &["deny"]).code, 0);
        terminal.run("true");
        assert!(terminal.run("show TOK").contains("TOK unset"), "{}: {}", shell.name, terminal.all());
        world.home.allow("acme");
        terminal.run("true");
        assert!(terminal.run("show TOK").contains("TOK exported [ours]"), "{}: {}", shell.name, terminal.all());
    });
}

#[test]
fn a_server_that_changed_loses_its_variables_until_it_is_approved_again() {
    each(|shell| {
        let world = World::with(shell, &[("TOK", "ours"), ("OTHER", "ours")]);
        let mut terminal = world.terminal();
        terminal.run("cd \"$P\"");
        let file = world.home.project("acme").join(".mcp.json");
        let text = fs::read_to_string(&file).expect("the client's file");
        fs::write(&file, text.replace("/opt/tok", "/tmp/evil")).expect("the client's file");
        terminal.run("true");
        assert!(terminal.run("show TOK").contains("TOK unset"), "{}: {}", shell.name, terminal.all());
        assert!(terminal.run("show OTHER").contains("OTHER exported [ours]"), "{}: {}", shell.name, terminal.all());
        world.home.allow("acme");
        terminal.run("true");
        assert!(terminal.run("show TOK").contains("TOK exported [ours]"), "{}: {}", shell.name, terminal.all());
    });
}

#[test]
fn a_worktree_is_a_project_of_its_own_and_must_be_approved_apart() {
    each(|shell| {
        let world = World::with(shell, TOK);
        let output = world.run(
            r#"cp -r "$P" "$S/src/tree"; mkdir "$S/src/tree/.git"; cd "$S/src/tree"; prompt; show TOK; mv "$P" "$S/src/gone"; mv "$S/src/tree" "$P"; cd "$S/src/gone"; prompt; show TOK"#,
        );
        assert_eq!(output.stdout, "TOK unset\nTOK unset\n", "{}: {}", shell.name, output.stderr);
    });
}

#[test]
fn a_project_that_others_can_write_is_refused() {
    each(|shell| {
        let world = World::with(shell, TOK);
        chmod(&world.home.project("acme").join(".mcpenv.toml"), 0o666);
        let output = world.run(r#"cd "$P"; prompt; show TOK; prompt"#);
        assert_eq!(output.stdout, "TOK unset\n", "{}: {}", shell.name, output.stderr);
        assert!(output.stderr.contains("chmod"), "{}: {}", shell.name, output.stderr);
    });
}

#[test]
fn a_shell_that_an_agent_started_gets_nothing_and_is_told_once() {
    each(|shell| {
        let mut world = World::with(shell, TOK);
        world.home.set_variable("CLAUDECODE", "1");
        let output = world.run(r#"cd "$P"; prompt; show TOK; prompt; cd "$S"; prompt; cd "$P"; prompt; show TOK"#);
        assert_eq!(output.stdout, "TOK unset\nTOK unset\n", "{}: {}", shell.name, output.stderr);
        assert_eq!(output.stderr.lines().count(), 1, "{}: {}", shell.name, output.stderr);
    });
}
