//! The exported marker: which variables are loaded, and a keyed fingerprint of what each was loaded with. Never a value.
//!
//! The text is `1` while a project is here and nothing is loaded, else `1:NAME=fp:NAME=fp…` with 16 hexadecimal digits each.
//! A fingerprint authenticates itself: only this login's key makes one that fits the value.

use std::collections::BTreeMap;

use crate::key::{Coder, Key, hex};
use crate::var::VarName;

/// The variable that carries it.
pub const MARKER: &str = "__MCPENV_LOADED";

/// The longest marker that is read, in bytes.
const LIMIT: usize = 64 * 1024;

/// What a marker says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marker(BTreeMap<VarName, String>);

impl Marker {
    /// Reads a marker. One that is forged, too long, or of another version says nothing.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.len() > LIMIT {
            return Self::default();
        }
        let mut parts = text.split(':');
        if parts.next() != Some("1") {
            return Self::default();
        }
        let pair = |part: &str| {
            let (name, fingerprint) = part.split_once('=')?;
            let is_sound = fingerprint.len() == 16 && fingerprint.bytes().all(|b| b.is_ascii_hexdigit());
            is_sound.then(|| Some((VarName::parse(name).ok()?, fingerprint.to_owned())))?
        };
        Self(parts.filter_map(pair).collect())
    }

    /// Notes that this variable is loaded with this value.
    pub fn note(&mut self, coder: &Coder, name: &VarName, value: &[u8]) {
        self.0.insert(name.clone(), fingerprint(coder, name, value));
    }

    /// Whether the marker says that this variable was loaded with this value.
    #[must_use]
    pub fn is_ours(&self, key: &Key, name: &VarName, value: &[u8]) -> bool {
        self.0.get(name).is_some_and(|noted| *noted == fingerprint(&key.coder(), name, value))
    }

    pub fn names(&self) -> impl Iterator<Item = &VarName> {
        self.0.keys()
    }
}

impl std::fmt::Display for Marker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("1")?;
        self.0.iter().try_for_each(|(name, fingerprint)| write!(f, ":{name}={fingerprint}"))
    }
}

fn fingerprint(coder: &Coder, name: &VarName, value: &[u8]) -> String {
    hex(&coder.code(&[b"session", name.as_str().as_bytes(), value])[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_knows_its_own_values_and_no_others() {
        let (key, other) = (Key::from_bytes(&[1; 32]).expect("a key"), Key::from_bytes(&[2; 32]).expect("a key"));
        let name = VarName::parse("A_TOKEN").expect("a name");
        let mut marker = Marker::default();
        marker.note(&key.coder(), &name, b"value");
        let read = Marker::parse(&marker.to_string());
        assert_eq!(read, marker);
        assert!(read.is_ours(&key, &name, b"value"));
        assert!(!read.is_ours(&key, &name, b"another") && !read.is_ours(&other, &name, b"value"));
        assert!(!marker.to_string().contains("value"));
    }

    #[test]
    fn a_forged_or_oversized_marker_says_nothing() {
        for text in
            ["", "2:A_TOKEN=0123456789abcdef", "1:HOME=0123456789abcdef", "1:A$(x)=0123456789abcdef", "1:A_TOKEN=short", "1:=:::"]
        {
            assert_eq!(Marker::parse(text), Marker::default(), "{text}");
        }
        assert_eq!(Marker::parse(&format!("1{}", ":A=0123456789abcdef".repeat(10_000))), Marker::default());
    }
}
