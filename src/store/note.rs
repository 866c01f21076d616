//! Which store a sealed file belongs to, as its own header says: a stanza that no identity opens and every program of the age
//! format passes over. The header is authenticated, and changes at the same moment as the file, so a profile can never be in
//! two stores or in none. A file without one is of the store `age`.

use std::collections::HashSet;

use age::EncryptError;
use age_core::format::{FileKey, Stanza};

const TAG: &str = "mcpenv";

/// The word of a store, and which of its keys opens the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) word: String,
    pub(super) id: String,
}

impl Note {
    /// The note in the header of a sealed file, without opening it. `head` is the header, or more.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let mut lines = head.split(|b| *b == b'\n').take_while(|line| !line.starts_with(b"---"));
        let line = lines.find_map(|line| line.strip_prefix(b"-> mcpenv "))?;
        let mut words = std::str::from_utf8(line).ok()?.split(' ');
        let is_word =
            |text: &&str| !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let (word, id) = (words.next().filter(is_word)?, words.next().filter(is_word)?);
        Some(Self { word: word.to_owned(), id: id.to_owned() })
    }
}

/// Whether these bytes are an age file, binary or armored.
#[must_use]
pub(super) fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"age-encryption.org/") || bytes.trim_ascii_start().starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

impl age::Recipient for Note {
    fn wrap_file_key(&self, _: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let stanza = Stanza { tag: TAG.to_owned(), args: vec![self.word.clone(), self.id.clone()], body: Vec::new() };
        Ok((vec![stanza], HashSet::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_from_the_header_alone() {
        let head = b"age-encryption.org/v1\n-> X25519 abc\nxyz\n-> mcpenv keychain 0123abcd\n\n--- mac\n";
        assert_eq!(Note::of(head), Some(Note { word: "keychain".to_owned(), id: "0123abcd".to_owned() }));
        assert_eq!(Note::of(b"age-encryption.org/v1\n-> X25519 abc\n--- mac\n-> mcpenv keychain 01\n"), None);
        assert_eq!(Note::of(b"age-encryption.org/v1\n-> mcpenv ../x 01\n"), None);
        assert_eq!(Note::of(b"age-encryption.org/v1\n-> mcpenv keychain\n"), None);
    }
}
