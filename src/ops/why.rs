//! Why a variable is here: which file, line, server and field declare it, and how that stands.

use std::path::Path;
use std::rc::Rc;

use super::declared::Found;
use super::known;
use super::reaching::{self, Way};
use super::shadow;
use super::standing::Asked;
use super::target::{self, TargetError};
use super::workspace::Workspace;
use crate::client::{Kind, Reference};
use crate::project::{Inject, Project};
use crate::schema;
use crate::var::VarName;

/// Everything that is known of one name in one project.
#[derive(Debug)]
pub struct Answer {
    pub project: Project,
    pub places: Vec<Declared>,
    pub inject: Inject,
    pub description: Option<String>,
    pub docs: Option<String>,
}

/// One place that declares it.
#[derive(Debug)]
pub struct Declared {
    /// One for all places of a server: an entry may name a variable thousands of times.
    pub asked: Rc<Asked>,
    pub reference: Reference,
    /// How it gets to that server.
    pub ways: Rc<[Way]>,
}

/// Finds every place in the project's files, and in the user's own, that names this variable.
///
/// # Errors
/// When there is no project, or the record of it is not believed.
pub fn why(workspace: &Workspace, directory: Option<&Path>, name: &VarName) -> Result<Answer, TargetError> {
    let project = target::project(workspace, directory)?;
    let record = target::record(workspace, &project.root)?;
    let (own, user) = shadow::all(workspace, &project);
    let found = own.servers.into_iter().chain(user.servers);
    let places: Vec<Declared> = found.flat_map(|found| places(&found, name, &project, record.as_ref())).collect();
    let known = known::variable(name, Some(&project), places.iter().map(|place| &place.asked.found.server));
    Ok(Answer { inject: project.wishes.inject(name), description: known.text, docs: known.docs, places, project })
}

/// Whether no server here asks for this name: then the nearest name that one asks for, if any. `None` where one asks for it, and
/// outside a project.
#[must_use]
pub fn unasked(workspace: &Workspace, directory: Option<&Path>, name: &VarName) -> Option<Option<String>> {
    let project = target::project(workspace, directory).ok()?;
    let (own, user) = shadow::all(workspace, &project);
    let found = own.servers.into_iter().chain(user.servers);
    let names: Vec<String> = found.flat_map(|f| f.server.references).map(|r| r.name).collect();
    let is_asked = names.iter().any(|n| n == name.as_str());
    (!is_asked).then(|| schema::nearest(name.as_str(), names.iter().map(String::as_str)).map(str::to_owned))
}

fn places(found: &Found, name: &VarName, project: &Project, record: Option<&crate::approval::Record>) -> Vec<Declared> {
    let named: Vec<Reference> = found.server.references.iter().filter(|r| r.name == name.as_str()).cloned().collect();
    if named.is_empty() {
        return Vec::new();
    }
    let asked = Rc::new(Asked::new(found.clone(), &project.wishes, record));
    let ways: Rc<[Way]> = reaching::ways(&asked.found, name.as_str()).into();
    named.into_iter().map(|reference| Declared { asked: Rc::clone(&asked), reference, ways: Rc::clone(&ways) }).collect()
}

/// How a reference reaches the server, in words.
#[must_use]
pub fn way(kind: Kind) -> &'static str {
    match kind {
        Kind::Env => "the client puts it in from its own environment",
        Kind::Inherit => "passed on by name from the client's environment",
        Kind::Secret => "the client looks in its own secrets, then in the environment",
        Kind::Store => "the client looks in the environment, then in its own store",
        Kind::Shell => "a shell that the client starts reads it",
        Kind::Declared => "declared, and served by whoever starts the server",
        Kind::Input => "the client asks for it and keeps the answer: an export does not reach it",
        Kind::File | Kind::EnvFile => "read from a file: an export does not reach it",
        Kind::Client => "the client gives it itself",
        Kind::Server => "taken from the `env` of the same entry",
        Kind::Remote => "resolved on another machine: an export does not reach it",
        Kind::Unexpanded => "this client does not expand it here: the text itself is passed on",
    }
}
