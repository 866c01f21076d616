//! TOML: the door to the crate `toml`. An error never holds text of the file.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::tree::{DEEPEST, Document, Map, Member, Node, Source, Tree};
use crate::client::contract::ReadError;
use crate::crowd;

/// Reads the text of a TOML file. Tables deeper than 80 are an error, as they are for every program that uses the same crate.
pub(in crate::client) fn parse<'s>(source: &'s Source<'_>) -> Result<Document<'s>, ReadError> {
    let text: &'s str = &source.text;
    if text.trim().is_empty() {
        return Document::new(text, None, source.warnings.clone());
    }
    if crowd::is_full_toml(text.as_bytes()) {
        return Err(ReadError { line: 1, why: crowd::FULL.to_owned() });
    }
    let too_deep = |line| ReadError { line, why: "the file is nested too deeply".to_owned() };
    if let Some(offset) = endless_key(text) {
        return Err(too_deep(line_of(text, offset)));
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    if let Some(error) = errors.first() {
        dismantle(table.into_inner());
        return Err(ReadError {
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            // a description of what was expected; the crate's Display would show the line itself
            why: error.message().to_owned(),
        });
    }
    let range = table.span();
    if is_too_deep(table.get_ref()) {
        dismantle(table.into_inner());
        return Err(too_deep(1));
    }
    Document::new(text, Some(Node { range, tree: Tree::Map(map(text, table.into_inner())) }), source.warnings.clone())
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The most dotted parts of one key. The crate limits brackets and dots apart, which together still make thousands of levels.
const LONGEST_KEY: usize = 16;

/// Where a key has more parts than [`LONGEST_KEY`]. Splits the text as the crate does, and looks at nothing but the dots.
fn endless_key(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let find = |from: usize, ends: &[u8]| {
        bytes.get(from..).and_then(|rest| rest.iter().position(|byte| ends.contains(byte))).map_or(bytes.len(), |at| from + at)
    };
    let (mut at, mut dots) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'.' => {
                dots += 1;
                if dots >= LONGEST_KEY {
                    return Some(at);
                }
                at + 1
            }
            b' ' | b'\t' => at + 1,
            b'=' | b',' | b'[' | b']' | b'{' | b'}' | b'\n' | b'\r' => {
                dots = 0;
                at + 1
            }
            b'#' => find(at, b"\r\n"),
            b'\'' if text[at..].starts_with("\'\'\'") => {
                after_quotes(text, text[at + 3..].find("\'\'\'").map(|end| at + end + 6), '\'')
            }
            b'\'' => {
                let end = find(at + 1, b"\'\n");
                if bytes.get(end) == Some(&b'\'') { end + 1 } else { end }
            }
            b'"' => {
                let is_long = text[at..].starts_with("\"\"\"");
                let mut end = at + if is_long { 3 } else { 1 };
                loop {
                    end = find(end, if is_long { b"\"\\" } else { b"\"\\\n" });
                    match bytes.get(end) {
                        Some(b'\\') => end += if matches!(bytes.get(end + 1), Some(b'\\' | b'"')) { 2 } else { 1 },
                        Some(b'"') if is_long && !text[end..].starts_with("\"\"\"") => end += 1,
                        Some(b'"') if is_long => break after_quotes(text, Some(end + 3), '"'),
                        Some(b'"') => break end + 1,
                        _ => break end,
                    }
                }
            }
            _ => find(at, b".=,[]{} \t#\r\n"),
        };
    }
    None
}

/// A long string may end with two more quotes, which belong to it.
fn after_quotes(text: &str, end: Option<usize>, quote: char) -> usize {
    let Some(end) = end else { return text.len() };
    end + text[end..].chars().take(2).take_while(|c| *c == quote).count()
}

fn is_too_deep(table: &DeTable<'_>) -> bool {
    let mut open: Vec<(&DeValue<'_>, usize)> = table.values().map(|value| (value.get_ref(), 1)).collect();
    while let Some((value, depth)) = open.pop() {
        if depth > DEEPEST {
            return true;
        }
        match value {
            DeValue::Array(items) => open.extend(items.iter().map(|item| (item.get_ref(), depth + 1))),
            DeValue::Table(table) => open.extend(table.values().map(|value| (value.get_ref(), depth + 1))),
            DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
        }
    }
    false
}

/// Takes a tree apart without recursion, which dropping it would need.
fn dismantle(table: DeTable<'_>) {
    let mut open: Vec<DeValue<'_>> = vec![DeValue::Table(table)];
    while let Some(value) = open.pop() {
        match value {
            DeValue::Array(items) => open.extend(items.into_iter().map(Spanned::into_inner)),
            DeValue::Table(table) => open.extend(table.into_iter().map(|(_, value)| value.into_inner())),
            DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
        }
    }
}

fn map<'s>(text: &'s str, table: DeTable<'s>) -> Map<'s> {
    let mut members: Vec<Member<'s>> = table
        .into_iter()
        .map(|(key, value)| {
            let written = key.span();
            let range = value.span();
            let tree = tree(text, &text[range.clone()], value.into_inner());
            Member { key: key.into_inner(), written, node: Node { range, tree }, is_twice: false }
        })
        .collect();
    members.sort_by_key(|member| member.written.start);
    Map::new(members)
}

fn tree<'s>(text: &'s str, written: &'s str, value: DeValue<'s>) -> Tree<'s> {
    match value {
        DeValue::String(value) => Tree::Text(value),
        DeValue::Boolean(value) => Tree::Bool(value),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => Tree::Number(Cow::Borrowed(written)),
        DeValue::Array(items) => Tree::List(
            items
                .into_iter()
                .map(|item| {
                    let range = item.span();
                    let tree = tree(text, &text[range.clone()], item.into_inner());
                    Node { range, tree }
                })
                .collect(),
        ),
        DeValue::Table(table) => Tree::Map(map(text, table)),
    }
}
