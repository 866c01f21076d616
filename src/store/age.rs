//! The store `age`: each profile sealed for the user's own identity. Works on a bare server.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::paths::Paths;
use crate::profile::{Profile, ProfileName};
use crate::store::contract::{Lock, Saved, Store, StoreError};
use crate::store::files::{self, Files};
use crate::store::gate::{Closed, Gate};
use crate::store::identity::Identity;
use crate::store::keys::Keys;
use crate::store::note::Note;
use crate::store::own::OwnIdentity;
use crate::store::sidecar::Sidecar;
use crate::store::site::Member;
use crate::store::trouble;

/// The word of this store.
pub(super) const WORD: &str = "age";

/// The user's one identity opens every profile.
pub(super) struct AgeKeys(pub(super) OwnIdentity);

impl Keys for AgeKeys {
    fn identity(&self, _: &ProfileName, _: Option<&Note>) -> Result<Arc<Identity>, StoreError> {
        self.0.open()
    }

    fn first(&self, _: &ProfileName) -> Result<(Arc<Identity>, Option<Note>), StoreError> {
        Ok((self.0.open()?, None))
    }

    fn shown(&self, _: &ProfileName) -> String {
        format!("the identity `{}`", crate::escape::shown_path(self.0.path()))
    }
}

/// Profiles sealed for the user's own identity, and what belongs to them.
pub struct AgeStore {
    own: OwnIdentity,
    files: Files,
    teams: PathBuf,
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
    /// The store in these places, which asks nobody. Reads nothing yet.
    #[must_use]
    pub fn new(paths: &Paths) -> Self {
        Self::of(paths, OwnIdentity::new(paths, Arc::new(Closed) as Arc<dyn Gate>))
    }

    /// The same with this identity, and the way to it.
    #[must_use]
    pub fn of(paths: &Paths, own: OwnIdentity) -> Self {
        let member = Member { word: WORD, keys: Box::new(AgeKeys(own.clone())) };
        Self { own, files: Files::new(paths.profiles(), vec![member], WORD), teams: paths.teams() }
    }

    /// The file of the identity.
    #[must_use]
    pub fn identity_path(&self) -> &Path {
        self.own.path()
    }

    /// Opens the identity.
    ///
    /// # Errors
    /// [`StoreError::IdentityAbsent`] also when no profile is there yet.
    pub fn identity(&self) -> Result<Arc<Identity>, StoreError> {
        self.own.open()
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
        let path = self.own.path();
        if self.files.0.place.needs_identity()? || self.has_teams() {
            return Err(StoreError::IdentityAbsent(path.to_owned()));
        }
        match Identity::make(path, now) {
            Ok(_) => Ok(Origin::Made),
            // another process was quicker
            Err(error) => self.identity().map(|_| Origin::Found).map_err(|_| error),
        }
    }

    /// Whether team files were saved here, which this identity opened.
    fn has_teams(&self) -> bool {
        let entries = |directory: &Path| std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
        entries(&self.teams).any(|team| entries(&team).any(|file| file.extension().is_some_and(|e| e == "json")))
    }

    /// What is known of a profile without opening it; `None` when the sidecar is lost.
    #[must_use]
    pub fn sidecar(&self, name: &ProfileName) -> Option<Sidecar> {
        Sidecar::read(&self.files.0.place.sidecar(name))
    }

    /// Writes the sidecar anew from the profile that was opened under this lock.
    ///
    /// # Errors
    /// When it cannot be written; the profile is not touched.
    pub fn mend_sidecar(&self, lock: &Lock, name: &ProfileName, profile: &Profile) -> Result<(), StoreError> {
        files::require_lock_of(lock, name)?;
        let path = self.files.0.place.sidecar(name);
        let recipients = vec![self.identity()?.recipient()];
        Sidecar::of(profile, profile.generation, recipients).write(&path).map_err(|e| trouble::unwritten(&path, &e))
    }

    /// The earlier versions of a profile that are kept, oldest first.
    #[must_use]
    pub fn versions(&self, name: &ProfileName) -> Vec<PathBuf> {
        self.files.versions(name)
    }

    /// Files among the profiles that mcpenv did not put there, such as the copies that sync tools make of two changes.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn strangers(&self) -> Result<Vec<PathBuf>, StoreError> {
        self.files.0.place.strangers()
    }
}

impl Store for AgeStore {
    fn name(&self) -> &'static str {
        WORD
    }

    fn load(&self, name: &ProfileName) -> Result<Profile, StoreError> {
        self.files.load(name)
    }

    fn names(&self) -> Result<Vec<ProfileName>, StoreError> {
        self.files.names()
    }

    fn lock(&self, name: &ProfileName) -> Result<Lock, StoreError> {
        self.files.lock(name)
    }

    fn save(&self, lock: &Lock, name: &ProfileName, profile: &mut Profile) -> Result<Saved, StoreError> {
        self.files.save(lock, name, profile)
    }
}
