//! Where sealed files lie, and which keys open them: those of the store that a file's own header names.

use crate::profile::ProfileName;
use crate::store::contract::StoreError;
use crate::store::keys::Keys;
use crate::store::note::Note;
use crate::store::place::Place;

/// One store among the files: its word and its keys.
pub(super) struct Member {
    pub(super) word: &'static str,
    pub(super) keys: Box<dyn Keys>,
}

/// The files of one or more stores.
pub(super) struct Site {
    pub(super) place: Place,
    pub(super) members: Vec<Member>,
    /// The store of a profile that is not there yet.
    pub(super) first: &'static str,
}

impl Site {
    /// The keys for a file with this note in its header.
    pub(super) fn keys(&self, name: &ProfileName, note: Option<&Note>) -> Result<&dyn Keys, StoreError> {
        self.keys_of(name, note.map_or("age", |note| note.word.as_str()))
    }

    /// The keys of a store, by its word.
    pub(super) fn keys_of(&self, name: &ProfileName, word: &str) -> Result<&dyn Keys, StoreError> {
        match self.members.iter().find(|member| member.word == word) {
            Some(member) => Ok(&*member.keys),
            None => Err(StoreError::Elsewhere { name: name.clone(), word: word.to_owned() }),
        }
    }
}
