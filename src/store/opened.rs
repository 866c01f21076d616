//! Opens the file of a profile: one read, one decryption. Says exactly what stands in the way, and never takes a file that
//! does not open for an empty profile.

use std::path::Path;
use std::sync::Arc;

use crate::file::USER_LIMIT;
use crate::profile::{Profile, ProfileName};
use crate::store::contract::StoreError;
use crate::store::identity::Identity;
use crate::store::note::Note;
use crate::store::payload::{self, PayloadError};
use crate::store::place::Place;
use crate::store::seal::{self, Unopened};
use crate::store::sidecar::Sidecar;
use crate::store::site::Site;
use crate::store::trouble;
use crate::store::versions;

/// A profile, and the bytes it was in.
pub(super) struct Opened {
    pub(super) sealed: Vec<u8>,
    pub(super) profile: Profile,
    pub(super) note: Option<Note>,
    pub(super) identity: Arc<Identity>,
}

/// `None` when nothing was ever saved under this name; then the identity is not needed either.
pub(super) fn open(site: &Site, name: &ProfileName) -> Result<Option<Opened>, StoreError> {
    let read = site.read(name).map_err(|e| with_versions(e, &site.place, name))?;
    let Some((sealed, _)) = read else { return Ok(None) };
    let opened = unsealed(site, &site.place, &site.file(name), sealed, name, name)?;
    site.require_approved(&opened.profile)?;
    Ok(Some(opened))
}

/// The same for a file of this profile in another place, under another name.
pub(super) fn open_in(site: &Site, place: &Place, stem: &ProfileName, name: &ProfileName) -> Result<Option<Opened>, StoreError> {
    let path = place.profile(stem);
    let read = trouble::read(&path, USER_LIMIT).map_err(|e| with_versions(e, place, stem))?;
    let Some((sealed, _)) = read else { return Ok(None) };
    unsealed(site, place, &path, sealed, stem, name).map(Some)
}

fn unsealed(
    site: &Site,
    place: &Place,
    path: &Path,
    sealed: Vec<u8>,
    stem: &ProfileName,
    name: &ProfileName,
) -> Result<Opened, StoreError> {
    let note = Note::of(&sealed[..sealed.len().min(seal::HEADER_LIMIT)]);
    let keys = site.keys(name, note.as_ref())?;
    let identity = keys.identity(name, note.as_ref())?;
    let plain = seal::open(&sealed, &[&identity]).map_err(|why| match why {
        // others write it too, so what once opened need not open now
        Unopened::Foreign if site.team.is_some() => {
            StoreError::NotForYou { path: path.to_owned(), recipient: identity.recipient() }
        }
        Unopened::Foreign if !is_known_to_open(place, stem, &identity) => {
            StoreError::WrongKey { path: path.to_owned(), key: keys.shown(name) }
        }
        why => with_versions(trouble::damaged(path, why.to_string()), place, stem),
    })?;
    let profile = payload::decode(&plain).map_err(|e| match e {
        PayloadError::Damaged(why) => with_versions(trouble::damaged(path, why), place, stem),
        PayloadError::Future => StoreError::FromTheFuture(name.clone()),
    })?;
    Ok(Opened { sealed, profile, note, identity })
}

// a damaged header and a foreign identity look alike in the file; only the sidecar knows whom it was sealed for
fn is_known_to_open(place: &Place, name: &ProfileName, identity: &Identity) -> bool {
    Sidecar::read(&place.sidecar(name)).is_some_and(|sidecar| sidecar.recipients.contains(&identity.recipient()))
}

fn with_versions(error: StoreError, place: &Place, name: &ProfileName) -> StoreError {
    match error {
        StoreError::Damaged { path, why, .. } => {
            let directory = place.versions(name);
            let earlier = (!versions::list(&directory).is_empty()).then_some(directory);
            StoreError::Damaged { path, why, earlier }
        }
        other => other,
    }
}
