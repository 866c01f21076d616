//! Text of a project's files as it stands beside a question: nothing in it is left out, moves what is around it, or can be
//! taken for a line of ours.

use crate::client::{Server, Value};
use crate::escape::shown;
use crate::mask::{masked_argument, masked_command};

/// More blanks than this in a row are counted instead of printed: they could push the rest to where nobody looks.
const BLANKS: usize = 3;

/// A text on one line.
pub(super) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = &*shown(text);
    while let Some(start) = rest.find(char::is_whitespace) {
        let end = rest[start..].find(|c: char| !c.is_whitespace()).map_or(rest.len(), |n| start + n);
        let run = &rest[start..end];
        out.push_str(&rest[..start]);
        match run.chars().count() {
            n if n > BLANKS => out.push_str(&format!("[{n} blanks]")),
            n => out.push_str(&" ".repeat(n)),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// A word as a shell would need it, so that where it ends is seen.
pub(super) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-${}".contains(c);
    let is_bare = !text.is_empty() && text.chars().all(is_plain);
    line(&if is_bare { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) })
}

/// The command line of a server, secrets masked; `None` for a server that has none.
pub(super) fn command_line(server: &Server) -> Option<String> {
    let arguments = server.args();
    let before = [None].into_iter().chain(arguments.iter().copied().map(Some));
    let masked = arguments.iter().zip(before).map(|(argument, before)| masked_argument(before, argument));
    let words = [masked_command(server.command()?)].into_iter().chain(masked);
    Some(words.map(|text| word(&text)).collect::<Vec<_>>().join(" "))
}

/// Whether the command line or the URL has told this part of the entry already, all of it.
pub(super) fn is_told(part: &str, server: &Server) -> bool {
    let (has_command, has_url) = (server.command().is_some(), server.url().is_some());
    match part {
        _ if server.url_key() == Some(part) => true,
        "type" => match server.entry.get("type") {
            Some(Value::Text(word)) if word == "stdio" => has_command && !has_url,
            Some(Value::Text(word)) => matches!(word.as_str(), "http" | "streamable-http" | "sse") && has_url && !has_command,
            _ => false,
        },
        _ => has_command && (part == server.command_part() || is_text_argument(part, server)),
    }
}

fn is_text_argument(part: &str, server: &Server) -> bool {
    let (way, items, start) = server.arguments();
    let Some(rest) = part.strip_prefix(&way) else { return false };
    let index = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).and_then(|n| n.parse::<usize>().ok());
    match index {
        Some(index) => index >= start && matches!(items.get(index), Some(Value::Text(_))),
        None => rest.is_empty() && items.is_empty() && matches!(server.entry.get(server.keys.args), Some(Value::List(_))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Scope, find};

    #[test]
    fn only_what_the_command_line_and_the_url_say_counts_as_told() {
        for (client, text, told) in [
            ("claude-code", r#"{"mcpServers": {"a": {"command": "x", "args": ["a", 1], "serverUrl": "u"}}}"#, "command args[0]"),
            ("claude-code", r#"{"mcpServers": {"a": {"command": "x", "args": []}}}"#, "command args"),
            ("windsurf", r#"{"mcpServers": {"a": {"url": "https://h", "serverUrl": "https://evil"}}}"#, "serverUrl"),
            ("opencode", r#"{"mcp": {"a": {"command": ["x", "a"], "args": ["b"]}}}"#, "command[0] command[1]"),
            (
                "zed",
                r#"{"context_servers": {"a": {"command": {"path": "x", "args": ["a"]}, "args": ["b"]}}}"#,
                "command.path command.args[0]",
            ),
            ("goose", "extensions: {a: {cmd: x, args: [a], command: evil}}", "cmd args[0]"),
        ] {
            let server = find(client).expect(client).read(text.as_bytes(), Scope::User).expect("a file").servers.remove(0);
            let parts: Vec<String> =
                server.entry.leaves().into_iter().map(|(part, _)| part).filter(|part| is_told(part, &server)).collect();
            assert_eq!(parts.join(" "), told, "{text}");
        }
    }

    #[test]
    fn blanks_push_nothing_away_and_a_word_ends_where_it_is_seen_to_end() {
        assert_eq!(line("a  b"), "a  b");
        assert_eq!(line(&format!("a{}\u{3000}b\n", " ".repeat(70))), "a[71 blanks]b\\n");
        assert_eq!(word("x · allowed"), "'x · allowed'");
        assert_eq!((word("a b"), word(""), word("it's")), ("'a b'".into(), "''".into(), "'it'\\''s'".into()));
        assert_eq!(word("gіthub"), "'gіthub'", "letters beyond ASCII are no plain word");
    }
}
