//! Makes the user's identity where none is, and puts it behind another protection: a passphrase, an SSH key, the keychain, or
//! none. At every moment one place holds an identity that opens; what an ending in between left is completed by the next run.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::escape::shown_path;
use crate::key::{Key, hex};
use crate::keychain::{Keychain, PLACE};
use crate::secret::Secret;
use crate::store::contract::StoreError;
use crate::store::cover::{Cover, Written};
use crate::store::draft;
use crate::store::identity::Identity;
use crate::store::lock;
use crate::store::own::{self, Kept, OwnIdentity, Protection};
use crate::store::passphrase::{self, Unlocked};
use crate::store::ssh::SshKey;
use crate::store::trouble;
use crate::sys;

/// Held while the identity is changed.
#[derive(Debug)]
pub struct IdentityLock {
    /// Unlocked by the system when it is closed, however the process ends.
    _file: File,
}

impl OwnIdentity {
    /// Keeps every other process out that would make or change the identity. Waits for at most 5 seconds.
    ///
    /// # Errors
    /// [`StoreError::IdentityBusy`].
    pub fn lock(&self) -> Result<IdentityLock, StoreError> {
        sys::make_private_directory(self.directory()).map_err(|e| trouble::unwritten(self.path(), &e))?;
        let file = lock::hold(&self.beside("lock")).map_err(|refusal| match refusal {
            lock::Refusal::Held(pid) => StoreError::IdentityBusy(pid),
            lock::Refusal::Io(e) => trouble::unwritten(self.path(), &e),
        })?;
        Ok(IdentityLock { _file: file })
    }

    /// The identity with this passphrase, whatever `unlock` holds.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when it is another passphrase. One that needs none is given out without.
    pub fn open_with(&self, passphrase: &str) -> Result<Identity, StoreError> {
        match own::kept(self.path())? {
            Kept::Sealed(sealed) => match passphrase::open(&sealed, passphrase, passphrase::MOST) {
                Unlocked::Open(text) => self.parsed(&text),
                Unlocked::Wrong => {
                    Err(StoreError::Locked { path: self.path().to_owned(), why: "that passphrase does not open it" })
                }
                Unlocked::Refused(why) => Err(trouble::damaged(self.path(), why.to_string())),
            },
            Kept::Plain(identity) => Ok(identity),
            Kept::Signpost(account) => self.in_keychain(&account),
            Kept::Ssh { .. } => self.open_by_ssh().map(|(identity, _)| identity),
        }
    }

    /// The identity by the SSH key that protects it, whatever `unlock` holds. Its passphrase is asked of the gate.
    ///
    /// # Errors
    /// As [`OwnIdentity::open`]; what no SSH key protects does not open this way.
    pub fn open_by_ssh(&self) -> Result<(Identity, SshKey), StoreError> {
        match own::kept(self.path())? {
            Kept::Ssh { key, sealed } => {
                let key = SshKey::of(self.path(), &key, self.gate())?;
                Ok((key.identity(self.path(), &sealed)?, key))
            }
            _ => Err(trouble::damaged(self.path(), "no SSH key protects it".to_owned())),
        }
    }

    /// Opens a private key of SSH that shall protect the identity. Its passphrase is asked of the gate.
    ///
    /// # Errors
    /// Says why it cannot serve.
    pub fn ssh_key(&self, path: &Path) -> Result<SshKey, StoreError> {
        SshKey::read(path, self.gate()).map_err(|why| StoreError::SshKey { path: path.to_owned(), why: why.to_string() })
    }

    /// Keeps a new identity where none is.
    ///
    /// # Errors
    /// When anything is in its place already, or it cannot be written, synced and read back.
    pub fn make(&self, _: &IdentityLock, identity: &Identity, cover: &Cover, now: i64) -> Result<(), StoreError> {
        draft::sweep(self.path());
        if let Some(written) = Written::of(cover) {
            let draft = written.draft(self.path(), identity, now)?;
            draft.place_new().map_err(|e| trouble::unwritten(self.path(), &e))?;
        } else {
            if self.path().symlink_metadata().is_ok() {
                return Err(trouble::unwritten(self.path(), &io::ErrorKind::AlreadyExists.into()));
            }
            self.put_into_keychain(identity, now)?;
            self.rename(self.beside("moving"))?;
        }
        self.sync()?;
        self.note_public(identity);
        Ok(())
    }

    /// Puts the identity behind another protection. `identity` is the one that is there, opened under this lock. What is said
    /// cost nothing.
    ///
    /// # Errors
    /// When it cannot be written and proven: what protected it before still does.
    pub fn protect(&self, lock: &IdentityLock, identity: &Identity, cover: &Cover, now: i64) -> Result<Vec<String>, StoreError> {
        self.require_settled()?;
        draft::sweep(self.path());
        let before = self.protection()?;
        match (&before, Written::of(cover)) {
            (Protection::Keychain { .. }, None) => {}
            (_, None) => {
                self.put_into_keychain(identity, now)?;
                self.rename(self.beside("moving"))?;
            }
            (_, Some(written)) => {
                let draft = written.draft(self.path(), identity, now)?;
                if let Protection::Keychain { account } = &before {
                    // remembered first: the entry is taken away last, and by the next run if this one does not get there
                    self.note_entry(identity, account, now)?;
                }
                draft.replace().map_err(|e| trouble::unwritten(self.path(), &e))?;
            }
        }
        self.sync()?;
        self.note_public(identity);
        let mut said = Vec::new();
        if let Err(e) = self.held().clear() {
            said.push(format!("what `mcpenv unlock` holds could not be forgotten ({e}); run `mcpenv lock`"));
        }
        if !matches!(cover, Cover::Keychain) {
            said.extend(self.finish_move(lock, identity));
        }
        Ok(said)
    }

    /// Takes away what a move out of the keychain, or one into it that ended early, left there.
    #[must_use]
    pub fn finish_move(&self, _: &IdentityLock, identity: &Identity) -> Vec<String> {
        let note = self.beside("moving");
        let account = match own::kept(&note) {
            Ok(Kept::Signpost(account)) => account,
            Err(StoreError::IdentityAbsent(_)) => return Vec::new(),
            _ => return vec![format!("`{}` is not what mcpenv put there; it was left alone", shown_path(&note))],
        };
        let forget = || fs::remove_file(&note).map_err(|e| trouble::unwritten(&note, &e)).and_then(|()| self.sync());
        let entry = format!("the entry `{}` / `{account}`", own::SERVICE);
        match self.drop_entry(&account, Some(identity)) {
            // another identity's: it may be all that opens something, and is none of this move
            Err(StoreError::KeyDamaged { .. }) if forget().is_ok() => {
                vec![format!("{entry} in {PLACE} is of another identity, and was left alone")]
            }
            dropped => match dropped.and_then(|()| forget()) {
                Ok(()) => Vec::new(),
                Err(e) => vec![format!("{entry} is still in {PLACE} ({e}); run `mcpenv key move file` again")],
            },
        }
    }

    /// Removes an entry of an identity, if it is there; when `only` is given, only if it holds that one.
    pub(super) fn drop_entry(&self, account: &str, only: Option<&Identity>) -> Result<(), StoreError> {
        let keychain = self.keychain()?;
        let Some(entry) = keychain.find(&own::slot(account))? else { return Ok(()) };
        if let Some(only) = only
            && self.parsed(keychain.read(&entry)?.expose())?.recipient() != only.recipient()
        {
            return Err(StoreError::KeyDamaged {
                key: format!("entry `{}` / `{account}`", own::SERVICE),
                place: PLACE,
                why: "it is another identity's, so it stays".to_owned(),
            });
        }
        Ok(keychain.remove(&entry)?)
    }

    /// Puts the identity into an entry of its own, read back, and leaves the signpost to it as `identity.moving`.
    pub(super) fn put_into_keychain(&self, identity: &Identity, now: i64) -> Result<(), StoreError> {
        let keychain = self.keychain()?;
        let holds = |account: &str| -> Result<Option<bool>, StoreError> {
            let Some(entry) = keychain.find(&own::slot(account))? else { return Ok(None) };
            let text = keychain.read(&entry)?;
            Ok(Some(Identity::parse(text.expose()).is_ok_and(|read| read.recipient() == identity.recipient())))
        };
        let noted = match own::kept(&self.beside("moving")) {
            Ok(Kept::Signpost(account)) if holds(&account)? != Some(false) => Some(account),
            _ => None,
        };
        let account = match noted {
            Some(account) => account,
            None => self.free_account(&keychain)?,
        };
        self.note_entry(identity, &account, now)?;
        if holds(&account)?.is_none() {
            let mut line = identity.line();
            let secret = Secret::new(std::mem::take(&mut *line)).map_err(|e| StoreError::Keychain(e.into()))?;
            keychain.put(&own::slot(&account), "mcpenv: your identity", &secret)?;
        }
        if holds(&account)? != Some(true) {
            return Err(StoreError::KeyAbsent { key: "the identity, which it had just taken".to_owned(), place: PLACE });
        }
        Ok(())
    }

    /// An account that no entry has: what is there may be all that opens something.
    fn free_account(&self, keychain: &Keychain) -> Result<String, StoreError> {
        loop {
            let random = Key::random().map_err(|e| trouble::unwritten(self.path(), &e))?;
            let account = format!("identity {}", &hex(&random.code(&[b"account"]))[..16]);
            if keychain.find(&own::slot(&account))?.is_none() {
                return Ok(account);
            }
        }
    }

    fn note_entry(&self, identity: &Identity, account: &str, now: i64) -> Result<(), StoreError> {
        let note = self.beside("moving");
        draft::sweep(&note);
        let draft = Written::Signpost { account }.draft(&note, identity, now)?;
        draft.replace().map_err(|e| trouble::unwritten(&note, &e))?;
        self.sync()
    }

    /// Refuses while a change of the identity itself is half done.
    pub(super) fn require_settled(&self) -> Result<(), StoreError> {
        let next = self.beside("next");
        if next.symlink_metadata().is_ok() { Err(StoreError::Unsettled(next)) } else { Ok(()) }
    }

    fn keychain(&self) -> Result<Keychain, StoreError> {
        let patience = self.gate().patience();
        Keychain::open(patience.limit, patience.may_ask)
            .map_err(|e| StoreError::NoAccess { path: self.path().to_owned(), why: e.to_string() })
    }

    /// Puts a finished file into the identity's place, at once.
    pub(super) fn rename(&self, from: PathBuf) -> Result<(), StoreError> {
        fs::rename(&from, self.path()).map_err(|e| trouble::unwritten(self.path(), &e))
    }

    pub(super) fn sync(&self) -> Result<(), StoreError> {
        sys::sync_directory(self.directory()).map_err(|e| trouble::unwritten(self.path(), &e))
    }

    /// A file beside the identity's: `identity.END`.
    pub(super) fn beside(&self, end: &str) -> PathBuf {
        self.path().with_extension(end)
    }
}
