//! Visual Studio, on Windows.
//!
//! Files, in its order: `.mcp.json` in the user's home directory; `.vs/mcp.json`, `.mcp.json`, `.vscode/mcp.json` and
//! `.cursor/mcp.json` in the project. Its key is `servers`: what stands under `mcpServers` in the same file is for others.
//! References: `${input:id}` in every text of an entry. `${env:NAME}` is in no list of what it fills and is taken for text.
//! Unset, comments, and what a stdio server inherits: not documented. Inputs are asked for once and kept by it.
//! Source: learn.microsoft.com, "Use MCP servers" of Visual Studio. Closed source.

use super::contract::{Client, Declaration, Kind, Place, Precedence, ReadError, Scope, Transport, UserDirs};
use super::document::json::Comments;
use super::entry::inputs::servers_with_inputs;
use super::entry::shape::{PARTS, Rest, Shape};
use super::entry::telling::Telling;
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::surroundings::Surroundings;
use super::text::Text;
use super::vscode::GIVEN;

pub(super) struct VisualStudio;

const DIALECT: Dialect = Dialect { forms: &[(Form::Input, Kind::Input)], given: GIVEN, ..Dialect::NONE };

const SHAPE: Shape = Shape {
    dialect: &DIALECT,
    types: &[("stdio", Transport::Stdio), ("http", Transport::Http), ("sse", Transport::Sse)],
    filled: PARTS,
    rest: Rest::Texts(&[]),
    ..Shape::PLAIN
};

impl Client for VisualStudio {
    fn name(&self) -> &'static str {
        "visual-studio"
    }

    fn title(&self) -> &'static str {
        "Visual Studio"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings::MENU
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let files = [".vs/mcp.json", ".mcp.json", ".vscode/mcp.json", ".cursor/mcp.json"];
        let mut places: Vec<Place> = files.into_iter().map(Place::project).collect();
        places.extend(user.roaming.map(|_| Place::user(user.home.join(".mcp.json"))));
        places
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let document = text.json()?;
        let mut telling = Telling::json(document, Comments::Allowed);
        if let Some(root) = document.root_map(&mut telling.told.warnings) {
            servers_with_inputs(&mut telling, &root, &SHAPE);
        }
        telling.end()
    }

    fn precedence(&self) -> Precedence {
        Precedence::Both
    }
}
