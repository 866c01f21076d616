//! `key export`: a copy of the user's identity, behind a passphrase of its own. For a person alone; what is plain only after a
//! word was typed for it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::choose::{Enter, new_passphrase};
use super::open::{opened, require_no_agent};
use crate::audit::Action;
use crate::cli::ask::{AskError, Person};
use crate::cli::noting;
use crate::cli::report::{self, Done};
use crate::escape::shown_path;
use crate::fault::Fault;
use crate::ops::Workspace;
use crate::rewrite;
use crate::store::{Cover, exported, passphrase};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error("`{}` is there already, and is never overwritten", shown_path(.0))]
    Present(PathBuf),
    #[error("`{}` could not be written: {source}", shown_path(.path))]
    Write { path: PathBuf, source: io::Error },
}

impl Fault for ExportError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Present(_) => Some("name another file".to_owned()),
            Self::Write { .. } => None,
        }
    }
}

/// Writes it to a file, or to standard output.
pub(super) fn run(workspace: &Workspace, file: Option<&Path>, is_plain: bool) -> Done {
    require_no_agent(workspace)?;
    let mut person = Person::at_controlling_terminal(workspace)?;
    let file = file.filter(|file| file.as_os_str() != "-").map(|file| workspace.cwd().join(file));
    if let Some(file) = file.as_ref().filter(|file| file.symlink_metadata().is_ok()) {
        return Err(Box::new(ExportError::Present(file.clone())));
    }
    let (identity, _) = opened(workspace)?;
    let cover = if is_plain {
        person.tell("As it is, this key opens every profile for whoever sees it.")?;
        if person.line("Type `plain` to write it so: ")? != "plain" {
            return Err(Box::new(AskError::Interrupted));
        }
        Cover::Plain
    } else {
        match new_passphrase(&mut person, "this copy", Enter::MakesOne)? {
            Some(passphrase) => Cover::Passphrase { passphrase, factor: passphrase::FACTOR },
            None => return Err(Box::new(AskError::Interrupted)),
        }
    };
    noting::before(workspace, Action::Key, None, None, &["export"])?;
    let text = exported(&identity, &cover, workspace.seconds()).map_err(AskError::Terminal)?;
    let Some(file) = file else { return Ok(report::bytes(&text)) };
    rewrite::place_private(&file, &text).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => ExportError::Present(file.clone()),
        _ => ExportError::Write { path: file.clone(), source },
    })?;
    report::note(&format!("wrote `{}`; `mcpenv key import` takes it, and `age -d` opens it", shown_path(&file)));
    Ok(ExitCode::SUCCESS)
}
