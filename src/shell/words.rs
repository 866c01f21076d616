//! What the shells share that are told by calls of functions: each call a line of words, each path of the hook file a word. How
//! a word is quoted is the shell's own.

use std::path::{Path, PathBuf};

use crate::shell::contract::{Call, Script};
use crate::var::VarName;

/// Appends a word that the shell reads back as exactly these bytes.
pub(super) type Quote = fn(&[u8], &mut Script);

/// Appends one call of a function of the hook file. `glue` stands between a name and its value: a blank makes them two words, a
/// `=` one that the shell can hand on whole.
pub(super) fn write(call: &Call<'_>, quote: Quote, glue: u8, out: &mut Script) {
    let word = |bytes: &[u8], out: &mut Script| {
        out.push(b" ");
        quote(bytes, out);
    };
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
                out.push(&[glue]);
                quote(value.expose(), out);
            }
        }
        Call::Say(text) => {
            out.push(b"__mcpenv_say");
            word(text.as_bytes(), out);
        }
        Call::Warn(text) => {
            out.push(b"__mcpenv_warn");
            word(text.as_bytes(), out);
        }
        Call::Watch { files, absent } => {
            out.push(format!("__mcpenv_watch {}", files.len()).as_bytes());
            for file in *files {
                word(file.path.as_os_str().as_encoded_bytes(), out);
                word(&file.stamp, out);
            }
            absent.iter().for_each(|path| word(path.as_os_str().as_encoded_bytes(), out));
        }
        Call::Fin { marker, wake, is_racy } => {
            out.push(b"__mcpenv_fin");
            word(marker.unwrap_or_default().as_bytes(), out);
            out.push(format!(" {wake} {}", u8::from(*is_racy)).as_bytes());
        }
    }
    out.push(b"\n");
}

/// A hook file with the binary's path and the directories where the walk ends written into it.
pub(super) fn fill(text: &str, binary: &Path, stop: &[PathBuf], quote: Quote) -> String {
    let quoted = |path: &Path| {
        let mut out = Script::default();
        quote(path.as_os_str().as_encoded_bytes(), &mut out);
        String::from_utf8_lossy(out.expose()).into_owned()
    };
    let ends: Vec<String> = stop.iter().map(|path| quoted(path)).collect();
    let marks = [("::MCPENV::", quoted(binary)), ("::STOP::", ends.join(" "))];
    let mut filled = String::with_capacity(text.len() + marks.iter().map(|(_, word)| word.len()).sum::<usize>());
    let mut rest = text;
    while let Some((at, (mark, word))) = marks.iter().filter_map(|mark| Some((rest.find(mark.0)?, mark))).min() {
        filled.push_str(&rest[..at]);
        filled.push_str(word);
        rest = &rest[at + mark.len()..];
    }
    filled.push_str(rest);
    filled
}

fn push_name(name: &VarName, out: &mut Script) {
    out.push(b" ");
    out.push(name.as_str().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_is_a_line_of_its_own() {
        let quote: Quote = |bytes, out| {
            out.push(b"<");
            out.push(bytes);
            out.push(b">");
        };
        let mut out = Script::default();
        write(&Call::Undo, quote, b'=', &mut out);
        write(&Call::Fin { marker: None, wake: 7, is_racy: true }, quote, b'=', &mut out);
        assert_eq!(out.expose(), b"__mcpenv_undo\n__mcpenv_fin <> 7 1\n");
    }
}
