//! The secrets and stand-ins of one server's entry. The tree is walked as it is: a name counts wherever it stands, so that a
//! client whose fields nobody knows yet hides nothing.

use std::collections::HashSet;
use std::ops::Range;

use super::arguments;
use super::text::{Holder, Reader, is_secret_name};
use crate::client::{Kind, Reference, Server, Span, Value, push_key, spans};
use crate::dummy;

/// A secret that stands in a file as it is. Never holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// JSON Pointer of the string.
    pub at: String,
    /// Its bytes in the decoded string.
    pub range: Range<usize>,
    /// The form of a token in the catalog, or what told it: `name`, `flag`, `header`, `url-userinfo`, `url-query`, `url-path`.
    pub why: String,
    /// The name that it has there: of a variable, a header, an option, a part of a query.
    pub name: Option<String>,
}

/// The most that are told of one server; nobody reads more of them.
pub const MOST: usize = 1000;

/// Maps whose texts are names of variables.
const NAMES: &[&str] = &["env_http_headers"];
/// Maps that set variables.
const SET: &[&str] = &["env", "envs", "environment", "with"];

/// The secrets in a server's entry.
#[must_use]
pub fn find(server: &Server) -> Vec<Finding> {
    let filled = server.references.iter().filter(|reference| reference.kind != Kind::Unexpanded);
    let filled = filled.map(|reference| (reference.at.as_str(), reference.name.as_str())).collect();
    let mut walk = Walk { filled, found: Vec::new() };
    walk.value(&server.entry, None, &mut server.pointer.clone());
    // what a declaration has as a default goes by the name that it is for, wherever it stands
    let mut known: HashSet<String> = walk.found.iter().map(|finding| finding.at.clone()).collect();
    for Reference { name, default, default_at, .. } in &server.references {
        if let (Some(default), Some(at)) = (default, default_at)
            && !known.contains(at)
        {
            let before = walk.found.len();
            walk.text(default, at, |reader| reader.all(Some(Holder { name, why: "name" })));
            if walk.found.len() > before {
                known.insert(at.clone());
            }
        }
    }
    walk.found
}

/// The pointers of the variables that an entry sets to something that only stands for a value.
#[must_use]
pub fn placeholders(server: &Server) -> Vec<String> {
    let mut found = Vec::new();
    stand_ins(&server.entry, false, &mut server.pointer.clone(), &mut found);
    found
}

/// What a reference defaults to, for showing it: what is secret in it reads `<secret>`, by the reference's own name and by the
/// place that it stands in. `found` are the secrets of its server.
#[must_use]
pub fn shown_default(server: &Server, reference: &Reference, found: &[Finding]) -> Option<String> {
    let default = reference.default.as_deref()?;
    let mut reader = Reader::new(default, |_| true);
    reader.all(Some(Holder { name: &reference.name, why: "name" }));
    let mut secrets: Vec<Range<usize>> = reader.end().into_iter().map(|hit| hit.range).collect();
    let declared = found.iter().filter(|finding| reference.default_at.as_ref() == Some(&finding.at));
    secrets.extend(declared.map(|finding| finding.range.clone()));
    let text = server.text_at(&reference.at).unwrap_or_default();
    let is_it = |span: &Span<'_>| span.name == reference.name && span.default.clone().is_some_and(|at| &text[at] == default);
    if let Some(place) = spans(text).into_iter().find(is_it).and_then(|span| span.default) {
        let inside = found.iter().filter(|finding| finding.at == reference.at).map(|finding| {
            let end = finding.range.end.min(place.end).saturating_sub(place.start);
            finding.range.start.saturating_sub(place.start)..end
        });
        secrets.extend(inside.filter(|range| range.start < range.end));
    }
    secrets.sort_by_key(|range| range.start);
    let mut shown = String::with_capacity(default.len());
    let mut at = 0;
    for range in secrets {
        if range.start >= at {
            shown.push_str(&default[at..range.start]);
            shown.push_str("<secret>");
        }
        at = at.max(range.end);
    }
    shown.push_str(&default[at..]);
    Some(shown)
}

struct Walk<'s> {
    /// Where which name is filled by the client.
    filled: HashSet<(&'s str, &'s str)>,
    found: Vec<Finding>,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, holder: Option<Holder<'_>>, pointer: &mut String) {
        match value {
            Value::Text(text) => self.text(text, pointer, |reader| reader.all(holder)),
            Value::List(items) => self.items(items, &[], pointer),
            Value::Map(members) => self.members(members, holder, pointer),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn members(&mut self, members: &[(String, Value)], outer: Option<Holder<'_>>, pointer: &mut String) {
        let is_names = outer.is_some_and(|outer| NAMES.contains(&outer.name));
        let text = |name: &str| members.iter().find(|(key, _)| key == name).and_then(|(_, value)| as_text(value));
        let command = ["command", "cmd", "path"].into_iter().find_map(text).unwrap_or_default();
        // `{"name": "TOKEN", "value": "…"}`
        let beside = text("name");
        for (key, value) in members {
            let length = pointer.len();
            push_key(pointer, key);
            match value {
                Value::List(items) if key == "args" => self.line(command, items, 0, pointer),
                Value::List(items) if matches!(key.as_str(), "command" | "cmd") => {
                    let program = items.first().and_then(as_text).unwrap_or_default();
                    self.line(program, items, 1, pointer);
                }
                Value::Text(text) if matches!(key.as_str(), "value" | "default") && beside.is_some() => {
                    self.beside(beside.unwrap_or_default(), text, pointer);
                }
                Value::Text(_) if is_names => self.value(value, None, pointer),
                _ => {
                    let why = if outer.is_some_and(|outer| outer.name.to_ascii_lowercase().ends_with("headers")) {
                        "header"
                    } else {
                        "name"
                    };
                    self.value(value, Some(Holder { name: key, why }), pointer);
                }
            }
            pointer.truncate(length);
        }
    }

    /// The value of an entry that has its name as a member; an option for a container holds another name.
    fn beside(&mut self, name: &str, text: &str, pointer: &str) {
        self.text(text, pointer, |reader| {
            reader.all(Some(Holder { name, why: "name" }));
            if let ("-e" | "--env", Some((name, value))) = (name, text.split_once('=')) {
                reader.held(text.len() - value.len()..text.len(), Holder { name, why: "name" });
            }
        });
    }

    /// The words of a command line, from the first that is an argument.
    fn line(&mut self, command: &str, items: &[Value], first: usize, pointer: &mut String) {
        let words: Vec<Option<&str>> = items.iter().skip(first).map(as_text).collect();
        let mut held = arguments::held(command, &words);
        held.iter_mut().for_each(|held| held.argument += first);
        held.sort_by_key(|held| held.argument);
        self.items(items, &held, pointer);
    }

    fn items(&mut self, items: &[Value], held: &[arguments::Held<'_>], pointer: &mut String) {
        let length = pointer.len();
        for (index, item) in items.iter().enumerate() {
            push_key(pointer, &index.to_string());
            match item {
                Value::Text(text) => {
                    let from = held.partition_point(|held| held.argument < index);
                    let own: Vec<_> = held[from..].iter().take_while(|held| held.argument == index).collect();
                    self.text(text, pointer, |reader| {
                        reader.all(None);
                        for held in own {
                            reader.held(held.range.clone(), Holder { name: held.name, why: held.why });
                        }
                    });
                }
                other => self.value(other, None, pointer),
            }
            pointer.truncate(length);
        }
    }

    fn text<'t>(&mut self, text: &'t str, pointer: &str, read: impl FnOnce(&mut Reader<'t>)) {
        if self.found.len() >= MOST {
            return;
        }
        let mut reader = Reader::new(text, |name| self.filled.contains(&(pointer, name)));
        read(&mut reader);
        let room = MOST - self.found.len();
        self.found.extend(reader.end().into_iter().take(room).map(|hit| Finding {
            at: pointer.to_owned(),
            range: hit.range,
            why: hit.why.to_owned(),
            name: hit.name.map(|name| name.trim_start_matches('-').to_owned()),
        }));
    }
}

fn as_text(value: &Value) -> Option<&str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

/// In a secret's place, what a value is called is none; elsewhere it may be one.
fn is_stand_in(name: &str, text: &str) -> bool {
    dummy::is_obvious(text) || is_secret_name(name) && dummy::is_dummy(text)
}

fn stand_ins(value: &Value, is_set: bool, pointer: &mut String, found: &mut Vec<String>) {
    let length = pointer.len();
    match value {
        Value::Map(members) => {
            for (key, value) in members {
                push_key(pointer, key);
                match value {
                    Value::Text(text) if is_set && is_stand_in(key, text) => found.push(pointer.clone()),
                    Value::Text(_) => {}
                    other => stand_ins(other, SET.contains(&key.as_str()), pointer, found),
                }
                pointer.truncate(length);
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                push_key(pointer, &index.to_string());
                stand_ins(item, false, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}
