//! Two servers with one name: which of them its client takes.

use super::declared::{self, Declared, Found};
use super::workspace::Workspace;
use crate::approval::{Projection, Record};
use crate::client::{self, Precedence, Scope};
use crate::project::Project;

/// What the project's files declare and what the user's own do, with those marked that do not count beside the other.
#[must_use]
pub fn all(workspace: &Workspace, project: &Project) -> (Declared, Declared) {
    let mut own = declared::in_project(project);
    let mut user = declared::of_user(workspace, project);
    mark(&mut own.servers, &mut user.servers);
    (own, user)
}

/// Marks what does not count: the user's servers that the project has too, and the project's that the user keeps for this very
/// directory.
fn mark(project: &mut [Found], user: &mut [Found]) {
    for own in project.iter_mut() {
        let local =
            user.iter().find(|f| f.server.context.is_some() && f.server.name == own.server.name && f.client == own.client);
        if let Some(local) = local {
            own.shadowed = Some(local.file.clone());
        }
    }
    for found in user.iter_mut().filter(|f| f.server.context.is_none()) {
        found.shadowed = winner(project.iter(), &found.server.name, found.client).map(|winner| winner.file.clone());
    }
}

/// The same for the project's, as far as the record of what was allowed knows of the user's.
pub fn mark_known(project: &mut [Found], record: &Record) {
    for own in project {
        let local = record
            .servers
            .iter()
            .map(|a| &a.projection)
            .find(|p| p.scope == Scope::User && p.context.is_some() && p.server == own.server.name && p.client == own.client);
        if let Some(local) = local {
            own.shadowed = Some(local.file.clone());
        }
    }
}

/// Whether the project has a server that counts instead of this one of the user's.
#[must_use]
pub fn is_outdone(approved: &Projection, project: &[&Found]) -> bool {
    approved.scope == Scope::User
        && approved.context.is_none()
        && winner(project.iter().copied(), &approved.server, &approved.client).is_some()
}

/// The project's server of this name, where the client takes the project's.
fn winner<'f>(mut project: impl Iterator<Item = &'f Found>, name: &str, client: &str) -> Option<&'f Found> {
    let takes = client::find(client).is_some_and(|client| client.precedence() == Precedence::Project);
    project.find(|own| takes && own.server.is_started && own.server.name == name && own.is_read_by(client))
}
