//! Goose.
//!
//! Files: none in the project; `~/.config/goose/config.yaml` (on Windows `Block\goose\config\config.yaml` in `%APPDATA%`).
//! References: `env_keys` names variables, each looked for in the environment, then in the keyring, then in `secrets.yaml`.
//! `$NAME` and `${NAME}` count in headers only, and are filled from `envs` and `env_keys`, never from the environment.
//! Unset: an extension whose key is found nowhere does not start. Servers that speak SSE are refused. `enabled` switches an
//! extension off.
//! A stdio server inherits the whole environment, then `envs`, then `env_keys`.
//! Source: block/goose, `crates/goose/src/agents/extension_manager.rs`; block.github.io/goose, the page on config files.

use super::contract::{Client, Declaration, Keys, Kind, Place, ReadError, Scope, Server, Transport, UserDirs};
use super::document::tree::{Source, Spot};
use super::document::yaml;
use super::entry::shape::{Part, Shape};
use super::entry::telling::Telling;
use super::reference::form::Form;
use super::reference::writing::{Move, Writing};
use super::surroundings::Surroundings;
use super::text::Text;

pub(super) struct Goose;

const KEYS: Keys = Keys { command: "cmd", env: "envs", url: &["uri"], ..Keys::USUAL };

const SHAPE: Shape = Shape {
    keys: &KEYS,
    types: &[
        ("stdio", Transport::Stdio),
        ("streamable_http", Transport::Http),
        ("sse", Transport::Sse),
        ("builtin", Transport::Builtin),
        ("platform", Transport::Builtin),
        ("frontend", Transport::Builtin),
    ],
    own: (&[Part::Headers], &[Form::Bare, Form::Braced]),
    is_passed_own: true,
    switches: &[("enabled", false)],
    ..Shape::PLAIN
};

const WRITING: Writing = Writing {
    reference: Some(("${", "}")),
    parts: &[Part::Headers],
    moves: &[Move::EnvToNames("env_keys")],
    named_in: Some("env_keys"),
    ..Writing::NONE
};

impl Client for Goose {
    fn name(&self) -> &'static str {
        "goose"
    }

    fn title(&self) -> &'static str {
        "Goose"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { reference: Some(("NAME", "env_keys")), ..Surroundings::SHELL }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let on_windows = |roaming: &std::path::Path| roaming.join("Block").join("goose").join("config");
        let home = user.roaming.map_or_else(|| user.dot_config().join("goose"), on_windows);
        vec![Place::user(home.join("config.yaml"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let source = Source::new(text.bytes())?;
        let document = yaml::parse(&source)?;
        let mut telling = Telling::new(&document);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        let Some(extensions) = telling.map(&root, "extensions") else { return telling.end() };
        for (name, spot) in extensions.children() {
            let keys = if spot.is_map() { telling.list(&spot, "env_keys") } else { Vec::new() };
            let passed = keys.iter().filter_map(Spot::text).collect();
            let Some(mut draft) = telling.server(name, spot, &SHAPE, None, passed) else { continue };
            for key in &keys {
                match key.text() {
                    Some(name) => telling.refer(&mut draft, key, name, Kind::Store, None),
                    None => telling.warn("wrong-type", &key.pointer),
                }
            }
            if draft.server.transport == Transport::Sse {
                telling.warn("client-rejects", &draft.server.pointer);
            }
            telling.told.servers.push(draft.server);
        }
        telling.end()
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}
