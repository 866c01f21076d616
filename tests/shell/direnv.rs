//! Beside a real direnv that sets the same variable, with its hook before and after ours.

use crate::terminal::Terminal;
use crate::under_test::{each, is_there};
use crate::world::World;

#[test]
fn a_direnv_that_sets_the_same_variable_leaves_no_value_behind_whichever_hook_comes_first() {
    if !is_there("direnv") {
        return;
    }
    each(|shell| {
        for is_first in [true, false] {
            let world = World::with(shell, &[("TOK", "ours")]);
            let project = world.home.project("acme");
            world.home.write(&project.join(".envrc"), "export TOK=theirs\n");
            let theirs = match shell.name {
                "fish" => "direnv hook fish | source".to_owned(),
                name => format!("eval \"$(direnv hook {name})\""),
            };
            let mine = match shell.name {
                "fish" => "\"$M\" hook fish | source".to_owned(),
                name => format!("eval \"$(\"$M\" hook {name})\""),
            };
            let hooks = if is_first { format!("{theirs}\n{mine}") } else { format!("{mine}\n{theirs}") };
            let output = world.run_bare(&format!(
                "{}\ncd \"$P\"; direnv allow 2>/dev/null; cd \"$S\"\n{hooks}\ngive TOK before\ncd \"$P\"; prompt; prompt; cd \"$S\"; prompt; prompt; show TOK",
                shell.prelude
            ));
            assert_eq!(output.stdout, "TOK exported [before]\n", "{}: direnv first: {is_first}: {}", shell.name, output.stderr);
        }
    });
}

#[test]
fn the_same_holds_at_a_prompt_where_a_cd_counts_at_once() {
    if !is_there("direnv") {
        return;
    }
    each(|shell| {
        for is_first in [true, false] {
            let mut world = World::with(shell, &[("TOK", "ours")]);
            world.home.write(&world.home.project("acme").join(".envrc"), "export TOK=theirs\n");
            world.home.set_variable("DIRENV_LOG_FORMAT", "");
            let mut terminal = Terminal::open(shell, world.home.variables(), &world.home.root());
            let [theirs, mine] = [("direnv", "theirs"), ("\"$M\"", "mine")].map(|(program, name)| {
                let line = match shell.name {
                    "fish" => format!("{program} hook fish | source\n"),
                    name => format!("eval \"$({program} hook {name})\"\n"),
                };
                let path = world.home.root().join(name);
                std::fs::write(&path, line).expect("a start file");
                path
            });
            std::fs::write(world.home.root().join("prelude"), shell.prelude).expect("the prelude");
            terminal.source(&world.home.root().join("prelude"));
            terminal.run("give TOK before; cd \"$P\"; direnv allow; cd \"$S\"");
            for start in if is_first { [&theirs, &mine] } else { [&mine, &theirs] } {
                terminal.source(start);
            }
            terminal.run("cd \"$P\"");
            terminal.run("cd \"$S\"");
            terminal.run("true");
            let shown = terminal.run("show TOK");
            assert!(shown.contains("TOK exported [before]"), "{}: direnv first: {is_first}: {}", shell.name, terminal.all());
        }
    });
}
