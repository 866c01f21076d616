//! The profiles there are, what is known of them without opening one, and who is bound to them.

use std::collections::BTreeSet;

use super::bindings::{Bindings, Bound};
use super::trouble::ProfileError;
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::store::{AgeStore, Shelf, Store};

/// One profile, or a name that projects are bound to or that earlier versions are kept of.
#[derive(Debug)]
pub struct Row {
    pub name: ProfileName,
    /// The store it rests in; `None` when there is no such profile.
    pub store: Option<String>,
    /// `None` when the sidecar is lost.
    pub variables: Option<usize>,
    /// When a value was last changed.
    pub changed: Option<i64>,
    pub versions: usize,
    /// Files that did not open and were put aside.
    pub aside: usize,
    pub projects: Vec<Bound>,
}

/// Every profile, sorted, and what is odd about the approvals. Opens nothing.
///
/// # Errors
/// When the directory of the profiles or that of the approvals cannot be read.
pub fn list(workspace: &Workspace) -> Result<(Vec<Row>, Vec<String>), ProfileError> {
    let (files, shelf) = (workspace.files(""), Shelf::new(workspace.files("")));
    let bindings = Bindings::read(workspace)?;
    let present: BTreeSet<ProfileName> = files.names()?.into_iter().collect();
    let mut names = present.clone();
    names.extend(bindings.all.iter().map(|bound| bound.profile.clone()));
    names.extend(shelf.names_of_versions());
    let sidecars = AgeStore::new(&workspace.paths);
    let row = |name: ProfileName| {
        let is_there = present.contains(&name);
        let sidecar = sidecars.sidecar(&name).filter(|_| is_there);
        let kept = shelf.versions(&name).unwrap_or_default();
        Row {
            store: is_there.then(|| files.word(&name).ok().flatten().unwrap_or_else(|| "?".to_owned())),
            variables: sidecar.as_ref().map(|s| s.variables.len()),
            changed: sidecar.as_ref().and_then(|s| s.variables.values().map(|dates| dates.changed).max()),
            versions: kept.iter().filter(|version| version.generation.is_some()).count(),
            aside: kept.iter().filter(|version| version.generation.is_none()).count(),
            projects: bindings.of(&name).cloned().collect(),
            name,
        }
    };
    Ok((names.into_iter().map(row).collect(), bindings.notes))
}
