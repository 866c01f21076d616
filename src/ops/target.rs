//! Which project and which profile a command is about.

use std::path::{Path, PathBuf};

use super::declared::client_names;
use super::workspace::Workspace;
use crate::approval::{LedgerError, Reading, Record};
use crate::escape::shown_path;
use crate::fault::{Exit, Fault};
use crate::profile::ProfileName;
use crate::project::{self, Project, ProjectError};
use crate::sys::canonical;

/// Why there is no profile to work on.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("`{}` is not bound to a profile", shown_path(.0))]
    Unbound(PathBuf),
}

impl Fault for TargetError {
    fn exit(&self) -> Exit {
        match self {
            Self::Unbound(_) => Exit::NotApproved,
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Project(ProjectError::None(_)) => Some("go into a project, or name a profile with `--profile NAME`".to_owned()),
            Self::Project(e) => e.hint(),
            Self::Ledger(e) => e.hint(),
            Self::Unbound(_) => Some("bind one with `mcpenv init`, or name one with `--profile NAME`".to_owned()),
        }
    }
}

/// The project that `directory` (or the directory the user stands in) belongs to.
///
/// # Errors
/// When there is none, or it is not one that can be used.
pub fn project(workspace: &Workspace, directory: Option<&Path>) -> Result<Project, ProjectError> {
    let start = directory.map_or_else(|| workspace.cwd(), |d| workspace.cwd().join(d));
    // a path given by hand may hold `..`, which the walk upwards would take for a name
    let start = if directory.is_some() { canonical(&start).unwrap_or(start) } else { start };
    Project::open(&project::find(&start)?, &client_names())
}

/// What the user said of a project; a record that is not believed is an error here.
///
/// # Errors
/// [`LedgerError`].
pub fn record(workspace: &Workspace, root: &Path) -> Result<Option<Record>, LedgerError> {
    match workspace.ledger().read(root) {
        Reading::None => Ok(None),
        Reading::Said(record) => Ok(Some(*record)),
        Reading::Disbelieved(error) => Err(error),
    }
}

/// The profile to work on: the one named, else the one that the project is bound to.
///
/// # Errors
/// [`TargetError::Unbound`] when the project has none.
pub fn profile(workspace: &Workspace, named: Option<ProfileName>, directory: Option<&Path>) -> Result<ProfileName, TargetError> {
    if let Some(name) = named {
        return Ok(name);
    }
    let project = project(workspace, directory)?;
    record(workspace, &project.root)?.and_then(|r| r.profile).ok_or(TargetError::Unbound(project.root))
}
