//! One server's entry as nearly all clients have it: a map with a command or a url, and a few fields that hold references.
//! What is special about a client is its [`Shape`]; what no shape can say, its file adds.

use std::collections::HashSet;

use super::shape::Shape;
use super::telling::{Draft, Telling};
use crate::client::contract::{CommandForm, Server, Transport, Value};
use crate::client::document::control;
use crate::client::document::tree::{Spot, Tree};
use crate::client::reference::filling::Filling;

impl Telling<'_> {
    /// Reads each server of a map.
    pub(in crate::client) fn servers(&mut self, map: &Spot<'_, '_>, shape: &Shape, context: Option<&str>) {
        for (name, spot) in map.children() {
            if let Some(draft) = self.server(name, spot, shape, context, HashSet::new()) {
                self.told.servers.push(draft.server);
            }
        }
    }

    /// Reads one server; `None`, and a warning, when its entry is no map. `passed` are names that it is given in a way that
    /// only its client has.
    pub(in crate::client) fn server<'d, 'a>(
        &mut self,
        name: &str,
        spot: Spot<'d, 'a>,
        shape: &Shape,
        context: Option<&str>,
        passed: HashSet<&'d str>,
    ) -> Option<Draft<'d, 'a>> {
        let mut draft = self.bare_server(name, spot, shape)?;
        let spot = draft.spot.clone();
        draft.server.transport = self.transport(&spot, shape);
        self.switches(&mut draft.server, &spot, shape);
        draft.server.context = context.map(str::to_owned);
        let nested = spot.child(shape.keys.command).filter(|_| shape.keys.form == CommandForm::Map);
        for env in [spot.child(shape.keys.env), nested.and_then(|command| command.child("env"))].iter().flatten() {
            // a list or a map in there is no value, and sets nothing
            let set = env.children().filter(|(_, value)| !value.is_list() && !value.is_map());
            draft.own.extend(set.map(|(name, _)| name));
        }
        if shape.is_passed_own {
            draft.own.extend(&passed);
        }
        draft.passed = passed;
        self.fields(&mut draft, shape);
        Some(draft)
    }

    /// A server of which nothing is read but its entry.
    pub(in crate::client) fn bare_server<'d, 'a>(
        &mut self,
        name: &str,
        spot: Spot<'d, 'a>,
        shape: &Shape,
    ) -> Option<Draft<'d, 'a>> {
        if !spot.is_map() {
            self.warn("wrong-type", &spot.pointer);
            return None;
        }
        if !self.admit(spot.node) {
            return None;
        }
        control::warn_of(name, spot.node, &mut spot.pointer.clone(), &mut self.told.warnings);
        let server = Server {
            name: name.to_owned(),
            pointer: spot.pointer.clone(),
            line: self.line(spot.offset),
            transport: Transport::Unknown,
            is_enabled: true,
            is_started: true,
            context: None,
            references: Vec::new(),
            entry: without_switches(spot.node.to_value(), shape),
            keys: shape.keys,
            filling: Filling::new(shape.dialect, shape.filled),
            duplicate_key: spot.twice.or_else(|| spot.node.duplicate()).map(str::to_owned),
        };
        Some(Draft::new(spot, server))
    }

    fn transport(&mut self, spot: &Spot<'_, '_>, shape: &Shape) -> Transport {
        let has_command = spot.child(shape.keys.command).is_some_and(|command| match shape.keys.form {
            CommandForm::List if command.is_list() => command.items().next().is_some_and(|program| program.text().is_some()),
            CommandForm::Map if command.is_map() => command.child("path").is_some_and(|path| path.text().is_some()),
            _ => command.text().is_some(),
        });
        let has_url = shape.keys.url.iter().any(|key| spot.child(key).is_some_and(|url| url.text().is_some()));
        if let Some(kind) = spot.child("type").filter(|_| !shape.types.is_empty()) {
            match kind.text() {
                None => self.warn("wrong-type", &kind.pointer),
                Some(word) => {
                    let known = shape.types.iter().find(|(name, _)| *name == word).map(|(_, transport)| *transport);
                    if let Some(transport) = known.filter(|kind| has_command || has_url || *kind == Transport::Builtin) {
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
            shape.remote
        } else if shape.extension.is_some_and(|key| spot.child(key).is_some()) {
            Transport::Extension
        } else {
            self.warn("unknown-transport", &spot.pointer);
            Transport::Unknown
        }
    }

    /// Whether the entry says that it is off, and whether its client hears of it.
    fn switches(&mut self, server: &mut Server, spot: &Spot<'_, '_>, shape: &Shape) {
        for (key, off) in SWITCHES {
            let Some(switch) = spot.child(key) else { continue };
            match switch.node.tree {
                Tree::Bool(value) if value == *off => {
                    server.is_enabled = false;
                    if shape.switches.contains(&(*key, *off)) {
                        server.is_started = false;
                    } else {
                        self.warn("client-ignores", &switch.pointer);
                    }
                }
                Tree::Bool(_) => {}
                _ => self.warn("wrong-type", &switch.pointer),
            }
        }
    }
}

/// The words by which people switch a server off, and the value that does; each client knows one of them, or none.
const SWITCHES: &[(&str, bool)] = &[("disabled", true), ("enabled", false)];

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
