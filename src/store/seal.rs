//! Seals bytes for public keys, and opens what was sealed. Knows nothing of files and profiles; never asks for a passphrase.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};

use age::armor::{ArmoredReadError, ArmoredReader, ArmoredWriter, Format};
use age::{DecryptError, Decryptor, EncryptError, Encryptor};
use zeroize::Zeroizing;

use crate::store::identity::Identity;
use crate::store::note::Note;
use crate::store::recipient::Recipient;

/// The longest header that is looked at, in bytes. One recipient takes about 100.
pub(super) const HEADER_LIMIT: usize = 64 * 1024;
/// The most recipients that are looked at. The parser starts again at each line, so their number must stay small.
const RECIPIENT_LIMIT: usize = 256;

/// Why sealed bytes did not open. The kinds are those of the age specification's test vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    #[error("its armor is broken")]
    Armor,
    #[error("its header is no age header")]
    Header,
    #[error("its header is longer than {HEADER_LIMIT} bytes or has more than {RECIPIENT_LIMIT} recipients")]
    Excessive,
    #[error("it is of a version of the age format that this mcpenv does not know")]
    Version,
    #[error("it is encrypted with a passphrase, not for an identity")]
    Passphrase,
    #[error("its header was changed after it was written")]
    Tampered,
    #[error("none of its recipients is this identity")]
    Foreign,
    #[error("it asks for more work than any passphrase is worth")]
    Work,
    #[error("its contents are cut short or were changed after they were written")]
    Payload,
}

/// What was sealed, whole and authenticated. Binary and armored files are both read.
///
/// # Errors
/// No part of the contents is given out unless all of it is sound.
pub fn open(sealed: &[u8], identities: &[&Identity]) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    open_by(sealed, identities.iter().map(|i| i.key() as &dyn age::Identity))
}

/// The same with keys of any kind.
pub(super) fn open_by<'a>(
    sealed: &[u8],
    keys: impl Iterator<Item = &'a dyn age::Identity>,
) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let decryptor = begin(sealed)?;
    if decryptor.is_scrypt() {
        return Err(Unopened::Passphrase);
    }
    let mut reader = decryptor.decrypt(keys).map_err(|e| of_age(&e))?;
    // the contents are always shorter than the file, so this never grows and leaves no copy behind
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    reader.read_to_end(&mut plain).map_err(|e| of_io(&e, Unopened::Payload))?;
    Ok(plain)
}

impl Identity {
    /// Whether it opens these bytes.
    #[must_use]
    pub fn opens(&self, sealed: &[u8]) -> bool {
        open(sealed, &[self]).is_ok()
    }
}

/// Reads the header, if it is one that is worth reading.
pub(super) fn begin(sealed: &[u8]) -> Result<Decryptor<impl BufRead + '_>, Unopened> {
    let mut rest = BufReader::new(ArmoredReader::new(sealed));
    let mut head = Vec::with_capacity(HEADER_LIMIT.min(sealed.len()));
    rest.by_ref().take(HEADER_LIMIT as u64).read_to_end(&mut head).map_err(|e| of_io(&e, Unopened::Header))?;
    require_modest(&head)?;
    Decryptor::new_buffered(Cursor::new(head).chain(rest)).map_err(|e| of_age(&e))
}

/// Seals bytes so that exactly this identity opens them.
///
/// # Errors
/// When the system gives no memory for it; the crate writes into memory only.
pub fn seal(plain: &[u8], identity: &Identity) -> io::Result<Vec<u8>> {
    seal_for(plain, &[identity.to_recipient()], None)
}

/// Seals bytes so that each of these opens them, with a note of the store they belong to.
pub(super) fn seal_for(plain: &[u8], readers: &[Recipient], note: Option<&Note>) -> io::Result<Vec<u8>> {
    let keys = readers.iter().map(|reader| reader as &dyn age::Recipient);
    let note = note.map(|note| note as &dyn age::Recipient);
    let encryptor = Encryptor::with_recipients(keys.chain(note)).map_err(|e| match e {
        EncryptError::Io(e) => e,
        other => io::Error::other(other.to_string()),
    })?;
    let mut sealed = Vec::with_capacity(plain.len() + plain.len() / 4096 + 1024);
    let mut writer = encryptor.wrap_output(&mut sealed)?;
    writer.write_all(plain)?;
    writer.finish()?;
    Ok(sealed)
}

/// What was sealed, as text that survives a mail or a sheet of paper.
pub(super) fn armored(sealed: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = ArmoredWriter::wrap_output(Vec::with_capacity(2 * sealed.len()), Format::AsciiArmor)?;
    writer.write_all(sealed)?;
    writer.finish()
}

/// How many keys a file is sealed for, as its header says. Armored files are not looked into: 0.
#[must_use]
pub fn count_recipients(sealed: &[u8]) -> usize {
    let head = &sealed[..sealed.len().min(HEADER_LIMIT)];
    let end = end_of_header(head).unwrap_or(0);
    let is_reader = |line: &&[u8]| [&b"-> X25519 "[..], b"-> ssh-"].iter().any(|start| line.starts_with(start));
    head[..end].split(|b| *b == b'\n').filter(is_reader).count()
}

fn require_modest(head: &[u8]) -> Result<(), Unopened> {
    let end = match end_of_header(head) {
        Some(end) => end,
        None if head.len() >= HEADER_LIMIT => return Err(Unopened::Excessive),
        None => head.len(),
    };
    let recipients = head[..end].split(|b| *b == b'\n').filter(|line| line.starts_with(b"-> ")).count();
    if recipients > RECIPIENT_LIMIT { Err(Unopened::Excessive) } else { Ok(()) }
}

fn end_of_header(head: &[u8]) -> Option<usize> {
    head.windows(4).position(|window| window == b"\n---")
}

pub(super) fn of_io(error: &io::Error, otherwise: Unopened) -> Unopened {
    if error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<ArmoredReadError>) { Unopened::Armor } else { otherwise }
}

pub(super) fn of_age(error: &DecryptError) -> Unopened {
    match error {
        DecryptError::InvalidMac => Unopened::Tampered,
        DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed => Unopened::Foreign,
        DecryptError::UnknownFormat => Unopened::Version,
        DecryptError::Io(e) => of_io(e, Unopened::Header),
        // the crate's list is open-ended: what it adds is some fault of the header
        _ => Unopened::Header,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_identity_and_no_other() {
        let (mine, yours) = (Identity::generate(), Identity::generate());
        let sealed = seal(b"contents", &mine).expect("in memory");
        assert_eq!(**open(&sealed, &[&mine]).expect("mine"), *b"contents");
        assert_eq!(open(&sealed, &[&yours]), Err(Unopened::Foreign));
        assert_eq!(count_recipients(&sealed), 1);
    }

    #[test]
    fn a_header_without_end_and_one_with_a_crowd_of_recipients_are_refused_at_once() {
        let identity = Identity::generate();
        let endless = [b"age-encryption.org/v1\n".to_vec(), b"-> a\n".repeat(1_000_000)].concat();
        assert_eq!(open(&endless, &[&identity]), Err(Unopened::Excessive));
        let crowd = [b"age-encryption.org/v1\n".to_vec(), b"-> a\n\n".repeat(300), b"--- x\n".to_vec()].concat();
        assert_eq!(open(&crowd, &[&identity]), Err(Unopened::Excessive));
    }
}
