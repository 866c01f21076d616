//! TOML: the door to the crate `toml`. An error never holds text of the file.

use std::borrow::Cow;

use toml::de::{DeTable, DeValue};

use super::tree::{DEEPEST, Document, Map, Member, Node, Source, Tree};
use crate::client::contract::ReadError;
use crate::{crowd, nesting};

/// Reads the text of a TOML file.
pub(in crate::client) fn parse<'s>(source: &'s Source<'_>) -> Result<Document<'s>, ReadError> {
    let text: &'s str = &source.text;
    if text.trim().is_empty() {
        return Document::new(text, None, source.warnings.clone());
    }
    if crowd::is_full_toml(text.as_bytes()) {
        return Err(ReadError { line: 1, why: crowd::FULL.to_owned() });
    }
    if let Some(offset) = nesting::beyond(text, DEEPEST) {
        return Err(ReadError { line: line_of(text, offset), why: "the file is nested too deeply".to_owned() });
    }
    let table = DeTable::parse(text).map_err(|error| ReadError {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        // a description of what was expected; the crate's Display would show the line itself
        why: error.message().to_owned(),
    })?;
    let range = table.span();
    Document::new(text, Some(Node { range, tree: Tree::Map(map(text, table.into_inner())) }), source.warnings.clone())
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
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
