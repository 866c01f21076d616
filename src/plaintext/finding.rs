//! The secrets and stand-ins of one server's entry. The tree is walked as it is: a name counts wherever it stands, so that a
//! client whose fields nobody knows yet hides nothing.

use std::collections::HashSet;
use std::ops::Range;

use super::arguments;
use super::text::{Holder, Reader, is_secret_name};
use crate::client::{Kind, Server, Value, push_key};
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
const MOST: usize = 1000;

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
    walk.found
}

/// The pointers of the variables that an entry sets to something that only stands for a value.
#[must_use]
pub fn placeholders(server: &Server) -> Vec<String> {
    let mut found = Vec::new();
    stand_ins(&server.entry, false, &mut server.pointer.clone(), &mut found);
    found
}

/// What a reference defaults to, for showing it: what is secret in it reads `<secret>`. `name` is the reference's own.
#[must_use]
pub fn without_secrets(name: &str, default: &str) -> String {
    let mut reader = Reader::new(default, |_| true);
    reader.all(Some(Holder { name, why: "name" }));
    let mut shown = String::with_capacity(default.len());
    let mut at = 0;
    for hit in reader.end() {
        shown.push_str(&default[at..hit.range.start]);
        shown.push_str("<secret>");
        at = hit.range.end;
    }
    shown.push_str(&default[at..]);
    shown
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
