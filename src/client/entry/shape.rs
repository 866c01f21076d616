//! What is special about the entries of one client, as data.

use crate::client::contract::{Keys, Transport};
use crate::client::reference::dialect::Dialect;
use crate::client::reference::form::Form;
pub(in crate::client) use crate::client::reference::writing::{PARTS, Part};

/// What is special about the entries of one client.
#[derive(Debug)]
pub(in crate::client) struct Shape {
    pub dialect: &'static Dialect,
    pub keys: &'static Keys,
    /// The values of `type`, and what they mean. A client without that key has none.
    pub types: &'static [(&'static str, Transport)],
    /// What a url without a type is.
    pub remote: Transport,
    /// The parts that are filled.
    pub filled: &'static [Part],
    /// Other fields that are filled: a text, or whatever holds texts.
    pub others: &'static [&'static str],
    /// What is filled beside the parts and the other fields.
    pub rest: Rest,
    /// The parts whose references are filled from the `env` of the same entry, and how these are written.
    pub own: (&'static [Part], &'static [Form]),
    /// Whether names that the entry is passed count as set by it.
    pub is_passed_own: bool,
    /// A field whose text a shell reads.
    pub shell: Option<&'static str>,
    /// The field with the path of a file of variables; for stdio servers only.
    pub env_file: Option<&'static str>,
    /// Fields that switch a server off, with the value that does. A word that the client does not know switches nothing: its
    /// server is listed as off, and runs, and whoever approves must see it.
    pub switches: &'static [(&'static str, bool)],
    /// Fields that this client skips silently, though people write them.
    pub ignored: &'static [&'static str],
    /// The field that is all that an entry of an extension has.
    pub extension: Option<&'static str>,
}

/// What is filled beside the parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum Rest {
    Nothing,
    /// Every other text, but those of the fields named here.
    Texts(&'static [&'static str]),
    /// Every other text, and every key.
    TextsAndKeys,
}

impl Shape {
    /// Fills nothing, and knows the usual types.
    pub const PLAIN: Self = Self {
        dialect: &Dialect::NONE,
        keys: &Keys::USUAL,
        types: TYPES,
        remote: Transport::Http,
        filled: &[],
        others: &[],
        rest: Rest::Nothing,
        own: (&[], &[]),
        is_passed_own: false,
        shell: None,
        env_file: None,
        switches: &[],
        ignored: &[],
        extension: None,
    };

    /// The part that a key names.
    pub fn part(&self, key: &str) -> Option<Part> {
        let keys = self.keys;
        if key == keys.command {
            Some(Part::Command)
        } else if key == keys.args {
            Some(Part::Args)
        } else if key == keys.env {
            Some(Part::Env)
        } else if keys.url.contains(&key) {
            Some(Part::Url)
        } else if keys.headers.contains(&key) {
            Some(Part::Headers)
        } else {
            None
        }
    }

    /// The field that holds the headers, when this key is the map around it.
    pub fn around_headers(&self, key: &str) -> Option<&'static str> {
        self.keys.headers.iter().find_map(|path| path.strip_prefix(key)?.strip_prefix('.'))
    }

    /// Whether keys are filled too.
    pub fn fills_keys(&self) -> bool {
        self.rest == Rest::TextsAndKeys
    }

    /// Whether a field that is no part is filled.
    pub fn fills(&self, key: &str) -> bool {
        let by_rest = match self.rest {
            Rest::Nothing => false,
            Rest::Texts(but) => !but.contains(&key),
            Rest::TextsAndKeys => true,
        };
        by_rest || self.others.contains(&key)
    }
}

/// The values of `type` that most clients know.
pub(in crate::client) const TYPES: &[(&str, Transport)] =
    &[("stdio", Transport::Stdio), ("http", Transport::Http), ("streamable-http", Transport::Http), ("sse", Transport::Sse)];
