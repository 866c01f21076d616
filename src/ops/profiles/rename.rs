//! Gives a profile another name. First everything rests under both names, then each binding follows, then the old name goes: a
//! project has the values of this profile at every moment, and a run that was interrupted is completed by the next.

use std::path::PathBuf;

use super::bindings::{Bindings, wish};
use super::trouble::ProfileError;
use crate::approval::Record;
use crate::fault::sentence;
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::store::{Shelf, StoreError, Way};

/// What followed.
#[derive(Debug)]
pub struct Renamed {
    pub projects: Vec<PathBuf>,
    /// Those of them whose file still asks for the old name.
    pub wishing: Vec<PathBuf>,
    /// An earlier run had begun it.
    pub was_begun: bool,
    pub warnings: Vec<String>,
}

/// Renames a profile, with its sidecar, its earlier versions, and every binding that names it.
///
/// # Errors
/// When the new name is not free, or projects are bound to it that would get these values unasked.
pub fn rename(workspace: &Workspace, from: &ProfileName, to: &ProfileName) -> Result<Renamed, ProfileError> {
    if from.as_str().eq_ignore_ascii_case(to.as_str()) {
        return Err(ProfileError::Alike { from: from.clone(), to: to.clone() });
    }
    let shelf = Shelf::new(workspace.files(""));
    let both = shelf.lock_both(&*workspace.store(), from, to)?;
    let way = shelf.way(&both, from, to).map_err(|e| match e {
        StoreError::Absent(name) => ProfileError::Absent(name),
        other => other.into(),
    })?;
    let bindings = Bindings::whole(workspace)?;
    match way {
        Way::Taken => return Err(ProfileError::Taken(to.clone())),
        Way::Free => require_nobody_waits(workspace, &shelf, &bindings, to)?,
        Way::Begun { .. } => {}
    }
    shelf.appear(&both, from, to, way)?;
    let halfway = |why| ProfileError::Halfway { name: to.clone(), from: from.clone(), why };
    let ledger = workspace.ledger();
    let mut projects = Vec::new();
    for bound in bindings.of(from) {
        let record = Record { profile: Some(to.clone()), ..bound.record.clone() };
        ledger.write(&bound.root, &record).map_err(|e| halfway(sentence(&e)))?;
        projects.push(bound.root.clone());
    }
    let mut warnings = shelf.vanish(&both, from, to).map_err(|e| halfway(e.to_string()))?;
    if bindings.untold.contains(from) {
        warnings.push(format!(
            "a project whose path its approval does not say is still bound to `{from}`, and gets nothing: run `mcpenv profile use {to}` there"
        ));
    }
    let wishing = projects.iter().filter(|root| wish(root).as_ref() == Some(from)).cloned().collect();
    Ok(Renamed { projects, wishing, was_begun: way != Way::Free, warnings })
}

/// Refuses a name that would hand values to somebody: projects that are bound to it and wait for it, and the earlier versions of
/// a profile that had it.
pub(super) fn require_nobody_waits(
    workspace: &Workspace,
    shelf: &Shelf,
    bindings: &Bindings,
    name: &ProfileName,
) -> Result<(), ProfileError> {
    let projects = bindings.claims(workspace, name);
    if !projects.is_empty() {
        return Err(ProfileError::Claimed { name: name.clone(), projects });
    }
    if shelf.versions(name)?.is_empty() { Ok(()) } else { Err(ProfileError::Kept(name.clone())) }
}
