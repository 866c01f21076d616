//! The user's own way back: a public key whose secret one lies apart from this machine, on paper or with SSH's. Every profile
//! that is made can be opened with it too. Holds public keys and labels, never a secret one.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::profile::Reader;
use crate::store::contract::StoreError;
use crate::store::draft::Draft;
use crate::store::recipient::Recipient;
use crate::store::trouble;
use crate::sys;

const FORMAT: u64 = 1;
/// The most that the file may hold, in bytes.
const LIMIT: u64 = 64 * 1024;

/// One key of the way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryKey {
    /// The public key, in the text form of age or SSH.
    pub key: String,
    /// Where its secret one is, in the user's words; may be empty.
    #[serde(default)]
    pub label: String,
}

/// What the user said about the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovery {
    /// Was never asked.
    Unsaid,
    /// Wants none.
    Declined,
    Key(RecoveryKey),
}

#[derive(Serialize, Deserialize)]
struct Text {
    format: u64,
    recipients: Vec<RecoveryKey>,
}

impl Recovery {
    /// What is noted. Only the user may be able to write it: whoever is named here opens what is made later.
    ///
    /// # Errors
    /// When the file is there and is not what mcpenv wrote.
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        let Some((bytes, meta)) = trouble::read(path, LIMIT)? else { return Ok(Self::Unsaid) };
        if let Err(mode) = sys::is_own_and_private(&meta) {
            return Err(StoreError::Exposed { path: path.to_owned(), mode });
        }
        let text: Text = serde_json::from_slice(&bytes).map_err(|e| trouble::damaged(path, e.to_string()))?;
        if text.format != FORMAT {
            return Err(trouble::damaged(path, "it is of a format that this mcpenv does not know".to_owned()));
        }
        match <[RecoveryKey; 1]>::try_from(text.recipients) {
            Ok([key]) => match Recipient::parse(&key.key) {
                Ok(_) => Ok(Self::Key(key)),
                Err(why) => Err(trouble::damaged(path, why.to_string())),
            },
            Err(none) if none.is_empty() => Ok(Self::Declined),
            Err(_) => Err(trouble::damaged(path, "it names more than one key".to_owned())),
        }
    }

    /// Notes it.
    ///
    /// # Errors
    /// When it cannot be written; what was noted before still is.
    pub fn write(&self, path: &Path) -> Result<(), StoreError> {
        let recipients = match self {
            Self::Key(key) => vec![key.clone()],
            Self::Unsaid | Self::Declined => Vec::new(),
        };
        let directory = path.parent().unwrap_or(path);
        let written = || -> io::Result<()> {
            let mut bytes = serde_json::to_vec_pretty(&Text { format: FORMAT, recipients })?;
            bytes.push(b'\n');
            sys::make_private_directory(directory)?;
            let draft = Draft::write(path, &bytes)?;
            draft.sync()?;
            draft.replace()?;
            sys::sync_directory(directory)
        };
        written().map_err(|e| trouble::unwritten(path, &e))
    }
}

impl RecoveryKey {
    /// As one of a profile's readers.
    #[must_use]
    pub fn as_reader(&self) -> Reader {
        Reader { key: self.key.clone(), label: self.label.clone(), is_recovery: true, unknown: serde_json::Map::new() }
    }
}
