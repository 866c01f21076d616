//! The form of a value, as a regular expression: the door to the crate `regex`. Compiled when it is first asked, in bytes, and
//! within bounds.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

/// The most that one compiled form may take, in bytes.
const LARGEST: usize = 1024 * 1024;

/// The form of a whole value.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "String")]
pub struct Pattern {
    text: String,
    whole: OnceLock<Option<Regex>>,
    start: OnceLock<Option<Regex>>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl Pattern {
    /// Whether nothing is known of the form.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The expression itself.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a value has this form from end to end.
    #[must_use]
    pub fn is_whole(&self, value: &[u8]) -> bool {
        let regex = self.whole.get_or_init(|| compiled(&format!(r"\A(?:{})\z", self.text)));
        !self.is_empty() && regex.as_ref().is_some_and(|regex| regex.is_match(value))
    }

    /// How many bytes at the start of a text have this form.
    #[must_use]
    pub fn at_start(&self, text: &[u8]) -> Option<usize> {
        let regex = self.start.get_or_init(|| compiled(&format!(r"\A(?:{})", self.text)));
        if self.is_empty() { None } else { regex.as_ref()?.find(text).map(|found| found.end()) }
    }
}

/// A form of the list that cannot be compiled matches nothing; the tests see to it that there is none.
fn compiled(text: &str) -> Option<Regex> {
    RegexBuilder::new(text).unicode(false).size_limit(LARGEST).dfa_size_limit(2 * LARGEST).build().ok()
}
