//! A `server.json` of the MCP registry. No client: it says what a server needs, and nobody starts it from here.
//!
//! Each package and each remote is a server. `environmentVariables` are asked for, unless `value` fixes them; so is the variable of
//! an argument `-e` of the form `NAME={input}`. What else stands in a `variables` is an input of the one who installs, and no
//! variable of the environment. Before September 2025 the names were written with `_`; both are read.
//! Source: modelcontextprotocol/registry, `docs/reference/server-json`; github/github-mcp-server, `server.json`.

use std::collections::HashSet;

use super::contract::{Client, Declaration, Place, ReadError, Scope, Transport, UserDirs};
use super::document::json::Comments;
use super::document::tree::{Spot, Tree};
use super::entry::shape::Shape;
use super::entry::telling::{Draft, Input, Telling};
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct McpRegistry;

/// The parts of a package are none of those that a client's entry has.
const SHAPE: Shape = Shape { types: TYPES, ..Shape::PLAIN };

const TYPES: &[(&str, Transport)] = &[
    ("stdio", Transport::Stdio),
    ("streamable-http", Transport::Http),
    ("streamable", Transport::Http),
    ("http", Transport::Http),
    ("sse", Transport::Sse),
];

impl Client for McpRegistry {
    fn name(&self) -> &'static str {
        "mcp-registry"
    }

    fn title(&self) -> &'static str {
        "MCP registry"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { inherits: Inherits::Unknown, ..Surroundings::SHELL }
    }

    fn places(&self, _: &UserDirs<'_>) -> Vec<Place> {
        Vec::new()
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let document = text.json()?;
        let mut telling = Telling::json(document, Comments::Refused);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        let name = root.child("name").and_then(|name| name.text()).unwrap_or("");
        for (index, package) in telling.list(&root, "packages").into_iter().enumerate() {
            let transport = package.child("transport").and_then(|transport| transport.child("type"));
            tell(&mut telling, &format!("{name}#{index}"), package, transport, Transport::Stdio);
        }
        for (index, remote) in telling.list(&root, "remotes").into_iter().enumerate() {
            let transport = either(&remote, "type", "transport_type");
            tell(&mut telling, &format!("{name}#remote{index}"), remote, transport, Transport::Http);
        }
        telling.end()
    }
}

fn tell(telling: &mut Telling, name: &str, spot: Spot<'_, '_>, kind: Option<Spot<'_, '_>>, otherwise: Transport) {
    let Some(mut draft) = telling.bare_server(name, spot, &SHAPE) else { return };
    draft.server.transport = match kind {
        None => otherwise,
        Some(kind) => match TYPES.iter().find(|(word, _)| kind.text() == Some(*word)) {
            Some((_, transport)) => *transport,
            None => {
                telling.warn(if kind.text().is_some() { "unknown-transport" } else { "wrong-type" }, &kind.pointer);
                Transport::Unknown
            }
        },
    };
    let spot = draft.spot.clone();
    for variable in list(telling, &spot, "environmentVariables", "environment_variables") {
        let Some(at) = variable.child("name") else { continue };
        let Some(name) = at.text() else {
            telling.warn("wrong-type", &at.pointer);
            continue;
        };
        if variable.child("value").is_none() {
            let input = Input { name, is_variable: true, ..said(&variable) };
            telling.declare(&mut draft, &at, &input);
        }
    }
    let mut answered = HashSet::new();
    for argument in list(telling, &spot, "runtimeArguments", "runtime_arguments") {
        passed(telling, &mut draft, &argument, &mut answered);
    }
    inputs(telling, &mut draft, &spot, &answered);
    telling.told.servers.push(draft.server);
}

/// An argument `-e` with `NAME={input}`.
fn passed(telling: &mut Telling, draft: &mut Draft<'_, '_>, argument: &Spot<'_, '_>, answered: &mut HashSet<String>) {
    let option = argument.child("name").and_then(|name| name.text());
    if !matches!(option, Some("-e" | "--env")) {
        return;
    }
    let Some(at) = argument.child("value") else { return };
    let Some((name, value)) = at.text().and_then(|text| text.split_once('=')) else { return };
    let inputs: Vec<&str> = value.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
    if inputs.is_empty() {
        return;
    }
    let variables = argument.child("variables");
    let found: Vec<Spot<'_, '_>> = inputs.iter().filter_map(|input| variables.as_ref()?.child(input)).collect();
    answered.extend(found.iter().map(|spot| spot.pointer.clone()));
    let first = found.first().map(said);
    let input = Input {
        name,
        default: first.as_ref().and_then(|said| said.default),
        default_at: first.and_then(|said| said.default_at),
        is_required: found.iter().any(|spot| said(spot).is_required),
        is_secret: found.iter().any(|spot| said(spot).is_secret),
        is_variable: true,
    };
    telling.declare(draft, &at, &input);
}

/// Every entry of a `variables` in here that was not answered yet.
fn inputs(telling: &mut Telling, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, answered: &HashSet<String>) {
    for (key, child) in spot.children() {
        if key == "variables" && child.is_map() {
            for (name, variable) in child.children() {
                if !answered.contains(&variable.pointer) {
                    telling.declare(draft, &variable, &Input { name, ..said(&variable) });
                }
            }
        } else {
            inputs(telling, draft, &child, answered);
        }
    }
    for item in spot.items() {
        inputs(telling, draft, &item, answered);
    }
}

/// What an input says of itself.
fn said<'d>(spot: &Spot<'d, '_>) -> Input<'d> {
    let is = |name, old| either(spot, name, old).is_some_and(|spot| matches!(spot.node.tree, Tree::Bool(true)));
    let default = spot.child("default").filter(|default| default.text().is_some());
    Input {
        name: "",
        default: default.as_ref().and_then(Spot::text),
        default_at: default.map(|default| default.pointer),
        is_required: is("isRequired", "is_required"),
        is_secret: is("isSecret", "is_secret"),
        is_variable: false,
    }
}

fn either<'d, 'a>(spot: &Spot<'d, 'a>, name: &str, old: &str) -> Option<Spot<'d, 'a>> {
    spot.child(name).or_else(|| spot.child(old))
}

fn list<'d, 'a>(telling: &mut Telling, spot: &Spot<'d, 'a>, name: &str, old: &str) -> Vec<Spot<'d, 'a>> {
    let key = if spot.child(name).is_some() { name } else { old };
    telling.list(spot, key)
}
