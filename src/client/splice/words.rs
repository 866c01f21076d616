//! How a text is written in a format, and which bytes of what is written stand for which bytes of the text.

use std::ops::Range;

use crate::client::contract::Value;

/// A JSON string.
pub(super) fn json_text(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A value as JSON on one line, with this between its parts.
pub(super) fn json_value(value: &Value, separator: &str, colon: &str) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(is) => is.to_string(),
        Value::Number(text) => text.clone(),
        Value::Text(text) => json_text(text),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| json_value(item, separator, colon)).collect();
            format!("[{}]", items.join(separator))
        }
        Value::Map(members) => {
            let member =
                |(key, value): &(String, Value)| format!("{}{colon}{}", json_text(key), json_value(value, separator, colon));
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(separator))
        }
    }
}

/// A value as TOML on one line.
pub(super) fn toml_value(value: &Value) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(is) => is.to_string(),
        Value::Number(text) => text.clone(),
        Value::Text(text) => json_text(text),
        Value::List(items) => format!("[{}]", items.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        Value::Map(members) => {
            let member = |(key, value): &(String, Value)| format!("{} = {}", toml_key(key), toml_value(value));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A key of TOML: bare where it can be.
pub(super) fn toml_key(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if is_bare { key.to_owned() } else { json_text(key) }
}

/// A text of YAML: without quotes where it is a plain word, else in double ones.
pub(super) fn yaml_text(text: &str) -> String {
    if is_plain_yaml(text) { text.to_owned() } else { json_text(text) }
}

/// A value of YAML on one line.
pub(super) fn yaml_value(value: &Value) -> String {
    match value {
        Value::Text(text) => yaml_text(text),
        Value::List(items) => format!("[{}]", items.iter().map(yaml_value).collect::<Vec<_>>().join(", ")),
        other => json_value(other, ", ", ": "),
    }
}

/// Whether every program reads these words as this text: no mark of YAML but a `${NAME}`, no number, no word that some version
/// takes for a boolean.
pub(super) fn is_plain_yaml(text: &str) -> bool {
    const WORDS: &[&str] = &["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    let body = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.' | '$' | '-' | '@' | '+' | '=' | ':');
    body.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '/' | '$'))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
        && text.split(' ').all(|word| !word.is_empty() && !word.ends_with(':'))
        && body.chars().all(|c| is_inner(c) || c == ' ')
        && (body.len() == text.len() || !text.contains(' '))
}

/// What JSON and the basic strings of TOML both read as this text.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

/// The quotes of a written string, and what stands between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// `"…"` with escapes
    Double,
    /// `'…'`, as it is
    Single,
    /// `"""…"""` with escapes
    LongDouble,
    /// `'''…'''`, as it is
    LongSingle,
}

impl Quotes {
    /// The quotes of a string of JSON or TOML.
    pub fn of(written: &str) -> Option<Self> {
        [("\"\"\"", Self::LongDouble), ("'''", Self::LongSingle), ("\"", Self::Double), ("'", Self::Single)]
            .into_iter()
            .find(|(quote, _)| written.len() >= 2 * quote.len() && written.starts_with(quote) && written.ends_with(quote))
            .map(|(_, quotes)| quotes)
    }

    fn width(self) -> usize {
        if matches!(self, Self::Double | Self::Single) { 1 } else { 3 }
    }

    fn has_escapes(self) -> bool {
        matches!(self, Self::Double | Self::LongDouble)
    }

    /// A text as it stands between these quotes; `None` where it cannot.
    pub fn inner(self, text: &str) -> Option<String> {
        if self.has_escapes() {
            return Some(escaped(text));
        }
        (!text.contains('\'') && !text.chars().any(char::is_control)).then(|| text.to_owned())
    }

    /// The bytes of a written string that stand for these bytes of its text.
    pub fn bytes_of(self, written: &str, text: &str, range: &Range<usize>) -> Option<Range<usize>> {
        let inner = written.get(self.width()..written.len() - self.width())?;
        // the line end behind long quotes does not count
        let is_long = self.width() == 3;
        let skipped = if !is_long {
            0
        } else if inner.starts_with("\r\n") {
            2
        } else {
            usize::from(inner.starts_with('\n'))
        };
        let (mut at, mut told) = (skipped, 0);
        let (mut start, mut end) = (None, None);
        loop {
            // what stands for nothing before it is no part of it
            if told == range.start && end.is_none() {
                start = Some(at);
            }
            if told == range.end && end.is_none() {
                end = Some(at);
            }
            let rest = &inner[at..];
            let Some(first) = rest.chars().next() else { break };
            let (taken, meant) = match first {
                '\\' if self.has_escapes() => escape(rest, is_long)?,
                first => (first.len_utf8(), first.len_utf8()),
            };
            at += taken;
            told += meant;
        }
        let width = self.width();
        (told == text.len()).then_some(start? + width..end? + width)
    }
}

/// How many bytes an escape takes, and how many its character has.
fn escape(rest: &str, is_long: bool) -> Option<(usize, usize)> {
    let code = |from: usize, digits: usize| rest.get(from..from + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let width = |code: u32| char::from_u32(code).map_or('\u{fffd}'.len_utf8(), char::len_utf8);
    match rest.as_bytes().get(1)? {
        b'u' => match code(2, 4)? {
            0xd800..=0xdbff if rest.get(6..8) == Some("\\u") && matches!(code(8, 4), Some(0xdc00..=0xdfff)) => Some((12, 4)),
            unit => Some((6, width(unit))),
        },
        b'U' => Some((10, width(code(2, 8)?))),
        b'x' => Some((4, width(code(2, 2)?))),
        b' ' | b'\t' | b'\r' | b'\n' if is_long => {
            let after = rest[1..].trim_start_matches([' ', '\t', '\r', '\n']);
            Some((rest.len() - after.len(), 0))
        }
        byte if byte.is_ascii() => Some((2, 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_text_is_found_in_however_it_is_written() {
        for (written, text, part, expected) in [
            (r#""abc""#, "abc", "b", "b"),
            (r#""a\n\"é\u00e9x""#, "a\n\"éé\u{78}", "éx", r"\u00e9x"),
            (r#""\ud83d\ude00k""#, "😀k", "😀", r"\ud83d\ude00"),
            (r"'C:\x\y'", r"C:\x\y", r"\y", r"\y"),
            ("\"\"\"\nab\\\n   cd\"\"\"", "abcd", "cd", "cd"),
            ("'''\r\na'b'''", "a'b", "'b", "'b"),
        ] {
            let quotes = Quotes::of(written).expect("a string");
            let at = text.rfind(part).expect("a part");
            let range = quotes.bytes_of(written, text, &(at..at + part.len())).expect("found");
            assert_eq!(&written[range], expected, "{written}");
        }
    }

    #[test]
    fn a_text_is_written_so_that_both_formats_read_it() {
        assert_eq!(json_text("a\"\\\n\u{1}\u{7f}é"), "\"a\\\"\\\\\\n\\u0001\\u007fé\"");
        assert_eq!((toml_key("A_b-1"), toml_key("a b"), toml_key("")), ("A_b-1".into(), "\"a b\"".into(), "\"\"".into()));
        assert_eq!(Quotes::Single.inner("it's"), None);
    }
}
