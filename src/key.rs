//! A random key of 32 bytes and what is made with one: keyed fingerprints and authentication codes (HMAC-SHA-256, RFC 2104).

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A secret key. Wiped on drop; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Zeroizing<[u8; Key::LEN]>);

impl Key {
    pub const LEN: usize = 32;

    /// A new key from the system's random source.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> std::io::Result<Self> {
        let mut bytes = Zeroizing::new([0; Self::LEN]);
        getrandom::fill(&mut *bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
        Ok(Self(bytes))
    }

    /// `None` unless there are exactly 32 bytes, not all zero.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let array: [u8; Self::LEN] = bytes.try_into().ok()?;
        (array != [0; Self::LEN]).then(|| Self(Zeroizing::new(array)))
    }

    /// The bytes, to be written to a file that only the user can read.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &*self.0
    }

    /// The code over several parts. Each part is preceded by its length, so no two lists of parts are alike.
    #[must_use]
    pub fn code(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.coder().code(parts)
    }

    /// The key made ready, for whoever makes many codes.
    #[must_use]
    pub fn coder(&self) -> Coder {
        Coder(Hmac::<Sha256>::new_from_slice(&*self.0).expect("HMAC takes a key of any length"))
    }

    /// Whether `code` is the code over these parts, compared in constant time.
    #[must_use]
    pub fn verifies(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        self.coder().over(parts).verify_slice(code).is_ok()
    }
}

/// A key made ready to make codes with. As secret as the key.
pub struct Coder(Hmac<Sha256>);

impl Coder {
    /// [`Key::code`].
    #[must_use]
    pub fn code(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.over(parts).finalize().into_bytes().into()
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for Coder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Coder(••••••••)")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(••••••••)")
    }
}

/// A name for a file, from whatever it is about: 32 hexadecimal digits of SHA-256. Nothing secret is hidden by it.
#[must_use]
pub fn short_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..16])
}

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

/// The bytes of a text in hexadecimal digits; `None` when it is not one.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| (digit as char).to_digit(16).and_then(|d| u8::try_from(d).ok());
    digits.chunks_exact(2).map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_from_one_part_to_the_next_changes_the_code() {
        let key = Key::from_bytes(&[7; 32]).expect("32 bytes");
        assert_ne!(key.code(&[b"ab", b"c"]), key.code(&[b"a", b"bc"]));
        assert!(key.verifies(&[b"ab", b"c"], &key.code(&[b"ab", b"c"])));
    }

    #[test]
    fn hexadecimal_digits_round_trip() {
        assert_eq!(unhex(&hex(&[0, 1, 0xab, 0xff])), Some(vec![0, 1, 0xab, 0xff]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("zz"), None);
    }
}
