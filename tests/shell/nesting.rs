//! A shell inside a shell: it knows from the exported marker what is loaded, and leaves the outer one alone.

use crate::sandbox::Sandbox;
use crate::stand_in::Answer;
use crate::terminal::Terminal;
use crate::under_test::{each, installed};

#[test]
fn a_nested_shell_takes_over_what_the_outer_one_loaded_and_the_outer_one_still_restores() {
    each(|outer| {
        for inner in installed() {
            let sandbox = Sandbox::new(outer);
            sandbox.answer("p", &Answer::new(&sandbox).put(&[("TOK", b"ours"), ("OTHER", b"ours")]));
            // the inner shell, started outside the project with what the outer one exported
            let within = Sandbox::new(inner);
            let answer = Answer::new(&within).adopt(&["TOK", "OTHER"]).undo();
            std::fs::write(within.path("stand/foreign"), answer.whole()).expect("an answer");
            let hook = within.hook(&within.path("stand/mcpenv"));
            let script = format!(
                "{}\n{}\nshow TOK; prompt; show TOK; show OTHER; show __MCPENV_LOADED; prompt\n",
                inner.prelude,
                (inner.load)(&hook)
            );
            std::fs::write(within.path("script"), script).expect("the inner script");
            let start = format!("{} {} '{}'", inner.program, inner.script.join(" "), within.path("script").display());
            sandbox.run(&format!(
                "give TOK before\ncd \"$S/p\"; prompt; cd \"$S/p/..\"; {start}; cd \"$S/p\"; prompt; show TOK; cd \"$S/out\"; prompt; show TOK; show OTHER"
            ))
            .is(
                outer,
                "TOK exported [ours]\nTOK unset\nOTHER unset\n__MCPENV_LOADED unset
                TOK exported [ours]\nTOK exported [before]\nOTHER unset",
                "",
            );
            assert_eq!(within.calls(), [format!("{} foreign ", inner.name)], "{} in {}", inner.name, outer.name);
        }
    });
}

#[test]
fn a_nested_shell_started_in_the_project_ends_with_it_loaded_and_leaves_clean() {
    each(|shell| {
        let sandbox = Sandbox::new(shell);
        let answer = Answer::new(&sandbox).adopt(&["TOK"]).put(&[("TOK", b"ours"), ("NEW", b"ours")]);
        sandbox.answer_foreign(&answer.watch(&sandbox.path("p/.mcpenv.toml")));
        sandbox
            .run(
                r#"
            give __MCPENV_LOADED 1:TOK=0123456789abcdef; give TOK ours
            cd "$S/p"; prompt; show TOK; show NEW; prompt
            cd "$S/out"; prompt; show TOK; show NEW; show __MCPENV_LOADED
            "#,
            )
            .is(shell, "TOK exported [ours]\nNEW exported [ours]\nTOK unset\nNEW unset\n__MCPENV_LOADED unset", "");
        assert_eq!(sandbox.calls(), [format!("{} foreign p", shell.name)]);
    });
}

#[test]
fn a_subshell_never_loads_and_a_line_with_cd_has_the_variables_where_that_is_promised() {
    each(|shell| {
        let sandbox = Sandbox::new(shell);
        sandbox.answer("p", &Answer::new(&sandbox).put(&[("TOK", b"ours")]));
        let mut terminal = Terminal::start(&sandbox);
        if shell.name != "fish" {
            terminal.run("(cd \"$S/p\"; show TOK)");
            assert!(sandbox.calls().is_empty(), "{}: a subshell asked", shell.name);
        }
        let shown = terminal.run("cd \"$S/p\" && show TOK");
        let wanted = if shell.name == "bash" { "TOK unset" } else { "TOK exported [ours]" };
        assert!(shown.contains(wanted), "{}: {shown}", shell.name);
        assert!(terminal.run("show TOK").contains("TOK exported [ours]"), "{}", shell.name);
        assert_eq!(sandbox.calls().len(), 1, "{}: one process in all", shell.name);
        terminal.run("cd \"$S/out\" && cd \"$S/p\" && cd \"$S/out\"");
        assert!(terminal.run("show TOK").contains("TOK unset"), "{}", shell.name);
    });
}
