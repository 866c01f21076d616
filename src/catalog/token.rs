//! Tokens in a text, told by their form. One pass: a form is tried only where a word starts with its prefix.

use std::ops::Range;
use std::sync::LazyLock;

use super::data::{Token, tokens};

/// A token in a text.
#[derive(Debug)]
pub struct Found {
    pub range: Range<usize>,
    pub token: &'static Token,
}

/// A private key has lines of any number: its two ends tell where it is.
const KEY: &str = "private-key-pem";

/// For each first byte, the prefixes that start with it, the longest first.
static PREFIXES: LazyLock<Vec<Vec<(&'static str, &'static Token)>>> = LazyLock::new(|| {
    let mut table = vec![Vec::new(); 256];
    for token in tokens().iter().filter(|token| !token.needs_name && token.id != KEY) {
        for prefix in &token.prefix {
            if let Some(first) = prefix.bytes().next() {
                table[usize::from(first)].push((prefix.as_str(), token));
            }
        }
    }
    table.iter_mut().for_each(|row| row.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len())));
    table
});

/// The tokens in a text whose form tells them without a name.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = private_keys(text);
    let mut at = 0;
    while at < bytes.len() {
        let row = &PREFIXES[usize::from(bytes[at])];
        if row.is_empty() || !is_start(bytes, at) {
            at += 1;
            continue;
        }
        let mut hit = row.iter().filter(|(prefix, _)| bytes[at..].starts_with(prefix.as_bytes()));
        let hit = hit.find_map(|(_, token)| Some((token.pattern.at_start(&bytes[at..])?, *token)));
        let Some((length, token)) = hit else {
            at += 1;
            continue;
        };
        // more of the same word: it is no token, and nothing in it is one
        if !bytes.get(at + length).is_some_and(|byte| is_word(*byte)) {
            found.push(Found { range: at..at + length, token });
        }
        at += length;
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether a word starts here: nothing of a word before it but an escape of a URL.
fn is_start(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| bytes[before]) else { return true };
    let is_escape = || at >= 3 && bytes[at - 3] == b'%' && bytes[at - 2..at].iter().all(u8::is_ascii_hexdigit);
    !is_word(before) || is_escape()
}

fn private_keys(text: &str) -> Vec<Found> {
    const END: &str = "PRIVATE KEY-----";
    let Some(token) = tokens().iter().find(|token| token.id == KEY) else { return Vec::new() };
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = text[rest..].find("-----BEGIN ").map(|at| rest + at) {
        rest = start + "-----BEGIN ".len();
        let Some(label) = text[rest..].find("-----").map(|at| rest + at) else { break };
        let head = label + "-----".len();
        if !text[rest..head].ends_with(END) {
            continue;
        }
        // without its end, all that follows may be a part of it
        let end = text[head..].find(END).map_or(text.len(), |at| head + at + END.len());
        found.push(Found { range: start..end, token });
        rest = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        find(text).into_iter().map(|found| format!("{} {}", found.token.id, &text[found.range])).collect()
    }

    #[test]
    fn a_token_is_found_where_a_word_starts_and_ends_with_it() {
        let pat = "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";
        for around in ["@", "x=@", "\"@\"", "https://@@h/p", "a%20@", "Bearer @,", "(@)"] {
            let text = around.replacen('@', pat, 1);
            assert_eq!(told(&text), [format!("github-pat-classic {pat}")], "{text}");
        }
        for around in ["x@", "@x", "_@", "@-x", "-@"] {
            assert!(told(&around.replacen('@', pat, 1)).is_empty(), "{around}");
        }
        assert!(told("sk-legacy-looking-thing ghp_short 00".repeat(3).as_str()).is_empty());
    }

    #[test]
    fn a_private_key_reaches_from_its_first_line_to_its_last() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----";
        assert_eq!(told(&format!("x {key} y")), [format!("private-key-pem {key}")]);
        assert_eq!(told("-----BEGIN PRIVATE KEY-----\\nAAAA"), ["private-key-pem -----BEGIN PRIVATE KEY-----\\nAAAA"]);
        assert!(told("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----").is_empty());
    }

    #[test]
    fn texts_made_to_be_slow_are_not() {
        for part in [
            "eyJ",
            "eyJ.",
            "eyJ-",
            "xoxc-/",
            "sntrys_=",
            "glc_ ",
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN ",
            "eyJaaaaaaaaaaaa.",
            "%20",
        ] {
            let _ = find(&part.repeat(2_000_000 / part.len()));
        }
    }
}
