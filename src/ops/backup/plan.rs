//! What a backup would change here: profiles by the names of their variables, approvals by what they allow. Changes nothing.

use std::path::{Path, PathBuf};

use super::document::{Document, NoDocument};
use super::trouble::BackupError;
use crate::approval::{Approved, LedgerError, Reading, Record, lines};
use crate::fault::sentence;
use crate::file::FileError;
use crate::ops::declared::client_names;
use crate::ops::profiles::{Bindings, Difference};
use crate::ops::shadow;
use crate::ops::standing::Asked;
use crate::ops::workspace::Workspace;
use crate::profile::{Profile, ProfileName};
use crate::project::ProjectError;
use crate::store::parcel;
use crate::store::phrase::Passphrase;
use crate::store::{Shelf, StoreError, registry};
use crate::sys::canonical;

/// Everything that a backup would change.
#[derive(Debug)]
pub struct Plan {
    /// When the backup was made, in seconds since 1970 UTC.
    pub made: i64,
    pub profiles: Vec<Arrival>,
    pub projects: Vec<Project>,
}

/// One profile of a backup.
#[derive(Debug)]
pub struct Arrival {
    pub name: ProfileName,
    /// The store that it would rest in where it is new: the one it rested in, or the one that was asked for.
    pub store: String,
    /// Who could open it beside its own key, and could then again: their names, or their public keys.
    pub readers: Vec<String>,
    pub standing: Standing,
    /// The projects that are bound to this name here, while there is no such profile.
    pub waiting: Vec<String>,
    pub(super) profile: Profile,
}

impl Arrival {
    /// The number of its variables.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.profile.variables.len()
    }
}

/// How a profile of a backup stands to the one here.
#[derive(Debug)]
pub enum Standing {
    /// None is here.
    New,
    /// It has the same names and values.
    Same,
    /// It differs; the generation that was compared.
    Different(Difference, u64),
    /// The one here is damaged; why.
    Damaged(String),
    /// The one here stands in the way; why.
    Blocked(StoreError),
}

/// One project of a backup.
#[derive(Debug)]
pub struct Project {
    pub root: PathBuf,
    pub word: Word,
    pub profile: Option<ProfileName>,
    /// The servers that were allowed and stand there now just as they were: these would be allowed.
    pub servers: Vec<Asked>,
    /// The names of those that were allowed and are another by now, or gone.
    pub changed: Vec<String>,
    pub is_denied: bool,
    pub(super) record: Record,
}

/// How what a backup says of a project stands to what is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Nothing was said of it here.
    New,
    /// The same was said here.
    Same,
    /// Something else was said here: the profile that it is bound to now.
    Different(Option<ProfileName>),
    /// There is no such project here; why.
    Elsewhere(String),
    /// Whether there is one could not be seen; why.
    Unseen(String),
}

/// Opens a backup that was read from `path`.
///
/// # Errors
/// When the passphrase is another, or what opens is no backup.
pub fn read(path: &Path, sealed: &[u8], passphrase: &Passphrase) -> Result<Opened, BackupError> {
    let plain = parcel::open(path, sealed, passphrase)?;
    match Document::decode(&plain) {
        Ok(document) => Ok(Opened(document)),
        Err(NoDocument::Future) => Err(BackupError::Future(path.to_owned())),
        Err(NoDocument::Broken(why)) => Err(BackupError::NoBackup { path: path.to_owned(), why }),
    }
}

/// A backup that was opened.
#[derive(Debug)]
pub struct Opened(Document);

/// Compares a backup with what is here; with `only`, one profile and the projects bound to it. `store`: where new ones shall
/// rest, whatever they rested in.
///
/// # Errors
/// When `only` is not in it, or nothing can be opened here at all.
pub fn look(workspace: &Workspace, opened: Opened, only: Option<&ProfileName>, store: Option<&str>) -> Result<Plan, BackupError> {
    let Opened(Document { made, profiles, projects }) = opened;
    if let Some(name) = only.filter(|only| !profiles.iter().any(|(name, _, _)| name == *only)) {
        return Err(BackupError::NotInIt(name.clone()));
    }
    require_identity(workspace)?;
    let bindings = Bindings::whole(workspace)?;
    let is_wanted = |name: Option<&ProfileName>| only.is_none() || only == name;
    let profiles = profiles.into_iter().filter(|(name, _, _)| is_wanted(Some(name)));
    let asked = store;
    let profiles = profiles.map(|(name, store, profile)| {
        let store = asked.or(registry::words().find(|word| *word == store)).unwrap_or_default().to_owned();
        let readers = profile.readers.iter();
        let readers = readers.map(|r| if r.label.is_empty() { r.key.clone() } else { r.label.clone() }).collect();
        let standing = standing(workspace, &name, &profile);
        let is_absent = matches!(standing, Standing::New);
        let waiting = if is_absent { bindings.claims(workspace, &name) } else { Vec::new() };
        Arrival { name, store, readers, standing, waiting, profile }
    });
    let projects = projects.into_iter().filter(|(_, record)| is_wanted(record.profile.as_ref()));
    let projects = projects.map(|(root, record)| project(workspace, root, record));
    Ok(Plan { made, profiles: profiles.collect(), projects: projects.collect() })
}

/// An identity that is gone while files here need it is never replaced by a new one; one that does not open is told at once.
fn require_identity(workspace: &Workspace) -> Result<(), BackupError> {
    let shelf = Shelf::new(workspace.files(""));
    match workspace.own_identity().protection() {
        Ok(_) => Ok(()),
        Err(StoreError::IdentityAbsent(_)) if workspace.store().names()?.is_empty() && shelf.names_of_versions().is_empty() => {
            Ok(())
        }
        Err(StoreError::IdentityAbsent(identity)) => {
            Err(BackupError::IdentityGone { identity, profiles: workspace.paths.profiles() })
        }
        Err(other) => Err(other.into()),
    }
}

fn standing(workspace: &Workspace, name: &ProfileName, arriving: &Profile) -> Standing {
    let twin =
        workspace.store().names().ok().and_then(|names| {
            names.into_iter().find(|found| found != name && found.as_str().eq_ignore_ascii_case(name.as_str()))
        });
    if let Some(found) = twin {
        return Standing::Blocked(StoreError::CaseTwin { name: name.clone(), found: found.to_string() });
    }
    match workspace.store().load(name) {
        Err(StoreError::Absent(_)) => Standing::New,
        Err(StoreError::Damaged { why, .. }) => Standing::Damaged(why),
        Err(error) if Shelf::is_beyond_opening(&error) => Standing::Damaged(error.to_string()),
        Err(other) => Standing::Blocked(other),
        Ok(here) if here.is_read_only => Standing::Blocked(StoreError::FromTheFuture(name.clone())),
        Ok(here) => match Difference::between(&here.variables, &arriving.variables) {
            same if same.is_none() => Standing::Same,
            difference => Standing::Different(difference, here.generation),
        },
    }
}

/// An approval counts for what stands in the project now, and only where that is what was approved: whoever made the file
/// cannot show one server and mean another.
fn project(workspace: &Workspace, root: PathBuf, mut record: Record) -> Project {
    let (profile, is_denied) = (record.profile.clone(), record.is_denied);
    let names = |record: &Record| record.servers.iter().map(|a| a.projection.server.clone()).collect::<Vec<_>>();
    let stays_out = |word: Word, record: Record| {
        let changed = names(&record);
        Project { word, profile: record.profile.clone(), servers: Vec::new(), changed, is_denied, record, root: root.clone() }
    };
    match canonical(&root).map_err(|e| FileError::of(&root, e)) {
        Err(FileError::Absent(_)) => {
            return stays_out(Word::Elsewhere("it is not there".to_owned()), record);
        }
        Err(e) => return stays_out(Word::Unseen(sentence(&e)), record),
        Ok(real) if real != root => {
            return stays_out(Word::Elsewhere("the path leads somewhere else here".to_owned()), record);
        }
        Ok(_) => {}
    }
    let here = match workspace.ledger().read(&root) {
        Reading::Said(here) => Some(*here),
        Reading::Disbelieved(e @ LedgerError::File(_)) => return stays_out(Word::Unseen(sentence(&e)), record),
        Reading::None | Reading::Disbelieved(_) => None,
    };
    let (mut servers, mut changed) = (Vec::new(), Vec::new());
    if !is_denied {
        let found = match crate::project::Project::open(&root, &client_names()) {
            Ok(project) => project,
            Err(e @ ProjectError::File(FileError::Unreadable { .. })) => return stays_out(Word::Unseen(sentence(&e)), record),
            Err(e) => return stays_out(Word::Elsewhere(sentence(&e)), record),
        };
        let (own, user) = shadow::all(workspace, &found);
        let asked: Vec<Asked> = [own.servers, user.servers]
            .concat()
            .into_iter()
            .map(|server| Asked::new(server, &found.wishes, Some(&record)))
            .filter(Asked::is_approved)
            .collect();
        for approved in &record.servers {
            match asked.iter().find(|asked| asked.projection == approved.projection) {
                Some(asked) => servers.push((asked.clone(), approved.at)),
                None => changed.push(approved.projection.server.clone()),
            }
        }
    }
    let kept = |(asked, at): &(Asked, i64)| Approved::new(asked.projection.clone(), &lines(&asked.found.server.entry), *at);
    record.servers = servers.iter().map(kept).collect();
    let servers = servers.into_iter().map(|(asked, _)| asked).collect();
    let word = match here {
        None => Word::New,
        Some(here) if says_the_same(&here, &record) => Word::Same,
        Some(here) => {
            if !is_denied && here.profile == record.profile {
                keep_what_is_allowed_here(&mut record, &here);
            }
            Word::Different(here.profile)
        }
    };
    Project { root, word, profile, servers, changed, is_denied, record }
}

/// What was allowed here and is not in the backup stays allowed.
fn keep_what_is_allowed_here(record: &mut Record, here: &Record) {
    let known: Vec<_> = record.servers.iter().map(|a| a.projection.digest).collect();
    record.servers.extend(here.servers.iter().filter(|a| !known.contains(&a.projection.digest)).cloned());
}

fn says_the_same(here: &Record, there: &Record) -> bool {
    let digests = |record: &Record| {
        let mut all: Vec<_> = record.servers.iter().map(|a| a.projection.digest).collect();
        all.sort_unstable();
        all
    };
    let allows = |record: &Record| (record.profile.clone(), record.is_denied, record.wishes);
    // what is allowed here beyond the backup stays
    let known = digests(here);
    allows(here) == allows(there) && digests(there).iter().all(|digest| known.contains(digest))
}
