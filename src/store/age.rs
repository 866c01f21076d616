//! The store `age`: each profile an age file in the user's data directory, sealed for one identity. Works on a bare server.
//! Never asks and never prints.

use std::path::{Path, PathBuf};

use crate::paths::Paths;
use crate::profile::{Profile, ProfileName};
use crate::store::contract::{Lock, Saved, Store, StoreError};
use crate::store::identity::Identity;
use crate::store::lock::{self, Refusal};
use crate::store::opened;
use crate::store::place::Place;
use crate::store::save;
use crate::store::sidecar::Sidecar;
use crate::store::trouble;
use crate::store::versions;
use crate::sys;

/// Profiles as age files.
#[derive(Debug, Clone)]
pub struct AgeStore {
    identity: PathBuf,
    place: Place,
}

/// Where the identity came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It was there and opens.
    Found,
    /// It was made now.
    Made,
}

impl AgeStore {
    /// The store in these places. Reads nothing yet.
    #[must_use]
    pub fn new(paths: &Paths) -> Self {
        Self { identity: paths.identity(), place: Place(paths.profiles()) }
    }

    /// The file of the identity.
    #[must_use]
    pub fn identity_path(&self) -> &Path {
        &self.identity
    }

    /// Opens the identity.
    ///
    /// # Errors
    /// [`StoreError::IdentityAbsent`] also when no profile is there yet.
    pub fn identity(&self) -> Result<Identity, StoreError> {
        Identity::load(&self.identity)
    }

    /// Opens the identity, or makes it if there is none and nothing here was ever sealed. For `init` alone. `now` is the
    /// time, in seconds since 1970.
    ///
    /// # Errors
    /// An identity that does not open is reported and never replaced; [`StoreError::IdentityAbsent`] when profiles or earlier
    /// versions are here that need the one that is gone.
    pub fn ensure_identity(&self, now: i64) -> Result<Origin, StoreError> {
        match self.identity() {
            Ok(_) => return Ok(Origin::Found),
            Err(StoreError::IdentityAbsent(_)) => {}
            Err(other) => return Err(other),
        }
        if self.place.needs_identity()? {
            return Err(StoreError::IdentityAbsent(self.identity.clone()));
        }
        match Identity::make(&self.identity, now) {
            Ok(_) => Ok(Origin::Made),
            // another process was quicker
            Err(error) => self.identity().map(|_| Origin::Found).map_err(|_| error),
        }
    }

    /// What is known of a profile without opening it; `None` when the sidecar is lost.
    #[must_use]
    pub fn sidecar(&self, name: &ProfileName) -> Option<Sidecar> {
        Sidecar::read(&self.place.sidecar(name))
    }

    /// Writes the sidecar anew from the profile that was opened under this lock.
    ///
    /// # Errors
    /// When it cannot be written; the profile is not touched.
    pub fn mend_sidecar(&self, lock: &Lock, name: &ProfileName, profile: &Profile) -> Result<(), StoreError> {
        require_lock_of(lock, name)?;
        let path = self.place.sidecar(name);
        let recipients = vec![self.identity()?.recipient()];
        Sidecar::of(profile, profile.generation, recipients).write(&path).map_err(|e| trouble::unwritten(&path, &e))
    }

    /// The earlier versions of a profile that are kept, oldest first.
    #[must_use]
    pub fn versions(&self, name: &ProfileName) -> Vec<PathBuf> {
        versions::list(&self.place.versions(name))
    }

    /// Files among the profiles that mcpenv did not put there, such as the copies that sync tools make of two changes.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn strangers(&self) -> Result<Vec<PathBuf>, StoreError> {
        self.place.strangers()
    }
}

impl Store for AgeStore {
    fn name(&self) -> &'static str {
        "age"
    }

    fn load(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        let opened = opened::open(&self.place, name, &self.identity)?;
        Ok(opened.ok_or_else(|| StoreError::Absent(name.clone()))?.profile)
    }

    fn names(&self) -> Result<Vec<ProfileName>, StoreError> {
        self.place.names()
    }

    fn lock(&self, name: &ProfileName) -> Result<Lock, StoreError> {
        let path = self.place.lock(name);
        sys::make_private_directory(&self.place.0).map_err(|e| trouble::unwritten(&self.place.0, &e))?;
        let file = lock::hold(&path).map_err(|refusal| match refusal {
            Refusal::Held(pid) => StoreError::Busy { name: name.clone(), pid },
            Refusal::Io(e) => trouble::unwritten(&path, &e),
        })?;
        Ok(Lock { name: name.clone(), _file: file })
    }

    fn save(&self, lock: &Lock, name: &ProfileName, profile: &mut Profile) -> Result<Saved, StoreError> {
        require_lock_of(lock, name)?;
        let (generation, saved) = save::save(&self.place, name, &self.identity, profile)?;
        profile.generation = generation;
        Ok(saved)
    }
}

// another profile's lock protects nothing here, so the place counts as held by somebody else
fn require_lock_of(lock: &Lock, name: &ProfileName) -> Result<(), StoreError> {
    if lock.name == *name { Ok(()) } else { Err(StoreError::Busy { name: name.clone(), pid: None }) }
}
