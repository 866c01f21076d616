//! What the client files of a project, and of its user, declare.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::joined;
use super::workspace::Workspace;
use crate::client::{self, Client, Declaration, Scope, Server, UserDirs, Warning};
use crate::escape::{shown, shown_path};
use crate::file::{self, FileError};
use crate::project::{self, Project};

/// The word that stands for `.mcpenv.toml` itself where a client is named.
pub const OWN: &str = "mcpenv";

/// A server, and where it was found.
#[derive(Debug, Clone)]
pub struct Found {
    pub client: &'static str,
    pub title: &'static str,
    pub scope: Scope,
    /// The file as the user knows it: relative to the project, or from `~`.
    pub file: String,
    pub server: Server,
}

/// A file that could not be read, and why, in one line without any text of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub file: String,
    pub why: String,
    pub hint: Option<String>,
}

/// What was found, what could not be read, and what was looked at.
#[derive(Debug, Default)]
pub struct Declared {
    pub servers: Vec<Found>,
    pub unread: Vec<Unread>,
    pub warnings: Vec<(String, Warning)>,
    /// The files that are there, with the time each had when it was read.
    pub files: Vec<(PathBuf, SystemTime)>,
    /// The directories, beside the project's own, in which a client's file could appear.
    pub directories: Vec<PathBuf>,
    /// The servers of `.mcpenv.toml` whose wishes were laid into an entry of a client's file.
    joined: BTreeSet<String>,
}

/// The names of all clients, as `clients = […]` may hold them.
#[must_use]
pub fn client_names() -> Vec<&'static str> {
    client::ALL.iter().map(|c| c.name()).collect()
}

/// Reads the project's own files: those of the clients it wants, and the servers of `.mcpenv.toml`.
#[must_use]
pub fn in_project(project: &Project) -> Declared {
    let mut declared = Declared::default();
    for (client, relative) in places(project, Scope::Project, None) {
        if let Some(parent) = relative.parent().filter(|p| !p.as_os_str().is_empty()) {
            let directory = project.root.join(parent);
            if !declared.directories.contains(&directory) {
                declared.directories.push(directory);
            }
        }
        let name = shown_path(&relative);
        match file::read_inside(&project.root, &relative) {
            Ok((text, meta)) => {
                declared.files.push((project.root.join(&relative), meta.modified().unwrap_or(SystemTime::UNIX_EPOCH)));
                declared.read(client, Scope::Project, name, &text, project);
            }
            Err(FileError::Absent(_)) => {}
            Err(e) => declared.unreadable(name, &e),
        }
    }
    for (name, wish) in &project.wishes.servers {
        // one that a client's file lets mcpenv serve has it already
        if !declared.joined.contains(name) {
            let (file, server) = (project::FILE.to_owned(), joined::own_server(name, wish));
            declared.servers.push(Found { client: OWN, title: "mcpenv", scope: Scope::Project, file, server });
        }
    }
    declared
}

/// Reads the user's own files of the clients that this project wants. Never on the hook's path.
#[must_use]
pub fn of_user(workspace: &Workspace, project: &Project) -> Declared {
    let mut declared = Declared::default();
    let variable = |name: &str| workspace.path_variable(name);
    let user = UserDirs { home: workspace.paths.home(), config: workspace.paths.user_config(), variable: &variable };
    for (client, path) in places(project, Scope::User, Some(&user)) {
        // a project in the home directory itself has the client's own file as its project file too
        if path.starts_with(&project.root) && declared_in_project(client, &path, project) {
            continue;
        }
        let name = workspace.from_home(&path);
        match file::read(&path, file::USER_LIMIT) {
            Ok((text, _)) => declared.read(client, Scope::User, name, &text, project),
            Err(FileError::Absent(_)) => {}
            Err(e) => declared.unreadable(name, &e),
        }
    }
    declared
}

fn declared_in_project(client: &dyn Client, path: &Path, project: &Project) -> bool {
    let nowhere = |_: &str| None;
    let user = UserDirs { home: &project.root, config: &project.root, variable: &nowhere };
    client.places(&user).iter().any(|p| p.scope == Scope::Project && project.root.join(&p.path) == path)
}

/// What the project's own `clients` leaves out though it is here, each a sentence: nobody is asked about these servers, and a
/// client that passes its whole environment on starts them all the same.
#[must_use]
pub fn left_out(project: &Project) -> Vec<String> {
    let nowhere = |_: &str| None;
    let user = UserDirs { home: Path::new(""), config: Path::new(""), variable: &nowhere };
    let unwanted = client::ALL.iter().filter(|c| !project.wishes.wants_client(c.name()));
    let files = unwanted.flat_map(|c| c.places(&user).into_iter().map(move |place| (c.title(), place)));
    files
        .filter(|(_, place)| place.scope == Scope::Project && project.root.join(&place.path).symlink_metadata().is_ok())
        .map(|(title, place)| {
            let file = shown_path(&place.path);
            format!("`{file}` is left out by `clients`; its servers may receive what is loaded from {title} all the same")
        })
        .collect()
}

fn places(project: &Project, scope: Scope, user: Option<&UserDirs<'_>>) -> Vec<(&'static dyn Client, PathBuf)> {
    let nowhere = |_: &str| None;
    let none = UserDirs { home: Path::new(""), config: Path::new(""), variable: &nowhere };
    let wanted = client::ALL.iter().copied().filter(|c| project.wishes.wants_client(c.name()));
    wanted
        .flat_map(|c| c.places(user.unwrap_or(&none)).into_iter().map(move |place| (c, place)))
        .filter(|(_, place)| place.scope == scope)
        .map(|(c, place)| (c, place.path))
        .collect()
}

impl Declared {
    fn read(&mut self, client: &'static dyn Client, scope: Scope, file: String, text: &[u8], project: &Project) {
        match client.read(text, scope) {
            Ok(declaration) => {
                if let Some(why) = self.overflow(&declaration, &file) {
                    self.unread.push(Unread { why, hint: Some("no project needs that many".to_owned()), file });
                    return;
                }
                self.warnings.extend(declaration.warnings.into_iter().map(|w| (file.clone(), w)));
                let is_here = |server: &Server| {
                    let is_in_context = server.context.as_ref().is_none_or(|c| Path::new(c) == project.root);
                    is_in_context && (scope == Scope::Project || joined::is_of(server, project))
                };
                for mut server in declaration.servers.into_iter().filter(is_here) {
                    if joined::join(&mut server, project) {
                        self.joined.insert(server.name.clone());
                    }
                    let (client, title, file) = (client.name(), client.title(), file.clone());
                    self.servers.push(Found { client, title, scope, file, server });
                }
            }
            Err(e) => {
                let why = format!("`{file}` {}", shown(&e.to_string()));
                self.unread.push(Unread {
                    why,
                    hint: Some("mend the file; its servers get nothing until then".to_owned()),
                    file,
                });
            }
        }
    }

    /// More servers or names than any project has: somebody wants to be slow.
    fn overflow(&self, more: &Declaration, file: &str) -> Option<String> {
        const LIMIT: usize = 1024;
        let servers = self.servers.len() + more.servers.len();
        let names: BTreeSet<&str> = self
            .servers
            .iter()
            .map(|found| &found.server)
            .chain(&more.servers)
            .flat_map(|s| s.references.iter().map(|r| r.name.as_str()))
            .collect();
        if servers > LIMIT {
            Some(format!("`{file}` makes it {servers} servers, more than the {LIMIT} that are read"))
        } else if names.len() > LIMIT {
            Some(format!("`{file}` makes it {} names, more than the {LIMIT} that are read", names.len()))
        } else {
            None
        }
    }

    fn unreadable(&mut self, file: String, error: &FileError) {
        use crate::fault::Fault as _;
        self.unread.push(Unread { file, why: error.to_string(), hint: error.hint() });
    }
}
