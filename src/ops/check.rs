//! The masked verification: each declared variable, the store against the shell that asks.

use std::collections::BTreeSet;
use std::path::Path;

use super::dates::Dates;
use super::known::{self, Known};
use super::places;
use super::reaching;
use super::shadow;
use super::standing::{Asked, Standing};
use super::target::{self, TargetError};
use super::values;
use super::workspace::Workspace;
use crate::approval::Record;
use crate::fault::{Exit, Fault};
use crate::life::{Claims, End, Windows, Word, claims};
use crate::mask;
use crate::profile::{Profile, ProfileName};
use crate::project::{Inject, Project};
use crate::secret::Secret;
use crate::session::{MARKER, Marker, login_key};
use crate::settings::Settings;
use crate::store::StoreError;
use crate::sys;
use crate::var::VarName;

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for CheckError {
    fn exit(&self) -> Exit {
        match self {
            Self::Target(e) => e.exit(),
            Self::Store(e) => e.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Target(e) => e.hint(),
            Self::Store(e) => e.hint(),
        }
    }
}

/// What was found.
#[derive(Debug)]
pub struct Report {
    pub project: Project,
    pub profile: ProfileName,
    /// Whether the shell that asks has the hook: it exported its marker here.
    pub has_hook: bool,
    pub rows: Vec<Row>,
    pub notes: Vec<String>,
}

/// One declared variable.
#[derive(Debug)]
pub struct Row {
    pub name: VarName,
    pub servers: Vec<String>,
    pub masked: Option<String>,
    pub fingerprint: Option<String>,
    pub state: State,
    pub is_required: bool,
    pub changed: Option<i64>,
    /// What the value says of itself.
    pub claims: Option<Claims>,
    /// When it ends: the earlier of what was said of it and what it says of itself.
    pub end: End,
    /// What is to be said of its end today.
    pub word: Word,
    /// What the project's file or the list of servers says of it.
    pub known: Known,
}

/// How a variable stands. The first that holds, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Missing,
    Placeholder,
    /// A blank or a newline around it.
    Blanks,
    DoubledBearer,
    /// None of the forms that its vendor gives out.
    WrongFormat,
    TooLong,
    /// By its own word it is over.
    Expired,
    /// None of the servers that ask for it is approved as it stands.
    NotApproved,
    /// It goes to servers that mcpenv starts, or nowhere: the shell does not get it.
    NotForShell,
    Ok,
    NotLoaded,
    /// The shell holds an older value of ours.
    Stale,
    /// The shell holds something that is not ours.
    Foreign,
}

impl State {
    /// The words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Placeholder => "placeholder",
            Self::Blanks => "blanks",
            Self::DoubledBearer => "doubled Bearer",
            Self::WrongFormat => "wrong format",
            Self::TooLong => "too long",
            Self::Expired => "expired",
            Self::NotApproved => "not approved",
            Self::NotForShell => "not for the shell",
            Self::Ok => "ok",
            Self::NotLoaded => "not loaded",
            Self::Stale => "stale",
            Self::Foreign => "foreign",
        }
    }

    /// Whether a check that found it has failed. `counts_unloaded`: whether "not loaded" is a failure here.
    #[must_use]
    pub fn is_failure(self, is_required: bool, counts_unloaded: bool) -> bool {
        match self {
            Self::Missing => is_required,
            Self::NotLoaded => counts_unloaded,
            Self::Ok | Self::NotForShell | Self::NotApproved => false,
            Self::Placeholder | Self::Blanks | Self::DoubledBearer | Self::WrongFormat => true,
            Self::TooLong | Self::Expired | Self::Stale | Self::Foreign => true,
        }
    }
}

/// Checks the project of `directory` against the shell that started this process. Ends within `windows` are told.
///
/// # Errors
/// When there is no project, no binding, or the profile does not open.
pub fn check(
    workspace: &Workspace,
    directory: Option<&Path>,
    named: Option<ProfileName>,
    within: Option<i64>,
) -> Result<Report, CheckError> {
    let project = target::project(workspace, directory).map_err(TargetError::from)?;
    let record = target::record(workspace, &project.root).map_err(TargetError::from)?;
    let bound = named.or_else(|| record.as_ref().and_then(|r| r.profile.clone()));
    let profile = bound.ok_or_else(|| TargetError::Unbound(project.root.clone()))?;
    let open = workspace.store().load(&profile)?;
    let (asked, notes) = all_servers(workspace, &project, record.as_ref());
    let marker = workspace.var(MARKER).and_then(|text| text.into_string().ok());
    let settings = workspace.settings().unwrap_or_default();
    let windows = within.map_or(settings.windows, |days| Windows { soon: days.max(settings.windows.soon), ..settings.windows });
    let live = Live { workspace, marker: marker.as_deref().map(Marker::parse).unwrap_or_default(), settings, windows };
    let mut names: Vec<VarName> = asked.iter().flat_map(|a| a.projection.variables.iter().map(|(n, _)| n.clone())).collect();
    names.sort();
    names.dedup();
    let rows = names.into_iter().map(|name| row(&name, &asked, &project, &open, &live)).collect();
    Ok(Report { project, profile, has_hook: marker.is_some(), rows, notes })
}

/// The enabled servers of the project, and those of the user's own files that count here.
pub(super) fn all_servers(workspace: &Workspace, project: &Project, record: Option<&Record>) -> (Vec<Asked>, Vec<String>) {
    let (own, user) = shadow::all(workspace, project);
    let mut notes: Vec<String> = own.unread.iter().chain(&user.unread).map(|unread| unread.why.clone()).collect();
    notes.extend(places::left_out(project));
    let ask = |found| Asked::new(found, &project.wishes, record);
    let mut asked: Vec<Asked> = own.servers.into_iter().map(ask).collect();
    for server in user.servers.into_iter().map(ask) {
        match server.standing {
            Standing::Approved => asked.push(server),
            Standing::Changed(_) => {
                let name = crate::escape::shown(&server.found.server.name).into_owned();
                notes.push(format!(
                    "`{name}` in `{}` is not as it was approved; what was approved still counts",
                    server.found.file
                ));
                asked.push(server);
            }
            Standing::Shadowed(_) => asked.push(server),
            Standing::New | Standing::Off | Standing::Ambiguous(_) => {}
        }
    }
    asked.retain(|a| a.standing != Standing::Off);
    notes.extend(still_received(&asked));
    notes.extend(reaching::notes(&asked));
    (asked, notes)
}

/// What servers that are not as they were approved would find all the same: what is loaded for others is in the environment.
fn still_received(asked: &[Asked]) -> Vec<String> {
    let loaded: BTreeSet<&VarName> = asked.iter().filter(|a| a.is_approved()).flat_map(Asked::exported).collect();
    let tell = |a: &Asked| {
        let name = crate::escape::shown(&a.found.server.name);
        let own: Vec<_> = a.exported().filter(|n| loaded.contains(n)).map(ToString::to_string).collect();
        let finds = match own.as_slice() {
            [] => "whatever is loaded for others, if its client passes its whole environment on".to_owned(),
            names => format!("{}, which is loaded for others", names.join(", ")),
        };
        format!(
            "`{name}` in `{}` is not as you allowed it: it gets nothing of its own, and would find {finds}; see `mcpenv allow`",
            a.found.file
        )
    };
    asked.iter().filter(|a| a.is_pending() && !loaded.is_empty()).map(tell).collect()
}

struct Live<'a> {
    workspace: &'a Workspace,
    marker: Marker,
    settings: Settings,
    windows: Windows,
}

fn row(name: &VarName, asked: &[Asked], project: &Project, open: &Profile, live: &Live<'_>) -> Row {
    let askers: Vec<&Asked> = asked.iter().filter(|a| a.projection.variables.iter().any(|(n, _)| n == name)).collect();
    let stored = open.variables.get(name);
    let is_approved = askers.iter().any(|a| {
        a.is_approved() || matches!(a.standing, Standing::Changed(_)) && a.projection.scope == crate::client::Scope::User
    });
    let claims = stored.and_then(|variable| claims(variable.value.expose()));
    let dates = stored.map(|variable| Dates::of(variable, project.wishes.variables.get(name), &live.settings));
    let end = dates.map_or(End::Never, |dates| dates.end);
    let word = dates.map_or(Word::Fine, |dates| dates.word(live.windows, live.workspace.seconds()));
    let state = match stored {
        None => State::Missing,
        Some(variable) => flaw(name, &variable.value, &askers)
            .or_else(|| matches!(word, Word::Over(_)).then_some(State::Expired))
            .unwrap_or_else(|| state(name, &variable.value, is_approved, project.wishes.inject(name), live)),
    };
    // the same server in two clients is one name to its reader
    let servers: BTreeSet<String> = askers.iter().map(|a| crate::escape::shown(&a.found.server.name).into_owned()).collect();
    Row {
        name: name.clone(),
        servers: servers.into_iter().collect(),
        masked: stored.map(|v| mask::masked(v.value.expose())),
        fingerprint: stored.map(|v| open.fingerprint(v.value.expose())),
        state,
        is_required: project.wishes.requires(name) && askers.iter().any(|a| a.requires(name)),
        changed: stored.map(|v| v.changed),
        claims,
        end,
        word,
        known: known::variable(name, Some(project), askers.iter().map(|a| &a.found.server)),
    }
}

/// What is wrong with a value itself, wherever it is.
fn flaw(name: &VarName, value: &Secret, askers: &[&Asked]) -> Option<State> {
    let bytes = value.expose();
    if values::is_placeholder(bytes) {
        Some(State::Placeholder)
    } else if bytes.trim_ascii().len() != bytes.len() {
        Some(State::Blanks)
    } else if bytes.to_ascii_lowercase().starts_with(b"bearer ") {
        Some(State::DoubledBearer)
    } else if known::has_wrong_form(name, value, askers.iter().map(|a| &a.found.server)) {
        Some(State::WrongFormat)
    } else {
        (sys::exported_size(name.as_str(), bytes) > sys::EXPORT_LIMIT).then_some(State::TooLong)
    }
}

fn state(name: &VarName, value: &Secret, is_approved: bool, inject: Inject, live: &Live<'_>) -> State {
    let bytes = value.expose();
    match live.workspace.var(name.as_str()) {
        Some(held) if held.as_encoded_bytes() == bytes => State::Ok,
        Some(held) if live.is_ours(name, held.as_encoded_bytes()) => State::Stale,
        _ if !is_approved => State::NotApproved,
        _ if inject != Inject::Shell => State::NotForShell,
        Some(_) => State::Foreign,
        None => State::NotLoaded,
    }
}

impl Live<'_> {
    /// Whether our own hook loaded what the shell holds.
    fn is_ours(&self, name: &VarName, held: &[u8]) -> bool {
        let key = login_key(&self.workspace.paths.runtime());
        key.is_ok_and(|key| self.marker.is_ours(&key, name, held))
    }
}
