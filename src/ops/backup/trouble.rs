//! Why there is no backup, or nothing came back from one.

use std::path::PathBuf;

use crate::approval::LedgerError;
use crate::escape::shown_path;
use crate::fault::{Exit, Fault};
use crate::file::quoted;
use crate::profile::ProfileName;
use crate::store::StoreError;
use crate::store::parcel::ParcelError;

/// Why nothing, or not everything, was done. Never holds a text out of a file that somebody else may have made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Parcel(#[from] ParcelError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("`{}` opens, and is no backup of mcpenv: {why}", shown_path(.path))]
    NoBackup { path: PathBuf, why: String },
    #[error("`{}` was written by a newer mcpenv", shown_path(.0))]
    Future(PathBuf),
    #[error("the backup has no profile `{0}`")]
    NotInIt(ProfileName),
    #[error("no identity at `{}`, though profiles are here that need one", shown_path(.identity))]
    IdentityGone { identity: PathBuf, profiles: PathBuf },
    #[error("profile `{0}` was changed while you were asked")]
    ChangedMeanwhile(ProfileName),
    #[error("there are more than {0} profiles or projects")]
    TooMany(usize),
}

impl Fault for BackupError {
    fn exit(&self) -> Exit {
        match self {
            Self::Store(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Parcel(e) => e.hint(),
            Self::Store(e) => e.hint(),
            Self::Ledger(e) => e.hint(),
            Self::NoBackup { .. } => Some("give the file that `mcpenv backup FILE` made".to_owned()),
            Self::Future(_) => Some("install the newer mcpenv; `age --decrypt` prints what is in it".to_owned()),
            Self::NotInIt(_) => Some("see what is in it with `mcpenv restore FILE --dry-run`".to_owned()),
            Self::IdentityGone { profiles, .. } => Some(format!(
                "put the identity back; or, if it is lost, put what nobody can open aside and run this again: `mv {} {}`",
                quoted(profiles),
                quoted(&profiles.with_file_name("profiles-without-identity"))
            )),
            Self::ChangedMeanwhile(_) => Some("run the command again".to_owned()),
            Self::TooMany(_) => None,
        }
    }
}
