//! Reads the text of a profile: whole or not at all. No error holds a part of a value.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::fields::{Fields, Part};
use super::write::FORMAT;
use crate::key::{Key, unhex};
use crate::life::{End, Period};
use crate::profile::{Former, Plan, Profile, Reader, Rotation, Variable};
use crate::secret::Secret;
use crate::store::json_text;
use crate::var::VarName;

const PROFILE_FIELDS: &[&str] = &["format", "generation", "fingerprint_key", "variables", "readers"];
const READER_FIELDS: &[&str] = &["key", "label", "recovery"];
const VARIABLE_FIELDS: &[&str] = &[
    "value",
    "value_base64",
    "created",
    "changed",
    "expires",
    "rotate",
    "advised",
    "max_lifetime",
    "description",
    "docs",
    "former",
    "revoked",
];
const FORMER_FIELDS: &[&str] = &["value", "value_base64", "from", "until", "revoked", "expires"];

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
    let value = read_value(&mut fields, place)?;
    let created = fields.take("created", place)?;
    let changed = fields.take("changed", place)?;
    let plan = read_plan(&mut fields, place)?;
    let former: Vec<&RawValue> = fields.may("former", place)?.unwrap_or_default();
    let former = former.iter().map(|raw| read_former(raw, place)).collect::<Result<_, _>>()?;
    let revoked = fields.may("revoked", place)?;
    Ok(Variable { value, created, changed, plan, former, revoked, unknown: fields.rest(VARIABLE_FIELDS, place)? })
}

fn read_plan(fields: &mut Fields, place: Part) -> Result<Plan, String> {
    let odd = |name: &str| format!("`{name}` of {place} is no date and no length of time");
    let mut text = |name: &str| fields.may::<String>(name, place);
    let period = |name: &str, text: Option<String>| text.map(|t| Period::parse(&t).map_err(|_| odd(name))).transpose();
    Ok(Plan {
        expires: text("expires")?.map(|t| End::stored(&t).ok_or_else(|| odd("expires"))).transpose()?,
        rotate: text("rotate")?.map(|t| Rotation::parse(&t).map_err(|_| odd("rotate"))).transpose()?,
        advised: period("advised", text("advised")?)?,
        max_lifetime: period("max_lifetime", text("max_lifetime")?)?,
        description: text("description")?,
        docs: text("docs")?,
    })
}

fn read_former(raw: &RawValue, place: Part) -> Result<Former, String> {
    let mut fields: Fields = serde_json::from_str(raw.get()).map_err(|_| format!("a former value of {place} is no object"))?;
    let value = read_value(&mut fields, place)?;
    let (from, until, is_revoked) = (fields.take("from", place)?, fields.take("until", place)?, fields.take("revoked", place)?);
    let odd = || format!("`expires` of a former value of {place} is no date");
    let expires = fields.may::<String>("expires", place)?.map(|text| End::stored(&text).ok_or_else(odd)).transpose()?;
    Ok(Former { value, from, until, is_revoked, expires, unknown: fields.rest(FORMER_FIELDS, place)? })
}

fn read_value(fields: &mut Fields, place: Part) -> Result<Secret, String> {
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
    Secret::new(take_out(bytes)).map_err(|e| format!("{place} cannot be: {e}"))
}

/// The bytes themselves, without a copy: [`Secret::new`] wipes them in its turn.
fn take_out(mut bytes: Zeroizing<Vec<u8>>) -> Vec<u8> {
    std::mem::take(&mut *bytes)
}

fn format_of(bytes: &[u8]) -> Option<u64> {
    let mut fields: Fields = serde_json::from_slice(bytes).ok()?;
    fields.take("format", Part::Profile).ok()
}
