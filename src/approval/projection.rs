//! What an approval covers: the meaning of one server's entry, not its bytes. Reformatting and reordering leave it alone; any
//! other change makes another digest.

use sha2::{Digest, Sha256};

use crate::client::{Scope, Server, Value};
use crate::escape::shown;
use crate::mask;
use crate::project::Inject;
use crate::secrecy;
use crate::var::VarName;

/// One server as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    pub client: String,
    pub scope: Scope,
    /// The file as the user knows it: relative to the project, or from `~`.
    pub file: String,
    pub server: String,
    /// The directory of an entry that a user's file keeps for one project.
    pub context: Option<String>,
    /// What it would get, sorted, each once, with the way it may go.
    pub variables: Vec<(VarName, Inject)>,
    pub digest: [u8; 32],
}

/// One part of an entry, as it is shown: `args[1]`, and its text with secrets masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub part: String,
    pub text: String,
}

impl Projection {
    /// Makes the projection of a server that `client` declares in `file`. `variables` is what it asks for and may have.
    #[must_use]
    pub fn new(client: &str, scope: Scope, file: &str, server: &Server, mut variables: Vec<(VarName, Inject)>) -> Self {
        variables.sort_by(|a, b| a.0.cmp(&b.0));
        variables.dedup();
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(b"mcpenv server 1");
        part(client.as_bytes());
        part(if scope == Scope::Project { b"project" } else { b"user" });
        part(file.as_bytes());
        part(server.name.as_bytes());
        part(server.context.as_deref().unwrap_or("").as_bytes());
        part(&server.entry.canonical());
        for (name, inject) in &variables {
            part(name.as_str().as_bytes());
            part(inject.word().as_bytes());
        }
        Self {
            client: client.to_owned(),
            scope,
            file: file.to_owned(),
            server: server.name.clone(),
            context: server.context.clone(),
            variables,
            digest: hash.finalize().into(),
        }
    }

    /// Whether both speak of the same entry, whatever it says.
    #[must_use]
    pub fn is_same_entry(&self, client: &str, scope: Scope, file: &str, server: &str, context: Option<&str>) -> bool {
        self.client == client
            && self.scope == scope
            && self.file == file
            && self.server == server
            && self.context.as_deref() == context
    }
}

/// The digest of what a project wishes as a whole: the list of clients.
#[must_use]
pub fn wishes_digest(clients: Option<&[String]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"mcpenv clients 1");
    match clients {
        None => hash.update([0]),
        Some(names) => {
            let mut names: Vec<_> = names.iter().collect();
            names.sort();
            names.dedup();
            for name in names {
                hash.update([1]);
                hash.update((name.len() as u64).to_be_bytes());
                hash.update(name.as_bytes());
            }
        }
    }
    hash.finalize().into()
}

/// Whether a text names a variable, in the form of this client or of another: such a text holds no secret, and is shown.
fn is_reference(text: &str) -> bool {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    text.contains("${") || text.contains("{env:") || text.strip_prefix('$').is_some_and(is_name)
}

/// The parts of an entry for showing them. Made only for whoever looks: the hook compares digests.
#[must_use]
pub fn lines(entry: &Value) -> Vec<Line> {
    let leaves = entry.leaves();
    let before = |n: usize| {
        n.checked_sub(1).and_then(|n| leaves.get(n)).filter(|(part, _)| is_argument(part)).map(|(_, text)| text.as_str())
    };
    leaves.iter().enumerate().map(|(n, (part, text))| line(part, text, before(n))).collect()
}

/// Whether a part is one of a command line's words: some clients have them in one list with the command.
fn is_argument(part: &str) -> bool {
    ["args[", "command[", "command.args["].iter().any(|list| part.starts_with(list))
}

fn line(part: &str, text: &str, before: Option<&str>) -> Line {
    let is_secret =
        !is_reference(text) && part.rsplit(['.', '/']).next().is_some_and(secrecy::names_a_secret) && !text.is_empty();
    let is_variable_name =
        matches!(part.split(['.', '[']).next(), Some("env_vars" | "env_http_headers" | "bearer_token_env_var"));
    let text = match part {
        "command" | "cmd" | "command.path" => mask::masked_command(text),
        _ if is_argument(part) => mask::masked_argument(before, text),
        _ if is_secret && !is_variable_name => mask::masked(text.as_bytes()),
        _ => mask::masked_tokens(text),
    };
    Line { part: shown(part).into_owned(), text: shown(&text).into_owned() }
}
