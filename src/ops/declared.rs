//! What the client files of a project, and of its user, declare.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::joined;
use super::places::{self, ClientFile};
use super::workspace::Workspace;
use crate::client::{self, Client, Content, Reference, Scope, Server, Text, UserDirs, Warning};
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
    /// The other clients that read the same entry of the same file.
    pub also: Vec<Reader>,
    pub scope: Scope,
    /// The file as the user knows it: relative to the project, or from `~`.
    pub file: String,
    pub server: Server,
    /// The file with a server of the same name that counts instead.
    pub shadowed: Option<String>,
}

/// Another client that reads an entry, and what it sees in it.
#[derive(Debug, Clone)]
pub struct Reader {
    pub client: &'static str,
    pub title: &'static str,
    pub references: Vec<Reference>,
}

impl Found {
    /// Whether this client reads it.
    #[must_use]
    pub fn is_read_by(&self, client: &str) -> bool {
        self.clients().any(|name| name == client)
    }

    /// The names of all clients that read it.
    pub fn clients(&self) -> impl Iterator<Item = &'static str> {
        [self.client].into_iter().chain(self.also.iter().map(|reader| reader.client))
    }

    /// The same, as people know them.
    pub fn titles(&self) -> impl Iterator<Item = &'static str> {
        [self.title].into_iter().chain(self.also.iter().map(|reader| reader.title))
    }
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
    let places = places::in_project(project);
    let mut declared = Declared { directories: places.directories, ..Declared::default() };
    places.unlisted.iter().for_each(|(path, e)| declared.unreadable(shown_path(path), e));
    for ClientFile { path, clients } in &places.files {
        let name = shown_path(path);
        match file::read_inside(&project.root, path) {
            Ok((text, meta)) => {
                declared.files.push((project.root.join(path), meta.modified().unwrap_or(SystemTime::UNIX_EPOCH)));
                declared.read(clients, Scope::Project, path, name, &text, project);
            }
            Err(FileError::Absent(_)) => {}
            Err(e) => declared.unreadable(name, &e),
        }
    }
    for (name, wish) in &project.wishes.servers {
        // one that a client's file lets mcpenv serve has it already
        if !declared.joined.contains(name) {
            let (file, server) = (project::FILE.to_owned(), joined::own_server(name, wish));
            let (also, shadowed) = (Vec::new(), None);
            declared.servers.push(Found { client: OWN, title: "mcpenv", also, scope: Scope::Project, file, server, shadowed });
        }
    }
    declared
}

/// Reads the user's own files of the clients that this project wants. Never on the hook's path.
#[must_use]
pub fn of_user(workspace: &Workspace, project: &Project) -> Declared {
    let mut declared = Declared::default();
    let variable = |name: &str| workspace.path_variable(name);
    let paths = &workspace.paths;
    let user = UserDirs { home: paths.home(), config: paths.user_config(), roaming: paths.roaming(), variable: &variable };
    let places = places::of_user(project, &user);
    places.unlisted.iter().for_each(|(path, e)| declared.unreadable(workspace.from_home(path), e));
    for ClientFile { path, clients } in &places.files {
        let name = workspace.from_home(path);
        match file::read(path, file::USER_LIMIT) {
            Ok((text, _)) => declared.read(clients, Scope::User, path, name, &text, project),
            Err(FileError::Absent(_)) => {}
            Err(e) => declared.unreadable(name, &e),
        }
    }
    declared
}

impl Declared {
    /// Takes what one file declares: each server once, for the first client that reads it, with what only another one sees in
    /// it. A file that one of them cannot read is not read at all.
    fn read(&mut self, clients: &[&'static dyn Client], scope: Scope, path: &Path, file: String, text: &[u8], project: &Project) {
        let mut servers: Vec<Found> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut warnings: Vec<Warning> = Vec::new();
        let content = Content::new(text);
        let text = Text::new(&content);
        for client in clients {
            let declaration = match client.tell_at(path, &text, scope) {
                Ok(declaration) => declaration,
                Err(e) => {
                    let why = format!("`{file}` {}", shown(&e.to_string()));
                    let hint = Some("mend the file; its servers get nothing until then".to_owned());
                    self.unread.push(Unread { file, why, hint });
                    return;
                }
            };
            // what is strange to a client that finds nothing in the file is for others, and so is the syntax that another one fills
            let is_first = servers.is_empty();
            if warnings.is_empty() || !declaration.servers.is_empty() {
                warnings.extend(declaration.warnings.into_iter().filter(|w| is_first || w.code != "unexpanded-reference"));
            }
            for mut server in declaration.servers {
                if joined::join(&mut server, project) {
                    self.joined.insert(server.name.clone());
                }
                if let Some(at) = known.get(&server.pointer) {
                    join(&mut servers[*at], *client, server);
                    continue;
                }
                known.insert(server.pointer.clone(), servers.len());
                let (client, title, file) = (client.name(), client.title(), file.clone());
                servers.push(Found { client, title, also: Vec::new(), scope, file, server, shadowed: None });
            }
        }
        if let Some(why) = self.overflow(&servers, &file) {
            self.unread.push(Unread { why, hint: Some("no project needs that many".to_owned()), file });
            return;
        }
        let mut told = HashSet::new();
        warnings.retain(|warning| told.insert((warning.code, warning.at.clone())));
        self.warnings.extend(warnings.into_iter().map(|w| (file.clone(), w)));
        let is_here = |found: &Found| {
            let is_in_context = found.server.context.as_ref().is_none_or(|c| Path::new(c) == project.root);
            is_in_context && (scope == Scope::Project || joined::is_of(&found.server, project))
        };
        self.servers.extend(servers.into_iter().filter(is_here));
    }

    /// More servers or names than any project has: somebody wants to be slow.
    fn overflow(&self, more: &[Found], file: &str) -> Option<String> {
        const LIMIT: usize = 1024;
        let servers = self.servers.len() + more.len();
        let names: BTreeSet<&str> =
            self.servers.iter().chain(more).flat_map(|found| found.server.references.iter().map(|r| r.name.as_str())).collect();
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

/// Adds what another client sees in the entry that is known already. Whether that is missed, who wrote the entry for the first
/// client need not know.
fn join(found: &mut Found, client: &dyn Client, server: Server) {
    found.server.is_enabled |= server.is_enabled;
    found.server.is_started |= server.is_started;
    let exported = |references: &[Reference]| -> HashSet<String> {
        references.iter().filter(|r| r.is_export).map(|r| r.name.clone()).collect()
    };
    let known = exported(&found.server.references);
    let more = server.references.iter().filter(|r| r.is_export && !known.contains(&r.name));
    found.server.references.extend(more.map(|r| Reference { is_required: false, ..r.clone() }));
    found.also.push(Reader { client: client.name(), title: client.title(), references: server.references });
}
