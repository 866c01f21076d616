//! `key import FILE`: an age identity that the user brings.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use zeroize::Zeroizing;

use super::new;
use super::open::{asked, opened, require_no_agent};
use crate::cli::ask::{AskError, Person};
use crate::cli::report::{self, Done};
use crate::escape::shown_path;
use crate::fault::{Exit, Fault};
use crate::file;
use crate::ops::{Workspace, identity};
use crate::store::{Cover, NoIdentity, StoreError, passphrase, read_identity};

/// The most that such a file may hold, in bytes.
const LIMIT: u64 = 64 * 1024;

/// Why what was brought is no key.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyError {
    #[error("{what} opens nothing: {why}")]
    NoKey { what: String, why: NoIdentity },
    #[error("{0} is none that opens a profile here")]
    Foreign(String),
    #[error("{0} is larger than {LIMIT} bytes, so it is no key")]
    TooLarge(String),
}

impl Fault for KeyError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoKey { why: NoIdentity::Locked(_), .. } => Exit::Locked,
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoKey { why: NoIdentity::Locked(_), .. } => Some("run it at a terminal, and type its passphrase".to_owned()),
            Self::Foreign(_) => Some("use the key that these profiles were sealed for, or put them away first".to_owned()),
            Self::NoKey { .. } | Self::TooLarge(_) => None,
        }
    }
}

/// What was brought, and what it is called in a message.
type Given = (String, Zeroizing<Vec<u8>>);

/// What a file holds, or standard input for `-`.
pub(super) fn given(workspace: &Workspace, file: &Path) -> Result<Given, Box<dyn Fault>> {
    if file.as_os_str() != OsStr::new("-") {
        let (bytes, _) = file::read(&workspace.cwd().join(file), LIMIT)?;
        return Ok((format!("`{}`", shown_path(file)), Zeroizing::new(bytes)));
    }
    let what = "what standard input gave".to_owned();
    // sized once: what grows leaves its old bytes behind
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(LIMIT).unwrap_or(0) + 32));
    io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes).map_err(AskError::Terminal)?;
    if bytes.len() as u64 > LIMIT { Err(Box::new(KeyError::TooLarge(what))) } else { Ok((what, bytes)) }
}

/// Takes an identity over: as the one there is, or in the place of the one there was.
pub(super) fn run(workspace: &Workspace, file: &Path) -> Done {
    require_no_agent(workspace)?;
    let (what, text) = given(workspace, file)?;
    let mut person = Person::at_controlling_terminal(workspace).ok();
    let read = read_identity(&text, &mut |again| asked(&mut person, &what, again));
    let (new, passphrase) = read.map_err(|why| KeyError::NoKey { what: what.clone(), why })?;
    let own = workspace.own_identity();
    let lock = own.lock()?;
    if matches!(own.protection(), Err(StoreError::IdentityAbsent(_))) {
        let files = workspace.files("");
        if files.needs_identity()? && !files.is_opened_by(&|sealed| new.opens(sealed))? {
            return Err(Box::new(KeyError::Foreign(what)));
        }
        let cover = match passphrase {
            Some(passphrase) => Cover::Passphrase { passphrase, factor: passphrase::FACTOR },
            None => Cover::Plain,
        };
        own.make(&lock, &new, &cover, workspace.seconds())?;
        report::note(&format!("this is your identity now: {}", new.recipient()));
        if matches!(cover, Cover::Plain) {
            report::note("it is a plain file; protect it with `mcpenv key passphrase` or `mcpenv key move keychain`");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let (old, cover) = opened(workspace)?;
    if old.recipient() == new.recipient() {
        report::note("that is your identity already; nothing was changed");
        return Ok(ExitCode::SUCCESS);
    }
    let mut person = Person::at_controlling_terminal(workspace)?;
    person.tell(&format!("Your identity now:   {}", old.recipient()))?;
    person.tell(&format!("The one you bring:   {}", new.recipient()))?;
    person.tell("Everything here will be sealed for the one you bring, and the one of now goes.")?;
    if !person.agrees("Change them?", false)? {
        return Err(Box::new(AskError::Interrupted));
    }
    Ok(new::tell(&identity::renew(workspace, &lock, (&old, new), &cover)?))
}
