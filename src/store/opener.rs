//! A key that opens profiles without being the user's identity: a recovery key as it was written down, or the private key of SSH.
//! With `seal.rs`, `identity.rs`, `recipient.rs`, `note.rs` and `passphrase.rs` the only door to the crate `age`.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::store::gate::Gate;
use crate::store::identity::{Identity, NoIdentity};
use crate::store::note;
use crate::store::passphrase::{self, Unlocked};
use crate::store::recipient::Recipient;
use crate::store::seal::{self, Unopened};

/// The head of an X25519 identity, as it is written.
const HEAD: &str = "AGE-SECRET-KEY-1";
/// How many letters follow it.
const LETTERS: usize = 58;

/// Something that may open profiles.
pub struct Opener(Kind);

enum Kind {
    Age(Box<Identity>),
    #[cfg(feature = "ssh")]
    Ssh {
        key: Box<age::ssh::Identity>,
        had_passphrase: bool,
    },
}

impl Opener {
    /// Reads a key: the text of an identity file, behind a passphrase or not, one line copied from paper, or a private key of
    /// SSH. `what` is what the passphrase is asked for.
    ///
    /// # Errors
    /// Says what stands there instead, and never repeats it.
    pub fn parse(text: &[u8], what: &str, gate: &Arc<dyn Gate>) -> Result<Self, NoIdentity> {
        if text.trim_ascii_start().starts_with(b"-----BEGIN ") && !note::is_sealed(text) {
            return ssh(text, what, gate);
        }
        if let Some(line) = from_paper(text) {
            return Ok(Self(Kind::Age(Box::new(Identity::parse(line.as_bytes())?))));
        }
        let (identity, _) = read_identity(text, &mut |again| gate.passphrase(what, again))?;
        Ok(Self(Kind::Age(Box::new(identity))))
    }

    /// Whether it opens these bytes.
    #[must_use]
    pub fn opens(&self, sealed: &[u8]) -> bool {
        self.open(sealed).is_ok()
    }

    /// The public key of a private key of SSH; `None` of any other.
    pub(super) fn ssh_recipient(&self) -> Option<Recipient> {
        match &self.0 {
            Kind::Age(_) => None,
            #[cfg(feature = "ssh")]
            Kind::Ssh { key, .. } => {
                let public = age::ssh::Recipient::try_from((**key).clone()).ok()?;
                Recipient::parse(&public.to_string()).ok()
            }
        }
    }

    /// Whether a private key of SSH was behind a passphrase.
    pub(super) fn had_passphrase(&self) -> bool {
        match &self.0 {
            Kind::Age(_) => false,
            #[cfg(feature = "ssh")]
            Kind::Ssh { had_passphrase, .. } => *had_passphrase,
        }
    }

    /// What was sealed, whole and authenticated.
    pub(super) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        match &self.0 {
            Kind::Age(identity) => seal::open(sealed, &[identity]),
            #[cfg(feature = "ssh")]
            Kind::Ssh { key, .. } => seal::open_by(sealed, std::iter::once(&**key as &dyn age::Identity)),
        }
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener")
    }
}

/// Reads an identity from a text that may be behind a passphrase; `ask` is asked for it, and told whether it is asked again.
///
/// # Errors
/// As [`Identity::parse`]; what stays locked is said to be.
pub fn read_identity(
    text: &[u8],
    ask: &mut dyn FnMut(bool) -> Option<Zeroizing<String>>,
) -> Result<(Identity, Option<Zeroizing<String>>), NoIdentity> {
    if !note::is_sealed(text) {
        return Ok((Identity::parse(text)?, None));
    }
    for again in [false, true, true] {
        let Some(given) = ask(again) else {
            return Err(NoIdentity::Locked("a passphrase protects it"));
        };
        match passphrase::open(text, &given, passphrase::MOST) {
            Unlocked::Open(plain) => return Ok((Identity::parse(&plain)?, Some(given))),
            Unlocked::Wrong => {}
            Unlocked::Refused(why) => return Err(NoIdentity::Damaged(why.to_string())),
        }
    }
    Err(NoIdentity::Locked("that passphrase does not open it"))
}

/// A key that a person wrote down in groups and typed again, as one line; `None` when it is not of that form. Case and blanks say
/// nothing in it, and its own check letters find a wrong one.
#[must_use]
fn from_paper(text: &[u8]) -> Option<Zeroizing<String>> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= 1024)?;
    // sized once: a string that grows would leave its old bytes behind
    let mut line = Zeroizing::new(String::with_capacity(HEAD.len() + text.len()));
    line.extend(text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()));
    if line.len() == LETTERS && line.bytes().all(|b| b.is_ascii_alphanumeric()) {
        line.insert_str(0, HEAD);
    }
    (line.starts_with(HEAD) && line.len() == HEAD.len() + LETTERS).then_some(line)
}

#[cfg(feature = "ssh")]
fn ssh(text: &[u8], what: &str, gate: &Arc<dyn Gate>) -> Result<Opener, NoIdentity> {
    use age::secrecy::SecretString;
    use age::ssh::Identity as Key;
    let damaged = |why: &str| NoIdentity::Damaged(why.to_owned());
    let key = Key::from_buffer(text, None).map_err(|_| damaged("it is no private key of SSH that can be read"))?;
    let encrypted = match key {
        Key::Unencrypted(_) => return Ok(Opener(Kind::Ssh { key: Box::new(key), had_passphrase: false })),
        Key::Encrypted(encrypted) => encrypted,
        Key::Unsupported(_) => return Err(damaged("an SSH key of a kind that opens no profiles: only ed25519 and RSA do")),
    };
    for again in [false, true, true] {
        let given = gate.passphrase(what, again).ok_or(NoIdentity::Locked("a passphrase protects it"))?;
        if let Ok(key) = encrypted.decrypt(SecretString::from(given.to_string())) {
            return Ok(Opener(Kind::Ssh { key: Box::new(Key::from(key)), had_passphrase: true }));
        }
    }
    Err(NoIdentity::Locked("that passphrase does not open it"))
}

#[cfg(not(feature = "ssh"))]
fn ssh(_: &[u8], _: &str, _: &Arc<dyn Gate>) -> Result<Opener, NoIdentity> {
    Err(NoIdentity::Damaged("an SSH key, which this mcpenv was built without".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_from_paper_is_read_in_groups_and_in_small_letters() {
        let identity = Identity::generate();
        let line = identity.line();
        let line = std::str::from_utf8(&line).expect("ASCII");
        let groups: Vec<String> = line.as_bytes().chunks(6).map(|g| String::from_utf8_lossy(g).to_ascii_lowercase()).collect();
        for typed in [line.to_owned(), groups.join(" "), groups.join("\r\n"), line[HEAD.len()..].to_owned()] {
            let read = from_paper(typed.as_bytes()).expect("a key");
            assert!(*read == *line);
        }
        assert!(from_paper(b"AGE-SECRET-KEY-1").is_none() && from_paper("\u{e9}".repeat(58).as_bytes()).is_none());
    }
}
