//! The earlier versions of a profile: what each would bring back, and taking one back. Taking one back is a save like any other:
//! what was there becomes an earlier version itself, and what did not open is put aside.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::revoked::keep_revoked;
use super::trouble::ProfileError;
use crate::ops::workspace::Workspace;
use crate::profile::{ProfileName, Variable};
use crate::store::{Shelf, StoreError, Version};
use crate::var::VarName;

/// The earlier versions of a profile, and how each differs from what is there now.
#[derive(Debug)]
pub struct Past {
    /// The generation that rests there now; `None` when there is none, or it does not open.
    pub now: Option<u64>,
    /// Why what is there now does not open.
    pub trouble: Option<String>,
    /// Where nothing opens now, everything in a version is gained.
    pub versions: Vec<(Version, Result<Difference, String>)>,
}

/// How another state of a profile differs from the one here, by names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// In the other and not here.
    pub gained: Vec<VarName>,
    /// Here and not in the other.
    pub lost: Vec<VarName>,
    /// In both with another value, changed later in the other.
    pub newer: Vec<VarName>,
    /// In both with another value, changed later or at the same time here.
    pub older: Vec<VarName>,
}

type Variables = BTreeMap<VarName, Variable>;

/// What came back.
#[derive(Debug)]
pub struct Restored {
    /// The generation it has now.
    pub generation: u64,
    pub variables: usize,
    pub before: Before,
    pub warnings: Vec<String>,
}

/// What became of what was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// There was nothing.
    Nothing,
    /// It is an earlier version now.
    Kept,
    /// It did not open, and lies here.
    Aside(PathBuf),
}

impl Difference {
    /// How `other` differs from `here`.
    #[must_use]
    pub fn between(here: &Variables, other: &Variables) -> Self {
        let mut found = Self::default();
        for (name, variable) in other {
            match here.get(name) {
                None => found.gained.push(name.clone()),
                Some(known) if known.value == variable.value => {}
                Some(known) if known.changed < variable.changed => found.newer.push(name.clone()),
                Some(_) => found.older.push(name.clone()),
            }
        }
        found.lost = here.keys().filter(|name| !other.contains_key(*name)).cloned().collect();
        found
    }

    /// Whether keeping of each variable what was changed later changes nothing here.
    #[must_use]
    pub fn gives_nothing(&self) -> bool {
        self.gained.is_empty() && self.newer.is_empty()
    }

    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Looks at the earlier versions, newest first.
///
/// # Errors
/// When there is no such profile and no earlier version of one.
pub fn versions(workspace: &Workspace, name: &ProfileName) -> Result<Past, ProfileError> {
    let shelf = Shelf::new(workspace.files(""));
    let kept = shelf.versions(name)?;
    let (here, trouble) = match workspace.store().load(name) {
        Ok(profile) => (Some(profile), None),
        Err(StoreError::Absent(_)) if kept.is_empty() => return Err(ProfileError::Absent(name.clone())),
        Err(StoreError::Absent(_)) => (None, None),
        Err(e) => (None, Some(e.to_string())),
    };
    let variables = here.as_ref().map(|here| here.variables.clone()).unwrap_or_default();
    let look = |version: Version| {
        let opened = shelf.open_version(name, &version.id);
        let told = match opened {
            Ok(Some(other)) => Ok(Difference::between(&variables, &other.variables)),
            Ok(None) => Err("it is not there any more".to_owned()),
            Err(e) => Err(e.to_string()),
        };
        (version, told)
    };
    let versions = kept.into_iter().rev().map(look).collect();
    Ok(Past { now: here.map(|profile| profile.generation), trouble, versions })
}

/// Takes an earlier version back as a new generation.
///
/// # Errors
/// When there is no such version, it does not open, or what is there now neither opens nor is known to be damaged; nothing is
/// changed then.
pub fn restore(workspace: &Workspace, name: &ProfileName, id: &str) -> Result<Restored, ProfileError> {
    let (store, shelf) = (workspace.store(), Shelf::new(workspace.files("")));
    let lock = store.lock(name)?;
    let found = shelf.open_version(name, id)?;
    let mut back = found.ok_or_else(|| ProfileError::NoVersion { name: name.clone(), id: id.to_owned() })?;
    let variables = back.variables.len();
    match store.load(name) {
        Ok(here) => {
            back.generation = here.generation;
            // who can open it is decided now, not then
            back.readers.clone_from(&here.readers);
            let revoked = keep_revoked(&here.variables, &mut back.variables);
            shelf.keep(&lock, name, here.generation)?;
            let mut warnings = store.save(&lock, name, &mut back)?.warnings;
            warnings.extend(revoked.iter().map(|name| format!("`{name}` was revoked, and stays so")));
            Ok(Restored { generation: back.generation, variables, before: Before::Kept, warnings })
        }
        Err(error) if matches!(error, StoreError::Absent(_)) || Shelf::is_beyond_opening(&error) => {
            let word = shelf.word(name)?;
            let (saved, aside) = shelf.put_anew(&lock, name, &mut back, &word)?;
            let before = aside.map_or(Before::Nothing, Before::Aside);
            Ok(Restored { generation: back.generation, variables, before, warnings: saved.warnings })
        }
        Err(other) => Err(other.into()),
    }
}
