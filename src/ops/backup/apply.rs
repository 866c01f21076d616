//! Takes profiles, bindings and approvals back from a backup. Each profile is one save: what was there becomes an earlier
//! version, or is put aside where it was damaged. What was done before a crash is found done by the next run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::plan::{Arrival, Plan, Project, Standing, Word};
use super::trouble::BackupError;
use crate::ops::profiles::keep_revoked;
use crate::ops::workspace::Workspace;
use crate::profile::{Profile, ProfileName};
use crate::store::{AgeStore, Origin, Shelf, StoreError};
use crate::var::VarName;

/// What becomes of a profile that differs from the one here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Both are kept: every name, with the value that was changed later.
    Merge,
    /// The backup's takes the place of the one here, which becomes an earlier version.
    Replace,
    /// The one here stays as it is.
    Leave,
}

/// What came back.
#[derive(Debug, Default)]
pub struct Applied {
    pub has_new_identity: bool,
    pub profiles: Vec<ProfileName>,
    pub projects: Vec<PathBuf>,
    /// Where damaged files lie now.
    pub aside: Vec<PathBuf>,
    pub warnings: Vec<String>,
}

/// Carries a plan out: the profiles that are new or damaged here, those that differ as `choices` says (left alone where it says
/// nothing), and the projects for which `takes` says yes.
///
/// # Errors
/// At the first thing that cannot be done; what was done before it is whole, and running it again goes on from there.
pub fn apply(
    workspace: &Workspace,
    plan: &Plan,
    choices: &BTreeMap<ProfileName, Choice>,
    takes: &dyn Fn(&Project) -> bool,
) -> Result<Applied, BackupError> {
    let mut applied = Applied::default();
    let choice = |arrival: &Arrival| match arrival.standing {
        Standing::New | Standing::Damaged(_) => Choice::Replace,
        Standing::Different(..) => choices.get(&arrival.name).copied().unwrap_or(Choice::Leave),
        Standing::Same | Standing::Blocked(_) => Choice::Leave,
    };
    let wanted: Vec<_> = plan.profiles.iter().filter(|arrival| choice(arrival) != Choice::Leave).collect();
    if !wanted.is_empty() {
        applied.has_new_identity = AgeStore::of(&workspace.paths, workspace.own_identity().clone())
            .ensure_identity(workspace.seconds())?
            == Origin::Made;
    }
    for arrival in wanted {
        take(workspace, arrival, choice(arrival), &mut applied)?;
        applied.profiles.push(arrival.name.clone());
    }
    let ledger = workspace.ledger();
    let counts = |project: &&Project| matches!(project.word, Word::New | Word::Different(_)) && takes(project);
    for project in plan.projects.iter().filter(counts) {
        ledger.write(&project.root, &project.record)?;
        applied.projects.push(project.root.clone());
    }
    Ok(applied)
}

fn take(workspace: &Workspace, arrival: &Arrival, choice: Choice, applied: &mut Applied) -> Result<(), BackupError> {
    let (store, name) = (workspace.store(), &arrival.name);
    let lock = store.lock(name)?;
    let Standing::Different(_, compared) = arrival.standing else {
        let mut profile = arrival.profile.clone();
        let (saved, aside) =
            Shelf::new(workspace.files("")).put_anew(&lock, name, &mut profile, &arrival.store).map_err(|e| match e {
                StoreError::Conflict { name, .. } => BackupError::ChangedMeanwhile(name),
                other => other.into(),
            })?;
        applied.warnings.extend(saved.warnings);
        applied.aside.extend(aside);
        return Ok(());
    };
    let mut here = store.load(name)?;
    if here.generation != compared {
        return Err(BackupError::ChangedMeanwhile(name.clone()));
    }
    Shelf::new(workspace.files("")).keep(&lock, name, here.generation)?;
    let revoked = combine(&mut here, &arrival.profile, choice);
    applied.warnings.extend(revoked.iter().map(|variable| format!("`{variable}` of profile `{name}` was revoked, and stays so")));
    applied.warnings.extend(store.save(&lock, name, &mut here)?.warnings);
    Ok(())
}

/// The profile stays the one that is here, with its fingerprints; what changes are its variables.
fn combine(here: &mut Profile, arriving: &Profile, choice: Choice) -> Vec<VarName> {
    let mut arriving = arriving.variables.clone();
    let revoked = keep_revoked(&here.variables, &mut arriving);
    if choice == Choice::Replace {
        here.variables = arriving;
        return revoked;
    }
    for (name, variable) in arriving {
        match here.variables.get(&name) {
            Some(known) if known.changed >= variable.changed => {}
            _ => {
                here.variables.insert(name, variable);
            }
        }
    }
    revoked.into_iter().filter(|name| here.variables.get(name).is_some_and(|variable| variable.revoked.is_some())).collect()
}
