//! An identity: the X25519 key that opens profiles, in the text form of `age-keygen`. Makes the file of the user's own and never
//! replaces one; where it is kept afterwards is `own.rs`' business.

use std::fmt;
use std::path::Path;

use age::secrecy::ExposeSecret;
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::file;
use crate::store::contract::StoreError;
use crate::store::draft::{self, Draft};
use crate::store::lock;
use crate::store::note;
use crate::store::recipient::Recipient;
use crate::store::trouble;
use crate::sys;

/// The most that an identity file may hold, in bytes.
const LIMIT: u64 = 64 * 1024;

/// A key that opens profiles. The crate wipes it when it is dropped; it is never shown.
pub struct Identity(age::x25519::Identity);

/// Why a text is no identity. Never holds a byte of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoIdentity {
    #[error("{0}")]
    Locked(&'static str),
    #[error("{0}")]
    Damaged(String),
}

impl Identity {
    /// A new key from the system's random source, in memory only.
    #[must_use]
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// Reads the text of an identity file: comment lines, empty lines, and exactly one key.
    ///
    /// # Errors
    /// Says the line that is wrong, and what stands there where that is known.
    pub fn parse(text: &[u8]) -> Result<Self, NoIdentity> {
        let damaged = |line: usize, why: &str| NoIdentity::Damaged(format!("line {line}: {why}"));
        if note::is_sealed(text) {
            return Err(NoIdentity::Locked("it is encrypted, so a passphrase or another identity must open it first"));
        }
        if text.starts_with(b"\xef\xbb\xbf") {
            return Err(damaged(1, "a byte order mark stands before the text"));
        }
        let mut found = None;
        for (index, line) in text.split(|b| *b == b'\n').enumerate() {
            let line = line.trim_ascii_end();
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            if found.is_some() {
                return Err(damaged(index + 1, "a second identity, where one is expected"));
            }
            let key = std::str::from_utf8(line).ok().and_then(|line| line.parse().ok());
            found = Some(key.ok_or_else(|| damaged(index + 1, what_stands_in(line)))?);
        }
        found.map(Self).ok_or_else(|| NoIdentity::Damaged("it holds no identity".to_owned()))
    }

    /// Makes a new identity where none is. `now` is the time it bears, in seconds since 1970. Whether profiles need an old
    /// one is for the caller to ask first.
    ///
    /// # Errors
    /// When anything is at `path` already, or it cannot be written, synced and read back.
    pub(super) fn make(path: &Path, now: i64) -> Result<Self, StoreError> {
        let wrong = |e| trouble::unwritten(path, &e);
        let differs = |why: &str| StoreError::Disk { path: path.to_owned(), why: why.to_owned() };
        let directory = path.parent().unwrap_or(path);
        sys::make_private_directory(directory).map_err(wrong)?;
        let _held = lock::hold(&path.with_extension("lock")).map_err(|refusal| match refusal {
            lock::Refusal::Held(pid) => StoreError::Disk {
                path: path.to_owned(),
                why: format!("another process{} is making one", pid.map(|p| format!(" ({p})")).unwrap_or_default()),
            },
            lock::Refusal::Io(e) => trouble::unwritten(path, &e),
        })?;
        draft::sweep(path);
        let identity = Self::generate();
        let draft = Draft::write(path, identity.text(now).as_bytes()).map_err(wrong)?;
        draft.sync().map_err(wrong)?;
        let read_back = Self::parse(&Zeroizing::new(file::read(draft.path(), LIMIT).map_err(|e| differs(&e.to_string()))?.0));
        let read_back = read_back.map_err(|e| differs(&e.to_string()))?;
        if read_back.recipient() != identity.recipient() {
            return Err(differs("what was read back is not what was written"));
        }
        draft.place_new().map_err(wrong)?;
        sys::sync_directory(directory).map_err(wrong)?;
        Ok(identity)
    }

    /// The public key, to which profiles are sealed: `age1…`.
    #[must_use]
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The public key as what a profile is sealed for.
    #[must_use]
    pub fn to_recipient(&self) -> Recipient {
        Recipient::of_key(self.0.to_public())
    }

    pub(super) fn key(&self) -> &age::x25519::Identity {
        &self.0
    }

    /// The key alone, as one line: what a keychain holds.
    #[must_use]
    pub fn line(&self) -> Zeroizing<Vec<u8>> {
        let key = self.0.to_string();
        Zeroizing::new(key.expose_secret().as_bytes().to_vec())
    }

    /// The text of an identity file, made at `now`.
    pub(super) fn text(&self, now: i64) -> Zeroizing<String> {
        let created = Timestamp::from_second(now).unwrap_or(Timestamp::UNIX_EPOCH);
        let head = format!("# created: {created}\n# public key: {}\n", self.recipient());
        let key = self.0.to_string();
        let key = key.expose_secret();
        // at full size from the start, so that no grown-out-of copy stays behind
        let mut text = Zeroizing::new(String::with_capacity(head.len() + key.len() + 1));
        text.push_str(&head);
        text.push_str(key);
        text.push('\n');
        text
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.recipient())
    }
}

/// What a line is that is no X25519 identity.
fn what_stands_in(line: &[u8]) -> &'static str {
    let starts = |prefix: &str| line.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()));
    if starts("AGE-SECRET-KEY-PQ-1") {
        "a post-quantum identity (AGE-SECRET-KEY-PQ-1), which this mcpenv cannot use yet"
    } else if starts("AGE-PLUGIN-") {
        "an identity of a plugin, which this mcpenv cannot use"
    } else if starts("AGE-SECRET-KEY-1") {
        "an age identity with a wrong or missing letter"
    } else if starts("age1") {
        "a public key, where the secret one is expected"
    } else if starts("-----BEGIN ") {
        "an SSH or PEM key, which this mcpenv cannot use"
    } else {
        "no age identity"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &[u8]) -> String {
        Identity::parse(text).expect_err("no identity").to_string()
    }

    #[test]
    fn the_text_that_is_written_is_read_again() {
        let identity = Identity::generate();
        let text = identity.text(1_795_232_424);
        assert!(text.starts_with("# created: 2026-11-21T03:40:24Z\n# public key: age1"), "no key is shown here");
        assert_eq!(Identity::parse(text.as_bytes()).expect("our own").recipient(), identity.recipient());
        let windows = text.replace('\n', "\r\n");
        assert_eq!(Identity::parse(windows.as_bytes()).expect("CRLF").recipient(), identity.recipient());
    }

    #[test]
    fn what_is_no_identity_is_named_with_its_line_and_never_repeated() {
        let good = Identity::generate().text(0);
        assert_eq!(why(b""), "it holds no identity");
        assert_eq!(why(b"# only a comment\n"), "it holds no identity");
        assert_eq!(why(format!("{}{}", *good, *good).as_bytes()), "line 6: a second identity, where one is expected");
        assert_eq!(why(format!("\u{feff}{}", *good).as_bytes()), "line 1: a byte order mark stands before the text");
        assert!(why(b"#\nAGE-SECRET-KEY-PQ-1QQQQ\n").starts_with("line 2: a post-quantum identity"));
        assert!(why(b"AGE-PLUGIN-YUBIKEY-1QQ\n").contains("plugin"));
        assert!(why(b"age1qqqq\n").contains("public key"));
        assert!(why(b"-----BEGIN OPENSSH PRIVATE KEY-----\n").contains("SSH"));
        assert_eq!(why(b"\xff\xfe\n"), "line 1: no age identity");
        assert!(!why(&good.as_bytes()[..good.len() - 3]).contains("AGE-SECRET-KEY-1"));
        let locked = Identity::parse(b"age-encryption.org/v1\n-> scrypt x 18\n");
        assert!(matches!(locked, Err(NoIdentity::Locked(_))));
    }
}
