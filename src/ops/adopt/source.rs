//! The client files that are looked through, each as it was read once.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::plan::Wanted;
use super::trouble::AdoptError;
use crate::client::{Client, Format, Scope, Server, UserDirs};
use crate::escape::{shown, shown_path};
use crate::fault::Fault as _;
use crate::file::{self, FileError};
use crate::ops::declared::Unread;
use crate::ops::places::{self, ClientFile};
use crate::ops::workspace::Workspace;
use crate::project::Project;
use crate::sys::{self, canonical};

/// A client's file.
pub(super) struct Source {
    pub client: &'static dyn Client,
    /// The client has files of its user's on this system, so it may be there.
    pub is_at_home: bool,
    pub scope: Scope,
    /// Where it really lies.
    pub path: PathBuf,
    /// As the user knows it.
    pub shown: String,
    pub format: Format,
    pub bytes: Zeroizing<Vec<u8>>,
    /// It has other names, which keep what it holds now.
    pub has_other_names: bool,
    pub servers: Vec<Server>,
}

/// All that were found.
#[derive(Default)]
pub(super) struct Sources {
    pub files: Vec<Source>,
    pub unread: Vec<Unread>,
}

/// A file that some client reads.
struct Known {
    client: &'static dyn Client,
    is_at_home: bool,
    scope: Scope,
    path: PathBuf,
}

/// Reads what is wanted: the files of the project or of the user, or those that are named.
pub(super) fn gather(workspace: &Workspace, project: &Project, wanted: &Wanted<'_>) -> Result<Sources, AdoptError> {
    let mut sources = Sources::default();
    let known = known(workspace, project);
    let is_wanted = |client: &'static dyn Client| wanted.client.is_none_or(|wanted| wanted.name() == client.name());
    if wanted.files.is_empty() {
        for file in known.into_iter().filter(|file| file.scope == wanted.scope && is_wanted(file.client)) {
            sources.read(workspace, project, &file)?;
        }
        return Ok(sources);
    }
    for named in wanted.files {
        let path = workspace.cwd().join(named);
        let real = canonical(&path).map_err(|source| FileError::of(&path, source))?;
        Format::of(&real).ok_or_else(|| AdoptError::Format(path.clone()))?;
        let is_it = |file: &&Known| canonical(&file.path).is_ok_and(|path| path == real) && is_wanted(file.client);
        let found: Vec<&Known> = known.iter().filter(is_it).collect();
        for file in &found {
            sources.read(workspace, project, file)?;
        }
        if found.is_empty() {
            let client = wanted.client.ok_or_else(|| AdoptError::Stranger(path.clone()))?;
            let scope = if real.starts_with(&project.root) { Scope::Project } else { Scope::User };
            sources.read(workspace, project, &Known { client, is_at_home: true, scope, path: real })?;
        }
    }
    Ok(sources)
}

/// Every file of the clients that this project wants, whether it is there or not.
fn known(workspace: &Workspace, project: &Project) -> Vec<Known> {
    let variable = |name: &str| workspace.path_variable(name);
    let paths = &workspace.paths;
    let user = UserDirs { home: paths.home(), config: paths.user_config(), roaming: paths.roaming(), variable: &variable };
    let is_at_home = |client: &dyn Client| client.places(&user).iter().any(|place| place.scope == Scope::User);
    let mut known = Vec::new();
    let mut add = |scope, root: &Path, files: Vec<ClientFile>| {
        for file in files {
            let path = root.join(&file.path);
            let of = |client| Known { client, is_at_home: is_at_home(client), scope, path: path.clone() };
            known.extend(file.clients.into_iter().map(of));
        }
    };
    add(Scope::Project, &project.root, places::in_project(project).files);
    add(Scope::User, Path::new(""), places::of_user(project, &user).files);
    known
}

impl Sources {
    fn read(&mut self, workspace: &Workspace, project: &Project, file: &Known) -> Result<(), AdoptError> {
        let shown_name = match file.path.strip_prefix(&project.root) {
            Ok(relative) => shown_path(relative),
            Err(_) => workspace.from_home(&file.path),
        };
        let read = match file.path.strip_prefix(&project.root) {
            Ok(relative) => file::read_inside(&project.root, relative),
            Err(_) => file::read(&file.path, file::USER_LIMIT),
        };
        let (bytes, meta) = match read {
            Ok((bytes, meta)) => (Zeroizing::new(bytes), meta),
            Err(FileError::Absent(_)) => return Ok(()),
            Err(e) => {
                self.unread.push(Unread { file: shown_name, why: e.to_string(), hint: e.hint() });
                return Ok(());
            }
        };
        let format = Format::of(&file.path).ok_or_else(|| AdoptError::Format(file.path.clone()))?;
        match file.client.read_at(&file.path, &bytes, file.scope) {
            Ok(declaration) => self.files.push(Source {
                client: file.client,
                is_at_home: file.is_at_home,
                scope: file.scope,
                path: canonical(&file.path).map_err(|source| FileError::of(&file.path, source))?,
                shown: shown_name,
                format,
                bytes,
                has_other_names: sys::other_names(&meta) > 0,
                servers: declaration.servers,
            }),
            Err(e) => self.unread.push(Unread {
                why: format!("`{shown_name}` {}", shown(&e.to_string())),
                hint: Some("mend the file; nothing is taken from it until then".to_owned()),
                file: shown_name,
            }),
        }
        Ok(())
    }
}

/// Whether a server of a map that is kept for several directories is another directory's.
pub(super) fn is_elsewhere(server: &Server, project: &Project) -> bool {
    server.context.as_ref().is_some_and(|context| Path::new(context) != project.root)
}
