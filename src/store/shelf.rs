//! The files of a profile as things that are moved, put aside, taken away and put back: the profile, its sidecar and its earlier
//! versions. At every moment what is moved rests whole under one name at least. Asks nobody, and takes nothing away that it
//! was not told to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::file::{self, USER_LIMIT};
use crate::profile::{Profile, ProfileName};
use crate::store::anew;
use crate::store::contract::{Lock, Saved, Store, StoreError};
use crate::store::draft::{self, Draft};
use crate::store::files::{Files, require_lock_of};
use crate::store::note::{self, Note};
use crate::store::opened;
use crate::store::place::Place;
use crate::store::sidecar::Sidecar;
use crate::store::site::Site;
use crate::store::trouble;
use crate::store::versions;
use crate::sys;

/// Where the profiles lie, whatever store they rest in.
pub struct Shelf {
    site: Site,
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
    /// The files of these stores.
    #[must_use]
    pub fn new(files: Files) -> Self {
        Self { site: files.0 }
    }

    /// Whether a profile rests under this name. Opens nothing.
    #[must_use]
    pub fn has(&self, name: &ProfileName) -> bool {
        self.site.place.profile(name).symlink_metadata().is_ok()
    }

    /// The names under which earlier versions are kept, also of profiles that were deleted, sorted.
    #[must_use]
    pub fn names_of_versions(&self) -> Vec<ProfileName> {
        let Ok(entries) = fs::read_dir(self.site.place.0.join("versions")) else { return Vec::new() };
        let names = entries.flatten().filter_map(|entry| ProfileName::parse(entry.file_name().to_str()?).ok());
        let mut names: Vec<_> = names.filter(|name| !self.kept(name).is_ok_and(|kept| kept.is_empty())).collect();
        names.sort();
        names
    }

    /// What is kept beside a profile: what was put aside, and then the earlier versions, oldest first.
    ///
    /// # Errors
    /// When that cannot be listed.
    pub fn versions(&self, name: &ProfileName) -> Result<Vec<Version>, StoreError> {
        let version = |(generation, path): (Option<u64>, PathBuf)| {
            let meta = path.metadata().map_err(|e| unseen(&path, &e))?;
            let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(Version { id, generation, at: meta.modified().unwrap_or(SystemTime::UNIX_EPOCH), size: meta.len(), path })
        };
        self.kept(name)?.into_iter().map(version).collect()
    }

    fn kept(&self, name: &ProfileName) -> Result<Vec<(Option<u64>, PathBuf)>, StoreError> {
        let directory = self.site.place.versions(name);
        versions::all(&directory).map_err(|e| unseen(&directory, &e))
    }

    /// Opens an earlier version.
    ///
    /// # Errors
    /// Like those of a profile, told of the version's own file; `None` when there is no such version.
    pub fn open_version(&self, name: &ProfileName, id: &str) -> Result<Option<Profile>, StoreError> {
        let Some(version) = self.versions(name)?.into_iter().find(|version| version.id == id) else { return Ok(None) };
        let Ok(stem) = ProfileName::parse(&version.id) else { return Ok(None) };
        let opened = opened::open_in(&self.site, &Place(self.site.place.versions(name)), &stem, name)?;
        Ok(opened.map(|opened| opened.profile))
    }

    /// Keeps every other writer of these two out.
    ///
    /// # Errors
    /// [`StoreError::Busy`]; also when both are one name, but for the case of its letters.
    pub fn lock_both(&self, store: &dyn Store, one: &ProfileName, other: &ProfileName) -> Result<Both, StoreError> {
        // always in the same order, so that two of them do not wait for one another
        let (first, second) = if self.site.place.lock(one) < self.site.place.lock(other) { (one, other) } else { (other, one) };
        Ok(Both { _held: [store.lock(first)?, store.lock(second)?] })
    }

    /// How a move stands. Sealed bytes are never alike by chance: where those of one are among the versions of the other, it is
    /// one profile, and the move was begun before.
    ///
    /// # Errors
    /// When a file cannot be read; [`StoreError::Absent`] when nothing rests under the first name, and
    /// [`StoreError::CaseTwin`] when the second differs from one that is here by case only.
    pub fn way(&self, _held: &Both, from: &ProfileName, to: &ProfileName) -> Result<Way, StoreError> {
        let sealed = |name: &ProfileName| -> Result<_, StoreError> {
            Ok(trouble::read(&self.site.place.profile(name), USER_LIMIT)?.map(|(bytes, _)| bytes))
        };
        let source = sealed(from)?.ok_or_else(|| StoreError::Absent(from.clone()))?;
        if let Some(found) = self.site.place.twin(to)? {
            return Err(StoreError::CaseTwin { name: to.clone(), found });
        }
        let Some(target) = sealed(to)? else { return Ok(Way::Free) };
        let was = |name: &ProfileName, bytes: &[u8]| {
            let kept = versions::list(&self.site.place.versions(name));
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
        let (source, target) = (self.site.place.profile(from), self.site.place.profile(to));
        draft::sweep(&target);
        draft::sweep(&self.site.place.sidecar(to));
        if way != (Way::Begun { is_later: true }) {
            second_name(&source, &target, way == Way::Free).map_err(|e| trouble::unwritten(&target, &e))?;
            sys::sync_directory(&self.site.place.0).map_err(|e| trouble::unwritten(&self.site.place.0, &e))?;
        }
        let directory = self.site.place.versions(to);
        for (generation, path) in self.kept(from)? {
            let wrong = |e: io::Error| trouble::unwritten(&directory, &e);
            let (sealed, _) = trouble::read(&path, USER_LIMIT)?.ok_or_else(|| gone(&path))?;
            match generation {
                Some(generation) => versions::keep(&path, &sealed, generation, &directory).map_err(wrong)?,
                None => versions::keep_aside(&path, &sealed, &directory).map_err(wrong)?,
            };
        }
        if let Some(sidecar) = Sidecar::read(&self.site.place.sidecar(from))
            && way != (Way::Begun { is_later: true })
        {
            let path = self.site.place.sidecar(to);
            sidecar.write(&path).map_err(|e| trouble::unwritten(&path, &e))?;
        }
        Ok(())
    }

    /// Takes a profile away that rests under a second name by now, the file itself last: what a crash leaves of it, the next run
    /// takes away. Tells what did not work and costs nothing.
    ///
    /// # Errors
    /// When something of it is not under the second name, or could not be removed; nothing is lost by that.
    pub fn vanish(&self, _held: &Both, from: &ProfileName, to: &ProfileName) -> Result<Vec<String>, StoreError> {
        let bytes = |path: &Path| Ok::<_, StoreError>(trouble::read(path, USER_LIMIT)?.ok_or_else(|| gone(path))?.0);
        let known: Vec<Vec<u8>> = self.kept(to)?.iter().map(|(_, path)| bytes(path)).collect::<Result<_, _>>()?;
        for (_, path) in self.kept(from)? {
            if !known.contains(&bytes(&path)?) {
                return Err(StoreError::Disk { path, why: "it does not rest under the new name yet".to_owned() });
            }
        }
        self.clear_versions(from)?;
        self.remove_file(&self.site.place.sidecar(from))?;
        self.remove_file(&self.site.place.profile(from))?;
        Ok(self.sync().err().into_iter().collect())
    }

    /// Keeps what rests under this name as an earlier version, for whoever is about to bring another state of it: a save would
    /// only warn where that does not work.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn keep(&self, lock: &Lock, name: &ProfileName, generation: u64) -> Result<(), StoreError> {
        require_lock_of(lock, name)?;
        let (target, directory) = (self.site.place.target(name)?, self.site.place.versions(name));
        let (sealed, _) = trouble::read(&target, USER_LIMIT)?.ok_or_else(|| StoreError::Absent(name.clone()))?;
        versions::keep(&target, &sealed, generation, &directory).map_err(|e| trouble::unwritten(&directory, &e))?;
        Ok(())
    }

    /// Takes a profile away, and keeps it as its last earlier version: the one of this generation. Tells what did not work and
    /// costs nothing.
    ///
    /// # Errors
    /// When the version cannot be kept, or the profile not be removed: it is there still then.
    pub fn put_away(&self, lock: &Lock, name: &ProfileName, generation: u64) -> Result<(String, Vec<String>), StoreError> {
        require_lock_of(lock, name)?;
        let (path, directory) = (self.site.place.profile(name), self.site.place.versions(name));
        let (sealed, _) = trouble::read(&path, USER_LIMIT)?.ok_or_else(|| StoreError::Absent(name.clone()))?;
        let target = self.site.place.target(name)?;
        let kept = versions::keep(&target, &sealed, generation, &directory).map_err(|e| trouble::unwritten(&directory, &e))?;
        self.remove_file(&path)?;
        let mut warnings: Vec<String> = self.sync().err().into_iter().collect();
        warnings.extend(self.remove_file(&self.site.place.sidecar(name)).err().map(|e| e.to_string()));
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
        self.remove_file(&self.site.place.profile(name))?;
        self.remove_file(&self.site.place.sidecar(name))?;
        self.clear_versions(name)?;
        Ok(self.sync().err().into_iter().collect())
    }

    /// Whether what stands in the way of opening a profile is such that another may take its place.
    #[must_use]
    pub fn is_beyond_opening(error: &StoreError) -> bool {
        anew::is_beyond_opening(error)
    }

    /// The word of the store that a profile rests in, or that its newest earlier version did; the default one's where neither
    /// says it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn word(&self, name: &ProfileName) -> Result<String, StoreError> {
        let kept = versions::list(&self.site.place.versions(name)).pop();
        for path in std::iter::once(self.site.place.profile(name)).chain(kept) {
            if let Some(head) = trouble::head(&path)?.filter(|head| note::is_sealed(head)) {
                return Ok(Note::of(&head).map_or_else(|| "age".to_owned(), |note| note.word));
            }
        }
        Ok(self.site.first.to_owned())
    }

    /// The highest generation that was seen under this name.
    #[must_use]
    pub fn top(&self, name: &ProfileName) -> u64 {
        let kept = self.kept(name).unwrap_or_default().into_iter().filter_map(|(generation, _)| generation);
        kept.chain(Sidecar::read(&self.site.place.sidecar(name)).map(|s| s.generation)).max().unwrap_or(0)
    }

    /// Puts a profile where none is, or where a file lies that does not open, which is put aside first: into the store of this
    /// word, with a generation that is one more than any that was seen there. Tells where the one that was put aside is.
    ///
    /// # Errors
    /// When it cannot be written, or a profile is there that opens, or that only is locked; what was there still is then.
    pub fn put_anew(
        &self,
        lock: &Lock,
        name: &ProfileName,
        profile: &mut Profile,
        word: &str,
    ) -> Result<(Saved, Option<PathBuf>), StoreError> {
        require_lock_of(lock, name)?;
        let generation = self.top(name).max(profile.generation) + 1;
        let put = anew::put(&self.site, name, profile, generation, word)?;
        profile.generation = generation;
        Ok(put)
    }

    fn clear_versions(&self, name: &ProfileName) -> Result<(), StoreError> {
        let directory = self.site.place.versions(name);
        for (_, path) in self.kept(name)? {
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
        match sys::sync_directory(&self.site.place.0) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(format!("the directory of the profiles could not be synced ({e}): a power cut now may bring files back"))
            }
            _ => Ok(()),
        }
    }
}

fn unseen(path: &Path, error: &io::Error) -> StoreError {
    StoreError::NoAccess { path: path.to_owned(), why: error.to_string() }
}

fn gone(path: &Path) -> StoreError {
    StoreError::Disk { path: path.to_owned(), why: "it was there a moment ago".to_owned() }
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
