//! `profile …`: profiles listed, renamed, copied, deleted, exchanged, and taken back. Shows names and dates, never a value.

use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use serde_json::{Value, json};

use super::ask::{AskError, Person};
use super::foreign;
use super::merge;
use super::noting;
use super::options::{Act, Pair, Profile, ProfileDelete, ProfileRestore, ProfileUse, ProfileVersions};
use super::report;
use super::report::Done;
use crate::audit::Action;
use crate::escape::shown_path;
use crate::ops::profiles::{self, Before, Bound, Difference, Row, Word};
use crate::ops::{Workspace, values};
use crate::profile::ProfileName;
use crate::project::FILE;
use crate::var::VarName;

/// Runs one of them.
pub(super) fn run(workspace: &Workspace, args: &Profile) -> Done {
    let after = |words: &[&str], ended: Done| noting::after(workspace, Action::Profile, words, ended);
    match &args.act {
        Act::List(list) => self::list(workspace, list.json),
        Act::Rename(pair) => after(&["rename", &pair.from, &pair.to], rename(workspace, pair)),
        Act::Copy(pair) => after(&["copy", &pair.from, &pair.to], copy(workspace, pair)),
        Act::Delete(args) => after(&["delete", &args.name], delete(workspace, args)),
        Act::Use(args) => after(&["use", &args.name], exchange(workspace, args)),
        Act::Versions(args) => versions(workspace, args),
        Act::Restore(args) => after(&["restore", &args.name, &args.version], restore(workspace, args)),
        Act::Merge(args) => merge::run(workspace, args),
    }
}

fn list(workspace: &Workspace, is_json: bool) -> Done {
    let (rows, notes) = profiles::list(workspace)?;
    if is_json {
        let rows: Vec<Value> = rows.iter().map(|row| document(workspace, row)).collect();
        return Ok(report::json(&json!({ "profiles": rows, "notes": notes })));
    }
    report::warnings(&notes);
    if rows.is_empty() {
        report::note("there is no profile yet; `mcpenv init` in a project makes one");
        return Ok(ExitCode::SUCCESS);
    }
    let cells: Vec<Vec<String>> = rows.iter().map(|row| cells(workspace, row)).collect();
    report::table(&["PROFILE", "STORE", "VARIABLES", "CHANGED", "EARLIER", "PROJECTS"], &cells);
    for row in rows.iter().filter(|row| row.store.is_none()) {
        report::note(&absent(row));
    }
    Ok(ExitCode::SUCCESS)
}

fn cells(workspace: &Workspace, row: &Row) -> Vec<String> {
    let known = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let is_there = row.store.is_some();
    let variables = row.variables.map(|n| n.to_string()).or_else(|| is_there.then(|| "?".to_owned()));
    let aside = if row.aside > 0 { format!(" + {} damaged", row.aside) } else { String::new() };
    let projects: Vec<String> = row.projects.iter().map(|bound| project(workspace, bound)).collect();
    vec![
        row.name.to_string(),
        row.store.clone().unwrap_or_else(|| "absent".to_owned()),
        known(variables),
        known(row.changed.map(values::date)),
        format!("{}{aside}", row.versions),
        if projects.is_empty() { "-".to_owned() } else { projects.join(", ") },
    ]
}

fn project(workspace: &Workspace, bound: &Bound) -> String {
    let path = workspace.from_home(&bound.root);
    match (bound.is_here(), bound.word()) {
        (true, Word::Allowed) => path,
        (true, word) => format!("{path} ({})", word.text()),
        (false, _) => format!("{path} (not there)"),
    }
}

fn absent(row: &Row) -> String {
    let name = &row.name;
    let what = match row.projects.len() {
        0 => format!("there is no profile `{name}` any more"),
        1 => format!("there is no profile `{name}`, and a project is bound to it: it gets nothing"),
        n => format!("there is no profile `{name}`, and {n} projects are bound to it: they get nothing"),
    };
    if row.versions > 0 {
        format!("! {what}; `mcpenv profile versions {name}` shows what can be taken back")
    } else {
        format!("! {what}; bind another there with `mcpenv profile use NAME`")
    }
}

fn document(workspace: &Workspace, row: &Row) -> Value {
    let projects = row.projects.iter().map(|bound| {
        let path = bound.root.to_str().map_or_else(|| shown_path(&bound.root), str::to_owned);
        json!({ "path": path, "shown": workspace.from_home(&bound.root), "word": word(bound.word()), "there": bound.is_here() })
    });
    json!({
        "name": row.name.as_str(), "store": row.store, "variables": row.variables, "changed": row.changed,
        "versions": row.versions, "aside": row.aside, "projects": projects.collect::<Vec<_>>(),
    })
}

fn word(word: Word) -> &'static str {
    match word {
        Word::Allowed => "allowed",
        Word::Bound => "bound",
        Word::Denied => "denied",
    }
}

fn rename(workspace: &Workspace, pair: &Pair) -> Done {
    let (from, to) = (ProfileName::parse(&pair.from)?, ProfileName::parse(&pair.to)?);
    let done = profiles::rename(workspace, &from, &to)?;
    report::warnings(&done.warnings);
    let begun = if done.was_begun { ", which an earlier run had begun" } else { "" };
    report::note(&format!("profile `{from}` is `{to}` now{begun}"));
    for root in &done.projects {
        report::note(&format!("  bound to it: {}", workspace.from_home(root)));
    }
    for root in &done.wishing {
        report::note(&format!(
            "! `{}` still asks for `{from}`: write `profile = \"{to}\"` there",
            workspace.from_home(&root.join(FILE))
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn copy(workspace: &Workspace, pair: &Pair) -> Done {
    let (from, to) = (ProfileName::parse(&pair.from)?, ProfileName::parse(&pair.to)?);
    let (variables, warnings) = profiles::copy(workspace, &from, &to)?;
    report::warnings(&warnings);
    report::note(&format!("profile `{to}` has the {} of `{from}`, and fingerprints of its own", counted(variables, "variable")));
    report::note(&format!("no project is bound to it; in one, `mcpenv profile use {to}` does that"));
    Ok(ExitCode::SUCCESS)
}

fn delete(workspace: &Workspace, args: &ProfileDelete) -> Done {
    let name = ProfileName::parse(&args.name)?;
    let mut person = Person::at_terminal(workspace)?;
    let found = profiles::look_before_deletion(workspace, &name)?;
    if !found.is_there && !args.forget {
        report::note(&format!("profile `{name}` is deleted already; {}", way_back(&name)));
        return Ok(ExitCode::SUCCESS);
    }
    let variables = found.variables.map_or_else(|| "its variables".to_owned(), |n| counted(n, "variable"));
    match (found.is_there, args.forget) {
        (true, false) => {
            person.tell(&format!(
                "Profile `{name}` with {variables} goes. It is kept as an earlier version, encrypted as it is."
            ))?;
        }
        (true, true) => person.tell(&format!(
            "Profile `{name}` with {variables} goes, and {} with it. Nothing here brings it back.",
            counted(found.versions, "earlier version")
        ))?,
        (false, _) => person.tell(&format!(
            "What is kept of the deleted profile `{name}` goes: {}. Nothing here brings it back.",
            counted(found.versions, "earlier version")
        ))?,
    }
    for (path, word) in &found.projects {
        person.tell(&format!("  bound to it: {path} ({})", word.text()))?;
    }
    if !found.projects.is_empty() && found.is_there {
        person.tell("These projects get nothing from then on.")?;
    }
    if person.line("Type the name of the profile to delete it: ")? != name.as_str() {
        person.tell("That is another name; nothing was changed.")?;
        return Err(Box::new(AskError::Interrupted));
    }
    let gone = profiles::delete(workspace, &name, args.forget)?;
    report::warnings(&gone.warnings);
    match gone.kept {
        Some(id) => {
            person.tell(&format!("Deleted. `mcpenv profile restore {name} {id}` takes it back."))?;
            person.tell(&format!("`mcpenv profile delete {name} --forget` takes away what is kept of it."))?;
        }
        None => person.tell("Deleted, with everything that was kept of it.")?,
    }
    Ok(ExitCode::SUCCESS)
}

fn way_back(name: &ProfileName) -> String {
    format!(
        "`mcpenv profile versions {name}` shows what is kept of it, `mcpenv profile delete {name} --forget` takes that away too"
    )
}

fn exchange(workspace: &Workspace, args: &ProfileUse) -> Done {
    let name = ProfileName::parse(&args.name)?;
    let mut person = Person::at_terminal(workspace)?;
    let found = profiles::propose(workspace, args.project.as_deref(), &name)?;
    let here = workspace.from_home(&found.project.root);
    if found.is_settled() {
        person.tell(&format!("{here} is bound to profile `{name}` already."))?;
        return Ok(ExitCode::SUCCESS);
    }
    person.tell(&format!("{here}\n"))?;
    match &found.record.profile {
        Some(now) => person.tell(&format!("Profile  {now} → {name}"))?,
        None => person.tell(&format!("Profile  {name} (none is bound yet)"))?,
    }
    if found.servers.is_empty() {
        person.tell("No server is allowed here yet, so nothing is loaded.")?;
    } else {
        let servers: Vec<String> = found.servers.iter().map(|server| foreign::word(server)).collect();
        person.tell(&format!("Servers  {} (as they were allowed)", servers.join(", ")))?;
        person.tell(&format!("Gets     {}", names(&found.gets)))?;
        if !found.lacks.is_empty() {
            person.tell(&format!("Lacks    {}", names(&found.lacks)))?;
        }
    }
    for (caution, why) in found.cautions() {
        person.tell(&format!("`{caution}` is unusual for a secret: {why}."))?;
        if person.line("Type the name once more to allow it: ")? != caution.as_str() {
            person.tell("Not bound; nothing was changed.")?;
            return Err(Box::new(AskError::Interrupted));
        }
    }
    if !person.agrees(&format!("Give this project its values from profile `{name}` from now on?"), false)? {
        person.tell("Left as it is; nothing was changed.")?;
        return Ok(ExitCode::SUCCESS);
    }
    profiles::exchange(workspace, &found)?;
    if found.servers.is_empty() {
        person.tell(&format!("Bound to profile `{name}`. Allow the servers here with `mcpenv allow`."))?;
    } else {
        person.tell(&format!("Bound to profile `{name}`. The hook loads it at the next prompt."))?;
    }
    if let Some(wish) = found.differs_from_wish() {
        let file = workspace.from_home(&found.project.root.join(FILE));
        person.tell(&format!("! `{file}` still asks for `{wish}`: write `profile = \"{name}\"` there"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn versions(workspace: &Workspace, args: &ProfileVersions) -> Done {
    let name = ProfileName::parse(&args.name)?;
    let past = profiles::versions(workspace, &name)?;
    let seconds = |at: std::time::SystemTime| {
        at.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
    };
    if args.json {
        let rows = past.versions.iter().map(|(version, told)| {
            let difference = told.as_ref().ok().map(|d| {
                json!({ "gained": texts(&d.gained), "lost": texts(&d.lost), "newer": texts(&d.newer), "older": texts(&d.older) })
            });
            json!({
                "version": version.id, "generation": version.generation, "saved": seconds(version.at), "size": version.size,
                "opens": told.is_ok(), "why": told.as_ref().err(), "difference": difference,
            })
        });
        let rows: Vec<Value> = rows.collect();
        return Ok(report::json(&json!({
            "profile": name.as_str(), "generation": past.now, "trouble": past.trouble, "versions": rows,
        })));
    }
    match (past.now, &past.trouble) {
        (Some(now), _) => report::note(&format!("profile `{name}` is at generation {now}")),
        (None, Some(why)) => report::note(&format!("! profile `{name}` does not open: {why}")),
        (None, None) => report::note(&format!("! there is no profile `{name}` any more")),
    }
    if past.versions.is_empty() {
        report::note("no earlier version is kept yet; each save keeps the one before");
        return Ok(ExitCode::SUCCESS);
    }
    let cells: Vec<Vec<String>> = past
        .versions
        .iter()
        .map(|(version, told)| {
            let told = match told {
                Ok(difference) if past.now.is_some() => shown(difference),
                Ok(difference) => format!("brings {}", names(&difference.gained)),
                Err(why) => format!("does not open: {why}"),
            };
            vec![version.id.clone(), values::moment(seconds(version.at)), format!("{} bytes", version.size), told]
        })
        .collect();
    report::table(&["GENERATION", "SAVED", "SIZE", "TAKING IT BACK"], &cells);
    report::note(&format!("`mcpenv profile restore {name} GENERATION` takes one back"));
    Ok(ExitCode::SUCCESS)
}

fn restore(workspace: &Workspace, args: &ProfileRestore) -> Done {
    let name = ProfileName::parse(&args.name)?;
    let done = profiles::restore(workspace, &name, &args.version)?;
    report::warnings(&done.warnings);
    report::note(&format!(
        "profile `{name}` is what it was at generation {}, as generation {}: {}",
        args.version,
        done.generation,
        counted(done.variables, "variable")
    ));
    match &done.before {
        Before::Nothing => {}
        Before::Kept => {
            report::note(&format!("what was there before is an earlier version now: `mcpenv profile versions {name}`"));
        }
        Before::Aside(path) => report::note(&format!("what did not open lies in `{}`", workspace.from_home(path))),
    }
    Ok(ExitCode::SUCCESS)
}

/// A difference as a person reads it.
pub(super) fn shown(difference: &Difference) -> String {
    if difference.is_none() {
        return "changes no value".to_owned();
    }
    let told = |what: &str, names: &[VarName]| (!names.is_empty()).then(|| format!("{what} {}", self::names(names)));
    let changes: Vec<VarName> = difference.newer.iter().chain(&difference.older).cloned().collect();
    let parts = [told("adds", &difference.gained), told("removes", &difference.lost), told("changes", &changes)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Names for a sentence; none is a word too.
pub(super) fn names(names: &[VarName]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { texts(names).join(", ") }
}

pub(super) fn texts(names: &[VarName]) -> Vec<&str> {
    names.iter().map(VarName::as_str).collect()
}

pub(super) fn counted(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}
