//! Makes a backup: opens every profile, and puts them into one file with the bindings and approvals. What does not open is
//! named, never left out silently.

use std::path::Path;

use super::document::{Document, PROFILES, PROJECTS};
use super::trouble::BackupError;
use crate::approval::Reading;
use crate::fault::sentence;
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::store::parcel::{self, Room};
use crate::store::phrase::Passphrase;
use crate::store::{Store, StoreError};

/// What a backup would hold.
#[derive(Debug)]
pub struct Gathered {
    document: Document,
    /// The profiles that do not open, and why.
    pub closed: Vec<(ProfileName, StoreError)>,
    /// What is left out besides, each told in a sentence.
    pub notes: Vec<String>,
}

impl Gathered {
    /// The number of profiles, of their variables, and of projects.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let variables = self.document.profiles.iter().map(|(_, _, profile)| profile.variables.len()).sum();
        (self.document.profiles.len(), variables, self.document.projects.len())
    }
}

/// Opens every profile, and reads every approval.
///
/// # Errors
/// When the profiles or the approvals cannot be listed, or there are more of them than a backup holds.
pub fn gather(workspace: &Workspace) -> Result<Gathered, BackupError> {
    let files = workspace.files("");
    let (mut profiles, mut closed) = (Vec::new(), Vec::new());
    for name in files.names()? {
        match files.load(&name) {
            // what only a newer mcpenv understands cannot be written by this one without losing some of it
            Ok(profile) if profile.is_read_only => closed.push((name.clone(), StoreError::FromTheFuture(name))),
            Ok(profile) => {
                let word = files.word(&name)?.unwrap_or_default();
                profiles.push((name, word, profile));
            }
            Err(e) => closed.push((name, e)),
        }
    }
    let (mut projects, mut notes) = (Vec::new(), Vec::new());
    for (root, reading) in workspace.ledger().all()? {
        match reading {
            Reading::Said(record) => projects.push((root, *record)),
            Reading::Disbelieved(e) => notes.push(format!("left out: {}", sentence(&e))),
            Reading::None => {}
        }
    }
    if profiles.len() > PROFILES || projects.len() > PROJECTS {
        return Err(BackupError::TooMany(if profiles.len() > PROFILES { PROFILES } else { PROJECTS }));
    }
    Ok(Gathered { document: Document { made: workspace.seconds(), profiles, projects }, closed, notes })
}

/// Writes it where it is wanted; opening it takes this much work. Tells what did not work once it was there.
///
/// # Errors
/// When it cannot be written and read back; what was there before still is then.
pub fn write(
    path: &Path,
    gathered: &Gathered,
    passphrase: &Passphrase,
    factor: u8,
    room: Room,
) -> Result<Option<String>, BackupError> {
    Ok(parcel::write(path, &gathered.document.encode(), passphrase, factor, room)?)
}
