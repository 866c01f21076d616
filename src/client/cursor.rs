//! Cursor.
//!
//! Files: `.cursor/mcp.json` in the project, `~/.cursor/mcp.json` for the user; the project wins.
//! References: `${env:NAME}` in command, args, env, url, headers, `auth` and the path in `envFile`; Cursor fills
//! `${workspaceFolder}` and its like. `${NAME}` is in no list of what it fills and is taken for text.
//! Unset: not documented. Comments: not documented, so not warned of.
//! A stdio server inherits a short list of variables and what the entry names; `envFile` is for stdio servers only.
//! Source: cursor.com/docs/mcp as others quote it (2026); Cursor is closed source.

use super::contract::{Client, Declaration, Kind, Place, ReadError, Scope, Server, UserDirs};
use super::document::json::Comments;
use super::entry::listing::Listing;
use super::entry::shape::{PARTS, Shape};
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct Cursor;

const DIALECT: Dialect = Dialect {
    forms: &[(Form::Env, Kind::Env)],
    given: &["workspaceFolder", "workspaceFolderBasename", "userHome", "pathSeparator", "/"],
    ..Dialect::NONE
};

const SHAPE: Shape = Shape { dialect: &DIALECT, filled: PARTS, others: &["auth"], env_file: Some("envFile"), ..Shape::PLAIN };

const LISTING: Listing = Listing { key: "mcpServers", comments: Comments::Allowed, shape: &SHAPE };

const WRITING: Writing = Writing { reference: Some(("${env:", "}")), parts: PARTS, ..Writing::NONE };

impl Client for Cursor {
    fn name(&self) -> &'static str {
        "cursor"
    }

    fn title(&self) -> &'static str {
        "Cursor"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            inherits: Inherits::Few,
            reference: Some(("${env:NAME}", "command, args, env, url and headers")),
            ..Surroundings::MENU
        }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        vec![Place::project(".cursor/mcp.json"), Place::user(user.home.join(".cursor").join("mcp.json"))]
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        LISTING.read(text)
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}
