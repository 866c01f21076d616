//! `restore FILE`: shows what a backup would change, by names, and does it once a person has said yes to each part.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use super::ask::Person;
use super::backup::{from_stdin, line_of};
use super::foreign;
use super::noting;
use super::options::Restore;
use super::profile::{counted, names};
use super::report;
use super::report::Done;
use crate::approval::lines;
use crate::audit::Action;
use crate::fault::{Exit, Fault, sentence};
use crate::mask::masked_tokens;
use crate::ops::backup::{self, Applied, Arrival, BackupError, Choice, Opened, Plan, Project, Standing, Word};
use crate::ops::standing::Asked;
use crate::ops::{Workspace, values};
use crate::profile::ProfileName;
use crate::store::parcel::{self, Closed, ParcelError};
use crate::store::phrase::Passphrase;

/// Takes a backup back.
pub(super) fn run(workspace: &Workspace, args: &Restore) -> Done {
    let only = args.only.as_deref().map(ProfileName::parse).transpose()?;
    let mut person = match (args.dry_run, args.stdin) {
        (true, true) => None,
        (_, false) => Some(Person::at_terminal(workspace)?),
        (false, true) => Some(Person::at_controlling_terminal(workspace)?),
    };
    let path = workspace.cwd().join(&args.file);
    let sealed = parcel::read(&path)?;
    let opened = match &mut person {
        Some(person) if !args.stdin => ask(&path, &sealed, person)?,
        _ => backup::read(&path, &sealed, &from_stdin()?)?,
    };
    let plan = backup::look(workspace, opened, only.as_ref(), args.store.as_deref())?;
    let lines = plan_lines(workspace, &plan);
    let (Some(person), false) = (&mut person, args.dry_run) else {
        lines.iter().for_each(|text| report::line(text));
        return Ok(ExitCode::SUCCESS);
    };
    for text in &lines {
        person.tell(text)?;
    }
    let is_blocked = plan.profiles.iter().any(|arrival| matches!(arrival.standing, Standing::Blocked(_)))
        || plan.projects.iter().any(|project| matches!(project.word, Word::Unseen(_)));
    let end = if is_blocked { report::code(Exit::Failed) } else { ExitCode::SUCCESS };
    if !has_work(&plan) {
        person.tell("Everything that can come back is here already; nothing was changed.")?;
        return Ok(end);
    }
    let Some(Decided { choices, takes_new, takes_other }) = decide(&plan, person)? else {
        person.tell("Left as it is; nothing was changed.")?;
        return Ok(end);
    };
    let takes = |project: &Project| if project.word == Word::New { takes_new } else { takes_other };
    let applied = backup::apply(workspace, &plan, &choices, &takes)?;
    noting::done(workspace, Action::Restore, None, None, &[]);
    tell(workspace, &plan, &applied, person)?;
    Ok(end)
}

/// A passphrase is mistyped more often than it is wrong.
fn ask(path: &Path, sealed: &[u8], person: &mut Person) -> Result<Opened, Box<dyn Fault>> {
    let mut left = 3;
    loop {
        let typed = person.hidden("Passphrase of the backup (hidden): ")?;
        person.tell("Opening it; that takes a moment, by design.")?;
        left -= 1;
        match backup::read(path, sealed, &Passphrase::new(line_of(&typed))?) {
            Err(BackupError::Parcel(ParcelError::Closed { why: Closed::Wrong, .. })) if left > 0 => {
                person.tell("It does not open with that.")?;
            }
            other => return Ok(other?),
        }
    }
}

fn has_work(plan: &Plan) -> bool {
    let profiles = plan.profiles.iter().any(|arrival| !matches!(arrival.standing, Standing::Same | Standing::Blocked(_)));
    profiles || takeable(plan).next().is_some()
}

fn takeable(plan: &Plan) -> impl Iterator<Item = &Project> {
    plan.projects.iter().filter(|project| matches!(project.word, Word::New | Word::Different(_)))
}

/// What a person said.
struct Decided {
    choices: BTreeMap<ProfileName, Choice>,
    /// Whether projects that nothing was said of here get what the backup says.
    takes_new: bool,
    /// Whether those do that something else was said of.
    takes_other: bool,
}

/// What the person wants of it; `None` when it is nothing.
fn decide(plan: &Plan, person: &mut Person) -> Result<Option<Decided>, Box<dyn Fault>> {
    let mut choices = BTreeMap::new();
    for arrival in &plan.profiles {
        let Standing::Different(difference, _) = &arrival.standing else { continue };
        let name = &arrival.name;
        let lost =
            |what: &str| if difference.lost.is_empty() { String::new() } else { what.replace("{}", &names(&difference.lost)) };
        let question = format!("Profile `{name}`: keep of each variable what was changed later{}?", lost(" and {} of here"));
        let choice = if !difference.gives_nothing() && person.agrees(&question, true)? {
            Choice::Merge
        } else {
            let question = format!("Profile `{name}`: take it as it is in the backup{}?", lost("; {} would go"));
            if person.agrees(&question, false)? { Choice::Replace } else { Choice::Leave }
        };
        choices.insert(name.clone(), choice);
    }
    let fresh = plan.profiles.iter().filter(|a| matches!(a.standing, Standing::New | Standing::Damaged(_))).count();
    let changed = choices.values().filter(|choice| **choice != Choice::Leave).count();
    if fresh + changed > 0 && !person.agrees(&format!("Bring {} back?", counted(fresh + changed, "profile")), false)? {
        return Ok(None);
    }
    let new = takeable(plan).filter(|project| project.word == Word::New).count();
    let question = format!("Say the same here again for {} as it is shown above?", counted(new, "project"));
    let takes_new = new > 0 && person.agrees(&question, false)?;
    let other = takeable(plan).count() - new;
    let takes_other = other > 0
        && person.agrees(
            &format!("Let what the backup says of {} take the place of what you said here?", counted(other, "project")),
            false,
        )?;
    let is_any = fresh + changed > 0 || takes_new || takes_other;
    Ok(is_any.then_some(Decided { choices, takes_new, takes_other }))
}

fn tell(workspace: &Workspace, plan: &Plan, applied: &Applied, person: &mut Person) -> Result<(), Box<dyn Fault>> {
    report::warnings(&applied.warnings);
    if applied.has_new_identity {
        person.tell("Made an identity for this machine, the key to your profiles.")?;
    }
    if !applied.profiles.is_empty() {
        let names: Vec<_> = applied.profiles.iter().map(ProfileName::as_str).collect();
        person.tell(&format!("Brought back: {}.", names.join(", ")))?;
    }
    if plan.profiles.iter().any(|a| matches!(a.standing, Standing::Different(..)) && applied.profiles.contains(&a.name)) {
        person.tell("What was there before is an earlier version now: `mcpenv profile versions NAME`.")?;
    }
    for path in &applied.aside {
        person.tell(&format!("What did not open lies in `{}`.", workspace.from_home(path)))?;
    }
    for project in plan.projects.iter().filter(|project| applied.projects.contains(&project.root)) {
        let path = workspace.from_home(&project.root);
        person.tell(&format!("{path} is {} as before.", word_of(project)))?;
    }
    let waiting = plan.projects.iter().filter(|project| matches!(project.word, Word::Elsewhere(_))).count();
    if waiting > 0 {
        person.tell(&format!(
            "{} not here; once they are, run this again.",
            if waiting == 1 { "One project is".to_owned() } else { format!("{waiting} projects are") }
        ))?;
    }
    Ok(())
}

/// A plan as a person reads it: names and texts of files, never a value.
fn plan_lines(workspace: &Workspace, plan: &Plan) -> Vec<String> {
    let mut out = vec![format!("A backup of {}.", values::date(plan.made)), String::new()];
    for arrival in &plan.profiles {
        out.extend(profile_lines(arrival));
    }
    if !plan.projects.is_empty() {
        out.push(String::new());
    }
    for project in &plan.projects {
        out.extend(project_lines(workspace, project));
    }
    out.push(String::new());
    out
}

fn profile_lines(arrival: &Arrival) -> Vec<String> {
    let has = counted(arrival.variables(), "variable");
    let head = |what: String| format!("  profile {} · {has} · {what}", arrival.name);
    let store = if arrival.store.is_empty() { String::new() } else { format!(", store {}", arrival.store) };
    // what comes as a whole comes with those who read it
    let whole = |what: String| {
        let readers: Vec<_> = arrival.readers.iter().map(|reader| foreign::line(reader)).collect();
        let readers = (!readers.is_empty()).then(|| format!("      ! opened also by: {}", readers.join(", ")));
        let waits = |path: &String| format!("      ! bound to it here already, and would get its values: {path}");
        std::iter::once(head(what)).chain(readers).chain(arrival.waiting.iter().map(waits)).collect()
    };
    match &arrival.standing {
        Standing::New => whole(format!("new here{store}")),
        Standing::Same => vec![head("the same here".to_owned())],
        Standing::Damaged(why) => whole(format!("damaged here ({why}); what is here would be put aside{store}")),
        Standing::Blocked(why) => vec![head("stays out".to_owned()), format!("      ! {}", sentence(why))],
        Standing::Different(difference, _) => {
            let later = if difference.gives_nothing() { "; what is here is later in everything" } else { "" };
            let mut out = vec![head(format!("different here{later}"))];
            for (sign, what, names) in [
                ('+', "only in the backup", &difference.gained),
                ('-', "only here", &difference.lost),
                ('~', "newer in the backup", &difference.newer),
                ('~', "newer here", &difference.older),
            ] {
                if !names.is_empty() {
                    out.push(format!("      {sign} {what}: {}", self::names(names)));
                }
            }
            out
        }
    }
}

fn project_lines(workspace: &Workspace, project: &Project) -> Vec<String> {
    let bound = project.profile.as_ref().map_or_else(|| "no profile".to_owned(), |name| format!("profile {name}"));
    let stands = match &project.word {
        Word::New => "new here".to_owned(),
        Word::Same => "the same here".to_owned(),
        Word::Different(Some(now)) => format!("different here (profile {now})"),
        Word::Different(None) => "different here".to_owned(),
        Word::Elsewhere(why) => format!("stays out: {why}"),
        Word::Unseen(_) => "stays out".to_owned(),
    };
    let denied = if project.is_denied { " · denied" } else { "" };
    let mut out = vec![format!("  {} · {bound}{denied} · {stands}", workspace.from_home(&project.root))];
    if let Word::Unseen(why) = &project.word {
        out.push(format!("      ! {why}"));
    }
    if !matches!(project.word, Word::New | Word::Different(_)) {
        return out;
    }
    for asked in &project.servers {
        out.extend(server_lines(asked));
    }
    if !project.changed.is_empty() {
        let servers: Vec<_> = project.changed.iter().map(|server| foreign::word(server)).collect();
        out.push(format!("      ! not as you allowed it, so it needs `mcpenv allow` again: {}", servers.join(", ")));
    }
    out
}

fn server_lines(asked: &Asked) -> Vec<String> {
    let server = &asked.found.server;
    let mut out =
        vec![format!("      {} · {} · {}", foreign::word(&server.name), asked.found.title, foreign::line(&asked.found.file))];
    let mut tell = |part: &str, text: &str| out.push(format!("          {part:<8} {text}"));
    if let Some(command) = foreign::command_line(server) {
        tell("runs", &command);
    }
    if let Some(command) = foreign::wrapped_by(server) {
        tell("through", &command);
    }
    if let Some(url) = server.url() {
        tell("calls", &foreign::line(&masked_tokens(url)));
    }
    for part in lines(&server.entry).iter().filter(|line| !foreign::is_told(&line.part, server)) {
        tell(&foreign::line(&part.part), &foreign::line(&part.text));
    }
    let gets: Vec<_> = asked.projection.variables.iter().map(|(name, _)| name.to_string()).collect();
    tell("gets", &if gets.is_empty() { "nothing".to_owned() } else { gets.join(", ") });
    out
}

/// What became of a project's approval, in a word.
fn word_of(project: &Project) -> &'static str {
    match project {
        Project { is_denied: true, .. } => "denied",
        Project { servers, .. } if servers.is_empty() => "bound",
        Project { .. } => "allowed",
    }
}
