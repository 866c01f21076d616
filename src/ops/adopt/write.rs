//! Carries a plan out: the values into the profile, what the files hold into a sealed record, and then file by file. Stopped
//! at any point, the values are stored, each file is the old one or the new one, and the next run does what is left.

use super::plan::Plan;
use super::record;
use super::trouble::AdoptError;
use crate::ops::workspace::Workspace;
use crate::rewrite;
use crate::var::VarName;

/// What was done.
#[derive(Debug, Default)]
pub struct Adopted {
    pub stored: Vec<VarName>,
    pub files: Vec<String>,
    pub warnings: Vec<String>,
    /// What stopped it half-way, with the files that were not reached.
    pub stopped: Option<(AdoptError, Vec<String>)>,
}

/// Carries it out.
///
/// # Errors
/// When nothing was changed in any file; the values may be stored by then. What stops it later is told with what was done.
pub fn write(workspace: &Workspace, plan: &Plan) -> Result<Adopted, AdoptError> {
    let mut done = Adopted::default();
    if plan.files.is_empty() {
        return Ok(done);
    }
    store(workspace, plan, &mut done)?;
    record::keep(workspace, &plan.project.root, &plan.files)?;
    for (index, file) in plan.files.iter().enumerate() {
        match rewrite::rewrite(&file.path, &file.before, &file.after) {
            Ok(warning) => {
                done.files.push(file.shown.clone());
                done.warnings.extend(warning);
            }
            Err(error) => {
                let left = plan.files[index..].iter().map(|file| file.shown.clone()).collect();
                done.stopped = Some((error.into(), left));
                break;
            }
        }
    }
    Ok(done)
}

fn store(workspace: &Workspace, plan: &Plan, done: &mut Adopted) -> Result<(), AdoptError> {
    if plan.values.is_empty() {
        return Ok(());
    }
    let store = workspace.store();
    let lock = store.lock(&plan.profile)?;
    let mut profile = store.load(&plan.profile)?;
    for (name, value) in &plan.values {
        let mut alike = profile.variables.iter().filter(|(known, _)| known.as_str().eq_ignore_ascii_case(name.as_str()));
        match alike.next() {
            Some((known, variable)) if known == name && variable.value == *value => continue,
            Some((known, _)) => return Err(AdoptError::Taken(known.clone())),
            None => {}
        }
        profile.set(name.clone(), value.clone(), workspace.seconds());
        done.stored.push(name.clone());
    }
    if !done.stored.is_empty() {
        done.warnings.extend(store.save(&lock, &plan.profile, &mut profile)?.warnings);
    }
    Ok(())
}
