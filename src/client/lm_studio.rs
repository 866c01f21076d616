//! LM Studio.
//!
//! Files: none in the project; `~/.lmstudio/mcp.json` for the user, in the notation of Cursor.
//! References: none is documented, so what looks like one counts as text.
//! Unset, comments, and what a stdio server inherits: not documented. The application is started from a menu.
//! Source: lmstudio.ai, the page on MCP (2026). Closed source.

use super::contract::{Client, Declaration, Place, ReadError, Scope, UserDirs};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::Shape;
use super::surroundings::Surroundings;
use super::text::Text;

pub(super) struct LmStudio;

const LISTING: Listing = Listing { key: "mcpServers", comments: Comments::Allowed, shape: &Shape::PLAIN };

impl Client for LmStudio {
    fn name(&self) -> &'static str {
        "lm-studio"
    }

    fn title(&self) -> &'static str {
        "LM Studio"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings::MENU
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        vec![Place::user(user.home.join(".lmstudio").join("mcp.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }
}
