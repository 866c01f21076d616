//! Moves a profile from one store to another in one step: the file that names its store is replaced at once, so the profile rests
//! in the old one or in the new one. Its earlier versions follow, and the key that nothing needs any more goes last.

use crate::escape::shown_path;
use crate::file::{self, USER_LIMIT};
use crate::profile::ProfileName;
use crate::store::contract::{Lock, Saved, Store, StoreError};
use crate::store::draft::Draft;
use crate::store::files::{Files, require_lock_of};
use crate::store::note::Note;
use crate::store::opened;
use crate::store::save;
use crate::store::seal;
use crate::store::versions;

impl Files {
    /// Moves a profile into the store of this word. One that rests there already stays as it is: `None`.
    ///
    /// # Errors
    /// When it cannot be opened or saved: it then rests where it did.
    pub fn move_to(&self, lock: &Lock, name: &ProfileName, word: &str) -> Result<Option<Saved>, StoreError> {
        require_lock_of(lock, name)?;
        if self.of(name).team.is_some() {
            return Err(StoreError::InProject(name.clone()));
        }
        self.0.keys_of(name, word)?;
        if self.word(name)?.as_deref() == Some(word) {
            return Ok(None);
        }
        let old = opened::open(&self.0, name)?.ok_or_else(|| StoreError::Absent(name.clone()))?;
        let (_, mut saved) = save::save_in(&self.0, name, &old.profile, Some(word))?;
        let is_clear = self.reseal_versions(name, &mut saved);
        if let (Some(note), true) = (&old.note, is_clear) {
            let keys = self.0.keys(name, old.note.as_ref())?;
            if let Err(e) = keys.abandon(note) {
                saved.warnings.push(format!("its old key could not be taken away ({e})"));
            }
        }
        Ok(Some(saved))
    }

    /// Seals the earlier versions as the profile itself is sealed now. False when one still needs its old key.
    fn reseal_versions(&self, name: &ProfileName, saved: &mut Saved) -> bool {
        let mut is_clear = true;
        for path in versions::list(&self.0.place.versions(name)) {
            if let Err(why) = self.reseal(name, &path) {
                is_clear = false;
                saved.warnings.push(format!("the earlier version `{}` is still sealed as it was ({why})", shown_path(&path)));
            }
        }
        is_clear
    }

    fn reseal(&self, name: &ProfileName, path: &std::path::Path) -> Result<(), String> {
        let now = opened::open(&self.0, name).map_err(|e| e.to_string())?.ok_or("the profile is gone")?;
        let (sealed, _) = file::read(path, USER_LIMIT).map_err(|e| e.to_string())?;
        let note = Note::of(&sealed[..sealed.len().min(seal::HEADER_LIMIT)]);
        if note == now.note {
            return Ok(());
        }
        let keys = self.0.keys(name, note.as_ref()).map_err(|e| e.to_string())?;
        let identity = keys.identity(name, note.as_ref()).map_err(|e| e.to_string())?;
        let plain = seal::open(&sealed, &[&identity]).map_err(|e| e.to_string())?;
        let keys = self.0.keys(name, now.note.as_ref()).map_err(|e| e.to_string())?;
        let readers = keys.readers(&now.identity, &now.profile).map_err(|e| e.to_string())?;
        let sealed = seal::seal_for(&plain, &readers, now.note.as_ref()).map_err(|e| e.to_string())?;
        let back = seal::open(&sealed, &[&now.identity]).map_err(|e| e.to_string())?;
        if *back != *plain {
            return Err("what was sealed anew does not open to the same".to_owned());
        }
        let draft = Draft::write(path, &sealed).map_err(|e| e.to_string())?;
        draft.sync().and_then(|()| draft.replace()).map_err(|e| e.to_string())
    }
}

/// Moves a profile under its lock.
///
/// # Errors
/// As [`Files::move_to`].
pub fn move_profile(files: &Files, name: &ProfileName, word: &str) -> Result<Option<Saved>, StoreError> {
    let lock = files.lock(name)?;
    files.move_to(&lock, name, word)
}
