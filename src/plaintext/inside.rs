//! Texts within a text: the strings of JSON that stands in a value, and the parts of a list of `name=value`. The bytes are
//! those of the outer text.

use std::ops::Range;

/// The most parts that such a list has; nobody writes more by hand.
const MOST: usize = 1000;

/// A text within a text, and the name beside it.
#[derive(Debug)]
pub(super) struct Inner<'t> {
    pub range: Range<usize>,
    pub name: Option<&'t str>,
}

/// The strings of a JSON text, each with its key; `None` when the text is no object and no list.
pub(super) fn json(text: &str) -> Option<Vec<Inner<'_>>> {
    let is_closed = |open, close| text.starts_with(open) && text.ends_with(close);
    if !is_closed('{', '}') && !is_closed('[', ']') || serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return None;
    }
    let bytes = text.as_bytes();
    let mut inner = Vec::new();
    let mut key = None;
    let mut at = 0;
    while let Some(start) = text[at..].find('"').map(|length| at + length + 1) {
        // a list in between has no key of its own
        if text[at..start].contains(['[', '{']) {
            key = None;
        }
        let mut end = start;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let end = end.min(bytes.len());
        at = (end + 1).min(bytes.len());
        if text[at..].trim_start().starts_with(':') {
            key = Some(&text[start..end]);
        } else {
            inner.push(Inner { range: start..end, name: key.take() });
        }
    }
    Some(inner)
}

/// The parts of `Server=db;Password=x` or `host=db password=x`; none when the text is something else.
pub(super) fn pairs(text: &str) -> Vec<Inner<'_>> {
    if !text.contains('=') || text.contains("://") {
        return Vec::new();
    }
    let by_semicolon = split(text, |c| c == ';');
    let parts = if by_semicolon.len() > 1 { by_semicolon } else { split(text, char::is_whitespace) };
    if parts.len() > 1 && parts.iter().all(|inner| inner.name.is_some()) { parts } else { Vec::new() }
}

fn split(text: &str, is_end: impl Fn(char) -> bool) -> Vec<Inner<'_>> {
    let mut at = 0;
    let mut parts = Vec::new();
    for part in text.split(is_end) {
        if parts.len() >= MOST {
            return Vec::new();
        }
        let end = at + part.len();
        if !part.trim().is_empty() {
            let (name, value) = part.split_once('=').map_or((None, part), |(name, value)| (Some(name.trim()), value));
            let is_name =
                |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.'));
            let bare = value.trim_matches(['\'', '"']);
            let start = end - value.len() + value.find(bare).unwrap_or(0);
            parts.push(Inner { range: start..start + bare.len(), name: name.filter(|name| is_name(name)) });
        }
        at = end + 1;
        // the character that ended it may be longer than one byte
        at = text.ceil_char_boundary(at.min(text.len()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, inner: &[Inner<'_>]) -> Vec<String> {
        inner.iter().map(|inner| format!("{}={}", inner.name.unwrap_or("-"), &text[inner.range.clone()])).collect()
    }

    #[test]
    fn strings_of_json_are_told_with_their_keys() {
        let text = r#"{"a": "x\"y", "b" : ["c", 1], "d": {"e": "f"}, "g": null, "h": "i"}"#;
        assert_eq!(told(text, &json(text).expect("JSON")), [r#"a=x\"y"#, "-=c", "e=f", "h=i"]);
        assert!(json("{not json}").is_none() && json("\"a\"").is_none());
    }

    #[test]
    fn lists_of_pairs_are_told_and_prose_is_not() {
        let text = "Server=db;User Id=sa;Password=x=y;";
        assert_eq!(told(text, &pairs(text)), ["Server=db", "User Id=sa", "Password=x=y"]);
        let text = "host=db password='x' user=u";
        assert_eq!(told(text, &pairs(text)), ["host=db", "password=x", "user=u"]);
        for text in ["a=b", "node x.js --a=b", "say a=b", "postgres://u:p@h/?a=b;c=d"] {
            assert!(pairs(text).is_empty(), "{text}");
        }
    }
}
