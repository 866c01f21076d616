//! What the list of servers says where nobody else does: what a variable is, whether a value has its form, and what a server
//! wants whose entry names nothing. It tells; it declares nothing and approves nothing.

use super::declared::{Found, OWN};
use super::standing::Asked;
use crate::catalog::{self, Server};
use crate::client::{self, Kind, Transport};
use crate::escape::shown;
use crate::life::Period;
use crate::project::Project;
use crate::secret::Secret;
use crate::var::VarName;

/// What is known of a variable, as it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// What it is.
    pub text: Option<String>,
    /// The page that says where it is issued.
    pub docs: Option<String>,
}

impl Known {
    /// All of it in one line; empty when there is nothing. Foreign text: the project's file may have said it.
    #[must_use]
    pub fn line(&self) -> String {
        [&self.text, &self.docs].into_iter().flatten().map(|part| shown(part).into_owned()).collect::<Vec<_>>().join(" · ")
    }
}

/// What the project says of a variable, and the list where the project says nothing.
#[must_use]
pub fn variable<'a>(name: &VarName, project: Option<&Project>, askers: impl IntoIterator<Item = &'a client::Server>) -> Known {
    let wish = project.and_then(|project| project.wishes.variables.get(name));
    let about = catalog::about(name.as_str(), &servers(askers));
    Known {
        text: wish.and_then(|wish| wish.description.clone()).or_else(|| about.as_ref().map(catalog::About::text)),
        docs: wish.and_then(|wish| wish.docs.clone()).or_else(|| about.and_then(|about| about.docs()).map(str::to_owned)),
    }
}

/// How often the list of servers advises a new value.
#[must_use]
pub fn advised(name: &VarName) -> Option<Period> {
    let days = catalog::about(name.as_str(), &[])?.rotate_days()?;
    Period::days(i32::try_from(days).ok()?).ok()
}

/// What is odd about the form of a value for this variable, without any part of it; `None` when it has a form that is known,
/// and when none is.
#[must_use]
pub fn odd_form(name: &VarName, value: &Secret) -> Option<String> {
    let about = catalog::about(name.as_str(), &[]).filter(|about| about.is_odd(value.expose()))?;
    let forms = about.forms();
    let expected = if forms.is_empty() { String::new() } else { format!(" ({})", forms.join(", ")) };
    Some(format!("it does not have the form that `{name}` is known to have{expected}"))
}

/// Whether a value has none of the forms that a variable is known for, where these servers ask for it.
#[must_use]
pub fn has_wrong_form<'a>(name: &VarName, value: &Secret, askers: impl IntoIterator<Item = &'a client::Server>) -> bool {
    catalog::about(name.as_str(), &servers(askers)).is_some_and(|about| about.is_wrong(value.expose()))
}

/// What servers want whose entries name nothing, each with the way to declare it.
#[must_use]
pub fn hints(asked: &[Asked]) -> Vec<String> {
    let own: Vec<&str> = asked.iter().filter(|asked| asked.found.client == OWN).flat_map(names).collect();
    let mut hints: Vec<String> = asked.iter().filter_map(|asked| hint(&asked.found, &own)).collect();
    // the same server in two clients is one to its reader
    hints.dedup();
    hints
}

fn hint(found: &Found, own: &[&str]) -> Option<String> {
    let server = &found.server;
    let is_silent = server.references.iter().all(|reference| matches!(reference.kind, Kind::Client | Kind::Unexpanded));
    if !is_silent || server.transport != Transport::Stdio {
        return None;
    }
    let known = of(server)?;
    let set = server.entry.leaves();
    let is_set = |name: &str| set.iter().any(|(part, text)| part.ends_with(name) || text.contains(name));
    let wanted = known.vars.iter().filter(|variable| variable.is_secret && variable.is_required);
    let wanted: Vec<&str> =
        wanted.map(|variable| variable.name.as_str()).filter(|name| !own.contains(name) && !is_set(name)).collect();
    if wanted.is_empty() {
        return None;
    }
    let names = wanted.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let list = wanted.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    Some(format!(
        "`{}` in `{}` names no variable, but {} wants {names}: name it there, or in `.mcpenv.toml` with `[servers.{}]` and \
         `variables = [{list}]`",
        shown(&server.name),
        found.file,
        known.name,
        known.id
    ))
}

fn names(asked: &Asked) -> impl Iterator<Item = &str> {
    asked.found.server.references.iter().map(|reference| reference.name.as_str())
}

fn of(server: &client::Server) -> Option<&'static Server> {
    catalog::server_for(server.command(), &server.args(), server.url())
}

fn servers<'a>(askers: impl IntoIterator<Item = &'a client::Server>) -> Vec<&'static Server> {
    askers.into_iter().filter_map(of).collect()
}
