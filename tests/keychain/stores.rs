//! The store `keychain`. It finds its keychain on the bus of the process's environment, so each test of the contract starts itself
//! again beside a keyring of its own.

use mcpenv::store::registry;

use crate::contract::Ground;
use crate::within;
use crate::world::World;

pub fn every_store() -> Vec<Ground> {
    if !within::a_keyring() {
        return Vec::new();
    }
    let world = World::new();
    let paths = mcpenv::paths::Paths::new(Some(world.root.path().into())).expect("a home");
    let store = registry::open("keychain", &paths).expect("a word of the registry");
    assert_eq!(store.name(), "keychain");
    vec![Ground::new(world, store)]
}
