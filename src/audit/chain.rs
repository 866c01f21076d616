//! Goes through the lines of the log, oldest first, and says where the chain breaks.

use super::record::{FIRST, Record};
use crate::key::Key;

/// Where the log is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("record {0} was changed, taken out, put in or moved")]
    At(u64),
    #[error("the last records are gone: {last} was written, and the log ends with {found}")]
    Cut { last: u64, found: u64 },
    #[error("the head of the log is damaged or gone, so a cut end would not show")]
    Head,
}

/// The state of the chain between two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) number: u64,
    pub(super) code: [u8; 32],
}

impl Link {
    /// Before the first record.
    pub(super) const START: Self = Self { number: 0, code: FIRST };

    /// The link behind this line; `None` when the line does not follow.
    pub(super) fn follow(self, line: &[u8], key: &Key) -> Option<Self> {
        let (record, code) = Record::read(line, key, &self.code)?;
        (record.number == self.number + 1).then_some(Self { number: record.number, code })
    }
}

/// Follows a whole text, which begins behind `from`. The link at its end, or the first record that does not follow.
pub(super) fn follow_all(text: &[u8], from: Link, key: &Key) -> Result<Link, Broken> {
    let mut link = from;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").ok_or(Broken::At(link.number + 1))?;
        link = link.follow(line, key).ok_or(Broken::At(link.number + 1))?;
    }
    Ok(link)
}
