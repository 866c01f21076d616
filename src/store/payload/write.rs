//! Writes the text of a profile into memory that is wiped.

use std::io::{self, Write};

use base64::display::Base64Display;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::key::hex;
use crate::profile::{Former, Plan, Profile, Reader};
use crate::secret::Secret;
use crate::store::json_text;

/// The format that is written; what is read knows the same one.
pub(super) const FORMAT: u64 = 1;

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
        write_value(&variable.value, out)?;
        write!(out, ",\"created\":{},\"changed\":{}", variable.created, variable.changed)?;
        write_plan(&variable.plan, out)?;
        write_former(&variable.former, out)?;
        if let Some(at) = variable.revoked {
            write!(out, ",\"revoked\":{at}")?;
        }
        write_unknown(&variable.unknown, out)?;
        out.write_all(b"}")?;
    }
    out.write_all(b"}")?;
    write_readers(&profile.readers, out)?;
    write_unknown(&profile.unknown, out)?;
    out.write_all(b"}\n")
}

fn write_value(value: &Secret, out: &mut impl Write) -> io::Result<()> {
    match std::str::from_utf8(value.expose()) {
        Ok(text) => {
            out.write_all(b"\"value\":")?;
            json_text::write(text, out)
        }
        Err(_) => write!(out, "\"value_base64\":\"{}\"", Base64Display::new(value.expose(), &BASE64_STANDARD)),
    }
}

fn write_plan(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    let dates = [
        ("expires", plan.expires.map(|end| end.to_string())),
        ("rotate", plan.rotate.map(|rotation| rotation.to_string())),
        ("advised", plan.advised.map(|period| period.to_string())),
        ("max_lifetime", plan.max_lifetime.map(|period| period.to_string())),
    ];
    let texts = [("description", plan.description.as_deref()), ("docs", plan.docs.as_deref())];
    let all = dates.iter().map(|(name, text)| (*name, text.as_deref())).chain(texts);
    for (name, text) in all {
        let Some(text) = text else { continue };
        write!(out, ",\"{name}\":")?;
        json_text::write(text, out)?;
    }
    Ok(())
}

fn write_former(former: &[Former], out: &mut impl Write) -> io::Result<()> {
    for (index, one) in former.iter().enumerate() {
        out.write_all(if index == 0 { b",\"former\":[{" } else { b",{" })?;
        write_value(&one.value, out)?;
        write!(out, ",\"from\":{},\"until\":{},\"revoked\":{}", one.from, one.until, one.is_revoked)?;
        if let Some(end) = one.expires {
            write!(out, ",\"expires\":\"{end}\"")?;
        }
        write_unknown(&one.unknown, out)?;
        out.write_all(b"}")?;
    }
    if former.is_empty() { Ok(()) } else { out.write_all(b"]") }
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
