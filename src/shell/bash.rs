//! bash, from 3.2 on: the hook file `shell/mcpenv.bash`, and calls as lines of `$'…'` words. Holds no logic; that is in the hook file.

use std::path::{Path, PathBuf};

use crate::secret::Secret;
use crate::shell::contract::{Call, Refusal, Script, Shell, Stamps, Watched};
use crate::shell::posix;
use crate::var::VarName;

pub(super) struct Bash;

impl Shell for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn hook(&self, binary: &Path, stop: &[PathBuf]) -> String {
        posix::fill(include_str!("../../shell/mcpenv.bash"), binary, stop)
    }

    fn install(&self) -> (&'static str, &'static str) {
        ("eval \"$(mcpenv hook bash)\"", "~/.bashrc")
    }

    fn stamps(&self) -> Stamps {
        Stamps::Files
    }

    fn accepts(&self, _value: &Secret) -> Result<(), Refusal> {
        // a Secret holds no NUL, the one byte that `$'…'` cannot carry
        Ok(())
    }

    fn write(&self, call: &Call<'_>, out: &mut Script) {
        match call {
            Call::Watch { files, absent } => watch(files, absent, out),
            Call::Put(pairs) => {
                ask(pairs, out);
                posix::write(call, out);
            }
            _ => posix::write(call, out),
        }
    }
}

/// What is watched, as the words of the one `test` that the hook asks at each prompt: bash would take longer to put them
/// together than to read them. A file that is gone counts as older than its stamp, one without a stamp as newer.
fn watch(files: &[Watched], absent: &[PathBuf], out: &mut Script) {
    let mut word = |before: &[u8], bytes: &[u8]| {
        out.push(before);
        posix::quote(bytes, out);
    };
    for (n, file) in files.iter().enumerate() {
        let path = file.path.as_os_str().as_encoded_bytes();
        word(if n == 0 { b"__mcpenv_f=(-o " } else { b" -o " }, path);
        word(b" -nt ", &file.stamp);
        word(b" -o ", path);
        word(b" -ot ", &file.stamp);
    }
    for (n, path) in absent.iter().enumerate() {
        let first: &[u8] = if files.is_empty() { b"__mcpenv_w=(-o -e " } else { b")\n__mcpenv_w=(-o -e " };
        word(if n == 0 { first } else { b" -o -e " }, path.as_os_str().as_encoded_bytes());
    }
    out.push(if files.is_empty() && absent.is_empty() { b"" } else { b")\n" });
}

/// What the hook asks of all names at once, as texts that bash evaluates: one by one each takes it longer than all do together.
/// They hold names alone: what is there of them; that none leads to another name; what stands in them, with a mark after each that
/// is in none of the values; and that mark.
fn ask(pairs: &[(&VarName, &Secret)], out: &mut Script) {
    // each piece but the last is followed by the name
    let text = |between: &[u8], pieces: &[&[u8]], last: &[u8], out: &mut Script| {
        for (n, (name, _)) in pairs.iter().enumerate() {
            out.push(if n == 0 { b"" } else { between });
            for piece in pieces {
                out.push(piece);
                out.push(name.as_str().as_bytes());
            }
            out.push(last);
        }
    };
    out.push(b"__mcpenv_q=('");
    text(b"", &[b"${"], b"[@]+x}", out);
    out.push(b"' '");
    text(b" && ", &[b"! -R "], b"", out);
    // inert between double quotes and in a format of `printf`
    let mark = b" ^;~|<>".iter().find(|mark| pairs.iter().all(|(_, value)| !value.expose().contains(mark)));
    if let Some(mark) = mark {
        out.push(b"' '");
        text(b"", &[b"", b"=${"], &[b'-', b'}', *mark], out);
        out.push(b"' '");
        out.push(&[*mark]);
    }
    out.push(b"')\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_watched_is_told_as_the_words_of_one_test() {
        let told = |files: &[Watched], absent: &[PathBuf]| {
            let mut out = Script::default();
            Bash.write(&Call::Watch { files, absent }, &mut out);
            String::from_utf8(out.expose().to_vec()).expect("ASCII")
        };
        let files = [Watched { path: "/p".into(), stamp: b"/s".to_vec() }];
        let test = "__mcpenv_f=(-o $'/p' -nt $'/s' -o $'/p' -ot $'/s')\n";
        assert_eq!(told(&files, &[]), test);
        assert_eq!(told(&files, &["/a".into(), "/b c".into()]), format!("{test}__mcpenv_w=(-o -e $'/a' -o -e $'/b\\x20c')\n"));
        assert_eq!(told(&[], &["/a".into()]), "__mcpenv_w=(-o -e $'/a')\n");
        assert_eq!(told(&[], &[]), "");
    }

    #[test]
    fn what_is_asked_of_all_names_at_once_holds_names_alone_and_a_mark_that_no_value_has() {
        let names = ["A_TOKEN", "B"].map(|name| VarName::parse(name).expect("a name"));
        let told = |values: [&str; 2]| {
            let values = values.map(|value| Secret::new(value.into()).expect("a value"));
            let mut out = Script::default();
            ask(&[(&names[0], &values[0]), (&names[1], &values[1])], &mut out);
            String::from_utf8(out.expose().to_vec()).expect("ASCII")
        };
        let both = "__mcpenv_q=('${A_TOKEN[@]+x}${B[@]+x}' '! -R A_TOKEN && ! -R B'";
        assert_eq!(told(["x", "y"]), format!("{both} 'A_TOKEN=${{A_TOKEN-}} B=${{B-}} ' ' ')\n"));
        assert_eq!(told(["x y", "y"]), format!("{both} 'A_TOKEN=${{A_TOKEN-}}^B=${{B-}}^' '^')\n"));
        assert_eq!(told(["x ^;", "~|<>"]), format!("{both})\n"));
    }
}
