//! What a file of variables holds, and what no format may do: make one level out of several, or follow what a value refers to.

use crate::secret::{Secret, SecretError};

/// One variable as it stands in a file.
#[derive(Debug)]
pub struct Entry {
    /// What stands in the place of a name, unchecked; `None` where it may be part of a value.
    pub name: Option<String>,
    pub line: usize,
    pub found: Found,
}

/// What stands in the place of its value.
#[derive(Debug)]
pub enum Found {
    Text(Result<Secret, SecretError>),
    /// Something that a shell would expand or run: `$NAME`, `${NAME}`, `$(…)`.
    Reference,
    /// Nothing, or a null.
    Nothing,
    /// A map or a list.
    Nested,
    /// Something else that is no value, in words that hold nothing of it.
    Odd(&'static str),
}

/// A file of which nothing is taken. Never holds text of it, but for a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct ReadError {
    pub line: usize,
    pub why: String,
}

impl ReadError {
    pub(super) fn at(line: usize, why: impl Into<String>) -> Self {
        Self { line, why: why.into() }
    }
}

/// The entries of a map, and those of its member `env`, when that is a map.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub(super) all: Vec<Entry>,
    pub(super) env: Option<Vec<Entry>>,
}

impl Members {
    /// A map that has nothing but `env` means what is in there, as in clients' files.
    pub(super) fn unwrapped(self) -> Vec<Entry> {
        match self.env {
            Some(inner) if self.all.len() == 1 => inner,
            _ => self.all,
        }
    }
}

/// Refuses keys that stand twice: which of them counts, programs do not agree on.
pub(super) fn require_single(entries: &[Entry]) -> Result<(), ReadError> {
    let mut seen = std::collections::HashSet::new();
    match entries.iter().find(|entry| entry.name.as_deref().is_some_and(|name| !seen.insert(name))) {
        Some(entry) => Err(ReadError::at(entry.line, "a key stands twice")),
        None => Ok(()),
    }
}

/// Lines of a text, asked for in the order in which they stand there.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line of a byte that is not before the last one asked for.
    pub(super) fn at(&mut self, offset: usize) -> usize {
        let end = offset.min(self.text.len());
        if end > self.at {
            self.line += self.text[self.at..end].iter().filter(|b| **b == b'\n').count();
            self.at = end;
        }
        self.line
    }
}

/// Whether a shell, or a program in its manner, would put something else in the place of a part of this text.
pub(super) fn is_reference(text: &[u8]) -> bool {
    let starts = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'_' | b'{' | b'(');
    text.contains(&b'`') || text.windows(2).any(|pair| pair[0] == b'$' && starts(&pair[1]))
}

/// The same in formats where nothing is expanded by itself: only a text that is nothing but a reference, or holds `${…}`.
pub(super) fn is_written_reference(text: &str) -> bool {
    let is_name = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    text.strip_prefix('$').is_some_and(|rest| is_name(rest) && !rest.starts_with(|c: char| c.is_ascii_digit()))
        || text.split_once("${").is_some_and(|(_, rest)| rest.contains('}'))
        || (text.starts_with("$(") && text.ends_with(')'))
}

/// A text as what was found.
pub(super) fn text(text: String) -> Found {
    if text.is_empty() {
        return Found::Nothing;
    }
    if is_written_reference(&text) {
        return Found::Reference;
    }
    Found::Text(Secret::new(text.into_bytes()))
}
