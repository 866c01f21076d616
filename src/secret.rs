//! A value: the secret bytes of one variable. It has no `Display` and no `Serialize`, its `Debug` prints dots, and its
//! memory is wiped when it is dropped. [`Secret::expose`] is called only in the rooms that the architecture test lists.

use std::fmt;

use zeroize::Zeroizing;

/// The bytes of one value: 1 to 128 KiB, without NUL, kept exactly as they were given.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

/// Why bytes cannot be a value. Never holds a byte of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the value is empty")]
    Empty,
    #[error("the value holds a NUL byte, which no environment can carry")]
    Nul,
    #[error("the value is {0} bytes long, more than the {max} that a variable may have", max = Secret::MAX)]
    TooLong(usize),
}

impl Secret {
    /// The longest value that is stored, in bytes.
    pub const MAX: usize = 128 * 1024;

    /// Takes the bytes over; they are wiped also when they are refused.
    ///
    /// # Errors
    /// When they are empty, longer than [`Secret::MAX`], or hold a NUL.
    pub fn new(bytes: Vec<u8>) -> Result<Self, SecretError> {
        let bytes = Zeroizing::new(bytes);
        if bytes.is_empty() {
            return Err(SecretError::Empty);
        }
        if bytes.len() > Self::MAX {
            return Err(SecretError::TooLong(bytes.len()));
        }
        if bytes.contains(&0) {
            return Err(SecretError::Nul);
        }
        Ok(Self(bytes))
    }

    /// The bytes themselves. Whoever calls this stands in the architecture test's list.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••••••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_value_shows_neither_bytes_nor_length() {
        let short = Secret::new(b"hunter2".to_vec()).expect("a good value");
        let long = Secret::new(vec![b'x'; 999]).expect("a good value");
        assert_eq!(format!("{short:?}"), format!("{long:?}"));
        assert!(!format!("{short:?}").contains("hunter2"));
    }

    #[test]
    fn an_empty_an_overlong_and_a_nul_value_are_refused() {
        assert_eq!(Secret::new(vec![]), Err(SecretError::Empty));
        assert_eq!(Secret::new(vec![b'a', 0]), Err(SecretError::Nul));
        assert!(Secret::new(vec![b'a'; Secret::MAX]).is_ok());
        assert_eq!(Secret::new(vec![b'a'; Secret::MAX + 1]), Err(SecretError::TooLong(Secret::MAX + 1)));
    }
}
