//! Finds a server by what starts it, and a variable by its name.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::data::{Advice, Server, Token, Variable, guide, servers, tokens};

/// The server that a command line or a URL starts; the one with the longest name where several fit.
#[must_use]
pub fn server_for(command: Option<&str>, args: &[&str], url: Option<&str>) -> Option<&'static Server> {
    let mut best: Option<(usize, &'static Server)> = None;
    let words = command.into_iter().chain(args.iter().copied()).chain(url);
    let words: Vec<Word<'_>> = words.filter_map(Word::new).collect();
    for server in servers() {
        for name in &server.names {
            let is_it = words.iter().any(|word| word.is(name));
            if is_it && best.is_none_or(|(length, _)| name.len() > length) {
                best = Some((name.len(), server));
            }
        }
    }
    best.map(|(_, server)| server)
}

/// A word of a command line as what it can name.
enum Word<'a> {
    /// A host, and the path behind it.
    Url(&'a str, &'a str),
    /// A package, an image or a program, without its version.
    Name(&'a str),
}

impl<'a> Word<'a> {
    fn new(word: &'a str) -> Option<Self> {
        if let Some((scheme, rest)) = word.split_once("://") {
            if !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+') {
                return None;
            }
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (authority, path) = rest.split_at(end);
            let host = authority.rsplit('@').next().unwrap_or(authority);
            let host = host.split(':').next().unwrap_or(host);
            return Some(Self::Url(host, path.split(['?', '#']).next().unwrap_or("").trim_matches('/')));
        }
        if word.is_empty() || word.starts_with('-') || word.contains(|c: char| c.is_whitespace() || matches!(c, '=' | '$' | '{'))
        {
            return None;
        }
        // `@scope/name@1.2`, `image@sha256:…`, `host:5000/image:1.2`, `package==1.2`, `package[extra]`
        let cut = |text: &'a str| {
            text.get(1..).and_then(|rest| rest.find(['@', '[', '<', '>', '~', '!'])).map_or(text, |at| &text[..=at])
        };
        let name = cut(word);
        let last = name.rfind('/').map_or(0, |at| at + 1);
        Some(Self::Name(name[last..].find(':').map_or(name, |at| &name[..last + at])))
    }

    /// Whether it is named by an entry of the list. A `.` at the end of that stands for all that go on from there.
    fn is(&self, known: &str) -> bool {
        match self {
            Self::Url(host, path) => {
                let (known_host, known_path) = known.split_once('/').unwrap_or((known, ""));
                let is_host = host.eq_ignore_ascii_case(known_host)
                    || host.len() > known_host.len()
                        && host.is_char_boundary(host.len() - known_host.len())
                        && host[host.len() - known_host.len()..].eq_ignore_ascii_case(known_host)
                        && host[..host.len() - known_host.len()].ends_with('.');
                let is_path = *path == known_path || path.strip_prefix(known_path).is_some_and(|rest| rest.starts_with('/'));
                known_host.contains('.') && !known.starts_with('@') && is_host && (known_path.is_empty() || is_path)
            }
            Self::Name(name) => {
                let name = [".exe", ".cmd", ".bat"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
                let name = name.strip_prefix("docker.io/").unwrap_or(name);
                let is_path = name.starts_with(['/', '.', '~']) || name.contains('\\');
                let name = if is_path { name.rsplit(['/', '\\']).next().unwrap_or(name) } else { name };
                *name == *known || known.ends_with('.') && name.len() > known.len() && name.starts_with(known)
            }
        }
    }
}

/// What is known of a variable.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// The servers that ask for it, as people know them.
    pub server: &'static str,
    variable: Option<&'static Variable>,
    advice: Option<&'static Advice>,
}

/// What is known of a variable of this name; of the server that asks for it, where that is known.
#[must_use]
pub fn about(name: &str, server: Option<&Server>) -> Option<About> {
    let own = server.and_then(|known| servers().iter().find(|server| server.id == known.id));
    let all = own.into_iter().chain(servers());
    let found = all.flat_map(|server| server.vars.iter().map(move |variable| (server, variable)));
    let found = found.into_iter().find(|(_, variable)| variable.name == name);
    let advice = guide().iter().find(|advice| advice.name == name);
    let server = found.map(|(server, _)| server.name.as_str()).or_else(|| advice.map(|advice| advice.server.as_str()))?;
    Some(About { server, variable: found.map(|(_, variable)| variable), advice })
}

impl About {
    /// The forms that its value has one of.
    #[must_use]
    pub fn forms(&self) -> Vec<&'static Token> {
        let ids = self.variable.map_or(&[][..], |variable| &variable.formats);
        tokens().iter().filter(|token| ids.contains(&token.id)).collect()
    }
}

/// The names that are known to hold nothing but a secret.
static BARE_SECRETS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let variables = servers().iter().flat_map(|server| &server.vars);
    let known = variables.filter(|variable| variable.is_secret && !variable.pattern.text().contains("://"));
    let advised = guide().iter().filter(|advice| advice.rotate_days.is_some() && advice.kind != "connection string");
    known.map(|variable| variable.name.as_str()).chain(advised.map(|advice| advice.name.as_str())).collect()
});

/// Whether a variable of this name is known to hold nothing but a secret, though its words may not say so.
#[must_use]
pub fn is_bare_secret(name: &str) -> bool {
    BARE_SECRETS.contains(name)
}
