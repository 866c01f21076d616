//! Codex: the CLI, its app and its extension.
//!
//! Files: `.codex/config.toml` in a trusted project; `$CODEX_HOME/config.toml` (`~/.codex`) for the user.
//! References: none in texts. Variables are named: `env_vars` (a name, or a table with `name` and `source`, which may be another
//! machine), `bearer_token_env_var`, `env_http_headers`. `env` and `http_headers` are literal.
//! Unset: left out; so is a header.
//! A stdio server inherits a short list (PATH, HOME and the like), what `env_vars` names, and `env`. A field of the other
//! transport, and `bearer_token`, make Codex refuse the file; a key that it does not know it skips. There is no SSE.
//! Source: openai/codex, `codex-rs/config/src/mcp_types.rs` and `codex-rs/rmcp-client/src/utils.rs`.

use super::contract::{Client, Declaration, Keys, Kind, Place, ReadError, Scope, Server, Transport, UserDirs};
use super::document::toml;
use super::document::tree::{Source, Spot};
use super::entry::shape::Shape;
use super::entry::telling::{Draft, Telling};
use super::reference::writing::{Move, Writing};
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct Codex;

const KEYS: Keys = Keys { headers: &["http_headers", "headers"], ..Keys::USUAL };

const SHAPE: Shape = Shape { keys: &KEYS, types: &[], switches: &[("enabled", false)], ..Shape::PLAIN };

/// Keys of stdio servers only.
const STDIO: &[&str] = &["command", "args", "env", "env_vars", "cwd"];
/// Keys of remote servers only.
const REMOTE: &[&str] = &["url", "bearer_token_env_var", "http_headers", "env_http_headers", "oauth", "oauth_resource"];
/// Keys of both.
const SHARED: &[&str] = &[
    "experimental_environment",
    "startup_timeout_sec",
    "startup_timeout_ms",
    "tool_timeout_sec",
    "enabled",
    "required",
    "supports_parallel_tool_calls",
    "default_tools_approval_mode",
    "enabled_tools",
    "disabled_tools",
    "scopes",
    "name",
    "tools",
];

const WRITING: Writing = Writing {
    moves: &[
        Move::EnvToNames("env_vars"),
        Move::BearerTo("bearer_token_env_var"),
        Move::HeaderTo("env_http_headers"),
        Move::FieldTo("bearer_token", "bearer_token_env_var"),
    ],
    ..Writing::NONE
};

impl Client for Codex {
    fn name(&self) -> &'static str {
        "codex"
    }

    fn title(&self) -> &'static str {
        "Codex"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            inherits: Inherits::Few,
            reference: Some(("NAME", "env_vars, bearer_token_env_var and env_http_headers")),
            ..Surroundings::SHELL
        }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let home = user.named("CODEX_HOME", || user.home.join(".codex"));
        vec![Place::project(".codex/config.toml"), Place::user(home.join("config.toml"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let source = Source::new(text.bytes())?;
        let document = toml::parse(&source)?;
        let mut telling = Telling::new(&document);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        let Some(servers) = telling.map(&root, "mcp_servers") else { return telling.end() };
        for (name, spot) in servers.children() {
            let passed = named(&spot).collect();
            let Some(mut draft) = telling.server(name, spot, &SHAPE, None, passed) else { continue };
            by_name(&mut telling, &mut draft);
            keys(&mut telling, &draft);
            telling.told.servers.push(draft.server);
        }
        telling.end()
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}

/// The names in `env_vars`.
fn named<'d>(spot: &Spot<'d, '_>) -> impl Iterator<Item = &'d str> {
    let items: Vec<Spot<'d, '_>> = spot.child("env_vars").iter().flat_map(Spot::items).collect();
    items.into_iter().filter_map(|item| if item.is_map() { item.child("name")?.text() } else { item.text() })
}

/// The variables that this entry names.
fn by_name(telling: &mut Telling, draft: &mut Draft<'_, '_>) {
    let spot = draft.spot.clone();
    if let Some(list) = spot.child("env_vars") {
        if !list.is_list() {
            telling.warn("wrong-type", &list.pointer);
        }
        for item in list.items() {
            let (at, source) =
                if item.is_map() { (item.child("name"), item.child("source")) } else { (Some(item.clone()), None) };
            let Some((at, name)) = at.and_then(|at| at.text().map(|name| (at, name))) else {
                telling.warn("wrong-type", &item.pointer);
                continue;
            };
            let is_remote = match source.as_ref().map(Spot::text) {
                None | Some(Some("local")) => false,
                Some(Some("remote")) => true,
                Some(_) => {
                    telling.warn("client-rejects", &item.pointer);
                    continue;
                }
            };
            telling.refer(draft, &at, name, if is_remote { Kind::Remote } else { Kind::Inherit }, None);
        }
    }
    if let Some(name) = spot.child("bearer_token_env_var") {
        text(telling, draft, &name);
    }
    if let Some(headers) = telling.map(&spot, "env_http_headers") {
        for (_, name) in headers.children() {
            text(telling, draft, &name);
        }
    }
}

fn text(telling: &mut Telling, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>) {
    match spot.text() {
        Some(name) => telling.refer(draft, spot, name, Kind::Inherit, None),
        None => telling.warn("wrong-type", &spot.pointer),
    }
}

/// Warns of keys that Codex refuses or skips.
fn keys(telling: &mut Telling, draft: &Draft<'_, '_>) {
    for (key, child) in draft.spot.children() {
        let is_refused = key == "bearer_token"
            || match draft.server.transport {
                Transport::Stdio => REMOTE.contains(&key),
                Transport::Http => STDIO.contains(&key),
                Transport::Sse | Transport::Builtin | Transport::Extension | Transport::Unknown => false,
            };
        // as of every client that does not know this switch
        let is_told = key == "disabled" && !draft.server.is_enabled;
        if is_refused {
            telling.warn("client-rejects", &child.pointer);
        } else if !is_told && !STDIO.contains(&key) && !REMOTE.contains(&key) && !SHARED.contains(&key) {
            telling.warn("client-ignores", &child.pointer);
        }
    }
}
