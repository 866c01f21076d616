//! Seals bytes with a passphrase, and opens what was sealed so: the scrypt recipient of the age format, which every age program
//! opens. Knows nothing of files; asks nobody. How much work opening may take is bounded before any of it is done.

use std::fmt;
use std::io::{self, Chain, Cursor, Read, Write};

use age::scrypt;
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor};
use zeroize::Zeroizing;

use crate::key::Key;
use crate::store::seal::{self, Rest, Unopened};

/// How much work a passphrase costs whoever tries one: 2 to this power. That of the age program.
pub const WORK: Work = Work(18);
/// The most that is done to open a file: about half a minute, and 4 GiB of memory.
const MOST: u8 = 22;
/// Groups of letters and digits in one that is made: 24 characters of 5 bits.
const GROUPS: usize = 6;
const GROUP: usize = 4;

/// The power of two that says how much work a passphrase costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work(u8);

impl Work {
    /// One that a test can wait for a thousand times. No command reaches it.
    #[must_use]
    pub fn for_tests() -> Self {
        Self(2)
    }
}

/// What a person types to open a file. Wiped when it is dropped; shown only when it was just made.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

/// Why bytes are no passphrase. Never holds one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    #[error("the passphrase is empty")]
    Empty,
    #[error("the passphrase is no text that can be typed in one line")]
    Untypable,
}

impl Passphrase {
    /// Takes what was typed or read.
    ///
    /// # Errors
    /// When it is empty, no UTF-8, or holds a control character: no terminal could give it to the age program.
    pub fn new(bytes: &[u8]) -> Result<Self, PassphraseError> {
        let text = std::str::from_utf8(bytes).map_err(|_| PassphraseError::Untypable)?;
        match text {
            "" => Err(PassphraseError::Empty),
            text if text.chars().any(char::is_control) => Err(PassphraseError::Untypable),
            text => Ok(Self(Zeroizing::new(text.to_owned()))),
        }
    }

    /// A new one of 120 random bits, in groups that can be written down: no letter in it looks like another.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn generate() -> io::Result<Self> {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let key = Key::random()?;
        let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
        for (index, byte) in key.expose().iter().take(GROUPS * GROUP).enumerate() {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(LETTERS[usize::from(byte % 32)]));
        }
        Ok(Self(text))
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether somebody who has the file could try all that are as short.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.0.chars().count() < 12
    }

    fn secret(&self) -> SecretString {
        SecretString::from(self.0.to_string())
    }
}

impl PartialEq for Passphrase {
    fn eq(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(••••••••)")
    }
}

/// Why a sealed file does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    #[error("the passphrase is not the one it was made with")]
    Wrong,
    #[error("it asks for 2^{0} steps of work before it opens, more than the 2^{MOST} that are done")]
    Work(u8),
    #[error("it is encrypted for an identity, not with a passphrase")]
    Identity,
    #[error(transparent)]
    Broken(Unopened),
}

/// Seals bytes so that this passphrase opens them.
///
/// # Errors
/// When the system gives no memory for it; the crate writes into memory only.
pub fn seal(plain: &[u8], passphrase: &Passphrase, work: Work) -> io::Result<Vec<u8>> {
    let mut recipient = scrypt::Recipient::new(passphrase.secret());
    // what the crate proposes depends on how busy this machine is just now
    recipient.set_work_factor(work.0);
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let encryptor = Encryptor::with_recipients(recipients).map_err(|e| io::Error::other(e.to_string()))?;
    let mut sealed = Vec::with_capacity(plain.len() + plain.len() / 4096 + 1024);
    let mut writer = encryptor.wrap_output(&mut sealed)?;
    writer.write_all(plain)?;
    writer.finish()?;
    Ok(sealed)
}

/// Whether these bytes are sealed with a passphrase, and could be opened: so far as that can be said without one.
///
/// # Errors
/// [`Closed`], but for [`Closed::Wrong`].
pub fn require_sealed(sealed: &[u8]) -> Result<(), Closed> {
    reader(sealed).map(drop)
}

/// What was sealed, whole and authenticated. Binary and armored files are both read.
///
/// # Errors
/// No part of the contents is given out unless all of it is sound.
pub fn open(sealed: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, Closed> {
    let decryptor = reader(sealed)?;
    let mut identity = scrypt::Identity::new(passphrase.secret());
    identity.set_max_work_factor(MOST);
    let mut contents = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|e| match e {
        DecryptError::ExcessiveWork { required, .. } => Closed::Work(required),
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => Closed::Wrong,
        other => Closed::Broken(seal::of_age(&other)),
    })?;
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    contents.read_to_end(&mut plain).map_err(|e| Closed::Broken(seal::of_io(&e, Unopened::Payload)))?;
    Ok(plain)
}

/// A sealed file whose header has been looked at.
type Looked<'a> = Chain<Cursor<Vec<u8>>, Rest<'a>>;

fn reader(sealed: &[u8]) -> Result<Decryptor<Looked<'_>>, Closed> {
    let (head, rest) = seal::head(sealed).map_err(Closed::Broken)?;
    if let Some(work) = work_of(&head).filter(|work| *work > MOST) {
        return Err(Closed::Work(work));
    }
    let decryptor = Decryptor::new_buffered(Cursor::new(head).chain(rest)).map_err(|e| Closed::Broken(seal::of_age(&e)))?;
    if decryptor.is_scrypt() { Ok(decryptor) } else { Err(Closed::Identity) }
}

/// The work that a header asks for, as it stands there.
fn work_of(head: &[u8]) -> Option<u8> {
    let mut lines = head.split(|b| *b == b'\n');
    let line = lines.find_map(|line| line.strip_prefix(b"-> scrypt "))?;
    std::str::from_utf8(line).ok()?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(text: &str) -> Passphrase {
        Passphrase::new(text.as_bytes()).expect("a passphrase")
    }

    #[test]
    fn what_is_sealed_opens_with_its_passphrase_and_no_other() {
        let sealed = seal(b"contents", &pass("right"), Work::for_tests()).expect("in memory");
        assert_eq!(**open(&sealed, &pass("right")).expect("right"), *b"contents");
        assert_eq!(open(&sealed, &pass("wrong")), Err(Closed::Wrong));
        assert!(require_sealed(&sealed).is_ok());
    }

    #[test]
    fn a_file_that_asks_for_hours_of_work_is_refused_before_any_is_done() {
        let sealed = seal(b"contents", &pass("right"), Work::for_tests()).expect("in memory");
        let at = sealed.windows(3).position(|w| w == b" 2\n").expect("the factor");
        for factor in ["23", "30", "63", "255"] {
            let hostile = [&sealed[..=at], factor.as_bytes(), &sealed[at + 2..]].concat();
            assert_eq!(open(&hostile, &pass("right")), Err(Closed::Work(factor.parse().expect("a number"))));
            assert!(matches!(require_sealed(&hostile), Err(Closed::Work(_))));
        }
    }

    #[test]
    fn each_that_is_made_is_another_and_can_be_typed() {
        let made: Vec<_> = (0..64).map(|_| Passphrase::generate().expect("random bytes")).collect();
        for (index, one) in made.iter().enumerate() {
            assert_eq!((one.expose().len(), one.expose().split('-').count()), (29, 6));
            assert!(Passphrase::new(one.expose().as_bytes()).is_ok() && !one.is_short());
            assert!(!made[..index].contains(one));
        }
        assert_eq!(Passphrase::new(b""), Err(PassphraseError::Empty));
        for bad in [&b"\xff"[..], b"a\nb", b"a\x1bb"] {
            assert_eq!(Passphrase::new(bad), Err(PassphraseError::Untypable));
        }
        assert!(!format!("{:?}", pass("hunter2")).contains("hunter2"));
    }
}
