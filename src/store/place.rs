//! Where the files of a profile lie, and what else lies there. Reads names of files only.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::profile::ProfileName;
use crate::store::contract::StoreError;
use crate::store::draft;
use crate::store::trouble;

/// The directory of the profiles.
#[derive(Debug, Clone)]
pub(super) struct Place(pub(super) PathBuf);

impl Place {
    /// The profile itself.
    pub(super) fn profile(&self, name: &ProfileName) -> PathBuf {
        self.0.join(format!("{name}.age"))
    }

    /// Where a save must write: behind a symbolic link that somebody put in the profile's place, in the link's own directory
    /// otherwise.
    pub(super) fn target(&self, name: &ProfileName) -> Result<PathBuf, StoreError> {
        let path = self.profile(name);
        if !path.is_symlink() {
            return Ok(path);
        }
        fs::canonicalize(&path).map_err(|e| trouble::unwritten(&path, &e))
    }

    pub(super) fn sidecar(&self, name: &ProfileName) -> PathBuf {
        self.0.join(format!("{name}.json"))
    }

    /// One lock for all names that differ only by case, so that two such profiles cannot be made at the same moment.
    pub(super) fn lock(&self, name: &ProfileName) -> PathBuf {
        self.0.join(format!("{}.lock", name.as_str().to_ascii_lowercase()))
    }

    /// The directory of the earlier versions.
    pub(super) fn versions(&self, name: &ProfileName) -> PathBuf {
        self.0.join("versions").join(name.as_str())
    }

    /// The profiles that lie here, sorted.
    pub(super) fn names(&self) -> Result<Vec<ProfileName>, StoreError> {
        let mut names: Vec<_> = self.files()?.iter().filter_map(|file| profile_of(file, ".age")).collect();
        names.sort();
        Ok(names)
    }

    /// A profile that is here, while the one of this exact name is not, and that differs from it by case only.
    pub(super) fn twin(&self, name: &ProfileName) -> Result<Option<String>, StoreError> {
        let names = self.names()?;
        if names.contains(name) {
            return Ok(None);
        }
        Ok(names.into_iter().find(|n| n.as_str().eq_ignore_ascii_case(name.as_str())).map(|n| n.to_string()))
    }

    /// Whether anything lies here that only an identity opens, under whatever name.
    pub(super) fn needs_identity(&self) -> Result<bool, StoreError> {
        let versions = Self(self.0.join("versions"));
        let mut places = vec![self.clone()];
        places.extend(versions.files()?.iter().map(|file| Self(file.clone())).filter(|place| place.0.is_dir()));
        for place in places {
            if place.files()?.iter().any(|file| file.extension().is_some_and(|e| e.eq_ignore_ascii_case("age"))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What mcpenv did not put here: copies that a sync tool made of two changes, editors' copies, anything else.
    pub(super) fn strangers(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut files = self.files()?;
        files.retain(|file| !is_own(file));
        files.sort();
        Ok(files)
    }

    fn files(&self) -> Result<Vec<PathBuf>, StoreError> {
        let closed = |e: io::Error| StoreError::NoAccess { path: self.0.clone(), why: e.to_string() };
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(closed(e)),
        };
        entries.map(|entry| Ok(entry.map_err(closed)?.path())).collect()
    }
}

fn is_own(file: &Path) -> bool {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else { return false };
    let is_of_a_profile = [".age", ".json", ".lock"].iter().any(|end| profile_of(file, end).is_some());
    name == "versions" || is_of_a_profile || draft::is_draft(name)
}

fn profile_of(file: &Path, end: &str) -> Option<ProfileName> {
    let name = ProfileName::parse(file.file_name()?.to_str()?.strip_suffix(end)?).ok()?;
    // Syncthing's copies are the only ones whose names could be those of profiles
    (!name.as_str().contains(".sync-conflict-")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_sync_tools_are_strangers_and_no_profiles() {
        let here = tempfile::tempdir().expect("a directory");
        let strangers = [
            "acme (conflicted copy 2026-11-21 034024).age",
            "acme (1).age",
            "acme 2.age",
            "acme.age~",
            "acme.sync-conflict-20261121-034024-ABCDEFG.age",
        ];
        for name in strangers.iter().chain(&["acme.age", "acme.json", "acme.lock", ".acme.age.0123456789ab.tmp", "versions"]) {
            fs::write(here.path().join(name), "x").expect("written");
        }
        let place = Place(here.path().to_owned());
        assert_eq!(place.names().expect("readable"), [ProfileName::parse("acme").expect("a name")]);
        let mut expected: Vec<_> = strangers.iter().map(|name| here.path().join(name)).collect();
        expected.sort();
        assert_eq!(place.strangers().expect("readable"), expected);
    }
}
