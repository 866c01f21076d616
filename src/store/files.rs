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
use crate::store::sidecar::Sidecar;
use crate::store::site::{Member, Site};
use crate::store::trouble;
use crate::store::versions;
use crate::sys;

/// The files of one or more stores.
pub struct Files(
    pub(super) Site,
    /// The profile of a project that the user bound, in a file of that project.
    pub(super) Option<Site>,
);

impl Files {
    pub(super) fn new(directory: PathBuf, members: Vec<Member>, first: &'static str) -> Self {
        Self(Site { place: Place(directory), members, first, team: None }, None)
    }

    /// The files among which this profile is.
    pub(super) fn of(&self, name: &ProfileName) -> &Site {
        let of_project = self.1.as_ref().filter(|site| site.team.as_ref().is_some_and(|team| team.name == *name));
        of_project.unwrap_or(&self.0)
    }

    /// The file of a profile, whether it is there or not. It is the file to watch.
    #[must_use]
    pub fn file(&self, name: &ProfileName) -> PathBuf {
        self.of(name).file(name)
    }

    /// Opens a profile that is about to be changed, and refuses where a save would: before anybody types a value into the void.
    ///
    /// # Errors
    /// As [`Store::load`], and [`StoreError::Unconfirmed`].
    pub fn load_to_change(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        let site = self.of(name);
        let opened = opened::open(site, name)?.ok_or_else(|| StoreError::Absent(name.clone()))?;
        site.keys(name, opened.note.as_ref())?.readers(&opened.identity, &opened.profile)?;
        Ok(opened.profile)
    }

    /// The word of the store that a profile rests in, from its header alone; `None` when no such profile is here.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn word(&self, name: &ProfileName) -> Result<Option<String>, StoreError> {
        let site = self.of(name);
        if site.team.is_some() {
            return Ok(site.read(name)?.map(|_| site.first.to_owned()));
        }
        let Some(head) = trouble::head(&site.file(name))? else { return Ok(None) };
        Ok(Some(Note::of(&head).map_or_else(|| "age".to_owned(), |note| note.word)))
    }

    /// What is known of a profile without opening it; `None` when the sidecar is lost.
    #[must_use]
    pub fn sidecar(&self, name: &ProfileName) -> Option<Sidecar> {
        Sidecar::read(&self.of(name).place.sidecar(name))
    }

    /// The earlier versions of a profile that are kept, oldest first.
    #[must_use]
    pub fn versions(&self, name: &ProfileName) -> Vec<PathBuf> {
        versions::list(&self.of(name).place.versions(name))
    }
}

impl Store for Files {
    fn name(&self) -> &'static str {
        self.0.first
    }

    fn load(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        let opened = opened::open(self.of(name), name)?;
        Ok(opened.ok_or_else(|| StoreError::Absent(name.clone()))?.profile)
    }

    fn names(&self) -> Result<Vec<ProfileName>, StoreError> {
        let mut names = self.0.place.names()?;
        if let Some(team) = self.1.as_ref().and_then(|site| site.team.as_ref())
            && !names.contains(&team.name)
            && team.file().symlink_metadata().is_ok()
        {
            names.push(team.name.clone());
            names.sort();
        }
        Ok(names)
    }

    fn lock(&self, name: &ProfileName) -> Result<Lock, StoreError> {
        let place = &self.of(name).place;
        let path = place.lock(name);
        sys::make_private_directory(&place.0).map_err(|e| trouble::unwritten(&place.0, &e))?;
        let file = lock::hold(&path).map_err(|refusal| match refusal {
            Refusal::Held(pid) => StoreError::Busy { name: name.clone(), pid },
            Refusal::Io(e) => trouble::unwritten(&path, &e),
        })?;
        Ok(Lock { name: name.clone(), _file: file })
    }

    fn save(&self, lock: &Lock, name: &ProfileName, profile: &mut Profile) -> Result<Saved, StoreError> {
        require_lock_of(lock, name)?;
        let (generation, saved) = save::save(self.of(name), name, profile)?;
        profile.generation = generation;
        Ok(saved)
    }
}

/// Another profile's lock protects nothing here, so the place counts as held by somebody else.
pub(super) fn require_lock_of(lock: &Lock, name: &ProfileName) -> Result<(), StoreError> {
    if lock.name == *name { Ok(()) } else { Err(StoreError::Busy { name: name.clone(), pid: None }) }
}
