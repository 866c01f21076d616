//! Visual Studio Code.
//!
//! Files: `.vscode/mcp.json` in the project; `Code/User/mcp.json` in the system's configuration directory for the user, of the
//! default profile. Both are listed side by side. Until 2025 the same stood under `mcp` in a `settings.json`, and a file of
//! that shape is read too.
//! References: `${env:NAME}` and `${input:id}` in every text and every key of an entry; `${env:NAME:default}` drops what
//! follows. `${workspaceFolder}` and its like are filled by VS Code. `${NAME}` and `$NAME` are text.
//! Unset: an empty text. An input is asked for once and kept in VS Code's own store. Comments and trailing commas are allowed.
//! A stdio server inherits the whole environment of the process that started VS Code, then `envFile`, then `env`.
//! Source: microsoft/vscode, `mcpConfiguration.ts`, `variableResolver.ts`, `extHostMcpNode.ts`.

use std::collections::HashMap;
use std::path::PathBuf;

use super::contract::{Client, Declaration, Kind, Place, ReadError, Scope, Transport, UserDirs};
use super::document::{Spot, Tree};
use super::entry::{Shape, Telling};
use super::form::Form;
use super::json::{self, Comments};
use super::reference::Dialect;
use super::writing::{Part, Writing};

pub(super) struct VsCode;

const DIALECT: Dialect = Dialect {
    forms: &[(Form::Env, Kind::Env), (Form::Input, Kind::Input), (Form::Other, Kind::Client)],
    given: &[
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
    ],
    is_header_twice: false,
};

const SHAPE: Shape = Shape {
    dialect: &DIALECT,
    types: &[("stdio", Transport::Stdio), ("http", Transport::Http), ("sse", Transport::Sse)],
    is_filled: true,
    is_everywhere: true,
    headers: &["headers"],
    filled: &[],
    shell: None,
    env_file: Some("envFile"),
    switches: &[],
    ignored: &[],
};

const WRITING: Writing =
    Writing { reference: Some(("${env:", "}")), parts: Part::ALL, is_everywhere: true, mangles: &["${"], ..Writing::NONE };

impl Client for VsCode {
    fn name(&self) -> &'static str {
        "vscode"
    }

    fn title(&self) -> &'static str {
        "VS Code"
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        vec![
            Place { scope: Scope::Project, path: PathBuf::from(".vscode/mcp.json") },
            Place { scope: Scope::User, path: user.config.join("Code").join("User").join("mcp.json") },
        ]
    }

    fn read(&self, text: &[u8], _: Scope) -> Result<Declaration, ReadError> {
        let source = json::source(text)?;
        let document = json::parse(&source, Comments::Allowed)?;
        let mut telling = Telling::new(&document);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        servers_with_inputs(&mut telling, &root);
        if let Some(settings) = telling.map(&root, "mcp") {
            servers_with_inputs(&mut telling, &settings);
        }
        telling.end()
    }

    fn writing(&self) -> &'static Writing {
        &WRITING
    }
}

/// Reads `servers`, and holds their references to inputs against `inputs`.
fn servers_with_inputs(telling: &mut Telling, spot: &Spot<'_, '_>) {
    let first = telling.told.servers.len();
    if let Some(servers) = telling.map(spot, "servers") {
        telling.servers(&servers, &SHAPE, None);
    }
    let mut inputs: HashMap<&str, Input> = HashMap::new();
    if let Some(list) = spot.child("inputs") {
        if !list.is_list() {
            telling.warn("wrong-type", &list.pointer);
        }
        for item in list.items() {
            let Some(id) = item.child("id").and_then(|id| id.text()) else {
                telling.warn("wrong-type", &item.pointer);
                continue;
            };
            let is_secret = item.child("password").is_some_and(|spot| matches!(spot.node.tree, Tree::Bool(true)));
            inputs.insert(id, Input { at: item.pointer, is_secret, is_used: false });
        }
    }
    let mut undefined = Vec::new();
    for reference in telling.told.servers[first..].iter_mut().flat_map(|server| &mut server.references) {
        if reference.kind != Kind::Input {
            continue;
        }
        match inputs.get_mut(reference.name.as_str()) {
            Some(input) => {
                reference.is_secret = input.is_secret;
                input.is_used = true;
            }
            None => undefined.push(reference.at.clone()),
        }
    }
    for at in undefined {
        telling.warn("undefined-input", &at);
    }
    let mut unused: Vec<&String> = inputs.values().filter(|input| !input.is_used).map(|input| &input.at).collect();
    unused.sort();
    for at in unused {
        telling.warn("unused-input", at);
    }
}

/// An entry of `inputs`.
struct Input {
    at: String,
    is_secret: bool,
    is_used: bool,
}
