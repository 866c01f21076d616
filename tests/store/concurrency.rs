//! Many writers at once, in threads and in processes: every change that was reported as saved is there in the end.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::thread;

use mcpenv::store::{Store, StoreError};

use crate::child;
use crate::world::{NOW, World, name, secret, var};

const WRITERS: usize = 64;

/// Saves, and tries again while others are in the way.
fn persist(world: &World, variable: &str, value: &str) -> Result<(), StoreError> {
    loop {
        match world.change("acme", &[(variable, value)]) {
            Err(StoreError::Busy { .. }) => {}
            other => return other.map(drop),
        }
    }
}

#[test]
fn sixty_four_threads_that_set_different_names_all_keep_their_value() {
    let world = World::with("acme", &[]);
    thread::scope(|scope| {
        for index in 0..WRITERS {
            let world = &world;
            scope.spawn(move || persist(world, &format!("V{index}"), &format!("value {index}")).expect("saved"));
        }
    });
    let profile = world.store().load(&name("acme")).expect("loaded");
    assert_eq!(profile.generation, 1 + WRITERS as u64);
    for index in 0..WRITERS {
        assert_eq!(profile.variables[&var(&format!("V{index}"))].value, secret(format!("value {index}")));
    }
}

#[test]
fn processes_that_set_different_names_all_keep_their_value() {
    let world = World::with("acme", &[]);
    let mut waiting: Vec<_> = (0..WRITERS).collect();
    // one that was told to wait and did not get in is started again, as its user would
    for _round in 0..5 {
        let start = |index: &usize| {
            let mut command = child::command(&[], world.root.path(), &format!("set acme V{index} value{index}"));
            (*index, command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started"))
        };
        let children: Vec<_> = waiting.iter().map(start).collect();
        waiting.clear();
        for (index, running) in children {
            let said = child::said(&running.wait_with_output().expect("ended"));
            if said.contains("is being changed by another process") {
                waiting.push(index);
            } else {
                assert_eq!(said, "done", "V{index}");
            }
        }
    }
    assert!(waiting.is_empty(), "{waiting:?}");
    let profile = world.store().load(&name("acme")).expect("loaded");
    for index in 0..WRITERS {
        assert_eq!(profile.variables[&var(&format!("V{index}"))].value, secret(format!("value{index}")));
    }
}

#[test]
fn of_many_that_save_what_they_loaded_before_one_wins_and_the_others_are_told() {
    let world = World::with("acme", &[("A", "old")]);
    let results: Vec<_> = thread::scope(|scope| {
        let before: Vec<_> = (0..8).map(|_| world.store().load(&name("acme")).expect("loaded")).collect();
        let attempts: Vec<_> = before
            .into_iter()
            .enumerate()
            .map(|(index, mut profile)| {
                let store = world.store();
                scope.spawn(move || {
                    profile.set(var("A"), secret(format!("{index}")), NOW);
                    let lock = store.lock(&name("acme")).expect("free in the end");
                    store.save(&lock, &name("acme"), &mut profile).map(|_| index)
                })
            })
            .collect();
        attempts.into_iter().map(|attempt| attempt.join().expect("ended")).collect()
    });
    let winners: Vec<_> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
    assert_eq!(winners.len(), 1);
    assert!(results.iter().filter_map(|r| r.as_ref().err()).all(|e| matches!(e, StoreError::Conflict { .. })));
    let value = &world.store().load(&name("acme")).expect("loaded").variables[&var("A")].value;
    assert_eq!(*value, secret(winners[0].to_string()));
}

#[test]
fn a_reader_never_sees_anything_but_a_whole_profile() {
    let world = World::with("acme", &[("A", "0")]);
    thread::scope(|scope| {
        let writer = scope.spawn(|| (1..40).for_each(|i| persist(&world, "A", &i.to_string()).expect("saved")));
        let mut last = 0;
        while !writer.is_finished() {
            let profile = world.store().load(&name("acme")).expect("always whole");
            assert!(profile.generation >= last);
            last = profile.generation;
        }
    });
}

#[test]
fn many_that_make_the_identity_at_once_end_with_the_same_one() {
    let world = World::bare();
    let recipients: Vec<_> = thread::scope(|scope| {
        let attempts: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    world.store().ensure_identity(NOW).expect("made or found");
                    world.store().identity().expect("opens").recipient()
                })
            })
            .collect();
        attempts.into_iter().map(|attempt| attempt.join().expect("ended")).collect()
    });
    assert!(recipients.iter().all(|recipient| *recipient == recipients[0]));
}

#[test]
fn the_lock_of_a_killed_process_is_free_and_a_living_one_is_named() {
    let world = World::with("acme", &[("A", "x")]);
    let mut holder = child::command(&[], world.root.path(), "hold acme").stdout(Stdio::piped()).spawn().expect("started");
    let mut lines = BufReader::new(holder.stdout.take().expect("piped")).lines();
    assert!(lines.any(|line| line.expect("text").ends_with("child: held")));
    let refused = world.store().lock(&name("acme"));
    assert!(matches!(refused, Err(StoreError::Busy { pid: Some(pid), .. }) if pid == holder.id()), "{refused:?}");
    holder.kill().expect("killed");
    holder.wait().expect("ended");
    world.change("acme", &[("A", "y")]).expect("saved");
}
