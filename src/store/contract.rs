//! What every store promises. A store never asks, never prints, and never shows a value.

use std::path::PathBuf;

use crate::escape::{shown, shown_path};
use crate::fault::{Exit, Fault};
use crate::file::FileError;
use crate::keychain::KeychainError;
use crate::profile::{Profile, ProfileName};
use crate::store::recipient::NoRecipient;

/// A place where profiles rest, each under its name.
pub trait Store {
    /// The word for this store in commands and settings.
    fn name(&self) -> &'static str;

    /// Opens a profile. Never waits for a person and changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when it was never saved; each other kind says what stands in the way.
    fn load(&self, name: &ProfileName) -> Result<Profile, StoreError>;

    /// The names of the profiles that rest here, sorted. Opens none of them.
    ///
    /// # Errors
    /// When the place itself cannot be read; a place that was never made holds none.
    fn names(&self) -> Result<Vec<ProfileName>, StoreError>;

    /// Keeps every other writer of this profile out until the lock is dropped. Waits for at most 5 seconds.
    ///
    /// # Errors
    /// [`StoreError::Busy`] names the process that holds it.
    fn lock(&self, name: &ProfileName) -> Result<Lock, StoreError>;

    /// Replaces what rests under this name, all or nothing, and only if its generation is still `profile.generation` (0: none
    /// rests there yet). On success `profile.generation` has gone up by one, the new one is on the disk, has been opened again
    /// and compared, and the one before is among the earlier versions. On failure what rested there still does.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else saved in between.
    fn save(&self, lock: &Lock, name: &ProfileName, profile: &mut Profile) -> Result<Saved, StoreError>;
}

/// What a save that succeeded has to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// Things that did not work and that cost no value: an earlier version that could not be kept, a sidecar not written.
    pub warnings: Vec<String>,
}

/// Held while a profile is read, changed and saved.
#[derive(Debug)]
pub struct Lock {
    pub(super) name: ProfileName,
    /// Unlocked by the system when it is closed, however the process ends.
    pub(super) _file: std::fs::File,
}

/// Why a profile could not be opened or saved. Five kinds are never mixed up: absent, locked, wrong key, damaged, no access.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no profile `{0}` yet")]
    Absent(ProfileName),
    #[error("no identity at `{}`, though profiles are here that need one", shown_path(.0))]
    IdentityAbsent(PathBuf),
    #[error("the identity `{}` is locked: {why}", shown_path(.path))]
    Locked { path: PathBuf, why: &'static str },
    #[error("{key} is not one that opens `{}`", shown_path(.path))]
    WrongKey { path: PathBuf, key: String },
    #[error("{place} has no key for {key}")]
    KeyAbsent { key: String, place: &'static str },
    #[error("{place} has no usable key: {key}: {why}")]
    KeyDamaged { key: String, place: &'static str, why: String },
    #[error("the SSH key `{}` cannot protect the identity: {why}", shown_path(.path))]
    SshKey { path: PathBuf, why: String },
    #[error("it is locked: `mcpenv lock` was run, or the time of `mcpenv unlock` is over")]
    Withdrawn,
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    #[error("profile `{name}` rests in a store that is not known here: `{word}`")]
    Elsewhere { name: ProfileName, word: String },
    #[error("it cannot be sealed for {}: {why}", if .label.is_empty() { "one of its recipients".to_owned() } else { format!("`{}`", shown(.label)) })]
    Reader { label: String, why: NoRecipient },
    #[error("`{}` is not the team file that was approved", shown_path(.0))]
    NotApproved(PathBuf),
    #[error("`{}` would be sealed for {}, which you have not confirmed", shown_path(.path), .readers.iter().map(|r| shown(r)).collect::<Vec<_>>().join(", "))]
    Unconfirmed { path: PathBuf, readers: Vec<String> },
    #[error("`{}` is not sealed for your key", shown_path(.path))]
    NotForYou { path: PathBuf, recipient: String },
    #[error("your own key is not among the recipients of `{}`: you could not open it any more", shown_path(.0))]
    LockedOut(PathBuf),
    #[error("profile `{0}` rests in a file of its project, not in a store of yours")]
    InProject(ProfileName),
    #[error(transparent)]
    Project(FileError),
    #[error("`{}` is damaged: {why}", shown_path(.path))]
    Damaged { path: PathBuf, why: String, earlier: Option<PathBuf> },
    #[error("no access to `{}`: {why}", shown_path(.path))]
    NoAccess { path: PathBuf, why: String },
    #[error("`{}` can be read by others (mode {mode:04o})", shown_path(.path))]
    Exposed { path: PathBuf, mode: u32 },
    #[error("profile `{name}` was changed elsewhere meanwhile (generation {found}, expected {expected})")]
    Conflict { name: ProfileName, expected: u64, found: u64 },
    #[error("profile `{name}` is being changed by another process{}", .pid.map(|p| format!(" ({p})")).unwrap_or_default())]
    Busy { name: ProfileName, pid: Option<u32> },
    #[error("profile `{0}` was written by a newer mcpenv and can only be read by this one")]
    FromTheFuture(ProfileName),
    #[error("a profile named `{found}` exists, and `{name}` differs from it only by case")]
    CaseTwin { name: ProfileName, found: String },
    #[error("`{}` could not be written: {why}", shown_path(.path))]
    Disk { path: PathBuf, why: String },
    #[error("the identity is being changed by another process{}", .0.map(|p| format!(" ({p})")).unwrap_or_default())]
    IdentityBusy(Option<u32>),
    #[error("a change of the identity was interrupted: `{}` is there", shown_path(.0))]
    Unsettled(PathBuf),
    #[error("not everything could be sealed anew, so the old identity stays in force: {}", .0.join("; "))]
    Unsealed(Vec<String>),
}

impl StoreError {
    /// Whether the keychain is what stands in the way.
    #[must_use]
    pub fn is_of_keychain(&self) -> bool {
        matches!(self, Self::Keychain(_) | Self::KeyAbsent { .. } | Self::KeyDamaged { .. })
    }
}

impl Fault for StoreError {
    fn exit(&self) -> Exit {
        match self {
            Self::Locked { .. } | Self::Withdrawn => Exit::Locked,
            Self::Keychain(KeychainError::TimedOut(_)) => Exit::Locked,
            Self::Keychain(e) => e.exit(),
            Self::NotApproved(_) | Self::Unconfirmed { .. } => Exit::NotApproved,
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Absent(_) => Some("make one with `mcpenv init`".to_owned()),
            Self::IdentityAbsent(_) => {
                Some("put it back with `mcpenv key import`, or use your recovery key with `mcpenv key recover`".to_owned())
            }
            Self::Locked { .. } | Self::Withdrawn => Some("run `mcpenv unlock`".to_owned()),
            Self::Keychain(KeychainError::Locked | KeychainError::Dismissed | KeychainError::TimedOut(_)) => {
                Some("run `mcpenv unlock`".to_owned())
            }
            Self::Keychain(KeychainError::NoBus) => Some("run it in the desktop session that has the keychain".to_owned()),
            Self::Keychain(KeychainError::NoService) => {
                Some("start the keychain (GNOME Keyring, KWallet or KeePassXC)".to_owned())
            }
            Self::Keychain(KeychainError::NoCollection) => {
                Some("open the keychain's own program once: it makes a place for entries".to_owned())
            }
            Self::Keychain(_) => None,
            Self::KeyAbsent { .. } | Self::KeyDamaged { .. } => Some(
                "put the entry back, or use your recovery key with `mcpenv key recover`, or bring it back with `mcpenv restore FILE`"
                    .to_owned(),
            ),
            Self::SshKey { .. } => Some(
                "if your identity is sealed for that key, put the key back, or use your recovery key with `mcpenv key recover`".to_owned(),
            ),
            Self::Elsewhere { .. } => Some("install the mcpenv that made it".to_owned()),
            Self::Reader { .. } => Some("see `mcpenv key recipients list`".to_owned()),
            Self::NotApproved(_) => Some("see it with `mcpenv allow`".to_owned()),
            Self::Unconfirmed { .. } => Some("see who that is with `mcpenv allow`, and confirm or remove them".to_owned()),
            Self::NotForYou { recipient, .. } => Some(format!(
                "ask somebody who opens it to run `mcpenv key recipients add {recipient}`; once that is pulled, run this again"
            )),
            Self::LockedOut(_) | Self::InProject(_) => None,
            Self::Project(e) => e.hint(),
            Self::WrongKey { .. } => Some("put back the identity that this profile was saved with".to_owned()),
            Self::Damaged { earlier: Some(path), .. } => {
                let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
                Some(format!(
                    "earlier versions are in `{}`: see them with `mcpenv profile versions {name}`, and take one back with `mcpenv profile restore {name} GENERATION`",
                    shown_path(path)
                ))
            }
            Self::Damaged { earlier: None, .. } => {
                Some("put it back from your backup, with `mcpenv restore FILE` if it is one of those".to_owned())
            }
            Self::NoAccess { path, .. } => Some(format!("see who owns it with `ls -l {}`", crate::file::quoted(path))),
            Self::Exposed { path, .. } => Some(format!("run `chmod go-rwx {}`", crate::file::quoted(path))),
            Self::Conflict { .. } => Some("run the command again".to_owned()),
            Self::Unsealed(_) => Some("mend that, and run the command again".to_owned()),
            Self::Unsettled(_) => Some("complete it with `mcpenv key new`".to_owned()),
            Self::Busy { .. } | Self::IdentityBusy(_) => Some("let it end, and run the command again".to_owned()),
            Self::FromTheFuture(_) => Some("install the newer mcpenv".to_owned()),
            Self::CaseTwin { found, .. } => Some(format!("use `--profile {found}`")),
            Self::Disk { .. } => Some("nothing was changed; mend the disk and run the command again".to_owned()),
        }
    }
}
