//! A passphrase as a person types it, or as one is made for them. Wiped when it is dropped; shown only when it was just made.

use std::fmt;
use std::io;

use zeroize::Zeroizing;

use crate::key::Key;

/// Groups of letters and digits in one that is made: 24 characters of 5 bits.
const GROUPS: usize = 6;
const GROUP: usize = 4;

/// What a person types to open a file.
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

#[cfg(test)]
mod tests {
    use super::*;

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
        let shown = format!("{:?}", Passphrase::new(b"hunter2").expect("a passphrase"));
        assert!(!shown.contains("hunter2"));
    }
}
