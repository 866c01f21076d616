//! A new value in the place of an old one, and the way back: what is refused, who uses it, what still runs with the old one.

use std::path::Path;

use super::check::all_servers;
use super::dates;
use super::known;
use super::target;
use super::values::{self, Changed, Said, ValueError};
use super::workspace::Workspace;
use crate::fault::{Exit, Fault};
use crate::profile::{Former, ProfileName, Variable};
use crate::secret::Secret;
use crate::store::{Store, StoreError};
use crate::sys::running::{self, Running};
use crate::var::VarName;

/// Why the value stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    #[error(transparent)]
    Value(#[from] ValueError),
    #[error("that is the value that `{0}` has already")]
    Same(VarName),
    #[error("that is a value that `{0}` had before")]
    Former(VarName),
    #[error("for `{name}`: {why}")]
    Unfit { name: VarName, why: String },
    #[error("`{0}` has no value before this one")]
    NoFormer(VarName),
    #[error("the value before this one of `{0}` was revoked")]
    Revoked(VarName),
}

impl From<StoreError> for RotateError {
    fn from(error: StoreError) -> Self {
        Self::Value(error.into())
    }
}

impl Fault for RotateError {
    fn exit(&self) -> Exit {
        match self {
            Self::Value(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Value(e) => e.hint(),
            Self::Same(_) => Some("make a new one at its issuer".to_owned()),
            Self::Former(name) => Some(format!("take the last one back with `mcpenv rollback {name}`")),
            Self::Unfit { name, .. } => Some(format!("store it all the same with `mcpenv set {name}`")),
            Self::NoFormer(_) => None,
            Self::Revoked(name) => Some(format!("take it back all the same with `mcpenv rollback {name} --revoked`")),
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Rotated {
    pub changed: Changed,
    /// Programs of this user that were started with the old value; `None` where the system does not tell.
    pub stale: Option<Vec<Running>>,
}

/// Puts a new value in the place of the old one, which is kept among the former ones once the new one is saved and read back.
///
/// # Errors
/// When there is no old one, when the new one is unfit, or when it could not be saved: the old one is then still in force.
pub fn rotate(
    workspace: &Workspace,
    profile: &ProfileName,
    name: &VarName,
    new: Secret,
    said: &Said,
) -> Result<Rotated, RotateError> {
    let old = stored(workspace, profile, name)?;
    require_fit(name, &new, &old)?;
    let changed = values::set_with(workspace, profile, name, new, said)?;
    Ok(Rotated { changed, stale: running::holding(name.as_str(), old.value.expose()) })
}

/// The variable as it is stored.
///
/// # Errors
/// When there is none, or the profile does not open.
pub fn stored(workspace: &Workspace, profile: &ProfileName, name: &VarName) -> Result<Variable, RotateError> {
    let mut open = workspace.store().load(profile)?;
    match open.variables.remove(name) {
        Some(variable) => Ok(variable),
        None => Err(values::missing(&open, profile, name).into()),
    }
}

/// Whether a value can take the place of this variable's.
///
/// # Errors
/// Says what is wrong with it, and shows no part of it.
pub fn require_fit(name: &VarName, new: &Secret, old: &Variable) -> Result<(), RotateError> {
    if *new == old.value {
        return Err(RotateError::Same(name.clone()));
    }
    if old.former.iter().any(|former| former.value == *new) {
        return Err(RotateError::Former(name.clone()));
    }
    let unfit = |why: String| RotateError::Unfit { name: name.clone(), why };
    if let Some(why) = values::oddities(new).first() {
        return Err(unfit((*why).to_owned()));
    }
    match known::odd_form(name, new) {
        Some(why) => Err(unfit(why)),
        None => Ok(()),
    }
}

/// Takes the value before this one back. The present one becomes a former one in its turn.
///
/// # Errors
/// When there is none, when it was revoked and `even_revoked` is not said, or when it could not be saved.
pub fn rollback(
    workspace: &Workspace,
    profile: &ProfileName,
    name: &VarName,
    even_revoked: bool,
) -> Result<Rotated, RotateError> {
    let store = workspace.store();
    let lock = store.lock(profile)?;
    let mut open = store.load(profile)?;
    let fingerprint_of = |value: &Secret, open: &crate::profile::Profile| open.fingerprint(value.expose());
    let Some(variable) = open.variables.get_mut(name) else {
        return Err(values::missing(&open, profile, name).into());
    };
    if variable.former.is_empty() {
        return Err(RotateError::NoFormer(name.clone()));
    }
    if variable.former[0].is_revoked && !even_revoked {
        return Err(RotateError::Revoked(name.clone()));
    }
    let back = variable.former.remove(0);
    let value = back.value.clone();
    let now = workspace.seconds();
    let old = std::mem::replace(&mut variable.value, back.value);
    let is_revoked = variable.revoked.take().is_some();
    let expires = std::mem::replace(&mut variable.plan.expires, back.expires);
    let former = Former { value: old.clone(), from: variable.changed, until: now, is_revoked, expires, unknown: back.unknown };
    variable.former.insert(0, former);
    // its age counts from when it came, not from today
    variable.changed = back.from;
    let end = dates::Dates::of(variable, None, &crate::settings::Settings::default()).end;
    let fingerprint = fingerprint_of(&value, &open);
    let saved = store.save(&lock, profile, &mut open)?;
    let changed = Changed { end, is_new: false, fingerprint, warnings: saved.warnings };
    Ok(Rotated { changed, stale: running::holding(name.as_str(), old.expose()) })
}

/// One value that a variable has or had, without the value.
#[derive(Debug)]
pub struct Past {
    pub fingerprint: String,
    pub from: i64,
    /// `None`: it is in force.
    pub until: Option<i64>,
    pub is_revoked: bool,
}

/// The values of a variable, the present one first: when they came and went, and their fingerprints.
///
/// # Errors
/// When there is no such variable, or the profile does not open.
pub fn history(workspace: &Workspace, profile: &ProfileName, name: &VarName) -> Result<Vec<Past>, RotateError> {
    let open = workspace.store().load(profile)?;
    let Some(variable) = open.variables.get(name) else { return Err(values::missing(&open, profile, name).into()) };
    let now = Past {
        fingerprint: open.fingerprint(variable.value.expose()),
        from: variable.changed,
        until: None,
        is_revoked: variable.revoked.is_some(),
    };
    let past = |former: &Former| Past {
        fingerprint: open.fingerprint(former.value.expose()),
        from: former.from,
        until: Some(former.until),
        is_revoked: former.is_revoked,
    };
    Ok(std::iter::once(now).chain(variable.former.iter().map(past)).collect())
}

/// Removes a variable with all that it had before, from the profile and from its earlier versions. Backups are beyond reach.
///
/// # Errors
/// When there is none, or it could not be saved. A version that could not be rewritten is named in the warnings.
pub fn forget(workspace: &Workspace, profile: &ProfileName, name: &VarName) -> Result<Vec<String>, RotateError> {
    let files = workspace.files("");
    let lock = files.lock(profile)?;
    let mut open = files.load(profile)?;
    let mut warnings = Vec::new();
    if open.variables.remove(name).is_some() {
        warnings = files.save(&lock, profile, &mut open)?.warnings;
    } else if !files.holds_before(profile, name) {
        return Err(values::missing(&open, profile, name).into());
    }
    warnings.extend(files.rewrite_versions(&lock, profile, &|version| version.variables.remove(name).is_some())?);
    Ok(warnings)
}

/// A server that uses a variable: its name, its client, its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub server: String,
    pub client: &'static str,
    pub file: String,
}

/// The servers of a project that use a variable; nobody where there is no project.
#[must_use]
pub fn users(workspace: &Workspace, directory: Option<&Path>, name: &VarName) -> Vec<User> {
    let Ok(project) = target::project(workspace, directory) else { return Vec::new() };
    let record = target::record(workspace, &project.root).ok().flatten();
    let (asked, _) = all_servers(workspace, &project, record.as_ref());
    let uses = |asked: &&super::standing::Asked| asked.projection.variables.iter().any(|(known, _)| known == name);
    let user = |asked: &super::standing::Asked| User {
        server: asked.found.server.name.clone(),
        client: asked.found.title,
        file: asked.found.file.clone(),
    };
    asked.iter().filter(uses).map(user).collect()
}
