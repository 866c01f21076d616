//! `adopt`: shows, masked, which plaintext would leave which client file, and does it once a person says yes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::Adopt;
use super::ask::Person;
use super::foreign::{line, word};
use super::report;
use super::report::Done;
use crate::client::{self, Scope};
use crate::fault::{Exit, Fault, sentence};
use crate::ops::Workspace;
use crate::ops::adopt::{self, Adopted, Plan, Restored, Standing, Step, Undo, Wanted};
use crate::ops::history;
use crate::profile::ProfileName;
use crate::var::VarName;

/// Takes plaintext over, or puts it back.
pub(super) fn run(workspace: &Workspace, args: &Adopt) -> Done {
    if args.undo {
        return undo(workspace, args);
    }
    let mut person = if args.dry_run { None } else { Some(Person::at_terminal(workspace)?) };
    let program = program(workspace);
    let wanted = Wanted {
        files: &args.files,
        scope: Scope::Project,
        client: args.client.as_deref().and_then(client::find),
        is_wrapped: args.wrap,
        program: &program,
    };
    let plan = |wanted| -> Result<Plan, Box<dyn Fault>> {
        let profile = args.target.profile.as_deref().map(ProfileName::parse).transpose()?;
        Ok(adopt::plan(workspace, args.target.project.as_deref(), profile, wanted)?)
    };
    let first = plan(wanted)?;
    let user = || plan(Wanted { scope: Scope::User, ..wanted });
    let Some(person) = &mut person else {
        let mut plans = vec![first];
        if args.user && args.files.is_empty() {
            plans.push(user()?);
        }
        return Ok(show(workspace, &plans, args));
    };
    let mut results = vec![one(workspace, first, "", person)?];
    if args.files.is_empty() && !matches!(results.as_slice(), [Outcome { is_stopped: true, .. }]) {
        let second = user()?;
        if args.user || !second.steps.is_empty() {
            results.push(one(workspace, second, USER, person)?);
        }
    }
    if args.json {
        report::json(&Value::Array(results.iter().map(|outcome| outcome.told.clone()).collect()));
    }
    Ok(if results.iter().any(|outcome| outcome.is_stopped) { report::code(Exit::Failed) } else { ExitCode::SUCCESS })
}

/// The same within `init`: what stands in plaintext in the project's files and in the user's own, each asked about.
pub(super) fn offer(
    workspace: &Workspace,
    root: &Path,
    profile: &ProfileName,
    person: &mut Person,
) -> Result<(), Box<dyn Fault>> {
    let program = program(workspace);
    for (scope, title) in [(Scope::Project, PROJECT), (Scope::User, USER)] {
        let wanted = Wanted { files: &[], scope, client: None, is_wrapped: false, program: &program };
        let plan = adopt::plan(workspace, Some(root), Some(profile.clone()), wanted)?;
        if !plan.files.is_empty() {
            one(workspace, plan, title, person)?;
        }
    }
    Ok(())
}

const PROJECT: &str = "\nSecrets stand in plaintext in files here. They can move into the profile:";
const USER: &str = "\nYour own client files, which serve every project:";

fn program(workspace: &Workspace) -> PathBuf {
    let running = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("mcpenv"));
    adopt::program(workspace, &running)
}

/// How one plan ended.
struct Outcome {
    told: Value,
    is_stopped: bool,
}

/// Shows one plan, asks, and carries it out.
fn one(workspace: &Workspace, plan: Plan, title: &str, person: &mut Person) -> Result<Outcome, Box<dyn Fault>> {
    let mut told = document(&plan);
    for text in title.lines().map(str::to_owned).chain(lines(&plan)) {
        person.tell(&text)?;
    }
    let mut outcome = |key: &str, value: Value, is_stopped| {
        told[key] = value;
        Outcome { told: told.clone(), is_stopped }
    };
    if plan.files.is_empty() {
        return Ok(outcome("adopted", json!(false), false));
    }
    if !person.agrees(&question(&plan), false)? {
        person.tell("Left as it is; nothing was changed.")?;
        return Ok(outcome("adopted", json!(false), false));
    }
    let past: Vec<String> =
        plan.files.iter().filter_map(|file| history::past(workspace, &file.path, &file.gone).told(&file.shown)).collect();
    let done = adopt::write(workspace, &plan)?;
    tell(&plan, &done, person)?;
    for text in &past {
        person.tell(&format!("! {text}"))?;
    }
    let is_stopped = done.stopped.is_some();
    Ok(outcome("adopted", json!({ "files": done.files, "stored": names(&done.stored), "whole": !is_stopped }), is_stopped))
}

fn question(plan: &Plan) -> String {
    let values = match plan.values.len() {
        0 => String::new(),
        1 => format!("Store this 1 value in profile `{}`, and change ", plan.profile),
        n => format!("Store these {n} values in profile `{}`, and change ", plan.profile),
    };
    let files = if plan.files.len() == 1 { "this file".to_owned() } else { format!("these {} files", plan.files.len()) };
    if values.is_empty() { format!("Change {files}?") } else { format!("{values}{files}?") }
}

fn tell(plan: &Plan, done: &Adopted, person: &mut Person) -> Result<(), Box<dyn Fault>> {
    report::warnings(&done.warnings);
    if !done.stored.is_empty() {
        person.tell(&format!("Stored in profile `{}`: {}.", plan.profile, names(&done.stored).join(", ")))?;
    }
    if !done.files.is_empty() {
        person.tell(&format!("Changed: {}. `mcpenv adopt --undo` puts it back.", done.files.join(", ")))?;
    }
    if let Some((why, left)) = &done.stopped {
        person.tell(&format!("! {}", sentence(why)))?;
        person.tell(&format!("! not changed: {}; run the command again to go on", left.join(", ")))?;
    }
    let mut servers: Vec<String> = Vec::new();
    for step in plan.steps.iter().filter(|step| done.files.contains(&step.file)) {
        let server = word(&step.server);
        if !servers.contains(&server) {
            servers.push(server);
        }
    }
    if !servers.is_empty() {
        person.tell(&format!(
            "Changed servers get nothing until you allow them again with `mcpenv allow`: {}.",
            servers.join(", ")
        ))?;
    }
    Ok(())
}

fn show(workspace: &Workspace, plans: &[Plan], args: &Adopt) -> ExitCode {
    let past = |plan: &Plan| -> Vec<String> {
        plan.files.iter().filter_map(|file| history::past(workspace, &file.path, &file.gone).told(&file.shown)).collect()
    };
    if args.json {
        let documents = plans.iter().map(|plan| {
            let mut document = document(plan);
            document["history"] = json!(past(plan));
            document
        });
        return report::json(&Value::Array(documents.collect()));
    }
    for plan in plans {
        lines(plan).iter().for_each(|text| report::line(text));
        past(plan).iter().for_each(|text| report::line(&format!("! {text}")));
    }
    ExitCode::SUCCESS
}

/// A plan as a person reads it: nothing in it is a value.
fn lines(plan: &Plan) -> Vec<String> {
    let mut out = Vec::new();
    let mut last: Option<(&str, &str)> = None;
    for step in &plan.steps {
        let here = (step.file.as_str(), step.server.as_str());
        if last != Some(here) {
            out.push(format!("  {} · {} · {}:{}", word(&step.server), step.title, step.file, step.line));
            last = Some(here);
        }
        out.push(format!("      {}", line(&step.place)));
        out.push(format!("        - {}", line(&step.before)));
        out.push(format!("        + {}", line(&step.after)));
        if step.is_seen {
            out.push("        ! as an argument, the value stays visible to every program of this machine".to_owned());
        }
    }
    for server in wrapped(&plan.steps) {
        out.push(format!(
            "  {} starts by `mcpenv exec --server {}`, and gets its own variables only, which `.mcpenv.toml` names",
            word(server),
            word(server)
        ));
    }
    if !plan.refused.is_empty() {
        out.push("  These stay as they are:".to_owned());
    }
    for refused in &plan.refused {
        out.push(format!("    {} · {}:{} · {}", word(&refused.server), refused.file, refused.line, line(&refused.place)));
        out.push(format!("      {}", line(&refused.why)));
    }
    out.extend(plan.unread.iter().map(|unread| format!("! {}", unread.why)));
    out.extend(plan.notes.iter().map(|note| format!("! {}", line(note))));
    if plan.steps.is_empty() && plan.refused.is_empty() && plan.unread.is_empty() {
        let whose = if plan.scope == Scope::User { "your own client files" } else { "the client files of this project" };
        out.push(format!("No plaintext was found in {whose}."));
    }
    if !plan.values.is_empty() {
        let names: Vec<&str> = plan.values.keys().map(VarName::as_str).collect();
        out.push(format!("  Into profile `{}`: {}", plan.profile, names.join(", ")));
    }
    out
}

fn wrapped(steps: &[Step]) -> Vec<&str> {
    let mut servers: Vec<&str> = Vec::new();
    for step in steps.iter().filter(|step| step.is_wrapped) {
        if !servers.contains(&step.server.as_str()) {
            servers.push(&step.server);
        }
    }
    servers
}

fn document(plan: &Plan) -> Value {
    let steps = plan.steps.iter().map(|step| {
        json!({
            "file": step.file, "client": step.client, "server": step.server, "line": step.line, "at": step.place,
            "before": step.before, "after": step.after, "variables": names(&step.names), "wrapped": step.is_wrapped,
        })
    });
    let refused = plan.refused.iter().map(|refused| {
        json!({ "file": refused.file, "server": refused.server, "line": refused.line, "at": refused.place, "why": refused.why })
    });
    json!({
        "profile": plan.profile.as_str(),
        "files": plan.files.iter().map(|file| &file.shown).collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
        "refused": refused.collect::<Vec<_>>(),
        "notes": plan.notes,
        "unread": plan.unread.iter().map(|unread| &unread.why).collect::<Vec<_>>(),
        "store": plan.values.keys().map(VarName::as_str).collect::<Vec<_>>(),
    })
}

fn names(names: &[VarName]) -> Vec<&str> {
    names.iter().map(VarName::as_str).collect()
}

/// Puts back what the last adopt changed.
fn undo(workspace: &Workspace, args: &Adopt) -> Done {
    let mut person = if args.dry_run { None } else { Some(Person::at_terminal(workspace)?) };
    let found = adopt::look_back(workspace, args.target.project.as_deref())?;
    let lines = told_files(&found);
    let Some(person) = &mut person else {
        lines.iter().for_each(|text| report::line(text));
        return Ok(ExitCode::SUCCESS);
    };
    for text in &lines {
        person.tell(text)?;
    }
    let has_work = found.files.iter().any(|(_, standing)| *standing == Standing::Adopted);
    if has_work && !person.agrees("Put the plaintext back into these files?", false)? {
        person.tell("Left as it is; nothing was changed.")?;
        return Ok(ExitCode::SUCCESS);
    }
    let Restored { files, left, warnings, failed } = adopt::undo(&found);
    report::warnings(&warnings);
    if !files.is_empty() {
        person.tell(&format!("Put back: {}. The values stay in the profile.", files.join(", ")))?;
        person.tell("Changed servers get nothing until you allow them again with `mcpenv allow`.")?;
    }
    for why in &failed {
        person.tell(&format!("! {}", sentence(why as &dyn Fault)))?;
    }
    if found.earlier > 0 && left.is_empty() {
        person.tell("An earlier adopt can be undone too: run it again.")?;
    }
    if args.json {
        report::json(&json!({ "restored": files, "left": left }));
    }
    Ok(if left.is_empty() { ExitCode::SUCCESS } else { report::code(Exit::Failed) })
}

fn told_files(undo: &Undo) -> Vec<String> {
    let told = |standing| match standing {
        Standing::Adopted => "gets back what it held",
        Standing::Back => "holds that already",
        Standing::Changed => "was changed since, and stays as it is",
    };
    undo.files.iter().map(|(file, standing)| format!("  {file} {}", told(*standing))).collect()
}
