//! Why plaintext stays where it is.

use std::path::PathBuf;

use crate::client::SpliceError;
use crate::escape::shown_path;
use crate::fault::{Exit, Fault};
use crate::file::FileError;
use crate::ops::target::TargetError;
use crate::project::ProjectError;
use crate::rewrite::RewriteError;
use crate::store::StoreError;
use crate::var::VarName;

/// Why nothing, or not everything, was taken over.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Rewrite(#[from] RewriteError),
    #[error("`{}` is not a file of any client that is known here", shown_path(.0))]
    Stranger(PathBuf),
    #[error("`{}` has no name that tells its format", shown_path(.0))]
    Format(PathBuf),
    #[error("`{}` was left as it is: {source}", shown_path(.path))]
    Splice { path: PathBuf, source: SpliceError },
    #[error("`{0}` holds another value by now")]
    Taken(VarName),
    #[error("the record for the way back could not be kept: {0}")]
    Record(String),
    #[error("nothing was adopted here that could be undone")]
    NoRecord,
    #[error("the path of this mcpenv, or of the project, is no text that a client's file could hold")]
    Program,
}

impl Fault for AdoptError {
    fn exit(&self) -> Exit {
        match self {
            Self::Target(e) => e.exit(),
            Self::Store(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Target(e) => e.hint(),
            Self::Project(e) => e.hint(),
            Self::File(e) => e.hint(),
            Self::Store(e) => e.hint(),
            Self::Rewrite(e) => e.hint(),
            Self::Stranger(_) => Some("name the client that reads it with `--client NAME`".to_owned()),
            Self::Format(_) => Some("it must end in .json, .jsonc, .toml, .yaml or .yml".to_owned()),
            Self::Splice { source, .. } => source.hint(),
            Self::Taken(_) => Some("run the command again".to_owned()),
            Self::Record(_) => Some("no file was changed; mend that and run the command again".to_owned()),
            Self::NoRecord | Self::Program => None,
        }
    }
}
