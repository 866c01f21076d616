//! Notes in the log what a command has done, or is about to do. Where the log is `required`, nothing secret goes out unnoted;
//! elsewhere a log that cannot be written is told of, and stops nothing.

use std::path::{Path, PathBuf};

use super::report;
use super::report::Done;
use crate::audit::Action;
use crate::fault::{Fault, sentence};
use crate::ops::{Workspace, target};
use crate::profile::ProfileName;

/// The project that a command works in, where there is one.
pub(super) fn project(workspace: &Workspace, directory: Option<&Path>) -> Option<PathBuf> {
    target::project(workspace, directory).ok().map(|project| project.root)
}

/// Notes what was done.
pub(super) fn done(workspace: &Workspace, action: Action, project: Option<&Path>, profile: Option<&ProfileName>, names: &[&str]) {
    if let Err(e) = workspace.note(action, project, profile, names) {
        report::warning(&format!("it is done, but not in the log: {}", sentence(&e)));
    }
}

/// Notes what a command on whole profiles or keys has done, when it has done it.
pub(super) fn after(workspace: &Workspace, action: Action, names: &[&str], ended: Done) -> Done {
    if ended.is_ok() {
        done(workspace, action, None, None, names);
    }
    ended
}

/// Notes what is about to be done with a value.
///
/// # Errors
/// When it cannot be noted, and the settings require that it is.
pub(super) fn before(
    workspace: &Workspace,
    action: Action,
    project: Option<&Path>,
    profile: Option<&ProfileName>,
    names: &[&str],
) -> Result<(), Box<dyn Fault>> {
    match workspace.note(action, project, profile, names) {
        Ok(()) => Ok(()),
        Err(e) if workspace.requires_log() => Err(Box::new(e)),
        Err(e) => {
            report::warning(&format!("it is not in the log: {}", sentence(&e)));
            Ok(())
        }
    }
}
