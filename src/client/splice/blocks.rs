//! The blocks of YAML: members and items by their indentation. What stands in braces or brackets is not its business.

use std::collections::HashSet;

use super::change::SpliceError;
use super::place::{Cut, Places};
use super::words;
use crate::client::contract::Value;
use crate::client::document::tree::{Document, Node, Tree};

/// Whether a map or list is written in braces or brackets.
pub(super) fn is_braced(text: &str, node: &Node<'_>) -> bool {
    text.get(node.range.start..).is_some_and(|rest| rest.starts_with(['{', '[']))
}

/// The places of a document that are written once and stand for several: behind an anchor, or brought in by a merge.
pub(super) struct Shared(HashSet<Written>);

/// Where a value is written, and of which kind it is.
type Written = (usize, usize, u8);

fn written(node: &Node<'_>) -> Written {
    let kind = match &node.tree {
        Tree::Null => 0,
        Tree::Bool(_) => 1,
        Tree::Number(_) => 2,
        Tree::Text(_) => 3,
        Tree::List(_) => 4,
        Tree::Map(_) => 5,
    };
    (node.range.start, node.range.end, kind)
}

impl Shared {
    pub fn of(document: &Document<'_>) -> Self {
        fn all(node: &Node<'_>, out: &mut Vec<Written>) {
            out.push(written(node));
            match &node.tree {
                Tree::Map(map) => map.members.iter().for_each(|member| all(&member.node, out)),
                Tree::List(items) => items.iter().for_each(|item| all(item, out)),
                _ => {}
            }
        }
        let mut nodes = Vec::new();
        document.root.iter().for_each(|root| all(root, &mut nodes));
        let (mut seen, mut shared) = (HashSet::with_capacity(nodes.len()), HashSet::new());
        for node in nodes {
            if !seen.insert(node) {
                shared.insert(node);
            }
        }
        Self(shared)
    }

    /// Refuses such a place.
    pub fn require_own(&self, node: &Node<'_>, at: &str) -> Result<(), SpliceError> {
        if self.0.contains(&written(node)) { Err(SpliceError::Shared(at.to_owned())) } else { Ok(()) }
    }
}

/// Takes a member or an item away. The last one leaves an empty map or list behind.
pub(super) fn removal(places: &Places<'_>, siblings: &[(usize, usize)], index: usize, parent: &Node<'_>) -> Vec<Cut> {
    let (start, end) = siblings[index];
    let end = content_end(places.text, end);
    if siblings.len() == 1 {
        let empty = if matches!(parent.tree, Tree::List(_)) { "[]" } else { "{}" };
        let start = if empty == "[]" { places.text[..start].rfind('-').unwrap_or(start) } else { start };
        return vec![Cut { range: start..end, with: empty.to_owned() }];
    }
    let line = places.line_start(start);
    if places.is_blank(end..places.line_end(end)) {
        vec![Cut::out(line..places.next_line(end))]
    } else {
        let rest = &places.text[end..];
        vec![Cut::out(start..end + rest.len() - rest.trim_start_matches([' ', '\t']).len())]
    }
}

/// Puts a member behind the `index`-th of these.
pub(super) fn insertion(places: &Places<'_>, siblings: &[(usize, usize)], index: usize, key: &str, value: &Value) -> Vec<Cut> {
    let (start, end) = siblings[index];
    let before = &places.text[places.line_start(start)..start];
    // the first key of an item stands behind its dash
    let indent: String = before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    vec![line_behind(places, end, &format!("{indent}{}: {}", words::yaml_text(key), words::yaml_value(value)))]
}

/// Puts items before or behind all of these.
pub(super) fn items(
    places: &Places<'_>,
    siblings: &[(usize, usize)],
    is_first: bool,
    items: &[String],
    at: &str,
) -> Result<Vec<Cut>, SpliceError> {
    let unsure = || SpliceError::Unsure(at.to_owned());
    let (start, end) = *if is_first { siblings.first() } else { siblings.last() }.ok_or_else(unsure)?;
    let line = places.line_start(start);
    let before = &places.text[line..start];
    if before.trim() != "-" {
        return Err(unsure());
    }
    let newline = places.newline();
    let lines: Vec<String> = items.iter().map(|item| format!("{before}{}", words::yaml_text(item))).collect();
    Ok(vec![if is_first {
        Cut::at(line, lines.iter().map(|text| format!("{text}{newline}")).collect())
    } else {
        line_behind(places, end, &lines.join(newline))
    }])
}

/// A line of its own behind the one that this byte stands on.
fn line_behind(places: &Places<'_>, end: usize, line: &str) -> Cut {
    let next = places.next_line(content_end(places.text, end));
    let newline = places.newline();
    let is_last = next == places.text.len() && !places.text.ends_with('\n');
    Cut::at(next, if is_last { format!("{newline}{line}") } else { format!("{line}{newline}") })
}

/// The end of what stands before this byte, without blanks and line ends.
fn content_end(text: &str, end: usize) -> usize {
    text[..end].trim_end().len()
}
