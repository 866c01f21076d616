//! The servers of `.mcpenv.toml`. What it says of one that a client's file lets mcpenv serve is laid into that entry, so that
//! both are shown and approved as one; any other stands for itself.

use std::collections::BTreeSet;
use std::path::Path;

use crate::client::{Filling, Keys, Kind, Piece, Reference, Server, Transport, Value};
use crate::header::Header;
use crate::project::{self, Project, ServerWish};
use crate::sys;
use crate::var::VarName;

/// Lays the wishes of `.mcpenv.toml` into the entry of a server that mcpenv starts, or makes headers for. False when they are
/// not this entry's.
pub(super) fn join(server: &mut Server, project: &Project) -> bool {
    let Some(wish) = project.wishes.servers.get(&server.name) else { return false };
    let is_started = server.wrapper().is_some_and(|wrapper| wrapper.is_ok_and(|w| w.server == server.name));
    let is_helped = server.helper().is_some_and(|helper| helper.is_ok_and(|h| h.server == server.name));
    if !(is_started || is_helped) || !is_of(server, project) {
        return false;
    }
    let (at, line) = (server.pointer.clone(), server.line);
    let names: Vec<_> = if is_helped { wish.names().collect() } else { wish.variables.iter().collect() };
    let names: BTreeSet<&str> = names.into_iter().map(VarName::as_str).collect();
    server.references.extend(names.into_iter().map(|name| reference(name, at.clone(), line)));
    if let Value::Map(members) = &mut server.entry
        && is_helped
    {
        members.push((project::FILE.to_owned(), Value::Map(vec![("headers".to_owned(), headers(&wish.headers))])));
    }
    true
}

/// Whether a server is this project's, as far as a command line of mcpenv in its entry says.
pub(super) fn is_of(server: &Server, project: &Project) -> bool {
    let started = server.wrapper().and_then(Result::ok).and_then(|w| w.project.map(str::to_owned));
    let helped = server.helper().and_then(Result::ok).and_then(|h| h.project);
    let is_root = |text: String| names_root(&text, server, &project.root);
    started.is_none_or(is_root) && helped.is_none_or(is_root)
}

/// Whether a text that a client fills names the project's own directory.
fn names_root(text: &str, server: &Server, root: &Path) -> bool {
    let pieces = server.filling.pieces(None, text);
    let path = match pieces.as_slice() {
        [Piece::Given { name: "workspaceFolder" | "CLAUDE_PROJECT_DIR", .. }] => return true,
        [Piece::Text(text)] => root.join(text),
        _ => return false,
    };
    path == root || sys::canonical(&path).is_ok_and(|path| path == root)
}

/// A server that only `.mcpenv.toml` declares.
pub(super) fn own_server(name: &str, wish: &ServerWish) -> Server {
    let listed = wish.variables.iter().enumerate().map(|(n, v)| (v.as_str(), format!("/servers/{name}/variables/{n}")));
    let headers_of = |h: &Header| format!("/servers/{name}/headers/{}", h.name);
    let in_headers = wish.headers.iter().flat_map(|h| h.variables().map(move |v| (v.as_str(), headers_of(h))));
    let references = listed.chain(in_headers).map(|(variable, at)| reference(variable, at, 0)).collect();
    let text = |v: &VarName| Value::Text(v.as_str().to_owned());
    let mut entry = vec![("variables".to_owned(), Value::List(wish.variables.iter().map(text).collect()))];
    if !wish.headers.is_empty() {
        entry.push(("headers".to_owned(), headers(&wish.headers)));
    }
    Server {
        name: name.to_owned(),
        pointer: format!("/servers/{name}"),
        line: 0,
        transport: Transport::Unknown,
        is_enabled: true,
        is_started: true,
        context: None,
        references,
        entry: Value::Map(entry),
        keys: &Keys::USUAL,
        filling: Filling::NONE,
        duplicate_key: None,
    }
}

fn headers(headers: &[Header]) -> Value {
    Value::Map(headers.iter().map(|header| (header.name.clone(), Value::Text(header.text.clone()))).collect())
}

fn reference(name: &str, at: String, line: usize) -> Reference {
    Reference {
        name: name.to_owned(),
        at,
        line,
        kind: Kind::Declared,
        default: None,
        default_at: None,
        is_required: true,
        is_export: true,
        is_secret: false,
    }
}
