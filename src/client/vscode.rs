//! Visual Studio Code.
//!
//! Files: `.vscode/mcp.json` in the project; `Code/User/mcp.json` in the system's configuration directory for the user, of the
//! default profile. Both are listed side by side. Until 2025 the same stood under `mcp` in a `settings.json`, and a file of
//! that shape is read too. Since 2026 also the portable files: `.mcp.json` in the project, `mcp-config.json` in `$COPILOT_HOME`
//! (`~/.copilot`), with `mcpServers`.
//! References: `${env:NAME}` and `${input:id}` in every text and every key of an entry; `${env:NAME:default}` drops what
//! follows. `${workspaceFolder}` and its like are filled by VS Code. `${NAME}` and `$NAME` are text. In the portable files it is
//! the other way round: `${NAME}` and `${NAME:-default}` in command, args, env, url and headers, in texts of up to 1,000 UTF-16
//! units; a default is not looked through again.
//! Unset: an empty text; in the portable files the text stays. An input is asked for once and kept in VS Code's own store.
//! Comments and trailing commas are allowed.
//! A stdio server inherits the whole environment of the process that started VS Code, then `envFile`, then `env`.
//! Source: microsoft/vscode, `mcpConfiguration.ts`, `variableResolver.ts`, `extHostMcpNode.ts`, `envVarResolution.ts`,
//! `mcpEnvironmentVariableExpansion.ts`.

use std::path::Path;

use super::contract::{Client, Declaration, Kind, Place, Precedence, ReadError, Scope, Server, Transport, UserDirs};
use super::document::json::Comments;
use super::entry::inputs::servers_with_inputs;
use super::entry::shape::{PARTS, Rest, Shape};
use super::entry::telling::Telling;
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct VsCode;

/// What VS Code gives a value itself.
pub(super) const GIVEN: &[&str] = &[
    "workspaceFolder",
    "workspaceFolderBasename",
    "userHome",
    "cwd",
    "execPath",
    "pathSeparator",
    "/",
    "defaultBuildTask",
    "extensionInstallFolder",
    "file",
    "fileBasename",
    "fileBasenameNoExtension",
    "fileDirname",
    "fileDirnameBasename",
    "fileExtname",
    "fileWorkspaceFolder",
    "fileWorkspaceFolderBasename",
    "lineNumber",
    "columnNumber",
    "relativeFile",
    "relativeFileDirname",
    "selectedText",
];

const DIALECT: Dialect = Dialect {
    forms: &[(Form::Env, Kind::Env), (Form::Input, Kind::Input), (Form::Other, Kind::Client)],
    given: GIVEN,
    ..Dialect::NONE
};

const SHAPE: Shape = Shape {
    dialect: &DIALECT,
    types: &[("stdio", Transport::Stdio), ("http", Transport::Http), ("sse", Transport::Sse)],
    filled: PARTS,
    rest: Rest::TextsAndKeys,
    env_file: Some("envFile"),
    ..Shape::PLAIN
};

const PORTABLE_DIALECT: Dialect =
    Dialect { forms: &[(Form::Braced, Kind::Env), (Form::Defaulted, Kind::Env)], longest: Some(1000), ..Dialect::NONE };

const PORTABLE: Shape = Shape { dialect: &PORTABLE_DIALECT, filled: PARTS, ..Shape::PLAIN };

/// What a variable holds is looked through once more.
const WRITING: Writing =
    Writing { reference: Some(("${env:", "}")), parts: PARTS, is_everywhere: true, mangles: &["${"], ..Writing::NONE };

const PORTABLE_WRITING: Writing = Writing { reference: Some(("${", "}")), parts: PARTS, ..Writing::NONE };

impl Client for VsCode {
    fn name(&self) -> &'static str {
        "vscode"
    }

    fn title(&self) -> &'static str {
        "VS Code"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { inherits: Inherits::All, reference: Some(("${env:NAME}", "every text")), ..Surroundings::MENU }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        vec![
            Place::project(".vscode/mcp.json"),
            Place::project(".mcp.json"),
            Place::user(user.config.join("Code").join("User").join("mcp.json")),
            Place::user(user.named("COPILOT_HOME", || user.home.join(".copilot")).join("mcp-config.json")),
        ]
    }

    /// Without a name, the keys say which of its files this is.
    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        read(text, true, true)
    }

    fn tell_at(&self, file: &Path, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let is_portable = file.file_name().is_some_and(|name| name == ".mcp.json" || name == "mcp-config.json");
        read(text, !is_portable, !file.ends_with(".vscode/mcp.json"))
    }

    fn precedence(&self) -> Precedence {
        Precedence::Both
    }

    fn writing(&self, server: &Server) -> &'static Writing {
        if server.pointer.starts_with("/mcpServers/") { &PORTABLE_WRITING } else { &WRITING }
    }
}

fn read(text: &Text<'_>, is_own: bool, is_portable: bool) -> Result<Declaration, ReadError> {
    let document = text.json()?;
    let mut telling = Telling::json(document, Comments::Allowed);
    let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
    if is_own {
        servers_with_inputs(&mut telling, &root, &SHAPE);
        if let Some(settings) = telling.map(&root, "mcp") {
            servers_with_inputs(&mut telling, &settings, &SHAPE);
        }
    }
    if is_portable && let Some(servers) = telling.map(&root, "mcpServers") {
        telling.servers(&servers, &PORTABLE, None);
    }
    telling.end()
}
