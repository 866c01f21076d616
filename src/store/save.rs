//! Saves a profile: whatever stops it, the old one or the new one rests there whole. Nothing is ever written into the live
//! file, and there is no second, weaker way: what cannot be saved so is not saved.

use std::path::Path;

use crate::escape::shown_path;
use crate::file::{self, USER_LIMIT};
use crate::profile::{Profile, ProfileName};
use crate::store::contract::{Saved, StoreError};
use crate::store::draft::{self, Draft};
use crate::store::identity::Identity;
use crate::store::opened::{self, Opened};
use crate::store::payload;
use crate::store::place::Place;
use crate::store::seal;
use crate::store::sidecar::{Agreement, Sidecar};
use crate::store::trouble;
use crate::store::versions;
use crate::sys;

/// Saves under the lock that the caller holds. Gives the generation that rests there now.
pub(super) fn save(
    place: &Place,
    name: &ProfileName,
    identity_path: &Path,
    profile: &Profile,
) -> Result<(u64, Saved), StoreError> {
    if profile.is_read_only {
        return Err(StoreError::FromTheFuture(name.clone()));
    }
    if let Some(found) = place.twin(name)? {
        return Err(StoreError::CaseTwin { name: name.clone(), found });
    }
    let target = place.target(name)?;
    draft::sweep(&target);
    draft::sweep(&place.sidecar(name));
    let before = opened::open(place, name, identity_path)?;
    require_unchanged(name, profile, before.as_ref())?;

    let generation = profile.generation + 1;
    let identity = Identity::load(identity_path)?;
    let draft = written(&target, profile, generation, &identity)?;

    let mut warnings = Vec::new();
    let kept = before.and_then(|before| keep_version(place, name, &target, &before, &mut warnings));
    draft.replace().map_err(|e| trouble::unwritten(&target, &e))?;

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
    if let Err(e) = Sidecar::of(profile, generation, vec![identity.recipient()]).write(&sidecar) {
        warnings.push(format!("`{}` could not be written ({e}): names and dates are shown from before", shown_path(&sidecar)));
    }
    Ok((generation, Saved { warnings }))
}

fn require_unchanged(name: &ProfileName, profile: &Profile, before: Option<&Opened>) -> Result<(), StoreError> {
    if before.is_some_and(|before| before.profile.is_read_only) {
        return Err(StoreError::FromTheFuture(name.clone()));
    }
    let (expected, found) = (profile.generation, before.map_or(0, |before| before.profile.generation));
    if expected == found { Ok(()) } else { Err(StoreError::Conflict { name: name.clone(), expected, found }) }
}

/// The sealed profile beside its target, on the disk, read back from there and opened.
pub(super) fn written(target: &Path, profile: &Profile, generation: u64, identity: &Identity) -> Result<Draft, StoreError> {
    let wrong = |e: std::io::Error| trouble::unwritten(target, &e);
    let differs = |why: String| StoreError::Disk { path: target.to_owned(), why };
    let plain = payload::encode(profile, generation);
    let sealed = seal::seal(&plain, identity).map_err(wrong)?;
    let draft = Draft::write(target, &sealed).map_err(wrong)?;
    draft.sync().map_err(wrong)?;
    let (back, _) = file::read(draft.path(), USER_LIMIT).map_err(|e| differs(e.to_string()))?;
    let opened = seal::open(&back, &[identity]).map_err(|e| differs(format!("what was written does not open: {e}")))?;
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
        && read.unknown == profile.unknown
}

fn keep_version(
    place: &Place,
    name: &ProfileName,
    target: &Path,
    before: &Opened,
    warnings: &mut Vec<String>,
) -> Option<std::path::PathBuf> {
    let found = before.profile.generation;
    if let Some(Agreement::WentBackwards { seen, .. }) = Sidecar::read(&place.sidecar(name)).map(|s| s.against(&before.profile)) {
        warnings
            .push(format!("profile `{name}` went back from generation {seen} to {found}: an older file was put in its place"));
    }
    let recipients = seal::count_recipients(&before.sealed);
    if recipients > 1 {
        warnings.push(format!("profile `{name}` opened with {recipients} identities before, and opens with yours alone now"));
    }
    let directory = place.versions(name);
    match versions::keep(target, &before.sealed, found, &directory) {
        Ok(kept) => Some(kept),
        Err(e) => {
            warnings.push(format!("the version before could not be kept in `{}` ({e})", shown_path(&directory)));
            None
        }
    }
}
