//! Windsurf, and the plugin of the same house for `JetBrains` programs.
//!
//! Files: none in the project; `~/.codeium/windsurf/mcp_config.json`, and `~/.codeium/mcp_config.json` for the plugin.
//! References: `${env:NAME}` and `${file:/path}` in command, args, env, serverUrl, url and headers. `serverUrl` is its own key
//! for a remote server; `url` alone may not connect.
//! Unset: not documented. `disabled` switches a server off. Comments are refused.
//! What a stdio server inherits is not documented.
//! Source: docs.windsurf.com/windsurf/cascade/mcp (2026), and for `${file:}` only third parties; closed source.

use super::contract::{Client, Declaration, Keys, Kind, Place, ReadError, Scope, Server, UserDirs};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::{PARTS, Shape};
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::Surroundings;
use super::text::Text;

pub(super) struct Windsurf;

const KEYS: Keys = Keys { url: &["serverUrl", "url"], ..Keys::USUAL };

const DIALECT: Dialect = Dialect { forms: &[(Form::Env, Kind::Env), (Form::File, Kind::File)], ..Dialect::NONE };

const SHAPE: Shape = Shape { dialect: &DIALECT, keys: &KEYS, filled: PARTS, switches: &[("disabled", true)], ..Shape::PLAIN };

const LISTING: Listing = Listing { key: "mcpServers", comments: Comments::Refused, shape: &SHAPE };

const WRITING: Writing = Writing { reference: Some(("${env:", "}")), parts: PARTS, ..Writing::NONE };

impl Client for Windsurf {
    fn name(&self) -> &'static str {
        "windsurf"
    }

    fn title(&self) -> &'static str {
        "Windsurf"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { reference: Some(("${env:NAME}", "command, args, env, serverUrl, url and headers")), ..Surroundings::MENU }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let home = user.home.join(".codeium");
        vec![Place::user(home.join("windsurf").join("mcp_config.json")), Place::user(home.join("mcp_config.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}
