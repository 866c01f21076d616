//! What a protected key asks of a person: a hidden passphrase at the terminal, and time for the keychain's own question. Where
//! nobody is there, or an agent started the shell, nobody is asked.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use super::ask::Person;
use crate::ops::Workspace;
use crate::paths::Paths;
use crate::settings::Settings;
use crate::store::{Gate, Patience};
use crate::sys;

/// How long a person may take to answer a keychain's question.
const PATIENT: Duration = Duration::from_secs(120);
/// How long a keychain may take where nobody can answer it.
const ALONE: Duration = Duration::from_secs(10);

/// The gate of a command.
pub(super) struct AtTerminal {
    is_attended: bool,
}

impl AtTerminal {
    /// Looks whether a person could be asked here.
    pub(super) fn of(workspace: &Workspace) -> Self {
        Self { is_attended: workspace.agent().is_none() && sys::open_terminal().is_ok() }
    }
}

impl Gate for AtTerminal {
    fn passphrase(&self, what: &str, again: bool) -> Option<Zeroizing<String>> {
        if !self.is_attended {
            return None;
        }
        let mut person = Person::anywhere().ok()?;
        if again {
            person.tell("That passphrase does not open it.").ok()?;
        }
        let typed = person.hidden(&format!("Passphrase of {what} (hidden): ")).ok()?;
        let text = std::str::from_utf8(&typed).ok().filter(|text| !text.is_empty())?;
        Some(Zeroizing::new(text.to_owned()))
    }

    fn patience(&self) -> Patience {
        Patience { limit: if self.is_attended { PATIENT } else { ALONE }, may_ask: self.is_attended }
    }

    fn now(&self) -> i64 {
        now()
    }
}

/// The gate of the hook: nobody is asked, and a keychain that is slow ends with the prompt's patience.
pub(super) struct AtPrompt {
    pub(super) paths: Paths,
}

impl Gate for AtPrompt {
    fn passphrase(&self, _: &str, _: bool) -> Option<Zeroizing<String>> {
        None
    }

    fn patience(&self) -> Patience {
        let limit = Settings::read(&self.paths.settings()).map_or(Settings::KEYCHAIN_WAIT, |settings| settings.keychain_wait);
        // what the keychain may take, and what the hook itself takes beside it
        sys::watchdog(limit + Duration::from_millis(500));
        Patience { limit, may_ask: false }
    }

    fn now(&self) -> i64 {
        now()
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    since.and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
}
