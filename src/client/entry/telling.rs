//! What is told of a client's file while it is read: servers, what they refer to, and warnings. Knows no client.

use std::collections::HashSet;

use crate::client::contract::{Declaration, Kind, ReadError, Reference, Server, Warning};
use crate::client::document::bounds::Bounds;
use crate::client::document::json::Comments;
use crate::client::document::tree::{Document, Lines, Node, Spot};

/// What is told of a file, while it is read.
pub(in crate::client) struct Telling<'t> {
    lines: Lines<'t>,
    bounds: Bounds,
    pub told: Declaration,
}

/// A server while its entry is read.
pub(in crate::client) struct Draft<'d, 'a> {
    pub spot: Spot<'d, 'a>,
    pub server: Server,
    /// The names that its own `env` sets.
    pub own: HashSet<&'d str>,
    /// The names that it is passed in a way that only its client has.
    pub passed: HashSet<&'d str>,
    /// Where which name was told, and in which way.
    told: HashSet<(String, String, u8)>,
}

/// An input that a declaration asks for.
pub(in crate::client) struct Input<'t> {
    pub name: &'t str,
    pub default: Option<&'t str>,
    /// JSON Pointer of that default.
    pub default_at: Option<String>,
    pub is_required: bool,
    pub is_secret: bool,
    /// Whether a variable of this name serves it.
    pub is_variable: bool,
}

impl<'d, 'a> Draft<'d, 'a> {
    pub fn new(spot: Spot<'d, 'a>, server: Server) -> Self {
        // most servers name a few variables, and a set that grows hashes all of it again
        Self { spot, server, own: HashSet::new(), passed: HashSet::new(), told: HashSet::with_capacity(28) }
    }
}

impl<'t> Telling<'t> {
    pub fn new(document: &Document<'t>) -> Self {
        let told = Declaration { servers: Vec::new(), warnings: document.warnings.clone() };
        Self { lines: document.lines(), bounds: Bounds::default(), told }
    }

    /// Of a JSON file, for a client that allows this much in it.
    pub fn json(document: &Document<'t>, comments: Comments) -> Self {
        let mut telling = Self::new(document);
        if !comments.allow(document.form) {
            telling.told.warnings.insert(document.of_text, Warning { code: "not-strict-json", at: String::new() });
        }
        telling
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

    /// The line of a byte.
    pub fn line(&self, offset: usize) -> usize {
        self.lines.of(offset)
    }

    /// Whether an entry is of a size that can be read.
    pub fn admit(&mut self, entry: &Node<'_>) -> bool {
        self.bounds.admit(entry, &self.lines)
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

    /// The items of a member that must be a list; anything else is warned of.
    pub fn list<'d, 'a>(&mut self, spot: &Spot<'d, 'a>, key: &str) -> Vec<Spot<'d, 'a>> {
        let Some(child) = spot.child(key) else { return Vec::new() };
        if !child.is_list() {
            self.warn("wrong-type", &child.pointer);
        }
        child.items().collect()
    }

    /// Adds a reference, and what there is to say of it.
    pub fn refer(&mut self, draft: &mut Draft<'_, '_>, at: &Spot<'_, '_>, name: &str, kind: Kind, default: Option<&str>) {
        let is_given = matches!(kind, Kind::Client | Kind::Server | Kind::Shell | Kind::Unexpanded | Kind::Declared);
        let is_variable = matches!(kind, Kind::Env | Kind::Inherit | Kind::Secret | Kind::Store | Kind::Shell);
        let is_required = default.is_none() && !is_given;
        self.ask(draft, at, kind, &Input { name, default, default_at: None, is_required, is_secret: false, is_variable });
    }

    /// Adds what a declaration asks for.
    pub fn declare(&mut self, draft: &mut Draft<'_, '_>, at: &Spot<'_, '_>, input: &Input<'_>) {
        self.ask(draft, at, Kind::Declared, input);
    }

    fn ask(&mut self, draft: &mut Draft<'_, '_>, at: &Spot<'_, '_>, kind: Kind, input: &Input<'_>) {
        let name = input.name;
        if !self.bounds.take(&at.pointer) || !draft.told.insert((at.pointer.clone(), name.to_owned(), kind as u8)) {
            return;
        }
        if kind == Kind::Unexpanded {
            self.warn("unexpanded-reference", &at.pointer);
        }
        let is_export = input.is_variable && is_variable(name);
        if input.is_variable && !is_export {
            self.warn("invalid-variable-name", &at.pointer);
        }
        draft.server.references.push(Reference {
            name: name.to_owned(),
            at: at.pointer.clone(),
            line: self.lines.of(at.offset),
            kind,
            default: input.default.map(str::to_owned),
            default_at: input.default_at.clone(),
            is_required: input.is_required,
            is_export,
            is_secret: input.is_secret,
        });
    }
}

/// What any shell and system takes for the name of a variable.
fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
