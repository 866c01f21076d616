//! The directory that a server starts in. A path in a file says where it leads only as long as no link stands on it.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::given::{Filled, Given, Keeps};
use crate::client::Server;
use crate::escape::shown_path;
use crate::ops::workspace::Workspace;
use crate::sys;

/// Where a server starts: where its caller stands, if that is in the project or where the entry says; else the entry's own
/// directory, or the project's. Elsewhere the same relative path would be another file.
pub(super) fn place(server: &Server, given: &Given<'_>, here: &Path) -> Option<PathBuf> {
    let own = named(server, given).and_then(|path| sys::canonical(&path).ok());
    let is_there = here.starts_with(given.root) || own.as_deref() == Some(here);
    (!is_there).then(|| own.unwrap_or_else(|| given.root.to_owned()))
}

/// The directory that the entry names.
fn named(server: &Server, given: &Given<'_>) -> Option<PathBuf> {
    match given.fill(&server.filling.pieces(None, server.cwd()?), Keeps::Nothing) {
        Filled::Whole(path) => sys::os_text(&path).map(|path| given.root.join(path)),
        Filled::Lacking | Filled::Open => None,
    }
}

/// What the entry does not say of the directory that it names: that it lies elsewhere than it reads.
#[must_use]
pub fn oddity(workspace: &Workspace, root: &Path, server: &Server) -> Option<String> {
    let nothing = BTreeMap::new();
    let given = Given { values: &nothing, base: &[], root, directory: root, home: workspace.paths.home() };
    let path = named(server, &given)?;
    // one that goes up says so itself, and so does one that starts elsewhere
    let reads_inside = path.starts_with(root) && !path.components().any(|part| part == Component::ParentDir);
    let real = sys::canonical(&path).ok().filter(|real| reads_inside && !real.starts_with(root))?;
    Some(format!("`cwd` leads out of the project, to `{}`: a link stands on the way", shown_path(&real)))
}
