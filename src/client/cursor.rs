//! Cursor.
//!
//! Files: `.cursor/mcp.json` in the project, `~/.cursor/mcp.json` for the user; the project wins.
//! References: `${env:NAME}` in command, args, env, url, headers, `auth` and the path in `envFile`; Cursor fills
//! `${workspaceFolder}` and its like. `${NAME}` is in no list of what it fills and is taken for text.
//! Unset: not documented. Comments: not documented, so not warned of.
//! A stdio server inherits a short list of variables and what the entry names; `envFile` is for stdio servers only.
//! Source: cursor.com/docs/mcp as others quote it (2026); Cursor is closed source.

use std::path::PathBuf;

use super::contract::{Client, Declaration, Kind, Place, ReadError, Scope, UserDirs};
use super::entry::{Shape, TYPES, Telling};
use super::form::Form;
use super::json::{self, Comments};
use super::reference::Dialect;
use super::writing::{Part, Writing};

pub(super) struct Cursor;

const DIALECT: Dialect = Dialect {
    forms: &[(Form::Env, Kind::Env)],
    given: &["workspaceFolder", "workspaceFolderBasename", "userHome", "pathSeparator", "/"],
    is_header_twice: false,
};

const SHAPE: Shape = Shape {
    dialect: &DIALECT,
    types: TYPES,
    is_filled: true,
    is_everywhere: false,
    headers: &["headers"],
    filled: &["auth"],
    shell: None,
    env_file: Some("envFile"),
    switches: &[],
    ignored: &[],
};

const WRITING: Writing = Writing { reference: Some(("${env:", "}")), parts: Part::ALL, ..Writing::NONE };

impl Client for Cursor {
    fn name(&self) -> &'static str {
        "cursor"
    }

    fn title(&self) -> &'static str {
        "Cursor"
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        vec![
            Place { scope: Scope::Project, path: PathBuf::from(".cursor/mcp.json") },
            Place { scope: Scope::User, path: user.home.join(".cursor").join("mcp.json") },
        ]
    }

    fn read(&self, text: &[u8], _: Scope) -> Result<Declaration, ReadError> {
        let source = json::source(text)?;
        let document = json::parse(&source, Comments::Allowed)?;
        let mut telling = Telling::new(&document);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        if let Some(servers) = telling.map(&root, "mcpServers") {
            telling.servers(&servers, &SHAPE, None);
        }
        telling.end()
    }

    fn writing(&self) -> &'static Writing {
        &WRITING
    }
}
