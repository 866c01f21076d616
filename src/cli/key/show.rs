//! `key show`: the user's identity, what protects it, the way back, and where profiles rest. Opens nothing.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::report::{self, Done};
use crate::escape::{shown, shown_path};
use crate::held::State;
use crate::ops::identity::{self, View};
use crate::ops::{Workspace, values};
use crate::store::{Protection, Recovery};

/// Shows it.
pub(super) fn run(workspace: &Workspace, as_json: bool) -> Done {
    let view = identity::view(workspace)?;
    if as_json {
        return Ok(report::json(&as_document(workspace, &view)));
    }
    let unknown = if view.protection.is_none() { "none" } else { "not known while it is closed" };
    report::line(&format!("Public key  {}", view.public.as_deref().unwrap_or(unknown)));
    report::line(&format!("File        {}", workspace.from_home(&view.file)));
    report::line(&format!("Protected   {}", view.words));
    if !matches!(view.protection, None | Some(Protection::Plain)) || view.profiles.iter().any(|(_, word)| word == "keychain") {
        report::line(&format!("Unlocked    {}", unlocked(workspace, &view)));
    }
    report::line(&format!("Recovery    {}", recovery(&view.recovery)));
    for (at, (name, word)) in view.profiles.iter().enumerate() {
        let head = if at == 0 { "Profiles" } else { "" };
        report::line(&format!("{head:<11} {name}  ({} store)", shown(word)));
    }
    view.notes.iter().for_each(|note| report::line(&format!("! {note}")));
    Ok(ExitCode::SUCCESS)
}

fn unlocked(workspace: &Workspace, view: &View) -> String {
    match view.state {
        State::Unsaid if !matches!(view.protection, Some(Protection::Passphrase | Protection::Ssh { .. })) => {
            "as long as the keychain is; `mcpenv lock` closes it to the shells".to_owned()
        }
        State::Until(end) if end > workspace.seconds() => format!("until {}", values::moment(end)),
        State::Until(_) => "no more: its time is over".to_owned(),
        State::Locked => "no: `mcpenv lock` was run".to_owned(),
        State::Unsaid => "not in this login; `mcpenv unlock` does it".to_owned(),
    }
}

/// The way back in words.
pub(super) fn recovery(recovery: &Recovery) -> String {
    match recovery {
        Recovery::Key(key) if key.label.is_empty() => key.key.clone(),
        Recovery::Key(key) => format!("{} ({})", key.key, shown(&key.label)),
        Recovery::Declined => "none, as you said; `mcpenv key recovery set` makes one".to_owned(),
        Recovery::Unsaid => "none; `mcpenv key recovery set` makes one".to_owned(),
    }
}

fn as_document(workspace: &Workspace, view: &View) -> serde_json::Value {
    let protection = match &view.protection {
        None => "none",
        Some(Protection::Plain) => "plain",
        Some(Protection::Passphrase) => "passphrase",
        Some(Protection::Keychain { .. }) => "keychain",
        Some(Protection::Ssh { .. }) => "ssh",
    };
    let until = match view.state {
        State::Until(end) if end > workspace.seconds() => Some(end),
        _ => None,
    };
    let recovery = match &view.recovery {
        Recovery::Key(key) => json!({ "key": key.key, "label": key.label }),
        Recovery::Declined | Recovery::Unsaid => serde_json::Value::Null,
    };
    let profiles: Vec<_> = view.profiles.iter().map(|(name, word)| json!({ "name": name.as_str(), "store": word })).collect();
    json!({
        "public_key": view.public,
        "file": shown_path(&view.file),
        "protection": protection,
        "unlocked_until": until,
        "recovery": recovery,
        "profiles": profiles,
        "notes": view.notes,
    })
}
