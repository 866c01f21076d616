//! `status`, `why`, `check`: how things stand, as a person reads it and as JSON.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::{self, Check};
use super::foreign::word;
use super::report;
use super::report::Done;
use crate::client::Scope;
use crate::escape::{shown, shown_path};
use crate::fault::Exit;
use crate::life::{Claims, End, Period};
use crate::ops::Workspace;
use crate::ops::check::{self, Report};
use crate::ops::reaching::{self, Way};
use crate::ops::short;
use crate::ops::standing::{Asked, Standing};
use crate::ops::status::{self, Status};
use crate::ops::{values, why};
use crate::profile::ProfileName;
use crate::project::Inject;
use crate::var::VarName;

/// How the project stands.
pub(super) fn status(workspace: &Workspace, args: &args::Status) -> Done {
    let directory = args.project.as_deref();
    if args.short {
        short::short(workspace, directory).iter().for_each(|short| report::line(short.word()));
        return Ok(ExitCode::SUCCESS);
    }
    let status = status::status(workspace, directory)?;
    if args.json {
        return Ok(report::json(&status_json(&status)));
    }
    report::line(&format!("Project   {}  ({})", shown_path(&status.project.root), status.word.words()));
    let profile = status.profile.as_ref().map_or_else(|| "none bound".to_owned(), |name| format!("{name}  ({})", rest(&status)));
    report::line(&format!("Profile   {profile}"));
    if let Some(wish) = &status.wished {
        report::line(&format!("          the project asks for `{wish}`; it does not get it"));
    }
    report::line(&format!("Identity  {}", workspace.from_home(&status.identity)));
    let loaded = match &status.loaded {
        None if workspace.agent().is_some() => "nothing here: an agent's shell".to_owned(),
        None => "this shell has no hook here".to_owned(),
        Some(names) if names.is_empty() => "nothing".to_owned(),
        Some(names) => names.join(", "),
    };
    report::line(&format!("Loaded    {loaded}"));
    if !status.servers.is_empty() {
        report::line("");
        let rows: Vec<_> = status.servers.iter().map(|a| server_row(a, status.stored.as_deref())).collect();
        report::table(&["SERVER", "CLIENT", "FILE", "APPROVAL", "GETS", "WITHOUT VALUE"], &rows);
    }
    if !status.notes.is_empty() {
        report::line("");
        status.notes.iter().for_each(|note| report::line(&format!("! {note}")));
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the profile rests.
fn rest(status: &Status) -> String {
    match &status.team {
        Some(file) => format!("team file `{}`", shown(file.as_str())),
        None => format!("{} store", status.store),
    }
}

fn server_row(asked: &Asked, stored: Option<&[String]>) -> Vec<String> {
    let is_stored = |name: &VarName| stored.is_some_and(|names| names.iter().any(|n| n == name.as_str()));
    let way = |(name, inject): &(VarName, Inject)| match inject {
        Inject::Shell => Some(name.to_string()),
        Inject::Exec => Some(format!("{name} (exec)")),
        Inject::Never => None,
    };
    let gets: Vec<_> = asked.projection.variables.iter().filter(|(n, _)| is_stored(n)).filter_map(way).collect();
    let lacks: Vec<_> = asked.projection.variables.iter().filter(|(n, _)| !is_stored(n)).map(|(n, _)| n.to_string()).collect();
    let gets = if asked.is_approved() { gets.join(", ") } else { "nothing".to_owned() };
    let or_dash = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    let name = word(&asked.found.server.name);
    vec![
        name,
        asked.found.clients().collect::<Vec<_>>().join(", "),
        asked.found.file.clone(),
        standing_word(&asked.standing).to_owned(),
        or_dash(gets),
        or_dash(lacks.join(", ")),
    ]
}

fn standing_word(standing: &Standing) -> &'static str {
    match standing {
        Standing::Approved => "approved",
        Standing::New => "new",
        Standing::Changed(_) => "changed",
        Standing::Off => "off",
        Standing::Shadowed(_) => "shadowed",
        Standing::Ambiguous(_) => "ambiguous",
    }
}

fn status_json(status: &Status) -> Value {
    let servers: Vec<_> = status
        .servers
        .iter()
        .map(|a| {
            json!({
                "name": a.found.server.name, "client": a.found.client, "also": a.found.clients().skip(1).collect::<Vec<_>>(), "scope": scope_word(a.found.scope), "file": a.found.file,
                "line": a.found.server.line, "approval": standing_word(&a.standing),
                "variables": a.projection.variables.iter().map(|(n, i)| json!({ "name": n.as_str(), "inject": i.word(), "reach": ways_json(&reaching::ways(&a.found, n.as_str())) })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "project": shown_path(&status.project.root), "approval": status.word.words(),
        "profile": status.profile.as_ref().map(ProfileName::as_str), "store": status.store, "team_file": status.team.as_ref().map(crate::team::TeamPath::as_str),
        "loaded": status.loaded, "stored": status.stored, "servers": servers, "notes": status.notes,
    })
}

fn ways_json(ways: &[Way]) -> Value {
    ways.iter().map(|way| json!({ "client": way.client, "verdict": way.reach.word(), "fix": way.fix })).collect()
}

pub(super) fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Project => "project",
        Scope::User => "user",
    }
}

/// Where a variable is declared.
pub(super) fn why(workspace: &Workspace, name: &str, directory: Option<&Path>, as_json: bool) -> Done {
    let name = VarName::parse(name)?;
    let answer = why::why(workspace, directory, &name)?;
    let found = !answer.places.is_empty();
    if as_json {
        let places: Vec<_> = answer
            .places
            .iter()
            .map(|p| {
                json!({
                    "file": p.asked.found.file, "line": p.reference.line, "client": p.asked.found.client,
                    "server": p.asked.found.server.name, "field": p.reference.at, "default": p.reference.default.is_some(),
                    "required": p.reference.is_required, "exported": p.reference.is_export, "approval": standing_word(&p.asked.standing),
                    "reach": ways_json(&p.ways),
                })
            })
            .collect();
        report::json(&json!({
            "variable": name.as_str(), "inject": answer.inject.word(), "description": answer.description, "docs": answer.docs,
            "places": places,
        }));
    } else {
        for place in &answer.places {
            let line = if place.reference.line > 0 { format!(":{}", place.reference.line) } else { String::new() };
            let server = shown(&place.asked.found.server.name);
            report::line(&format!(
                "{}{line}  server `{server}` ({}), {}",
                place.asked.found.file,
                place.asked.found.title,
                shown(&place.reference.at)
            ));
            let default = if place.reference.default.is_some() { "; the reference has a default" } else { "" };
            report::line(&format!("    {}; {}{default}", standing_word(&place.asked.standing), why::way(place.reference.kind)));
            for way in place.ways.iter() {
                let fix = way.fix.as_ref().map(|fix| format!("; {}", shown(fix))).unwrap_or_default();
                report::line(&format!("    {}: {}{fix}", way.title, way.reach.word()));
            }
        }
        if answer.inject != Inject::Shell {
            report::line(&format!("inject = \"{}\" in `.mcpenv.toml`: the hook does not export it", answer.inject.word()));
        }
        if let Some(text) = &answer.description {
            report::line(&format!("description  {}", shown(text)));
        }
        if let Some(text) = &answer.docs {
            report::line(&format!("docs         {}", shown(text)));
        }
        if !found {
            report::line(&format!("no server here asks for `{name}`"));
        }
    }
    Ok(if found { ExitCode::SUCCESS } else { report::code(Exit::Failed) })
}

/// The masked verification.
pub(super) fn check(workspace: &Workspace, args: &Check) -> Done {
    let named = args.target.profile.as_deref().map(ProfileName::parse).transpose()?;
    let within = match args.within.as_deref().map(Period::parse) {
        None => None,
        Some(Ok(period)) => Some(i64::from(period.about_days())),
        Some(Err(e)) => return Ok(report::wrong(&format!("`--within`: {e}"), "write it as `14d`, `2w` or `1mo`")),
    };
    let found = check::check(workspace, args.target.project.as_deref(), named, within)?;
    let counts_unloaded = found.has_hook || args.loaded;
    let is_failure = |row: &check::Row| {
        row.state.is_failure(row.is_required, counts_unloaded)
            || within.is_some_and(|days| is_over_within(row.end, days, workspace.seconds()))
    };
    let failed = found.rows.iter().any(is_failure);
    if args.json {
        report::json(&check_json(&found, counts_unloaded));
    } else {
        print_check(&found);
    }
    Ok(if failed { report::code(Exit::Failed) } else { ExitCode::SUCCESS })
}

/// Whether a value ends within so many days of `now`, or is over.
fn is_over_within(end: End, days: i64, now: i64) -> bool {
    const DAY: i64 = 86_400;
    end.moment().is_some_and(|moment| moment <= now.saturating_add(days.saturating_mul(DAY)))
}

fn print_check(found: &Report) {
    if found.rows.is_empty() {
        report::line("no server here asks for a variable");
    } else {
        let dash = || "-".to_owned();
        let rows: Vec<_> = found
            .rows
            .iter()
            .map(|row| {
                let state = match (row.state, row.is_required) {
                    (check::State::Missing, false) => "missing (optional)".to_owned(),
                    (state, _) => state.words().to_owned(),
                };
                vec![
                    row.name.to_string(),
                    row.servers.join(", "),
                    row.masked.clone().unwrap_or_else(dash),
                    row.fingerprint.clone().unwrap_or_else(dash),
                    state,
                    row.changed.map_or_else(dash, values::date),
                    row.end.moment().map_or_else(dash, |_| row.end.to_string()),
                ]
            })
            .collect();
        report::table(&["VARIABLE", "SERVER", "VALUE", "FINGERPRINT", "STATE", "CHANGED", "EXPIRES"], &rows);
    }
    for row in &found.rows {
        let told: Vec<String> = row.word.words().into_iter().chain(row.claims.as_ref().map(claims_text)).collect();
        if !told.is_empty() {
            report::line(&format!("  {}: {}", row.name, told.join("; ")));
        }
    }
    let is_wanting = |row: &&check::Row| {
        matches!(row.state, check::State::Missing | check::State::Placeholder | check::State::WrongFormat)
            && !row.known.line().is_empty()
    };
    for row in found.rows.iter().filter(is_wanting) {
        report::line(&format!("  {}: {}", row.name, row.known.line()));
    }
    found.notes.iter().for_each(|note| report::line(&format!("! {note}")));
}

/// What a value says of itself, for people: read, and not verified.
fn claims_text(claims: &Claims) -> String {
    let mut parts = vec![format!("{} says of itself (not verified)", claims.kind.words())];
    let moment = |what: &str, at: Option<i64>| at.map(|at| format!("{what} {}", End::Moment(at)));
    let text = |what: &str, said: &Option<String>| said.as_ref().map(|said| format!("{what} `{}`", shown(said)));
    parts.extend(moment("good until", claims.expires));
    parts.extend(moment("not before", claims.not_before));
    parts.extend(moment("issued", claims.issued));
    parts.extend(text("by", &claims.issuer));
    parts.extend(text("for", &claims.subject));
    if parts.len() == 1 {
        parts.push("nothing about its end".to_owned());
    }
    format!("{}: {}", parts[0], parts[1..].join(", "))
}

fn claims_json(claims: &Claims) -> Value {
    json!({
        "kind": claims.kind.words(), "expires": claims.expires, "not_before": claims.not_before, "issued": claims.issued,
        "issuer": claims.issuer, "subject": claims.subject, "verified": false,
    })
}

fn check_json(found: &Report, counts_unloaded: bool) -> Value {
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|row| {
            json!({
                "variable": row.name.as_str(), "servers": row.servers, "masked": row.masked, "fingerprint": row.fingerprint,
                "state": row.state.words(), "required": row.is_required, "changed": row.changed,
                "failed": row.state.is_failure(row.is_required, counts_unloaded),
                "expires": row.end.moment(), "warning": row.word.words(),
                "claims": row.claims.as_ref().map(claims_json),
                "description": row.known.text, "docs": row.known.docs,
            })
        })
        .collect();
    json!({
        "project": shown_path(&found.project.root), "profile": found.profile.as_str(), "hook": found.has_hook,
        "variables": rows, "notes": found.notes,
    })
}
