//! Puts a profile where none is, or where a file lies that does not open: as whole and as verified as any save, but with no
//! profile before it. What lies there is put aside first, never overwritten.

use std::path::PathBuf;

use crate::profile::{Profile, ProfileName};
use crate::store::contract::{Saved, StoreError};
use crate::store::draft;
use crate::store::opened;
use crate::store::save::{self, Seat};
use crate::store::sidecar::Sidecar;
use crate::store::site::Site;
use crate::store::trouble;
use crate::store::versions;
use crate::sys;

/// Whether what stands in the way of opening a profile is in the file itself, or in a key that is gone: what does not open, and
/// what nobody else can be asked about.
pub(super) fn is_beyond_opening(error: &StoreError) -> bool {
    matches!(error, StoreError::Damaged { .. } | StoreError::KeyAbsent { .. } | StoreError::KeyDamaged { .. })
}

/// Puts it there, with this generation, into the store of this word. Tells where what was put aside is.
pub(super) fn put(
    site: &Site,
    name: &ProfileName,
    profile: &Profile,
    generation: u64,
    word: &str,
) -> Result<(Saved, Option<PathBuf>), StoreError> {
    let place = &site.place;
    if profile.is_read_only {
        return Err(StoreError::FromTheFuture(name.clone()));
    }
    if let Some(found) = place.twin(name)? {
        return Err(StoreError::CaseTwin { name: name.clone(), found });
    }
    let is_there = match opened::open(site, name) {
        Ok(None) => false,
        Ok(Some(found)) => {
            return Err(StoreError::Conflict { name: name.clone(), expected: 0, found: found.profile.generation });
        }
        Err(error) if is_beyond_opening(&error) => true,
        Err(other) => return Err(other),
    };
    let target = place.target(name)?;
    draft::sweep(&target);
    draft::sweep(&place.sidecar(name));
    let seat = Seat::of(site, name, None, Some(word))?;
    let placed = seat.keys.readers(&seat.identity, profile).and_then(|readers| {
        let draft = save::written(site, &target, profile, generation, &seat, &readers)?;
        let aside = if is_there { Some(put_aside(site, name)?) } else { None };
        let placed = if is_there { draft.replace() } else { draft.place_new() };
        placed.map(|()| (readers, aside)).map_err(|e| trouble::unwritten(&target, &e))
    });
    let (readers, aside) = placed.inspect_err(|_| seat.abandon())?;

    let mut warnings = Vec::new();
    if let Err(e) = sys::sync_directory(target.parent().unwrap_or(&target)) {
        warnings.push(format!("the directory of `{name}` could not be synced ({e}): a power cut now may take it away again"));
    }
    let recipients = readers.iter().map(|reader| reader.as_str().to_owned()).collect();
    if let Err(e) = Sidecar::of(profile, generation, recipients).write(&place.sidecar(name)) {
        warnings.push(format!("the sidecar of `{name}` could not be written ({e}): names and dates are shown from before"));
    }
    Ok((Saved { warnings }, aside))
}

fn put_aside(site: &Site, name: &ProfileName) -> Result<PathBuf, StoreError> {
    let (target, directory) = (site.place.target(name)?, site.place.versions(name));
    // what is no file at all cannot be kept: it stands in the way until somebody looks at it
    let (bytes, _) = trouble::read(&target, crate::file::USER_LIMIT)?.ok_or_else(|| StoreError::Absent(name.clone()))?;
    versions::keep_aside(&target, &bytes, &directory).map_err(|e| trouble::unwritten(&directory, &e))
}
