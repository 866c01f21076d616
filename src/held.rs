//! An opened identity for a while, so that a prompt need not ask for its passphrase: kept in the kernel's memory on Linux and
//! in the keychain elsewhere, never in a file. A small file of this login says until when, or that everything was locked; it
//! holds no secret, and the hook watches it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::escape::shown_path;
use crate::fault::Fault;
use crate::file::{self, FileError};
use crate::keychain::{Keychain, KeychainError, Slot};
use crate::paths::Paths;
use crate::secret::Secret;
use crate::sys::{self, kept};

/// How long the keychain may take where it serves in the kernel's place.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the user last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing, in this login.
    Unsaid,
    /// Unlocked until this time, in seconds since 1970 UTC; it may be past.
    Until(i64),
    /// Locked, until it is unlocked again.
    Locked,
}

/// Why an identity could not be held, or not be let go.
#[derive(Debug, thiserror::Error)]
pub enum HeldError {
    #[error("an opened identity cannot be kept here: {0}")]
    Memory(io::Error),
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    #[error("`{}` could not be written: {source}", shown_path(.path))]
    Write { path: PathBuf, source: io::Error },
}

impl Fault for HeldError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Keychain(e) => e.hint(),
            Self::Memory(_) | Self::Write { .. } => None,
        }
    }
}

/// The place of one identity.
#[derive(Debug, Clone)]
pub struct Held {
    /// Each home of mcpenv holds its own.
    name: String,
    file: PathBuf,
}

impl Held {
    /// The place for the identity of these paths. Reads nothing yet.
    #[must_use]
    pub fn new(paths: &Paths) -> Self {
        Self { name: format!("mcpenv:{}", paths.identity().to_string_lossy()), file: paths.unlocked() }
    }

    /// The file that changes whenever something is unlocked or locked.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What was last said. A file that makes no sense, or that others can use, is no leave to open anything.
    #[must_use]
    pub fn state(&self) -> State {
        let (text, meta) = match file::read(&self.file, 64) {
            Ok(read) => read,
            Err(FileError::Absent(_)) => return State::Unsaid,
            Err(_) => return State::Locked,
        };
        if sys::is_own_and_private(&meta).is_err() {
            return State::Locked;
        }
        match std::str::from_utf8(&text).map(str::trim) {
            Ok("") => State::Unsaid,
            Ok(text) => text.strip_prefix("until ").and_then(|t| t.parse().ok()).map_or(State::Locked, State::Until),
            Err(_) => State::Locked,
        }
    }

    /// The identity that is held, if its time is not over.
    ///
    /// # Errors
    /// When the place that would hold it cannot be asked.
    pub fn take(&self, now: i64) -> Result<Option<Secret>, HeldError> {
        let State::Until(end) = self.state() else { return Ok(None) };
        if end <= now {
            // the kernel forgets by itself; the keychain does not
            return self.forget().map(|()| None);
        }
        match kept::recall(&self.name) {
            Ok(bytes) => Ok(bytes.and_then(|mut bytes| Secret::new(std::mem::take(&mut *bytes)).ok())),
            Err(e) if e.kind() == io::ErrorKind::Unsupported => {
                let keychain = self.keychain()?;
                match keychain.find(&self.slot())? {
                    Some(entry) => Ok(Some(keychain.read(&entry)?)),
                    None => Ok(None),
                }
            }
            Err(e) => Err(HeldError::Memory(e)),
        }
    }

    /// Holds an opened identity from `now` until `end`.
    ///
    /// # Errors
    /// When it cannot be held: then nothing is.
    pub fn hold(&self, identity: &Secret, now: i64, end: i64) -> Result<(), HeldError> {
        let seconds = u64::try_from(end.saturating_sub(now)).unwrap_or(0).max(1);
        match kept::keep(&self.name, identity.expose(), seconds) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::Unsupported => {
                self.keychain()?.put(&self.slot(), "mcpenv: unlocked identity", identity)?;
            }
            Err(e) => return Err(HeldError::Memory(e)),
        }
        // what nobody knows of would be held beyond every word
        self.say(&format!("until {end}\n")).inspect_err(|_| drop(self.forget()))
    }

    /// Notes that whatever was locked may be asked again, until `end`, without holding anything here: a keychain does.
    ///
    /// # Errors
    /// When it cannot be noted.
    pub fn open_until(&self, end: i64) -> Result<(), HeldError> {
        self.say(&format!("until {end}\n"))
    }

    /// Lets go of what is held. Every shell hears of it at its next prompt.
    ///
    /// # Errors
    /// When it may still be held.
    pub fn lock(&self) -> Result<(), HeldError> {
        // said first: a shell that looks in between finds nothing that counts
        self.say("locked\n")?;
        self.forget()
    }

    /// Forgets what is held, and that anything was unlocked: the identity is another one now, or otherwise protected. What was
    /// locked by word stays so.
    ///
    /// # Errors
    /// When it may still be held.
    pub fn clear(&self) -> Result<(), HeldError> {
        if matches!(self.state(), State::Until(_)) {
            self.say("")?;
            self.forget()?;
        }
        Ok(())
    }

    fn forget(&self) -> Result<(), HeldError> {
        match kept::forget(&self.name) {
            Ok(()) => Ok(()),
            Err(e) if e.kind() == io::ErrorKind::Unsupported => {
                let keychain = self.keychain()?;
                match keychain.find(&self.slot())? {
                    Some(entry) => Ok(keychain.remove(&entry)?),
                    None => Ok(()),
                }
            }
            Err(e) => Err(HeldError::Memory(e)),
        }
    }

    fn keychain(&self) -> Result<Keychain, HeldError> {
        Keychain::open(PATIENCE, false).map_err(HeldError::Memory)
    }

    fn slot(&self) -> Slot {
        Slot { service: "mcpenv".to_owned(), account: format!("unlocked {}", self.name) }
    }

    fn say(&self, text: &str) -> Result<(), HeldError> {
        let failed = |source| HeldError::Write { path: self.file.clone(), source };
        if let Some(directory) = self.file.parent() {
            sys::make_private_directory(directory).map_err(failed)?;
        }
        // at once: half a word would be another one
        sys::put_private(&self.file, text.as_bytes()).map_err(failed)
    }
}
