//! Why nothing was done with a profile.

use crate::approval::LedgerError;
use crate::fault::{Exit, Fault};
use crate::profile::ProfileName;
use crate::project::ProjectError;
use crate::store::StoreError;

/// Why nothing, or not everything, was done. What was there before is there still.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error("there is no profile `{0}`")]
    Absent(ProfileName),
    #[error("there is a profile `{0}` already")]
    Taken(ProfileName),
    #[error("`{from}` and `{to}` are one name for many file systems")]
    Alike { from: ProfileName, to: ProfileName },
    #[error("earlier versions of a deleted profile `{0}` are kept here")]
    Kept(ProfileName),
    #[error("{} bound to `{name}`, and would get these values without having been asked: {}", counted(.projects.len()), .projects.join(", "))]
    Claimed { name: ProfileName, projects: Vec<String> },
    #[error("profile `{name}` rests under its new name, and not everything that names it follows yet: {why}")]
    Halfway { name: ProfileName, from: ProfileName, why: String },
    #[error("profile `{name}` has no earlier version `{id}`")]
    NoVersion { name: ProfileName, id: String },
    #[error("no random bytes: {0}")]
    Random(std::io::Error),
}

fn counted(projects: usize) -> String {
    if projects == 1 { "a project is".to_owned() } else { format!("{projects} projects are") }
}

impl Fault for ProfileError {
    fn exit(&self) -> Exit {
        match self {
            Self::Store(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(StoreError::CaseTwin { .. }) => Some("choose a name that differs by more".to_owned()),
            Self::Store(e) => e.hint(),
            Self::Ledger(e) => e.hint(),
            Self::Project(e) => e.hint(),
            Self::Absent(_) => Some("see which there are with `mcpenv profile list`".to_owned()),
            Self::Taken(_) => Some("choose another name".to_owned()),
            Self::Alike { .. } => Some("rename it to a third name first".to_owned()),
            Self::Kept(name) => Some(format!(
                "choose another name; or take that one back with `mcpenv profile restore {name} GENERATION`, or forget it with `mcpenv profile delete {name} --forget`"
            )),
            Self::Claimed { .. } => Some("withdraw that with `mcpenv deny --project DIR`, or choose another name".to_owned()),
            Self::Halfway { name, from, .. } => {
                Some(format!("run `mcpenv profile rename {from} {name}` again; nothing is lost, and each project has its values"))
            }
            Self::NoVersion { name, .. } => Some(format!("see which there are with `mcpenv profile versions {name}`")),
            Self::Random(_) => None,
        }
    }
}
