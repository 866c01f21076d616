//! `key recipients`: who can open a profile, as a list, and as a change that a person looks at before it is made.

use std::path::Path;
use std::process::ExitCode;

use super::args::RecipientsCommand;
use super::ask::{AskError, Person};
use super::noting;
use super::report;
use super::report::Done;
use super::values;
use crate::audit::Action;
use crate::escape::{shown, shown_path};
use crate::fault::{Exit, Fault};
use crate::file::{self, FileError};
use crate::ops::Workspace;
use crate::ops::recipients::{self, Change, Listing};
use crate::ops::values::date;
use crate::profile::{ProfileName, Reader};
use crate::store::{NoRecipient, Recipient};

/// The longest label, in characters.
const LONGEST: usize = 64;

/// Why what was typed is no recipient. Never repeats it.
#[derive(Debug, thiserror::Error)]
enum Typed {
    #[error(transparent)]
    Recipient(#[from] NoRecipient),
    #[error("`{}`: {source}", shown_path(.path))]
    InFile { path: std::path::PathBuf, source: NoRecipient },
    #[error(transparent)]
    File(#[from] FileError),
    #[error("a label is one line of at most {LONGEST} characters")]
    Label,
}

impl Fault for Typed {
    fn exit(&self) -> Exit {
        match self {
            Self::Recipient(_) | Self::Label => Exit::Usage,
            Self::InFile { .. } | Self::File(_) => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        let way = || Some("give the public key, `age1…` or `ssh-ed25519 …`, or the `.pub` file that holds it".to_owned());
        match self {
            Self::Recipient(NoRecipient::Secret) | Self::InFile { source: NoRecipient::Secret, .. } => {
                Some("never hand a secret key around; give the public one".to_owned())
            }
            Self::Recipient(_) | Self::InFile { .. } => way(),
            Self::File(e) => e.hint(),
            Self::Label => None,
        }
    }
}

/// Runs one of them.
pub(super) fn run(workspace: &Workspace, command: &RecipientsCommand) -> Done {
    let profile = values::profile(workspace, command.target())?;
    match command {
        RecipientsCommand::List(args) => list(workspace, &profile, args.json),
        RecipientsCommand::Add(args) => {
            let (recipient, comment) = given(workspace, &args.recipient)?;
            let label = args.label.clone().unwrap_or(comment);
            if label.chars().count() > LONGEST || label.chars().any(char::is_control) {
                return Err(Box::new(Typed::Label));
            }
            let mut person = Person::at_terminal(workspace)?;
            let change = recipients::adding(workspace, &profile, &recipient, label.trim())?;
            show(&change, &mut person)?;
            let count = change.before.readers.len() + 1 + usize::from(!change.before.is_team);
            person.tell(&format!("\nWhoever is added can read every value of this profile. {count} keys will open it."))?;
            confirm(workspace, &change, &mut person, "Let them in?")
        }
        RecipientsCommand::Remove(args) => {
            let mut person = Person::at_terminal(workspace)?;
            let who = args.recipients.iter().map(|text| named(workspace, text)).collect::<Result<Vec<_>, _>>()?;
            let change = recipients::removing(workspace, &profile, &who)?;
            show(&change, &mut person)?;
            tell_what_stays_known(&change, &mut person)?;
            confirm(workspace, &change, &mut person, "Take them out?")
        }
    }
}

fn confirm(workspace: &Workspace, change: &Change, person: &mut Person, question: &str) -> Done {
    if !person.agrees(question, false)? {
        person.tell("Nothing was changed.")?;
        return Ok(report::code(Exit::Failed));
    }
    report::warnings(&recipients::apply(workspace, change)?);
    let added = change.added().map(|reader| format!("recipient added: {}", reader.key));
    let told: Vec<String> = added.chain(change.removed().map(|reader| format!("recipient removed: {}", reader.key))).collect();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    let root = workspace.team_file().filter(|team| team.name == change.profile).map(|team| team.root);
    noting::done(workspace, Action::Key, root.as_deref(), Some(&change.profile), &told);
    for reader in change.added() {
        person.tell(&format!("{} can open profile `{}` now.", who(reader), change.profile))?;
    }
    for reader in change.removed() {
        person.tell(&format!("{} is out: what is saved from now on does not open for them.", who(reader)))?;
    }
    if change.removed().next().is_some() && !change.held.is_empty() {
        person.tell("Make new values at their issuers, and store them:")?;
        let named = if change.before.is_team { String::new() } else { format!(" --profile {}", change.profile) };
        for (name, _) in &change.held {
            person.tell(&format!("  mcpenv set {name}{named}"))?;
        }
    }
    if change.before.is_team {
        person.tell("Commit the team file, so that it reaches the others.")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The change as a difference: what comes, what goes, what stays.
fn show(change: &Change, person: &mut Person) -> Result<(), AskError> {
    person.tell(&format!("Who can open profile `{}`:\n", change.profile))?;
    if !change.before.is_team {
        person.tell(&format!("    {}", owner(&change.before)))?;
    }
    for reader in change.staying() {
        person.tell(&format!("    {}", line(reader, &change.before)))?;
    }
    for reader in change.removed() {
        person.tell(&format!("  - {}", line(reader, &change.before)))?;
    }
    for reader in change.added() {
        person.tell(&format!("  + {}", line(reader, &change.before)))?;
    }
    Ok(())
}

fn tell_what_stays_known(change: &Change, person: &mut Person) -> Result<(), AskError> {
    if change.held.is_empty() {
        return Ok(());
    }
    person
        .tell("\nThey may have kept every value that stood in it while they could read it, and in what they copied or cloned:")?;
    for (name, changed) in &change.held {
        person.tell(&format!("  {name}  last changed {}", date(*changed)))?;
    }
    person.tell("Taking them out does not take these back; only new values do.")
}

fn list(workspace: &Workspace, profile: &ProfileName, as_json: bool) -> Done {
    let found = recipients::list(workspace, profile)?;
    if as_json {
        let readers: Vec<_> = found
            .readers
            .iter()
            .map(
                |r| serde_json::json!({ "key": r.key, "label": r.label, "recovery": r.is_recovery, "own": found.is_own(&r.key) }),
            )
            .collect();
        return Ok(report::json(&serde_json::json!({
            "profile": profile.as_str(), "team": found.is_team, "own": found.own, "recipients": readers,
        })));
    }
    if !found.is_team {
        report::line(&owner(&found));
    }
    for reader in &found.readers {
        report::line(&line(reader, &found));
    }
    Ok(ExitCode::SUCCESS)
}

/// The key that opens it without standing on its list.
fn owner(found: &Listing) -> String {
    match &found.own {
        Some(key) => format!("{key}  you"),
        None => "the profile's own key, in the keychain".to_owned(),
    }
}

fn line(reader: &Reader, found: &Listing) -> String {
    let recovery = if reader.is_recovery { "recovery key" } else { "" };
    let own = if found.is_own(&reader.key) { "you" } else { "" };
    let label = shown(&reader.label);
    let words: Vec<&str> = [label.as_ref(), recovery, own].into_iter().filter(|word| !word.is_empty()).collect();
    format!("{}  {}", shown(&reader.key), words.join(", ")).trim_end().to_owned()
}

fn who(reader: &Reader) -> String {
    if reader.label.is_empty() { shown(&reader.key).into_owned() } else { format!("`{}`", shown(&reader.label)) }
}

/// A public key that was typed, or that stands in a file; and what its comment calls it.
fn given(workspace: &Workspace, text: &str) -> Result<(Recipient, String), Typed> {
    match Recipient::parse(text) {
        Ok(recipient) => Ok((recipient, comment(text))),
        Err(NoRecipient::Malformed) if is_a_path(text) => in_file(&workspace.cwd().join(text)),
        Err(why) => Err(why.into()),
    }
}

/// The same where a label will do.
fn named(workspace: &Workspace, text: &str) -> Result<String, Typed> {
    match given(workspace, text) {
        Ok((recipient, _)) => Ok(recipient.as_str().to_owned()),
        Err(Typed::Recipient(NoRecipient::Secret)) => Err(NoRecipient::Secret.into()),
        Err(Typed::Recipient(_) | Typed::File(FileError::Absent(_))) => Ok(text.to_owned()),
        Err(other) => Err(other),
    }
}

fn is_a_path(text: &str) -> bool {
    text.contains(['/', '\\']) || Path::new(text).extension().is_some_and(|e| e == "pub")
}

fn in_file(path: &Path) -> Result<(Recipient, String), Typed> {
    let (bytes, _) = file::read(path, 64 * 1024)?;
    let wrong = |source| Typed::InFile { path: path.to_owned(), source };
    let text = std::str::from_utf8(&bytes).map_err(|_| wrong(NoRecipient::Malformed))?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(line) = lines.next() else { return Err(wrong(NoRecipient::Malformed)) };
    let recipient = Recipient::parse(line).map_err(wrong)?;
    if lines.next().is_some() {
        // two keys are two people, and each is looked at
        return Err(wrong(NoRecipient::Malformed));
    }
    Ok((recipient, comment(line)))
}

/// What stands behind an SSH key: `ann@laptop`.
fn comment(line: &str) -> String {
    let words: Vec<&str> = line.split_ascii_whitespace().skip(2).collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}
