//! What stands in a secret's place without being one: a stand-in, a number, a switch, a path, an address.

use crate::dummy;

/// Whether a value is none that anybody would have to hide, whatever its name says.
pub(super) fn is_innocent(value: &str) -> bool {
    let value = value.trim();
    dummy::is_dummy(value) || dummy::is_reference(value) || is_number(value) || is_switch(value) || is_path(value)
}

fn is_number(value: &str) -> bool {
    let is_plain = |byte| matches!(byte, b'0'..=b'9' | b'_' | b',' | b'.');
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    has_digit && (value.parse::<f64>().is_ok() || value.bytes().all(is_plain))
}

fn is_switch(value: &str) -> bool {
    const WORDS: &[&str] = &["true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined"];
    WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn is_path(value: &str) -> bool {
    if value.contains(['\n', '\r']) {
        return false;
    }
    let bytes = value.as_bytes();
    let is_drive = bytes.len() >= 3 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'/' | b'\\');
    // base64 starts with a `/` too
    let is_rooted = value.starts_with('/') && !value.contains(['+', '=']);
    let is_relative = ["./", "../", "~/", "~\\", ".\\", "..\\", "\\\\", "$HOME/", "${HOME}/", "%"].iter().any(|start| {
        value
            .strip_prefix(start)
            .is_some_and(|rest| *start != "%" || rest.split_once('%').is_some_and(|(_, rest)| rest.starts_with('\\')))
    });
    is_drive || is_rooted || is_relative || is_file(value)
}

/// `keys/private.pem`, `token.txt`.
fn is_file(value: &str) -> bool {
    const ENDS: &[&str] = &[
        "asc", "cer", "cfg", "conf", "crt", "db", "der", "env", "gpg", "ini", "js", "json", "jsonl", "jwk", "kdbx", "key",
        "keystore", "log", "p12", "p8", "pem", "pfx", "ppk", "pub", "py", "sh", "sqlite", "toml", "ts", "txt", "xml", "yaml",
        "yml",
    ];
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '\\' | '.' | '_' | '-' | ' ' | '~');
    value.len() <= 4096
        && value.chars().all(is_plain)
        && value.rsplit_once('.').is_some_and(|(_, end)| ENDS.iter().any(|known| end.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_numbers_and_switches_are_innocent_and_base64_is_not() {
        for yes in [
            "/home/dev/.keys/k.pem",
            "./k",
            "~/.ssh/id_rsa",
            "C:\\k.pem",
            "keys/private.pem",
            "4096",
            "-1.5",
            "1_000",
            "true",
            "Off",
            "none",
            "%APPDATA%\\k",
            "",
        ] {
            assert!(is_innocent(yes), "{yes}");
        }
        for no in ["FAKE/FAKE+FAKE/FAKE+FAKE/FAKE+FAKE/FAKE+", "/FAKE+FAKE/FAKE=", "hunter2", "1a", "inf", "a.b", "p%40ss"] {
            assert!(!is_innocent(no), "{no}");
        }
    }
}
