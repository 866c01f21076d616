//! `.env`: lines of `NAME=value` in the dialect that dotenv's descendants share. Where they do not agree, or where a shell would
//! expand something, the value is not taken: a wrong one is worse than none.

use zeroize::Zeroizing;

use super::contract::{Entry, Found, ReadError, is_reference};
use crate::secret::Secret;

const NO_LINE: &str = "it is no `NAME=value`";

/// Reads the text of a `.env` file; its values need not be UTF-8.
pub(super) fn read(text: &[u8]) -> Result<Vec<Entry>, ReadError> {
    let mut file = Reader { text, at: 0, line: 1 };
    let mut entries = Vec::new();
    while file.skip_to_line() {
        entries.extend(file.entry()?);
    }
    Ok(entries)
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Reader<'a> {
    /// Goes to the next line with something on it; false at the end.
    fn skip_to_line(&mut self) -> bool {
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'\n' => self.line += 1,
                byte if byte.is_ascii_whitespace() => {}
                _ => return true,
            }
            self.at += 1;
        }
        false
    }

    /// What is left of this line, without its end.
    fn rest(&self) -> &'a [u8] {
        let rest = &self.text[self.at..];
        let end = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        &rest[..end]
    }

    fn entry(&mut self) -> Result<Option<Entry>, ReadError> {
        let line = self.line;
        let rest = self.rest();
        if rest.starts_with(b"#") {
            self.at += rest.len();
            return Ok(None);
        }
        let Some(equals) = rest.iter().position(|b| *b == b'=') else {
            self.at += rest.len();
            let exported = rest.strip_prefix(b"export").filter(|rest| rest.starts_with(b" ")).and_then(name_of);
            let found = if exported.is_some() { Found::Nothing } else { Found::Odd(NO_LINE) };
            return Ok(Some(Entry { name: exported, line, found }));
        };
        let left = &rest[..equals];
        let left = match left.strip_prefix(b"export") {
            Some(after) if after.starts_with(b" ") || after.starts_with(b"\t") => after,
            _ => left,
        };
        let name = name_of(left);
        self.at += equals + 1;
        let value = self.rest();
        let blanks = value.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        self.at += blanks;
        let found = match value.get(blanks) {
            Some(quote @ (b'"' | b'\'' | b'`')) => self.quoted(*quote)?,
            _ => self.bare(blanks > 0)?,
        };
        // a line that has no name may be the middle of a value: nothing of it is repeated
        let found = if name.is_some() { found } else { Found::Odd(NO_LINE) };
        Ok(Some(Entry { name, line, found }))
    }

    /// A value without quotes: up to the end of the line, or to a `#` behind a blank.
    fn bare(&mut self, is_after_blank: bool) -> Result<Found, ReadError> {
        let rest = self.rest();
        self.at += rest.len();
        let starts_comment =
            |(at, byte): (usize, &u8)| *byte == b'#' && if at == 0 { is_after_blank } else { rest[at - 1].is_ascii_whitespace() };
        let end = rest.iter().enumerate().position(starts_comment).unwrap_or(rest.len());
        let value = rest[..end].trim_ascii_end();
        if value.starts_with(b"-----BEGIN ") && !value.windows(9).any(|part| part == b"-----END ") {
            return Err(ReadError::at(self.line, "a value of several lines must stand in double quotes"));
        }
        Ok(if value.is_empty() {
            Found::Nothing
        } else if is_reference(value) {
            Found::Reference
        } else {
            Found::Text(Secret::new(value.to_vec()))
        })
    }

    /// A value in quotes, which may go over several lines. Single quotes keep everything as it is, double quotes know escapes.
    fn quoted(&mut self, quote: u8) -> Result<Found, ReadError> {
        let inner = &self.text[self.at + 1..];
        let is_double = quote == b'"';
        let Some(end) = closing(inner, quote) else {
            return Err(ReadError::at(self.line, "a quote is opened and never closed"));
        };
        let raw = &inner[..end];
        self.at += end + 2;
        self.line += raw.iter().filter(|b| **b == b'\n').count();
        let behind = self.rest();
        self.at += behind.len();
        let behind = behind.trim_ascii();
        if !behind.is_empty() && !behind.starts_with(b"#") {
            return Ok(Found::Odd("something stands behind its closing quote"));
        }
        if raw.is_empty() {
            return Ok(Found::Nothing);
        }
        // sized once: a buffer that grows would leave its old bytes behind
        let mut value = Zeroizing::new(Vec::with_capacity(raw.len()));
        let mut rest = raw;
        let mut refers = false;
        while let [byte, more @ ..] = rest {
            rest = more;
            match (byte, more) {
                (b'\r', [b'\n', ..]) => {}
                (b'\\', [escaped, after @ ..]) if is_double => {
                    rest = after;
                    match escaped {
                        b'n' => value.push(b'\n'),
                        b'r' => value.push(b'\r'),
                        b't' => value.push(b'\t'),
                        b'"' | b'\\' | b'$' | b'`' => value.push(*escaped),
                        other => value.extend([b'\\', *other]),
                    }
                }
                (b'$', [_, ..]) if quote != b'\'' => {
                    refers |= is_reference(&rest_from(*byte, more));
                    value.push(*byte);
                }
                (b'`', _) if is_double => refers = true,
                _ => value.push(*byte),
            }
        }
        Ok(if refers { Found::Reference } else { Found::Text(Secret::new(std::mem::take(&mut *value))) })
    }
}

/// The two bytes that decide whether a `$` refers to something.
fn rest_from(first: u8, more: &[u8]) -> [u8; 2] {
    [first, more.first().copied().unwrap_or(b' ')]
}

/// Where a quote ends; in double quotes a backslash takes the next byte with it.
fn closing(inner: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    while at < inner.len() {
        match inner[at] {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// A text that can be nothing but a name: letters, digits and what names of variables are made of elsewhere.
fn name_of(text: &[u8]) -> Option<String> {
    let text = text.trim_ascii();
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    (!text.is_empty() && text.len() <= crate::var::VarName::MAX && text.iter().all(is_part))
        .then(|| String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let word = |found: Found| match found {
            Found::Text(Ok(secret)) => String::from_utf8_lossy(secret.expose()).into_owned(),
            other => format!("<{other:?}>"),
        };
        let entries = read(text.as_bytes()).expect("readable");
        entries.into_iter().map(|e| (e.name.unwrap_or_default(), word(e.found))).collect()
    }

    fn value(text: &str) -> String {
        found(&format!("X={text}\n")).remove(0).1
    }

    #[test]
    fn values_are_what_dotenv_takes_them_for() {
        for (text, expected) in [
            ("abc", "abc"),
            ("  abc  ", "abc"),
            ("abc # not this", "abc"),
            ("abc#this", "abc#this"),
            ("#this", "#this"),
            ("a b=c", "a b=c"),
            ("'a # b' # c", "a # b"),
            ("'a$X`y`\\n'", "a$X`y`\\n"),
            ("\"a\\nb\\t\\\"c\\\" \\\\ \\$X \\q\"", "a\nb\t\"c\" \\ $X \\q"),
            ("\"two\r\nlines\" # c", "two\nlines"),
            ("`say \"it's\"`", "say \"it's\""),
            ("a$1b$", "a$1b$"),
            ("abc\r", "abc"),
        ] {
            assert_eq!(value(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_a_shell_would_expand_is_no_value() {
        for text in ["$X", "a${X}b", "$(date)", "`x`y", "\"a $X\"", "\"$(date)\"", "\"`date`\"", "a`date`", "`$X`"] {
            let got = value(text);
            assert!(got.starts_with('<') && !got.contains("Text"), "{text}: {got}");
        }
    }

    #[test]
    fn a_line_that_is_none_is_told_without_its_text() {
        let got = found("export A=1\nexport B\nMIIEvQ+/sekret==\nnonsense sekret\nC = 2\n'D'=3\n");
        assert!(!format!("{got:?}").contains("sekret"), "{got:?}");
        let names: Vec<_> = got.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["A", "B", "", "", "C", ""]);
        assert_eq!((got[0].1.as_str(), got[4].1.as_str()), ("1", "2"));
    }

    #[test]
    fn a_value_without_an_end_takes_nothing_from_the_file() {
        for (text, line) in [("A=1\nB=\"x\ny", 2), ("A='", 1), ("A=1\n\nK=-----BEGIN PRIVATE KEY-----\nabc=\n", 3), ("A=\"\\", 1)]
        {
            assert_eq!(read(text.as_bytes()).expect_err("it has no end").line, line, "{text}");
        }
    }

    #[test]
    fn lines_are_counted_through_values_of_several_lines() {
        let entries = read(b"A=\"1\n2\n3\"\nB=x\n").expect("readable");
        assert_eq!((entries[0].line, entries[1].line), (1, 4));
    }
}
