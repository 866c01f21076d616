//! `key passphrase`: sets, changes or removes the passphrase of the user's identity.

use std::process::ExitCode;

use super::choose::{Enter, new_passphrase};
use super::open::{opened, protection, require_no_agent};
use crate::cli::ask::{AskError, Person};
use crate::cli::report::{self, Done};
use crate::fault::Fault;
use crate::ops::Workspace;
use crate::store::{Cover, Protection, passphrase};

/// The keychain has a password of its own.
#[derive(Debug, thiserror::Error)]
#[error("your identity is in the keychain, which has a password of its own")]
struct InKeychain;

impl Fault for InKeychain {
    fn hint(&self) -> Option<String> {
        Some("to keep it in a file behind a passphrase instead, run `mcpenv key move file`".to_owned())
    }
}

/// An SSH key has its own passphrase, or none.
#[derive(Debug, thiserror::Error)]
#[error("your identity is behind an SSH key, and has no passphrase of its own")]
struct BehindSsh;

impl Fault for BehindSsh {
    fn hint(&self) -> Option<String> {
        Some("to keep it in a plain file instead, run `mcpenv key move file`".to_owned())
    }
}

/// Sets, changes or removes it.
pub(super) fn run(workspace: &Workspace, is_removal: bool) -> Done {
    require_no_agent(workspace)?;
    let mut person = Person::at_terminal(workspace)?;
    let own = workspace.own_identity();
    let before = protection(workspace)?;
    if matches!(before, Protection::Keychain { .. }) {
        return Err(Box::new(InKeychain));
    }
    if is_removal && matches!(before, Protection::Ssh { .. }) {
        return Err(Box::new(BehindSsh));
    }
    if is_removal && before == Protection::Plain {
        report::note("there is no passphrase: your identity is a plain file");
        return Ok(ExitCode::SUCCESS);
    }
    let lock = own.lock()?;
    let (identity, _) = opened(workspace)?;
    let cover = if is_removal {
        person.tell("Without a passphrase, whoever copies your home directory can open your profiles.")?;
        if !person.agrees("Remove it?", false)? {
            return Err(Box::new(AskError::Interrupted));
        }
        Cover::Plain
    } else {
        match new_passphrase(&mut person, "your identity", Enter::MakesOne)? {
            Some(passphrase) => Cover::Passphrase { passphrase, factor: passphrase::FACTOR },
            None => return Err(Box::new(AskError::Interrupted)),
        }
    };
    let warnings = own.protect(&lock, &identity, &cover, workspace.seconds())?;
    report::warnings(&warnings);
    report::note(match (&cover, before) {
        (Cover::Plain, _) => "removed the passphrase: your identity is a plain file now",
        (_, Protection::Plain) => {
            "your identity is behind a passphrase now; `mcpenv unlock` lets the shells use it for a while.\n\
             Copies of the plain file that a backup or a disk may still hold are as open as before: `mcpenv key new` makes them worthless"
        }
        (_, Protection::Ssh { .. }) => {
            "your identity is behind a passphrase of its own now; copies of the old file still open with the SSH key"
        }
        _ => "changed the passphrase; copies of the old file still open with the old one",
    });
    Ok(ExitCode::SUCCESS)
}
