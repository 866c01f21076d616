//! PowerShell, 5.1 and later: the hook file `shell/mcpenv.ps1`, and calls as lines of data which the hook reads and never
//! evaluates. Whatever is not plain ASCII goes as base64: PowerShell 5.1 reads a program's output in the console's code page, and
//! what a shell evaluates may be logged.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::shell::contract::{Call, Refusal, Script, Shell, Stamps};
use crate::var::VarName;

pub(super) struct Pwsh;

impl Shell for Pwsh {
    fn name(&self) -> &'static str {
        "pwsh"
    }

    fn hook(&self, binary: &Path, stop: &[PathBuf]) -> String {
        let quoted = |path: &Path| format!("'{}'", STANDARD.encode(path.as_os_str().as_encoded_bytes()));
        let ends: Vec<String> = stop.iter().map(|path| quoted(path)).collect();
        include_str!("../../shell/mcpenv.ps1").replace("::MCPENV::", &quoted(binary)).replace("::STOP::", &ends.join(" "))
    }

    fn install(&self) -> (&'static str, &'static str) {
        ("mcpenv hook pwsh | Out-String | Invoke-Expression", "$PROFILE")
    }

    fn stamps(&self) -> Stamps {
        Stamps::Ticks
    }

    fn accepts(&self, value: &Secret) -> Result<(), Refusal> {
        match std::str::from_utf8(value.expose()) {
            Ok(_) => Ok(()),
            Err(_) => Err(Refusal("PowerShell carries only text, and this value is no UTF-8")),
        }
    }

    fn write(&self, call: &Call<'_>, out: &mut Script) {
        match call {
            Call::Adopt(names) => {
                out.push(b"adopt");
                names.iter().for_each(|name| push_name(name, out));
                out.push(b"\n");
            }
            Call::Undo => out.push(b"undo\n"),
            Call::Put(pairs) => {
                for (name, value) in *pairs {
                    out.push(b"put");
                    push_name(name, out);
                    push_data(value.expose(), out);
                    out.push(b"\n");
                }
            }
            Call::Say(text) => push_line(b"say", text.as_bytes(), out),
            Call::Warn(text) => push_line(b"warn", text.as_bytes(), out),
            Call::Watch { files, absent } => {
                for file in *files {
                    out.push(b"watch");
                    push_data(file.path.as_os_str().as_encoded_bytes(), out);
                    out.push(b" ");
                    out.push(&file.stamp);
                    out.push(b"\n");
                }
                absent.iter().for_each(|path| push_line(b"absent", path.as_os_str().as_encoded_bytes(), out));
            }
            Call::Fin { marker, wake, is_racy } => {
                out.push(format!("fin {} {wake} {}\n", marker.unwrap_or("-"), u8::from(*is_racy)).as_bytes());
            }
        }
    }
}

fn push_line(word: &[u8], bytes: &[u8], out: &mut Script) {
    out.push(word);
    push_data(bytes, out);
    out.push(b"\n");
}

fn push_name(name: &VarName, out: &mut Script) {
    out.push(b" ");
    out.push(name.as_str().as_bytes());
}

fn push_data(bytes: &[u8], out: &mut Script) {
    // the bytes may be a value, so their copy is wiped too
    let mut text = Zeroizing::new(vec![0; bytes.len().div_ceil(3) * 4]);
    STANDARD.encode_slice(bytes, &mut text).expect("three bytes give four characters");
    out.push(b" ");
    out.push(&text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::contract::Watched;

    fn written(call: &Call<'_>) -> String {
        let mut out = Script::default();
        Pwsh.write(call, &mut out);
        String::from_utf8(out.expose().to_vec()).expect("ASCII")
    }

    #[test]
    fn a_value_goes_as_base64_one_line_each() {
        let (name, value) = (VarName::parse("TOKEN").expect("a name"), Secret::new("a\n\u{201c}'".into()).expect("a value"));
        assert_eq!(written(&Call::Put(&[(&name, &value), (&name, &value)])), "put TOKEN YQrigJwn\nput TOKEN YQrigJwn\n");
    }

    #[test]
    fn every_call_is_ascii_lines() {
        let name = VarName::parse("A").expect("a name");
        let files = [Watched { path: "/é".into(), stamp: b"638000000000000000".to_vec() }];
        assert_eq!(written(&Call::Adopt(&[name.clone(), name])), "adopt A A\n");
        assert_eq!(written(&Call::Undo), "undo\n");
        assert_eq!(written(&Call::Say("a · b")), "say YSDCtyBi\n");
        assert_eq!(
            written(&Call::Watch { files: &files, absent: &["/b".into()] }),
            "watch L8Op 638000000000000000\nabsent L2I=\n"
        );
        assert_eq!(written(&Call::Fin { marker: None, wake: 0, is_racy: false }), "fin - 0 0\n");
        assert_eq!(written(&Call::Fin { marker: Some("1:A=00"), wake: 9, is_racy: true }), "fin 1:A=00 9 1\n");
    }

    #[test]
    fn a_value_that_is_no_utf8_is_refused() {
        assert!(Pwsh.accepts(&Secret::new("é".into()).expect("a value")).is_ok());
        assert!(Pwsh.accepts(&Secret::new(vec![0xff]).expect("a value")).is_err());
    }

    #[test]
    fn the_hook_is_ascii_and_holds_its_binary_and_where_the_walk_ends() {
        let text = Pwsh.hook(Path::new("C:\\é\\mcpenv.exe"), &["C:\\".into(), "D:\\x".into()]);
        assert!(text.is_ascii());
        assert!(text.contains("Install-McpenvHook 'Qzpcw6lcbWNwZW52LmV4ZQ==' 'Qzpc' 'RDpceA=='\n"));
        assert!(!text.contains("::MCPENV::") && !text.contains("::STOP::"), "a mark is left");
    }
}
