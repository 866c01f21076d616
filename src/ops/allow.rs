//! Approval: what a project asks for is put together, shown by whoever asks the user, and kept as it was shown.

use std::path::Path;

use super::declared::Unread;
use super::shadow;
use super::standing::{Asked, Standing};
use super::target;
use super::team::{self, TeamAsk};
use super::workspace::Workspace;
use crate::approval::{Approved, LedgerError, Projection, Reading, Record, lines, wishes_digest};
use crate::client::Scope;
use crate::fault::{Exit, Fault};
use crate::profile::ProfileName;
use crate::project::{Project, ProjectError};
use crate::store::Store;
use crate::sys::canonical;
use crate::var::VarName;

/// What a project asks for, to be shown and then granted as it is here.
#[derive(Debug)]
pub struct Proposal {
    pub project: Project,
    /// The profile it would be given from.
    pub profile: ProfileName,
    pub binding: Binding,
    /// The file of the project that the profile rests in.
    pub team: Option<TeamAsk>,
    pub record: Record,
    /// A record is there that is not believed; why.
    pub disbelieved: Option<LedgerError>,
    /// Servers of the project's own files, enabled ones only.
    pub servers: Vec<Asked>,
    /// Servers of the user's own files that ask for variables; asked for apart.
    pub of_user: Vec<Asked>,
    /// Approved once, and no longer there.
    pub gone: Vec<Projection>,
    pub unread: Vec<Unread>,
    /// The list of clients is not the one that was approved.
    pub has_new_clients: bool,
}

/// How the profile of a proposal stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    Bound,
    /// Not bound yet; the profile exists.
    New,
    /// Not bound yet, and there is no such profile.
    NewProfile,
}

/// Why nothing can be proposed or granted.
#[derive(Debug, thiserror::Error)]
pub enum AllowError {
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("this project names no profile, and none is bound to it")]
    NoProfile,
    #[error("there is no profile `{0}`")]
    ProfileAbsent(ProfileName),
    #[error(transparent)]
    Team(#[from] team::TeamError),
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

impl Fault for AllowError {
    fn exit(&self) -> Exit {
        match self {
            Self::Store(e) => e.exit(),
            Self::Team(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Project(e) => e.hint(),
            Self::Ledger(e) => e.hint(),
            Self::NoProfile => Some("bind one with `mcpenv init`".to_owned()),
            Self::ProfileAbsent(name) => Some(format!("make it with `mcpenv init --profile {name}`")),
            Self::Store(e) => e.hint(),
            Self::Team(e) => e.hint(),
        }
    }
}

/// Puts together what the project of `directory` asks for.
///
/// # Errors
/// When there is no project, or no profile that it could be given from.
pub fn propose(workspace: &Workspace, directory: Option<&Path>) -> Result<Proposal, AllowError> {
    let project = target::project(workspace, directory)?;
    let (record, disbelieved) = match workspace.ledger().read(&project.root) {
        Reading::None => (Record::default(), None),
        Reading::Said(record) => (*record, None),
        Reading::Disbelieved(e @ LedgerError::Forged(_)) => (Record::default(), Some(e)),
        Reading::Disbelieved(e) => return Err(e.into()),
    };
    let profile = record.profile.clone().or_else(|| project.wishes.profile.clone()).ok_or(AllowError::NoProfile)?;
    let team = team::ask(workspace, &project, &profile, &record)?;
    let exists = team.is_some() || workspace.files_of(&project.root, &record, "").names()?.contains(&profile);
    let binding = match (&record.profile, exists) {
        (Some(_), true) => Binding::Bound,
        (Some(_), false) => return Err(AllowError::ProfileAbsent(profile)),
        (None, true) => Binding::New,
        (None, false) => Binding::NewProfile,
    };
    let (declared, user) = shadow::all(workspace, &project);
    let ask = |found| Asked::new(found, &project.wishes, Some(&record));
    let servers: Vec<Asked> = declared.servers.into_iter().map(ask).collect();
    let of_user: Vec<Asked> = user.servers.into_iter().map(ask).collect();
    let is_there = |p: &Projection| {
        servers.iter().chain(&of_user).any(|a| {
            p.is_same_entry(
                &a.projection.client,
                a.projection.scope,
                &a.projection.file,
                &a.projection.server,
                a.projection.context.as_deref(),
            )
        })
    };
    let gone = record.servers.iter().map(|a| &a.projection).filter(|p| !is_there(p)).cloned().collect();
    let has_new_clients = record.wishes.is_some_and(|was| was != wishes_digest(project.wishes.clients.as_deref()));
    let counts = |a: &Asked| !matches!(a.standing, Standing::Off | Standing::Shadowed(_));
    let of_user = of_user.into_iter().filter(|a| !a.projection.variables.is_empty() && counts(a)).collect();
    let servers = servers.into_iter().filter(|a| a.standing != Standing::Off).collect();
    let unread = declared.unread.into_iter().chain(user.unread).collect();
    Ok(Proposal { project, profile, binding, team, record, disbelieved, servers, of_user, gone, unread, has_new_clients })
}

impl Proposal {
    /// Whether granting its servers would change nothing.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.binding == Binding::Bound
            && self.record.wishes.is_some()
            && !self.record.is_denied
            && !self.has_new_clients
            && self.gone.is_empty()
            && self.grantable().all(Asked::is_approved)
            && self.of_user.iter().all(|a| a.is_approved() || self.record.find(&a.projection).is_none())
    }

    /// The servers of the project that can be granted.
    pub fn grantable(&self) -> impl Iterator<Item = &Asked> {
        self.servers.iter().filter(|a| !matches!(a.standing, Standing::Ambiguous(_) | Standing::Shadowed(_)))
    }

    /// The servers of the user's own files that can be granted.
    pub fn grantable_of_user(&self) -> impl Iterator<Item = &Asked> {
        self.of_user.iter().filter(|a| !matches!(a.standing, Standing::Ambiguous(_)))
    }

    /// The names among what would be granted that need the user's typed word, with the reason.
    #[must_use]
    pub fn cautions(&self, with_user: bool) -> Vec<(VarName, &'static str)> {
        let user = self.grantable_of_user().filter(|_| with_user);
        let mut found = Vec::new();
        for server in self.grantable().chain(user).filter(|a| !a.is_approved()) {
            for (name, _) in &server.projection.variables {
                if let Some(why) = name.caution()
                    && !found.iter().any(|(known, _)| known == name)
                {
                    found.push((name.clone(), why));
                }
            }
        }
        found
    }
}

/// Keeps the user's yes: exactly what was proposed, with the user's own servers or without them, and without the names in
/// `but`, whose servers stay unapproved.
///
/// # Errors
/// When the record cannot be written; what stood before still stands.
pub fn grant(workspace: &Workspace, proposal: &Proposal, with_user: bool, but: &[VarName]) -> Result<(), AllowError> {
    let is_wanted = |a: &&Asked| !a.projection.variables.iter().any(|(name, _)| but.contains(name));
    let keep = |a: &Asked| match proposal.record.find(&a.projection).filter(|_| a.is_approved()) {
        Some(known) => known.clone(),
        None => Approved::new(a.projection.clone(), &lines(&a.found.server.entry), workspace.seconds()),
    };
    let mut servers: Vec<Approved> = proposal.grantable().filter(is_wanted).map(keep).collect();
    if with_user {
        servers.extend(proposal.grantable_of_user().filter(is_wanted).map(keep));
    } else {
        servers.extend(proposal.grantable_of_user().filter(|a| a.is_approved()).map(keep));
    }
    let record = Record {
        profile: Some(proposal.profile.clone()),
        team: proposal.team.as_ref().map(|team| team.now.clone()),
        is_denied: false,
        wishes: Some(wishes_digest(proposal.project.wishes.clients.as_deref())),
        servers,
    };
    Ok(workspace.ledger().write(&proposal.project.root, &record)?)
}

/// Keeps the user's yes to the team file as it was shown, and nothing else.
///
/// # Errors
/// When the record cannot be written; what stood before still stands.
pub fn grant_team(workspace: &Workspace, proposal: &Proposal) -> Result<(), AllowError> {
    let team = proposal.team.as_ref().map(|team| team.now.clone());
    let record = Record { profile: Some(proposal.profile.clone()), team, ..proposal.record.clone() };
    Ok(workspace.ledger().write(&proposal.project.root, &record)?)
}

/// Keeps the user's no: every approval of the project is withdrawn; the binding stays. Returns the project's directory.
///
/// # Errors
/// When there is no project, or the record cannot be written.
pub fn deny(workspace: &Workspace, directory: Option<&Path>) -> Result<std::path::PathBuf, AllowError> {
    let start = directory.map_or_else(|| workspace.cwd(), |d| workspace.cwd().join(d));
    let start = canonical(&start).unwrap_or(start);
    // a project whose file is broken or gone, or which others can change, can be denied all the same
    let root = match workspace.ledger().read(&start) {
        Reading::None => {
            let found = crate::project::find(&start)?;
            canonical(&found).unwrap_or(found)
        }
        Reading::Said(_) | Reading::Disbelieved(_) => start,
    };
    let (profile, team) = match workspace.ledger().read(&root) {
        Reading::Said(record) => (record.profile, record.team),
        Reading::None | Reading::Disbelieved(_) => (None, None),
    };
    workspace.ledger().write(&root, &Record { profile, team, is_denied: true, ..Record::default() })?;
    Ok(root)
}

/// The names that the servers of a project ask for, each once.
#[must_use]
pub fn asked_names<'a>(servers: impl Iterator<Item = &'a Asked>) -> Vec<VarName> {
    let mut names: Vec<VarName> = servers.flat_map(|a| a.projection.variables.iter().map(|(name, _)| name.clone())).collect();
    names.sort();
    names.dedup();
    names
}

/// Whether a server is one of the user's own files.
#[must_use]
pub fn is_of_user(asked: &Asked) -> bool {
    asked.projection.scope == Scope::User
}
