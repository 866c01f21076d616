//! The log of what was done with values: whatever is done to it afterwards shows, and a crash costs at most the last record.

use std::fs;
use std::path::{Path, PathBuf};

use mcpenv::audit::{Action, AuditError, Broken, Entry, Journal};
use mcpenv::key::Key;
use mcpenv::paths::Paths;

struct World {
    root: tempfile::TempDir,
    key: Key,
}

impl World {
    fn new() -> Self {
        Self { root: tempfile::tempdir().expect("a directory"), key: Key::random().expect("random bytes") }
    }

    fn journal(&self) -> Journal {
        Journal::new(&Paths::new(Some(self.root.path().into())).expect("a home"), self.key.clone())
    }

    fn with(records: u64) -> Self {
        let world = Self::new();
        let journal = world.journal();
        (0..records).for_each(|n| note(&journal, n));
        world
    }

    fn log(&self) -> PathBuf {
        self.root.path().join("state/audit/audit.log")
    }

    fn head(&self) -> PathBuf {
        self.root.path().join("state/audit/audit.head")
    }

    fn lines(&self) -> Vec<String> {
        fs::read_to_string(self.log()).expect("text").lines().map(str::to_owned).collect()
    }

    fn put(&self, lines: &[String]) {
        fs::write(self.log(), lines.iter().map(|line| format!("{line}\n")).collect::<String>()).expect("written");
    }

    fn verdict(&self) -> Result<u64, Broken> {
        match self.journal().verify() {
            Ok(count) => Ok(count),
            Err(AuditError::Broken(broken)) => Err(broken),
            Err(other) => panic!("{other}"),
        }
    }
}

fn note(journal: &Journal, n: u64) {
    let name = format!("V_{n}");
    let entry = Entry { action: Action::Load, project: Some(Path::new("/src/acme")), profile: "acme", names: &[&name] };
    journal.note(&entry, 1_795_867_200 + i64::try_from(n).expect("small")).expect("written");
}

#[test]
fn what_was_noted_is_read_in_its_order_and_is_sound() {
    let world = World::with(3);
    assert_eq!(world.verdict(), Ok(3));
    let records = world.journal().records().expect("readable");
    let told: Vec<_> = records.iter().map(|r| (r.number, r.action.as_str(), r.project.as_str(), r.names[0].as_str())).collect();
    assert_eq!(told, [(1, "load", "/src/acme", "V_0"), (2, "load", "/src/acme", "V_1"), (3, "load", "/src/acme", "V_2")]);
    assert_eq!(world.journal().last_seen(), Some(1_795_867_202));
    assert_eq!(World::new().verdict(), Ok(0), "nothing was ever noted");
}

#[test]
fn of_ten_thousand_records_any_one_that_is_changed_dropped_swapped_doubled_or_cut_is_named() {
    let world = World::with(10_000);
    assert_eq!(world.verdict(), Ok(10_000));
    let good = world.lines();
    // the first line says where the chain starts, so record N is line N
    for at in [1_usize, 2, 57, 5_000, 9_999, 10_000] {
        let number = at as u64;
        let mut changed = good.clone();
        changed[at] = changed[at].replace("\"V_", "\"W_");
        world.put(&changed);
        assert_eq!(world.verdict(), Err(Broken::At(number)), "changed");
        let mut flipped = good.clone();
        let digit = if flipped[at].starts_with('0') { "1" } else { "0" };
        flipped[at].replace_range(..1, digit);
        world.put(&flipped);
        assert_eq!(world.verdict(), Err(Broken::At(number)), "its code changed");
        let mut dropped = good.clone();
        dropped.remove(at);
        world.put(&dropped);
        let expected = if at == 10_000 { Broken::Cut { last: 10_000, found: 9_999 } } else { Broken::At(number) };
        assert_eq!(world.verdict(), Err(expected), "dropped");
        let mut doubled = good.clone();
        doubled.insert(at, good[at].clone());
        world.put(&doubled);
        assert_eq!(world.verdict(), Err(Broken::At(number + 1)), "doubled");
        if at > 1 {
            let mut swapped = good.clone();
            swapped.swap(at, at - 1);
            world.put(&swapped);
            assert_eq!(world.verdict(), Err(Broken::At(number - 1)), "swapped");
        }
    }
    let text = good.iter().map(|line| format!("{line}\n")).collect::<String>();
    fs::write(world.log(), &text[..text.len() - 10]).expect("written");
    assert_eq!(world.verdict(), Err(Broken::At(10_000)), "cut within the last");
    world.put(&good[..5_001]);
    assert_eq!(world.verdict(), Err(Broken::Cut { last: 10_000, found: 5_000 }));
    fs::remove_file(world.log()).expect("removed");
    assert_eq!(world.verdict(), Err(Broken::Cut { last: 10_000, found: 0 }));
    world.put(&good);
    fs::remove_file(world.head()).expect("removed");
    assert_eq!(world.verdict(), Err(Broken::Head));
}

#[test]
fn a_log_of_another_user_s_key_is_not_believed() {
    let world = World::with(2);
    let other = World { root: world.root, key: Key::random().expect("random bytes") };
    assert!(matches!(other.verdict(), Err(Broken::At(1))), "{:?}", other.verdict());
}

#[test]
fn a_crash_between_the_record_and_the_head_is_mended_by_the_next_record() {
    let world = World::with(2);
    let head = fs::read(world.head()).expect("there");
    note(&world.journal(), 2);
    fs::write(world.head(), &head).expect("as it was before the head followed");
    assert_eq!(world.verdict(), Ok(3), "the record counts");
    note(&world.journal(), 3);
    assert_eq!(world.verdict(), Ok(4));
    let mut text = fs::read(world.log()).expect("there");
    text.extend_from_slice(b"0123456789abcdef {\"half\":");
    fs::write(world.log(), text).expect("half a record");
    note(&world.journal(), 4);
    assert_eq!(world.verdict(), Ok(5), "half a record is what a crash left");
}

#[test]
fn nothing_is_appended_to_a_log_that_was_changed() {
    let world = World::with(3);
    let good = world.lines();
    world.put(&good[..2]);
    let entry = Entry { action: Action::Set, project: None, profile: "acme", names: &["A"] };
    assert!(matches!(world.journal().note(&entry, 0), Err(AuditError::Broken(_))));
    world.put(&good);
    assert!(world.journal().note(&entry, 0).is_ok());
}

#[test]
fn a_large_log_goes_on_in_a_new_file_with_the_same_chain() {
    let world = World::new();
    let journal = world.journal();
    let names: Vec<String> = (0..256).map(|n| format!("{n:0120}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for _ in 0..300 {
        journal.note(&Entry { action: Action::Exec, project: None, profile: "acme", names: &names }, 1).expect("written");
    }
    let files = fs::read_dir(world.root.path().join("state/audit")).expect("there").count();
    assert_eq!(files, 4, "the log, two older ones, the head");
    assert_eq!(world.verdict(), Ok(300));
    fs::remove_file(world.root.path().join("state/audit/audit.2.log")).expect("the oldest");
    assert_eq!(world.verdict(), Ok(300), "an older one that is gone was allowed to go");
    fs::remove_file(world.root.path().join("state/audit/audit.1.log")).expect("the next");
    assert_eq!(world.verdict(), Ok(300));
}

#[test]
fn many_processes_write_one_chain() {
    let world = World::new();
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let world = &world;
            scope.spawn(move || {
                let journal = world.journal();
                (0..50).for_each(|n| note(&journal, worker * 100 + n));
            });
        }
    });
    assert_eq!(world.verdict(), Ok(400));
}

#[test]
fn no_name_moves_the_terminal_or_makes_a_second_line() {
    let world = World::new();
    let names = ["A\nB", "\u{1b}[31mred", "\u{202e}"];
    world
        .journal()
        .note(&Entry { action: Action::Set, project: Some(Path::new("/src/a\nb")), profile: "acme", names: &names }, 0)
        .expect("written");
    assert_eq!(world.lines().len(), 2);
    assert!(!world.lines()[1].contains('\u{1b}') && !world.lines()[1].contains('\u{202e}'));
    assert_eq!(world.verdict(), Ok(1));
}
