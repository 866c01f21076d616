//! Puts another identity in the place of the user's own, with everything that rests here sealed for it. The new one is durable
//! first, then all is sealed for both, then they change places, then all is sealed for the new one alone; the old one goes last,
//! and stays when something still needs it. A run that ended early is gone on with by the next.

use std::fs;
use std::path::{Path, PathBuf};

use crate::escape::shown_path;
use crate::file;
use crate::store::contract::StoreError;
use crate::store::cover::{Cover, Written};
use crate::store::draft::{self, Draft};
use crate::store::files::Files;
use crate::store::identity::Identity;
use crate::store::own::{self, Kept, OwnIdentity};
use crate::store::passphrase::{self, Unlocked};
use crate::store::protect::IdentityLock;
use crate::store::reseal::{Change, Others, Resealed};
use crate::store::trouble;

/// What an earlier run left, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    Nothing,
    /// A new identity waits, and the old one is still in force.
    Next,
    /// The new one is in force, and an old one is still kept.
    Old,
}

/// How a renewal ended.
#[derive(Debug)]
pub struct Renewed {
    /// The public keys, before and now. The one before is not known when its file does not open any more.
    pub before: Option<String>,
    pub now: String,
    pub files: Resealed,
    /// Old identities that had to stay, because something still needs them.
    pub kept: Vec<PathBuf>,
    pub warnings: Vec<String>,
}

impl OwnIdentity {
    /// What an earlier run left.
    #[must_use]
    pub fn unfinished(&self) -> Unfinished {
        if self.beside("next").symlink_metadata().is_ok() {
            Unfinished::Next
        } else if self.old_ones().is_empty() {
            Unfinished::Nothing
        } else {
            Unfinished::Old
        }
    }

    /// Puts `new` in the place of `old`, which is in force, and seals everything for it. Where an earlier run left a new one, that
    /// one counts. `cover` must be as the old one is protected, so that nothing becomes weaker meanwhile.
    ///
    /// # Errors
    /// When the new one cannot be written, or what was half done does not open: the old one is then still in force.
    pub fn renew(
        &self,
        lock: &IdentityLock,
        files: &Files,
        others: &Others,
        (old, new): (&Identity, Identity),
        cover: &Cover,
        now: i64,
    ) -> Result<Renewed, StoreError> {
        let next = self.beside("next");
        draft::sweep(&next);
        let begun = if next.symlink_metadata().is_ok() { self.begun(&next, cover)? } else { None };
        let new = match begun {
            Some(begun) => begun,
            None => {
                self.write_next(&next, &new, cover, now)?;
                new
            }
        };
        let both = [&new, old];
        let first = files.reseal_all(&Change { openers: &both, owners: &both }, others);
        if !first.unwritten.is_empty() {
            return Err(StoreError::Unsealed(first.unwritten));
        }
        let aside = self.switch(&next)?;
        let mut renewed = self.finish_knowing(lock, files, others, (&new, cover), Some((&aside, old)))?;
        renewed.before = Some(old.recipient());
        renewed.files.changed = renewed.files.changed.max(first.changed);
        Ok(renewed)
    }

    /// Seals everything for the identity in force alone, and takes the old ones away that nothing needs any more.
    ///
    /// # Errors
    /// When nothing can be said of what is there.
    pub fn finish(
        &self,
        lock: &IdentityLock,
        files: &Files,
        others: &Others,
        new: &Identity,
        cover: &Cover,
    ) -> Result<Renewed, StoreError> {
        self.finish_knowing(lock, files, others, (new, cover), None)
    }

    /// The same; `known` is an old one that need not be opened again, which may take a second each.
    fn finish_knowing(
        &self,
        _: &IdentityLock,
        files: &Files,
        others: &Others,
        (new, cover): (&Identity, &Cover),
        known: Option<(&Path, &Identity)>,
    ) -> Result<Renewed, StoreError> {
        let mut warnings = Vec::new();
        if let Err(e) = self.held().clear() {
            warnings.push(format!("what `mcpenv unlock` holds could not be forgotten ({e}); run `mcpenv lock`"));
        }
        self.note_public(new);
        let (mut opened, mut mine) = (Vec::new(), Vec::new());
        for path in self.old_ones() {
            if known.is_some_and(|(known, _)| known == path) {
                mine.push(path);
                continue;
            }
            match self.open_beside(&path, cover) {
                Ok(old) => {
                    opened.push(old);
                    mine.push(path);
                }
                // what opens nothing now may be all that opens a backup
                Err(e) => warnings.push(format!("`{}` was left alone ({e})", shown_path(&path))),
            }
        }
        let openers: Vec<&Identity> = std::iter::once(new).chain(known.map(|(_, old)| old)).chain(&opened).collect();
        let files = files.reseal_all(&Change { openers: &openers, owners: &[new] }, others);
        let mut kept = Vec::new();
        for path in mine {
            if !files.is_whole() || self.drop_beside(&path, new, &mut warnings).is_err() {
                kept.push(path);
            }
        }
        self.sync()?;
        Ok(Renewed { before: None, now: new.recipient(), files, kept, warnings })
    }

    /// Keeps the file that is in force as an old one, and frees its place. For one that does not open any more.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub fn set_aside(&self, _: &IdentityLock) -> Result<PathBuf, StoreError> {
        let target = self.free_old();
        fs::rename(self.path(), &target).map_err(|e| trouble::unwritten(&target, &e))?;
        self.sync()?;
        Ok(target)
    }

    /// The identity that an earlier run made. One that is damaged is set aside: the old one is still in force.
    fn begun(&self, next: &Path, cover: &Cover) -> Result<Option<Identity>, StoreError> {
        match self.open_beside(next, cover) {
            Ok(identity) => Ok(Some(identity)),
            Err(StoreError::Damaged { .. } | StoreError::KeyAbsent { .. }) => {
                let target = self.free_old();
                fs::rename(next, &target).map_err(|e| trouble::unwritten(&target, &e))?;
                self.sync()?;
                Ok(None)
            }
            Err(e) => Err(e),
        }
    }

    fn write_next(&self, next: &Path, new: &Identity, cover: &Cover, now: i64) -> Result<(), StoreError> {
        if let Some(written) = Written::of(cover) {
            let draft = written.draft(next, new, now)?;
            draft.place_new().map_err(|e| trouble::unwritten(next, &e))?;
        } else {
            self.put_into_keychain(new, now)?;
            fs::rename(self.beside("moving"), next).map_err(|e| trouble::unwritten(next, &e))?;
        }
        self.sync()
    }

    /// The old one stays under another name, and the new one takes its place at once.
    fn switch(&self, next: &Path) -> Result<PathBuf, StoreError> {
        let wrong = |path: &Path, e: &std::io::Error| trouble::unwritten(path, e);
        let now = own_bytes(self.path())?;
        let is_there = |path: &PathBuf| own_bytes(path).is_ok_and(|bytes| bytes == now);
        let before = self.old_ones().into_iter().find(is_there);
        let target = before.clone().unwrap_or_else(|| self.free_old());
        if before.is_none() {
            if fs::hard_link(self.path(), &target).is_err() {
                // where a file cannot have two names, a copy does as well
                draft::sweep(&target);
                let draft = Draft::write(&target, &now).and_then(|draft| draft.sync().map(|()| draft));
                draft.and_then(Draft::place_new).map_err(|e| wrong(&target, &e))?;
            }
            self.sync()?;
        }
        self.rename(next.to_owned())?;
        self.sync()?;
        Ok(target)
    }

    /// An identity in a file beside the own one, protected as that one is.
    fn open_beside(&self, path: &Path, cover: &Cover) -> Result<Identity, StoreError> {
        match (own::kept(path)?, cover) {
            (Kept::Plain(identity), _) => Ok(identity),
            (Kept::Signpost(account), _) => self.in_keychain(&account),
            (Kept::Sealed(sealed), Cover::Passphrase { passphrase, .. }) => {
                match passphrase::open(&sealed, passphrase, passphrase::MOST) {
                    Unlocked::Open(text) => self.parsed(&text),
                    Unlocked::Wrong => Err(StoreError::Locked { path: path.to_owned(), why: "that passphrase does not open it" }),
                    Unlocked::Refused(why) => Err(trouble::damaged(path, why.to_string())),
                }
            }
            (Kept::Ssh { sealed, .. }, Cover::Ssh(key)) => key.identity(path, &sealed),
            (Kept::Ssh { .. }, _) => Err(StoreError::Locked { path: path.to_owned(), why: "an SSH key protects it" }),
            (Kept::Sealed(_), _) => Err(StoreError::Locked { path: path.to_owned(), why: "a passphrase protects it" }),
        }
    }

    fn drop_beside(&self, path: &Path, new: &Identity, warnings: &mut Vec<String>) -> Result<(), StoreError> {
        if let Ok(Kept::Signpost(account)) = own::kept(path)
            && self.in_keychain(&account).is_ok_and(|old| old.recipient() != new.recipient())
            && let Err(e) = self.drop_entry(&account, None)
        {
            warnings.push(format!("the old identity's entry `{account}` could not be taken away ({e})"));
            return Err(e);
        }
        fs::remove_file(path).map_err(|e| trouble::unwritten(path, &e))
    }

    /// The old identities that are kept, the oldest first.
    fn old_ones(&self) -> Vec<PathBuf> {
        let found = (1..100).map(|n| self.beside(&format!("old-{n}")));
        found.filter(|path| path.symlink_metadata().is_ok()).collect()
    }

    fn free_old(&self) -> PathBuf {
        let mut names = (1..1000).map(|n| self.beside(&format!("old-{n}")));
        names.find(|path| path.symlink_metadata().is_err()).unwrap_or_else(|| self.beside("old-1000"))
    }
}

fn own_bytes(path: &Path) -> Result<zeroize::Zeroizing<Vec<u8>>, StoreError> {
    let read = file::read(path, own::LIMIT);
    read.map(|(bytes, _)| zeroize::Zeroizing::new(bytes)).map_err(|e| trouble::damaged(path, e.to_string()))
}
