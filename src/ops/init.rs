//! Makes a directory a project: its file, the identity, the profile, and the binding. Approves nothing.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::declared::client_names;
use super::profiles::Bindings;
use super::team::{self, TeamError};
use super::workspace::Workspace;
use crate::approval::{LedgerError, Reading, Record};
use crate::escape::shown_path;
use crate::fault::{Exit, Fault};
use crate::profile::{Profile, ProfileName};
use crate::project::{FILE, Project, ProjectError};
use crate::store::{AgeStore, Files, Origin, Store, StoreError};
use crate::sys;
use crate::sys::canonical;
use crate::team::{Team, TeamPath};

/// What was made, and what was there before.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four things that may each be new or not")]
pub struct Made {
    pub root: PathBuf,
    pub profile: ProfileName,
    /// The word of the store that the profile rests in.
    pub store: String,
    /// The file of the project that it rests in instead.
    pub team: Option<TeamPath>,
    /// Others who can read that file already; nobody has confirmed them.
    pub others: usize,
    pub has_new_file: bool,
    pub has_new_identity: bool,
    pub has_new_profile: bool,
    pub is_newly_bound: bool,
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
    #[error(transparent)]
    Team(#[from] TeamError),
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
            Self::Team(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Project(e) => e.hint(),
            Self::Store(e) => e.hint(),
            Self::Ledger(e) => e.hint(),
            Self::Team(e) => e.hint(),
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
    /// The file of the project that it is bound to.
    pub team: Option<Team>,
    pub profiles: Vec<ProfileName>,
    /// A project above this directory, which this one will stand in.
    pub outer: Option<PathBuf>,
}

/// Looks at the directory that is to become a project.
///
/// # Errors
/// When it is none, when others can change it, or when the store cannot be read.
pub fn survey(workspace: &Workspace, directory: Option<&Path>) -> Result<Ground, InitError> {
    let directory = directory.map_or_else(|| workspace.cwd(), |d| workspace.cwd().join(d));
    let root = canonical(&directory).ok().filter(|r| r.is_dir()).ok_or(InitError::NoDirectory(directory))?;
    let project = if root.join(FILE).symlink_metadata().is_ok() {
        Some(Project::open(&root, &client_names())?)
    } else {
        crate::file::sound_directory(&root).map_err(ProjectError::from)?;
        None
    };
    let record = match workspace.ledger().read(&root) {
        Reading::Said(record) => *record,
        Reading::None | Reading::Disbelieved(LedgerError::Forged(_)) => Record::default(),
        Reading::Disbelieved(e) => return Err(e.into()),
    };
    let profiles = workspace.files_of(&root, &record, "").names()?;
    let outer = root.parent().and_then(|above| crate::project::find(above).ok());
    Ok(Ground { root, project, bound: record.profile, team: record.team, profiles, outer })
}

/// Where the profile of a project is to rest.
#[derive(Debug, Clone, Copy)]
pub enum Rest<'a> {
    /// In the store of this word, or in the default one.
    Store(Option<&'a str>),
    /// In this file of the project.
    Team(&'a TeamPath),
}

/// Makes what is missing for this directory and profile. Repeated, it changes nothing.
///
/// # Errors
/// When the project is bound to another profile, or something cannot be made; what was there before still stands.
pub fn make(workspace: &Workspace, ground: &Ground, profile: &ProfileName, rest: Rest<'_>) -> Result<Made, InitError> {
    if let Some(bound) = ground.bound.as_ref().filter(|bound| *bound != profile) {
        return Err(InitError::BoundElsewhere { bound: bound.clone(), asked: profile.clone() });
    }
    let own = workspace.own_identity().clone();
    let mut made = Made {
        root: ground.root.clone(),
        profile: profile.clone(),
        store: String::new(),
        team: None,
        others: 0,
        has_new_file: ground.project.is_none(),
        has_new_identity: false,
        has_new_profile: false,
        is_newly_bound: false,
        warnings: Vec::new(),
    };
    let record = Record { profile: Some(profile.clone()), team: ground.team.clone(), ..Record::default() };
    let files = workspace.files_of(&ground.root, &record, if let Rest::Store(Some(word)) = rest { word } else { "" });
    if let (Rest::Store(Some(asked)), Some(rests)) = (rest, files.word(profile)?)
        && asked != rests
    {
        return Err(InitError::RestsElsewhere { profile: profile.clone(), rests, asked: asked.to_owned() });
    }
    made.has_new_identity = AgeStore::of(&workspace.paths, own).ensure_identity(workspace.seconds())? == Origin::Made;
    let team = match rest {
        Rest::Team(path) => team_file(workspace, ground, path, &mut made)?,
        Rest::Store(_) => {
            store_profile(workspace, &files, profile, &mut made)?;
            ground.team.clone()
        }
    };
    made.team = team.as_ref().map(|team| team.path.clone());
    made.is_newly_bound = ground.bound.is_none() || ground.team != team;
    if made.is_newly_bound {
        // what was approved was approved for the profile that it was bound to before
        workspace.ledger().write(&ground.root, &Record { team, ..record })?;
    } else {
        workspace.ledger().complete(&ground.root)?;
    }
    if made.has_new_file {
        write_project_file(&ground.root.join(FILE), profile, made.team.as_ref())?;
    }
    made.store = match &made.team {
        Some(_) => "team".to_owned(),
        None => files.word(profile)?.unwrap_or_default(),
    };
    Ok(made)
}

fn store_profile(workspace: &Workspace, files: &Files, profile: &ProfileName, made: &mut Made) -> Result<(), InitError> {
    let lock = files.lock(profile)?;
    match files.load(profile) {
        Ok(_) => {}
        Err(StoreError::Absent(_)) => {
            let mut fresh = Profile::new().map_err(InitError::Random)?;
            made.warnings = files.save(&lock, profile, &mut fresh)?.warnings;
            made.has_new_profile = true;
            // they were bound to one that had this name before
            let mut others = Bindings::whole(workspace)?.claims(workspace, profile);
            others.retain(|path| *path != workspace.from_home(&made.root));
            if !others.is_empty() {
                let others = others.join(", ");
                made.warnings.push(format!("bound to `{profile}` too, and gets what is stored in it from now on: {others}"));
            }
        }
        Err(e) => return Err(e.into()),
    }
    Ok(())
}

/// The team file, made or found. Nobody but the user is confirmed by it.
fn team_file(workspace: &Workspace, ground: &Ground, path: &TeamPath, made: &mut Made) -> Result<Option<Team>, InitError> {
    if let Some(bound) = &ground.team {
        if bound.path != *path {
            return Err(TeamError::BoundElsewhere { bound: bound.path.clone(), asked: path.clone() }.into());
        }
        return Ok(Some(bound.clone()));
    }
    let name = &made.profile;
    // a binding of before: its values go along, into a file of its own
    let local = match &ground.bound {
        Some(_) => Some(workspace.store().load(name)?),
        None if ground.profiles.contains(name) => return Err(TeamError::NameTaken(name.clone()).into()),
        None => None,
    };
    match team::look(workspace, &ground.root, name, path) {
        Ok(found) => {
            made.others = found.readers.iter().filter(|reader| reader.key != found.own).count();
            Ok(Some(found.of_user_alone()))
        }
        Err(TeamError::Absent(_)) => {
            let fresh = local.map_or_else(Profile::new, Ok).map_err(InitError::Random)?;
            let (team, warnings) = team::make(workspace, &ground.root, name, path, fresh)?;
            made.warnings = warnings;
            made.has_new_profile = true;
            Ok(Some(team))
        }
        Err(e) => Err(e.into()),
    }
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

fn write_project_file(path: &Path, profile: &ProfileName, team: Option<&TeamPath>) -> Result<(), InitError> {
    let failed = |source| InitError::Write { path: path.to_owned(), source };
    let file = team.map(|path| format!("profile_file = \"{path}\"\n")).unwrap_or_default();
    let text =
        format!("# What mcpenv loads here. Names and wishes only, never a value: commit it.\nprofile = \"{profile}\"\n{file}");
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
