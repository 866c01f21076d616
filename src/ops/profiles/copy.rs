//! Makes a second profile with the values of one. It is a profile of its own: its fingerprints are others, and nothing that
//! happens to one happens to the other. Dates stay: the copy of an old token is as old.

use super::bindings::Bindings;
use super::rename::require_nobody_waits;
use super::trouble::ProfileError;
use crate::key::Key;
use crate::ops::workspace::Workspace;
use crate::profile::{Profile, ProfileName};
use crate::store::{Shelf, Store, StoreError};

/// Copies a profile. Gives the number of its variables, and what did not work and cost nothing.
///
/// # Errors
/// When the first does not open, the second name is not free, or projects wait for it.
pub fn copy(workspace: &Workspace, from: &ProfileName, to: &ProfileName) -> Result<(usize, Vec<String>), ProfileError> {
    let (store, shelf) = (workspace.store(), Shelf::new(workspace.files("")));
    let source = match store.load(from) {
        Err(StoreError::Absent(name)) => return Err(ProfileError::Absent(name)),
        other => other?,
    };
    let lock = store.lock(to)?;
    if shelf.has(to) {
        return Err(ProfileError::Taken(to.clone()));
    }
    require_nobody_waits(workspace, &shelf, &Bindings::whole(workspace)?, to)?;
    let fingerprint_key = Key::random().map_err(ProfileError::Random)?;
    let mut copied = Profile { generation: 0, fingerprint_key, ..source };
    let saved = workspace.files(&shelf.word(from)?).save(&lock, to, &mut copied)?;
    Ok((copied.variables.len(), saved.warnings))
}
