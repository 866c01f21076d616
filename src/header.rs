//! The headers that `.mcpenv.toml` names for a remote server: texts with the names of variables in them, never a value.

use crate::mask;
use crate::secrecy;
use crate::var::{NameError, VarName};

/// One header as it is wished for: `Authorization`, `Bearer ${GITHUB_TOKEN}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub name: String,
    /// As it is written.
    pub text: String,
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Variable(VarName),
}

/// Why a header is refused. Never holds its text: somebody may have pasted a token there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("this is no name of a header")]
    Name,
    #[error("the text holds something that no header can carry")]
    Text,
    #[error("a value stands in the text: a header names variables, as in `Bearer ${{GITHUB_TOKEN}}`")]
    Value,
    #[error("it stands twice; the case of its letters makes no other header")]
    Twice,
    #[error("a `${{` in the text is without its `}}`")]
    Open,
    #[error(transparent)]
    Variable(#[from] NameError),
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn read(name: &str, text: &str) -> Result<Self, HeaderError> {
        // RFC 9110, 5.6.2
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(is_name) || mask::is_token(name) {
            return Err(HeaderError::Name);
        }
        if !is_sendable(text.as_bytes()) {
            return Err(HeaderError::Text);
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, reference)) = rest.split_once("${") {
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let (variable, after) = reference.split_once('}').ok_or(HeaderError::Open)?;
            parts.push(Part::Variable(VarName::parse(variable)?));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        let header = Self { name: name.to_owned(), text: text.to_owned(), parts };
        if header.holds_a_value() { Err(HeaderError::Value) } else { Ok(header) }
    }

    /// The variables that it is made of.
    pub fn variables(&self) -> impl Iterator<Item = &VarName> {
        self.parts.iter().filter_map(|part| if let Part::Variable(name) = part { Some(name) } else { None })
    }

    fn holds_a_value(&self) -> bool {
        const SECRETS: &[&str] = &["authorization", "proxy-authorization", "cookie"];
        let says_secret = secrecy::names_a_secret(&self.name) || SECRETS.iter().any(|name| self.name.eq_ignore_ascii_case(name));
        let literals = self.parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(text.as_str()) } else { None });
        let mut words = literals.flat_map(|text| text.split([' ', ',', ';', '=', ':', '"'])).filter(|word| !word.is_empty());
        if says_secret && self.variables().next().is_none() {
            return true;
        }
        // beside a variable, a header that authorises holds the word of its scheme and little else
        words.any(|word| mask::is_token(word) || mask::masked_tokens(word) != word || says_secret && word.len() > LONGEST_WORD)
    }
}

/// `AWS4-HMAC-SHA256` is the longest word of a scheme that is in use.
const LONGEST_WORD: usize = 16;

/// Whether a header can carry these bytes on every way to its server.
#[must_use]
pub fn is_sendable(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, b'\t' | 0x20..=0x7e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_variables() {
        let header = Header::read("Authorization", "Bearer ${A_TOKEN}:${B}").expect("a header");
        assert_eq!(header.variables().map(VarName::as_str).collect::<Vec<_>>(), ["A_TOKEN", "B"]);
        assert_eq!(header.parts[0], Part::Text("Bearer ".to_owned()));
        assert!(Header::read("X-Mode", "fast").is_ok());
        assert!(Header::read("Cookie", "session=${S}").is_ok());
    }

    #[test]
    fn a_header_that_holds_a_value_or_more_than_one_line_is_refused() {
        let token = format!("ghp_{}", "a1B2c3D4".repeat(5));
        for (name, text) in [
            ("Authorization", "Bearer abc"),
            ("X-Api-Key", "abc"),
            ("X-Mode", token.as_str()),
            ("Authorization", &format!("Bearer {token} ${{X}}")),
            ("Authorization", "Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa${X}"),
            ("X", "${X"),
            ("X", "${}"),
            ("X", "${PATH}"),
            ("X", "${env:X}"),
            ("X", "a\r\nY: b"),
            ("X", "é"),
            ("X Y", "${X}"),
            ("", "${X}"),
            ("X:", "${X}"),
        ] {
            let error = Header::read(name, text).expect_err(text);
            assert!(!error.to_string().contains(&token), "{error}");
        }
    }
}
