//! `key move file|keychain|ssh:PATH`: where the user's identity is kept, and what protects it there.

use std::path::PathBuf;
use std::process::ExitCode;

use super::choose::{Enter, new_passphrase};
use super::open::{opened, protection, require_no_agent};
use crate::cli::ask::Person;
use crate::cli::report::{self, Done};
use crate::escape::shown_path;
use crate::keychain::PLACE;
use crate::ops::Workspace;
use crate::store::{Cover, Protection, passphrase};

/// Moves it; one that is there already stays, and what an interrupted move left is cleared up.
pub(super) fn run(workspace: &Workspace, place: &str) -> Done {
    require_no_agent(workspace)?;
    let own = workspace.own_identity();
    let before = protection(workspace)?;
    let ssh = place.strip_prefix("ssh:").map(|path| absolute(workspace, path));
    let already = match (&ssh, &before) {
        (Some(path), Protection::Ssh { key }) if path == key => Some("sealed for that SSH key"),
        (None, Protection::Keychain { .. }) if place == "keychain" => Some(PLACE),
        (None, Protection::Plain | Protection::Passphrase) if place == "file" => Some("its file"),
        _ => None,
    };
    // out of the keychain it may become less protected: that is for a person to decide
    let mut person = if place == "keychain" { None } else { Some(Person::at_terminal(workspace)?) };
    let lock = own.lock()?;
    let (identity, _) = opened(workspace)?;
    if let Some(already) = already {
        let warnings = if place == "keychain" { Vec::new() } else { own.finish_move(&lock, &identity) };
        report::warnings(&warnings);
        report::note(&format!("your identity is {}{already} already", if ssh.is_some() { "" } else { "in " }));
        return Ok(if warnings.is_empty() { ExitCode::SUCCESS } else { report::code(crate::fault::Exit::Failed) });
    }
    let cover = match (&ssh, &mut person) {
        (Some(path), _) => Cover::Ssh(Box::new(own.ssh_key(path)?)),
        (None, None) => Cover::Keychain,
        (None, Some(person)) => match new_passphrase(person, "its file", Enter::MeansNone)? {
            Some(passphrase) => Cover::Passphrase { passphrase, factor: passphrase::FACTOR },
            None => Cover::Plain,
        },
    };
    let warnings = own.protect(&lock, &identity, &cover, workspace.seconds())?;
    report::warnings(&warnings);
    report::note(&match cover {
        Cover::Keychain => format!("your identity is in {PLACE} now; its file is a signpost to it and holds nothing secret"),
        Cover::Passphrase { .. } => "your identity is in its file now, behind the passphrase".to_owned(),
        Cover::Plain => {
            "your identity is in its file now, as it is: whoever copies your home directory can open your profiles".to_owned()
        }
        Cover::Ssh(key) => {
            let path = shown_path(key.path());
            let end = if key.has_passphrase() {
                "`mcpenv unlock` lets the shells use it for a while"
            } else {
                "that key has no passphrase: whoever copies it and your home directory can open your profiles"
            };
            format!("your identity is sealed for the SSH key `{path}` now, and does not open without it; {end}")
        }
    });
    Ok(if warnings.is_empty() { ExitCode::SUCCESS } else { report::code(crate::fault::Exit::Failed) })
}

/// Where a path leads from here. No shell replaces the `~` after `ssh:`.
fn absolute(workspace: &Workspace, path: &str) -> PathBuf {
    match path.strip_prefix("~/") {
        Some(rest) => workspace.paths.home().join(rest),
        None => workspace.cwd().join(path),
    }
}
