//! `set`, `get`, `unset`, `list`. A value comes from a hidden prompt or from standard input, and goes out only by `get --reveal`.

use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use zeroize::Zeroizing;

use super::args::{Dates, Get, List, Set, Target, Unset};
use super::ask::{AskError, Person};
use super::noting;
use super::report;
use super::report::Done;
use crate::audit::Action;
use crate::fault::Fault;
use crate::life::{End, Period};
use crate::mask::is_token;
use crate::ops::values::{self, Said, ValueError};
use crate::ops::{Workspace, known, target, why};
use crate::profile::{ProfileName, Rotation};
use crate::secret::Secret;
use crate::var::{NameError, VarName};

/// Stores a value.
pub(super) fn set(workspace: &Workspace, args: &Set) -> Done {
    if is_token(&args.name) {
        return Err(Box::new(NameError::ValueAsArgument));
    }
    let name = VarName::parse(&args.name)?;
    let profile = profile(workspace, &args.target)?;
    let said = match said(workspace, &args.dates, &args.target, &name) {
        Ok(said) => said,
        Err((fact, hint)) => return Ok(report::wrong(&fact, hint)),
    };
    // a profile that does not open is told before somebody types a value into the void
    workspace.files("").load_to_change(&profile)?;
    confirm_caution(workspace, &name)?;
    let value = if args.stdin { from_stdin(&name)? } else { ask_value(&mut Person::at_terminal(workspace)?, &name)? };
    let oddities = values::oddities(&value).into_iter().map(str::to_owned).chain(known::odd_form(&name, &value));
    for oddity in oddities.filter(|_| args.stdin) {
        report::warning(&format!("the value of `{name}` is stored exactly as given, but {oddity}"));
    }
    let done = values::set_with(workspace, &profile, &name, value, &said)?;
    let root = noting::project(workspace, args.target.project.as_deref());
    noting::done(workspace, Action::Set, root.as_deref(), Some(&profile), &[name.as_str()]);
    report::warnings(&done.warnings);
    let word = if done.is_new { "stored" } else { "replaced" };
    let until = match done.end {
        End::Never => String::new(),
        end => format!(", good until {end}"),
    };
    report::note(&format!("{word} `{name}` in profile `{profile}` (fingerprint {}){until}", done.fingerprint));
    if let (None, Some(nearest)) = (&args.target.profile, why::unasked(workspace, args.target.project.as_deref(), &name)) {
        let hint = nearest.map(|n| format!("; the nearest name that is asked for is `{n}`")).unwrap_or_default();
        report::warning(&format!("no server here asks for `{name}`{hint}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// What was typed of the dates, with what the project and the list of servers say; else what is wrong, and a way out.
pub(super) fn said(
    workspace: &Workspace,
    dates: &Dates,
    target: &Target,
    name: &VarName,
) -> Result<Said, (String, &'static str)> {
    const HINT: &str = "write it as `90d`, `12w`, `3mo` or `1y`";
    let rotate = dates.rotate.as_deref().map(Rotation::parse).transpose();
    let max_lifetime = dates.max_lifetime.as_deref().map(Period::parse).transpose();
    if let Some(Err(e)) = dates.expires.as_deref().map(|text| End::parse(text, workspace.seconds())) {
        return Err((format!("`--expires`: {e}"), "write it as `30d`, `1y`, `2027-01-31` or `never`"));
    }
    let project = target::project(workspace, target.project.as_deref()).ok();
    Ok(Said {
        expires: dates.expires.clone(),
        rotate: rotate.map_err(|e| (format!("`--rotate`: {e}"), HINT))?,
        max_lifetime: max_lifetime.map_err(|e| (format!("`--max-lifetime`: {e}"), HINT))?,
        project_lifetime: project.and_then(|project| project.wishes.variables.get(name).and_then(|wish| wish.max_lifetime)),
        advised: known::advised(name),
    })
}

/// Asks for the value of one variable, once, hidden; what looks pasted along is asked about.
pub(super) fn ask_value(person: &mut Person, name: &VarName) -> Result<Secret, Box<dyn Fault>> {
    match given(person, name, "")? {
        Given::Value(value) => Ok(value),
        Given::Nothing => Err(Box::new(ValueError::Secret { name: name.clone(), source: crate::secret::SecretError::Empty })),
        Given::Declined => Err(Box::new(AskError::Interrupted)),
    }
}

/// The same, where Enter alone means "not now".
pub(super) fn ask_value_or_nothing(person: &mut Person, name: &VarName, more: &str) -> Result<Option<Secret>, Box<dyn Fault>> {
    match given(person, name, more)? {
        Given::Value(value) => Ok(Some(value)),
        Given::Nothing | Given::Declined => Ok(None),
    }
}

/// What came of asking for a value.
enum Given {
    Value(Secret),
    Nothing,
    /// It was typed, looked odd, and is not to be stored.
    Declined,
}

fn given(person: &mut Person, name: &VarName, more: &str) -> Result<Given, Box<dyn Fault>> {
    let mut typed = person.hidden(&format!("Value for {name} (hidden{more}): "))?;
    if typed.is_empty() {
        return Ok(Given::Nothing);
    }
    let trimmed = typed.trim_ascii();
    if trimmed.len() != typed.len()
        && !trimmed.is_empty()
        && person.agrees("It starts or ends with a blank or a newline. Leave that out?", true)?
    {
        typed = Zeroizing::new(trimmed.to_vec());
    }
    let refused = |source| ValueError::Secret { name: name.clone(), source };
    let value = Secret::new(std::mem::take(&mut *typed)).map_err(refused)?;
    for oddity in values::oddities(&value) {
        person.tell(&format!("warning: {oddity}"))?;
    }
    if let Some(odd) = known::odd_form(name, &value) {
        person.tell(&format!("warning: {odd}"))?;
        if !person.agrees("Store it anyway?", false)? {
            return Ok(Given::Declined);
        }
    }
    Ok(Given::Value(value))
}

pub(super) fn from_stdin(name: &VarName) -> Result<Secret, Box<dyn Fault>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(Secret::MAX + 2));
    io::stdin().lock().take(Secret::MAX as u64 + 1).read_to_end(&mut bytes).map_err(AskError::Terminal)?;
    let refused = |source| ValueError::Secret { name: name.clone(), source };
    Ok(Secret::new(std::mem::take(&mut *bytes)).map_err(refused)?)
}

/// A name that moves other secrets is stored only when a person types it once more.
fn confirm_caution(workspace: &Workspace, name: &VarName) -> Result<(), AskError> {
    let Some(why) = name.caution() else { return Ok(()) };
    let mut person = Person::at_terminal(workspace)?;
    person.tell(&format!("`{name}` is unusual for a secret: {why}."))?;
    if person.line("Type the name once more to store it: ")? == name.as_str() { Ok(()) } else { Err(AskError::Interrupted) }
}

/// Prints a value, for a person.
pub(super) fn get(workspace: &Workspace, args: &Get) -> Done {
    let name = VarName::stored(&args.name)?;
    if !args.reveal {
        return Ok(report::wrong("`get` prints a value only with `--reveal`", &format!("run `mcpenv get {name} --reveal`")));
    }
    let _person = Person::at_controlling_terminal(workspace)?;
    let profile = profile(workspace, &args.target)?;
    let value = values::get(workspace, &profile, &name)?;
    let root = noting::project(workspace, args.target.project.as_deref());
    noting::before(workspace, Action::Reveal, root.as_deref(), Some(&profile), &[name.as_str()])?;
    let mut line = Zeroizing::new(Vec::with_capacity(value.expose().len() + 1));
    line.extend_from_slice(value.expose());
    line.push(b'\n');
    Ok(report::bytes(&line))
}

/// Removes a value.
pub(super) fn unset(workspace: &Workspace, args: &Unset) -> Done {
    let name = VarName::stored(&args.name)?;
    let profile = profile(workspace, &args.target)?;
    report::warnings(&values::unset(workspace, &profile, &name)?);
    let root = noting::project(workspace, args.target.project.as_deref());
    noting::done(workspace, Action::Unset, root.as_deref(), Some(&profile), &[name.as_str()]);
    report::note(&format!("removed `{name}` from profile `{profile}`; earlier versions of the profile still hold it"));
    Ok(ExitCode::SUCCESS)
}

/// Lists the variables of a profile, masked.
pub(super) fn list(workspace: &Workspace, args: &List) -> Done {
    let profile = profile(workspace, &args.target)?;
    let rows = values::list(workspace, &profile)?;
    let project = target::project(workspace, args.target.project.as_deref()).ok();
    let known = |name: &VarName| known::variable(name, project.as_ref(), []);
    if args.json {
        let variables: Vec<_> = rows
            .iter()
            .map(|row| {
                serde_json::json!({
                    "name": row.name.as_str(), "masked": row.masked, "fingerprint": row.fingerprint,
                    "created": row.created, "changed": row.changed, "description": known(&row.name).text, "docs": known(&row.name).docs,
                })
            })
            .collect();
        return Ok(report::json(&serde_json::json!({ "profile": profile.as_str(), "variables": variables })));
    }
    if rows.is_empty() {
        report::note(&format!("profile `{profile}` is empty; add a value with `mcpenv set VAR`"));
        return Ok(ExitCode::SUCCESS);
    }
    let cells: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let what = known(&row.name).line();
            vec![row.name.to_string(), row.masked, row.fingerprint, values::date(row.created), values::date(row.changed), what]
        })
        .collect();
    report::table(&["VARIABLE", "VALUE", "FINGERPRINT", "CREATED", "CHANGED", "WHAT IT IS"], &cells);
    Ok(ExitCode::SUCCESS)
}

/// The profile that a command is about.
pub(super) fn profile(workspace: &Workspace, target: &Target) -> Result<ProfileName, Box<dyn Fault>> {
    let named = target.profile.as_deref().map(ProfileName::parse).transpose()?;
    Ok(target::profile(workspace, named, target.project.as_deref().map(Path::new))?)
}
