//! Roo Code, an extension of VS Code.
//!
//! Files: `.roo/mcp.json` in the project; `mcp_settings.json` in the extension's directory under `Code/User/globalStorage` for the
//! user; the project wins.
//! References: `${env:NAME}` anywhere in an entry, keys included: it is replaced in the entry's text, so a quote in a value breaks
//! the entry, and a backslash becomes a slash. `${workspaceFolder}` is filled by Roo.
//! Unset: the text stays, and a line in the log says so. Comments are refused. `disabled` switches a server off.
//! A url must have a type, and fields of the other transport are an error.
//! A stdio server inherits the SDK's short list and what `env` sets; nothing else of the environment.
//! Source: RooCodeInc/Roo-Code, `src/services/mcp/McpHub.ts` and `src/utils/config.ts`.

use super::contract::{Client, Declaration, Kind, Place, ReadError, Scope, Server, Transport, UserDirs};
use super::document::json::Comments;
use super::entry::shape::{PARTS, Rest, Shape};
use super::entry::telling::Telling;
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct Roo;

const DIALECT: Dialect = Dialect { forms: &[(Form::Env, Kind::Env)], given: &["workspaceFolder"], ..Dialect::NONE };

const SHAPE: Shape = Shape {
    dialect: &DIALECT,
    types: &[("stdio", Transport::Stdio), ("sse", Transport::Sse), ("streamable-http", Transport::Http)],
    filled: PARTS,
    rest: Rest::TextsAndKeys,
    switches: &[("disabled", true)],
    ..Shape::PLAIN
};

/// A value goes into the entry's JSON as it is, and backslashes become slashes.
const WRITING: Writing = Writing {
    reference: Some(("${env:", "}")),
    parts: PARTS,
    is_everywhere: true,
    mangles: &["\"", "\\", "\n", "\r", "\t"],
    ..Writing::NONE
};

impl Client for Roo {
    fn name(&self) -> &'static str {
        "roo"
    }

    fn title(&self) -> &'static str {
        "Roo Code"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { inherits: Inherits::Few, reference: Some(("${env:NAME}", "every text")), ..Surroundings::MENU }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let storage = user.config.join("Code").join("User").join("globalStorage").join("rooveterinaryinc.roo-cline");
        vec![Place::project(".roo/mcp.json"), Place::user(storage.join("settings").join("mcp_settings.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let document = text.json()?;
        let mut telling = Telling::json(document, Comments::Refused);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        let Some(servers) = telling.map(&root, "mcpServers") else { return telling.end() };
        for (name, spot) in servers.children() {
            let Some(draft) = telling.server(name, spot, &SHAPE, None, std::collections::HashSet::new()) else { continue };
            let others: &[&str] = match draft.server.transport {
                Transport::Stdio => &["url", "headers"],
                Transport::Http | Transport::Sse => &["command", "args", "env"],
                Transport::Builtin | Transport::Extension | Transport::Unknown => &[],
            };
            for other in others.iter().filter_map(|key| draft.spot.child(key)) {
                telling.warn("client-rejects", &other.pointer);
            }
            if draft.server.transport == Transport::Http && draft.spot.child("type").is_none() {
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
