//! One line of the log: a JSON object with the number, the time, what was done and to which names, and in the end the code that
//! chains it to the line before.

use serde::{Deserialize, Serialize};

use crate::key::{Key, hex, unhex};

/// The code of the record before the first.
pub(super) const FIRST: [u8; 32] = [0; 32];

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// From 1, without a gap.
    pub number: u64,
    /// Seconds since 1970 UTC.
    pub at: i64,
    pub action: String,
    /// The project's directory as it is shown; empty where there is none.
    pub project: String,
    pub profile: String,
    /// Names of variables, servers or profiles; never a value.
    pub names: Vec<String>,
    /// The version of mcpenv that wrote it.
    pub tool: String,
}

impl Record {
    /// The line of this record behind one with the code `before`, and its own code.
    pub(super) fn line(&self, key: &Key, before: &[u8; 32]) -> (Vec<u8>, [u8; 32]) {
        let body = serde_json::to_vec(self).unwrap_or_default();
        let code = key.code(&[b"audit", before, &body]);
        let mut line = Vec::with_capacity(body.len() + 76);
        // the code stands outside of what it covers
        line.extend_from_slice(hex(&code).as_bytes());
        line.push(b' ');
        line.extend_from_slice(&body);
        line.push(b'\n');
        (line, code)
    }

    /// Reads a line, without its end, that must follow one with the code `before`. `None` when it does not.
    pub(super) fn read(line: &[u8], key: &Key, before: &[u8; 32]) -> Option<(Self, [u8; 32])> {
        let code = unhex(std::str::from_utf8(line.get(..64)?).ok()?)?;
        let body = line.get(64..)?.strip_prefix(b" ")?;
        if !key.verifies(&[b"audit", before, body], &code) {
            return None;
        }
        Some((serde_json::from_slice(body).ok()?, code.try_into().ok()?))
    }

    /// Reads a line without asking whether it is believed.
    pub(super) fn read_unverified(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line.get(65..)?).ok()
    }
}
