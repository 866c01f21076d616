//! Makes a directory a project: its file, the identity, the profile, and the binding. Approves nothing.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::declared::client_names;
use super::workspace::Workspace;
use crate::approval::{LedgerError, Reading, Record};
use crate::escape::shown_path;
use crate::fault::{Exit, Fault};
use crate::profile::{Profile, ProfileName};
use crate::project::{FILE, Project, ProjectError};
use crate::store::{AgeStore, Cover, Origin, Recovery, Store, StoreError};
use crate::sys;
use crate::sys::canonical;

/// What was made, and what was there before.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "things that may each be new or not")]
pub struct Made {
    pub root: PathBuf,
    pub profile: ProfileName,
    /// The word of the store that the profile rests in.
    pub store: String,
    pub has_new_file: bool,
    pub has_new_identity: bool,
    pub has_new_profile: bool,
    pub is_newly_bound: bool,
    /// The new profile can be opened with the recovery key too.
    pub has_recovery: bool,
    pub warnings: Vec<String>,
}

/// Why nothing, or not everything, was made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    #[error("`{}` is no directory", shown_path(.0))]
    NoDirectory(PathBuf),
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("this project is bound to profile `{bound}`, not to `{asked}`")]
    BoundElsewhere { bound: ProfileName, asked: ProfileName },
    #[error("profile `{profile}` rests in the store `{rests}`, not in `{asked}`")]
    RestsElsewhere { profile: ProfileName, rests: String, asked: String },
    #[error("`{}` could not be written: {source}", shown_path(.path))]
    Write { path: PathBuf, source: io::Error },
    #[error("no random bytes: {0}")]
    Random(io::Error),
}

impl Fault for InitError {
    fn exit(&self) -> Exit {
        match self {
            Self::Store(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Project(e) => e.hint(),
            Self::Store(e) => e.hint(),
            Self::Ledger(e) => e.hint(),
            Self::BoundElsewhere { bound, .. } => {
                Some(format!("keep it with `mcpenv init --profile {bound}`; a binding is never changed silently"))
            }
            Self::RestsElsewhere { profile, asked, .. } => {
                Some(format!("move it with `mcpenv store move {asked} --profile {profile}`"))
            }
            _ => None,
        }
    }
}

/// What is there before anything is made: the directory, its file's wish, and the binding.
#[derive(Debug)]
pub struct Ground {
    pub root: PathBuf,
    /// The project, when its file is there already.
    pub project: Option<Project>,
    pub bound: Option<ProfileName>,
    pub profiles: Vec<ProfileName>,
    /// There is no identity yet, and nothing here was ever sealed: one will be made.
    pub wants_identity: bool,
    /// A project above this directory, which this one will stand in.
    pub outer: Option<PathBuf>,
}

/// Looks at the directory that is to become a project.
///
/// # Errors
/// When it is none, when others can change it, or when the store cannot be read.
pub fn survey(workspace: &Workspace, directory: Option<&Path>) -> Result<Ground, InitError> {
    let directory = directory.map_or_else(|| workspace.cwd.clone(), |d| workspace.cwd.join(d));
    let root = canonical(&directory).ok().filter(|r| r.is_dir()).ok_or(InitError::NoDirectory(directory))?;
    let project = if root.join(FILE).symlink_metadata().is_ok() {
        Some(Project::open(&root, &client_names())?)
    } else {
        crate::file::require_sound_directories(&root).map_err(ProjectError::from)?;
        None
    };
    let bound = match workspace.ledger().read(&root) {
        Reading::Said(record) => record.profile,
        Reading::None | Reading::Disbelieved(LedgerError::Forged(_)) => None,
        Reading::Disbelieved(e) => return Err(e.into()),
    };
    let outer = root.parent().and_then(|above| crate::project::find(above).ok());
    let files = workspace.files("");
    let is_absent = matches!(workspace.own_identity().protection(), Err(StoreError::IdentityAbsent(_)));
    let wants_identity = is_absent && !files.needs_identity()?;
    Ok(Ground { root, project, bound, profiles: files.names()?, wants_identity, outer })
}

/// Makes what is missing for this directory and profile; a new identity is kept behind `cover`. Repeated, it changes nothing.
///
/// # Errors
/// When the project is bound to another profile, or something cannot be made; what was there before still stands.
pub fn make(
    workspace: &Workspace,
    ground: &Ground,
    profile: &ProfileName,
    store: Option<&str>,
    cover: &Cover,
) -> Result<Made, InitError> {
    if let Some(bound) = ground.bound.as_ref().filter(|bound| *bound != profile) {
        return Err(InitError::BoundElsewhere { bound: bound.clone(), asked: profile.clone() });
    }
    let files = workspace.files(store.unwrap_or_default());
    if let (Some(asked), Some(rests)) = (store, files.word(profile)?)
        && asked != rests
    {
        return Err(InitError::RestsElsewhere { profile: profile.clone(), rests, asked: asked.to_owned() });
    }
    let recovery = Recovery::read(&workspace.paths.recovery())?;
    let own = workspace.own_identity().clone();
    let origin = AgeStore::of(&workspace.paths, own).ensure_identity_behind(cover, workspace.seconds())?;
    let has_new_identity = origin == Origin::Made;
    let mut warnings = Vec::new();
    let store = files;
    let lock = store.lock(profile)?;
    let has_new_profile = match store.load(profile) {
        Ok(_) => false,
        Err(StoreError::Absent(_)) => {
            let mut fresh = Profile::new().map_err(InitError::Random)?;
            if let Recovery::Key(key) = &recovery {
                fresh.readers.push(key.as_reader());
            }
            warnings = store.save(&lock, profile, &mut fresh)?.warnings;
            true
        }
        Err(e) => return Err(e.into()),
    };
    drop(lock);
    let ledger = workspace.ledger();
    let is_newly_bound = ground.bound.is_none();
    if is_newly_bound {
        ledger.write(&ground.root, &Record { profile: Some(profile.clone()), ..Record::default() })?;
    }
    let has_new_file = ground.project.is_none();
    if has_new_file {
        write_project_file(&ground.root.join(FILE), profile)?;
    }
    Ok(Made {
        store: store.word(profile)?.unwrap_or_default(),
        root: ground.root.clone(),
        profile: profile.clone(),
        has_new_file,
        has_new_identity,
        has_new_profile,
        is_newly_bound,
        has_recovery: has_new_profile && matches!(recovery, Recovery::Key(_)),
        warnings,
    })
}

/// A name for the profile of this directory, from the directory's own name; `None` when nothing of it can be used.
#[must_use]
pub fn suggested_name(root: &Path) -> Option<ProfileName> {
    let name = root.file_name()?.to_string_lossy();
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' }).collect();
    let name: String = name.trim_matches(|c: char| !c.is_ascii_alphanumeric()).chars().take(64).collect();
    ProfileName::parse(&name).ok()
}

fn write_project_file(path: &Path, profile: &ProfileName) -> Result<(), InitError> {
    let failed = |source| InitError::Write { path: path.to_owned(), source };
    let text = format!("# What mcpenv loads here. Names and wishes only, never a value: commit it.\nprofile = \"{profile}\"\n");
    let mut file = sys::create_readable(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_named_after_its_directory() {
        let name = |path: &str| suggested_name(Path::new(path)).map(|n| n.to_string());
        assert_eq!(name("/src/acme-api").as_deref(), Some("acme-api"));
        assert_eq!(name("/src/.my project!").as_deref(), Some("my-project"));
        assert_eq!(name("/src/日本"), None);
        assert_eq!(name("/"), None);
    }
}
