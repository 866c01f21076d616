//! Beside a real direnv that sets the same variable, with its hook before and after ours.

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
