//! Values that stand for one: what a template or a guide has where the reader's own value belongs. Knows the value alone.

/// Words that stand for a value when nothing else is there.
const WORDS: &[&str] =
    &["changeme", "changeit", "replaceme", "placeholder", "todo", "tbd", "fixme", "dummy", "example", "sample", "redacted"];

/// What a value is called; two such words and no other are no value.
const CALLED: &[&str] = &[
    "a", "access", "add", "an", "api", "apikey", "auth", "bearer", "client", "enter", "for", "goes", "here", "insert", "key",
    "my", "of", "own", "password", "paste", "pat", "personal", "put", "replace", "secret", "the", "this", "to", "token", "value",
    "with", "your", "yours",
];

/// How a request to fill something in begins.
const REQUESTS: &[&str] = &["insert", "replace", "enter", "paste", "your", "yours"];

/// A stand-in whatever it stands for: nothing at all, a name in pointed brackets, marks, a request to the reader.
#[must_use]
pub fn is_obvious(text: &str) -> bool {
    let text = text.trim();
    let known = text.to_ascii_lowercase();
    let is_marked = text.chars().count() >= 3 && text.chars().all(|c| MARKS.contains(&c)) && text != "---";
    let request = known.trim_start_matches(['{', '[', '<']);
    text.is_empty()
        || is_marked
        || text.len() > 2 && text.starts_with('<') && text.ends_with('>') && !text.contains(['"', '='])
        || ["changeme", "replaceme", "placeholder"].contains(&known.replace(['_', '-', ' '], "").as_str())
        || ["your_", "your-", "your "].iter().any(|start| request.starts_with(start))
}

/// What a value holds where its secret belongs: a request, marks, or a name in brackets. A reference of a client is none.
#[must_use]
pub fn is_dummy(text: &str) -> bool {
    let text = text.trim();
    if is_obvious(text) {
        return true;
    }
    if is_reference(text) {
        return false;
    }
    let known = text.to_ascii_lowercase();
    if WORDS.contains(&known.replace(['_', '-', ' ', '.', '!'], "").as_str()) || is_marks(text) {
        return true;
    }
    if is_bracketed(text) || is_request(&known) {
        return true;
    }
    // the form of a token, with nothing behind it: `ghp_xxxx`, `sk-...`, `xoxb-<token>`
    is_prefixed_marks(text)
        || text.rfind(['_', '-', '.', ' ']).is_some_and(|at| {
            let (before, rest) = (&text[..=at], &text[at + 1..]);
            before.len() <= 16 && before.starts_with(|c: char| c.is_ascii_alphabetic()) && is_bracketed(rest)
        })
}

const MARKS: [char; 9] = ['x', 'X', '*', '.', '•', '…', '?', '-', '_'];

/// Nothing but marks, three of them at least, or one character all along, as in `00000000-0000`.
fn is_marks(text: &str) -> bool {
    let is_long = text.chars().count() >= 3 || text == "…";
    let first = text.chars().next();
    is_long
        && (text.chars().all(|c| MARKS.contains(&c)) || text.chars().all(|c| c == '-' || c.is_alphanumeric() && Some(c) == first))
}

/// A vendor's prefix, and then marks only: `github_pat_xxxxxxxxxx`, `AKIAXXXXXXXXXXXXXXXX`.
fn is_prefixed_marks(text: &str) -> bool {
    let rest = text.trim_end_matches(MARKS);
    let tail = &text[rest.len()..];
    let is_prefix =
        rest.len() <= 16 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    // a word may end in one of them by chance
    is_prefix && (tail.len() >= 4 && tail.starts_with(['_', '-']) || tail.chars().count() >= 6)
}

/// A name in brackets, with or without a template's second pair.
fn is_bracketed(text: &str) -> bool {
    [('<', '>'), ('[', ']'), ('{', '}')]
        .iter()
        .any(|(open, close)| text.len() > 2 && text.starts_with(*open) && text.ends_with(*close) && !text.contains(['"', ':']))
}

/// `YOUR_API_KEY`, `sk-your-key-here`, `put the token here`.
fn is_request(known: &str) -> bool {
    let words: Vec<&str> = known.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let called = words.iter().filter(|word| CALLED.contains(*word)).count();
    let is_all = words.len() >= 2 && called == words.len();
    is_all
        || called >= 2
            && (words.last() == Some(&"here")
                || words.contains(&"your")
                || words.first().is_some_and(|first| REQUESTS.contains(first)))
}

/// Whether something is filled in there: by a client, by mcpenv, by a shell. A `$` amid other letters is a part of many a password.
#[must_use]
pub fn has_reference(text: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    text.contains("${") || text.contains("%{") || text.strip_prefix('$').is_some_and(is_name)
}

/// Whether a text is a reference that somebody else resolves, and holds nothing itself.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    let text = text.trim();
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let is_closed =
        |open: &str, close: &str| text.len() > open.len() + close.len() && text.starts_with(open) && text.ends_with(close);
    is_closed("${", "}")
        || is_closed("{{", "}}")
        || is_closed("$(", ")")
        || is_closed("`", "`")
        || (is_closed("{", "}") && !text.contains('"'))
        || text.strip_prefix("$env:").is_some_and(is_name)
        || text.strip_prefix('$').is_some_and(is_name)
        || text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')).is_some_and(is_name)
        || ["op://", "vault://", "keychain://", "keyring://", "secret://", "file:", "env:"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_value_is_known() {
        for yes in [
            "",
            " ",
            "<your token>",
            "<TOKEN>",
            "YOUR_TOKEN",
            "YOUR_API_KEY_HERE",
            "your-api-key",
            "changeme",
            "CHANGE_ME",
            "replace-me",
            "xxx",
            "XXXXXXXX",
            "...",
            "***",
            "••••••••",
            "sk-...",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "github_pat_xxxxxxxx",
            "AKIAXXXXXXXXXXXXXXXX",
            "sk-ant-admin01-xxxxxxxxxxxx",
            "sk-your-key-here",
            "xoxb-your-bot-token",
            "xoxb-<token>",
            "insert your token here",
            "my_api_key",
            "[TOKEN]",
            "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            "00000000-0000-0000-0000-000000000000",
            "API_KEY",
            "todo",
            "put-key-here",
        ] {
            assert!(is_dummy(yes), "{yes}");
        }
    }

    #[test]
    fn a_value_is_no_dummy() {
        for no in [
            "$MY_TOKEN",
            "${API_KEY}",
            "hunter2",
            "not-a-real-passw0rd",
            "b7f3-not-a-known-format-91ac",
            "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE",
            "p%40ss-not-real",
            "00000000-fade-4fad-8fad-00000000fade",
            "sbp_fadefadefadefadefadefadefadefadefadefade",
            "correct horse battery staple",
            "sk-ak-NOTREALNOTREALNOTREAL",
            "FAKE/FAKE+FAKE/FAKE+FAKE/FAKE+FAKE/FAKE+",
            "abc",
            "eu",
            "the-quick-brown-fox",
            "a-b",
            "max",
            "my-fake-password",
            "summer-2222",
            "hunter2...",
            "a!@#$%",
            "secret",
            "the-fake-key",
        ] {
            assert!(!is_dummy(no), "{no}");
        }
    }

    #[test]
    fn what_may_be_a_value_elsewhere_is_no_obvious_stand_in() {
        for no in ["token", "api", "8888", "example", "set", "[a]", "{}", "x"] {
            assert!(!is_obvious(no), "{no}");
        }
    }

    #[test]
    fn references_of_all_kinds_are_known() {
        for yes in ["${A}", "$A", "%A%", "${{ secrets.A }}", "{{a.b}}", "{env:A}", "{tok}", "$(pass a)", "op://a/b/c", "$env:A"] {
            assert!(is_reference(yes), "{yes}");
        }
        for no in ["a$b", "$", "$1", "{\"a\": \"b\"}", "5%", "p%40ss"] {
            assert!(!is_reference(no), "{no}");
        }
    }
}
