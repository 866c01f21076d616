//! Opens protected keys for a while, and closes them again: what the hook may use without asking anybody. Every shell hears of
//! it at its next prompt.

use super::workspace::Workspace;
use crate::fault::{Exit, Fault};
use crate::held::{HeldError, State};
use crate::keychain::PLACE;
use crate::secret::Secret;
use crate::store::{Protection, Store, StoreError};

/// What was unlocked.
#[derive(Debug, Default)]
pub struct Unlocked {
    /// In words.
    pub what: Vec<String>,
    /// Seconds since 1970 UTC.
    pub until: i64,
}

/// Why nothing was unlocked or locked.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Held(#[from] HeldError),
    #[error("nothing here is locked: the identity is a plain file, and no profile rests in the keychain")]
    Open,
}

impl Fault for UnlockError {
    fn exit(&self) -> Exit {
        match self {
            Self::Store(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Held(e) => e.hint(),
            Self::Open => Some("protect the identity with `mcpenv key passphrase` or `mcpenv key move keychain`".to_owned()),
        }
    }
}

/// Opens what is protected, for so many seconds.
///
/// # Errors
/// When it does not open, or cannot be held.
pub fn unlock(workspace: &Workspace, seconds: i64) -> Result<Unlocked, UnlockError> {
    let own = workspace.own_identity();
    let until = workspace.seconds().saturating_add(seconds);
    let mut unlocked = Unlocked { what: Vec::new(), until };
    let protection = match own.protection() {
        Err(StoreError::IdentityAbsent(_)) => Protection::Plain,
        other => other?,
    };
    let is_held_here = matches!(protection, Protection::Passphrase | Protection::Ssh { .. });
    if is_held_here {
        let mut line = own.open()?.line();
        let line = Secret::new(std::mem::take(&mut *line)).map_err(|e| StoreError::Keychain(e.into()))?;
        own.held().hold(&line, workspace.seconds(), until)?;
        unlocked.what.push("your identity".to_owned());
    }
    let before = own.held().state();
    if !is_held_here {
        // what was locked by word is asked again only once the word is taken back
        own.held().open_until(until)?;
    }
    let opened = open_keychain(workspace, &protection, &mut unlocked.what);
    let is_in_vain = opened.is_err() || unlocked.what.is_empty();
    if is_in_vain && protection != Protection::Passphrase {
        // what was not opened is as it was
        match before {
            State::Locked => own.held().lock()?,
            State::Until(end) => own.held().open_until(end)?,
            State::Unsaid => own.held().clear()?,
        }
    }
    opened?;
    if unlocked.what.is_empty() { Err(UnlockError::Open) } else { Ok(unlocked) }
}

/// Lets the keychain open what lies there, with its own question where it is locked.
fn open_keychain(workspace: &Workspace, protection: &Protection, what: &mut Vec<String>) -> Result<(), StoreError> {
    if matches!(protection, Protection::Keychain { .. }) {
        workspace.own_identity().open()?;
        what.push(format!("your identity in {PLACE}"));
    }
    let files = workspace.files("");
    for name in files.names()? {
        if files.word(&name)?.as_deref() == Some("keychain") {
            // one is enough: all entries lie in one keychain
            files.load(&name)?;
            what.push(format!("the profiles in {PLACE}"));
            break;
        }
    }
    Ok(())
}

/// Closes what is protected. Every shell takes away what it loaded from there.
///
/// # Errors
/// When nothing is protected, or it could not be let go.
pub fn lock(workspace: &Workspace) -> Result<(), UnlockError> {
    let own = workspace.own_identity();
    own.held().lock()?;
    let is_protected = !matches!(own.protection(), Ok(Protection::Plain) | Err(StoreError::IdentityAbsent(_)));
    let files = workspace.files("");
    let names = files.names()?;
    let in_keychain = |name| files.word(name).is_ok_and(|word| word.as_deref() == Some("keychain"));
    if is_protected || names.iter().any(in_keychain) { Ok(()) } else { Err(UnlockError::Open) }
}
