//! What is sealed: a profile as JSON, format 1. Fields of a newer mcpenv are kept; nothing is guessed; no value ever stands
//! in an error.
//!
//! `{"format":1,"generation":3,"fingerprint_key":"64 hex digits","variables":{"NAME":{"value":"text","created":0,"changed":0}}}`
//!
//! `"readers":[{"key":"age1…","label":"ann","recovery":false}]` follows where others can open it too. A value that is no UTF-8 stands as base64 in `value_base64` instead. Times are seconds since 1970 UTC.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use base64::Engine;
use base64::display::Base64Display;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::key::{Key, hex, unhex};
use crate::profile::{Profile, Reader, Variable};
use crate::secret::Secret;
use crate::store::json_text;
use crate::var::VarName;

const FORMAT: u64 = 1;
const PROFILE_FIELDS: &[&str] = &["format", "generation", "fingerprint_key", "variables", "readers"];
const READER_FIELDS: &[&str] = &["key", "label", "recovery"];
const VARIABLE_FIELDS: &[&str] = &["value", "value_base64", "created", "changed"];

/// Why bytes are no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Names the place; never a value, and never a name that is none.
    #[error("{0}")]
    Damaged(String),
    /// A newer mcpenv wrote it, in a form that this one cannot even read.
    #[error("it is of a newer format")]
    Future,
}

/// Reads a profile. One of a newer format that can still be understood is marked read-only.
///
/// # Errors
/// Whatever is missing, doubled, or of the wrong kind is one: a profile is never read in part.
pub fn decode(bytes: &[u8]) -> Result<Profile, PayloadError> {
    read_profile(bytes).map_err(|why| match format_of(bytes) {
        Some(format) if format > FORMAT => PayloadError::Future,
        _ => PayloadError::Damaged(why),
    })
}

/// Writes a profile as the one of this generation. The buffer has its full size from the start and is wiped when dropped.
#[must_use]
pub fn encode(profile: &Profile, generation: u64) -> Zeroizing<Vec<u8>> {
    let mut size = Count(0);
    let counted = write_profile(profile, generation, &mut size);
    let mut out = Zeroizing::new(Vec::with_capacity(size.0));
    let written = write_profile(profile, generation, &mut *out);
    // neither a number nor a buffer in memory refuses bytes
    debug_assert!(counted.is_ok() && written.is_ok() && out.len() == size.0);
    out
}

/// The part of a profile that an error speaks of.
#[derive(Clone, Copy)]
enum Part {
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

struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_profile(profile: &Profile, generation: u64, out: &mut impl Write) -> io::Result<()> {
    let key = Zeroizing::new(hex(profile.fingerprint_key.expose()));
    write!(out, "{{\"format\":{FORMAT},\"generation\":{generation},\"fingerprint_key\":\"{}\",\"variables\":{{", *key)?;
    for (index, (name, variable)) in profile.variables.iter().enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        json_text::write(name.as_str(), out)?;
        out.write_all(b":{")?;
        match std::str::from_utf8(variable.value.expose()) {
            Ok(text) => {
                out.write_all(b"\"value\":")?;
                json_text::write(text, out)?;
            }
            Err(_) => write!(out, "\"value_base64\":\"{}\"", Base64Display::new(variable.value.expose(), &BASE64_STANDARD))?,
        }
        write!(out, ",\"created\":{},\"changed\":{}", variable.created, variable.changed)?;
        write_unknown(&variable.unknown, out)?;
        out.write_all(b"}")?;
    }
    out.write_all(b"}")?;
    write_readers(&profile.readers, out)?;
    write_unknown(&profile.unknown, out)?;
    out.write_all(b"}\n")
}

fn write_readers(readers: &[Reader], out: &mut impl Write) -> io::Result<()> {
    for (index, reader) in readers.iter().enumerate() {
        out.write_all(if index == 0 { b",\n\"readers\":[{\"key\":" } else { b",{\"key\":" })?;
        json_text::write(&reader.key, out)?;
        out.write_all(b",\"label\":")?;
        json_text::write(&reader.label, out)?;
        write!(out, ",\"recovery\":{}", reader.is_recovery)?;
        write_unknown(&reader.unknown, out)?;
        out.write_all(b"}")?;
    }
    if readers.is_empty() { Ok(()) } else { out.write_all(b"]") }
}

fn write_unknown(unknown: &Map<String, Value>, out: &mut impl Write) -> io::Result<()> {
    for (name, value) in unknown {
        out.write_all(b",")?;
        json_text::write(name, out)?;
        out.write_all(b":")?;
        serde_json::to_writer(&mut *out, value)?;
    }
    Ok(())
}

fn read_profile(bytes: &[u8]) -> Result<Profile, String> {
    // the reader's own message may quote what it found there
    let mut fields: Fields =
        serde_json::from_slice(bytes).map_err(|e| format!("its JSON breaks in line {}, column {}", e.line(), e.column()))?;
    let format: u64 = fields.take("format", Part::Profile)?;
    let generation = fields.take("generation", Part::Profile)?;
    let key = fields.raw("fingerprint_key").and_then(|raw| json_text::read(raw.get()));
    let key = key.and_then(|digits| Some(Zeroizing::new(unhex(std::str::from_utf8(&digits).ok()?)?)));
    let fingerprint_key = key.and_then(|bytes| Key::from_bytes(&bytes)).ok_or("the profile has no sound `fingerprint_key`")?;
    let entries: Fields = fields.take("variables", Part::Profile)?;
    let mut variables = BTreeMap::new();
    for (index, (name, raw)) in entries.0.into_iter().enumerate() {
        let place = Part::Variable(index + 1);
        let name = VarName::stored(&name.0).map_err(|_| format!("{place} has a name that no variable may have"))?;
        let variable = read_variable(raw, place)?;
        if variables.insert(name, variable).is_some() {
            return Err(format!("{place} has the name of one before it"));
        }
    }
    let readers: Vec<&RawValue> = match fields.raw("readers") {
        Some(raw) => serde_json::from_str(raw.get()).map_err(|_| "`readers` of the profile is of the wrong kind")?,
        None => Vec::new(),
    };
    let readers = readers.iter().enumerate().map(|(n, raw)| read_reader(raw, Part::Reader(n + 1))).collect::<Result<_, _>>()?;
    let unknown = fields.rest(PROFILE_FIELDS, Part::Profile)?;
    Ok(Profile { generation, fingerprint_key, variables, readers, unknown, is_read_only: format > FORMAT })
}

fn read_reader(raw: &RawValue, place: Part) -> Result<Reader, String> {
    let mut fields: Fields = serde_json::from_str(raw.get()).map_err(|_| format!("{place} is no object"))?;
    let key = fields.take("key", place)?;
    let label = fields.take("label", place)?;
    let is_recovery = fields.take("recovery", place)?;
    Ok(Reader { key, label, is_recovery, unknown: fields.rest(READER_FIELDS, place)? })
}

fn read_variable(raw: &RawValue, place: Part) -> Result<Variable, String> {
    let mut fields: Fields = serde_json::from_str(raw.get()).map_err(|_| format!("{place} is no object"))?;
    let bytes = match (fields.raw("value"), fields.raw("value_base64")) {
        (Some(text), None) => json_text::read(text.get()).ok_or_else(|| format!("the value of {place} is no text"))?,
        (None, Some(text)) => {
            let text = json_text::read(text.get()).ok_or_else(|| format!("the value of {place} is no text"))?;
            let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
            let length =
                BASE64_STANDARD.decode_slice(&*text, &mut bytes).map_err(|_| format!("the value of {place} is no base64"))?;
            bytes.truncate(length);
            bytes
        }
        (None, None) => return Err(format!("{place} has no value")),
        (Some(_), Some(_)) => return Err(format!("{place} has two values")),
    };
    let value = Secret::new(take_out(bytes)).map_err(|e| format!("{place} cannot be: {e}"))?;
    let created = fields.take("created", place)?;
    let changed = fields.take("changed", place)?;
    Ok(Variable { value, created, changed, unknown: fields.rest(VARIABLE_FIELDS, place)? })
}

/// The bytes themselves, without a copy: [`Secret::new`] wipes them in its turn.
fn take_out(mut bytes: Zeroizing<Vec<u8>>) -> Vec<u8> {
    std::mem::take(&mut *bytes)
}

fn format_of(bytes: &[u8]) -> Option<u64> {
    let mut fields: Fields = serde_json::from_slice(bytes).ok()?;
    fields.take("format", Part::Profile).ok()
}

/// The fields of one JSON object in their order, not looked into yet.
struct Fields<'a>(Vec<(FieldName<'a>, &'a RawValue)>);

#[derive(Deserialize)]
struct FieldName<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Fields<'a> {
    /// Takes a field out. One that stands twice leaves its second behind, which [`Fields::rest`] refuses.
    fn raw(&mut self, name: &str) -> Option<&'a RawValue> {
        let at = self.0.iter().position(|(found, _)| found.0 == name)?;
        Some(self.0.remove(at).1)
    }

    fn take<T: Deserialize<'a>>(&mut self, name: &str, place: Part) -> Result<T, String> {
        let raw = self.raw(name).ok_or_else(|| format!("{place} has no `{name}`"))?;
        serde_json::from_str(raw.get()).map_err(|_| format!("`{name}` of {place} is of the wrong kind"))
    }

    /// What this mcpenv does not know, once all that it knows was taken out.
    fn rest(self, known: &[&str], place: Part) -> Result<Map<String, Value>, String> {
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
