//! Takes a profile away. What it was becomes its last earlier version, so that it can be taken back; only who asks for it in so
//! many words forgets these too. Bindings stay: a project that is bound to a name without a profile gets nothing.

use super::bindings::{Bindings, Word};
use super::trouble::ProfileError;
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::store::{AgeStore, Shelf, StoreError};

/// What would go.
#[derive(Debug)]
pub struct Deletion {
    pub name: ProfileName,
    /// Whether the profile itself is there; else only its earlier versions are.
    pub is_there: bool,
    /// `None` when that is not known without opening it.
    pub variables: Option<usize>,
    pub versions: usize,
    /// The projects bound to it, and how far that goes.
    pub projects: Vec<(String, Word)>,
}

/// What went.
#[derive(Debug)]
pub struct Gone {
    /// The version under which it can be taken back.
    pub kept: Option<String>,
    pub warnings: Vec<String>,
}

/// What deleting a profile would mean. Changes nothing.
///
/// # Errors
/// When there is none, nor an earlier version of one.
pub fn look_before_deletion(workspace: &Workspace, name: &ProfileName) -> Result<Deletion, ProfileError> {
    let shelf = Shelf::new(workspace.files(""));
    let (is_there, versions) = (shelf.has(name), shelf.versions(name)?.len());
    if !is_there && versions == 0 {
        return Err(ProfileError::Absent(name.clone()));
    }
    let bindings = Bindings::read(workspace)?;
    let projects = bindings.of(name).map(|bound| (workspace.from_home(&bound.root), bound.word())).collect();
    let variables = AgeStore::new(&workspace.paths).sidecar(name).map(|sidecar| sidecar.variables.len());
    Ok(Deletion { name: name.clone(), is_there, variables, versions, projects })
}

/// Deletes a profile, and with `forget` everything that could bring it back. The user has been asked.
///
/// # Errors
/// When it cannot be kept or removed: it is there still then.
pub fn delete(workspace: &Workspace, name: &ProfileName, forget: bool) -> Result<Gone, ProfileError> {
    let (store, shelf) = (workspace.store(), Shelf::new(workspace.files("")));
    let lock = store.lock(name)?;
    if forget {
        return Ok(Gone { kept: None, warnings: shelf.forget(&lock, name)? });
    }
    let generation = match store.load(name) {
        Ok(profile) => profile.generation,
        Err(StoreError::Absent(name)) => return Err(ProfileError::Absent(name)),
        // it is kept as it is, whoever can open it
        Err(_) => shelf.top(name).max(1),
    };
    let (kept, warnings) = shelf.put_away(&lock, name, generation)?;
    Ok(Gone { kept: Some(kept), warnings })
}
