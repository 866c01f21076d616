//! `key recover`: opens the profiles with the recovery key, and seals them again for the user's own identity.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::guide::ask_protection;
use super::import::{KeyError, given};
use super::open::require_no_agent;
use crate::cli::ask::{AskError, Person};
use crate::cli::gate::AtTerminal;
use crate::cli::report::{self, Done};
use crate::escape::{shown, shown_path};
use crate::fault::{Exit, Fault, sentence};
use crate::ops::{Workspace, identity};
use crate::store::{Cover, Gate, Identity, IdentityLock, Opener, Recovered, Store, StoreError};

/// There is nothing to open.
#[derive(Debug, thiserror::Error)]
#[error("there are no profiles here")]
struct NoProfiles;

impl Fault for NoProfiles {
    fn hint(&self) -> Option<String> {
        Some("put them back from a backup first".to_owned())
    }
}

/// Opens what the key opens, and says of each profile what happened.
pub(super) fn run(workspace: &Workspace, file: Option<&Path>) -> Done {
    require_no_agent(workspace)?;
    let files = workspace.files("");
    if files.names()?.is_empty() {
        return Err(Box::new(NoProfiles));
    }
    let (what, text) = match file {
        Some(file) => given(workspace, file)?,
        None => {
            let mut person = Person::at_terminal(workspace)?;
            person.tell("The recovery key as you wrote it down; blanks and small letters do not matter.")?;
            ("what you typed".to_owned(), person.hidden("AGE-SECRET-KEY-1… (hidden): ")?)
        }
    };
    let gate: Arc<dyn Gate> = Arc::new(AtTerminal::of(workspace));
    let opener = Opener::parse(&text, &what, &gate).map_err(|why| KeyError::NoKey { what: what.clone(), why })?;
    // a key that opens nothing must not lead to a new identity
    if !files.is_opened_by(&|sealed| opener.opens(sealed))? {
        return Err(Box::new(KeyError::Foreign(what)));
    }
    let lock = workspace.own_identity().lock()?;
    require_identity(workspace, &lock)?;
    let done = identity::recover(workspace, workspace.own_identity(), &opener)?;
    let mut is_whole = true;
    for (name, outcome) in &done {
        is_whole &= matches!(outcome, Recovered::Opens | Recovered::Again { .. });
        report::note(&format!("profile `{name}` {}", words(outcome)));
    }
    report::note("the recovery key still opens them; make a new one if others may have seen it: `mcpenv key recovery set`");
    Ok(if is_whole { ExitCode::SUCCESS } else { report::code(Exit::Failed) })
}

fn words(outcome: &Recovered) -> String {
    match outcome {
        Recovered::Opens => "opens already; nothing was changed".to_owned(),
        Recovered::Again { versions: 0, left: 0 } => "opens again".to_owned(),
        Recovered::Again { versions, left: 0 } => format!("opens again, with {}", earlier(*versions)),
        Recovered::Again { versions, left } => {
            format!("opens again, with {}; {left} from before the recovery key stay closed", earlier(*versions))
        }
        Recovered::Foreign => "stays closed: it was not sealed for this recovery key".to_owned(),
        Recovered::Left(why) => format!("stays as it is: {}", shown(why)),
    }
}

fn earlier(versions: usize) -> String {
    match versions {
        0 => "none of its earlier versions".to_owned(),
        1 => "1 earlier version".to_owned(),
        n => format!("{n} earlier versions"),
    }
}

/// The identity that is in force, opened; or a new one where there is none, or where a person sets aside one that does not open.
fn require_identity(workspace: &Workspace, lock: &IdentityLock) -> Result<(), Box<dyn Fault>> {
    let own = workspace.own_identity();
    let Err(refusal) = own.open() else { return Ok(()) };
    let mut person = Person::at_terminal(workspace).ok();
    if !matches!(refusal, StoreError::IdentityAbsent(_)) {
        let Some(person) = &mut person else { return Err(Box::new(refusal)) };
        person.tell(&format!("There is an identity, and it does not open: {}.", sentence(&refusal)))?;
        if !person.agrees("Set it aside, and make a new one?", false)? {
            return Err(Box::new(AskError::Interrupted));
        }
        let aside = own.set_aside(lock)?;
        person.tell(&format!("It is `{}` now.", shown_path(&aside)))?;
    }
    let cover = match &mut person {
        Some(person) => ask_protection(person)?,
        None => Cover::Plain,
    };
    let new = Identity::generate();
    own.make(lock, &new, &cover, workspace.seconds())?;
    report::note(&format!("made a new identity: {}", new.recipient()));
    own.remember(new);
    Ok(())
}
