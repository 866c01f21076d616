//! The user's identity as it is in force, opened by its own protection: for whatever changes or copies it, what `unlock` holds is
//! not enough.

use zeroize::Zeroizing;

use super::choose::text;
use crate::cli::ask::{AskError, Person};
use crate::fault::Fault;
use crate::ops::Workspace;
use crate::store::{Cover, Identity, OwnIdentity, Protection, StoreError, passphrase};

/// How often a passphrase is asked for.
const TRIES: usize = 3;

/// Nobody at a terminal, and no way in an agent's shell.
pub(super) fn require_no_agent(workspace: &Workspace) -> Result<(), AskError> {
    match workspace.agent() {
        Some((agent, variable)) => Err(AskError::Agent { agent, variable }),
        None => Ok(()),
    }
}

/// There is no identity, and nothing that needs one.
#[derive(Debug, thiserror::Error)]
#[error("there is no identity yet")]
struct NoneYet;

impl Fault for NoneYet {
    fn hint(&self) -> Option<String> {
        Some("`mcpenv init` makes one, and `mcpenv key import` takes one over".to_owned())
    }
}

/// What protects the identity that is there.
pub(super) fn protection(workspace: &Workspace) -> Result<Protection, Box<dyn Fault>> {
    match workspace.own_identity().protection() {
        Err(StoreError::IdentityAbsent(_)) if !workspace.files("").needs_identity()? => Err(Box::new(NoneYet)),
        other => Ok(other?),
    }
}

/// The identity, and what it is behind. A passphrase is asked for at the terminal.
pub(super) fn opened(workspace: &Workspace) -> Result<(Identity, Cover), Box<dyn Fault>> {
    let own = workspace.own_identity();
    match protection(workspace)? {
        Protection::Plain => Ok((own.open_with("")?, Cover::Plain)),
        Protection::Keychain { .. } => Ok((own.open_with("")?, Cover::Keychain)),
        Protection::Ssh { .. } => {
            let (identity, key) = own.open_by_ssh()?;
            Ok((identity, Cover::Ssh(Box::new(key))))
        }
        Protection::Passphrase => behind_passphrase(own, &mut Person::at_controlling_terminal(workspace)?),
    }
}

fn behind_passphrase(own: &OwnIdentity, person: &mut Person) -> Result<(Identity, Cover), Box<dyn Fault>> {
    for again in 1..=TRIES {
        let given = text(&person.hidden("Passphrase of your identity (hidden): ")?);
        match own.open_with(&given) {
            Ok(identity) => return Ok((identity, Cover::Passphrase { passphrase: given, factor: passphrase::FACTOR })),
            Err(StoreError::Locked { .. }) if again < TRIES => person.tell("That passphrase does not open it.")?,
            Err(e) => return Err(Box::new(e)),
        }
    }
    Err(Box::new(AskError::Interrupted))
}

/// The passphrase of a text that somebody brings, asked at the terminal; `None` without a person.
pub(super) fn asked(person: &mut Option<Person>, what: &str, again: bool) -> Option<Zeroizing<String>> {
    let person = person.as_mut()?;
    if again {
        person.tell("That passphrase does not open it.").ok()?;
    }
    let typed = person.hidden(&format!("Passphrase of {what} (hidden): ")).ok()?;
    Some(text(&typed)).filter(|text| !text.is_empty())
}
