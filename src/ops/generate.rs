//! A new value from the system's random source, for what people issue themselves.

use crate::key::Key;
use crate::secret::Secret;

/// The characters that a generated value is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// Letters and digits.
    Alphanumeric,
    Hex,
    /// What a URL takes unchanged: letters, digits, `-` and `_`.
    Url,
}

impl Alphabet {
    /// The words for them, the usual one first.
    pub const WORDS: &[&str] = &["alphanumeric", "hex", "url"];

    /// The alphabet of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "alphanumeric" => Some(Self::Alphanumeric),
            "hex" => Some(Self::Hex),
            "url" => Some(Self::Url),
            _ => None,
        }
    }

    fn letters(self) -> &'static [u8] {
        match self {
            Self::Alphanumeric => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            Self::Hex => b"0123456789abcdef",
            Self::Url => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        }
    }
}

/// A value of so many characters, each as likely as any other.
///
/// # Errors
/// When the system gives no random bytes, or the length is none of a value.
pub fn generate(length: usize, alphabet: Alphabet) -> std::io::Result<Secret> {
    let letters = alphabet.letters();
    // bytes beyond the last whole round of the letters would favour the first of them
    let round = 256 / letters.len() * letters.len();
    let mut text = Vec::with_capacity(length);
    while text.len() < length {
        let random = Key::random()?;
        let chosen = random.expose().iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < round);
        text.extend(chosen.map(|byte| letters[byte % letters.len()]).take(length - text.len()));
    }
    Secret::new(text).map_err(|e| std::io::Error::new(std::io::ErrorKind::InvalidInput, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_value_has_its_length_and_its_letters_and_never_comes_twice() {
        for (alphabet, length) in [(Alphabet::Alphanumeric, 1), (Alphabet::Hex, 64), (Alphabet::Url, 1000)] {
            let (one, other) = (generate(length, alphabet).expect("random"), generate(length, alphabet).expect("random"));
            assert_eq!(one.expose().len(), length);
            assert!(one.expose().iter().all(|byte| alphabet.letters().contains(byte)));
            assert!(length == 1 || one != other);
        }
        assert!(generate(0, Alphabet::Hex).is_err() && generate(Secret::MAX + 1, Alphabet::Hex).is_err());
        let many = generate(62_000, Alphabet::Alphanumeric).expect("random");
        for letter in Alphabet::Alphanumeric.letters() {
            let count = many.expose().iter().filter(|byte| *byte == letter).count();
            assert!((700..1300).contains(&count), "a letter in sixty-two is expected a thousand times, not {count}");
        }
    }
}
