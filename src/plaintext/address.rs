//! The parts of an address that can be a secret: the password before its host, a value of its query, and a path where the host
//! is known to take one. Addresses of any scheme, wherever they stand in a text without references. Judges none of them.

use std::ops::Range;

use crate::secrecy;

/// A part of an address.
#[derive(Debug)]
pub(super) struct Part<'t> {
    pub range: Range<usize>,
    pub why: &'static str,
    /// The name of a query's value.
    pub name: Option<&'t str>,
}

/// Hosts that take a secret as a part of the path, and the part before it.
const PATHS: &[(&str, &str)] = &[
    ("zapier.com", "mcp"),
    ("zapier.com", "s"),
    ("hooks.slack.com", "services"),
    ("discord.com", "webhooks"),
    ("discordapp.com", "webhooks"),
    ("api.telegram.org", ""),
];

/// Every part of every address in a text that has a secret's place.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = 0;
    while let Some(at) = text[rest..].find("://").map(|at| rest + at + 3) {
        rest = at;
        if !text[..at - 3].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let host = user_info(text, at, &mut parts);
        rest = behind_host(text, host, &mut parts);
    }
    go_dsn(text, &mut parts);
    parts
}

fn is_end(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`')
}

/// Where a piece ends that starts here and holds none of these.
fn until(text: &str, at: usize, is_end: impl Fn(char) -> bool) -> usize {
    text[at..].find(is_end).map_or(text.len(), |length| at + length)
}

/// Tells the password before the host; gives where the host starts.
fn user_info<'t>(text: &'t str, at: usize, parts: &mut Vec<Part<'t>>) -> usize {
    let end = until(text, at, |c| is_end(c) || matches!(c, '/' | '?' | '#'));
    let authority = &text[at..end];
    let (colon, host) = match (authority.find(':'), authority.rfind('@')) {
        (Some(colon), Some(host)) if colon < host => (colon, host),
        (_, Some(host)) => return at + host + 1,
        // a password may hold a `/` that should have been escaped; a port is a number
        (Some(colon), None)
            if !authority[colon + 1..].is_empty() && !authority[colon + 1..].bytes().all(|b| b.is_ascii_digit()) =>
        {
            let near = &text[..text.floor_char_boundary(end + 512)];
            let all = &near[at..until(near, end, is_end)];
            let Some(first) = all[colon..].find('@').map(|length| colon + length) else { return at };
            let last = until(all, first, |c| matches!(c, '/' | '?' | '#'));
            (colon, all[..last].rfind('@').unwrap_or(first))
        }
        _ => return at,
    };
    parts.push(Part { range: at + colon + 1..at + host, why: "url-userinfo", name: None });
    at + host + 1
}

/// Tells the values of the query and the parts of the path that a host takes a secret in; gives where the address ends.
fn behind_host<'t>(text: &'t str, host: usize, parts: &mut Vec<Part<'t>>) -> usize {
    let path = until(text, host, |c| is_end(c) || matches!(c, '/' | '?' | '#'));
    let query = until(text, path, |c| is_end(c) || matches!(c, '?' | '#'));
    in_path(text, &text[host..path], path..query, parts);
    let mut at = query;
    while text[at..].starts_with(['?', '&', '#', ';']) {
        let end = until(text, at + 1, |c| is_end(c) || matches!(c, '&' | '#' | ';'));
        if let Some((name, value)) = text[at + 1..end].split_once('=')
            && secrecy::names_a_secret(name)
        {
            parts.push(Part { range: end - value.len()..end, why: "url-query", name: Some(name) });
        }
        at = end;
    }
    at
}

fn in_path<'t>(text: &'t str, host: &str, path: Range<usize>, parts: &mut Vec<Part<'t>>) {
    let host = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
    let is_known = |known: &str| host == known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.'));
    for (_, before) in PATHS.iter().filter(|(known, _)| is_known(known)) {
        let mut at = path.start;
        let mut is_behind = before.is_empty();
        for piece in text[path.clone()].split('/') {
            let bot = piece.strip_prefix("bot").filter(|_| before.is_empty());
            let secret = if before.is_empty() { bot.unwrap_or("") } else { piece };
            let is_random = secret.len() >= 16 && secret.bytes().all(|b| b.is_ascii_graphic());
            if is_behind && is_random {
                let start = at + piece.len() - secret.len();
                parts.push(Part { range: start..at + piece.len(), why: "url-path", name: None });
                break;
            }
            is_behind |= piece == *before;
            at += piece.len() + 1;
        }
    }
}

/// `user:password@tcp(host)/db`, as Go's database drivers have it.
fn go_dsn<'t>(text: &'t str, parts: &mut Vec<Part<'t>>) {
    for net in ["@tcp(", "@unix("] {
        if let Some(at) = text.find(net)
            && let Some(colon) = text[..at].find(':')
            && !text[..at].contains([' ', '/', '"', '\''])
        {
            parts.push(Part { range: colon + 1..at, why: "url-userinfo", name: None });
        }
    }
}
