//! The files of a profile as things that are moved, put aside, taken away and put back: the profile, its sidecar and its earlier
//! versions. At every moment what is moved rests whole under one name at least. Asks nobody, and takes nothing away that it
//! was not told to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::file::{self, USER_LIMIT};
use crate::paths::Paths;
use crate::profile::{Profile, ProfileName};
use crate::store::contract::{Lock, Saved, Store, StoreError};
use crate::store::draft::{self, Draft};
use crate::store::identity::Identity;
use crate::store::opened;
use crate::store::place::Place;
use crate::store::save;
use crate::store::sidecar::Sidecar;
use crate::store::trouble;
use crate::store::versions;
use crate::sys;

/// Where the profiles lie, whatever store they rest in.
#[derive(Debug, Clone)]
pub struct Shelf {
    place: Place,
    identity: PathBuf,
}

/// Keeps every other writer of two profiles out.
#[derive(Debug)]
pub struct Both {
    _held: [Lock; 2],
}

/// One earlier version of a profile, or a file that was put aside because it did not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The word for it in commands: its generation, `7` or `7-2`; `damaged-1`.
    pub id: String,
    /// `None` for one that was put aside.
    pub generation: Option<u64>,
    pub path: PathBuf,
    /// When it was saved.
    pub at: SystemTime,
    pub size: u64,
}

/// How two names stand for a move from the first to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nothing rests under the second name.
    Free,
    /// The same profile rests under both: a move was begun. The later of the two counts.
    Begun { is_later: bool },
    /// Another profile rests there, or both were changed since.
    Taken,
}

impl Shelf {
    #[must_use]
    pub fn new(paths: &Paths) -> Self {
        Self { place: Place(paths.profiles()), identity: paths.identity() }
    }

    /// Whether a profile rests under this name. Opens nothing.
    #[must_use]
    pub fn has(&self, name: &ProfileName) -> bool {
        self.place.profile(name).symlink_metadata().is_ok()
    }

    /// The names under which earlier versions are kept, also of profiles that were deleted, sorted.
    #[must_use]
    pub fn names_of_versions(&self) -> Vec<ProfileName> {
        let Ok(entries) = fs::read_dir(self.place.0.join("versions")) else { return Vec::new() };
        let names = entries.flatten().filter_map(|entry| ProfileName::parse(entry.file_name().to_str()?).ok());
        let mut names: Vec<_> = names.filter(|name| !self.versions(name).is_empty()).collect();
        names.sort();
        names
    }

    /// What is kept beside a profile: what was put aside, and then the earlier versions, oldest first.
    #[must_use]
    pub fn versions(&self, name: &ProfileName) -> Vec<Version> {
        let directory = self.place.versions(name);
        let aside = versions::list_aside(&directory).into_iter().map(|path| (None, path));
        let kept = versions::list(&directory).into_iter().map(|path| (versions::generation_of(&path), path));
        let version = |(generation, path): (Option<u64>, PathBuf)| {
            let meta = path.metadata().ok()?;
            let id = path.file_stem()?.to_str()?.to_owned();
            Some(Version { id, generation, at: meta.modified().unwrap_or(SystemTime::UNIX_EPOCH), size: meta.len(), path })
        };
        aside.chain(kept).filter_map(version).collect()
    }

    /// Opens an earlier version.
    ///
    /// # Errors
    /// Like those of a profile, told of the version's own file; `None` when there is no such version.
    pub fn open_version(&self, name: &ProfileName, id: &str) -> Result<Option<Profile>, StoreError> {
        let Some(version) = self.versions(name).into_iter().find(|version| version.id == id) else { return Ok(None) };
        let Ok(stem) = ProfileName::parse(&version.id) else { return Ok(None) };
        let opened = opened::open(&Place(self.place.versions(name)), &stem, &self.identity)?;
        Ok(opened.map(|opened| opened.profile))
    }

    /// Keeps every other writer of these two out.
    ///
    /// # Errors
    /// [`StoreError::Busy`]; also when both are one name, but for the case of its letters.
    pub fn lock_both(&self, store: &dyn Store, one: &ProfileName, other: &ProfileName) -> Result<Both, StoreError> {
        // always in the same order, so that two of them do not wait for one another
        let (first, second) = if self.place.lock(one) < self.place.lock(other) { (one, other) } else { (other, one) };
        Ok(Both { _held: [store.lock(first)?, store.lock(second)?] })
    }

    /// How a move stands. Sealed bytes are never alike by chance: where those of one are among the versions of the other, it is
    /// one profile, and the move was begun before.
    ///
    /// # Errors
    /// When a file cannot be read; [`StoreError::Absent`] when nothing rests under the first name, and
    /// [`StoreError::CaseTwin`] when the second differs from one that is here by case only.
    pub fn way(&self, _held: &Both, from: &ProfileName, to: &ProfileName) -> Result<Way, StoreError> {
        let sealed = |name: &ProfileName| Ok(trouble::read(&self.place.profile(name), USER_LIMIT)?.map(|(bytes, _)| bytes));
        let source = sealed(from)?.ok_or_else(|| StoreError::Absent(from.clone()))?;
        if let Some(found) = self.place.twin(to)? {
            return Err(StoreError::CaseTwin { name: to.clone(), found });
        }
        let Some(target) = sealed(to)? else { return Ok(Way::Free) };
        let was = |name: &ProfileName, bytes: &[u8]| {
            let kept = versions::list(&self.place.versions(name));
            kept.iter().any(|path| file::read(path, USER_LIMIT).is_ok_and(|(kept, _)| kept == bytes))
        };
        Ok(if source == target || was(to, &source) {
            Way::Begun { is_later: true }
        } else if was(from, &target) {
            Way::Begun { is_later: false }
        } else {
            Way::Taken
        })
    }

    /// Makes everything of one profile rest under a second name too. Begun before, it is completed.
    ///
    /// # Errors
    /// When the disk does not allow it: then it still rests under the first name, whole.
    pub fn appear(&self, _held: &Both, from: &ProfileName, to: &ProfileName, way: Way) -> Result<(), StoreError> {
        let (source, target) = (self.place.profile(from), self.place.profile(to));
        draft::sweep(&target);
        draft::sweep(&self.place.sidecar(to));
        if way != (Way::Begun { is_later: true }) {
            second_name(&source, &target, way == Way::Free).map_err(|e| trouble::unwritten(&target, &e))?;
            sys::sync_directory(&self.place.0).map_err(|e| trouble::unwritten(&self.place.0, &e))?;
        }
        let directory = self.place.versions(to);
        for version in self.versions(from) {
            let wrong = |e: io::Error| trouble::unwritten(&directory, &e);
            let Some((sealed, _)) = trouble::read(&version.path, USER_LIMIT)? else { continue };
            match version.generation {
                Some(generation) => versions::keep(&version.path, &sealed, generation, &directory).map_err(wrong)?,
                None => versions::keep_aside(&version.path, &sealed, &directory).map_err(wrong)?,
            };
        }
        if let Some(sidecar) = Sidecar::read(&self.place.sidecar(from))
            && way != (Way::Begun { is_later: true })
        {
            let path = self.place.sidecar(to);
            sidecar.write(&path).map_err(|e| trouble::unwritten(&path, &e))?;
        }
        Ok(())
    }

    /// Takes a profile away that rests under a second name by now, the file itself last: what a crash leaves of it, the next run
    /// takes away. Tells what did not work and costs nothing.
    ///
    /// # Errors
    /// When something could not be removed; nothing is lost by that.
    pub fn vanish(&self, _held: &Both, from: &ProfileName) -> Result<Vec<String>, StoreError> {
        self.clear_versions(from)?;
        self.remove_file(&self.place.sidecar(from))?;
        self.remove_file(&self.place.profile(from))?;
        Ok(self.sync().err().into_iter().collect())
    }

    /// Takes a profile away, and keeps it as its last earlier version: the one of this generation. Tells what did not work and
    /// costs nothing.
    ///
    /// # Errors
    /// When the version cannot be kept, or the profile not be removed: it is there still then.
    pub fn put_away(&self, lock: &Lock, name: &ProfileName, generation: u64) -> Result<(String, Vec<String>), StoreError> {
        require_lock_of(lock, name)?;
        let (path, directory) = (self.place.profile(name), self.place.versions(name));
        let (sealed, _) = trouble::read(&path, USER_LIMIT)?.ok_or_else(|| StoreError::Absent(name.clone()))?;
        let target = self.place.target(name)?;
        let kept = versions::keep(&target, &sealed, generation, &directory).map_err(|e| trouble::unwritten(&directory, &e))?;
        self.remove_file(&path)?;
        let mut warnings: Vec<String> = self.sync().err().into_iter().collect();
        warnings.extend(self.remove_file(&self.place.sidecar(name)).err().map(|e| e.to_string()));
        warnings.extend(versions::prune(&directory, &kept).err().map(|e| format!("older versions could not be removed ({e})")));
        let id = kept.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Ok((id, warnings))
    }

    /// Takes everything of a profile away, its earlier versions too. Nothing brings it back.
    ///
    /// # Errors
    /// When something could not be removed.
    pub fn forget(&self, lock: &Lock, name: &ProfileName) -> Result<Vec<String>, StoreError> {
        require_lock_of(lock, name)?;
        self.remove_file(&self.place.profile(name))?;
        self.remove_file(&self.place.sidecar(name))?;
        self.clear_versions(name)?;
        Ok(self.sync().err().into_iter().collect())
    }

    /// The highest generation that was seen under this name.
    #[must_use]
    pub fn top(&self, name: &ProfileName) -> u64 {
        let kept = self.versions(name).into_iter().filter_map(|version| version.generation);
        kept.chain(Sidecar::read(&self.place.sidecar(name)).map(|s| s.generation)).max().unwrap_or(0)
    }

    /// Puts a profile where none is, or where one lies that is damaged, which is put aside first. Its generation is one more
    /// than any that was seen there. Tells where the damaged one is.
    ///
    /// # Errors
    /// When it cannot be written, or something else than a damaged profile is there; what was there still is then.
    pub fn put_anew(
        &self,
        lock: &Lock,
        name: &ProfileName,
        profile: &mut Profile,
    ) -> Result<(Saved, Option<PathBuf>), StoreError> {
        require_lock_of(lock, name)?;
        if profile.is_read_only {
            return Err(StoreError::FromTheFuture(name.clone()));
        }
        if let Some(found) = self.place.twin(name)? {
            return Err(StoreError::CaseTwin { name: name.clone(), found });
        }
        match opened::open(&self.place, name, &self.identity) {
            Ok(None) | Err(StoreError::Damaged { .. }) => {}
            Ok(Some(found)) => {
                let (name, found) = (name.clone(), found.profile.generation);
                return Err(StoreError::Conflict { name, expected: 0, found });
            }
            Err(other) => return Err(other),
        }
        let target = self.place.target(name)?;
        draft::sweep(&target);
        draft::sweep(&self.place.sidecar(name));
        let identity = Identity::load(&self.identity)?;
        let generation = self.top(name).max(profile.generation) + 1;
        let draft = save::written(&target, profile, generation, &identity)?;
        let aside = if self.has(name) { Some(self.put_aside(name, &target)?) } else { None };
        let placed = if aside.is_some() { draft.replace() } else { draft.place_new() };
        placed.map_err(|e| trouble::unwritten(&target, &e))?;
        profile.generation = generation;
        let mut warnings = Vec::new();
        if let Err(e) = sys::sync_directory(target.parent().unwrap_or(&target)) {
            warnings.push(format!("the directory of `{name}` could not be synced ({e})"));
        }
        if let Err(e) = Sidecar::of(profile, generation, vec![identity.recipient()]).write(&self.place.sidecar(name)) {
            warnings.push(format!("the sidecar of `{name}` could not be written ({e}): names and dates are shown from before"));
        }
        Ok((Saved { warnings }, aside))
    }

    fn put_aside(&self, name: &ProfileName, target: &Path) -> Result<PathBuf, StoreError> {
        let directory = self.place.versions(name);
        // what is no file at all cannot be kept: it stands in the way until somebody looks at it
        let (bytes, _) = trouble::read(target, USER_LIMIT)?.ok_or_else(|| StoreError::Absent(name.clone()))?;
        versions::keep_aside(target, &bytes, &directory).map_err(|e| trouble::unwritten(&directory, &e))
    }

    fn clear_versions(&self, name: &ProfileName) -> Result<(), StoreError> {
        let directory = self.place.versions(name);
        for path in [versions::list(&directory), versions::list_aside(&directory)].concat() {
            self.remove_file(&path)?;
        }
        // what else lies there is not mcpenv's, and then the directory stays
        let _ = fs::remove_dir(&directory);
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> Result<(), StoreError> {
        match fs::remove_file(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(trouble::unwritten(path, &e)),
            _ => Ok(()),
        }
    }

    fn sync(&self) -> Result<(), String> {
        match sys::sync_directory(&self.place.0) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(format!("the directory of the profiles could not be synced ({e}): a power cut now may bring files back"))
            }
            _ => Ok(()),
        }
    }
}

/// A second name for a file; where it cannot have two, a copy of it. Takes the place of what is there unless it shall be new.
fn second_name(source: &Path, target: &Path, is_new: bool) -> io::Result<()> {
    if is_new && fs::hard_link(source, target).is_ok() {
        return Ok(());
    }
    let (bytes, _) = file::read(source, USER_LIMIT).map_err(|e| io::Error::other(e.to_string()))?;
    let draft = Draft::write(target, &bytes)?;
    draft.sync()?;
    if is_new { draft.place_new() } else { draft.replace() }
}

fn require_lock_of(lock: &Lock, name: &ProfileName) -> Result<(), StoreError> {
    if lock.name == *name { Ok(()) } else { Err(StoreError::Busy { name: name.clone(), pid: None }) }
}
