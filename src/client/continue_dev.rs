//! Continue.
//!
//! Files: each `.yaml`, `.yml` and `.json` in `.continue/mcpServers` in the project; `~/.continue/config.yaml`
//! (`$CONTINUE_GLOBAL_DIR`) for the user. Both are listed side by side. In YAML `mcpServers` is a list; a JSON file has the map
//! that other clients have. A block of the hub has `uses`, and `with` for its inputs.
//! References: `${{ secrets.NAME }}` anywhere in an entry, from `~/.continue/.env`, the project's `.env`, Continue's own service,
//! and last from the environment: a stale file wins over what is exported. `${{ inputs.NAME }}` is answered by whoever takes a
//! block in.
//! Unset: the text stays. What a stdio server inherits was not found. Anchors and aliases count in YAML.
//! Source: continuedev/continue, `docs/customize/deep-dives/mcp.mdx` and `core/config/yaml/LocalPlatformClient.ts`.

use std::collections::HashSet;
use std::path::Path;

use super::contract::{Client, Declaration, Keys, Kind, Place, Precedence, ReadError, Scope, Server, UserDirs};
use super::document::tree::{Document, Source, Spot};
use super::document::yaml;
use super::entry::shape::{PARTS, Rest, Shape};
use super::entry::telling::Telling;
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::Surroundings;
use super::text::Text;

pub(super) struct Continue;

const KEYS: Keys = Keys { headers: &["requestOptions.headers", "headers"], ..Keys::USUAL };

const DIALECT: Dialect = Dialect { forms: &[(Form::Secrets, Kind::Secret), (Form::Inputs, Kind::Input)], ..Dialect::NONE };

const SHAPE: Shape = Shape { dialect: &DIALECT, keys: &KEYS, filled: PARTS, rest: Rest::TextsAndKeys, ..Shape::PLAIN };

/// A block of the hub: `with` is what its server gets in its environment.
const BLOCK_KEYS: Keys = Keys { env: "with", ..KEYS };

const BLOCK: Shape = Shape { keys: &BLOCK_KEYS, ..SHAPE };

const WRITING: Writing = Writing {
    reference: Some(("${{ secrets.", " }}")),
    parts: PARTS,
    is_everywhere: true,
    note: Some("Continue takes it from `~/.continue/.env` or the project's `.env` first, if it stands there"),
    ..Writing::NONE
};

impl Client for Continue {
    fn name(&self) -> &'static str {
        "continue"
    }

    fn title(&self) -> &'static str {
        "Continue"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            reference: Some(("${{ secrets.NAME }}", "every text")),
            condition: Some("no `.env` of Continue or of the project has another value for it"),
            ..Surroundings::MENU
        }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let home = user.named("CONTINUE_GLOBAL_DIR", || user.home.join(".continue"));
        vec![Place::project(".continue/mcpServers").each(&["yaml", "yml", "json"]), Place::user(home.join("config.yaml"))]
    }

    /// Without a name, the first character says which format this is.
    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let bytes = text.bytes();
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
        let start = start.trim_start_matches('\u{feff}').trim_start();
        if start.starts_with(['{', '[']) || start.starts_with("//") || start.starts_with("/*") {
            read_json(text)
        } else {
            read_yaml(text)
        }
    }

    fn tell_at(&self, file: &Path, text: &Text<'_>, scope: Scope) -> Result<Declaration, ReadError> {
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("yaml" | "yml") => read_yaml(text),
            Some("json") => read_json(text),
            _ => self.tell(text, scope),
        }
    }

    fn precedence(&self) -> Precedence {
        Precedence::Both
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}

fn read_json(text: &Text<'_>) -> Result<Declaration, ReadError> {
    tell(text.json()?)
}

fn read_yaml(text: &Text<'_>) -> Result<Declaration, ReadError> {
    let source = Source::new(text.bytes())?;
    tell(&yaml::parse(&source)?)
}

fn tell(document: &Document<'_>) -> Result<Declaration, ReadError> {
    let mut telling = Telling::new(document);
    let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
    let Some(servers) = root.child("mcpServers") else { return telling.end() };
    if servers.is_map() {
        telling.servers(&servers, &SHAPE, None);
        return telling.end();
    }
    for (index, item) in telling.list(&root, "mcpServers").into_iter().enumerate() {
        let text = |key: &str| item.child(key).and_then(|spot: Spot<'_, '_>| spot.text());
        let shape = if item.child("uses").is_some() { &BLOCK } else { &SHAPE };
        let place = index.to_string();
        let name = text("uses").or_else(|| text("name")).unwrap_or(&place);
        if let Some(draft) = telling.server(name, item.clone(), shape, None, HashSet::new()) {
            telling.told.servers.push(draft.server);
        }
    }
    telling.end()
}
