//! The stores there are, by the word that settings and commands use, and all of them together: each profile in the one that its
//! own file names.

use std::sync::Arc;

use crate::paths::Paths;
use crate::store::age::{self, AgeKeys};
use crate::store::contract::Store;
use crate::store::files::Files;
use crate::store::gate::{Closed, Gate};
use crate::store::keychain::{self, KeychainKeys};
use crate::store::keys::Keys;
use crate::store::own::OwnIdentity;
use crate::store::place::Place;
use crate::store::site::{Member, Site};
use crate::store::team::{self, TeamFile, TeamKeys};

type Opener = fn(OwnIdentity) -> Box<dyn Keys>;

const STORES: &[(&str, Opener)] =
    &[(age::WORD, |own| Box::new(AgeKeys(own))), (keychain::WORD, |own| Box::new(KeychainKeys(own)))];

/// The words, the default first.
pub fn words() -> impl Iterator<Item = &'static str> {
    STORES.iter().map(|(word, _)| *word)
}

/// The store of this word; `None` when there is none. It asks nobody. Reads nothing yet.
#[must_use]
pub fn open(word: &str, paths: &Paths) -> Option<Box<dyn Store>> {
    let (word, opener) = STORES.iter().find(|(known, _)| *known == word)?;
    let own = OwnIdentity::new(paths, Arc::new(Closed) as Arc<dyn Gate>);
    Some(Box::new(Files::new(paths.profiles(), vec![Member { word, keys: opener(own) }], word)))
}

/// All stores. A profile that is not there yet is made in the one called `first`, or in the default one.
#[must_use]
pub fn all(paths: &Paths, own: &OwnIdentity, first: &str) -> Files {
    let members = STORES.iter().map(|(word, opener)| Member { word, keys: opener(own.clone()) }).collect();
    let first = words().find(|word| *word == first).unwrap_or(STORES[0].0);
    Files::new(paths.profiles(), members, first)
}

/// The same files, with the profile that rests in this file of a project.
#[must_use]
pub fn with_team(mut files: Files, paths: &Paths, own: &OwnIdentity, file: TeamFile) -> Files {
    // by what is inside, not by its name: two that are called the same share nothing
    let word = file.confirmed.as_ref().map_or_else(|| "unknown".to_owned(), |(pin, _)| pin.word());
    let place = Place(paths.teams().join(word));
    let keys = Box::new(TeamKeys { own: own.clone(), file: file.clone() });
    let members = vec![Member { word: team::WORD, keys }];
    files.1 = Some(Site { place, members, first: team::WORD, team: Some(file) });
    files
}
