//! A JSON object of names and scalars. Numbers are taken as they are written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::contract::{self, Entry, Found, Lines, Members, ReadError, require_single};
use crate::secret::Secret;

const NO_JSON: &str = "this is no JSON";
const NO_MAP: &str = "this is no map of names and values";

/// Reads the text of a JSON file.
pub(super) fn read(text: &str) -> Result<Vec<Entry>, ReadError> {
    let mut lines = Lines::of(text.as_bytes());
    Ok(members(text, text, &mut lines, true)?.unwrapped())
}

fn members<'a>(whole: &'a str, part: &'a str, lines: &mut Lines<'a>, is_outer: bool) -> Result<Members, ReadError> {
    let pairs = serde_json::from_str::<Pairs<'a>>(part).map_err(|e| match e.classify() {
        serde_json::error::Category::Data => ReadError::at(e.line().max(1), NO_MAP),
        _ => ReadError::at(e.line().max(1), NO_JSON),
    })?;
    let mut found = Members::default();
    for (key, raw) in pairs.0 {
        let offset = raw.get().as_ptr() as usize - whole.as_ptr() as usize;
        let line = lines.at(offset);
        if is_outer && key == "env" && raw.get().starts_with('{') {
            found.env = Some(members(whole, raw.get(), lines, false)?.all);
        }
        found.all.push(Entry { name: Some(key), line, found: scalar(raw.get()) });
    }
    require_single(&found.all)?;
    Ok(found)
}

fn scalar(raw: &str) -> Found {
    match raw.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<String>(raw) {
            Ok(text) => contract::text(text),
            Err(_) => Found::Odd("it is no text"),
        },
        Some(b'{' | b'[') => Found::Nested,
        Some(b'n') => Found::Nothing,
        _ => Found::Text(Secret::new(raw.as_bytes().to_vec())),
    }
}

/// The members of an object in their order, also those whose key stands twice.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Each)
    }
}
