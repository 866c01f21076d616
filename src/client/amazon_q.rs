//! Amazon Q Developer CLI.
//!
//! Files: `.amazonq/mcp.json` in the project; `~/.aws/amazonq/mcp.json` and the agents in `~/.aws/amazonq/cli-agents` for the
//! user; the project wins.
//! References: `${env:NAME}` in the values of `env`, and nowhere else.
//! Unset: the text `${NAME}`, without the `env:`. `disabled` switches a server off. Comments are refused.
//! A stdio server inherits the whole environment, then `env`.
//! Source: aws/amazon-q-developer-cli, `crates/chat-cli/src/cli/chat/tools/custom_tool.rs`.

use super::contract::{Client, Declaration, Kind, Place, ReadError, Scope, Server, UserDirs};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::{Part, Shape};
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::Surroundings;
use super::text::Text;

pub(super) struct AmazonQ;

const DIALECT: Dialect = Dialect { forms: &[(Form::Env, Kind::Env)], ..Dialect::NONE };

const SHAPE: Shape = Shape { dialect: &DIALECT, filled: &[Part::Env], switches: &[("disabled", true)], ..Shape::PLAIN };

const LISTING: Listing = Listing { key: "mcpServers", comments: Comments::Refused, shape: &SHAPE };

const WRITING: Writing = Writing { reference: Some(("${env:", "}")), parts: &[Part::Env], ..Writing::NONE };

impl Client for AmazonQ {
    fn name(&self) -> &'static str {
        "amazon-q"
    }

    fn title(&self) -> &'static str {
        "Amazon Q"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { reference: Some(("${env:NAME}", "env")), ..Surroundings::SHELL }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let home = user.home.join(".aws").join("amazonq");
        vec![
            Place::project(".amazonq/mcp.json"),
            Place::user(home.join("mcp.json")),
            Place::user(home.join("cli-agents")).each(&["json"]),
        ]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}
