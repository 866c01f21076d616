//! Changes what the earlier versions of a profile hold: for whatever must not be taken back any more. Each version is replaced
//! at once by one that was read back, or stays as it was and is named.

use std::path::Path;

use crate::escape::shown_path;
use crate::file::{self, USER_LIMIT};
use crate::profile::{Profile, ProfileName};
use crate::store::contract::{Lock, StoreError};
use crate::store::draft::Draft;
use crate::store::files::{Files, require_lock_of};
use crate::store::note::Note;
use crate::store::payload;
use crate::store::seal;
use crate::store::versions;
use crate::var::VarName;

impl Files {
    /// Changes every earlier version that `change` says it has changed. Gives a warning for each that could not be.
    ///
    /// # Errors
    /// [`StoreError::Busy`] without this profile's lock.
    pub fn rewrite_versions(
        &self,
        lock: &Lock,
        name: &ProfileName,
        change: &dyn Fn(&mut Profile) -> bool,
    ) -> Result<Vec<String>, StoreError> {
        require_lock_of(lock, name)?;
        let mut warnings = Vec::new();
        for path in versions::list(&self.of(name).place.versions(name)) {
            if let Err(why) = self.rewrite(name, &path, change) {
                warnings.push(format!("the earlier version `{}` is as it was ({why})", shown_path(&path)));
            }
        }
        Ok(warnings)
    }

    /// Whether an earlier version has a value for this variable. One that does not open is passed over.
    #[must_use]
    pub fn holds_before(&self, name: &ProfileName, variable: &VarName) -> bool {
        let versions = versions::list(&self.of(name).place.versions(name));
        versions.iter().any(|path| self.version(name, path).is_ok_and(|(profile, ..)| profile.variables.contains_key(variable)))
    }

    fn rewrite(&self, name: &ProfileName, path: &Path, change: &dyn Fn(&mut Profile) -> bool) -> Result<(), String> {
        let (mut profile, note) = self.version(name, path)?;
        if !change(&mut profile) {
            return Ok(());
        }
        let keys = self.of(name).keys(name, note.as_ref()).map_err(|e| e.to_string())?;
        let identity = keys.identity(name, note.as_ref()).map_err(|e| e.to_string())?;
        // those of a team file are the user's own copies: whoever read it then is not asked again
        let readers = match self.of(name).team {
            Some(_) => vec![identity.to_recipient()],
            None => keys.readers(&identity, &profile).map_err(|e| e.to_string())?,
        };
        let plain = payload::encode(&profile, profile.generation);
        let sealed = seal::seal_for(&plain, &readers, note.as_ref()).map_err(|e| e.to_string())?;
        if seal::open(&sealed, &[&identity]).map_err(|e| e.to_string())?.as_slice() != plain.as_slice() {
            return Err("what was sealed anew does not open to the same".to_owned());
        }
        let draft = Draft::write(path, &sealed).map_err(|e| e.to_string())?;
        draft.sync().and_then(|()| draft.replace()).map_err(|e| e.to_string())
    }

    fn version(&self, name: &ProfileName, path: &Path) -> Result<(Profile, Option<Note>), String> {
        let (sealed, _) = file::read(path, USER_LIMIT).map_err(|e| e.to_string())?;
        let note = Note::of(&sealed[..sealed.len().min(seal::HEADER_LIMIT)]);
        let keys = self.of(name).keys(name, note.as_ref()).map_err(|e| e.to_string())?;
        let identity = keys.identity(name, note.as_ref()).map_err(|e| e.to_string())?;
        let plain = seal::open(&sealed, &[&identity]).map_err(|e| e.to_string())?;
        Ok((payload::decode(&plain).map_err(|e| e.to_string())?, note))
    }
}
