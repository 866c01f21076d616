//! Whom a profile is sealed for: a public key in the text form of age. Knows no secret key.

use std::collections::HashSet;
use std::fmt;

use age::EncryptError;
use age_core::format::{FileKey, Stanza};

/// A public key.
#[derive(Clone)]
pub struct Recipient {
    text: String,
    key: Kind,
}

#[derive(Clone)]
enum Kind {
    X25519(age::x25519::Recipient),
    #[cfg(feature = "ssh")]
    Ssh(age::ssh::Recipient),
}

/// Why a text is no recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRecipient {
    #[error("that is a secret key, where a public one is expected")]
    Secret,
    #[error("that is a recipient of a kind that this mcpenv cannot seal for")]
    Unsupported,
    #[error("that is no public key of age or SSH")]
    Malformed,
}

impl Recipient {
    /// Reads `age1…`, `ssh-ed25519 …` or `ssh-rsa …`.
    ///
    /// # Errors
    /// Says what stands there instead, and never repeats it: it may be a secret key.
    pub fn parse(text: &str) -> Result<Self, NoRecipient> {
        let text = text.trim();
        let starts = |prefix: &str| text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        if starts("AGE-SECRET-KEY-") || starts("AGE-PLUGIN-") || starts("-----BEGIN") {
            return Err(NoRecipient::Secret);
        }
        if let Ok(key) = text.parse::<age::x25519::Recipient>() {
            return Ok(Self { text: key.to_string(), key: Kind::X25519(key) });
        }
        if starts("ssh-") || starts("ecdsa-") || starts("sk-") {
            return ssh(text);
        }
        // plugins, tags and post-quantum keys have longer names before their digit, and no other 1 stands in a key
        let is_of_another_kind = starts("age1") && text.get(4..).is_some_and(|rest| rest.contains('1'));
        Err(if is_of_another_kind { NoRecipient::Unsupported } else { NoRecipient::Malformed })
    }

    /// The text by which it is known: of an SSH key without its comment.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text by which the key on a profile's list is known, however it was written there.
    #[must_use]
    pub fn known_as(key: &str) -> String {
        Self::parse(key).map_or_else(|_| key.trim().to_owned(), |recipient| recipient.text)
    }

    pub(super) fn of_key(key: age::x25519::Recipient) -> Self {
        Self { text: key.to_string(), key: Kind::X25519(key) }
    }
}

#[cfg(feature = "ssh")]
fn ssh(text: &str) -> Result<Recipient, NoRecipient> {
    match text.parse::<age::ssh::Recipient>() {
        Ok(key) => {
            let mut words = text.split_ascii_whitespace();
            let text = format!("{} {}", words.next().unwrap_or_default(), words.next().unwrap_or_default());
            Ok(Recipient { text, key: Kind::Ssh(key) })
        }
        Err(age::ssh::ParseRecipientKeyError::Unsupported(_)) => Err(NoRecipient::Unsupported),
        Err(_) => Err(NoRecipient::Malformed),
    }
}

#[cfg(not(feature = "ssh"))]
fn ssh(_: &str) -> Result<Recipient, NoRecipient> {
    Err(NoRecipient::Unsupported)
}

impl age::Recipient for Recipient {
    fn wrap_file_key(&self, file_key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        match &self.key {
            Kind::X25519(key) => key.wrap_file_key(file_key),
            #[cfg(feature = "ssh")]
            Kind::Ssh(key) => key.wrap_file_key(file_key),
        }
    }
}

impl PartialEq for Recipient {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Recipient {}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_recipient_is_told_apart_and_never_repeated() {
        let why = |text: &str| Recipient::parse(text).expect_err(text);
        let key = crate::store::identity::Identity::generate().recipient();
        assert_eq!(Recipient::parse(&format!(" {key}\n")).expect("a key").as_str(), key);
        assert_eq!(why(&key[..key.len() - 1]), NoRecipient::Malformed, "a letter is missing");
        assert_eq!(why("age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"), NoRecipient::Unsupported);
        assert_eq!(why("ssh-dss AAAA"), NoRecipient::Malformed);
        assert_eq!(why("AGE-SECRET-KEY-1QQ"), NoRecipient::Secret);
        assert_eq!(why(""), NoRecipient::Malformed);
    }

    #[test]
    fn a_key_is_known_by_itself_and_not_by_its_comment() {
        let text = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";
        assert_eq!(Recipient::known_as(&format!("  {text} bob@laptop")), text);
        assert_eq!(Recipient::known_as(" age1later1qq "), "age1later1qq");
    }
}
