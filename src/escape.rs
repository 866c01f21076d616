//! The one sanitiser: foreign text on its way to a terminal, a log or an error. Control characters, bidirectional
//! controls, zero-width characters and letters without a shape become visible escapes, bytes that are no UTF-8 become `\xNN`.

use std::borrow::Cow;
use std::path::Path;

/// Text that is safe on a terminal and stays on one line.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hostile(c) && (c as u32) < 0x100 => push_hex(&mut out, c as u32),
            c if is_hostile(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The same for bytes of unknown encoding.
#[must_use]
pub fn shown_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(&shown(chunk.valid()));
        for byte in chunk.invalid() {
            push_hex(&mut out, u32::from(*byte));
        }
    }
    out
}

/// The same for a path.
#[must_use]
pub fn shown_path(path: &Path) -> String {
    shown_bytes(path.as_os_str().as_encoded_bytes())
}

/// A JSON document as another that means the same and is safe on a terminal.
#[must_use]
pub fn shown_json(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    for c in document.chars() {
        if is_hostile(c) && c != '\n' {
            // outside of its strings a document holds none of them
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

fn push_hex(out: &mut String, byte: u32) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.push_str("\\x");
    out.push(DIGITS[(byte >> 4 & 15) as usize]);
    out.push(DIGITS[(byte & 15) as usize]);
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_bidi_or_zero_width_character_survives() {
        for code in 0..0x11_0000 {
            let Some(c) = char::from_u32(code) else { continue };
            let text = format!("a{c}b");
            let safe = shown(&text);
            assert!(!safe.chars().any(is_hostile), "U+{code:04X}");
            assert!(safe.starts_with('a') && safe.ends_with('b'));
        }
    }

    #[test]
    fn letters_without_a_shape_are_spelled_out() {
        for c in ['\u{3164}', '\u{ffa0}', '\u{115f}', '\u{2800}', '\u{34f}', '\u{fe0f}', '\u{e0101}'] {
            assert_eq!(shown(&format!("a{c}")), format!("a{}", c.escape_unicode()));
        }
    }

    #[test]
    fn ordinary_text_is_left_as_it_is() {
        assert_eq!(shown("naïve 日本 · ok"), "naïve 日本 · ok");
    }

    #[test]
    fn a_document_keeps_its_meaning_and_loses_what_a_terminal_obeys() {
        let text = "a\u{9b}\u{7f}\u{202e}\u{e0101}é";
        let document = format!("[\n  {}\n]", serde_json::to_string(text).expect("a text"));
        let safe = shown_json(&document);
        assert!(!safe.chars().any(|c| is_hostile(c) && c != '\n'), "{safe}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&safe).expect("JSON"), [text]);
    }

    #[test]
    fn an_escape_sequence_and_broken_utf8_are_spelled_out() {
        assert_eq!(shown_bytes(b"\x1b]52;c\x07\xff"), "\\x1b]52;c\\x07\\xff");
        assert_eq!(shown("\u{202e}x"), "\\u{202e}x");
    }
}
