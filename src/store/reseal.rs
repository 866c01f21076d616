//! Seals what rests here anew, for other keys and without another change: profiles, their earlier versions, and what else the
//! user's own identity opens. Each file is replaced at once, by one that was read back and opened with every key it is for.

use std::fs;
use std::path::{Path, PathBuf};

use crate::escape::shown_path;
use crate::file;
use crate::profile::{Profile, ProfileName};
use crate::store::contract::Store;
use crate::store::draft::{self, Draft};
use crate::store::files::Files;
use crate::store::identity::Identity;
use crate::store::note::Note;
use crate::store::payload;
use crate::store::recipient::Recipient;
use crate::store::seal;
use crate::store::sidecar::Sidecar;
use crate::store::versions;
use crate::sys;

/// The most that one of these files may hold, in bytes.
const LIMIT: u64 = 4 * file::USER_LIMIT;

/// Which keys open the files now, and which shall.
pub(super) struct Change<'a> {
    pub(super) openers: &'a [&'a Identity],
    pub(super) owners: &'a [&'a Identity],
}

/// What the user's own identity opens beside the profiles that rest with it.
#[derive(Debug, Default)]
pub struct Others {
    /// Files for this identity alone: what client files held before `adopt`.
    pub records: Vec<PathBuf>,
    /// Team files and their earlier versions. Who reads them is a team's word, so they are looked at and never sealed anew.
    pub team_files: Vec<PathBuf>,
}

/// What became of the files.
#[derive(Debug, Default)]
pub struct Resealed {
    /// How many were sealed anew.
    pub changed: usize,
    /// How many were so already.
    pub unchanged: usize,
    /// The files that these keys do not open, or that nobody could read: they stay as they were.
    pub left: Vec<String>,
    /// The files that open and could not be written.
    pub unwritten: Vec<String>,
}

/// Why a file stays as it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Left {
    Closed(String),
    Unwritten(String),
}

impl Resealed {
    fn note(&mut self, path: &Path, outcome: Result<bool, Left>) {
        match outcome {
            Ok(true) => self.changed += 1,
            Ok(false) => self.unchanged += 1,
            Err(Left::Closed(why)) => self.left.push(format!("`{}` ({why})", shown_path(path))),
            Err(Left::Unwritten(why)) => self.unwritten.push(format!("`{}` ({why})", shown_path(path))),
        }
    }

    /// Whether everything is sealed as it shall be.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.left.is_empty() && self.unwritten.is_empty()
    }
}

impl Files {
    /// Seals anew whatever rests here in the store `age`, and the records; says which team files only an old identity opens.
    pub(super) fn reseal_all(&self, change: &Change<'_>, others: &Others) -> Resealed {
        let mut done = Resealed::default();
        let place = &self.0.place;
        match self.named() {
            Ok(names) => {
                for name in names {
                    self.reseal_profile(&name, change, &mut done);
                }
            }
            Err(why) => done.note(&place.0, Err(Left::Unwritten(why))),
        }
        for stranger in place.strangers().unwrap_or_default() {
            if change.is_needed_by(&stranger) {
                let why = "it is not mcpenv's, and stays as it is: only the old identity opens it".to_owned();
                done.note(&stranger, Err(Left::Closed(why)));
            }
        }
        for record in &others.records {
            done.note(record, change.file(record, false));
        }
        for file in &others.team_files {
            if let Some(why) = change.keeps_out_of(file) {
                done.note(file, Err(Left::Closed(why)));
            }
        }
        done
    }

    /// The profiles that are here, and those of which only earlier versions are.
    fn named(&self) -> Result<Vec<ProfileName>, String> {
        let mut names = self.0.place.names().map_err(|e| e.to_string())?;
        for entry in fs::read_dir(self.0.place.0.join("versions")).into_iter().flatten().flatten() {
            if let Some(name) = entry.file_name().to_str().and_then(|name| ProfileName::parse(name).ok()) {
                names.push(name);
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn reseal_profile(&self, name: &ProfileName, change: &Change<'_>, done: &mut Resealed) {
        let place = &self.0.place;
        let path = place.profile(name);
        let _lock = match self.lock(name) {
            Ok(lock) => lock,
            Err(e) => return done.note(&path, Err(Left::Unwritten(e.to_string()))),
        };
        if path.symlink_metadata().is_ok() {
            let outcome = place.target(name).map_err(|e| Left::Unwritten(e.to_string())).and_then(|target| {
                draft::sweep(&target);
                change.file(&target, true)
            });
            if outcome == Ok(true) {
                change.tell_sidecar(&place.sidecar(name));
            }
            done.note(&path, outcome);
        }
        for version in versions::list(&place.versions(name)) {
            draft::sweep(&version);
            done.note(&version, change.file(&version, true));
        }
    }
}

impl Change<'_> {
    /// Whether this is a copy that a sync tool left, which opens now and would not afterwards.
    fn is_needed_by(&self, stranger: &Path) -> bool {
        stranger.extension().is_some_and(|e| e.eq_ignore_ascii_case("age"))
            && file::read(stranger, LIMIT).is_ok_and(|(sealed, _)| self.shuts_out(&sealed))
    }

    /// Why the old identity is still needed for a team's file, if it is or may be.
    fn keeps_out_of(&self, team_file: &Path) -> Option<String> {
        match file::read(team_file, LIMIT) {
            Ok((sealed, _)) if !self.shuts_out(&sealed) => None,
            Ok(_) => Some("a team's file: only the old identity opens it, until a reader adds your new public key".to_owned()),
            // where both are in force nothing is lost yet
            Err(_) if self.openers.len() == self.owners.len() => None,
            Err(e) => Some(format!("a team's file, and only the old identity may open it: {e}")),
        }
    }

    /// Whether this opens now and would not afterwards.
    fn shuts_out(&self, sealed: &[u8]) -> bool {
        seal::open(sealed, self.openers).is_ok() && seal::open(sealed, self.owners).is_err()
    }

    /// Seals one file anew; false when it is so already, or is of another store. `is_profile`: it has a list of its own readers.
    fn file(&self, path: &Path, is_profile: bool) -> Result<bool, Left> {
        let (sealed, _) = file::read(path, LIMIT).map_err(|e| Left::Unwritten(e.to_string()))?;
        if Note::of(&sealed[..sealed.len().min(seal::HEADER_LIMIT)]).is_some() {
            return Ok(false);
        }
        let plain = seal::open(&sealed, self.openers).map_err(|e| Left::Closed(e.to_string()))?;
        let mut readers: Vec<Recipient> = self.owners.iter().map(|owner| owner.to_recipient()).collect();
        if is_profile {
            let profile = payload::decode(&plain).map_err(|e| Left::Closed(e.to_string()))?;
            add_readers(&profile, &mut readers).map_err(Left::Closed)?;
        }
        let opens = |bytes: &[u8]| self.owners.iter().all(|owner| seal::open(bytes, &[owner]).is_ok_and(|read| *read == *plain));
        if seal::count_recipients(&sealed) == readers.len() && opens(&sealed) {
            return Ok(false);
        }
        replace(path, &plain, &readers, None, opens).map(|()| true).map_err(Left::Unwritten)
    }

    // a file that opens with none of its known keys is told from a damaged one by this list alone
    fn tell_sidecar(&self, path: &Path) {
        if let Some(mut sidecar) = Sidecar::read(path) {
            let mut recipients: Vec<String> = self.owners.iter().map(|owner| owner.recipient()).collect();
            let is_old = |key: &String| self.openers.iter().any(|opener| opener.recipient() == *key);
            recipients.extend(sidecar.recipients.iter().filter(|key| !is_old(key)).cloned());
            recipients.dedup();
            sidecar.recipients = recipients;
            let _ = sidecar.write(path);
        }
    }
}

/// Adds everybody on the profile's own list.
pub(super) fn add_readers(profile: &Profile, readers: &mut Vec<Recipient>) -> Result<(), String> {
    for reader in &profile.readers {
        let recipient = Recipient::parse(&reader.key).map_err(|e| e.to_string())?;
        if !readers.contains(&recipient) {
            readers.push(recipient);
        }
    }
    Ok(())
}

/// Puts a newly sealed file in the place of the one that is there, once `opens` says that it is sound.
pub(super) fn replace(
    path: &Path,
    plain: &[u8],
    readers: &[Recipient],
    note: Option<&Note>,
    opens: impl Fn(&[u8]) -> bool,
) -> Result<(), String> {
    let sealed = seal::seal_for(plain, readers, note).map_err(|e| e.to_string())?;
    let draft = Draft::write(path, &sealed).map_err(|e| e.to_string())?;
    draft.sync().map_err(|e| e.to_string())?;
    let (back, _) = file::read(draft.path(), LIMIT).map_err(|e| e.to_string())?;
    if !opens(&back) {
        return Err("what was sealed anew does not open to the same".to_owned());
    }
    draft.replace().map_err(|e| e.to_string())?;
    sys::sync_directory(path.parent().unwrap_or(path)).map_err(|e| e.to_string())
}
