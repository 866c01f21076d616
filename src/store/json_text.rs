//! One text of a JSON document, as bytes that are wiped: written into a buffer of the right size, and read without the copies
//! that a general reader leaves in memory. Knows no other part of JSON.

use std::io::{self, Write};

use zeroize::Zeroizing;

/// Writes a text with its quotes. Only what RFC 8259 asks for is escaped.
pub(super) fn write(text: &str, out: &mut impl Write) -> io::Result<()> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.write_all(b"\"")?;
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let unicode = [b'\\', b'u', b'0', b'0', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 => &unicode,
            _ => continue,
        };
        out.write_all(&bytes[start..at])?;
        out.write_all(escape)?;
        start = at + 1;
    }
    out.write_all(&bytes[start..])?;
    out.write_all(b"\"")
}

/// The text of a token that a JSON reader has found sound. `None` when it is no text, or holds half of a surrogate pair.
pub(super) fn read(token: &str) -> Option<Zeroizing<Vec<u8>>> {
    let inner = token.strip_prefix('"')?.strip_suffix('"')?.as_bytes();
    // an escape is never shorter than what it stands for, so this never grows
    let mut out = Zeroizing::new(Vec::with_capacity(inner.len()));
    let mut rest = inner;
    while let Some(at) = rest.iter().position(|b| *b == b'\\') {
        out.extend_from_slice(&rest[..at]);
        let (plain, used) = match rest.get(at + 1)? {
            b'u' => {
                let (character, used) = unicode(&rest[at..])?;
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                (None, used)
            }
            b'b' => (Some(8), 2),
            b'f' => (Some(12), 2),
            b'n' => (Some(b'\n'), 2),
            b'r' => (Some(b'\r'), 2),
            b't' => (Some(b'\t'), 2),
            same @ (b'"' | b'\\' | b'/') => (Some(*same), 2),
            _ => return None,
        };
        out.extend(plain);
        rest = &rest[at + used..];
    }
    out.extend_from_slice(rest);
    Some(out)
}

/// The character of one `\uXXXX`, or of a pair of them, and the bytes it took.
fn unicode(escape: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |sum, digit| Some(sum << 4 | char::from(*digit).to_digit(16)?))
    };
    let first = unit(0)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, 6));
    }
    let second = unit(6).filter(|second| (0xdc00..0xe000).contains(second))?;
    Some((char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))?, 12))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        write(text, &mut out).expect("in memory");
        String::from_utf8(out).expect("UTF-8 stays UTF-8")
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_general_reader_reads_what_is_written(text in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&written(&text)).expect("JSON"), text);
        }

        #[test]
        fn what_a_general_writer_writes_is_read(text in any::<String>()) {
            let token = serde_json::to_string(&text).expect("JSON");
            prop_assert_eq!(&**read(&token).expect("a text"), text.as_bytes());
        }

        #[test]
        fn every_token_is_read_as_a_general_reader_reads_it(inner in r#"(\\u[dD][89a-fA-F]..|\\u00[0-9a-f]{2}|\\["\\/bfnrt]|[a-z é😀]){0,12}"#) {
            let token = format!("\"{inner}\"");
            let general = serde_json::from_str::<String>(&token).ok().map(String::into_bytes);
            if general.is_some() {
                prop_assert_eq!(read(&token).map(|text| text.to_vec()), general);
            }
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_no_text() {
        assert_eq!(read(r#""\ud83d""#), None);
        assert_eq!(read(r#""\ud83dx""#), None);
        assert_eq!(read(r#""\ude00""#), None);
        assert_eq!(read("12"), None);
    }
}
