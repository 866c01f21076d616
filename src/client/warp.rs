//! Warp.
//!
//! Files: `.warp/.mcp.json` in the project, `~/.warp/.mcp.json` for the user; the project wins. `mcpServers` may be left out, and
//! the whole file is the map of servers then.
//! References: none is documented, so what looks like one counts as text. What is pasted into the program lies in its own store.
//! Unset, comments, and what a stdio server inherits: not documented.
//! Source: docs.warp.dev, the page on MCP (2026), and for the places third parties. Closed source.

use super::contract::{Client, Declaration, Place, ReadError, Scope, UserDirs};
use super::document::json::Comments;
use super::document::tree::Spot;
use super::entry::shape::Shape;
use super::entry::telling::Telling;
use super::surroundings::Surroundings;
use super::text::Text;

pub(super) struct Warp;

const SHAPE: Shape = Shape::PLAIN;

impl Client for Warp {
    fn name(&self) -> &'static str {
        "warp"
    }

    fn title(&self) -> &'static str {
        "Warp"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings::MENU
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        vec![Place::project(".warp/.mcp.json"), Place::user(user.home.join(".warp").join(".mcp.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let document = text.json()?;
        let mut telling = Telling::json(document, Comments::Allowed);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        if root.child("mcpServers").is_some() {
            if let Some(servers) = telling.map(&root, "mcpServers") {
                telling.servers(&servers, &SHAPE, None);
            }
        } else if root.children().any(|(_, entry)| is_entry(&entry)) {
            telling.servers(&root, &SHAPE, None);
        }
        telling.end()
    }
}

fn is_entry(spot: &Spot<'_, '_>) -> bool {
    spot.child("command").is_some() || spot.child("url").is_some()
}
