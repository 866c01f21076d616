//! Another identity in the place of the user's own, and the way back with a recovery key.

use std::path::PathBuf;

use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::store::{Cover, Identity, IdentityLock, Opener, OwnIdentity, Recovered, Renewed, Store, StoreError, registry};

/// Puts `new` in the place of `old`, and seals everything for it.
///
/// # Errors
/// When the new one cannot be written; the old one is then still in force.
pub fn renew(
    workspace: &Workspace,
    lock: &IdentityLock,
    change: (&Identity, Identity),
    cover: &Cover,
) -> Result<Renewed, StoreError> {
    let own = workspace.own_identity();
    own.renew(lock, &workspace.files(""), &records(workspace), change, cover, workspace.seconds())
}

/// Completes what an earlier run left.
///
/// # Errors
/// When nothing can be said of what is there.
pub fn finish(workspace: &Workspace, lock: &IdentityLock, new: &Identity, cover: &Cover) -> Result<Renewed, StoreError> {
    workspace.own_identity().finish(lock, &workspace.files(""), &records(workspace), new, cover)
}

/// Lets the identity that is in force open each profile again that the recovery key opens. `own` has it opened.
///
/// # Errors
/// When the profiles cannot be listed.
pub fn recover(workspace: &Workspace, own: &OwnIdentity, opener: &Opener) -> Result<Vec<(ProfileName, Recovered)>, StoreError> {
    let files = registry::all(&workspace.paths, own, "");
    let names = files.names()?;
    Ok(names.into_iter().map(|name| (name.clone(), files.recover(&name, opener))).collect())
}

/// What client files held before `adopt`, which is for the user's own identity too.
fn records(workspace: &Workspace) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(workspace.paths.adopted()).into_iter().flatten().flatten();
    let mut found: Vec<_> =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "age")).collect();
    found.sort();
    found
}
