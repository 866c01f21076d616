//! What bash and zsh share: words quoted as `$'…'`. Knows no hook file.

use std::path::{Path, PathBuf};

use crate::shell::contract::{Call, Script};
use crate::shell::words;

/// Appends a word that both shells read back as exactly these bytes. ASCII on one line, whatever the bytes are, so that
/// neither the locale nor history expansion nor the stripping of final newlines can matter. `\xNN` always has two digits:
/// neither shell reads a third.
pub(super) fn quote(bytes: &[u8], out: &mut Script) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push(b"$'");
    let mut rest = bytes;
    while !rest.is_empty() {
        let plain = rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(plain);
        out.push(run);
        rest = after;
        if let Some((byte, after)) = rest.split_first() {
            out.push(&[b'\\', b'x', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
            rest = after;
        }
    }
    out.push(b"'");
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b':' | b'@' | b'%' | b'+' | b'=' | b',' | b'-')
}

/// Appends one call of a function of the hook file.
pub(super) fn write(call: &Call<'_>, out: &mut Script) {
    words::write(call, quote, b'=', out);
}

/// A hook file with the binary's path and the directories where the walk ends written into it.
pub(super) fn fill(text: &str, binary: &Path, stop: &[PathBuf]) -> String {
    words::fill(text, binary, stop, quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_ascii_on_one_line_and_every_escape_has_two_digits() {
        for byte in 1..=255u8 {
            let mut out = Script::default();
            quote(&[byte, b'0'], &mut out);
            let text = out.expose();
            assert!(text.iter().all(|b| (b' '..=b'~').contains(b)), "{byte}");
            assert!(text.len() == 5 || text.len() == 8, "{byte}");
            assert!(text.ends_with(b"0'"), "{byte}");
        }
    }

    #[test]
    fn the_marks_are_replaced_by_quoted_paths() {
        let text = fill("bin=::MCPENV:: stop=(::STOP::)", Path::new("/a b/mcpenv"), &["/home/x".into(), "/".into()]);
        assert_eq!(text, "bin=$'/a\\x20b/mcpenv' stop=($'/home/x' $'/')");
    }
}
