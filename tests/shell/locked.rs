//! A project whose profile only a passphrase opens: the prompt asks nobody, and hears of `unlock` and `lock`.

use std::time::{Duration, Instant};

use crate::home::{chmod, path, program};
use crate::under_test::{each, only};
use crate::world::World;

const TOK: &[(&str, &str)] = &[("TOK", "ours")];
const WORDS: &str = "correct horse";

fn unlock(world: &World, period: &str) {
    let (code, screen) = world.home.answer(&["unlock", "--for", period], &[("(hidden)", &format!("{WORDS}\r"))]);
    assert_eq!(code, 0, "{screen}");
}

fn lock(world: &World) {
    let ran = world.home.run(&["lock"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_locked_identity_costs_one_line_and_the_prompts_after_it_are_quiet() {
    each(|shell| {
        let Some(world) = World::locked(shell, TOK, WORDS) else { return };
        let output = world.run(r#"cd "$P"; prompt; show TOK; prompt; prompt; cd "$S"; prompt; show TOK"#);
        assert_eq!(output.stdout, "TOK unset\nTOK unset\n", "{}: {}", shell.name, output.stderr);
        assert_eq!(output.stderr.lines().count(), 1, "{}: {}", shell.name, output.stderr);
        assert!(output.stderr.contains("mcpenv unlock"), "{}: {}", shell.name, output.stderr);
    });
}

#[test]
fn an_unlock_is_heard_at_the_next_prompt_and_a_lock_in_every_shell() {
    each(|shell| {
        let Some(world) = World::locked(shell, TOK, WORDS) else { return };
        let mut shells = [world.terminal(), world.terminal()];
        for terminal in &mut shells {
            terminal.run("cd \"$P\"");
            assert!(terminal.run("show TOK").contains("TOK unset"), "{}: {}", shell.name, terminal.all());
        }
        unlock(&world, "1h");
        for terminal in &mut shells {
            terminal.run("true");
            assert!(terminal.run("show TOK").contains("TOK exported [ours]"), "{}: {}", shell.name, terminal.all());
        }
        lock(&world);
        for terminal in &mut shells {
            terminal.run("true");
            assert!(terminal.run("show TOK").contains("TOK unset"), "{}: {}", shell.name, terminal.all());
            assert!(!terminal.all().contains("panicked"), "{}", terminal.all());
        }
    });
}

#[test]
fn what_was_unlocked_for_a_while_goes_by_itself_when_its_time_is_over_and_no_process_asks_before() {
    only("bash", |shell| {
        let Some(world) = World::locked(shell, TOK, WORDS) else { return };
        // the same program, counted
        let (counter, calls) = (world.home.root().join("counter"), world.home.root().join("calls"));
        world.home.write(&counter, format!("#!/bin/sh\necho x >>'{}'\nexec '{}' \"$@\"\n", path(&calls), program()));
        chmod(&counter, 0o755);
        let count = || std::fs::read_to_string(&calls).unwrap_or_default().lines().count();
        let mut terminal = world.terminal();
        terminal.run(&format!("__mcpenv_bin='{}'", path(&counter)));
        unlock(&world, "10s");
        let until = Instant::now() + Duration::from_secs(11);
        terminal.run("cd \"$P\"");
        assert!(terminal.run("show TOK").contains("TOK exported [ours]"), "{}", terminal.all());
        let entered = count();
        // a busy machine may have taken all the time there was
        if Instant::now() + Duration::from_secs(4) < until {
            (0..5).for_each(|_| drop(terminal.run("true")));
            assert!(entered >= 1 && count() == entered, "an idle prompt starts nothing: {}", terminal.all());
        }
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
        terminal.run("true");
        assert!(terminal.run("show TOK").contains("TOK unset"), "{}", terminal.all());
        assert!(count() > entered);
    });
}
