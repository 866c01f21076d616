//! GitHub Copilot CLI.
//!
//! Files: `.github/mcp.json` and `.mcp.json` in the project, both over `mcp-config.json` in `$COPILOT_HOME` (`~/.copilot`). It
//! takes every `.mcp.json` from the directory it is started in up to the root of the repository, the nearer one first; here the
//! project's own counts.
//! References: `$NAME`, `${NAME}` and `${NAME:-default}` in command, args, env and headers, not in a url.
//! Unset: the text stays. Comments are refused.
//! A stdio server inherits a list of harmless names and what the entry names.
//! Source: docs.github.com, "Adding MCP servers" of the Copilot CLI; github/copilot-cli #903; microsoft/apm's table, checked with
//! 1.0.44. Closed source.

use super::contract::{Client, Declaration, Kind, Place, ReadError, Scope, Server, Transport, UserDirs};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::{Part, Shape};
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct CopilotCli;

const DIALECT: Dialect =
    Dialect { forms: &[(Form::Bare, Kind::Env), (Form::Braced, Kind::Env), (Form::Defaulted, Kind::Env)], ..Dialect::NONE };

/// The values of `type`, which the agent on GitHub has too.
pub(super) const TYPES: &[(&str, Transport)] =
    &[("local", Transport::Stdio), ("stdio", Transport::Stdio), ("http", Transport::Http), ("sse", Transport::Sse)];

const SHAPE: Shape =
    Shape { dialect: &DIALECT, types: TYPES, filled: &[Part::Command, Part::Args, Part::Env, Part::Headers], ..Shape::PLAIN };

const LISTING: Listing = Listing { key: "mcpServers", comments: Comments::Refused, shape: &SHAPE };

const WRITING: Writing =
    Writing { reference: Some(("${", "}")), parts: &[Part::Command, Part::Args, Part::Env, Part::Headers], ..Writing::NONE };

impl Client for CopilotCli {
    fn name(&self) -> &'static str {
        "copilot-cli"
    }

    fn title(&self) -> &'static str {
        "Copilot CLI"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            inherits: Inherits::Few,
            reference: Some(("${NAME}", "command, args, env and headers")),
            ..Surroundings::SHELL
        }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let home = user.named("COPILOT_HOME", || user.home.join(".copilot"));
        vec![Place::project(".github/mcp.json"), Place::project(".mcp.json"), Place::user(home.join("mcp-config.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}
