//! The user's own identity, wherever it is kept: in its file as it is, in its file behind a passphrase or an SSH key, or in the
//! keychain of the system, with its file as a signpost. What the file holds says which. Opened once, however often it is asked for.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use zeroize::Zeroizing;

use crate::escape::shown_path;
use crate::held::{Held, State};
use crate::keychain::{Keychain, PLACE, Slot};
use crate::paths::Paths;
use crate::secret::Secret;
use crate::store::contract::StoreError;
use crate::store::gate::Gate;
use crate::store::identity::{Identity, NoIdentity};
use crate::store::note;
use crate::store::passphrase::{self, Unlocked};
use crate::store::public;
use crate::store::ssh::{self, SshKey};
use crate::store::trouble;
use crate::sys;

/// The most that an identity file may hold, in bytes.
pub(super) const LIMIT: u64 = 64 * 1024;
/// How often a passphrase is asked for.
const TRIES: usize = 3;
/// The one line of a signpost; the account of the keychain's entry follows.
pub(super) const SIGNPOST: &str = "MCPENV-KEYCHAIN ";
/// The service of all entries of mcpenv in a keychain.
pub(super) const SERVICE: &str = "mcpenv";

/// What keeps others from using the identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protection {
    /// Nothing but the mode of its file: whoever copies the home directory has it.
    Plain,
    Passphrase,
    /// It is in the keychain of the system, under this account.
    Keychain {
        account: String,
    },
    /// It is sealed for the private key of SSH in this file.
    Ssh {
        key: PathBuf,
    },
}

/// What the file of an identity holds.
pub(super) enum Kept {
    Plain(Identity),
    /// Encrypted with a passphrase, as `age -p` does.
    Sealed(Vec<u8>),
    Signpost(String),
    /// Sealed for the private key of SSH in that file.
    Ssh {
        key: PathBuf,
        sealed: Vec<u8>,
    },
}

impl Kept {
    pub(super) fn protection(&self) -> Protection {
        match self {
            Self::Plain(_) => Protection::Plain,
            Self::Sealed(_) => Protection::Passphrase,
            Self::Signpost(account) => Protection::Keychain { account: account.clone() },
            Self::Ssh { key, .. } => Protection::Ssh { key: key.clone() },
        }
    }
}

/// The user's identity and the way to it.
#[derive(Debug, Clone)]
pub struct OwnIdentity {
    path: PathBuf,
    held: Held,
    gate: Arc<dyn Gate>,
    opened: Arc<OnceLock<(Arc<Identity>, Protection)>>,
}

impl OwnIdentity {
    /// The identity of these paths. Reads nothing yet.
    #[must_use]
    pub fn new(paths: &Paths, gate: Arc<dyn Gate>) -> Self {
        Self { path: paths.identity(), held: Held::new(paths), gate, opened: Arc::default() }
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is held once it is unlocked.
    #[must_use]
    pub fn held(&self) -> &Held {
        &self.held
    }

    pub(super) fn gate(&self) -> &Arc<dyn Gate> {
        &self.gate
    }

    pub(super) fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// The same, as if nothing had been opened yet.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self { opened: Arc::default(), ..self.clone() }
    }

    /// Its public key, as far as it can be told without opening anything. To be shown, and never to be sealed for.
    #[must_use]
    pub fn public(&self) -> Option<String> {
        match kept(&self.path) {
            Ok(Kept::Plain(identity)) => Some(identity.recipient()),
            Ok(_) => public::read(&self.path),
            Err(_) => None,
        }
    }

    /// Notes the public key beside it, if it is not what stands there.
    pub(super) fn note_public(&self, identity: &Identity) {
        public::write(&self.path, &identity.recipient());
    }

    /// How it is protected. Opens nothing.
    ///
    /// # Errors
    /// As [`OwnIdentity::open`], but for what opening alone finds.
    pub fn protection(&self) -> Result<Protection, StoreError> {
        Ok(kept(&self.path)?.protection())
    }

    /// The identity.
    ///
    /// # Errors
    /// [`StoreError::IdentityAbsent`] also when no profile is there yet. Absent, locked, damaged, without access and open to
    /// others are five different answers.
    pub fn open(&self) -> Result<Arc<Identity>, StoreError> {
        if let Some((identity, _)) = self.opened.get() {
            return Ok(Arc::clone(identity));
        }
        let kept = kept(&self.path)?;
        let protection = kept.protection();
        let identity = match kept {
            Kept::Plain(identity) => identity,
            Kept::Sealed(sealed) => self.behind_passphrase(&sealed)?,
            Kept::Signpost(account) => self.in_keychain(&account)?,
            Kept::Ssh { key, sealed } => self.behind_ssh(&key, &sealed)?,
        };
        Ok(Arc::clone(&self.opened.get_or_init(|| (Arc::new(identity), protection)).0))
    }

    /// Takes an identity that was just made or opened as the one that is there.
    pub fn remember(&self, identity: Identity) {
        if let Ok(protection) = self.protection() {
            let _ = self.opened.set((Arc::new(identity), protection));
        }
    }

    /// Whether the identity was opened from a plain file: what was loaded with it is not withdrawn by any lock.
    #[must_use]
    pub fn was_plain(&self) -> bool {
        matches!(self.opened.get(), Some((_, Protection::Plain)))
    }

    /// What `unlock` holds. If that does not open it is as good as nothing: what protects the identity still does.
    fn as_held(&self) -> Option<Identity> {
        self.held.take(self.gate.now()).ok().flatten().and_then(|held| Identity::parse(held.expose()).ok())
    }

    fn behind_ssh(&self, key: &Path, sealed: &[u8]) -> Result<Identity, StoreError> {
        if let Some(identity) = self.as_held() {
            return Ok(identity);
        }
        // the key itself may need no passphrase, and `lock` means it all the same
        self.require_not_withdrawn()?;
        let key = SshKey::of(&self.path, key, &self.gate)?;
        let identity = key.identity(&self.path, sealed)?;
        // as behind a passphrase; where nobody was asked it may be the hook, which writes nothing here
        if key.has_passphrase() {
            self.note_public(&identity);
        }
        Ok(identity)
    }

    /// `lock`, and the end of `unlock`, count where nobody is there to be asked.
    fn require_not_withdrawn(&self) -> Result<(), StoreError> {
        let is_closed = match self.held.state() {
            State::Locked => true,
            State::Until(end) => end <= self.gate.now(),
            State::Unsaid => false,
        };
        if is_closed && !self.gate.patience().may_ask { Err(StoreError::Withdrawn) } else { Ok(()) }
    }

    fn behind_passphrase(&self, sealed: &[u8]) -> Result<Identity, StoreError> {
        if let Some(identity) = self.as_held() {
            return Ok(identity);
        }
        let what = shown_path(&self.path);
        for again in (0..TRIES).map(|n| n > 0) {
            let Some(given) = self.gate.passphrase(&what, again) else {
                let why = if again { "that passphrase does not open it" } else { "a passphrase protects it" };
                return Err(StoreError::Locked { path: self.path.clone(), why });
            };
            match passphrase::open(sealed, &given, passphrase::MOST) {
                Unlocked::Open(text) => {
                    let identity = self.parsed(&text)?;
                    // the file may have come from another place since its public key was noted
                    self.note_public(&identity);
                    return Ok(identity);
                }
                Unlocked::Wrong => {}
                Unlocked::Refused(why) => return Err(trouble::damaged(&self.path, why.to_string())),
            }
        }
        Err(StoreError::Locked { path: self.path.clone(), why: "that passphrase does not open it" })
    }

    pub(super) fn in_keychain(&self, account: &str) -> Result<Identity, StoreError> {
        let text = read_slot(self, account)?;
        let Some(text) = text else {
            let key = format!("the identity, entry `{SERVICE}` / `{account}`");
            return Err(StoreError::KeyAbsent { key, place: PLACE });
        };
        self.parsed(text.expose())
    }

    pub(super) fn parsed(&self, text: &[u8]) -> Result<Identity, StoreError> {
        Identity::parse(text).map_err(|e| of_parse(&self.path, e))
    }
}

/// What the keychain has under this account of ours; `None` when nothing is there.
pub(super) fn read_slot(own: &OwnIdentity, account: &str) -> Result<Option<Secret>, StoreError> {
    let patience = own.gate.patience();
    own.require_not_withdrawn()?;
    let keychain = Keychain::open(patience.limit, patience.may_ask)
        .map_err(|e| StoreError::NoAccess { path: own.path.clone(), why: e.to_string() })?;
    match keychain.find(&slot(account))? {
        Some(entry) => Ok(Some(keychain.read(&entry)?)),
        None => Ok(None),
    }
}

/// An entry of mcpenv's own.
pub(super) fn slot(account: &str) -> Slot {
    Slot { service: SERVICE.to_owned(), account: account.to_owned() }
}

/// Reads the file of an identity, and asks who else could.
pub(super) fn kept(path: &Path) -> Result<Kept, StoreError> {
    let Some((bytes, meta)) = trouble::read(path, LIMIT)? else {
        return Err(StoreError::IdentityAbsent(path.to_owned()));
    };
    let bytes = Zeroizing::new(bytes);
    if let Err(mode) = sys::is_own_and_private(&meta) {
        if mode & 0o077 == 0 {
            return Err(StoreError::NoAccess { path: path.to_owned(), why: "it belongs to another user".to_owned() });
        }
        return Err(StoreError::Exposed { path: path.to_owned(), mode });
    }
    if note::is_sealed(&bytes) {
        return Ok(Kept::Sealed(bytes.to_vec()));
    }
    if let Some(account) = signpost(&bytes) {
        return Ok(Kept::Signpost(account));
    }
    if let Some((key, sealed)) = ssh::signpost(&bytes) {
        return Ok(Kept::Ssh { key, sealed: sealed.to_vec() });
    }
    Identity::parse(&bytes).map(Kept::Plain).map_err(|e| of_parse(path, e))
}

pub(super) fn signpost(bytes: &[u8]) -> Option<String> {
    let lines = std::str::from_utf8(bytes).ok()?.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let account = lines.next()?.strip_prefix(SIGNPOST)?;
    let is_account = !account.is_empty() && account.len() <= 128 && account.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    (is_account && lines.next().is_none()).then(|| account.to_owned())
}

fn of_parse(path: &Path, error: NoIdentity) -> StoreError {
    match error {
        NoIdentity::Locked(why) => StoreError::Locked { path: path.to_owned(), why },
        NoIdentity::Damaged(why) => trouble::damaged(path, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signpost_is_one_line_among_comments() {
        assert_eq!(signpost(b"# where\nMCPENV-KEYCHAIN identity 0a1b\n").as_deref(), Some("identity 0a1b"));
        for bad in [
            "",
            "MCPENV-KEYCHAIN \n",
            "MCPENV-KEYCHAIN a\nMCPENV-KEYCHAIN b\n",
            "x\nMCPENV-KEYCHAIN a\n",
            "MCPENV-KEYCHAIN \u{e9}",
        ] {
            assert_eq!(signpost(bad.as_bytes()), None, "{bad:?}");
        }
    }
}
