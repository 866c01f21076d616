//! The changes that put the chosen forms into an entry.

use super::candidate::{Candidate, below};
use super::form::{Form, in_argument, wrapped_as};
use crate::client::{Change, CommandForm, Server, Value, Writing};
use crate::var::VarName;

/// A text whose form and names are settled.
pub(super) struct Settled<'c> {
    pub candidate: &'c Candidate,
    pub form: Form,
    /// One for each part, or one for the whole text.
    pub names: Vec<VarName>,
}

/// How mcpenv starts a server.
pub(super) struct Launcher {
    pub program: String,
    /// What `mcpenv exec` must be told beside the name of the server.
    pub options: Vec<String>,
}

/// The changes of one entry: those of texts, which move nothing, and then all others.
pub(super) struct Changes {
    pub texts: Vec<Change>,
    pub others: Vec<Change>,
}

/// What an entry's settled texts make of it.
pub(super) fn changes(server: &Server, writing: &Writing, settled: &[Settled<'_>], launcher: &Launcher) -> Changes {
    let mut changes = Changes { texts: Vec::new(), others: Vec::new() };
    let field = |name: &str| below(&server.pointer, name);
    let text = |value: &VarName| Value::Text(value.as_str().to_owned());
    for Settled { candidate, form, names } in settled {
        let Some(name) = names.first() else { continue };
        let remove = || Change::Remove { at: candidate.at.clone() };
        match form {
            Form::Reference => {
                changes.replace(candidate, names, |name| writing.reference(candidate.part, name).unwrap_or_default());
                for name in names {
                    writing.named_in.iter().for_each(|list| changes.name(server, list, name));
                }
            }
            Form::Renamed => changes.texts.push(Change::Text {
                at: candidate.at.clone(),
                range: 0..candidate.text.len(),
                with: format!("%{{{name}}}"),
            }),
            Form::Wrapper if form.takes_all(candidate) => changes.others.push(remove()),
            Form::Wrapper if candidate.given_whole().is_some() => {
                let at = candidate.given.as_ref().map_or(0, |(_, at)| at.saturating_sub(1));
                let range = at..candidate.text.len();
                changes.texts.push(Change::Text { at: candidate.at.clone(), range, with: String::new() });
            }
            Form::Wrapper => changes.replace(candidate, names, |name| in_argument(candidate, writing, name)),
            Form::Inherited => changes.others.push(remove()),
            Form::Names(list) => {
                changes.others.push(remove());
                changes.name(server, list, name);
            }
            Form::Bearer(to) | Form::Field(to) => {
                changes.others.push(Change::Insert {
                    into: server.pointer.clone(),
                    after: None,
                    key: (*to).to_owned(),
                    value: text(name),
                });
                changes.others.push(remove());
            }
            Form::Header(map) => {
                let is_there = server.entry.get(map).is_some() || changes.has_member(&server.pointer, map);
                let (into, key, value) = if is_there {
                    (field(map), candidate.key.clone(), text(name))
                } else {
                    (server.pointer.clone(), (*map).to_owned(), Value::Map(vec![(candidate.key.clone(), text(name))]))
                };
                changes.others.push(Change::Insert { into, after: None, key, value });
                changes.others.push(remove());
            }
        }
    }
    if settled.iter().any(|settled| settled.form.is_wrapper()) && wrapped_as(server).is_none() {
        changes.launch(server, launcher);
    }
    changes
}

impl Changes {
    /// The last part first, so that the places of the others stay.
    fn replace(&mut self, candidate: &Candidate, names: &[VarName], reference: impl Fn(&str) -> String) {
        for (spot, name) in candidate.spots.iter().zip(names).rev() {
            let with = reference(name.as_str());
            self.texts.push(Change::Text { at: candidate.at.clone(), range: spot.range.clone(), with });
        }
    }

    /// Puts a name into a list of names, unless it is there.
    fn name(&mut self, server: &Server, list: &str, name: &VarName) {
        let into = below(&server.pointer, list);
        let word = Value::Text(name.as_str().to_owned());
        match server.entry.get(list) {
            Some(Value::List(items)) if items.contains(&word) => {}
            _ if self.names(&into, name.as_str()) => {}
            Some(_) => self.others.push(Change::Items { into, before: usize::MAX, items: vec![name.as_str().to_owned()] }),
            None if self.has_member(&server.pointer, list) => {
                self.others.push(Change::Items { into, before: usize::MAX, items: vec![name.as_str().to_owned()] });
            }
            None => self.others.push(Change::Insert {
                into: server.pointer.clone(),
                after: None,
                key: list.to_owned(),
                value: Value::List(vec![word]),
            }),
        }
    }

    /// Whether a change before this one put a name into a list.
    fn names(&self, list: &str, name: &str) -> bool {
        self.others.iter().any(|change| match change {
            Change::Items { into, items, .. } => into == list && items.iter().any(|item| item == name),
            Change::Insert { into, key, value: Value::List(items), .. } => {
                below(into, key) == list && items.contains(&Value::Text(name.to_owned()))
            }
            _ => false,
        })
    }

    /// Whether a change before this one made a member.
    fn has_member(&self, map: &str, member: &str) -> bool {
        self.others.iter().any(|change| matches!(change, Change::Insert { into, key, .. } if into == map && key == member))
    }

    /// Lets mcpenv start the server: its own command line comes behind mcpenv's.
    fn launch(&mut self, server: &Server, launcher: &Launcher) {
        let keys = server.keys;
        let at = |field: &str| below(&server.pointer, field);
        let mut words = vec!["exec".to_owned()];
        // a name that looks like an option must not be taken for one
        if server.name.starts_with('-') {
            words.push(format!("--server={}", server.name));
        } else {
            words.extend(["--server".to_owned(), server.name.clone()]);
        }
        words.extend(launcher.options.iter().cloned());
        words.push("--".to_owned());
        let command = server.entry.get(keys.command);
        if let (Some(Value::List(_)), CommandForm::List) = (command, keys.form) {
            words.insert(0, launcher.program.clone());
            self.others.push(Change::Items { into: at(keys.command), before: 0, items: words });
            return;
        }
        let (holder, into, command_at, args_at) = match (command, keys.form) {
            (Some(map @ Value::Map(_)), CommandForm::Map) => {
                (map.get("path"), at(keys.command), format!("{}/path", at(keys.command)), format!("{}/args", at(keys.command)))
            }
            _ => (command, server.pointer.clone(), at(keys.command), at(keys.args)),
        };
        let Some(Value::Text(own)) = holder else { return };
        // what goes into the command itself goes into what stands behind mcpenv
        let mut own = own.clone();
        self.texts.retain(|change| match change {
            Change::Text { at, range, with } if *at == command_at => {
                own.replace_range(range.clone(), with);
                false
            }
            _ => true,
        });
        let length = if let Some(Value::Text(text)) = holder { text.len() } else { 0 };
        words.push(own);
        self.texts.push(Change::Text { at: command_at.clone(), range: 0..length, with: launcher.program.clone() });
        let key = |pointer: &str| pointer.rsplit('/').next().unwrap_or_default().to_owned();
        let has_args = match (command, keys.form) {
            (Some(map @ Value::Map(_)), CommandForm::Map) => map.get("args").is_some(),
            _ => server.entry.get(keys.args).is_some(),
        };
        self.others.push(if has_args {
            Change::Items { into: args_at, before: 0, items: words }
        } else {
            let value = Value::List(words.into_iter().map(Value::Text).collect());
            Change::Insert { into, after: Some(key(&command_at)), key: key(&args_at), value }
        });
    }
}
