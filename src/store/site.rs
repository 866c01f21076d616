//! Where sealed files lie, and which keys open them: those of the store that a file's own header names.

use std::fs::Metadata;
use std::path::PathBuf;

use crate::file::USER_LIMIT;
use crate::profile::{Profile, ProfileName};
use crate::store::contract::StoreError;
use crate::store::keys::Keys;
use crate::store::note::Note;
use crate::store::place::Place;
use crate::store::team::TeamFile;
use crate::store::trouble;

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
    /// The one profile of this site rests in a project; only what belongs to it lies in the place.
    pub(super) team: Option<TeamFile>,
}

impl Site {
    /// The keys for a file with this note in its header.
    pub(super) fn keys(&self, name: &ProfileName, note: Option<&Note>) -> Result<&dyn Keys, StoreError> {
        // whoever writes into the project writes the header too: there it decides nothing
        if self.team.is_some() {
            return self.keys_of(name, self.first);
        }
        self.keys_of(name, note.map_or("age", |note| note.word.as_str()))
    }

    /// The keys of a store, by its word.
    pub(super) fn keys_of(&self, name: &ProfileName, word: &str) -> Result<&dyn Keys, StoreError> {
        match self.members.iter().find(|member| member.word == word) {
            Some(member) => Ok(&*member.keys),
            None => Err(StoreError::Elsewhere { name: name.clone(), word: word.to_owned() }),
        }
    }

    /// Where the file of a profile lies.
    pub(super) fn file(&self, name: &ProfileName) -> PathBuf {
        self.team.as_ref().map_or_else(|| self.place.profile(name), TeamFile::file)
    }

    /// What rests there; `None` when nothing does.
    pub(super) fn read(&self, name: &ProfileName) -> Result<Option<(Vec<u8>, Metadata)>, StoreError> {
        match &self.team {
            Some(team) => team.read(),
            None => trouble::read(&self.place.profile(name), USER_LIMIT),
        }
    }

    /// Where a save must write.
    pub(super) fn target(&self, name: &ProfileName) -> Result<PathBuf, StoreError> {
        match &self.team {
            Some(team) => team.target(),
            None => self.place.target(name),
        }
    }

    /// A profile that is here, and whose name differs from this one by case only.
    pub(super) fn twin(&self, name: &ProfileName) -> Result<Option<String>, StoreError> {
        if self.team.is_some() { Ok(None) } else { self.place.twin(name) }
    }

    /// Refuses another profile in the place of the one that the user approved.
    pub(super) fn require_approved(&self, profile: &Profile) -> Result<(), StoreError> {
        self.team.as_ref().map_or(Ok(()), |team| team.require_approved(profile))
    }
}
