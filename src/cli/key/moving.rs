//! `key move file|keychain`: where the user's identity is kept.

use std::process::ExitCode;

use super::choose::{Enter, new_passphrase};
use super::open::{opened, protection, require_no_agent};
use crate::cli::ask::Person;
use crate::cli::report::{self, Done};
use crate::keychain::PLACE;
use crate::ops::Workspace;
use crate::store::{Cover, Protection, passphrase};

/// Moves it; one that is there already stays, and what an interrupted move left is cleared up.
pub(super) fn run(workspace: &Workspace, place: &str) -> Done {
    require_no_agent(workspace)?;
    let own = workspace.own_identity();
    let is_in_keychain = matches!(protection(workspace)?, Protection::Keychain { .. });
    let to_keychain = place == "keychain";
    // out of the keychain it may become less protected: that is for a person to decide
    let mut person = if to_keychain { None } else { Some(Person::at_terminal(workspace)?) };
    let lock = own.lock()?;
    let (identity, _) = opened(workspace)?;
    let cover = match &mut person {
        _ if is_in_keychain == to_keychain => {
            let warnings = if to_keychain { Vec::new() } else { own.finish_move(&lock, &identity) };
            report::warnings(&warnings);
            report::note(&format!("your identity is in {} already", if to_keychain { PLACE } else { "its file" }));
            return Ok(if warnings.is_empty() { ExitCode::SUCCESS } else { report::code(crate::fault::Exit::Failed) });
        }
        None => Cover::Keychain,
        Some(person) => match new_passphrase(person, "its file", Enter::MeansNone)? {
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
    });
    Ok(if warnings.is_empty() { ExitCode::SUCCESS } else { report::code(crate::fault::Exit::Failed) })
}
