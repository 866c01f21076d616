//! What bash and zsh share: words quoted as `$'…'`, and the calls written as lines of such words. Knows no hook file.

use std::path::{Path, PathBuf};

use crate::shell::contract::{Call, Script};
use crate::var::VarName;

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
    match call {
        Call::Adopt(names) => {
            out.push(b"__mcpenv_adopt");
            names.iter().for_each(|name| push_name(name, out));
        }
        Call::Undo => out.push(b"__mcpenv_undo"),
        Call::Put(pairs) => {
            out.push(b"__mcpenv_put");
            for (name, value) in *pairs {
                push_name(name, out);
                push_word(value.expose(), out);
            }
        }
        Call::Say(text) => {
            out.push(b"__mcpenv_say");
            push_word(text.as_bytes(), out);
        }
        Call::Warn(text) => {
            out.push(b"__mcpenv_warn");
            push_word(text.as_bytes(), out);
        }
        Call::Watch { files, absent } => {
            out.push(format!("__mcpenv_watch {}", files.len()).as_bytes());
            for file in *files {
                push_path(&file.path, out);
                push_word(&file.stamp, out);
            }
            absent.iter().for_each(|path| push_path(path, out));
        }
        Call::Fin { marker, wake, is_racy } => {
            out.push(b"__mcpenv_fin");
            push_word(marker.unwrap_or_default().as_bytes(), out);
            out.push(format!(" {wake} {}", u8::from(*is_racy)).as_bytes());
        }
    }
    out.push(b"\n");
}

/// A hook file with the binary's path and the directories where the walk ends written into it.
pub(super) fn fill(text: &str, binary: &Path, stop: &[PathBuf]) -> String {
    let ends: Vec<String> = stop.iter().map(|path| quoted(path)).collect();
    text.replace("::MCPENV::", &quoted(binary)).replace("::STOP::", &ends.join(" "))
}

fn quoted(path: &Path) -> String {
    let mut out = Script::default();
    quote(path.as_os_str().as_encoded_bytes(), &mut out);
    String::from_utf8_lossy(out.expose()).into_owned()
}

fn push_name(name: &VarName, out: &mut Script) {
    out.push(b" ");
    out.push(name.as_str().as_bytes());
}

fn push_word(bytes: &[u8], out: &mut Script) {
    out.push(b" ");
    quote(bytes, out);
}

fn push_path(path: &Path, out: &mut Script) {
    push_word(path.as_os_str().as_encoded_bytes(), out);
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

    #[test]
    fn each_call_is_a_line_of_its_own() {
        let mut out = Script::default();
        write(&Call::Undo, &mut out);
        write(&Call::Fin { marker: None, wake: 7, is_racy: true }, &mut out);
        assert_eq!(out.expose(), b"__mcpenv_undo\n__mcpenv_fin $'' 7 1\n");
    }
}
