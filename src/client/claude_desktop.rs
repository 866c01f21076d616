//! Claude Desktop.
//!
//! Files: none in the project; `Claude/claude_desktop_config.json` in the system's configuration directory for the user.
//! References: none. What looks like one reaches the server as text; only mcp-remote fills `${NAME}` in its own headers.
//! It starts programs only, no remote servers. Comments are refused.
//! A stdio server inherits a short list (PATH, HOME and the like). The application is started from a menu, so what a shell
//! exports does not reach it at all.
//! Source: modelcontextprotocol.io, the page on debugging; microsoft/apm, which writes literal values for it. Closed source.

use super::contract::{Client, Declaration, Place, ReadError, Scope, UserDirs};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::Shape;
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct ClaudeDesktop;

const LISTING: Listing = Listing { key: "mcpServers", comments: Comments::Refused, shape: &Shape::PLAIN };

impl Client for ClaudeDesktop {
    fn name(&self) -> &'static str {
        "claude-desktop"
    }

    fn title(&self) -> &'static str {
        "Claude Desktop"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { inherits: Inherits::Few, ..Surroundings::MENU }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        vec![Place::user(user.config.join("Claude").join("claude_desktop_config.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }
}
