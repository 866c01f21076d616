//! `rotate`, `rollback`, `history`, `forget`: the life of a value after it was first stored.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use super::args::{Forget, History, Rollback, Rotate};
use super::ask::{AskError, Person};
use super::noting;
use super::report;
use super::report::Done;
use super::values::{ask_value, from_stdin, profile, said};
use crate::audit::Action;
use crate::escape::shown;
use crate::fault::Fault;
use crate::life::End;
use crate::ops::generate::{Alphabet, generate};
use crate::ops::rotate::{self, Rotated, users};
use crate::ops::{Workspace, issuer, known, target, values};
use crate::profile::ProfileName;
use crate::secret::Secret;
use crate::var::VarName;

/// The most programs that are named.
const NAMED: usize = 20;

/// Puts a new value in the place of an old one.
pub(super) fn rotate(workspace: &Workspace, args: &Rotate) -> Done {
    let name = VarName::parse(&args.name)?;
    let profile = profile(workspace, &args.target)?;
    let said = match said(workspace, &args.dates, &args.target, &name) {
        Ok(said) => said,
        Err((fact, hint)) => return Ok(report::wrong(&fact, hint)),
    };
    // nothing is typed or issued that could not be saved
    workspace.files("").load_to_change(&profile)?;
    let old = rotate::stored(workspace, &profile, &name)?;
    let new = new_value(workspace, args, &name, &old.value)?;
    let done = rotate::rotate(workspace, &profile, &name, new, &said)?;
    let root = noting::project(workspace, args.target.project.as_deref());
    noting::done(workspace, Action::Rotate, root.as_deref(), Some(&profile), &[name.as_str()]);
    let until = match done.changed.end {
        End::Never => String::new(),
        end => format!(", good until {end}"),
    };
    report::note(&format!("rotated `{name}` in profile `{profile}` (fingerprint {}){until}", done.changed.fingerprint));
    tell_what_follows(workspace, args.target.project.as_deref(), &name, &done);
    let page = target::project(workspace, args.target.project.as_deref()).ok();
    if let Some(docs) = known::variable(&name, page.as_ref(), []).docs {
        report::note(&format!("revoke the old one where it was issued: {}", shown(&docs)));
    }
    report::note(&format!(
        "the old value is kept, encrypted: `mcpenv rollback {name}` takes it back, `mcpenv history {name}` lists them"
    ));
    Ok(ExitCode::SUCCESS)
}

fn new_value(workspace: &Workspace, args: &Rotate, name: &VarName, old: &Secret) -> Result<Secret, Box<dyn Fault>> {
    if args.stdin {
        return from_stdin(name);
    }
    if args.generate {
        let alphabet = Alphabet::parse(&args.alphabet).unwrap_or(Alphabet::Alphanumeric);
        return Ok(generate(args.length, alphabet).map_err(AskError::Terminal)?);
    }
    if let Some(program) = &args.with {
        return Ok(issuer::ask(workspace, program, name, old, Duration::from_secs(args.wait))?);
    }
    ask_value(&mut Person::at_terminal(workspace)?, name)
}

/// Who uses the variable, and what still runs with the old value.
fn tell_what_follows(workspace: &Workspace, directory: Option<&Path>, name: &VarName, done: &Rotated) {
    report::warnings(&done.changed.warnings);
    for user in users(workspace, directory, name) {
        report::note(&format!("  used by `{}` of {} (`{}`)", shown(&user.server), user.client, user.file));
    }
    match &done.stale {
        None => {
            report::note("  programs that run keep the old value until they are started again; this system does not say which")
        }
        Some(stale) if stale.is_empty() => {}
        Some(stale) => {
            report::note("these run with the old value until they are started again:");
            for running in stale.iter().take(NAMED) {
                report::note(&format!("  {} ({})", shown(&running.name), running.pid));
            }
            if stale.len() > NAMED {
                report::note(&format!("  and {} more", stale.len() - NAMED));
            }
        }
    }
}

/// Takes the value before this one back.
pub(super) fn rollback(workspace: &Workspace, args: &Rollback) -> Done {
    let name = VarName::stored(&args.name)?;
    let profile = profile(workspace, &args.target)?;
    let done = rotate::rollback(workspace, &profile, &name, args.revoked)?;
    let root = noting::project(workspace, args.target.project.as_deref());
    noting::done(workspace, Action::Rollback, root.as_deref(), Some(&profile), &[name.as_str()]);
    report::note(&format!(
        "`{name}` in profile `{profile}` has the value before it again (fingerprint {})",
        done.changed.fingerprint
    ));
    tell_what_follows(workspace, args.target.project.as_deref(), &name, &done);
    Ok(ExitCode::SUCCESS)
}

/// Lists the values of a variable, by dates and fingerprints.
pub(super) fn history(workspace: &Workspace, args: &History) -> Done {
    let name = VarName::stored(&args.name)?;
    let profile = profile(workspace, &args.target)?;
    let past = rotate::history(workspace, &profile, &name)?;
    if args.json {
        let rows: Vec<_> = past
            .iter()
            .map(|one| serde_json::json!({ "fingerprint": one.fingerprint, "from": one.from, "until": one.until, "revoked": one.is_revoked }))
            .collect();
        return Ok(report::json(&serde_json::json!({ "variable": name.as_str(), "profile": profile.as_str(), "values": rows })));
    }
    let rows: Vec<_> = past
        .iter()
        .map(|one| {
            let state = match (one.until, one.is_revoked) {
                (_, true) => "revoked",
                (None, false) => "in force",
                (Some(_), false) => "kept",
            };
            let until = one.until.map_or_else(|| "-".to_owned(), values::date);
            vec![one.fingerprint.clone(), values::date(one.from), until, state.to_owned()]
        })
        .collect();
    report::table(&["FINGERPRINT", "FROM", "UNTIL", "STATE"], &rows);
    Ok(ExitCode::SUCCESS)
}

/// Removes a variable with everything that it had before.
pub(super) fn forget(workspace: &Workspace, args: &Forget) -> Done {
    let name = VarName::stored(&args.name)?;
    let profile: ProfileName = profile(workspace, &args.target)?;
    let mut person = Person::at_terminal(workspace)?;
    person
        .tell(&format!("`{name}` goes from profile `{profile}`, with every value that it had, from the earlier versions too."))?;
    person.tell("There is no way back but a backup, and backups are beyond reach.")?;
    if person.line("Type the name once more to forget it: ")? != name.as_str() {
        return Err(Box::new(AskError::Interrupted));
    }
    let warnings = rotate::forget(workspace, &profile, &name)?;
    noting::done(workspace, Action::Forget, None, Some(&profile), &[name.as_str()]);
    report::warnings(&warnings);
    report::note(&format!("forgot `{name}`; backups and copies of the profile that others made still hold it"));
    Ok(if warnings.is_empty() { ExitCode::SUCCESS } else { report::code(crate::fault::Exit::Failed) })
}
