//! Cline, an extension of VS Code, and its command line program.
//!
//! Files: none in the project; `cline_mcp_settings.json` in the extension's directory under `Code/User/globalStorage`, in
//! `~/.cline/data/settings`, or where `$CLINE_MCP_SETTINGS_PATH` says.
//! References: none in the source that was read; third parties write `${env:NAME}`, unproven, so it counts as text.
//! A url without a type is SSE here. `disabled` switches a server off. Comments are refused.
//! A stdio server inherits the SDK's short list, PATH, and what `env` sets; nothing else of the environment.
//! Source: cline/cline, `src/services/mcp/McpHub.ts`; #3533.

use super::contract::{Client, Declaration, Place, ReadError, Scope, Transport, UserDirs};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::Shape;
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct Cline;

const SHAPE: Shape = Shape {
    types: &[("stdio", Transport::Stdio), ("sse", Transport::Sse), ("streamableHttp", Transport::Http)],
    remote: Transport::Sse,
    switches: &[("disabled", true)],
    ..Shape::PLAIN
};

const LISTING: Listing = Listing { key: "mcpServers", comments: Comments::Refused, shape: &SHAPE };

impl Client for Cline {
    fn name(&self) -> &'static str {
        "cline"
    }

    fn title(&self) -> &'static str {
        "Cline"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { inherits: Inherits::Few, ..Surroundings::MENU }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let storage = user.config.join("Code").join("User").join("globalStorage").join("saoudrizwan.claude-dev");
        let home = user.home.join(".cline").join("data").join("settings");
        vec![
            Place::user(storage.join("settings").join("cline_mcp_settings.json")),
            Place::user(user.named("CLINE_MCP_SETTINGS_PATH", || home.join("cline_mcp_settings.json"))),
        ]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }
}
