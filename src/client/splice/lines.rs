//! The lines of TOML: `key = value` under a header or behind a dotted key. Tables in braces are not its business.

use super::change::SpliceError;
use super::place::{Cut, Places};
use super::words;
use crate::client::contract::Value;
use crate::client::document::tree::{Document, Node, Tree};

/// Whether a table or list is written between braces or brackets, not as lines.
pub(super) fn is_braced(text: &str, node: &Node<'_>) -> bool {
    let first = text.as_bytes().get(node.range.start);
    match node.tree {
        // a header starts with a bracket too
        Tree::Map(_) => first == Some(&b'{'),
        Tree::List(_) => first == Some(&b'[') && text[..node.range.start].trim_end_matches([' ', '\t']).ends_with('='),
        _ => false,
    }
}

/// Whether a member stands on a line of its own: behind its key, an equals sign.
fn has_line(text: &str, key: usize, value: usize) -> bool {
    text.get(key..value).is_some_and(|between| between.trim_end_matches([' ', '\t']).ends_with('='))
}

/// Takes a `key = value` away. A comment behind it stays.
pub(super) fn removal(places: &Places<'_>, start: usize, end: usize) -> Vec<Cut> {
    let line = places.line_start(start);
    let line_end = places.line_end(end);
    if places.is_blank(end..line_end) {
        vec![Cut::out(line..places.next_line(end))]
    } else {
        let rest = &places.text[end..];
        vec![Cut::out(line..end + rest.len() - rest.trim_start_matches([' ', '\t']).len())]
    }
}

/// Puts a member into a table that is written as lines: behind one that stands on a line of its own, or, when there is none
/// because the table itself is not there, as a table of its own at the end.
pub(super) fn insertion(
    places: &Places<'_>,
    document: &Document<'_>,
    table: Option<&Node<'_>>,
    after: Option<&str>,
    place: (&[String], &str, &Value),
) -> Result<Vec<Cut>, SpliceError> {
    let (way, key, value) = place;
    let text = places.text;
    let members = match table.map(|table| &table.tree) {
        Some(Tree::Map(map)) => map.members.as_slice(),
        _ => &[],
    };
    let lines = || members.iter().filter(|member| has_line(text, member.written.start, member.node.range.start));
    let sibling = lines().find(|member| Some(&*member.key) == after).or_else(|| lines().next_back());
    if let Some(sibling) = sibling {
        let start = &text[places.line_start(sibling.written.start)..sibling.written.start];
        if start.contains(['{', '=', '#']) {
            return Err(SpliceError::Unsure(key.to_owned()));
        }
        let written = format!("{start}{} = {}", words::toml_key(key), words::toml_value(value));
        let next = places.next_line(sibling.node.range.end);
        let newline = places.newline();
        let is_last = next == text.len() && !text.ends_with('\n');
        let line = if is_last { format!("{newline}{written}") } else { format!("{written}{newline}") };
        return Ok(vec![Cut::at(next, line)]);
    }
    let Value::Map(inner) = value else { return Err(SpliceError::Unsure(key.to_owned())) };
    let newline = places.newline();
    let header: Vec<String> = way.iter().map(String::as_str).chain([key]).map(words::toml_key).collect();
    let mut section = String::new();
    if document.root.is_some() || !text.trim().is_empty() {
        section.push_str(if text.ends_with('\n') { newline } else { "\n\n" });
    }
    section.push_str(&format!("[{}]{newline}", header.join(".")));
    for (key, value) in inner {
        section.push_str(&format!("{} = {}{newline}", words::toml_key(key), words::toml_value(value)));
    }
    Ok(vec![Cut::at(text.len(), section)])
}
