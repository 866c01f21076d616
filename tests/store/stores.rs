//! The stores that need nothing but a disk, each in a world of its own, and the file of a project. `tests/keychain` asks the same of
//! the keychain.

use std::fs;
use std::sync::Arc;

use mcpenv::paths::Paths;
use mcpenv::store::{Closed, OwnIdentity, TeamFile, registry};
use mcpenv::team::TeamPath;

use crate::contract::Ground;
use crate::world::{World, name};

pub fn every_store() -> Vec<Ground> {
    let open = |word| {
        let world = World::new();
        let paths = Paths::new(Some(world.root.path().into())).expect("a home");
        let store = registry::open(word, &paths).expect("a word of the registry");
        assert_eq!(store.name(), word);
        Ground::new(world, store)
    };
    registry::words().filter(|word| *word != "keychain").map(open).chain([of_a_project()]).collect()
}

/// The one profile `acme` rests in a project, and every other with the user.
fn of_a_project() -> Ground {
    let world = World::new();
    let paths = Paths::new(Some(world.root.path().into())).expect("a home");
    let root = world.root.path().canonicalize().expect("there").join("project");
    fs::create_dir_all(root.join("deep")).expect("made");
    let path = TeamPath::parse("deep/secrets.mcpenv.age").expect("a path");
    let own = OwnIdentity::new(&paths, Arc::new(Closed));
    let file = TeamFile::unknown(&name("acme"), &root, &path);
    let acme = file.file();
    let store = registry::with_team(registry::all(&paths, &own, ""), &paths, &own, file);
    Ground { world, store: Box::new(store), acme }
}
