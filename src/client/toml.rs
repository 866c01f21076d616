//! TOML: the door to the crate `toml`. An error never holds text of the file.

use std::borrow::Cow;

use toml::de::{DeTable, DeValue};

use super::contract::ReadError;
use super::document::{Document, Map, Member, Node, Source, Tree};

/// Reads the text of a TOML file. Tables deeper than 80 are an error, as they are for every program that uses the same crate.
pub(super) fn parse<'s>(source: &'s Source<'_>) -> Result<Document<'s>, ReadError> {
    let text: &'s str = &source.text;
    if text.trim().is_empty() {
        return Ok(Document::new(text, None, source.warnings.clone()));
    }
    let table = DeTable::parse(text).map_err(|error| ReadError {
        line: text.bytes().take(error.span().map_or(0, |span| span.start)).filter(|byte| *byte == b'\n').count() + 1,
        // a description of what was expected; the crate's Display would show the line itself
        why: error.message().to_owned(),
    })?;
    let offset = table.span().start;
    Ok(Document::new(text, Some(Node { offset, tree: Tree::Map(map(text, table.into_inner())) }), source.warnings.clone()))
}

fn map<'s>(text: &'s str, table: DeTable<'s>) -> Map<'s> {
    let mut members: Vec<Member<'s>> = table
        .into_iter()
        .map(|(key, value)| {
            let offset = key.span().start;
            let start = value.span().start;
            let written = &text[value.span()];
            Member {
                key: key.into_inner(),
                offset,
                node: Node { offset: start, tree: tree(text, written, value.into_inner()) },
                is_twice: false,
            }
        })
        .collect();
    members.sort_by_key(|member| member.offset);
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
                    let span = item.span();
                    Node { offset: span.start, tree: tree(text, &text[span.clone()], item.into_inner()) }
                })
                .collect(),
        ),
        DeValue::Table(table) => Tree::Map(map(text, table)),
    }
}
