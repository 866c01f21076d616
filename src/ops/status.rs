//! How a project stands: its binding, its servers, its variables, and what protects them.

use std::path::{Path, PathBuf};

use super::check::all_servers;
use super::declared::Unread;
use super::known;
use super::standing::Asked;
use super::target;
use super::team::unconfirmed;
use super::workspace::Workspace;
use crate::approval::{Reading, Record, wishes_digest};
use crate::escape::{shown, shown_path};
use crate::fault::sentence;
use crate::profile::{Profile, ProfileName, Reader};
use crate::project::{Project, ProjectError};
use crate::session::{MARKER, Marker};
use crate::settings::OnChange;
use crate::store::{AgeStore, Agreement, Protection, Store, StoreError};
use crate::team::{Team, TeamPath};

/// Everything `status` shows.
#[derive(Debug)]
pub struct Status {
    pub project: Project,
    pub word: Word,
    pub profile: Option<ProfileName>,
    /// The project asks for another profile than the one bound; it does not get it.
    pub wished: Option<ProfileName>,
    /// The word of the store that the profile rests in.
    pub store: String,
    /// The file of the project that it rests in instead.
    pub team: Option<TeamPath>,
    pub identity: PathBuf,
    pub servers: Vec<Asked>,
    /// The names that are stored, from the profile; `None` when it does not open, with the reason in `notes`.
    pub stored: Option<Vec<String>>,
    /// The names that the shell holds as loaded by the hook; `None` when the shell has no hook here.
    pub loaded: Option<Vec<String>>,
    pub notes: Vec<String>,
    pub unread: Vec<Unread>,
}

/// The user's word on the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Never,
    Bound,
    Approved,
    /// Approved, and the list of clients is another one now.
    Lapsed,
    Denied,
}

impl Word {
    /// The words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Never => "not approved",
            Self::Bound => "bound, not approved yet",
            Self::Approved => "approved",
            Self::Lapsed => "lapsed: `clients` changed",
            Self::Denied => "denied",
        }
    }
}

/// Looks at the project of `directory`. What does not open or cannot be read becomes a note.
///
/// # Errors
/// When there is no project, or its file cannot be used.
pub fn status(workspace: &Workspace, directory: Option<&Path>) -> Result<Status, ProjectError> {
    let project = target::project(workspace, directory)?;
    let mut notes = Vec::new();
    let record = match workspace.ledger().read(&project.root) {
        Reading::None => None,
        Reading::Said(record) => Some(*record),
        Reading::Disbelieved(e) => {
            notes.push(sentence(&e));
            None
        }
    };
    let word = word(record.as_ref(), &project);
    let (servers, mut more) = all_servers(workspace, &project, record.as_ref());
    notes.append(&mut more);
    notes.extend(known::hints(&servers));
    let profile = record.as_ref().and_then(|r| r.profile.clone());
    let wished = project.wishes.profile.clone().filter(|wish| profile.as_ref().is_some_and(|bound| bound != wish));
    let marker = workspace.var(MARKER).and_then(|text| text.into_string().ok());
    let loaded = marker.as_deref().map(|text| Marker::parse(text).names().map(ToString::to_string).collect());
    let team = record.as_ref().and_then(|r| r.team.clone());
    if let Some(wish) = project.wishes.profile_file.as_ref().filter(|wish| team.as_ref().is_none_or(|t| t.path != **wish)) {
        let what = match &profile {
            Some(_) => "it does not get it",
            None => "look at it with `mcpenv allow`",
        };
        notes.push(format!("the project asks for the team file `{}`; {what}", shown(wish.as_str())));
    }
    let files = workspace.files("");
    let stored = profile.as_ref().and_then(|name| match files.load(name) {
        Ok(open) => {
            notes.extend(team.as_ref().and_then(|team| strangers_in(team, &open)));
            let has_others = team.is_some() && open.readers.len() > 1;
            if !has_others && !open.readers.iter().any(|reader| reader.is_recovery) {
                notes.push(
                    "there is no recovery recipient: if the key of the profile is lost, its values are lost; make a way back with `mcpenv key recovery set`, or keep a copy with `mcpenv backup FILE`"
                        .to_owned(),
                );
            }
            notes.extend(findings(workspace, name, &open));
            Some(open.variables.keys().map(ToString::to_string).collect())
        }
        Err(e) => {
            notes.push(sentence(&e));
            None
        }
    });
    match workspace.settings() {
        Ok(settings) if settings.on_change == OnChange::Project && servers.iter().any(Asked::is_pending) => {
            notes.push("`on_change = \"project\"`: nothing is loaded until every server is approved".to_owned());
        }
        Ok(_) => {}
        Err(e) => notes.push(sentence(&e)),
    }
    let store = profile.as_ref().and_then(|name| files.word(name).ok().flatten()).unwrap_or_else(|| "age".to_owned());
    notes.extend(protection(workspace));
    if word != Word::Approved {
        notes.push("nothing is loaded here until you look at it with `mcpenv allow`".to_owned());
    }
    Ok(Status {
        word,
        profile,
        wished,
        store,
        team: team.map(|team| team.path),
        identity: workspace.paths.identity(),
        servers,
        stored,
        loaded,
        notes,
        unread: Vec::new(),
        project,
    })
}

/// Who can open the team file without having been confirmed.
fn strangers_in(team: &Team, open: &Profile) -> Option<String> {
    let name = |r: &&Reader| if r.label.is_empty() { shown(&r.key).into_owned() } else { format!("`{}`", shown(&r.label)) };
    let names: Vec<String> = unconfirmed(team, open).iter().map(name).collect();
    (!names.is_empty()).then(|| {
        format!(
            "{} can open the team file, and you have not confirmed that; nothing is stored there until `mcpenv allow`",
            names.join(", ")
        )
    })
}

fn word(record: Option<&Record>, project: &Project) -> Word {
    match record {
        None => Word::Never,
        Some(record) if record.is_denied => Word::Denied,
        Some(Record { wishes: None, .. }) => Word::Bound,
        Some(record) if record.wishes != Some(wishes_digest(project.wishes.clients.as_deref())) => Word::Lapsed,
        Some(_) => Word::Approved,
    }
}

/// What stands between the identity and whoever copies the home directory.
fn protection(workspace: &Workspace) -> Option<String> {
    match workspace.own_identity().protection() {
        Ok(Protection::Plain) => {
            Some("the identity is a plain file: whoever copies your home directory can open your profiles".to_owned())
        }
        Ok(Protection::Passphrase | Protection::Keychain { .. } | Protection::Ssh { .. })
        | Err(StoreError::IdentityAbsent(_)) => None,
        Err(e) => Some(sentence(&e)),
    }
}

/// What is odd about a profile that was just opened, without being wrong.
fn findings(workspace: &Workspace, name: &ProfileName, open: &Profile) -> Vec<String> {
    let store = AgeStore::new(&workspace.paths);
    let mut found = Vec::new();
    let sidecar = workspace.files("").sidecar(name);
    if let Some(Agreement::WentBackwards { seen, found: now }) = sidecar.map(|sidecar| sidecar.against(open)) {
        found.push(format!(
            "profile `{name}` went backwards: generation {seen} was here, now it is {now}; was an older file copied back?"
        ));
    }
    let strangers = store.strangers().unwrap_or_default();
    found.extend(
        strangers.iter().map(|path| format!("`{}` is not mcpenv's: did a sync tool keep both of two changes?", shown_path(path))),
    );
    found
}
