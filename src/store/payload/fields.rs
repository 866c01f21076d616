//! One JSON object, field by field, none of them looked into before it is asked for: so nothing of a value is copied on the way,
//! and whatever is left over in the end is known to be unknown.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The part of a profile that an error speaks of.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Profile,
    /// Its place among the variables, from 1.
    Variable(usize),
    /// Its place among the readers, from 1.
    Reader(usize),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile => f.write_str("the profile"),
            Self::Variable(place) => write!(f, "variable {place}"),
            Self::Reader(place) => write!(f, "reader {place}"),
        }
    }
}

/// The fields of one JSON object in their order, not looked into yet.
pub(super) struct Fields<'a>(pub(super) Vec<(FieldName<'a>, &'a RawValue)>);

#[derive(Deserialize)]
pub(super) struct FieldName<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl<'a> Fields<'a> {
    /// Takes a field out. One that stands twice leaves its second behind, which [`Fields::rest`] refuses.
    pub(super) fn raw(&mut self, name: &str) -> Option<&'a RawValue> {
        let at = self.0.iter().position(|(found, _)| found.0 == name)?;
        Some(self.0.remove(at).1)
    }

    pub(super) fn take<T: Deserialize<'a>>(&mut self, name: &str, place: Part) -> Result<T, String> {
        let raw = self.raw(name).ok_or_else(|| format!("{place} has no `{name}`"))?;
        serde_json::from_str(raw.get()).map_err(|_| format!("`{name}` of {place} is of the wrong kind"))
    }

    /// The same for a field that may be absent.
    pub(super) fn may<T: Deserialize<'a>>(&mut self, name: &str, place: Part) -> Result<Option<T>, String> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        serde_json::from_str(raw.get()).map(Some).map_err(|_| format!("`{name}` of {place} is of the wrong kind"))
    }

    /// What this mcpenv does not know, once all that it knows was taken out.
    pub(super) fn rest(self, known: &[&str], place: Part) -> Result<Map<String, Value>, String> {
        let mut unknown = Map::new();
        for (name, raw) in self.0 {
            let value = serde_json::from_str(raw.get()).map_err(|_| format!("a field of {place} is too deep"))?;
            let is_double = known.contains(&&*name.0) || unknown.insert(name.0.into_owned(), value).is_some();
            if is_double {
                return Err(format!("a field of {place} stands twice"));
            }
        }
        Ok(unknown)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(4);
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}
