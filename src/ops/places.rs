//! Which files there are to read. Twenty clients have forty places in a project, and hardly one of them is there: the names in
//! the project's own directory say which can be.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use crate::client::{self, Client, Place, Scope, UserDirs};
use crate::escape::shown_path;
use crate::file::{self, FileError};
use crate::project::Project;
use crate::sys;

/// The most files that are read of a directory.
const FILES: usize = 64;

/// The most names of the project's own directory that are looked at; in a larger one each place is tried.
const NAMES: usize = 1024;

/// A file, and the clients that read it, in the order of their list.
pub struct ClientFile {
    /// Relative to the project for its own files, absolute for those of the user.
    pub path: PathBuf,
    pub clients: Vec<&'static dyn Client>,
}

/// The files to read, and where others could appear.
#[derive(Default)]
pub struct Places {
    pub files: Vec<ClientFile>,
    /// The directories, beside the project's own, in which a client's file could appear.
    pub directories: Vec<PathBuf>,
    /// Directories whose files cannot be told.
    pub unlisted: Vec<(PathBuf, FileError)>,
}

/// The files of the project that its clients would read. Not all of them need be there.
#[must_use]
pub fn in_project(project: &Project) -> Places {
    let mut places = Places::default();
    let names = names_in(&project.root);
    for (client, place) in wanted(project, &UserDirs::nobody(), Scope::Project) {
        if !is_possible(names.as_ref(), &place.path) {
            continue;
        }
        places.watch(&project.root, &place);
        let list = || file::list_inside(&project.root, &place.path, place.each, FILES);
        places.add(client, &place, list);
    }
    places
}

/// The user's own files that the clients of this project would read.
#[must_use]
pub fn of_user(project: &Project, user: &UserDirs<'_>) -> Places {
    let mut places = Places::default();
    // a project in the home directory itself has the client's own file as its project file too
    let own: HashSet<PathBuf> =
        wanted(project, &UserDirs::nobody(), Scope::Project).map(|(_, place)| project.root.join(place.path)).collect();
    for (client, place) in wanted(project, user, Scope::User).filter(|(_, place)| !own.contains(&place.path)) {
        let list = || {
            let names = file::list(&place.path, place.each, FILES)?;
            Ok(names.map(|names| names.iter().map(|name| place.path.join(name)).collect()))
        };
        places.add(client, &place, list);
    }
    places
}

/// What the project's own `clients` leaves out though it is here, each a sentence: nobody is asked about these servers, and a
/// client that passes its whole environment on starts them all the same.
#[must_use]
pub fn left_out(project: &Project) -> Vec<String> {
    let user = UserDirs::nobody();
    let own: HashSet<PathBuf> = wanted(project, &user, Scope::Project).map(|(_, place)| place.path).collect();
    let unwanted = client::ALL.iter().filter(|c| !project.wishes.wants_client(c.name()));
    let mut told = HashSet::new();
    unwanted
        .flat_map(|c| c.places(&user).into_iter().map(move |place| (c.title(), place)))
        .filter(|(_, place)| place.scope == Scope::Project && !own.contains(&place.path))
        .filter(|(_, place)| project.root.join(&place.path).symlink_metadata().is_ok() && told.insert(place.path.clone()))
        .map(|(title, place)| {
            let file = shown_path(&place.path);
            format!("`{file}` is left out by `clients`; its servers may receive what is loaded from {title} all the same")
        })
        .collect()
}

fn wanted<'a>(
    project: &'a Project,
    user: &'a UserDirs<'a>,
    scope: Scope,
) -> impl Iterator<Item = (&'static dyn Client, Place)> + 'a {
    let clients = client::ALL.iter().copied().filter(|c| project.wishes.wants_client(c.name()));
    clients.flat_map(move |c| c.places(user).into_iter().map(move |place| (c, place))).filter(move |(_, p)| p.scope == scope)
}

/// The names in a directory, in small letters: some systems do not tell them apart. `None` when there are too many.
fn names_in(directory: &Path) -> Option<HashSet<String>> {
    let names = sys::names_in(directory, NAMES).ok()??;
    Some(names.iter().map(|name| name.to_str().unwrap_or("").to_ascii_lowercase()).collect())
}

/// Whether there can be something at this path below a directory with these names.
fn is_possible(names: Option<&HashSet<String>>, relative: &Path) -> bool {
    let Some(Component::Normal(first)) = relative.components().next() else { return true };
    names.is_none_or(|names| first.to_str().is_none_or(|first| names.contains(first)))
}

impl Places {
    /// Notes the nearest directory in which this could appear: the deepest one that is there.
    fn watch(&mut self, root: &Path, place: &Place) {
        let deepest = if place.each.is_empty() { place.path.parent() } else { Some(place.path.as_path()) };
        let ways = deepest.into_iter().flat_map(Path::ancestors).filter(|way| !way.as_os_str().is_empty());
        if let Some(directory) = ways.map(|way| root.join(way)).find(|way| self.directories.contains(way) || way.is_dir())
            && !self.directories.contains(&directory)
        {
            self.directories.push(directory);
        }
    }

    fn add(
        &mut self,
        client: &'static dyn Client,
        place: &Place,
        list: impl FnOnce() -> Result<Option<Vec<PathBuf>>, FileError>,
    ) {
        if place.each.is_empty() {
            return self.add_file(client, place.path.clone());
        }
        match list() {
            Ok(Some(files)) => files.into_iter().for_each(|path| self.add_file(client, path)),
            Ok(None) => self.unlisted.push((place.path.clone(), FileError::TooMany { path: place.path.clone(), limit: FILES })),
            Err(FileError::Absent(_)) => {}
            Err(e) => self.unlisted.push((place.path.clone(), e)),
        }
    }

    fn add_file(&mut self, client: &'static dyn Client, path: PathBuf) {
        match self.files.iter_mut().find(|file| file.path == path) {
            Some(file) => file.clients.push(client),
            None => self.files.push(ClientFile { path, clients: vec![client] }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_names_allow_is_looked_for() {
        let names: HashSet<String> = [".mcp.json", ".vscode"].into_iter().map(str::to_owned).collect();
        for (path, is) in [(".mcp.json", true), (".vscode/mcp.json", true), (".cursor/mcp.json", false), ("opencode.json", false)]
        {
            assert_eq!(is_possible(Some(&names), Path::new(path)), is, "{path}");
            assert!(is_possible(None, Path::new(path)));
        }
    }

    #[test]
    fn a_large_directory_is_not_listed_to_its_end() {
        let directory = tempfile::tempdir().expect("a directory");
        for n in 0..=NAMES {
            std::fs::write(directory.path().join(format!("f{n}")), "").expect("a file");
        }
        assert_eq!(names_in(directory.path()), None);
        std::fs::remove_file(directory.path().join("f0")).expect("one less");
        assert_eq!(names_in(directory.path()).map(|names| names.len()), Some(NAMES));
    }
}
