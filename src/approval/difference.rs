//! What changed in a server since it was approved.

use super::projection::{Line, Projection};
use super::record::Approved;
use crate::mask::DOTS;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Added(Line),
    Removed(Line),
    Changed {
        part: String,
        was: String,
        now: String,
    },
    /// Something that is masked when it is shown.
    Masked,
    /// Beside what is told, a part may have changed that is masked alike before and after.
    MaskedPerhaps,
    /// Asks for a variable it did not ask for.
    Gains(String),
    /// Asks for one variable less.
    Loses(String),
}

/// The differences from what was approved to what is asked now, with its lines; empty when the digests are alike.
#[must_use]
pub fn difference(was: &Approved, now: &Projection, now_lines: &[Line]) -> Vec<Change> {
    if was.projection.digest == now.digest {
        return Vec::new();
    }
    let mut changes = Vec::new();
    let was_lines = was.lines();
    for line in &was_lines {
        match now_lines.iter().find(|l| l.part == line.part) {
            None => changes.push(Change::Removed(line.clone())),
            Some(other) if other.text != line.text => {
                changes.push(Change::Changed { part: line.part.clone(), was: line.text.clone(), now: other.text.clone() });
            }
            Some(_) => {}
        }
    }
    for line in now_lines {
        if !was_lines.iter().any(|l| l.part == line.part) {
            changes.push(Change::Added(line.clone()));
        }
    }
    let ways = |p: &Projection| p.variables.iter().map(|(n, i)| format!("{n} ({})", i.word())).collect::<Vec<_>>();
    let (before, after) = (ways(&was.projection), ways(now));
    changes.extend(after.iter().filter(|v| !before.contains(v)).cloned().map(Change::Gains));
    changes.extend(before.iter().filter(|v| !after.contains(v)).cloned().map(Change::Loses));
    if changes.is_empty() {
        changes.push(Change::Masked);
    } else if now_lines.iter().any(|line| line.text.contains(DOTS) && was_lines.contains(line)) {
        changes.push(Change::MaskedPerhaps);
    }
    changes
}
