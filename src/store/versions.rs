//! The earlier versions of a profile: `versions/NAME/GENERATION.age`, sealed as they were. Keeps one before each save and the
//! five newest in all; opens none. Beside them, as `damaged-N.age`, what did not open and had to make room: never counted,
//! never taken away by itself.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::file::{self, FileError, USER_LIMIT};
use crate::store::draft::{self, Draft};
use crate::sys;

/// How many are kept.
const KEPT: usize = 5;
/// How the name of one begins that was put aside.
const ASIDE: &str = "damaged-";

/// The versions in a directory, oldest first. Empty when it cannot be read.
pub(super) fn list(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut found: Vec<_> = entries.flatten().filter_map(|entry| Some((number_of(&entry.path())?, entry.path()))).collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

/// Keeps what rests at `profile` (`sealed`, just read) as the version of this generation. Gives the place it has now.
pub(super) fn keep(profile: &Path, sealed: &[u8], generation: u64, directory: &Path) -> io::Result<PathBuf> {
    let names = std::iter::once(format!("{generation}.age")).chain((2..100).map(|n| format!("{generation}-{n}.age")));
    keep_as(profile, sealed, names, directory)
}

/// The same for what does not open, which has no generation that anybody knows.
pub(super) fn keep_aside(profile: &Path, sealed: &[u8], directory: &Path) -> io::Result<PathBuf> {
    keep_as(profile, sealed, (1..100).map(|n| format!("{ASIDE}{n}.age")), directory)
}

/// Everything that is kept in a directory, earlier versions and what was put aside, oldest first; each with the generation that
/// its name says. None where the directory was never made.
///
/// # Errors
/// When the directory cannot be listed: whoever moves or removes what is in it must not take that for empty.
pub(super) fn all(directory: &Path) -> io::Result<Vec<(Option<u64>, PathBuf)>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let order = number_of(&path).map(|(generation, again)| (Some(generation), again));
        let order = order.or_else(|| number_aside(&path).map(|number| (None, number)));
        found.extend(order.map(|order| (order, path)));
    }
    found.sort();
    Ok(found.into_iter().map(|((generation, _), path)| (generation, path)).collect())
}

fn keep_as(profile: &Path, sealed: &[u8], names: impl Iterator<Item = String>, directory: &Path) -> io::Result<PathBuf> {
    sys::make_private_directory(directory)?;
    let target = free_place(directory, sealed, names)?;
    if !target.exists() {
        // a second name costs no space; where a file cannot have two, a copy does as well
        if fs::hard_link(profile, &target).is_err() {
            let draft = Draft::write(&target, sealed)?;
            draft.sync()?;
            draft.replace()?;
        }
        if sys::is_own_and_private(&target.metadata()?).is_err() {
            sys::make_private(&File::open(&target)?)?;
        }
        sys::sync_directory(directory)?;
    }
    Ok(target)
}

/// Takes all but the newest away, never `kept`, and the drafts that killed processes left.
pub(super) fn prune(directory: &Path, kept: &Path) -> io::Result<()> {
    let versions = list(directory);
    let surplus = versions.len().saturating_sub(KEPT);
    for path in versions.iter().filter(|path| *path != kept).take(surplus) {
        fs::remove_file(path)?;
    }
    for entry in fs::read_dir(directory)?.flatten() {
        if entry.file_name().to_str().is_some_and(draft::is_draft) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The first of these names that is free, or that holds the same bytes already. A generation comes twice when an older profile
/// was put back and changed again.
#[allow(clippy::disallowed_methods, reason = "these are mcpenv's own files, in its own private directory")]
fn free_place(directory: &Path, sealed: &[u8], names: impl Iterator<Item = String>) -> io::Result<PathBuf> {
    for path in names.map(|name| directory.join(name)) {
        match file::read(&path, USER_LIMIT) {
            Ok((bytes, _)) if bytes == sealed => return Ok(path),
            Err(FileError::Absent(_)) => return Ok(path),
            Err(FileError::Unreadable { source, .. }) => return Err(source),
            // something else has the name
            Ok(_) | Err(_) => {}
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "too many versions of one generation are here"))
}

fn number_aside(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.strip_prefix(ASIDE)?.strip_suffix(".age")?.parse().ok()
}

fn number_of(path: &Path) -> Option<(u64, u32)> {
    let stem = path.file_name()?.to_str()?.strip_suffix(".age")?;
    let (generation, again) = stem.split_once('-').unwrap_or((stem, "1"));
    Some((generation.parse().ok()?, again.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_newest_stay_and_the_one_just_kept_always() {
        let here = tempfile::tempdir().expect("a directory");
        let (profile, directory) = (here.path().join("p.age"), here.path().join("versions/p"));
        for generation in [8, 9, 10, 11, 12, 13, 2] {
            fs::write(&profile, generation.to_string()).expect("written");
            let kept = keep(&profile, generation.to_string().as_bytes(), generation, &directory).expect("kept");
            prune(&directory, &kept).expect("pruned");
            fs::remove_file(&profile).expect("a save replaces it");
        }
        let names: Vec<_> = list(&directory).iter().map(|p| p.file_name().expect("a name").to_owned()).collect();
        assert_eq!(names, ["2.age", "10.age", "11.age", "12.age", "13.age"]);
    }

    #[test]
    fn a_generation_that_comes_twice_is_kept_twice() {
        let here = tempfile::tempdir().expect("a directory");
        let (profile, directory) = (here.path().join("p.age"), here.path().join("versions/p"));
        for bytes in ["one", "one", "other"] {
            fs::write(&profile, bytes).expect("written");
            keep(&profile, bytes.as_bytes(), 3, &directory).expect("kept");
            fs::remove_file(&profile).expect("a save replaces it");
        }
        let texts: Vec<_> = list(&directory).iter().map(|p| fs::read_to_string(p).expect("read")).collect();
        assert_eq!(texts, ["one", "other"]);
    }
}
