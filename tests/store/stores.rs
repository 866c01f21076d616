//! The stores that need nothing but a disk, each in a world of its own. `tests/keychain` asks the same of the keychain.

use mcpenv::store::{Store, registry};

use crate::world::World;

pub fn every_store() -> Vec<(World, Box<dyn Store>)> {
    let open = |word| {
        let world = World::new();
        let paths = mcpenv::paths::Paths::new(Some(world.root.path().into())).expect("a home");
        let store = registry::open(word, &paths).expect("a word of the registry");
        assert_eq!(store.name(), word);
        (world, store)
    };
    registry::words().filter(|word| *word != "keychain").map(open).collect()
}
