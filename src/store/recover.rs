//! The way back: opens each profile with the recovery key, and seals it again so that the key of its store opens it. Changes no
//! value and no profile that opens already.

use crate::file::{self, USER_LIMIT};
use crate::profile::ProfileName;
use crate::store::contract::{Store, StoreError};
use crate::store::files::Files;
use crate::store::note::Note;
use crate::store::opened;
use crate::store::opener::Opener;
use crate::store::payload;
use crate::store::reseal;
use crate::store::seal::{self, Unopened};
use crate::store::sidecar::Sidecar;
use crate::store::versions;

/// What became of a profile.
#[derive(Debug, PartialEq, Eq)]
pub enum Recovered {
    /// It opens with the key that it should; nothing was changed.
    Opens,
    /// It opens again, with so many of its earlier versions.
    Again { versions: usize, left: usize },
    /// The recovery key is not one of those that open it.
    Foreign,
    /// It stays as it is.
    Left(String),
}

impl Files {
    /// Whether this opens any profile here. Changes nothing.
    ///
    /// # Errors
    /// When the profiles cannot be listed.
    pub fn is_opened_by(&self, opens: &dyn Fn(&[u8]) -> bool) -> Result<bool, StoreError> {
        let is_open = |name: &ProfileName| {
            let read = file::read(&self.0.place.profile(name), USER_LIMIT);
            read.is_ok_and(|(sealed, _)| opens(&sealed))
        };
        Ok(self.names()?.iter().any(is_open))
    }

    /// Whether anything lies here that only an identity opens.
    ///
    /// # Errors
    /// When the directories cannot be read.
    pub fn needs_identity(&self) -> Result<bool, StoreError> {
        self.0.place.needs_identity()
    }

    /// Lets the key of its store open a profile again that only the recovery key opens.
    #[must_use]
    pub fn recover(&self, name: &ProfileName, opener: &Opener) -> Recovered {
        self.recovered(name, opener).unwrap_or_else(Recovered::Left)
    }

    fn recovered(&self, name: &ProfileName, opener: &Opener) -> Result<Recovered, String> {
        let _lock = self.lock(name).map_err(|e| e.to_string())?;
        if matches!(opened::open(&self.0, name), Ok(Some(_))) {
            return Ok(Recovered::Opens);
        }
        let path = self.0.place.target(name).map_err(|e| e.to_string())?;
        let (sealed, _) = file::read(&path, USER_LIMIT).map_err(|e| e.to_string())?;
        let plain = match opener.open(&sealed) {
            Ok(plain) => plain,
            Err(Unopened::Foreign) => return Ok(Recovered::Foreign),
            Err(why) => return Err(why.to_string()),
        };
        let profile = payload::decode(&plain).map_err(|e| e.to_string())?;
        let before = Note::of(&sealed[..sealed.len().min(seal::HEADER_LIMIT)]);
        let keys = self.0.keys(name, before.as_ref()).map_err(|e| e.to_string())?;
        let (identity, note) = keys.first(name).map_err(|e| e.to_string())?;
        let readers = keys.readers(&identity, &profile).map_err(|e| e.to_string())?;
        let seal_again = |path: &std::path::Path, plain: &[u8]| {
            let opens = |bytes: &[u8]| seal::open(bytes, &[&identity]).is_ok_and(|read| *read == *plain);
            reseal::replace(path, plain, &readers, note.as_ref(), opens)
        };
        if let Err(why) = seal_again(&path, &plain) {
            if let Some(note) = &note {
                // what stays behind opens nothing
                let _ = keys.abandon(note);
            }
            return Err(why);
        }
        let list = readers.iter().map(|reader| reader.as_str().to_owned()).collect();
        let _ = Sidecar::of(&profile, profile.generation, list).write(&self.0.place.sidecar(name));
        let all = versions::list(&self.0.place.versions(name));
        let again = |path: &&std::path::PathBuf| {
            let read = file::read(path, USER_LIMIT).ok();
            read.and_then(|(sealed, _)| opener.open(&sealed).ok()).is_some_and(|plain| seal_again(path, &plain).is_ok())
        };
        let count = all.iter().filter(again).count();
        Ok(Recovered::Again { versions: count, left: all.len() - count })
    }
}
