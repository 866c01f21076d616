//! bash, from 3.2 on: the hook file `shell/mcpenv.bash`, and calls as lines of `$'…'` words. Holds no logic; that is in the hook file.

use std::path::{Path, PathBuf};

use crate::secret::Secret;
use crate::shell::contract::{Call, Refusal, Script, Shell, Stamps, Watched};
use crate::shell::posix;

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
}
