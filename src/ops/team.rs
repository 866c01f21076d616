//! The file of a project that its profile rests in: looked at before anybody confirms it, made, and bound. What the project says
//! of it is a wish.

use std::collections::BTreeSet;
use std::path::Path;

use super::workspace::Workspace;
use crate::approval::{LedgerError, Record};
use crate::escape::{shown, shown_path};
use crate::fault::{Exit, Fault};
use crate::profile::{Profile, ProfileName, Reader};
use crate::project::Project;
use crate::store::{Recipient, Sidecar, Store, StoreError, TeamFile};
use crate::team::{Pin, Team, TeamPath};
use crate::var::VarName;

/// A team file as it is now, held against what was confirmed of it.
#[derive(Debug, Clone)]
pub struct TeamAsk {
    /// What would be confirmed: exactly this.
    pub now: Team,
    pub readers: Vec<Reader>,
    pub names: BTreeSet<VarName>,
    /// What was confirmed; `None` when nothing was yet.
    pub was: Option<Team>,
    /// The names that the file had when it was last saved here.
    pub known: Option<BTreeSet<VarName>>,
    /// The user's own public key.
    pub own: String,
}

/// Why a team file cannot be shown or bound.
#[derive(Debug, thiserror::Error)]
pub enum TeamError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("the team file `{}` is not there", shown_path(.0))]
    Absent(std::path::PathBuf),
    #[error("there is no key of yours yet that could open the team file `{}`", shown(.0.as_str()))]
    NoIdentity(TeamPath),
    #[error("you have a profile `{0}` already, which is not in this project")]
    NameTaken(ProfileName),
    #[error("this project is bound to the team file `{}`, not to `{}`", shown(.bound.as_str()), shown(.asked.as_str()))]
    BoundElsewhere { bound: TeamPath, asked: TeamPath },
}

impl Fault for TeamError {
    fn exit(&self) -> Exit {
        match self {
            Self::Store(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Ledger(e) => e.hint(),
            Self::Absent(_) => Some("get it back from git, or look whether this branch has one".to_owned()),
            Self::NoIdentity(_) => Some("make one with `mcpenv init`".to_owned()),
            Self::NameTaken(_) => Some("bind the team file under another name with `mcpenv init`".to_owned()),
            Self::BoundElsewhere { .. } => Some("a binding is never changed silently".to_owned()),
        }
    }
}

impl TeamAsk {
    /// Whether it is what was confirmed, and nobody new reads it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.was.as_ref().is_some_and(|was| {
            was.path == self.now.path && was.pin == self.now.pin && self.now.readers.iter().all(|key| was.readers.contains(key))
        })
    }

    /// Another profile lies there than the one that was confirmed.
    #[must_use]
    pub fn is_another(&self) -> bool {
        self.was.as_ref().is_some_and(|was| was.pin != self.now.pin)
    }

    /// It was bound, and nobody has seen yet who else reads it.
    #[must_use]
    pub fn is_unseen(&self) -> bool {
        self.was.as_ref().is_none_or(|was| was.readers.iter().all(|key| *key == self.own))
    }

    /// Whether a reader was confirmed.
    #[must_use]
    pub fn is_known(&self, key: &str) -> bool {
        self.was.as_ref().is_some_and(|was| was.readers.iter().any(|known| known == key))
    }

    /// Those who were confirmed and can read it no more.
    #[must_use]
    pub fn gone(&self) -> Vec<&str> {
        let was = self.was.iter().flat_map(|was| &was.readers).map(String::as_str);
        was.filter(|key| !self.now.readers.iter().any(|now| now == key)).collect()
    }

    /// What binding it without a person's word confirms: which profile it is, and the user alone.
    #[must_use]
    pub fn of_user_alone(&self) -> Team {
        let own: Vec<String> = self.now.readers.iter().filter(|key| **key == self.own).cloned().collect();
        Team { readers: own, ..self.now.clone() }
    }

    /// What a profile holds that was just opened there.
    fn of(path: &TeamPath, profile: &Profile, own: String) -> Self {
        let known = |reader: &Reader| Reader { key: Recipient::known_as(&reader.key), ..reader.clone() };
        let readers: Vec<Reader> = profile.readers.iter().map(known).collect();
        Self {
            now: Team {
                path: path.clone(),
                pin: Pin::of(&profile.fingerprint_key),
                readers: readers.iter().map(|reader| reader.key.clone()).collect(),
            },
            readers,
            names: profile.variables.keys().cloned().collect(),
            was: None,
            known: None,
            own,
        }
    }
}

/// Those who can open the team file and were not confirmed.
#[must_use]
pub fn unconfirmed<'a>(team: &Team, profile: &'a Profile) -> Vec<&'a Reader> {
    profile.readers.iter().filter(|reader| !team.readers.contains(&Recipient::known_as(&reader.key))).collect()
}

/// The team file that a project is bound to or, where nothing is bound, asks for.
///
/// # Errors
/// When it does not open; nothing of it is believed then.
pub fn ask(
    workspace: &Workspace,
    project: &Project,
    profile: &ProfileName,
    record: &Record,
) -> Result<Option<TeamAsk>, TeamError> {
    let wish = project.wishes.profile_file.as_ref();
    let path = match (&record.team, &record.profile, wish) {
        // it was moved: shown as what it is, and asked about
        (Some(team), _, Some(wish)) if !project.root.join(team.path.as_path()).exists() => wish,
        (Some(team), _, _) => &team.path,
        (None, None, Some(wish)) => wish,
        (None, _, _) => return Ok(None),
    };
    if record.team.is_none() && workspace.files("").names()?.contains(profile) {
        return Err(TeamError::NameTaken(profile.clone()));
    }
    let mut found = look(workspace, &project.root, profile, path)?;
    if let Some(was) = &record.team {
        let sidecar = workspace.paths.teams().join(was.pin.word()).join(format!("{profile}.json"));
        found.known = Sidecar::read(&sidecar).map(|sidecar| sidecar.variables.into_keys().collect());
        found.was = Some(was.clone());
    }
    Ok(Some(found))
}

/// Opens whatever lies there.
///
/// # Errors
/// When nothing does, or it does not open.
pub fn look(workspace: &Workspace, root: &Path, profile: &ProfileName, path: &TeamPath) -> Result<TeamAsk, TeamError> {
    let file = TeamFile::unknown(profile, root, path);
    let place = file.file();
    let opened = workspace.files_with(file).load(profile).map_err(|e| match e {
        StoreError::Absent(_) => TeamError::Absent(place),
        StoreError::IdentityAbsent(_) => TeamError::NoIdentity(path.clone()),
        other => other.into(),
    })?;
    Ok(TeamAsk::of(path, &opened, workspace.own_identity().open()?.recipient()))
}

/// Makes a team file with these contents, readable by the user alone so far. Gives what is confirmed by that.
///
/// # Errors
/// When something is there, or it cannot be written.
pub fn make(
    workspace: &Workspace,
    root: &Path,
    name: &ProfileName,
    path: &TeamPath,
    mut profile: Profile,
) -> Result<(Team, Vec<String>), TeamError> {
    let own = workspace.own_identity().open()?.recipient();
    if !profile.readers.iter().any(|reader| Recipient::known_as(&reader.key) == own) {
        let label = ["USER", "USERNAME"].iter().find_map(|name| workspace.var(name)?.into_string().ok()).unwrap_or_default();
        let label = label.chars().filter(|c| !c.is_control()).take(64).collect();
        profile.readers.insert(0, Reader { key: own, label, is_recovery: false, unknown: serde_json::Map::new() });
    }
    profile.generation = 0;
    let team = Team {
        path: path.clone(),
        pin: Pin::of(&profile.fingerprint_key),
        readers: profile.readers.iter().map(|reader| Recipient::known_as(&reader.key)).collect(),
    };
    let files = workspace.files_with(TeamFile::bound(name, root, &team));
    let lock = files.lock(name)?;
    let saved = files.save(&lock, name, &mut profile)?;
    Ok((team, saved.warnings))
}
