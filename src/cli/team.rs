//! A team file as `allow` and `init` show it: who reads it and what is in it, held against what was confirmed. Never a value.

use super::ask::{AskError, Person};
use crate::escape::shown;
use crate::ops::team::TeamAsk;
use crate::profile::{ProfileName, Reader};

/// Shows it.
pub(super) fn show(team: &TeamAsk, person: &mut Person) -> Result<(), AskError> {
    let path = shown(team.now.path.as_str());
    person.tell(&format!("File     {path}{}", standing(team)))?;
    if let Some(was) = team.was.as_ref().filter(|was| was.path != team.now.path) {
        person.tell(&format!("  ! you confirmed `{}`, which is not there any more", shown(was.path.as_str())))?;
    }
    if team.is_another() {
        person.tell("  ! another profile lies there than the one you confirmed: it was made anew, or somebody replaced it")?;
    }
    person.tell("  Who can open it:")?;
    for reader in &team.readers {
        let mark = if !team.is_unseen() && !team.is_known(&reader.key) && reader.key != team.own { "+" } else { " " };
        person.tell(&format!("  {mark} {}", line(reader, &team.own)))?;
    }
    for key in team.gone() {
        person.tell(&format!("  - {}", shown(key)))?;
    }
    if !team.readers.iter().any(|reader| reader.key == team.own) {
        person.tell("  ! you are not on its list: you can read it, and every save of yours will be refused")?;
    }
    show_names(team, person)?;
    person.tell("")
}

fn show_names(team: &TeamAsk, person: &mut Person) -> Result<(), AskError> {
    if team.names.is_empty() {
        person.tell("  It holds no variable yet.")?;
    } else {
        person.tell("  What is in it:")?;
    }
    // what changes day by day among those who were confirmed is nobody's question
    let known = team.known.as_ref().filter(|_| team.is_another());
    for name in &team.names {
        let mark = if known.is_some_and(|known| !known.contains(name)) { "+" } else { " " };
        person.tell(&format!("  {mark} {name}"))?;
    }
    for name in known.into_iter().flatten().filter(|name| !team.names.contains(*name)) {
        person.tell(&format!("  - {name}"))?;
    }
    Ok(())
}

fn standing(team: &TeamAsk) -> &'static str {
    match &team.was {
        None => " (asked for by the project; saying yes binds it)",
        Some(_) if team.is_settled() => "",
        Some(_) if team.is_another() => " (NOT WHAT YOU CONFIRMED)",
        Some(_) if team.is_unseen() => " (not confirmed yet)",
        Some(_) => " (CHANGED since you confirmed it)",
    }
}

/// Asks whether it is the one that the user means.
pub(super) fn confirm(team: &TeamAsk, profile: &ProfileName, person: &mut Person) -> Result<bool, AskError> {
    let question = match &team.was {
        Some(_) if team.is_another() => "Use what lies there now instead?".to_owned(),
        _ if team.is_unseen() => format!("Use this file, as profile `{profile}`? What you store goes to all who can open it."),
        _ => "Confirm it as it is now? What you store goes to all who can open it.".to_owned(),
    };
    let agrees = person.agrees(&question, false)?;
    let new: Vec<&Reader> = team.readers.iter().filter(|r| !team.is_known(&r.key) && r.key != team.own).collect();
    if !agrees && team.was.is_some() && !team.is_another() && !new.is_empty() {
        person.tell("Whoever should not be there goes with:")?;
        for reader in new {
            person.tell(&format!("  mcpenv key recipients remove '{}'", shown(&reader.key)))?;
        }
    }
    Ok(agrees)
}

fn line(reader: &Reader, own: &str) -> String {
    let own = if reader.key == own { "you" } else { "" };
    let recovery = if reader.is_recovery { "recovery key" } else { "" };
    let label = shown(&reader.label);
    let words: Vec<&str> = [label.as_ref(), recovery, own].into_iter().filter(|word| !word.is_empty()).collect();
    format!("{}  {}", shown(&reader.key), words.join(", ")).trim_end().to_owned()
}
