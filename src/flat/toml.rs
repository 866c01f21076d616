//! A TOML table of names and scalars. Numbers and dates are taken as they are written.

use toml::de::{DeTable, DeValue};

use super::contract::{self, Entry, Found, Lines, Members, ReadError};
use crate::secret::Secret;
use crate::{crowd, nesting};

/// How deep a file may be nested of which one level counts.
const DEEPEST: usize = 200;

/// Reads the text of a TOML file.
pub(super) fn read(text: &str) -> Result<Vec<Entry>, ReadError> {
    if crowd::is_full_toml(text.as_bytes()) {
        return Err(ReadError::at(1, crowd::FULL));
    }
    if let Some(offset) = nesting::beyond(text, DEEPEST) {
        return Err(ReadError::at(Lines::of(text.as_bytes()).at(offset), "it is nested too deeply"));
    }
    let table = DeTable::parse(text).map_err(|e| {
        let line = Lines::of(text.as_bytes()).at(e.span().map_or(0, |span| span.start));
        let is_twice = e.message().starts_with("duplicate key");
        ReadError::at(line, if is_twice { "a key stands twice" } else { "this is no TOML" })
    })?;
    let mut found = Members { all: entries(text, table.get_ref()), env: None };
    if let Some(DeValue::Table(inner)) = table.get_ref().get("env").map(|value| value.get_ref()) {
        found.env = Some(entries(text, inner));
    }
    Ok(found.unwrapped())
}

fn entries(text: &str, table: &DeTable<'_>) -> Vec<Entry> {
    let mut members: Vec<_> = table.iter().collect();
    members.sort_by_key(|(key, _)| key.span().start);
    let mut lines = Lines::of(text.as_bytes());
    members
        .into_iter()
        .map(|(key, value)| Entry {
            name: Some(key.get_ref().clone().into_owned()),
            line: lines.at(key.span().start),
            found: scalar(value.get_ref(), text.get(value.span()).unwrap_or_default()),
        })
        .collect()
}

fn scalar(value: &DeValue<'_>, written: &str) -> Found {
    match value {
        DeValue::String(text) => contract::text(text.clone().into_owned()),
        DeValue::Array(_) | DeValue::Table(_) => Found::Nested,
        _ => Found::Text(Secret::new(written.as_bytes().to_vec())),
    }
}
