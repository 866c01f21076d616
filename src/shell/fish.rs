//! fish, from 3.5 on: the hook file `shell/mcpenv.fish`, and calls as lines of unquoted words. Holds no logic; that is in the
//! hook file.

use std::path::{Path, PathBuf};

use crate::secret::Secret;
use crate::shell::contract::{Call, Refusal, Script, Shell, Stamps};
use crate::shell::words;

pub(super) struct Fish;

impl Shell for Fish {
    fn name(&self) -> &'static str {
        "fish"
    }

    fn hook(&self, binary: &Path, stop: &[PathBuf]) -> String {
        words::fill(include_str!("../../shell/mcpenv.fish"), binary, stop, quote)
    }

    fn install(&self) -> (&'static str, &'static str) {
        ("mcpenv hook fish | source", "~/.config/fish/config.fish")
    }

    fn stamps(&self) -> Stamps {
        Stamps::Files
    }

    fn accepts(&self, _value: &Secret) -> Result<(), Refusal> {
        // a Secret holds no NUL, the one byte that fish cannot carry
        Ok(())
    }

    fn write(&self, call: &Call<'_>, out: &mut Script) {
        words::write(call, quote, b' ', out);
    }
}

/// Appends a word that fish reads back as exactly these bytes. Not in quotes, because there only `\\` and `\'` are escapes;
/// ASCII on one line. `\X` is a byte where `\x` would be a character, and neither reads a third digit.
fn quote(bytes: &[u8], out: &mut Script) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    if bytes.is_empty() {
        out.push(b"''");
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        let plain = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (run, after) = rest.split_at(plain);
        out.push(run);
        rest = after;
        if let Some((byte, after)) = rest.split_first() {
            out.push(&[b'\\', b'X', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(bytes: &[u8]) -> String {
        let mut out = Script::default();
        quote(bytes, &mut out);
        String::from_utf8(out.expose().to_vec()).expect("ASCII")
    }

    #[test]
    fn every_byte_but_letters_and_digits_is_an_escape_of_two_digits() {
        for byte in 1..=255u8 {
            let text = quoted(&[byte, b'0']);
            let is_plain = byte.is_ascii_alphanumeric();
            let expected = if is_plain { format!("{}0", char::from(byte)) } else { format!("\\X{byte:02x}0") };
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn an_empty_word_stays_a_word() {
        assert_eq!(quoted(b""), "''");
    }

    #[test]
    fn the_hook_holds_its_binary_and_where_the_walk_ends() {
        let text = Fish.hook(Path::new("/a b/mcpenv"), &["/home/x".into(), "/".into()]);
        assert!(text.contains("set -gu __mcpenv_bin \\X2fa\\X20b\\X2fmcpenv\n"));
        assert!(text.contains("set -gu __mcpenv_stop \\X2fhome\\X2fx \\X2f\n"));
        assert!(!text.contains("::"), "a mark is left");
    }
}
