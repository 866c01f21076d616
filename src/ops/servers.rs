//! What is declared: by one file that somebody names, or by all that count in a project.

use std::path::Path;

use super::declared::Found;
use super::shadow;
use super::target;
use super::workspace::Workspace;
use crate::client::{Client, Scope, UserDirs, Warning};
use crate::escape::{shown, shown_path};
use crate::file::{self, FileError};
use crate::project::ProjectError;

/// What one client reads in one file.
#[derive(Debug)]
pub struct Listing {
    /// As the user knows it.
    pub file: String,
    pub client: &'static str,
    /// `None` for a file that was named: it lies wherever it lies.
    pub scope: Option<Scope>,
    /// Why nothing was taken from it, in one line without any text of the file.
    pub unread: Option<String>,
    pub servers: Vec<Found>,
    pub warnings: Vec<Warning>,
    pub has_bom: bool,
    pub has_crlf: bool,
}

/// Reads one file as this client would. A file that is not of its format is listed as such.
///
/// # Errors
/// When it is not there, or nothing that can be read.
pub fn of_file(workspace: &Workspace, file: &Path, client: &'static dyn Client) -> Result<Listing, FileError> {
    let path = workspace.cwd().join(file);
    let (text, _) = file::read(&path, file::USER_LIMIT).map_err(|e| e.at(file))?;
    // what a client keeps in one file for all directories is read as it is in the user's own
    let is_own = client.places(&UserDirs::nobody()).iter().any(|p| p.scope == Scope::Project && path.ends_with(&p.path));
    let scope = if is_own { Scope::Project } else { Scope::User };
    let mut listing = Listing {
        file: shown_path(file),
        client: client.name(),
        scope: None,
        unread: None,
        servers: Vec::new(),
        warnings: Vec::new(),
        has_bom: text.starts_with(b"\xef\xbb\xbf"),
        has_crlf: text.windows(2).any(|pair| pair == b"\r\n"),
    };
    match client.read_at(&path, &text, scope) {
        Ok(declaration) => {
            let (client, title) = (client.name(), client.title());
            let found =
                |server| Found { client, title, also: Vec::new(), scope, file: listing.file.clone(), server, shadowed: None };
            listing.servers = declaration.servers.into_iter().map(found).collect();
            listing.warnings = declaration.warnings;
        }
        Err(e) => {
            listing.unread = Some(format!("`{}` {}", listing.file, shown(&e.to_string())));
            listing.warnings.push(Warning { code: "parse-error", at: String::new() });
        }
    }
    Ok(listing)
}

/// Reads every file that counts in the project of `directory`: its own, and those of its user.
///
/// # Errors
/// When there is no project, or its file cannot be used.
pub fn of_project(workspace: &Workspace, directory: Option<&Path>) -> Result<Vec<Listing>, ProjectError> {
    let project = target::project(workspace, directory)?;
    let (own, user) = shadow::all(workspace, &project);
    let mut listings: Vec<Listing> = Vec::new();
    for (scope, declared) in [(Scope::Project, own), (Scope::User, user)] {
        let listing = |file: &str, client| Listing {
            file: file.to_owned(),
            client,
            scope: Some(scope),
            unread: None,
            servers: Vec::new(),
            warnings: Vec::new(),
            has_bom: false,
            has_crlf: false,
        };
        for found in declared.servers {
            let is_it = |l: &&mut Listing| l.scope == Some(scope) && l.file == found.file && l.client == found.client;
            match listings.iter_mut().find(is_it) {
                Some(known) => known.servers.push(found),
                None => {
                    let mut fresh = listing(&found.file, found.client);
                    fresh.servers.push(found);
                    listings.push(fresh);
                }
            }
        }
        for (file, warning) in declared.warnings {
            if let Some(known) = listings.iter_mut().find(|l| l.scope == Some(scope) && l.file == file) {
                known.warnings.push(warning);
            }
        }
        for unread in declared.unread {
            let mut fresh = listing(&unread.file, "");
            fresh.unread = Some(unread.why);
            fresh.warnings.push(Warning { code: "parse-error", at: String::new() });
            listings.push(fresh);
        }
    }
    Ok(listings)
}
