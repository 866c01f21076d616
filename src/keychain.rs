//! The one door to the keychain of the operating system: small entries, found without opening them, read, put and removed. No
//! call waits longer than its limit, whatever the keychain does; nothing of it is reached from the hook.

use std::io;
use std::sync::mpsc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::escape::shown;
use crate::fault::{Exit, Fault};
use crate::secret::{Secret, SecretError};
use crate::sys::keychain::{Refusal, Service};

pub use crate::sys::keychain::{PLACE, Seen, Slot, removal};

/// Why an entry was not found, read, put or removed.
#[derive(Debug, thiserror::Error)]
pub enum KeychainError {
    #[error("there is no session bus here, so {PLACE} cannot be asked")]
    NoBus,
    #[error("nothing on this session's bus is a keychain")]
    NoService,
    #[error("{PLACE} has no collection yet that an entry could be in")]
    NoCollection,
    #[error("{PLACE} is locked")]
    Locked,
    #[error("{PLACE} stayed locked: its question was dismissed, or could not be shown")]
    Dismissed,
    #[error("the entry is not there any more")]
    Gone,
    #[error("{PLACE} did not answer within {}", spoken(*.0))]
    TimedOut(Duration),
    #[error("the value is longer than the {0} bytes that {PLACE} takes")]
    TooLong(usize),
    #[error("what the entry holds is no value: {0}")]
    Value(#[from] SecretError),
    #[error("{PLACE} could not be used: {0}")]
    Other(String),
}

impl Fault for KeychainError {
    fn exit(&self) -> Exit {
        match self {
            Self::Locked | Self::Dismissed => Exit::Locked,
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoBus => "run it in the desktop session that has the keychain, or use `mcpenv set VAR`".to_owned(),
            Self::NoService => "start the keychain (GNOME Keyring, KWallet or KeePassXC), or use `mcpenv set VAR`".to_owned(),
            Self::NoCollection => "nothing was ever stored there; `mcpenv set VAR` takes a value at a prompt".to_owned(),
            Self::Locked => "unlock it, and run the command again at a terminal".to_owned(),
            Self::Dismissed => "unlock it in the desktop session, and run the command again".to_owned(),
            Self::TimedOut(_) => "it may be waiting for you to unlock it; `--wait SECONDS` gives it longer".to_owned(),
            Self::Gone | Self::TooLong(_) | Self::Value(_) | Self::Other(_) => return None,
        })
    }
}

impl KeychainError {
    fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoBus => Self::NoBus,
            Refusal::NoService => Self::NoService,
            Refusal::NoCollection => Self::NoCollection,
            Refusal::Locked => Self::Locked,
            Refusal::Dismissed => Self::Dismissed,
            Refusal::Gone => Self::Gone,
            Refusal::TooLong(most) => Self::TooLong(most),
            Refusal::Other(text) => Self::Other(shown(&text).chars().take(300).collect()),
        }
    }
}

/// One thing to do with the keychain, on the thread that may have to wait for it.
type Job = Box<dyn FnOnce(&Result<Service, Refusal>) + Send>;

/// The keychain, asked by a thread of its own: one that never answers is left behind there.
#[derive(Debug)]
pub struct Keychain {
    jobs: mpsc::Sender<Job>,
    limit: Duration,
    may_ask: bool,
}

impl Keychain {
    /// Starts asking. With `may_ask` the keychain may put a question of its own to the person there.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn open(limit: Duration, may_ask: bool) -> io::Result<Self> {
        let (jobs, work) = mpsc::channel::<Job>();
        std::thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            let service = Service::connect();
            work.iter().for_each(|job| job(&service));
        })?;
        Ok(Self { jobs, limit, may_ask })
    }

    /// The entries that a person made under this name. Opens none, and unlocks nothing.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn find_by_hand(&self, name: &str) -> Result<Vec<Seen>, KeychainError> {
        let name = name.to_owned();
        self.ask(move |service| service.find_by_hand(&name))
    }

    /// What is in a slot. Opens nothing, and unlocks nothing.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn find(&self, slot: &Slot) -> Result<Option<Seen>, KeychainError> {
        let slot = slot.clone();
        Ok(self.ask(move |service| service.find(&slot))?.into_iter().next())
    }

    /// The value of an entry.
    ///
    /// # Errors
    /// [`KeychainError::Locked`] when it is locked and nobody may be asked; the other kinds of [`KeychainError`].
    pub fn read(&self, entry: &Seen) -> Result<Secret, KeychainError> {
        let (id, may_ask) = (entry.id.clone(), self.may_ask);
        let bytes = self.ask(move |service| service.read(&id, may_ask))?;
        Ok(Secret::new(value_of(bytes))?)
    }

    /// Puts a value into a slot, in the place of what is there.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn put(&self, slot: &Slot, label: &str, value: &Secret) -> Result<(), KeychainError> {
        let (slot, label, value, may_ask) = (slot.clone(), label.to_owned(), value.clone(), self.may_ask);
        self.ask(move |service| service.put(&slot, &label, value.expose(), may_ask))
    }

    /// Takes an entry away.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn remove(&self, entry: &Seen) -> Result<(), KeychainError> {
        let (id, may_ask) = (entry.id.clone(), self.may_ask);
        self.ask(move |service| service.remove(&id, may_ask))
    }

    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Service) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let (answer, answered) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |service| {
            // whoever waited may have gone
            let _ = answer.send(service.as_ref().map_err(Refusal::clone).and_then(work));
        });
        let ended = || KeychainError::Other("asking it ended unexpectedly".to_owned());
        self.jobs.send(job).map_err(|_| ended())?;
        match answered.recv_timeout(self.limit) {
            Ok(answer) => answer.map_err(KeychainError::of),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(KeychainError::TimedOut(self.limit)),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(ended()),
        }
    }
}

fn spoken(limit: Duration) -> String {
    match (limit.as_secs(), limit.subsec_millis()) {
        (1, 0) => "1 second".to_owned(),
        (seconds, 0) => format!("{seconds} seconds"),
        (seconds, milliseconds) => format!("{} milliseconds", seconds * 1000 + u64::from(milliseconds)),
    }
}

/// The value in the bytes of an entry: programs of Windows write text as UTF-16, and all others as it is.
fn value_of(mut bytes: Zeroizing<Vec<u8>>) -> Vec<u8> {
    let is_wide = bytes.len().is_multiple_of(2)
        && bytes.chunks_exact(2).all(|unit| unit[0] != 0 && unit[1] == 0)
        && bytes.iter().step_by(2).all(u8::is_ascii);
    if !is_wide {
        return std::mem::take(&mut *bytes);
    }
    bytes.iter().step_by(2).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_windows_wrote_as_utf_16_is_the_same_value() {
        let of = |bytes: &[u8]| value_of(Zeroizing::new(bytes.to_vec()));
        assert_eq!(of(b"t\0o\0k\0"), b"tok");
        assert_eq!(of(b"tok"), b"tok");
        assert_eq!(of(b"token!"), b"token!");
        assert_eq!(of("schlüssel".as_bytes()), "schlüssel".as_bytes());
        assert_eq!(of(b"a\0\0\0"), b"a\0\0\0");
    }
}
