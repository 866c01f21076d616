//! The ground that mcpenv starts something on: a project whose approval stands, and among its servers the one that is meant.

use std::collections::BTreeMap;
use std::path::Path;

use super::refusal::Refusal;
use crate::approval::{Record, wishes_digest};
use crate::client::Scope;
use crate::ops::shadow;
use crate::ops::standing::{Asked, Standing};
use crate::ops::target::{self, TargetError};
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::project::{Inject, Project};
use crate::schema;
use crate::secret::Secret;
use crate::settings::{OnChange, Settings};
use crate::sys;
use crate::var::VarName;

/// A project that the user said yes to, as it stands now.
pub(super) struct Ground {
    pub project: Project,
    pub record: Record,
    pub profile: ProfileName,
    pub settings: Settings,
    /// Of the project's files and of the user's own.
    pub servers: Vec<Asked>,
    /// What could not be read, each a sentence.
    pub unread: Vec<String>,
}

impl Ground {
    /// Reads the project of `directory`, all of its files and the user's.
    ///
    /// # Errors
    /// When the user's yes does not stand.
    pub fn stand(workspace: &Workspace, directory: Option<&Path>) -> Result<Self, Refusal> {
        let settings = workspace.settings()?;
        let project = target::project(workspace, directory).map_err(TargetError::from)?;
        let record = target::record(workspace, &project.root).map_err(TargetError::from)?.unwrap_or_default();
        if record.is_denied {
            return Err(Refusal::Denied(project.root));
        }
        let (Some(profile), Some(wishes)) = (record.profile.clone(), record.wishes) else {
            return Err(Refusal::NotApproved(project.root));
        };
        if wishes != wishes_digest(project.wishes.clients.as_deref()) {
            return Err(Refusal::NewClients(project.root));
        }
        let (own, user) = shadow::all(workspace, &project);
        let is_read = own.unread.is_empty();
        let unread = own.unread.into_iter().chain(user.unread).map(|unread| unread.why).collect();
        let ask = |found| Asked::new(found, &project.wishes, Some(&record));
        let servers: Vec<Asked> = own.servers.into_iter().chain(user.servers).map(ask).collect();
        let is_changed = !is_read || servers.iter().any(|a| a.projection.scope == Scope::Project && a.is_pending());
        if settings.on_change == OnChange::Project && is_changed {
            return Err(Refusal::Withdrawn(project.root));
        }
        Ok(Self { project, record, profile, settings, servers, unread })
    }

    /// The approved entry of this name that fits. `fits` says what is wrong with one that does not; `alike` tells what comes of
    /// an entry, so that two of which the same comes are one.
    ///
    /// # Errors
    /// When there is none, or several of which not the same comes.
    pub fn choose(
        &self,
        server: &str,
        client: Option<&str>,
        fits: &dyn Fn(&Asked) -> Result<(), String>,
        alike: &dyn Fn(&Asked) -> String,
    ) -> Result<&Asked, Refusal> {
        let named: Vec<&Asked> = self.servers.iter().filter(|a| a.found.server.name == server).collect();
        // a client's own file goes before one that it reads beside others
        let own = client.filter(|client| named.iter().any(|a| a.found.client == *client));
        let is_meant = |a: &Asked| match (own, client) {
            (Some(own), _) => a.found.client == own,
            (None, Some(client)) => a.found.is_read_by(client),
            (None, None) => true,
        };
        let named: Vec<&Asked> = named.into_iter().filter(|a| is_meant(a)).collect();
        let Some(first) = named.first() else { return Err(self.none(server, client)) };
        let approved: Vec<&Asked> = named.iter().filter(|a| a.is_approved()).copied().collect();
        if approved.is_empty() {
            let what = match first.standing {
                Standing::New => "is not approved",
                Standing::Changed(_) => "is not as you allowed it",
                Standing::Off => "is switched off",
                Standing::Ambiguous(_) => "holds a key twice, so it cannot be approved",
                Standing::Shadowed(_) => "gives way to another entry of that name",
                Standing::Approved => "",
            };
            return Err(Refusal::Pending { server: server.to_owned(), file: first.found.file.clone(), what });
        }
        let judged: Vec<(&Asked, Result<(), String>)> = approved.into_iter().map(|a| (a, fits(a))).collect();
        let mut fitting: Vec<&Asked> = judged.iter().filter(|(_, fit)| fit.is_ok()).map(|(a, _)| *a).collect();
        // in one client the nearer entry counts: that of this directory in the user's own file, then the project's, then the user's
        fitting.sort_by_key(|a| (a.found.server.context.is_none(), a.projection.scope));
        let Some(best) = fitting.first() else {
            let what = judged.into_iter().find_map(|(_, fit)| fit.err()).unwrap_or_default();
            return Err(Refusal::Differs { server: server.to_owned(), what });
        };
        let mut clients: Vec<&'static str> = fitting.iter().map(|a| a.found.client).collect();
        clients.sort_unstable();
        clients.dedup();
        if clients.len() > 1 && fitting.iter().any(|a| alike(a) != alike(best)) {
            return Err(Refusal::SeveralClients { server: server.to_owned(), clients });
        }
        Ok(best)
    }

    fn none(&self, server: &str, client: Option<&str>) -> Refusal {
        if let Some(why) = self.unread.first() {
            return Refusal::Unread(why.clone());
        }
        let names = self.servers.iter().map(|a| a.found.server.name.as_str()).filter(|name| *name != server && name.len() < 100);
        let nearest = schema::nearest(server, names).map(str::to_owned);
        Refusal::NoServer { server: server.to_owned(), client: client.map(str::to_owned), nearest }
    }

    /// The values that a server may have from mcpenv itself.
    ///
    /// # Errors
    /// When the profile does not open, a value is missing without which the server cannot be, or one fits no environment.
    pub fn values_of(&self, workspace: &Workspace, asked: &Asked) -> Result<BTreeMap<VarName, Secret>, Refusal> {
        let names = asked.projection.variables.iter().filter(|(_, inject)| *inject != Inject::Never).map(|(name, _)| name);
        let names: Vec<&VarName> = names.collect();
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut profile = workspace.store().load(&self.profile)?;
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for name in names {
            match profile.variables.remove(name) {
                Some(variable) => {
                    require_room(name, &variable.value)?;
                    values.insert(name.clone(), variable.value);
                }
                None if asked.requires(name) && self.project.wishes.requires(name) => missing.push(name.clone()),
                None => {}
            }
        }
        if missing.is_empty() {
            return Ok(values);
        }
        Err(Refusal::Missing { names: missing, server: asked.found.server.name.clone(), profile: self.profile.clone() })
    }
}

/// # Errors
/// When a program cannot be started with this value, or this system has no such text.
pub(super) fn require_room(name: &VarName, value: &Secret) -> Result<(), Refusal> {
    let wrong = |why| Err(Refusal::Value { name: name.to_string(), why });
    if sys::exported_size(name.as_str(), value.expose()) > sys::EXPORT_LIMIT {
        wrong("is too long for the environment of a program")
    } else if sys::os_text(value.expose()).is_none() {
        wrong("is no UTF-8 text, which this system asks for")
    } else {
        Ok(())
    }
}
