//! `import --keychain NAME…`: entries that a person made by hand in the keychain of the system. They are read and left alone.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::args::Import;
use super::ask::{AskError, Person};
use super::report;
use super::report::Done;
use super::taking::take_over;
use crate::escape::shown;
use crate::fault::{Exit, Fault};
use crate::file::quoted;
use crate::keychain::{Keychain, KeychainError, PLACE, Seen, removal};
use crate::mask::{is_token, masked_tokens};
use crate::ops::Workspace;
use crate::ops::import::{Offer, single};
use crate::profile::ProfileName;
use crate::var::{NameError, VarName};

/// Why an entry is not the one that is meant.
#[derive(Debug, thiserror::Error)]
enum EntryError {
    #[error("`{0}` is no name of a variable")]
    NoName(String),
    #[error("{PLACE} has no entry `{0}`")]
    Absent(String),
    #[error("{PLACE} has {} entries `{name}`: {}", .found.len(), .found.join("; "))]
    Several { name: String, found: Vec<String> },
    #[error("for the entry `{name}`: {source}")]
    Keychain { name: String, source: KeychainError },
    #[error("no thread to ask {PLACE} with: {0}")]
    NoThread(std::io::Error),
}

impl Fault for EntryError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoName(_) => Exit::Usage,
            Self::Several { .. } => Exit::NeedsPerson,
            Self::Keychain { source, .. } => source.exit(),
            Self::Absent(_) | Self::NoThread(_) => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoName(_) => Some("import it alone, and name the variable with `--as VAR`".to_owned()),
            Self::Absent(_) => {
                Some("it is looked for by its service (or target), its attribute `name`, and its label, to the letter".to_owned())
            }
            Self::Several { .. } => Some("run it at a terminal to choose one".to_owned()),
            Self::Keychain { source, .. } => source.hint(),
            Self::NoThread(_) => None,
        }
    }
}

/// Takes entries of the keychain over.
pub(super) fn run(workspace: &Workspace, args: &Import, profile: &ProfileName) -> Done {
    let wanted = args.sources.iter().map(|name| named(name, args.variable.as_deref())).collect::<Result<Vec<_>, _>>()?;
    let mut person = if args.json { None } else { Person::at_terminal(workspace).ok() };
    let keychain = Keychain::open(Duration::from_secs(args.wait), person.is_some()).map_err(EntryError::NoThread)?;
    let mut offer = Offer::default();
    for (name, variable) in &wanted {
        let failed = |source| EntryError::Keychain { name: shown(name).into_owned(), source };
        let found = keychain.find_by_hand(name).map_err(failed)?;
        let entry = chosen(name, &found, &mut person)?;
        let one = single(variable.clone(), keychain.read(entry).map_err(failed)?);
        offer.given.extend(one.given);
        offer.left.extend(one.left);
    }
    let taken = take_over(workspace, profile, &mut offer, &mut person, args.json)?;
    for (name, _) in &wanted {
        let way = removal(&quoted(Path::new(name)));
        report::note(&format!("the entry `{}` is still in {PLACE}; when nothing else needs it, `{way}`", shown(name)));
    }
    if args.json {
        report::json(&taken.as_json(profile, &offer, false));
    }
    Ok(taken.code(&offer))
}

/// An entry's name, and the variable that its value becomes.
fn named(name: &OsString, variable: Option<&str>) -> Result<(String, VarName), Box<dyn Fault>> {
    let name = name.to_string_lossy().into_owned();
    if is_token(&name) || variable.is_some_and(is_token) {
        return Err(Box::new(NameError::ValueAsArgument));
    }
    let variable = match variable {
        Some(variable) => VarName::parse(variable)?,
        None => VarName::parse(&name).map_err(|error| -> Box<dyn Fault> {
            match error {
                NameError::Denied { .. } | NameError::ValueAsArgument => Box::new(error),
                _ => Box::new(EntryError::NoName(shown(&name).into_owned())),
            }
        })?,
    };
    Ok((name, variable))
}

/// The one entry that is meant, told apart by what it is found by, never by its value.
fn chosen<'a>(name: &str, found: &'a [Seen], person: &mut Option<Person>) -> Result<&'a Seen, Box<dyn Fault>> {
    let (entries, person) = match (found, person) {
        ([], _) => return Err(Box::new(EntryError::Absent(shown(name).into_owned()))),
        ([entry], _) => return Ok(entry),
        (found, None) => {
            let found = found.iter().map(described).collect();
            return Err(Box::new(EntryError::Several { name: shown(name).into_owned(), found }));
        }
        (found, Some(person)) => (found, person),
    };
    person.tell(&format!("{PLACE} has {} entries `{}`:", entries.len(), shown(name)))?;
    for (at, entry) in entries.iter().enumerate() {
        person.tell(&format!("  {}  {}", at + 1, described(entry)))?;
    }
    loop {
        let typed = person.line(&format!("Which one? [1-{}, Enter for none]: ", entries.len()))?;
        if typed.is_empty() {
            return Err(Box::new(AskError::Interrupted));
        }
        if let Some(entry) = typed.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).and_then(|at| entries.get(at)) {
            return Ok(entry);
        }
    }
}

fn described(entry: &Seen) -> String {
    let pairs = entry.attributes.iter().map(|(key, value)| format!("{}={}", shown(key), masked_tokens(&shown(value))));
    let label = if entry.label.is_empty() {
        "without a label".to_owned()
    } else {
        format!("\"{}\"", masked_tokens(&shown(&entry.label)))
    };
    let locked = if entry.is_locked { ", locked" } else { "" };
    format!("{label} ({}{locked})", pairs.collect::<Vec<_>>().join(", "))
}
