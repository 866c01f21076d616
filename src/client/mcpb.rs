//! A `manifest.json` of an MCP bundle (MCPB, formerly DXT). No client: it says what the server in the bundle needs.
//!
//! One server, under `server.mcp_config`. The host fills `${user_config.KEY}`, `${__dirname}` and its like, and keeps what the user
//! said. A variable of `env` that is filled from `user_config` is asked for by its own name, for whoever runs the bundle without
//! such a host.
//! Source: modelcontextprotocol/mcpb, `MANIFEST.md`, version 0.3.

use std::collections::HashSet;

use super::contract::{Client, Declaration, Place, ReadError, Scope, UserDirs};
use super::document::json::Comments;
use super::document::tree::{Spot, Tree};
use super::entry::shape::{PARTS, Shape};
use super::entry::telling::{Input, Telling};
use super::reference::dialect::Dialect;
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct Mcpb;

const DIALECT: Dialect = Dialect {
    given: &["user_config", "__dirname", "HOME", "DESKTOP", "DOCUMENTS", "DOWNLOADS", "pathSeparator", "/"],
    ..Dialect::NONE
};

const SHAPE: Shape = Shape { dialect: &DIALECT, types: &[], filled: PARTS, ..Shape::PLAIN };

impl Client for Mcpb {
    fn name(&self) -> &'static str {
        "mcpb"
    }

    fn title(&self) -> &'static str {
        "MCP bundle"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { inherits: Inherits::Few, ..Surroundings::MENU }
    }

    fn places(&self, _: &UserDirs<'_>) -> Vec<Place> {
        Vec::new()
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let document = text.json()?;
        let mut telling = Telling::json(document, Comments::Refused);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        let Some(server) = telling.map(&root, "server") else { return telling.end() };
        let Some(config) = telling.map(&server, "mcp_config") else { return telling.end() };
        let name = root.child("name").and_then(|name| name.text()).unwrap_or("");
        let asked = telling.map(&root, "user_config");
        let Some(mut draft) = telling.server(name, config.clone(), &SHAPE, None, HashSet::new()) else { return telling.end() };
        let env = config.child("env");
        for (name, entry) in env.iter().flat_map(Spot::children) {
            let Some(key) = entry.text().and_then(asked_for) else { continue };
            let said = asked.as_ref().and_then(|asked| asked.child(key));
            let is = |what: &str| {
                said.as_ref().and_then(|said| said.child(what)).is_some_and(|spot| matches!(spot.node.tree, Tree::Bool(true)))
            };
            let default = said.as_ref().and_then(|said| said.child("default")).filter(|default| default.text().is_some());
            let input = Input {
                name,
                default: default.as_ref().and_then(Spot::text),
                default_at: default.map(|default| default.pointer),
                is_required: is("required"),
                is_secret: is("sensitive"),
                is_variable: true,
            };
            telling.declare(&mut draft, &entry, &input);
        }
        telling.told.servers.push(draft.server);
        telling.end()
    }
}

/// The key of the first `${user_config.KEY}` in a text.
fn asked_for(text: &str) -> Option<&str> {
    let rest = text.split_once("${user_config.")?.1;
    Some(rest.split_once('}')?.0).filter(|key| !key.is_empty())
}
