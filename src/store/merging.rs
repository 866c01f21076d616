//! Merges three versions of one sealed profile, as a version control system has them in three files, into the one of them that is
//! ours. Until that is replaced, at once, it is as it was. No value is written anywhere else.

use std::path::{Path, PathBuf};

use crate::escape::shown_path;
use crate::fault::{Exit, Fault};
use crate::file::{self, USER_LIMIT};
use crate::merge::{Merged, NoMerge, merge};
use crate::profile::Profile;
use crate::store::contract::StoreError;
use crate::store::draft::{self, Draft};
use crate::store::identity::Identity;
use crate::store::note::Note;
use crate::store::own::OwnIdentity;
use crate::store::payload::{self, PayloadError};
use crate::store::seal::{self, Unopened};
use crate::store::team;
use crate::store::trouble;
use crate::sys;

/// Why nothing was merged. The file that is ours is as it was.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("`{}` is not there, or holds nothing", shown_path(.0))]
    Empty(PathBuf),
    #[error(transparent)]
    No(#[from] NoMerge),
    #[error("`{}` was written by a newer mcpenv", shown_path(.0))]
    Future(PathBuf),
}

impl Fault for MergeError {
    fn exit(&self) -> Exit {
        match self {
            Self::Store(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::No(NoMerge::Strangers) => Some("take one side whole, with `git checkout --ours` or `--theirs`".to_owned()),
            Self::No(NoMerge::Future) | Self::Future(_) => Some("install the newer mcpenv".to_owned()),
            Self::Empty(_) => None,
        }
    }
}

struct Version {
    profile: Profile,
    note: Option<Note>,
}

/// Merges `theirs` into `ours`, which both came from `base`; an empty or absent base is none.
///
/// # Errors
/// When one of them does not open, or they are not versions of one profile.
pub fn merge_files(own: &OwnIdentity, base: &Path, ours: &Path, theirs: &Path) -> Result<Merged, MergeError> {
    let identity = own.open()?;
    let need = |path: &Path| read(path, &identity)?.ok_or_else(|| MergeError::Empty(path.to_owned()));
    let base = read(base, &identity)?;
    let (mine, yours) = (need(ours)?, need(theirs)?);
    let merged = merge(base.as_ref().map(|base| &base.profile), &mine.profile, &yours.profile)?;
    write(ours, &merged.profile, mine.note.or(yours.note).as_ref(), &identity)?;
    Ok(merged)
}

fn read(path: &Path, identity: &Identity) -> Result<Option<Version>, MergeError> {
    let Some((sealed, _)) = trouble::read(path, USER_LIMIT)?.filter(|(sealed, _)| !sealed.is_empty()) else { return Ok(None) };
    let plain = seal::open(&sealed, &[identity]).map_err(|why| match why {
        Unopened::Foreign => StoreError::NotForYou { path: path.to_owned(), recipient: identity.recipient() },
        why => trouble::damaged(path, why.to_string()),
    })?;
    let profile = payload::decode(&plain).map_err(|e| match e {
        PayloadError::Damaged(why) => MergeError::Store(trouble::damaged(path, why)),
        PayloadError::Future => MergeError::Future(path.to_owned()),
    })?;
    Ok(Some(Version { profile, note: Note::of(&sealed[..sealed.len().min(seal::HEADER_LIMIT)]) }))
}

fn write(path: &Path, profile: &Profile, note: Option<&Note>, identity: &Identity) -> Result<(), StoreError> {
    let wrong = |e: std::io::Error| trouble::unwritten(path, &e);
    let differs = |why: String| StoreError::Disk { path: path.to_owned(), why };
    let mut readers = team::listed(profile)?;
    let me = identity.to_recipient();
    if !readers.contains(&me) {
        if note.is_some_and(|note| note.word == team::WORD) {
            return Err(StoreError::LockedOut(path.to_owned()));
        }
        // a profile of the user's own does not name them
        readers.insert(0, me);
    }
    let plain = payload::encode(profile, profile.generation.saturating_add(1));
    let sealed = seal::seal_for(&plain, &readers, note).map_err(wrong)?;
    let mode = path.metadata().map_err(wrong)?.permissions();
    draft::sweep(path);
    let draft = Draft::write(path, &sealed).map_err(wrong)?;
    draft.file().set_permissions(mode).map_err(wrong)?;
    draft.sync().map_err(wrong)?;
    let (back, _) = file::read(draft.path(), USER_LIMIT).map_err(|e| differs(e.to_string()))?;
    let opened = seal::open(&back, &[identity]).map_err(|e| differs(format!("what was written does not open: {e}")))?;
    if *opened != *plain || payload::decode(&opened).is_err() {
        return Err(differs("what was read back is not what was written".to_owned()));
    }
    draft.replace().map_err(wrong)?;
    sys::sync_directory(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))).map_err(wrong)
}
