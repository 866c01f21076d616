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
        // plugins, tags and post-quantum keys have longer names before the digit
        Err(if starts("age1") { NoRecipient::Unsupported } else { NoRecipient::Malformed })
    }

    /// The text by which it is known: of an SSH key without its comment.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
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
