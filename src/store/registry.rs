//! The stores there are, by the word that settings and commands use.

use crate::paths::Paths;
use crate::store::age::AgeStore;
use crate::store::contract::Store;

type Opener = fn(&Paths) -> Box<dyn Store>;

const STORES: &[(&str, Opener)] = &[("age", |paths| Box::new(AgeStore::new(paths)))];

/// The words, the default first.
pub fn words() -> impl Iterator<Item = &'static str> {
    STORES.iter().map(|(word, _)| *word)
}

/// The store of this word; `None` when there is none. Reads nothing yet.
#[must_use]
pub fn open(word: &str, paths: &Paths) -> Option<Box<dyn Store>> {
    STORES.iter().find(|(known, _)| *known == word).map(|(_, opener)| opener(paths))
}
