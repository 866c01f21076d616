//! The way to a place in a document, and what stands around it.

use super::change::SpliceError;
use super::pointer::steps;
use super::trail::Trail;
use crate::client::document::tree::{Document, Map, Member, Node, Tree};

/// A value in its surroundings.
#[derive(Debug)]
pub(super) struct Spot<'d, 'a> {
    pub node: &'d Node<'a>,
    /// From the root to the map or list that it is in.
    pub above: Vec<&'d Node<'a>>,
    /// Its number among its siblings.
    pub index: usize,
    /// Where it starts, its key included.
    pub start: usize,
}

/// Finds a place. A key on the way that stands twice is refused: the parsers do not say which of the two was meant.
pub(super) fn find<'d, 'a>(document: &'d Document<'a>, pointer: &str, trail: &mut Trail) -> Result<Spot<'d, 'a>, SpliceError> {
    let absent = || SpliceError::Absent(pointer.to_owned());
    let root = document.root.as_ref().ok_or_else(absent)?;
    let mut above = Vec::new();
    let mut spot = Spot { node: root, above: Vec::new(), index: 0, start: root.range.start };
    for (level, step) in steps(pointer).enumerate() {
        above.push(spot.node);
        spot = match &spot.node.tree {
            Tree::Map(map) => {
                let is_it = |at: usize| map.members[at].key == step;
                let index = trail.find(level, map.members.len(), is_it).ok_or_else(absent)?;
                let member = &map.members[index];
                if member.is_twice {
                    return Err(SpliceError::Twice(step.into_owned()));
                }
                Spot { node: &member.node, above: Vec::new(), index, start: member.written.start }
            }
            Tree::List(items) => {
                let index = step.parse::<usize>().map_err(|_| absent())?;
                let node = items.get(index).ok_or_else(absent)?;
                Spot { node, above: Vec::new(), index, start: node.range.start }
            }
            _ => return Err(absent()),
        };
    }
    Ok(Spot { above, ..spot })
}

/// The starts and ends of what a map or list holds, keys included.
pub(super) fn inner(node: &Node<'_>) -> Result<Vec<(usize, usize)>, SpliceError> {
    match &node.tree {
        Tree::Map(map) => {
            require_once(map)?;
            Ok(map.members.iter().map(|member| (member.written.start, member.node.range.end)).collect())
        }
        Tree::List(items) => Ok(items.iter().map(|item| (item.range.start, item.range.end)).collect()),
        _ => Ok(Vec::new()),
    }
}

/// Refuses a map in which a key stands twice: the place of the one that does not count is not known.
fn require_once(map: &Map<'_>) -> Result<(), SpliceError> {
    match map.members.iter().find(|member| member.is_twice) {
        Some(Member { key, .. }) => Err(SpliceError::Twice(key.clone().into_owned())),
        None => Ok(()),
    }
}
