//! How the user's identity is written where it is kept: as it is, behind a passphrase or an SSH key, or as a signpost to the
//! keychain. Each is a draft that is on the disk, was read back and opened before it may take a place. Puts nothing into any place.

use std::io;
use std::path::Path;

use zeroize::Zeroizing;

use crate::file;
use crate::store::contract::StoreError;
use crate::store::draft::Draft;
use crate::store::identity::Identity;
use crate::store::own;
use crate::store::passphrase::{self, Unlocked};
use crate::store::ssh::SshKey;
use crate::store::trouble;

/// What an identity is kept behind.
pub enum Cover {
    /// Nothing but the mode of its file.
    Plain,
    Passphrase {
        passphrase: Zeroizing<String>,
        /// The work that opening takes, [`passphrase::FACTOR`] for whatever people keep.
        factor: u8,
    },
    /// The keychain of the system.
    Keychain,
    /// A private key of SSH.
    Ssh(Box<SshKey>),
}

/// What a file of an identity shall hold.
pub(super) enum Written<'a> {
    Plain,
    Sealed { passphrase: &'a str, factor: u8 },
    Signpost { account: &'a str },
    Ssh(&'a SshKey),
}

impl<'a> Written<'a> {
    /// The form of a file that holds the identity itself; `None` for the keychain.
    pub(super) fn of(cover: &'a Cover) -> Option<Self> {
        match cover {
            Cover::Plain => Some(Self::Plain),
            Cover::Passphrase { passphrase, factor } => Some(Self::Sealed { passphrase, factor: *factor }),
            Cover::Keychain => None,
            Cover::Ssh(key) => Some(Self::Ssh(key)),
        }
    }

    /// A draft of the file beside `target`, durable and proven.
    pub(super) fn draft(&self, target: &Path, identity: &Identity, now: i64) -> Result<Draft, StoreError> {
        let differs = |why: &str| StoreError::Disk { path: target.to_owned(), why: why.to_owned() };
        let text = self.text(identity, now).map_err(|e| trouble::unwritten(target, &e))?;
        let draft = Draft::write(target, &text).and_then(|draft| draft.sync().map(|()| draft));
        let draft = draft.map_err(|e| trouble::unwritten(target, &e))?;
        let (back, _) = file::read(draft.path(), own::LIMIT).map_err(|e| differs(&e.to_string()))?;
        if !self.is_in(&Zeroizing::new(back), identity) {
            return Err(differs("what was read back is not what was written"));
        }
        Ok(draft)
    }

    fn text(&self, identity: &Identity, now: i64) -> io::Result<Zeroizing<Vec<u8>>> {
        let bytes = match self {
            Self::Plain => identity.text(now).as_bytes().to_vec(),
            Self::Sealed { passphrase, factor } => passphrase::seal(identity.text(now).as_bytes(), passphrase, *factor)?,
            Self::Ssh(key) => return key.text(identity, now),
            Self::Signpost { account } => {
                let (service, signpost) = (own::SERVICE, own::SIGNPOST);
                let words = format!(
                    "# The identity itself is in the keychain of this system, service `{service}`, under the account\n\
                     # below. `mcpenv key move file` takes it out again. Nothing secret stands here.\n{signpost}{account}\n"
                );
                [identity.head(now), words].concat().into_bytes()
            }
        };
        Ok(Zeroizing::new(bytes))
    }

    fn is_in(&self, bytes: &[u8], identity: &Identity) -> bool {
        let is_same = |text: &[u8]| Identity::parse(text).is_ok_and(|read| read.recipient() == identity.recipient());
        match self {
            Self::Plain => is_same(bytes),
            Self::Sealed { passphrase, factor } => {
                matches!(passphrase::open(bytes, passphrase, *factor), Unlocked::Open(text) if is_same(&text))
            }
            Self::Ssh(key) => key.holds(bytes, identity),
            Self::Signpost { account } => own::signpost(bytes).as_deref() == Some(*account),
        }
    }
}

/// The text of an identity for another place: behind this passphrase, or as it is.
///
/// # Errors
/// When the system gives no memory for it, or what was sealed does not open.
pub fn exported(identity: &Identity, cover: &Cover, now: i64) -> io::Result<Zeroizing<Vec<u8>>> {
    let text = identity.text(now);
    let Cover::Passphrase { passphrase, factor } = cover else {
        return Ok(Zeroizing::new(text.as_bytes().to_vec()));
    };
    let sealed = passphrase::seal_armored(text.as_bytes(), passphrase, *factor)?;
    match passphrase::open(&sealed, passphrase, *factor) {
        Unlocked::Open(back) if *back == *text.as_bytes() => Ok(Zeroizing::new(sealed)),
        _ => Err(io::Error::other("what was sealed does not open to the same")),
    }
}
