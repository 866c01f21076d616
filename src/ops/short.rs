//! How a project stands, in one word for a prompt or a status bar: from the approval and the sidecar alone. Opens no profile,
//! asks nobody, and reads no client's file.

use std::path::Path;

use super::target;
use super::workspace::Workspace;
use crate::approval::{Reading, Record, wishes_digest};
use crate::life::{Due, End, Windows, Word, word};
use crate::profile::Rotation;
use crate::project::{Project, VariableWish};
use crate::settings::Settings;
use crate::store::Dates;

/// One word for how a project stands, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Short {
    Ok,
    /// A new value is due, or soon will be.
    Rotate,
    Expiring,
    Expired,
    Unapproved,
    Denied,
}

impl Short {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Rotate => "rotate",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::Unapproved => "unapproved",
            Self::Denied => "denied",
        }
    }
}

/// The word for the project of `directory`; `None` where there is none, or none that can be used.
#[must_use]
pub fn short(workspace: &Workspace, directory: Option<&Path>) -> Option<Short> {
    let project = target::project(workspace, directory).ok()?;
    let record = match workspace.ledger().read(&project.root) {
        Reading::Said(record) => *record,
        Reading::None | Reading::Disbelieved(_) => return Some(Short::Unapproved),
    };
    if record.is_denied {
        return Some(Short::Denied);
    }
    if record.wishes != Some(wishes_digest(project.wishes.clients.as_deref())) {
        return Some(Short::Unapproved);
    }
    Some(worst(workspace, &project, &record))
}

fn worst(workspace: &Workspace, project: &Project, record: &Record) -> Short {
    let settings = workspace.settings().unwrap_or_default();
    let Some(profile) = &record.profile else { return Short::Unapproved };
    let Some(sidecar) = workspace.files_of(&project.root, record, "").sidecar(profile) else { return Short::Ok };
    let asked = |name: &crate::var::VarName| {
        record.servers.iter().any(|server| server.projection.variables.iter().any(|(known, _)| known == name))
    };
    let wanted = sidecar.variables.iter().filter(|(name, dates)| asked(name) && dates.revoked.is_none());
    let words = wanted.map(|(name, dates)| told(dates, project.wishes.variables.get(name), &settings, workspace.seconds()));
    words.max().unwrap_or(Short::Ok)
}

fn told(dates: &Dates, wish: Option<&VariableWish>, settings: &Settings, now: i64) -> Short {
    let end = dates.expires.as_deref().and_then(End::stored).unwrap_or(End::Never);
    let read = |text: &Option<String>| text.as_deref().and_then(|text| Rotation::parse(text).ok());
    // the nearest word counts, as everywhere
    let rotations = [read(&dates.rotate), wish.and_then(|wish| wish.rotate), read(&dates.advised), settings.rotate];
    let rotation = rotations.into_iter().flatten().next();
    let due = rotation.and_then(Rotation::period).map(|every| Due { every, since: dates.changed });
    let windows: Windows = settings.windows;
    match word(end, due, windows, now) {
        Word::Fine => Short::Ok,
        Word::RotateSoon(_) | Word::RotateOverdue(_) => Short::Rotate,
        Word::EndsSoon(_) | Word::EndsUrgently(_) => Short::Expiring,
        Word::Over(_) => Short::Expired,
    }
}
