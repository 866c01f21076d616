//! Whether what is loaded reaches the servers that ask for it, and what to do where it does not.

use std::collections::{BTreeMap, BTreeSet};

use super::declared::Found;
use super::standing::{Asked, Standing};
use crate::client::{self, Kind, Reach, Reference, Surroundings, reach};
use crate::escape::shown;
use crate::var::VarName;

/// How a variable gets from the shell to one server, by one of the clients that read its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub client: &'static str,
    pub title: &'static str,
    pub reach: Reach,
    /// What to do about it, or to know of it, in one line.
    pub fix: Option<String>,
}

/// The ways of a variable to a server: one for each client that sees it there.
#[must_use]
pub fn ways(found: &Found, name: &str) -> Vec<Way> {
    let first = (found.client, found.title, &found.server.references);
    let others = found.also.iter().map(|reader| (reader.client, reader.title, &reader.references));
    [first]
        .into_iter()
        .chain(others)
        .filter_map(|(client, title, references)| way(found, client, title, references, name))
        .collect()
}

fn way(found: &Found, client: &'static str, title: &'static str, references: &[Reference], name: &str) -> Option<Way> {
    let surroundings = client::find(client).map_or(Surroundings::SHELL, |client| client.surroundings());
    let reach = reach(&surroundings, &found.server, references, name)?;
    Some(Way { client, title, reach, fix: fix(&surroundings, title, reach, name) })
}

fn fix(surroundings: &Surroundings, title: &str, reach: Reach, name: &str) -> Option<String> {
    let but = surroundings.condition.map(|condition| format!(", and see that {condition}")).unwrap_or_default();
    let name = shown(name);
    let instead = match surroundings.reference {
        Some((form, fields)) => format!("write `{}` in {fields}", form.replace("NAME", &name)),
        None => format!("{title} fills no reference, so start the server through `mcpenv exec`"),
    };
    match reach {
        Reach::Exported => surroundings.condition.map(|condition| format!("see that {condition}")),
        Reach::FromShell => Some(format!("start {title} from this shell{but}; from a menu, or before, it does not see it")),
        Reach::Withheld => Some(format!("{title} does not pass it on unasked: {instead}")),
        Reach::Undocumented => Some(format!("nobody documents whether {title} passes it on unasked: {instead}")),
        Reach::Unexpanded => Some(format!("{title} passes the text on as it stands: {instead}")),
        Reach::Kept => Some(format!("{title} asks for it and keeps the answer: what is stored here does not reach it")),
        Reach::Elsewhere => Some("it is read from a file, or elsewhere: what is stored here does not reach it".to_owned()),
    }
}

/// What deserves a word beside the servers of a project: each variable that does not reach one of them, and the clients that
/// must be started from the shell.
#[must_use]
pub fn notes(asked: &[Asked]) -> Vec<String> {
    let mut notes = Vec::new();
    let mut apart: BTreeMap<&str, (String, BTreeSet<String>)> = BTreeMap::new();
    for asked in asked.iter().filter(|a| !matches!(a.standing, Standing::Off | Standing::Shadowed(_))) {
        let found = &asked.found;
        let mut names: BTreeSet<&str> = asked.exported().map(|name| name.as_str()).collect();
        let written = found.server.references.iter().filter(|r| r.kind == Kind::Unexpanded).map(|r| r.name.as_str());
        names.extend(written.filter(|name| VarName::parse(name).is_ok()));
        for name in names {
            // the client that gives the server its name speaks for the others
            let Some(Way { title, reach, fix: Some(fix), .. }) = ways(found, name).into_iter().next() else { continue };
            match reach {
                Reach::FromShell => {
                    apart.entry(title).or_insert_with(|| (fix, BTreeSet::new())).1.insert(name.to_owned());
                }
                Reach::Withheld | Reach::Undocumented | Reach::Unexpanded => {
                    notes.push(format!("`{name}` does not reach `{}` in `{}`: {fix}", shown(&found.server.name), found.file));
                }
                Reach::Exported | Reach::Kept | Reach::Elsewhere => {}
            }
        }
    }
    notes.extend(apart.into_values().map(|(fix, names)| {
        let names: Vec<String> = names.into_iter().collect();
        format!("for {}: {fix}", names.join(", "))
    }));
    notes
}
