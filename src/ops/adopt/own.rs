//! `.mcpenv.toml` learns which variables a server gets that mcpenv starts.

use std::collections::BTreeMap;
use std::path::Path;

use zeroize::Zeroizing;

use super::candidate::below;
use super::plan::FilePlan;
use super::trouble::AdoptError;
use crate::client::{Change, Format, Value, splice};
use crate::file::{self, FileError};
use crate::project::{FILE, Project};
use crate::sys;
use crate::var::VarName;

/// The change of `.mcpenv.toml`; `None` when it says all of that already.
pub(super) fn declare(project: &Project, servers: &BTreeMap<String, Vec<VarName>>) -> Result<Option<FilePlan>, AdoptError> {
    if servers.is_empty() {
        return Ok(None);
    }
    let (bytes, _) = file::read_inside(&project.root, Path::new(FILE))?;
    let mut changes = Vec::new();
    for (server, names) in servers {
        let mut missing: Vec<String> = Vec::new();
        let known = project.wishes.servers.get(server);
        for name in names {
            if !known.is_some_and(|known| known.variables.contains(name)) && !missing.contains(&name.as_str().to_owned()) {
                missing.push(name.as_str().to_owned());
            }
        }
        if missing.is_empty() {
            continue;
        }
        let into = below("/servers", server);
        let list = Value::List(missing.iter().cloned().map(Value::Text).collect());
        let change =
            |into: &str, key: &str, value| Change::Insert { into: into.to_owned(), after: None, key: key.to_owned(), value };
        let variants = [
            Change::Items { into: format!("{into}/variables"), before: usize::MAX, items: missing },
            change(&into, "variables", list.clone()),
            change("/servers", server, Value::Map(vec![("variables".to_owned(), list)])),
        ];
        changes.push(match known {
            Some(known) if !known.variables.is_empty() => variants.into_iter().next(),
            Some(_) => variants.into_iter().find(|change| fits(&bytes, &changes, change)),
            None => variants.into_iter().last(),
        });
    }
    let changes: Vec<Change> = changes.into_iter().flatten().collect();
    if changes.is_empty() {
        return Ok(None);
    }
    let path = project.root.join(FILE);
    let path = sys::canonical(&path).map_err(|source| FileError::of(&path, source))?;
    let mut after = Zeroizing::new(bytes.clone());
    // so many at once as one place takes
    for changes in changes.chunks(32) {
        after = splice(Format::Toml, &after, changes).map_err(|source| AdoptError::Splice { path: path.clone(), source })?;
    }
    Ok(Some(FilePlan { path, shown: FILE.to_owned(), before: Zeroizing::new(bytes), after, gone: Vec::new() }))
}

/// Whether a change can be made behind those before it.
fn fits(bytes: &[u8], before: &[Option<Change>], change: &Change) -> bool {
    let all: Vec<Change> = before.iter().flatten().chain([change]).cloned().collect();
    splice(Format::Toml, bytes, &all).is_ok()
}
