//! Kiro: the program and its command line.
//!
//! Files: `.kiro/settings/mcp.json` in the project, `~/.kiro/settings/mcp.json` for the user; the project wins.
//! References: `${NAME}` in command, args, env, url and headers, and only for names that the user approved in Kiro
//! (`kiroAgent.mcpApprovedEnvVars`).
//! Unset or not approved: the text stays, and a server answers 401. `disabled` switches a server off. Comments are refused.
//! What a stdio server inherits is not documented.
//! Source: kiro.dev/docs/mcp, the pages on configuration and security (2026). Closed source.

use super::contract::{Client, Declaration, Kind, Place, ReadError, Scope, Server, UserDirs};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::{PARTS, Shape};
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::Surroundings;
use super::text::Text;

pub(super) struct Kiro;

const DIALECT: Dialect = Dialect { forms: &[(Form::Braced, Kind::Env)], ..Dialect::NONE };

const SHAPE: Shape = Shape { dialect: &DIALECT, types: &[], filled: PARTS, switches: &[("disabled", true)], ..Shape::PLAIN };

const LISTING: Listing = Listing { key: "mcpServers", comments: Comments::Refused, shape: &SHAPE };

const WRITING: Writing = Writing {
    reference: Some(("${", "}")),
    parts: PARTS,
    note: Some("Kiro fills it once you approve the name there"),
    ..Writing::NONE
};

impl Client for Kiro {
    fn name(&self) -> &'static str {
        "kiro"
    }

    fn title(&self) -> &'static str {
        "Kiro"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            reference: Some(("${NAME}", "command, args, env, url and headers")),
            condition: Some("Kiro has its name in `kiroAgent.mcpApprovedEnvVars`"),
            ..Surroundings::MENU
        }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let home = user.home.join(".kiro").join("settings");
        vec![Place::project(".kiro/settings/mcp.json"), Place::user(home.join("mcp.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}
