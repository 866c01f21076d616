//! The text of one client's file, for all the clients that read it: what they have in common is parsed once. Knows no client.

use std::cell::OnceCell;

use super::document::json;
use super::document::tree::{Document, Source};

use super::remark::ReadError;

/// The bytes of a file, and what they decode to once somebody asks.
#[derive(Debug)]
pub struct Content<'a> {
    bytes: &'a [u8],
    json: OnceCell<Result<Source<'a>, ReadError>>,
}

impl<'a> Content<'a> {
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, json: OnceCell::new() }
    }
}

/// A file as its clients see it.
#[derive(Debug)]
pub struct Text<'c> {
    content: &'c Content<'c>,
    json: OnceCell<Result<Document<'c>, ReadError>>,
}

impl<'c> Text<'c> {
    #[must_use]
    pub fn new(content: &'c Content<'c>) -> Self {
        Self { content, json: OnceCell::new() }
    }

    /// The file as it is.
    pub(super) fn bytes(&self) -> &'c [u8] {
        self.content.bytes
    }

    /// Its text, when it is one of JSON.
    ///
    /// # Errors
    /// When it is no UTF-8.
    pub(super) fn json_source(&self) -> Result<&'c Source<'c>, ReadError> {
        let content: &'c Content<'c> = self.content;
        content.json.get_or_init(|| json::source(content.bytes)).as_ref().map_err(ReadError::clone)
    }

    /// What is in a file of JSON.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn json(&self) -> Result<&Document<'c>, ReadError> {
        self.json.get_or_init(|| json::parse(self.json_source()?)).as_ref().map_err(ReadError::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Scope, find};

    #[test]
    fn clients_that_read_one_text_see_what_each_would_see_alone() {
        let text = br#"{ // a comment
            "mcpServers": { "s": { "command": "x", "env": { "A": "${A}" } }, } }"#;
        let content = Content::new(text);
        let one = Text::new(&content);
        for name in ["claude-code", "copilot-cli", "vscode", "gemini-cli", "windsurf"] {
            let client = find(name).expect("a client");
            let together = client.tell(&one, Scope::Project).expect("JSON");
            assert_eq!(Ok(&together), client.read(text, Scope::Project).as_ref(), "{name}");
            let is_warned = together.warnings.iter().any(|warning| warning.code == "not-strict-json");
            assert_eq!(is_warned, name != "vscode", "{name}");
        }
    }
}
