//! Profiles as sealed files in one directory: what all stores have in common. Which key opens one is asked of the store that its
//! header names. Never asks a person and never prints.

use std::path::PathBuf;

use crate::profile::{Profile, ProfileName};
use crate::store::contract::{Lock, Saved, Store, StoreError};
use crate::store::lock::{self, Refusal};
use crate::store::note::Note;
use crate::store::opened;
use crate::store::place::Place;
use crate::store::save;
use crate::store::site::{Member, Site};
use crate::store::trouble;
use crate::store::versions;
use crate::sys;

/// The files of one or more stores.
pub struct Files(pub(super) Site);

impl Files {
    pub(super) fn new(directory: PathBuf, members: Vec<Member>, first: &'static str) -> Self {
        Self(Site { place: Place(directory), members, first })
    }

    /// The word of the store that a profile rests in, from its header alone; `None` when no such profile is here.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn word(&self, name: &ProfileName) -> Result<Option<String>, StoreError> {
        let Some(head) = trouble::head(&self.0.place.profile(name))? else { return Ok(None) };
        Ok(Some(Note::of(&head).map_or_else(|| "age".to_owned(), |note| note.word)))
    }

    /// The earlier versions of a profile that are kept, oldest first.
    #[must_use]
    pub fn versions(&self, name: &ProfileName) -> Vec<PathBuf> {
        versions::list(&self.0.place.versions(name))
    }
}

impl Store for Files {
    fn name(&self) -> &'static str {
        self.0.first
    }

    fn load(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        let opened = opened::open(&self.0, name)?;
        Ok(opened.ok_or_else(|| StoreError::Absent(name.clone()))?.profile)
    }

    fn names(&self) -> Result<Vec<ProfileName>, StoreError> {
        self.0.place.names()
    }

    fn lock(&self, name: &ProfileName) -> Result<Lock, StoreError> {
        let path = self.0.place.lock(name);
        sys::make_private_directory(&self.0.place.0).map_err(|e| trouble::unwritten(&self.0.place.0, &e))?;
        let file = lock::hold(&path).map_err(|refusal| match refusal {
            Refusal::Held(pid) => StoreError::Busy { name: name.clone(), pid },
            Refusal::Io(e) => trouble::unwritten(&path, &e),
        })?;
        Ok(Lock { name: name.clone(), _file: file })
    }

    fn save(&self, lock: &Lock, name: &ProfileName, profile: &mut Profile) -> Result<Saved, StoreError> {
        require_lock_of(lock, name)?;
        let (generation, saved) = save::save(&self.0, name, profile)?;
        profile.generation = generation;
        Ok(saved)
    }
}

/// Another profile's lock protects nothing here, so the place counts as held by somebody else.
pub(super) fn require_lock_of(lock: &Lock, name: &ProfileName) -> Result<(), StoreError> {
    if lock.name == *name { Ok(()) } else { Err(StoreError::Busy { name: name.clone(), pid: None }) }
}
