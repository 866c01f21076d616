//! One server's entry as nearly all clients have it: a map with a command or a url, and a few fields that hold references.
//! What is special about a client is its [`Shape`]; what no shape can say, its file adds.

use std::collections::HashSet;

use super::bounds::Bounds;
use super::container::{self, What};
use super::contract::{Declaration, Filling, Kind, ReadError, Reference, Server, Transport, Value, Warning};
use super::control;
use super::document::{Document, Lines, Spot, Tree};
use super::reference::{Dialect, Field, find};

/// What is special about the entries of one client.
#[derive(Debug)]
pub(super) struct Shape {
    pub dialect: &'static Dialect,
    /// The values of `type`, and what they mean. A client without that key has none.
    pub types: &'static [(&'static str, Transport)],
    /// Whether command, args, env, url and headers are filled.
    pub is_filled: bool,
    /// Whether every other text of the entry, and every key, is filled too.
    pub is_everywhere: bool,
    /// The names of the map of headers.
    pub headers: &'static [&'static str],
    /// Other fields that are filled: a text, or a map of texts.
    pub filled: &'static [&'static str],
    /// A field whose text a shell reads.
    pub shell: Option<&'static str>,
    /// The field with the path of a file of variables; for stdio servers only.
    pub env_file: Option<&'static str>,
    /// Fields that switch a server off, with the value that does. A switch that the client does not know switches nothing: its
    /// server runs, and whoever approves must see it.
    pub switches: &'static [(&'static str, bool)],
    /// Fields that this client skips silently, though people write them.
    pub ignored: &'static [&'static str],
}

/// The values of `type` that most clients know.
pub(super) const TYPES: &[(&str, Transport)] =
    &[("stdio", Transport::Stdio), ("http", Transport::Http), ("streamable-http", Transport::Http), ("sse", Transport::Sse)];

/// What is told of a file, while it is read.
pub(super) struct Telling {
    lines: Lines,
    bounds: Bounds,
    pub told: Declaration,
}

/// A server while its entry is read.
pub(super) struct Draft<'d, 'a> {
    pub spot: Spot<'d, 'a>,
    pub server: Server,
    /// The names that its own `env` sets.
    own: HashSet<&'d str>,
    /// The names that it is passed in a way that only its client has.
    passed: HashSet<&'d str>,
    /// Where which name was told, and in which way.
    told: HashSet<(String, String, u8)>,
}

impl Telling {
    pub fn new(document: &Document<'_>) -> Self {
        let told = Declaration { servers: Vec::new(), warnings: document.warnings.clone() };
        Self { lines: document.lines(), bounds: Bounds::default(), told }
    }

    /// What was told.
    ///
    /// # Errors
    /// When the file holds more than any client's file does.
    pub fn end(self) -> Result<Declaration, ReadError> {
        self.bounds.end().map(|()| self.told)
    }

    pub fn warn(&mut self, code: &'static str, at: &str) {
        if !self.bounds.take(at) {
            return;
        }
        self.told.warnings.push(Warning { code, at: at.to_owned() });
    }

    /// A member that must be a map; anything else is warned of.
    pub fn map<'d, 'a>(&mut self, spot: &Spot<'d, 'a>, key: &str) -> Option<Spot<'d, 'a>> {
        let child = spot.child(key)?;
        if !child.is_map() {
            self.warn("wrong-type", &child.pointer);
            return None;
        }
        Some(child)
    }

    /// Reads each server of a map.
    pub fn servers(&mut self, map: &Spot<'_, '_>, shape: &Shape, context: Option<&str>) {
        for (name, spot) in map.children() {
            if let Some(draft) = self.server(name, spot, shape, context, HashSet::new()) {
                self.told.servers.push(draft.server);
            }
        }
    }

    /// Reads one server; `None`, and a warning, when its entry is no map. `passed` are names that it is given in a way that
    /// only its client has.
    pub fn server<'d, 'a>(
        &mut self,
        name: &str,
        spot: Spot<'d, 'a>,
        shape: &Shape,
        context: Option<&str>,
        passed: HashSet<&'d str>,
    ) -> Option<Draft<'d, 'a>> {
        if !spot.is_map() {
            self.warn("wrong-type", &spot.pointer);
            return None;
        }
        if !self.bounds.admit(spot.node, &self.lines) {
            return None;
        }
        control::warn_of(name, spot.node, &mut spot.pointer.clone(), &mut self.told.warnings);
        let own = spot.child("env").iter().flat_map(Spot::children).map(|(name, _)| name).collect();
        let transport = self.transport(&spot, shape);
        let server = Server {
            name: name.to_owned(),
            pointer: spot.pointer.clone(),
            line: self.lines.of(spot.offset),
            transport,
            is_enabled: !self.is_off(&spot, shape),
            context: context.map(str::to_owned),
            references: Vec::new(),
            entry: without_switches(spot.node.to_value(), shape),
            filling: Filling(if shape.is_filled { Some(shape.dialect) } else { None }),
            duplicate_key: spot.twice.or_else(|| spot.node.duplicate()).map(str::to_owned),
        };
        let mut draft = Draft { spot, server, own, passed, told: HashSet::new() };
        self.fields(&mut draft, shape);
        Some(draft)
    }

    fn transport(&mut self, spot: &Spot<'_, '_>, shape: &Shape) -> Transport {
        let text = |key: &str| spot.child(key).and_then(|spot| spot.text().map(str::to_owned));
        let (has_command, has_url) = (text("command").is_some(), text("url").is_some());
        if let Some(kind) = spot.child("type").filter(|_| !shape.types.is_empty()) {
            match kind.text() {
                None => self.warn("wrong-type", &kind.pointer),
                Some(word) => {
                    let known = shape.types.iter().find(|(name, _)| *name == word).map(|(_, transport)| *transport);
                    if let Some(transport) = known.filter(|_| has_command || has_url) {
                        return transport;
                    }
                    let at = if known.is_none() { &kind.pointer } else { &spot.pointer };
                    self.warn("unknown-transport", at);
                    return Transport::Unknown;
                }
            }
        }
        if has_command {
            Transport::Stdio
        } else if has_url {
            Transport::Http
        } else {
            self.warn("unknown-transport", &spot.pointer);
            Transport::Unknown
        }
    }

    fn is_off(&mut self, spot: &Spot<'_, '_>, shape: &Shape) -> bool {
        let mut is_off = false;
        for (key, off) in shape.switches {
            let Some(switch) = spot.child(key) else { continue };
            match switch.node.tree {
                Tree::Bool(value) => is_off |= value == *off,
                _ => self.warn("wrong-type", &switch.pointer),
            }
        }
        is_off
    }

    fn fields(&mut self, draft: &mut Draft<'_, '_>, shape: &Shape) {
        let field = if shape.is_filled { Field::Filled } else { Field::Plain };
        let header = if shape.is_filled { Field::Header } else { Field::Plain };
        let rest = if shape.is_everywhere { Field::Filled } else { Field::Silent };
        let spot = draft.spot.clone();
        for (key, child) in spot.children() {
            let is_remote = matches!(draft.server.transport, Transport::Http | Transport::Sse);
            if key == "command" || key == "url" {
                self.text(draft, &child, shape, field);
            } else if key == "args" {
                self.args(draft, &child, shape, field);
            } else if key == "env" {
                self.texts(draft, &child, shape, field);
            } else if shape.headers.contains(&key) {
                self.texts(draft, &child, shape, header);
            } else if Some(key) == shape.shell {
                self.text(draft, &child, shape, Field::Shell);
            } else if shape.ignored.contains(&key) || (is_remote && Some(key) == shape.env_file) {
                self.warn("client-ignores", &child.pointer);
            } else if Some(key) == shape.env_file {
                if let Some(path) = child.text() {
                    self.refer(draft, &child, path, Kind::EnvFile, None);
                }
                self.text(draft, &child, shape, Field::Filled);
            } else if key == "cwd" {
                self.text(draft, &child, shape, rest);
            } else if shape.is_everywhere || shape.filled.contains(&key) {
                self.any(draft, &child, shape, Field::Filled);
            }
        }
    }

    fn text(&mut self, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, shape: &Shape, field: Field) {
        let Some(text) = spot.text() else { return self.warn("wrong-type", &spot.pointer) };
        for found in find(text, shape.dialect, field) {
            self.refer(draft, spot, found.name, found.kind, found.default);
        }
    }

    /// The values of a map of texts; numbers and booleans count as theirs.
    fn texts(&mut self, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, shape: &Shape, field: Field) {
        if !spot.is_map() {
            return self.warn("wrong-type", &spot.pointer);
        }
        for (key, child) in spot.children() {
            if shape.is_everywhere {
                self.key(draft, &child, key, shape);
            }
            match &child.node.tree {
                Tree::Null | Tree::Bool(_) | Tree::Number(_) => {}
                Tree::Text(_) | Tree::List(_) | Tree::Map(_) => self.text(draft, &child, shape, field),
            }
        }
    }

    /// Every text in here, and every key where keys are filled too.
    fn any(&mut self, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, shape: &Shape, field: Field) {
        if spot.text().is_some() {
            self.text(draft, spot, shape, field);
        }
        for item in spot.items() {
            self.any(draft, &item, shape, field);
        }
        for (key, child) in spot.children() {
            if shape.is_everywhere {
                self.key(draft, &child, key, shape);
            }
            self.any(draft, &child, shape, field);
        }
    }

    fn key(&mut self, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, key: &str, shape: &Shape) {
        for found in find(key, shape.dialect, Field::Filled).into_iter().filter(|found| found.kind != Kind::Unexpanded) {
            self.refer(draft, spot, found.name, found.kind, found.default);
        }
    }

    fn args(&mut self, draft: &mut Draft<'_, '_>, spot: &Spot<'_, '_>, shape: &Shape, field: Field) {
        if !spot.is_list() {
            return self.warn("wrong-type", &spot.pointer);
        }
        let items: Vec<Spot<'_, '_>> = spot.items().collect();
        let words: Vec<Option<&str>> = items.iter().map(Spot::text).collect();
        let command = draft.spot.child("command").and_then(|command| command.text().map(str::to_owned)).unwrap_or_default();
        let is_bridge = is_mcp_remote(&command) || words.iter().flatten().any(|word| is_mcp_remote(word));
        for (index, item) in items.iter().enumerate() {
            let Some(text) = item.text() else {
                self.warn("wrong-type", &item.pointer);
                continue;
            };
            let is_header = is_bridge && index > 0 && words[index - 1] == Some("--header");
            for found in find(text, shape.dialect, field) {
                // mcp-remote fills `${NAME}` in its headers itself, from the environment that it is started with
                let is_own = is_header && found.is_braced && draft.own.contains(found.name);
                let kind = if is_own { Kind::Server } else { found.kind };
                self.refer(draft, item, found.name, kind, found.default);
            }
        }
        for passed in container::passed(&command, &words) {
            let item = &items[passed.argument];
            match passed.what {
                What::Name(name) if draft.own.contains(name) || draft.passed.contains(name) => {}
                What::Name(name) => self.refer(draft, item, name, Kind::Inherit, None),
                What::File(path) => self.refer(draft, item, path, Kind::EnvFile, None),
            }
        }
    }

    /// Adds a reference, and what there is to say of it.
    pub fn refer(&mut self, draft: &mut Draft<'_, '_>, at: &Spot<'_, '_>, name: &str, kind: Kind, default: Option<&str>) {
        if !self.bounds.take(&at.pointer) || !draft.told.insert((at.pointer.clone(), name.to_owned(), kind as u8)) {
            return;
        }
        if kind == Kind::Unexpanded {
            self.warn("unexpanded-reference", &at.pointer);
        }
        let is_exportable = matches!(kind, Kind::Env | Kind::Inherit | Kind::Secret | Kind::Store | Kind::Shell | Kind::Declared);
        let is_export = is_exportable && is_variable(name);
        if is_exportable && !is_export {
            self.warn("invalid-variable-name", &at.pointer);
        }
        let is_given = matches!(kind, Kind::Client | Kind::Server | Kind::Shell | Kind::Unexpanded | Kind::Declared);
        draft.server.references.push(Reference {
            name: name.to_owned(),
            at: at.pointer.clone(),
            line: self.lines.of(at.offset),
            kind,
            default: default.map(str::to_owned),
            is_required: default.is_none() && !is_given,
            is_export,
            is_secret: false,
        });
    }
}

/// What any shell and system takes for the name of a variable.
fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_mcp_remote(word: &str) -> bool {
    let name = container::program(word);
    name == "mcp-remote" || name.starts_with("mcp-remote@")
}

fn without_switches(entry: Value, shape: &Shape) -> Value {
    match entry {
        Value::Map(mut members) => {
            members.retain(|(key, value)| {
                !(matches!(value, Value::Bool(_)) && shape.switches.iter().any(|(switch, _)| switch == key))
            });
            Value::Map(members)
        }
        other => other,
    }
}
