//! Another identity in the place of the user's own, and the way back with a recovery key.

use std::path::PathBuf;

use crate::approval::Reading;
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::store::{Cover, Identity, IdentityLock, Opener, Others, OwnIdentity, Recovered, Renewed, Store, StoreError, registry};

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
    own.renew(lock, &workspace.files(""), &others(workspace), change, cover, workspace.seconds())
}

/// Completes what an earlier run left.
///
/// # Errors
/// When nothing can be said of what is there.
pub fn finish(workspace: &Workspace, lock: &IdentityLock, new: &Identity, cover: &Cover) -> Result<Renewed, StoreError> {
    workspace.own_identity().finish(lock, &workspace.files(""), &others(workspace), new, cover)
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

/// What else the user's own identity opens.
fn others(workspace: &Workspace) -> Others {
    Others { records: records(workspace), team_files: team_files(workspace) }
}

/// The team files of every project that is bound to one, and what is kept of them.
fn team_files(workspace: &Workspace) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (root, reading) in workspace.ledger().all().unwrap_or_default() {
        if let Reading::Said(record) = reading {
            found.extend(record.team.map(|team| root.join(team.path.as_path())));
        }
    }
    let entries = |directory: PathBuf| std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    for team in entries(workspace.paths.teams()) {
        let versions = entries(team.join("versions")).flat_map(entries);
        found.extend(versions.filter(|path| path.extension().is_some_and(|e| e == "age")));
    }
    found.sort();
    found.dedup();
    found
}

/// What client files held before `adopt`, which is for the user's own identity too.
fn records(workspace: &Workspace) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(workspace.paths.adopted()).into_iter().flatten().flatten();
    let mut found: Vec<_> =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "age")).collect();
    found.sort();
    found
}
