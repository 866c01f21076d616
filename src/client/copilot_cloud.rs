//! The Copilot agent that works on GitHub's machines. No client of this machine: what it needs is kept with the repository on
//! GitHub, and nothing can be exported to it.
//!
//! References: `$NAME`, `${NAME}` and `${NAME:-default}` in every text but `tools` and `type`, for names that begin with
//! `COPILOT_MCP_`. Other names are filled in args from the `env` of the same entry, and are text elsewhere. No comments.
//! Source: docs.github.com, "Extending Copilot cloud agent with MCP".

use super::contract::{Client, Declaration, Kind, Place, ReadError, Scope, UserDirs};
use super::copilot_cli::TYPES;
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::{PARTS, Part, Rest, Shape};
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct CopilotCloud;

const DIALECT: Dialect = Dialect {
    forms: &[(Form::Bare, Kind::Remote), (Form::Braced, Kind::Remote), (Form::Defaulted, Kind::Remote)],
    prefix: "COPILOT_MCP_",
    ..Dialect::NONE
};

const SHAPE: Shape = Shape {
    dialect: &DIALECT,
    types: TYPES,
    filled: PARTS,
    rest: Rest::Texts(&["tools", "type"]),
    own: (&[Part::Args], &[Form::Bare, Form::Braced, Form::Defaulted]),
    ..Shape::PLAIN
};

const LISTING: Listing = Listing { key: "mcpServers", comments: Comments::Refused, shape: &SHAPE };

impl Client for CopilotCloud {
    fn name(&self) -> &'static str {
        "copilot-cloud"
    }

    fn title(&self) -> &'static str {
        "Copilot on GitHub"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            inherits: Inherits::Unknown,
            reference: Some(("$COPILOT_MCP_NAME", "every text, from what GitHub keeps")),
            ..Surroundings::SHELL
        }
    }

    fn places(&self, _: &UserDirs<'_>) -> Vec<Place> {
        Vec::new()
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }
}
