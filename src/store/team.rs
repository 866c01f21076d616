//! A profile in a file of its project: it travels with the repository, and whoever has its key reads it. Sealed for exactly those
//! on its own list. Only the profile that the user approved is opened there, and nobody is let in whom they did not confirm.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::file::{self, FileError};
use crate::profile::{Profile, ProfileName};
use crate::store::contract::StoreError;
use crate::store::draft::Draft;
use crate::store::identity::Identity;
use crate::store::keys::Keys;
use crate::store::note::Note;
use crate::store::own::OwnIdentity;
use crate::store::recipient::Recipient;
use crate::store::trouble;
use crate::sys;
use crate::team::{Pin, Team, TeamPath};

/// The word of this store.
pub(super) const WORD: &str = "team";
/// The most that a team file may hold, in bytes: others write it, and a prompt waits while it is read.
const LIMIT: u64 = 8 * 1024 * 1024;

/// Where a profile rests in a project, and what the user confirmed of it.
#[derive(Debug, Clone)]
pub struct TeamFile {
    /// What the user calls it on this machine.
    pub name: ProfileName,
    /// The project's directory, canonical.
    pub root: PathBuf,
    pub path: TeamPath,
    /// Whatever lies there is opened when this is `None`: only for showing it to the user before they confirm it.
    pub confirmed: Option<(Pin, Vec<String>)>,
}

impl TeamFile {
    /// The file that the user bound.
    #[must_use]
    pub fn bound(name: &ProfileName, root: &Path, team: &Team) -> Self {
        let confirmed = Some((team.pin, team.readers.clone()));
        Self { name: name.clone(), root: root.to_owned(), path: team.path.clone(), confirmed }
    }

    /// Whatever lies at this path, to be looked at.
    #[must_use]
    pub fn unknown(name: &ProfileName, root: &Path, path: &TeamPath) -> Self {
        Self { name: name.clone(), root: root.to_owned(), path: path.clone(), confirmed: None }
    }

    /// The file, as the user knows it.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.root.join(self.path.as_path())
    }

    /// What lies there; `None` when nothing does.
    pub(super) fn read(&self) -> Result<Option<(Vec<u8>, Metadata)>, StoreError> {
        file::sound_directory(&self.root).map_err(StoreError::Project)?;
        match file::read_inside_up_to(&self.root, self.path.as_path(), LIMIT) {
            Ok(read) => Ok(Some(read)),
            Err(FileError::Absent(_)) => Ok(None),
            Err(FileError::Unreadable { path, source }) => Err(StoreError::NoAccess { path, why: source.to_string() }),
            Err(FileError::TooLarge { path, limit }) => Err(trouble::damaged(&path, format!("it is larger than {limit} bytes"))),
            Err(other) => Err(StoreError::Project(other)),
        }
    }

    /// Where a save must write: behind a link that stays inside the project, else at the path itself.
    pub(super) fn target(&self) -> Result<PathBuf, StoreError> {
        let relative = self.path.as_path();
        match file::place_inside(&self.root, relative) {
            Ok(real) => Ok(real),
            Err(FileError::Absent(_)) => {
                let directory = match relative.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                    Some(parent) => file::place_inside(&self.root, parent).map_err(StoreError::Project)?,
                    None => self.root.clone(),
                };
                Ok(directory.join(relative.file_name().unwrap_or_default()))
            }
            Err(other) => Err(StoreError::Project(other)),
        }
    }

    /// Gives a draft the mode of what it shall replace; a new one can be read by all, as git has it.
    pub(super) fn stand(&self, draft: &Draft, target: &Path) -> io::Result<()> {
        if draft.file().metadata()?.len() > LIMIT {
            let why = format!("it would be larger than {LIMIT} bytes, too large for a file of a project");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
        }
        match target.metadata() {
            Ok(meta) => draft.file().set_permissions(meta.permissions()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => sys::make_readable(draft.file()),
            Err(e) => Err(e),
        }
    }

    pub(super) fn require_approved(&self, profile: &Profile) -> Result<(), StoreError> {
        match &self.confirmed {
            Some((pin, _)) if *pin != Pin::of(&profile.fingerprint_key) => Err(StoreError::NotApproved(self.file())),
            _ => Ok(()),
        }
    }
}

/// The user's own identity opens it; it is sealed for those on its list, among whom the user must be.
pub(super) struct TeamKeys {
    pub(super) own: OwnIdentity,
    pub(super) file: TeamFile,
}

impl Keys for TeamKeys {
    fn identity(&self, _: &ProfileName, _: Option<&Note>) -> Result<Arc<Identity>, StoreError> {
        self.own.open()
    }

    fn first(&self, _: &ProfileName) -> Result<(Arc<Identity>, Option<Note>), StoreError> {
        Ok((self.own.open()?, Some(Note { word: WORD.to_owned(), id: "1".to_owned() })))
    }

    fn shown(&self, _: &ProfileName) -> String {
        format!("the identity `{}`", crate::escape::shown_path(self.own.path()))
    }

    fn readers(&self, identity: &Identity, profile: &Profile) -> Result<Vec<Recipient>, StoreError> {
        let all = listed(profile)?;
        if !all.contains(&identity.to_recipient()) {
            return Err(StoreError::LockedOut(self.file.file()));
        }
        if let Some((_, confirmed)) = &self.file.confirmed {
            let is_new = |reader: &&Recipient| !confirmed.iter().any(|known| known == reader.as_str());
            let readers: Vec<String> = all.iter().filter(is_new).map(|reader| told(profile, reader)).collect();
            if !readers.is_empty() {
                return Err(StoreError::Unconfirmed { path: self.file.file(), readers });
            }
        }
        Ok(all)
    }
}

/// Everybody on a profile's own list, each once.
pub(super) fn listed(profile: &Profile) -> Result<Vec<Recipient>, StoreError> {
    let mut all: Vec<Recipient> = Vec::new();
    for reader in &profile.readers {
        let recipient = Recipient::parse(&reader.key).map_err(|why| StoreError::Reader { label: reader.label.clone(), why })?;
        if !all.contains(&recipient) {
            all.push(recipient);
        }
    }
    Ok(all)
}

fn told(profile: &Profile, recipient: &Recipient) -> String {
    let label = profile
        .readers
        .iter()
        .find(|reader| Recipient::known_as(&reader.key) == recipient.as_str())
        .map(|reader| reader.label.as_str());
    match label {
        Some(label) if !label.is_empty() => format!("`{label}` ({})", recipient.as_str()),
        _ => recipient.as_str().to_owned(),
    }
}
