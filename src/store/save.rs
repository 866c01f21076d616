//! Saves a profile: whatever stops it, the old one or the new one rests there whole. Nothing is ever written into the live
//! file, and there is no second, weaker way: what cannot be saved so is not saved.

use std::path::Path;
use std::sync::Arc;

use crate::escape::shown_path;
use crate::file::{self, USER_LIMIT};
use crate::profile::{Profile, ProfileName};
use crate::store::contract::{Saved, StoreError};
use crate::store::draft::{self, Draft};
use crate::store::identity::Identity;
use crate::store::keys::Keys;
use crate::store::note::Note;
use crate::store::opened::{self, Opened};
use crate::store::payload;
use crate::store::recipient::Recipient;
use crate::store::seal;
use crate::store::sidecar::{Agreement, Sidecar};
use crate::store::site::Site;
use crate::store::trouble;
use crate::store::versions;
use crate::sys;

/// Saves under the lock that the caller holds. Gives the generation that rests there now.
pub(super) fn save(site: &Site, name: &ProfileName, profile: &Profile) -> Result<(u64, Saved), StoreError> {
    save_in(site, name, profile, None)
}

/// The same, into the store of this word when it rests in another.
pub(super) fn save_in(
    site: &Site,
    name: &ProfileName,
    profile: &Profile,
    word: Option<&str>,
) -> Result<(u64, Saved), StoreError> {
    let place = &site.place;
    if profile.is_read_only {
        return Err(StoreError::FromTheFuture(name.clone()));
    }
    if let Some(found) = site.twin(name)? {
        return Err(StoreError::CaseTwin { name: name.clone(), found });
    }
    let target = site.target(name)?;
    draft::sweep(&target);
    draft::sweep(&place.sidecar(name));
    let before = opened::open(site, name)?;
    require_unchanged(name, profile, before.as_ref())?;
    site.require_approved(profile)?;

    let generation = profile.generation.saturating_add(1);
    let seat = Seat::of(site, name, before.as_ref(), word)?;
    let readers = seat.keys.readers(&seat.identity, profile)?;
    let mut warnings = Vec::new();
    let draft = match written(site, &target, profile, generation, &seat, &readers) {
        Ok(draft) => draft,
        Err(error) => {
            seat.abandon();
            return Err(error);
        }
    };

    let kept = before.and_then(|before| keep_version(site, name, &target, &before, &mut warnings));
    if let Err(e) = draft.replace() {
        seat.abandon();
        return Err(trouble::unwritten(&target, &e));
    }

    // from here on the new one rests there: what fails now is said, and costs nothing
    let directory = target.parent().unwrap_or(&target);
    if let Err(e) = sys::sync_directory(directory) {
        warnings.push(format!(
            "`{}` could not be synced ({e}): a power cut now may bring the version before back",
            shown_path(directory)
        ));
    }
    if let Some(kept) = kept
        && let Err(e) = versions::prune(&place.versions(name), &kept)
    {
        warnings
            .push(format!("versions that are too old could not be removed from `{}` ({e})", shown_path(&place.versions(name))));
    }
    let sidecar = place.sidecar(name);
    if let Err(e) =
        Sidecar::of(profile, generation, readers.iter().map(|reader| reader.as_str().to_owned()).collect()).write(&sidecar)
    {
        warnings.push(format!("`{}` could not be written ({e}): names and dates are shown from before", shown_path(&sidecar)));
    }
    Ok((generation, Saved { warnings }))
}

/// Where the new file will rest: the key that opens it, and the note it carries.
pub(super) struct Seat<'a> {
    pub(super) keys: &'a dyn Keys,
    pub(super) identity: Arc<Identity>,
    note: Option<Note>,
    /// The key was made for this save.
    is_new: bool,
}

impl<'a> Seat<'a> {
    pub(super) fn of(
        site: &'a Site,
        name: &ProfileName,
        before: Option<&Opened>,
        word: Option<&str>,
    ) -> Result<Self, StoreError> {
        let now = before.map(|before| before.note.as_ref().map_or("age", |note| note.word.as_str()));
        match before {
            Some(before) if word.is_none() || word == now => Ok(Self {
                keys: site.keys(name, before.note.as_ref())?,
                identity: Arc::clone(&before.identity),
                note: before.note.clone(),
                is_new: false,
            }),
            _ => {
                let keys = site.keys_of(name, word.unwrap_or(site.first))?;
                let (identity, note) = keys.first(name)?;
                Ok(Self { keys, identity, note, is_new: true })
            }
        }
    }

    /// Takes a key back that nothing was sealed for.
    pub(super) fn abandon(&self) {
        if let Some(note) = self.note.as_ref().filter(|_| self.is_new) {
            // what stays behind opens nothing
            let _ = self.keys.abandon(note);
        }
    }
}

fn require_unchanged(name: &ProfileName, profile: &Profile, before: Option<&Opened>) -> Result<(), StoreError> {
    if before.is_some_and(|before| before.profile.is_read_only) {
        return Err(StoreError::FromTheFuture(name.clone()));
    }
    let (expected, found) = (profile.generation, before.map_or(0, |before| before.profile.generation));
    if expected == found { Ok(()) } else { Err(StoreError::Conflict { name: name.clone(), expected, found }) }
}

/// The sealed profile beside its target, on the disk, read back from there and opened.
pub(super) fn written(
    site: &Site,
    target: &Path,
    profile: &Profile,
    generation: u64,
    seat: &Seat<'_>,
    readers: &[Recipient],
) -> Result<Draft, StoreError> {
    let wrong = |e: std::io::Error| trouble::unwritten(target, &e);
    let differs = |why: String| StoreError::Disk { path: target.to_owned(), why };
    let plain = payload::encode(profile, generation);
    let sealed = seal::seal_for(&plain, readers, seat.note.as_ref()).map_err(wrong)?;
    let draft = Draft::write(target, &sealed).map_err(wrong)?;
    if let Some(team) = &site.team {
        team.stand(&draft, target).map_err(wrong)?;
    }
    draft.sync().map_err(wrong)?;
    let (back, _) = file::read(draft.path(), USER_LIMIT).map_err(|e| differs(e.to_string()))?;
    let opened = seal::open(&back, &[&seat.identity]).map_err(|e| differs(format!("what was written does not open: {e}")))?;
    // the bytes must be the same, and they must mean the same: a profile that only this writer understands is lost
    let is_same = payload::decode(&opened).is_ok_and(|read| is_same(&read, profile, generation));
    if *opened != *plain || !is_same {
        return Err(differs("what was read back is not what was written".to_owned()));
    }
    Ok(draft)
}

fn is_same(read: &Profile, profile: &Profile, generation: u64) -> bool {
    read.generation == generation
        && !read.is_read_only
        && read.fingerprint_key == profile.fingerprint_key
        && read.variables == profile.variables
        && read.readers == profile.readers
        && read.unknown == profile.unknown
}

fn keep_version(
    site: &Site,
    name: &ProfileName,
    target: &Path,
    before: &Opened,
    warnings: &mut Vec<String>,
) -> Option<std::path::PathBuf> {
    let (place, found) = (&site.place, before.profile.generation);
    if let Some(Agreement::WentBackwards { seen, .. }) = Sidecar::read(&place.sidecar(name)).map(|s| s.against(&before.profile)) {
        warnings
            .push(format!("profile `{name}` went back from generation {seen} to {found}: an older file was put in its place"));
    }
    let own = usize::from(site.team.is_none());
    let (could, known) = (seal::count_recipients(&before.sealed), before.profile.readers.len() + own);
    if could > known {
        warnings.push(format!(
            "the file of profile `{name}` was sealed for {could} keys, more than its own list has: only those of the list open it now"
        ));
    }
    let directory = place.versions(name);
    // what lies in a project is never given a second name: who writes into it there would write into this version too
    let own_place = place.profile(name);
    let from = if site.team.is_some() { &own_place } else { target };
    match versions::keep(from, &before.sealed, found, &directory) {
        Ok(kept) => Some(kept),
        Err(e) => {
            warnings.push(format!("the version before could not be kept in `{}` ({e})", shown_path(&directory)));
            None
        }
    }
}
