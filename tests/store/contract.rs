//! What every store promises, asked of every store that the test program has in its `stores`.

use std::path::PathBuf;

use mcpenv::profile::{Profile, Reader};
use mcpenv::secret::Secret;
use mcpenv::store::{Store, StoreError};

use crate::stores::every_store;
use crate::world::{NOW, World, name, secret, var};

/// One store in a world of its own.
pub struct Ground {
    pub world: World,
    pub store: Box<dyn Store>,
    /// Where its profile `acme` rests.
    pub acme: PathBuf,
}

impl Ground {
    /// One whose profiles all rest in the user's own directory.
    pub fn new(world: World, store: Box<dyn Store>) -> Self {
        Self { acme: world.profiles().join("acme.age"), world, store }
    }

    /// A profile that was never saved. Where all who read it must stand on its list, its user does.
    fn fresh(&self) -> Profile {
        let mut profile = Profile::new().expect("random bytes");
        let key = self.world.store().identity().expect("opens").recipient();
        profile.readers.push(Reader { key, label: "me".to_owned(), is_recovery: false, unknown: serde_json::Map::new() });
        profile
    }

    /// Locks, loads or begins, sets, saves.
    fn change(&self, profile: &str, values: &[(&str, &str)]) -> Result<Profile, StoreError> {
        let name = name(profile);
        let lock = self.store.lock(&name)?;
        let mut profile = match self.store.load(&name) {
            Err(StoreError::Absent(_)) => self.fresh(),
            other => other?,
        };
        for (variable, value) in values {
            profile.set(var(variable), secret(value), NOW);
        }
        self.store.save(&lock, &name, &mut profile)?;
        Ok(profile)
    }
}

#[test]
fn what_was_saved_is_loaded() {
    for ground in every_store() {
        let store = &*ground.store;
        let mut profile = ground.fresh();
        let odd: &[&[u8]] = &[
            b"x",
            b" a b ",
            b"line\r\nline\n",
            b"\x01\x1b]52;c\x07\"\\/",
            "é日本\u{202e}".as_bytes(),
            b"\xff\xfe\x80",
            &vec![b'k'; 128 * 1024],
        ];
        for (index, bytes) in odd.iter().enumerate() {
            profile.set(var(&format!("VALUE_{index}")), secret(bytes), NOW + 7);
        }
        let lock = store.lock(&name("acme")).expect("free");
        for generation in 1..4 {
            store.save(&lock, &name("acme"), &mut profile).expect("saved");
            assert_eq!(profile.generation, generation);
            assert_eq!(store.load(&name("acme")).expect("loaded"), profile);
        }
    }
}

#[test]
fn a_profile_that_was_never_saved_is_absent_and_an_empty_one_is_not() {
    for ground in every_store() {
        let store = &*ground.store;
        assert!(matches!(store.load(&name("acme")), Err(StoreError::Absent(n)) if n == name("acme")));
        assert_eq!(store.names().expect("readable"), []);
        ground.change("acme", &[]).expect("saved");
        assert!(store.load(&name("acme")).expect("loaded").variables.is_empty());
    }
}

#[test]
fn the_names_are_sorted_and_are_all_there() {
    for ground in every_store() {
        let store = &*ground.store;
        for profile in ["zeta", "acme.api", "Beta_2", "0"] {
            ground.change(profile, &[]).expect("saved");
        }
        assert_eq!(store.names().expect("readable"), ["0", "Beta_2", "acme.api", "zeta"].map(name));
    }
}

#[test]
fn a_change_made_elsewhere_meanwhile_is_never_overwritten() {
    for ground in every_store() {
        let store = &*ground.store;
        let mut mine = ground.change("acme", &[("A", "old")]).expect("saved");
        ground.change("acme", &[("A", "theirs")]).expect("saved");
        mine.set(var("A"), secret("mine"), NOW);
        let lock = store.lock(&name("acme")).expect("free");
        let refused = store.save(&lock, &name("acme"), &mut mine);
        assert!(matches!(refused, Err(StoreError::Conflict { expected: 1, found: 2, .. })), "{refused:?}");
        assert_eq!(mine.generation, 1);
        let refused = store.save(&lock, &name("acme"), &mut ground.fresh());
        assert!(matches!(refused, Err(StoreError::Conflict { expected: 0, found: 2, .. })), "{refused:?}");
        assert_eq!(store.load(&name("acme")).expect("loaded").variables[&var("A")].value, secret("theirs"));
    }
}

#[test]
fn a_profile_that_was_taken_away_meanwhile_is_not_silently_made_again() {
    for ground in every_store() {
        let store = &*ground.store;
        let mut mine = ground.change("acme", &[("A", "x")]).expect("saved");
        std::fs::remove_file(&ground.acme).expect("removed");
        let lock = store.lock(&name("acme")).expect("free");
        let refused = store.save(&lock, &name("acme"), &mut mine);
        assert!(matches!(refused, Err(StoreError::Conflict { expected: 1, found: 0, .. })), "{refused:?}");
    }
}

#[test]
fn a_second_profile_whose_name_differs_by_case_only_is_refused() {
    for ground in every_store() {
        let store = &*ground.store;
        ground.change("Acme", &[("A", "x")]).expect("saved");
        let refused = ground.change("aCME", &[]);
        assert!(matches!(refused, Err(StoreError::CaseTwin { ref found, .. }) if found == "Acme"), "{refused:?}");
        ground.change("Acme", &[("A", "y")]).expect("the first one is as good as before");
        assert_eq!(store.names().expect("readable"), [name("Acme")]);
    }
}

#[test]
fn the_lock_of_one_profile_does_not_serve_for_another() {
    for ground in every_store() {
        let store = &*ground.store;
        let lock = store.lock(&name("acme")).expect("free");
        let refused = store.save(&lock, &name("other"), &mut ground.fresh());
        assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
        assert_eq!(store.names().expect("readable"), []);
    }
}

#[test]
fn a_held_lock_keeps_the_next_one_out_and_names_its_holder() {
    for ground in every_store() {
        let store = &*ground.store;
        let held = store.lock(&name("acme")).expect("free");
        store.lock(&name("other")).expect("another profile is free");
        let refused = store.lock(&name("acme"));
        assert!(matches!(refused, Err(StoreError::Busy { pid: Some(pid), .. }) if pid == std::process::id()), "{refused:?}");
        drop(held);
        store.lock(&name("acme")).expect("free again");
    }
}

#[test]
fn what_a_newer_mcpenv_wrote_is_never_written_over() {
    for ground in every_store() {
        let store = &*ground.store;
        let mut profile = ground.change("acme", &[("A", "x")]).expect("saved");
        profile.is_read_only = true;
        let lock = store.lock(&name("acme")).expect("free");
        let refused = store.save(&lock, &name("acme"), &mut profile);
        assert!(matches!(refused, Err(StoreError::FromTheFuture(_))), "{refused:?}");
        assert_eq!(store.load(&name("acme")).expect("loaded").generation, 1);
    }
}

#[test]
fn ten_thousand_variables_round_trip() {
    for ground in every_store() {
        let store = &*ground.store;
        let mut profile = ground.fresh();
        for index in 0..10_000 {
            profile.set(var(&format!("V{index}")), Secret::new(format!("value {index}").into_bytes()).expect("a value"), NOW);
        }
        let lock = store.lock(&name("acme")).expect("free");
        store.save(&lock, &name("acme"), &mut profile).expect("saved");
        assert_eq!(store.load(&name("acme")).expect("loaded"), profile);
    }
}

#[test]
fn a_profile_that_could_not_be_read_back_is_not_saved() {
    for ground in every_store() {
        let store = &*ground.store;
        let mut profile = ground.change("acme", &[("A", "x")]).expect("saved");
        // a field that stands in the way of one of ours: what is written would open, and mean nothing
        profile.unknown.insert("generation".to_owned(), 7.into());
        let lock = store.lock(&name("acme")).expect("free");
        let refused = store.save(&lock, &name("acme"), &mut profile);
        assert!(matches!(refused, Err(StoreError::Disk { .. })), "{refused:?}");
        assert_eq!(store.load(&name("acme")).expect("loaded").generation, 1);
    }
}
