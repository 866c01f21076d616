//! Bytes behind a passphrase, in the age format with one scrypt recipient, as `age -p` makes them: the identity when it is
//! protected so, and backups. The work that a file asks for is looked at before any of it is done. With `seal.rs`,
//! `identity.rs`, `recipient.rs`, `note.rs` and `opener.rs` the only door to the crate `age`.

use std::io::{self, Read, Write};
use std::iter;

use age::secrecy::SecretString;
use age::{DecryptError, Encryptor, scrypt};
use zeroize::Zeroizing;

use crate::key::Key;
use crate::store::seal::{self, Unopened};

/// The work that sealing takes, as a power of two: about a second.
pub const FACTOR: u8 = 18;
/// The most that opening does: about a quarter of a minute, and 4 GiB of memory.
pub const MOST: u8 = 22;

/// What came of a passphrase.
#[derive(Debug)]
pub enum Unlocked {
    Open(Zeroizing<Vec<u8>>),
    /// The passphrase is not the one it was sealed with.
    Wrong,
    /// No passphrase opens it.
    Refused(Unopened),
}

/// Opens what was sealed with a passphrase, whole and authenticated, doing at most `most` of work.
#[must_use]
pub fn open(sealed: &[u8], passphrase: &str, most: u8) -> Unlocked {
    let decryptor = match seal::begin(sealed) {
        Ok(decryptor) if decryptor.is_scrypt() => decryptor,
        Ok(_) => return Unlocked::Refused(Unopened::Foreign),
        Err(why) => return Unlocked::Refused(why),
    };
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    identity.set_max_work_factor(most);
    let mut reader = match decryptor.decrypt(iter::once(&identity as &dyn age::Identity)) {
        Ok(reader) => reader,
        Err(DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys) => {
            return Unlocked::Wrong;
        }
        Err(DecryptError::ExcessiveWork { .. }) => return Unlocked::Refused(Unopened::Work),
        Err(error) => return Unlocked::Refused(seal::of_age(&error)),
    };
    // the contents are always shorter than the file, so this never grows and leaves no copy behind
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    match reader.read_to_end(&mut plain) {
        Ok(_) => Unlocked::Open(plain),
        Err(error) => Unlocked::Refused(seal::of_io(&error, Unopened::Payload)),
    }
}

/// Seals bytes with a passphrase. `factor` is the work that opening takes, [`FACTOR`] for whatever people keep.
///
/// # Errors
/// When the system gives no memory for it.
pub fn seal(plain: &[u8], passphrase: &str, factor: u8) -> io::Result<Vec<u8>> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
    recipient.set_work_factor(factor.clamp(1, MOST));
    let encryptor =
        Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient)).map_err(|e| io::Error::other(e.to_string()))?;
    let mut sealed = Vec::with_capacity(plain.len() + plain.len() / 4096 + 1024);
    let mut writer = encryptor.wrap_output(&mut sealed)?;
    writer.write_all(plain)?;
    writer.finish()?;
    Ok(sealed)
}

/// The same as text that survives a mail or a sheet of paper.
///
/// # Errors
/// When the system gives no memory for it.
pub fn seal_armored(plain: &[u8], passphrase: &str, factor: u8) -> io::Result<Vec<u8>> {
    seal::armored(&seal(plain, passphrase, factor)?)
}

/// A passphrase that nobody has to think of: six words that can be spoken and mean nothing, 96 random bits.
///
/// # Errors
/// When the system gives no random bytes.
pub fn generated() -> io::Result<Zeroizing<String>> {
    const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
    const VOWELS: &[u8; 4] = b"aiou";
    let random = Zeroizing::new(Key::random()?.code(&[b"passphrase"]));
    let mut text = Zeroizing::new(String::with_capacity(6 * 6));
    for (at, pair) in random.chunks_exact(2).take(6).enumerate() {
        if at > 0 {
            text.push('-');
        }
        let bits = usize::from(pair[0]) << 8 | usize::from(pair[1]);
        text.push(char::from(CONSONANTS[bits & 15]));
        text.push(char::from(VOWELS[bits >> 4 & 3]));
        text.push(char::from(CONSONANTS[bits >> 6 & 15]));
        text.push(char::from(VOWELS[bits >> 10 & 3]));
        text.push(char::from(CONSONANTS[bits >> 12 & 15]));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_passphrase_opens_and_only_with_the_work_that_is_allowed() {
        let sealed = seal(b"contents", "correct horse", 4).expect("in memory");
        assert!(matches!(open(&sealed, "correct horse", 4), Unlocked::Open(plain) if *plain == *b"contents"));
        assert!(matches!(open(&sealed, "wrong", 4), Unlocked::Wrong));
        assert!(matches!(open(&sealed, "correct horse", 3), Unlocked::Refused(Unopened::Work)));
        assert!(matches!(open(b"garbage", "x", 4), Unlocked::Refused(Unopened::Header)));
        let armored = seal_armored(b"contents", "correct horse", 4).expect("in memory");
        assert!(armored.is_ascii());
        assert!(matches!(open(&armored, "correct horse", 4), Unlocked::Open(plain) if *plain == *b"contents"));
    }

    #[test]
    fn a_passphrase_that_is_made_is_six_words_and_never_the_same() {
        let (one, other) = (generated().expect("random"), generated().expect("random"));
        assert_ne!(one, other);
        let is_word = |word: &str| word.len() == 5 && word.bytes().all(|b| b.is_ascii_lowercase());
        assert!(one.split('-').count() == 6 && one.split('-').all(is_word), "no passphrase is shown here");
    }
}
