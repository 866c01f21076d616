//! Which file a command's name leads to. An empty or relative element of PATH leads into whatever directory one stands in: for a
//! server none of them counts, or a project could slip a program of its own under the name of a known one.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use super::refusal::Refusal;
use crate::client::Server;
use crate::escape::shown_path;
use crate::fault::Exit;
use crate::ops::workspace::Workspace;
use crate::sys;

/// The directories of PATH, as a shell looks through them.
pub(super) fn elements(path: &OsStr) -> Vec<PathBuf> {
    env::split_paths(path).collect()
}

/// Those of them that are the same wherever one stands.
pub(super) fn absolute(path: &OsStr) -> Vec<PathBuf> {
    env::split_paths(path).filter(|element| element.is_absolute()).collect()
}

/// PATH with only these; `None` when there are none.
pub(super) fn absolute_only(path: OsString) -> Option<OsString> {
    let kept = absolute(&path);
    if kept.len() == elements(&path).len() {
        return Some(path);
    }
    Some(kept).filter(|kept| !kept.is_empty()).and_then(|kept| env::join_paths(kept).ok())
}

/// The program behind a name, looked for in the directories of `path`, with `directory` for everything relative.
///
/// # Errors
/// When there is none, or it is nothing that can be started.
pub(super) fn find(name: &OsStr, path: &[PathBuf], directory: &Path) -> Result<PathBuf, Refusal> {
    let mut blocked = None;
    for place in places(name, path, directory) {
        match sys::require_program(&place) {
            Ok(()) => return Ok(place),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(_) => blocked = blocked.or(Some(place)),
        }
    }
    match blocked {
        Some(program) => Err(not_started(program, &io::ErrorKind::PermissionDenied.into())),
        None => Err(Refusal::NotFound { name: name.to_string_lossy().into_owned(), is_skipping: !is_path(name) }),
    }
}

/// Every file that the name may lead to, in the order of looking.
fn places(name: &OsStr, path: &[PathBuf], directory: &Path) -> Vec<PathBuf> {
    let directories = if name.is_empty() {
        Vec::new()
    } else if is_path(name) {
        vec![directory.to_owned()]
    } else {
        path.iter().map(|element| directory.join(element)).collect()
    };
    directories.iter().flat_map(|directory| sys::program_names(name).into_iter().map(|name| directory.join(name))).collect()
}

fn is_path(name: &OsStr) -> bool {
    name.as_encoded_bytes().iter().any(|b| std::path::is_separator(char::from(*b)))
}

/// Why a program that was found did not start, with the status that a shell has for it.
#[must_use]
pub fn not_started(program: PathBuf, error: &io::Error) -> Refusal {
    let (why, exit) = match error.kind() {
        io::ErrorKind::NotFound => ("the program that its first line names is not there".to_owned(), Exit::NotFound),
        io::ErrorKind::PermissionDenied => ("it is no file that may be executed".to_owned(), Exit::NotExecutable),
        io::ErrorKind::ArgumentListTooLong => ("its arguments and its environment are too long".to_owned(), Exit::NotExecutable),
        _ => (error.to_string(), Exit::NotExecutable),
    };
    Refusal::NotStarted { program, why, exit }
}

/// What a person should know of where a server's command leads; `None` for a program outside of the project that every element
/// of PATH before it has absolutely.
#[must_use]
pub fn oddity(workspace: &Workspace, root: &Path, server: &Server) -> Option<String> {
    let (command, _) = server.launched()?;
    // the mcpenv of a wrapper runs first, and is handed what the server gets
    let wrapper = server.wrapper().and_then(Result::ok).and_then(|wrapper| oddity_of(workspace, root, wrapper.program));
    wrapper.or_else(|| oddity_of(workspace, root, command))
}

fn oddity_of(workspace: &Workspace, root: &Path, command: &str) -> Option<String> {
    let path = workspace.var("PATH").unwrap_or_default();
    let name = OsStr::new(command);
    let found = places(name, &elements(&path), root).into_iter().find(|place| sys::require_program(place).is_ok())?;
    let real = sys::canonical(&found).unwrap_or_else(|_| found.clone());
    let is_inside = found.starts_with(root) || real.starts_with(root);
    if is_path(name) {
        // a relative path says so itself
        return (is_inside && Path::new(name).is_absolute())
            .then(|| format!("the program `{}` lies in the project", shown_path(&real)));
    }
    let is_absolute = places(name, &absolute(&path), root).contains(&found);
    if !is_absolute {
        let found = shown_path(&found);
        return Some(format!(
            "PATH leads to `{found}` by an element that is not absolute: a client would start that one, `mcpenv exec` would not"
        ));
    }
    is_inside.then(|| format!("PATH leads to `{}`, which lies in the project", shown_path(&found)))
}
