//! Binds a project to another profile: what it would get from there is put together, shown by whoever asks the user, and then
//! the binding is another. Which servers are allowed does not change: they are the same servers with other values.

use std::path::Path;

use super::trouble::ProfileError;
use crate::approval::{LedgerError, Reading, Record};
use crate::client::Scope;
use crate::ops::allow::asked_names;
use crate::ops::shadow;
use crate::ops::standing::{Asked, Standing};
use crate::ops::target;
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::project::Project;
use crate::store::StoreError;
use crate::var::VarName;

/// What would change.
#[derive(Debug)]
pub struct Exchange {
    pub project: Project,
    pub record: Record,
    pub to: ProfileName,
    /// The servers that are allowed, and get their variables from the new profile.
    pub servers: Vec<String>,
    /// What these ask for and the new profile has.
    pub gets: Vec<VarName>,
    /// What they ask for and it lacks.
    pub lacks: Vec<VarName>,
}

impl Exchange {
    /// Whether the project is bound to it already.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.record.profile.as_ref() == Some(&self.to)
    }

    /// The names it would get that need the user's typed word, with the reason: here nobody was asked while they had no value.
    #[must_use]
    pub fn cautions(&self) -> Vec<(VarName, &'static str)> {
        self.gets.iter().filter_map(|name| Some((name.clone(), name.caution()?))).collect()
    }

    /// Whether the project's file asks for another profile than the one it gets.
    #[must_use]
    pub fn differs_from_wish(&self) -> Option<&ProfileName> {
        self.project.wishes.profile.as_ref().filter(|wish| **wish != self.to)
    }
}

/// Puts together what binding the project of `directory` to this profile would mean. Changes nothing.
///
/// # Errors
/// When there is no project, no such profile, or it does not open.
pub fn propose(workspace: &Workspace, directory: Option<&Path>, to: &ProfileName) -> Result<Exchange, ProfileError> {
    let project = target::project(workspace, directory)?;
    let record = match workspace.ledger().read(&project.root) {
        Reading::None | Reading::Disbelieved(LedgerError::Forged(_)) => Record::default(),
        Reading::Said(record) => *record,
        Reading::Disbelieved(e) => return Err(e.into()),
    };
    let stored = match workspace.store().load(to) {
        Err(StoreError::Absent(name)) => return Err(ProfileError::Absent(name)),
        other => other?,
    };
    let (own, user) = shadow::all(workspace, &project);
    let asked: Vec<Asked> = [own.servers, user.servers]
        .concat()
        .into_iter()
        .map(|found| Asked::new(found, &project.wishes, Some(&record)))
        .filter(|a| record.wishes.is_some() && a.standing == Standing::Approved)
        .collect();
    // a server of the user's own files counts as it was allowed, whatever stands there now: the hook does not read them
    let of_user: Vec<_> = record.servers.iter().map(|a| &a.projection).filter(|p| p.scope == Scope::User).collect();
    let mut names = asked_names(asked.iter());
    names.extend(of_user.iter().flat_map(|p| p.variables.iter().map(|(name, _)| name.clone())));
    names.sort();
    names.dedup();
    let (gets, lacks) = names.into_iter().partition(|name| stored.variables.contains_key(name));
    let mut servers: Vec<String> = asked.iter().map(|a| a.found.server.name.clone()).collect();
    servers.extend(of_user.iter().map(|p| p.server.clone()));
    servers.sort();
    servers.dedup();
    Ok(Exchange { project, record, to: to.clone(), servers, gets, lacks })
}

/// Keeps the user's yes.
///
/// # Errors
/// When the record cannot be written; the old binding then still stands.
pub fn exchange(workspace: &Workspace, exchange: &Exchange) -> Result<(), ProfileError> {
    let record = Record { profile: Some(exchange.to.clone()), ..exchange.record.clone() };
    Ok(workspace.ledger().write(&exchange.project.root, &record)?)
}
