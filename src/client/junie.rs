//! Junie, the agent of `JetBrains`.
//!
//! Files: `.junie/mcp/mcp.json` in the project, `~/.junie/mcp/mcp.json` for the user; the project wins.
//! References: none is documented, so what looks like one counts as text. There is no `type`: a command or a url decides.
//! Unset, comments, and what a stdio server inherits: not documented.
//! Source: junie.jetbrains.com, "MCP configuration" of the Junie CLI, as others quote it (2026). Closed source.

use super::contract::{Client, Declaration, Place, ReadError, Scope, UserDirs};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::Shape;
use super::surroundings::Surroundings;
use super::text::Text;

pub(super) struct Junie;

const SHAPE: Shape = Shape { types: &[], ..Shape::PLAIN };

const LISTING: Listing = Listing { key: "mcpServers", comments: Comments::Allowed, shape: &SHAPE };

impl Client for Junie {
    fn name(&self) -> &'static str {
        "junie"
    }

    fn title(&self) -> &'static str {
        "Junie"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings::MENU
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let home = user.home.join(".junie").join("mcp");
        vec![Place::project(".junie/mcp/mcp.json"), Place::user(home.join("mcp.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }
}
