//! The user's identity behind a private key of SSH: its file says where that key is, and holds the identity sealed for it, so that
//! plain age opens it too. The key is read where it is; it is never copied, changed or kept open.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::escape::shown_path;
use crate::file::{self, FileError};
use crate::store::contract::StoreError;
use crate::store::gate::Gate;
use crate::store::identity::{Identity, NoIdentity};
use crate::store::note;
use crate::store::opener::Opener;
use crate::store::recipient::Recipient;
use crate::store::seal::{self, Unopened};
use crate::store::trouble;
use crate::sys;

/// The line that says where the key is.
const SIGNPOST: &str = "MCPENV-SSH ";
/// The most that a private key may hold, in bytes.
const LIMIT: u64 = 64 * 1024;

/// A private key of SSH that was opened.
pub struct SshKey {
    path: PathBuf,
    recipient: Recipient,
    opener: Opener,
}

impl SshKey {
    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a passphrase protects it where it is.
    #[must_use]
    pub fn has_passphrase(&self) -> bool {
        self.opener.had_passphrase()
    }

    pub(super) fn read(path: &Path, gate: &Arc<dyn Gate>) -> Result<Self, NoIdentity> {
        let unfit = |why: &str| NoIdentity::Damaged(why.to_owned());
        let is_nameable = path.is_absolute() && path.to_str().is_some_and(|text| !text.chars().any(char::is_control));
        if !is_nameable {
            return Err(unfit("its path is not one that a line of text can hold"));
        }
        let (text, meta) = file::read(path, LIMIT).map_err(|e| match e {
            FileError::Absent(_) => unfit("it is not there"),
            FileError::NotAFile(_) => unfit("it is no regular file"),
            FileError::Unreadable { source, .. } => NoIdentity::Damaged(source.to_string()),
            other => NoIdentity::Damaged(other.to_string()),
        })?;
        let text = Zeroizing::new(text);
        if let Err(mode) = sys::is_own_and_private(&meta) {
            return Err(NoIdentity::Damaged(format!("it is another user's, or others can read it (mode {mode:04o})")));
        }
        if Recipient::parse(std::str::from_utf8(&text).unwrap_or_default()).is_ok() {
            return Err(unfit("it is a public key, where the private one is expected"));
        }
        if !text.trim_ascii_start().starts_with(b"-----BEGIN ") || note::is_sealed(&text) {
            return Err(unfit("it is no private key of SSH"));
        }
        let opener = Opener::parse(&text, &format!("the SSH key `{}`", shown_path(path)), gate)?;
        let recipient = opener.ssh_recipient().ok_or_else(|| unfit("it does not tell its public key"))?;
        Ok(Self { path: path.to_owned(), recipient, opener })
    }

    /// The key that protects what is at `place`.
    pub(super) fn of(place: &Path, key: &Path, gate: &Arc<dyn Gate>) -> Result<Self, StoreError> {
        Self::read(key, gate).map_err(|why| match why {
            NoIdentity::Locked(_) => {
                StoreError::Locked { path: place.to_owned(), why: "the passphrase of its SSH key was not given" }
            }
            NoIdentity::Damaged(why) => StoreError::SshKey { path: key.to_owned(), why },
        })
    }

    /// The identity that the file at `place` holds sealed for this key.
    pub(super) fn identity(&self, place: &Path, sealed: &[u8]) -> Result<Identity, StoreError> {
        match self.opener.open(sealed) {
            Ok(text) => Identity::parse(&text).map_err(|why| trouble::damaged(place, why.to_string())),
            Err(Unopened::Foreign) => {
                let why = format!("it is not the one that `{}` is sealed for", shown_path(place));
                Err(StoreError::SshKey { path: self.path.clone(), why })
            }
            Err(why) => Err(trouble::damaged(place, why.to_string())),
        }
    }

    /// The file of this identity, sealed for this key.
    pub(super) fn text(&self, identity: &Identity, now: i64) -> io::Result<Zeroizing<Vec<u8>>> {
        let words = format!(
            "{}# The identity itself follows, sealed for the SSH key below. With plain age:\n\
             # grep -v -e ^MCPENV -e '^#' THIS-FILE | age -d -i KEY\n{SIGNPOST}{}\n",
            identity.head(now),
            self.path.to_str().ok_or(io::ErrorKind::InvalidFilename)?
        );
        let sealed = seal::seal_for(identity.text(now).as_bytes(), std::slice::from_ref(&self.recipient), None)?;
        Ok(Zeroizing::new([words.into_bytes(), seal::armored(&sealed)?].concat()))
    }

    /// Whether this text holds this identity for this key.
    pub(super) fn holds(&self, text: &[u8], identity: &Identity) -> bool {
        signpost(text).is_some_and(|(path, sealed)| {
            let plain = if path == self.path { self.opener.open(sealed).ok() } else { None };
            plain.and_then(|plain| Identity::parse(&plain).ok()).is_some_and(|read| read.recipient() == identity.recipient())
        })
    }
}

impl fmt::Debug for SshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SshKey({:?})", self.path)
    }
}

/// Where the key is, and what is sealed for it; `None` when the text is not of that form.
pub(super) fn signpost(text: &[u8]) -> Option<(PathBuf, &[u8])> {
    let mut rest = text;
    loop {
        let (line, after) = rest.split_at(rest.iter().position(|b| *b == b'\n')? + 1);
        rest = after;
        let line = line.trim_ascii_end();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let path = PathBuf::from(std::str::from_utf8(line).ok()?.strip_prefix(SIGNPOST)?);
        return (path.is_absolute() && note::is_sealed(rest)).then_some((path, rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signpost_is_one_absolute_path_before_what_is_sealed() {
        let sealed = "-----BEGIN AGE ENCRYPTED FILE-----\n";
        let path = if cfg!(windows) { "C:\\a b\\id" } else { "/a b/id" };
        let good = format!("# where\n\nMCPENV-SSH {path}\r\n{sealed}");
        assert_eq!(signpost(good.as_bytes()), Some((PathBuf::from(path), sealed.as_bytes())));
        for bad in [
            String::new(),
            format!("MCPENV-SSH {path}"),
            format!("MCPENV-SSH {path}\n"),
            format!("MCPENV-SSH id\n{sealed}"),
            format!("MCPENV-SSH \n{sealed}"),
            format!("MCPENV-SSH {path}\nMCPENV-SSH {path}\n{sealed}"),
            format!("x\nMCPENV-SSH {path}\n{sealed}"),
            sealed.to_owned(),
        ] {
            assert_eq!(signpost(bad.as_bytes()), None, "{bad:?}");
        }
    }
}
