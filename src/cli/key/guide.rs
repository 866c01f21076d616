//! What `init` asks of somebody who has no identity or no way back yet. Enter alone is always an answer that harms nothing.

use std::time::Duration;

use zeroize::Zeroizing;

use super::choose::{Enter, new_passphrase};
use crate::cli::ask::{AskError, Person};
use crate::fault::Fault;
use crate::keychain::{Keychain, PLACE, Slot};
use crate::ops::Workspace;
use crate::store::{Cover, Identity, NoRecipient, Recipient, Recovery, RecoveryKey, passphrase};

/// How long a keychain may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many letters of a key stand together.
const GROUP: usize = 6;
/// How many groups stand in a line.
const GROUPS: usize = 5;

/// What protects the identity that is about to be made.
pub(in crate::cli) fn ask_protection(person: &mut Person) -> Result<Cover, Box<dyn Fault>> {
    person.tell("Your identity, the one key to all your profiles, is made now.")?;
    if keychain_answers() && person.agrees(&format!("Keep it in the keychain of this system ({PLACE})?"), true)? {
        return Ok(Cover::Keychain);
    }
    protection_without_keychain(person)
}

/// The same where no keychain takes it.
pub(in crate::cli) fn protection_without_keychain(person: &mut Person) -> Result<Cover, Box<dyn Fault>> {
    match new_passphrase(person, "your identity", Enter::MeansNone)? {
        Some(passphrase) => Ok(Cover::Passphrase { passphrase, factor: passphrase::FACTOR }),
        None => {
            person.tell("Then it is a plain file: whoever copies your home directory can open your profiles.")?;
            person.tell("`mcpenv key passphrase` protects it later.")?;
            Ok(Cover::Plain)
        }
    }
}

/// Whether a keychain is there that looks a name up.
fn keychain_answers() -> bool {
    let probe = Slot { service: "mcpenv".to_owned(), account: "probe".to_owned() };
    Keychain::open(PATIENCE, false).is_ok_and(|keychain| keychain.find(&probe).is_ok())
}

/// The way back, where nobody was asked yet.
pub(in crate::cli) fn offer_recovery(workspace: &Workspace, person: &mut Person) -> Result<(), Box<dyn Fault>> {
    let path = workspace.paths.recovery();
    if Recovery::read(&path)? != Recovery::Unsaid {
        return Ok(());
    }
    match ask_way(person)? {
        Way::Key(key) => Recovery::Key(key).write(&path)?,
        Way::None => Recovery::Declined.write(&path)?,
        Way::Unproven => person.tell("Then there is none for now; `mcpenv key recovery set` makes one later.")?,
    }
    Ok(())
}

/// What somebody said about the way back.
pub(super) enum Way {
    Key(RecoveryKey),
    /// Wants none, and said so.
    None,
    /// A key was shown, and nobody showed that they have it.
    Unproven,
}

/// Asks for the way back: a key that is made now, or one that is there already.
pub(super) fn ask_way(person: &mut Person) -> Result<Way, Box<dyn Fault>> {
    person.tell("\nIf your identity is ever lost, a recovery key opens your profiles. Enter makes one for you to write down;")?;
    person.tell("or give a public key that you have (age1…, ssh-ed25519 …), or say `none`.")?;
    loop {
        let typed = person.line("Recovery key [make one]: ")?;
        match typed.as_str() {
            "" => return make(person),
            "none" | "no" | "n" => return Ok(Way::None),
            text => match Recipient::parse(text) {
                Ok(recipient) => {
                    let label = if recipient.as_str().starts_with("ssh-") { "SSH key" } else { "age key" };
                    return Ok(Way::Key(RecoveryKey { key: recipient.as_str().to_owned(), label: label.to_owned() }));
                }
                Err(NoRecipient::Secret) => {
                    person.tell("That is a secret key, and this terminal has shown it. Give its public one.")?;
                }
                Err(why) => person.tell(&format!("{why}."))?,
            },
        }
    }
}

fn make(person: &mut Person) -> Result<Way, Box<dyn Fault>> {
    let identity = Identity::generate();
    let line = identity.line();
    let line = std::str::from_utf8(&line).unwrap_or_default();
    let (head, letters) = line.split_at(line.rfind('1').map_or(0, |at| at + 1).min(line.len()));
    let groups: Vec<&str> = (0..letters.len()).step_by(GROUP).map(|at| &letters[at..letters.len().min(at + GROUP)]).collect();
    let mut text = Zeroizing::new(String::with_capacity(512));
    text.push_str("\n    ");
    text.push_str(head);
    for row in groups.chunks(GROUPS) {
        text.push_str("\n    ");
        for group in row {
            text.push_str(group);
            text.push(' ');
        }
    }
    text.push('\n');
    person.tell(&text)?;
    person
        .tell("Write it down and keep it away from this machine. It is shown this once, and stays in this terminal's memory")?;
    person.tell("until you clear it. Whoever has it can open your profiles.")?;
    let last = groups.last().copied().unwrap_or_default();
    for _ in 0..3 {
        let typed = person.line("Its last group, to show that you have it (Enter alone: no key after all): ")?;
        if typed.is_empty() {
            return Ok(Way::Unproven);
        }
        if !last.is_empty() && typed.eq_ignore_ascii_case(last) {
            return Ok(Way::Key(RecoveryKey { key: identity.recipient(), label: "written down".to_owned() }));
        }
        person.tell("That is not it.")?;
    }
    Err(Box::new(AskError::Interrupted))
}
