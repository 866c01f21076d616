//! The name of a variable, checked once at the border: when it is stored, when a file requests it, and when it is emitted.

use std::borrow::Borrow;
use std::fmt;

use crate::escape::shown;
use crate::fault::{Exit, Fault};
use crate::mask;
use crate::reserved;

/// A name of the form `[A-Za-z_][A-Za-z0-9_]{0,127}` that is not on the list of names which are never exported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VarName(String);

/// Why a text is no name for a variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a variable needs a name")]
    Empty,
    #[error("`{name}` is no variable name: it holds {found}")]
    Character { name: String, found: String },
    #[error("`{0}` is no variable name: it starts with a digit")]
    Digit(String),
    #[error("the name is {0} characters long, more than the {max} that a variable name may have", max = VarName::MAX)]
    TooLong(usize),
    #[error("`{name}` is never stored or exported: {why}")]
    Denied { name: String, why: &'static str },
    #[error("a value is never given as an argument: every program on this machine could read it")]
    ValueAsArgument,
}

impl VarName {
    /// The longest name, in characters.
    pub const MAX: usize = 128;

    /// Checks a name.
    ///
    /// # Errors
    /// When it is no name, or one that would change how shells, loaders or interpreters behave.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = Self::stored(text)?;
        match reserved::denied(text) {
            Some(why) => Err(NameError::Denied { name: name.0, why }),
            None => Ok(name),
        }
    }

    /// Checks only the form of a name that stands in a profile already: one that this release refuses and an earlier one took
    /// remains its owner's to see and to remove. It reaches no shell, because nothing can request it.
    ///
    /// # Errors
    /// When it is no name.
    pub fn stored(text: &str) -> Result<Self, NameError> {
        let mut chars = text.chars();
        let Some(first) = chars.next() else { return Err(NameError::Empty) };
        if let Some(bad) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || *c == '_')) {
            // what follows a `=` may be a value, and so may the whole text: it is not repeated
            if bad == '=' || mask::is_token(text) {
                return Err(NameError::ValueAsArgument);
            }
            let found = match bad {
                c if c.is_ascii_graphic() => format!("`{c}`"),
                c => format!("U+{:04X}", c as u32),
            };
            let name = shown(text).chars().take(Self::MAX).collect();
            return Err(NameError::Character { name, found });
        }
        if text.len() > Self::MAX {
            return Err(NameError::TooLong(text.len()));
        }
        if first.is_ascii_digit() {
            return Err(NameError::Digit(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Why exporting this name needs a person's typed word, if it does: it moves where other secrets go.
    #[must_use]
    pub fn caution(&self) -> Option<&'static str> {
        reserved::caution(&self.0)
    }
}

impl fmt::Display for VarName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for VarName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Fault for NameError {
    fn exit(&self) -> Exit {
        match self {
            Self::Denied { .. } => Exit::Failed,
            _ => Exit::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::ValueAsArgument => Some(
                "run `mcpenv set NAME` and type the value at its hidden prompt, or pipe it into `mcpenv set NAME --stdin`"
                    .to_owned(),
            ),
            Self::Denied { .. } => Some("choose another name, and let the client's file map it".to_owned()),
            _ => Some("use letters, digits and `_`, and no digit first".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_refused_and_shown_escaped() {
        for bad in ["", "A;touch x", "A$(x)", "A\nB", "A B", "-f", "1A", "Ａ", "ТOKEN", "A\u{202e}B", "A-B", "é"] {
            let error = VarName::parse(bad).expect_err(bad);
            assert!(!error.to_string().contains(['\n', '\u{202e}']), "{error}");
        }
        assert_eq!(VarName::parse("ТOKEN").expect_err("Cyrillic").to_string(), "`ТOKEN` is no variable name: it holds U+0422");
    }

    #[test]
    fn a_name_with_an_equals_sign_is_not_repeated() {
        let error = VarName::parse("TOKEN=sk-live-12345").expect_err("a value");
        assert_eq!(error, NameError::ValueAsArgument);
        assert!(!format!("{error} {:?}", error.hint()).contains("sk-live"));
    }

    #[test]
    fn a_name_of_128_characters_is_accepted_and_one_of_129_is_not() {
        assert!(VarName::parse(&"A".repeat(128)).is_ok());
        assert_eq!(VarName::parse(&"A".repeat(129)), Err(NameError::TooLong(129)));
    }
}
