//! How much one file may make us write down. A pointer repeats every key on the way, so a file of one mebibyte with one long key
//! and many items would ask for gigabytes; what no client's file needs is refused whole. Knows no client.

use super::tree::{Lines, Node, Tree};
use crate::client::contract::ReadError;

/// The most values of one server's entry.
const VALUES: usize = 10_000;
/// The most that all pointers written down for one file may take, in bytes.
const POINTERS: usize = 32 * 1024 * 1024;

/// What is left of the bounds of one file.
#[derive(Debug, Default)]
pub(in crate::client) struct Bounds {
    pointers: usize,
    refused: Option<ReadError>,
}

impl Bounds {
    /// Whether a pointer may still be written down.
    pub fn take(&mut self, pointer: &str) -> bool {
        self.pointers += pointer.len();
        if self.pointers > POINTERS && self.refused.is_none() {
            self.refused = Some(ReadError { line: 1, why: "the file refers to more than can be kept".to_owned() });
        }
        self.refused.is_none()
    }

    /// Whether an entry is of a size that a person could look at.
    pub fn admit(&mut self, entry: &Node<'_>, lines: &Lines) -> bool {
        if self.refused.is_none() && left_of(VALUES, entry).is_none() {
            let why = format!("a server's entry holds more than {VALUES} values");
            self.refused = Some(ReadError { line: lines.of(entry.range.start), why });
        }
        self.refused.is_none()
    }

    /// # Errors
    /// When a bound was passed: nothing may be taken from the file then.
    pub fn end(self) -> Result<(), ReadError> {
        self.refused.map_or(Ok(()), Err)
    }
}

/// What is left of so many values once these are counted; `None` when they are too few.
fn left_of(values: usize, node: &Node<'_>) -> Option<usize> {
    let left = values.checked_sub(1)?;
    match &node.tree {
        Tree::List(items) => items.iter().try_fold(left, left_of),
        Tree::Map(map) => map.members.iter().map(|member| &member.node).try_fold(left, left_of),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => Some(left),
    }
}
