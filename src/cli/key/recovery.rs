//! `key recovery …`: the way back when the identity is lost. The secret key is shown once, at the terminal, and kept nowhere here.

use std::process::ExitCode;

use serde_json::json;

use super::guide::{Way, ask_way};
use super::open::require_no_agent;
use super::show;
use crate::cli::args::RecoverySet;
use crate::cli::ask::{AskError, Person};
use crate::cli::report::{self, Done};
use crate::escape::shown;
use crate::fault::{Exit, Fault};
use crate::ops::Workspace;
use crate::ops::identity::{Applied, apply};
use crate::store::{NoRecipient, Recipient, Recovery, RecoveryKey};

/// A text that is no public key.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoKey(NoRecipient);

impl Fault for NoKey {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        match self.0 {
            NoRecipient::Secret => Some("give its public key; the secret one stays where it is, and nowhere else".to_owned()),
            _ => Some("give `age1…`, `ssh-ed25519 …` or `ssh-rsa …` in one pair of quotes".to_owned()),
        }
    }
}

/// Sets it, for every profile that is here and every one that will be.
pub(super) fn set(workspace: &Workspace, args: &RecoverySet) -> Done {
    require_no_agent(workspace)?;
    let recovery = match &args.key {
        Some(text) => {
            let recipient = Recipient::parse(text).map_err(NoKey)?;
            let label = args.label.clone().unwrap_or_default();
            Recovery::Key(RecoveryKey { key: recipient.as_str().to_owned(), label })
        }
        None => match ask_way(&mut Person::at_terminal(workspace)?)? {
            Way::Key(mut key) => {
                if let Some(label) = &args.label {
                    key.label.clone_from(label);
                }
                Recovery::Key(key)
            }
            Way::None => return remove_for(workspace, &Recovery::Declined),
            Way::Unproven => return Err(Box::new(AskError::Interrupted)),
        },
    };
    recovery.write(&workspace.paths.recovery())?;
    let applied = apply(workspace, &recovery)?;
    report::note(&format!("recovery key: {}", show::recovery(&recovery)));
    Ok(tell(&applied, "opens with it too"))
}

/// Shows the public one, and which profiles have it.
pub(super) fn show(workspace: &Workspace, as_json: bool) -> Done {
    let recovery = Recovery::read(&workspace.paths.recovery())?;
    if as_json {
        let key = match &recovery {
            Recovery::Key(key) => json!({ "key": key.key, "label": key.label }),
            Recovery::Unsaid | Recovery::Declined => serde_json::Value::Null,
        };
        return Ok(report::json(&json!({ "recovery": key, "declined": recovery == Recovery::Declined })));
    }
    report::line(&show::recovery(&recovery));
    Ok(ExitCode::SUCCESS)
}

/// Takes it away, from every profile too.
pub(super) fn remove(workspace: &Workspace) -> Done {
    require_no_agent(workspace)?;
    let mut person = Person::at_terminal(workspace)?;
    person.tell("Without a recovery key, your values are lost with your identity.")?;
    if !person.agrees("Take it out of every profile?", false)? {
        return Err(Box::new(AskError::Interrupted));
    }
    remove_for(workspace, &Recovery::Declined)
}

fn remove_for(workspace: &Workspace, recovery: &Recovery) -> Done {
    recovery.write(&workspace.paths.recovery())?;
    let applied = apply(workspace, recovery)?;
    let code = tell(&applied, "does not open with it any more");
    if !applied.changed.is_empty() {
        report::note("earlier versions, backups and copies made so far still open with it: rotate what it must not have seen");
    }
    Ok(code)
}

fn tell(applied: &Applied, what: &str) -> ExitCode {
    report::warnings(&applied.warnings);
    for name in &applied.changed {
        report::note(&format!("profile `{name}` {what}"));
    }
    for (name, why) in &applied.left {
        report::warning(&format!("profile `{name}` was left as it was: {}", shown(why)));
    }
    if !applied.left.is_empty() {
        report::note("run the command again once that is mended");
        return report::code(Exit::Failed);
    }
    ExitCode::SUCCESS
}
