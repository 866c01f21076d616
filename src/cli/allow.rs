//! `allow` and `deny`: shows a project's wishes in full, and keeps a person's answer.

use std::path::Path;
use std::process::ExitCode;

use super::ask::{AskError, Person};
use super::foreign::{self, command_line, is_told, word, wrapped_by};
use super::noting;
use super::report;
use super::report::Done;
use super::team;
use crate::approval::{Change, dangers, difference, lines};
use crate::audit::Action;
use crate::client::Kind;
use crate::escape::{shown, shown_path};
use crate::fault::{Exit, Fault};
use crate::mask::{DOTS, masked_tokens};
use crate::ops::allow::{self, AllowError, Binding, Proposal};
use crate::ops::places::left_out;
use crate::ops::standing::{Asked, Standing};
use crate::ops::team::TeamAsk;
use crate::ops::{Workspace, init, place, program, values};
use crate::project::Inject;
use crate::var::VarName;

/// Shows what the project asks for, and asks.
pub(super) fn run(workspace: &Workspace, directory: Option<&Path>) -> Done {
    let mut person = Person::at_terminal(workspace)?;
    review(workspace, directory, &mut person)
}

/// Withdraws every approval.
pub(super) fn deny(workspace: &Workspace, directory: Option<&Path>) -> Done {
    let root = allow::deny(workspace, directory)?;
    noting::done(workspace, Action::Deny, Some(&root), None, &[]);
    report::note(&format!("denied: nothing is loaded in `{}` until you run `mcpenv allow` there", shown_path(&root)));
    Ok(ExitCode::SUCCESS)
}

/// The whole dialogue, also at the end of `init`.
pub(super) fn review(workspace: &Workspace, directory: Option<&Path>, person: &mut Person) -> Done {
    let proposal = allow::propose(workspace, directory)?;
    let looking = Looking { workspace, proposal: &proposal };
    show(&looking, person)?;
    if proposal.binding == Binding::NewProfile {
        return Err(Box::new(AllowError::ProfileAbsent(proposal.profile.clone())));
    }
    if let Some(file) = proposal.team.as_ref().filter(|file| !file.is_settled()) {
        if !team::confirm(file, &proposal.profile, person)? {
            person.tell("Not confirmed; nothing was changed.")?;
            return Ok(report::code(Exit::NotApproved));
        }
        allow::grant_team(workspace, &proposal)?;
        note_team(workspace, &proposal, file);
        person.tell("Confirmed.")?;
    }
    if proposal.is_settled() {
        workspace.ledger().complete(&proposal.project.root)?;
        person.tell("Nothing changed since you allowed it.")?;
        if proposal.of_user.iter().all(Asked::is_approved) {
            return Ok(ExitCode::SUCCESS);
        }
    } else {
        if proposal.grantable().count() == 0 && proposal.gone.is_empty() && proposal.of_user.is_empty() {
            person.tell("There is nothing to allow here: no server could be read from any client's file.")?;
            return Ok(ExitCode::SUCCESS);
        }
        if !person.agrees(&question(&proposal), false)? {
            person.tell("Not allowed: nothing is loaded here until you say yes to `mcpenv allow`.")?;
            return Ok(report::code(Exit::NotApproved));
        }
    }
    let with_user = ask_for_own_servers(&looking, person)?;
    let stored: Vec<VarName> = match &proposal.team {
        Some(file) => file.names.iter().cloned().collect(),
        None => values::list(workspace, &proposal.profile)?.into_iter().map(|row| row.name).collect(),
    };
    let but = ask_for_cautions(&proposal, with_user, &stored, person)?;
    allow::grant(workspace, &proposal, with_user, &but)?;
    let servers: Vec<&str> = proposal.grantable().map(|asked| asked.found.server.name.as_str()).collect();
    noting::done(workspace, Action::Allow, Some(&proposal.project.root), Some(&proposal.profile), &servers);
    person.tell("Allowed. The hook loads it at the next prompt.")?;
    tell_missing(&proposal, &stored, person)?;
    Ok(ExitCode::SUCCESS)
}

/// The part of it that is about the team file. False when the person said no.
pub(super) fn review_team(workspace: &Workspace, directory: Option<&Path>, person: &mut Person) -> Result<bool, Box<dyn Fault>> {
    let proposal = allow::propose(workspace, directory)?;
    let Some(file) = proposal.team.as_ref().filter(|file| !file.is_settled()) else { return Ok(true) };
    team::show(file, person)?;
    if !team::confirm(file, &proposal.profile, person)? {
        person.tell("Not confirmed; nothing is stored there until you confirm it with `mcpenv allow`.")?;
        return Ok(false);
    }
    allow::grant_team(workspace, &proposal)?;
    note_team(workspace, &proposal, file);
    Ok(true)
}

fn note_team(workspace: &Workspace, proposal: &Proposal, file: &TeamAsk) {
    let told = format!("team file: {}", file.now.path);
    noting::done(workspace, Action::Allow, Some(&proposal.project.root), Some(&proposal.profile), &[&told]);
}

/// What is shown, and where.
struct Looking<'a> {
    workspace: &'a Workspace,
    proposal: &'a Proposal,
}

fn question(proposal: &Proposal) -> String {
    let is_first = proposal.record.wishes.is_none() || proposal.has_new_clients || proposal.record.is_denied;
    let asked: Vec<&Asked> = proposal.grantable().filter(|a| is_first || !a.is_approved()).collect();
    let names = allow::asked_names(asked.iter().copied());
    let servers = count(asked.len(), "server");
    match (asked.len(), names.len()) {
        (0, _) => "Keep it so?".to_owned(),
        (_, 0) => format!("Allow {servers} here? They ask for no variable."),
        (_, n) => format!("Let {servers} have {} here, from profile `{}`?", count(n, "variable"), proposal.profile),
    }
}

fn ask_for_own_servers(looking: &Looking<'_>, person: &mut Person) -> Result<bool, AskError> {
    let proposal = looking.proposal;
    if proposal.of_user.is_empty() || proposal.grantable_of_user().all(Asked::is_approved) {
        return Ok(false);
    }
    person.tell("\nServers of your own client files can run here too. What they ask for:\n")?;
    for server in &proposal.of_user {
        show_server(server, looking, person)?;
    }
    person.agrees("Let these servers have their variables here as well?", false)
}

/// Asks for each unusual name that has a value; one that has none is asked about when it is stored.
fn ask_for_cautions(
    proposal: &Proposal,
    with_user: bool,
    stored: &[VarName],
    person: &mut Person,
) -> Result<Vec<VarName>, AskError> {
    let mut refused = Vec::new();
    for (name, why) in proposal.cautions(with_user).into_iter().filter(|(name, _)| stored.contains(name)) {
        person.tell(&format!("`{name}` is unusual for a secret: {why}."))?;
        if person.line("Type the name once more to allow it: ")? != name.as_str() {
            person.tell(&format!("Servers that ask for `{name}` stay out."))?;
            refused.push(name);
        }
    }
    Ok(refused)
}

fn show(looking: &Looking<'_>, person: &mut Person) -> Result<(), Box<dyn Fault>> {
    let proposal = looking.proposal;
    person.tell(&format!("{}\n", shown_path(&proposal.project.root)))?;
    if let Some(why) = &proposal.disbelieved {
        person.tell(&format!("! {why}; it counts as none\n"))?;
    }
    let bound = match proposal.binding {
        Binding::Bound => "",
        Binding::New => " (asked for by the project; saying yes binds it)",
        Binding::NewProfile => " (asked for by the project; there is no such profile yet)",
    };
    person.tell(&format!("Profile  {}{bound}", proposal.profile))?;
    let team_path = proposal.team.as_ref().map(|file| &file.now.path);
    if let Some(wish) = proposal.project.wishes.profile_file.as_ref().filter(|wish| Some(*wish) != team_path) {
        person.tell(&format!("! the project asks for the team file `{}`; it does not get it", shown(wish.as_str())))?;
    }
    if let Some(wish) = proposal.project.wishes.profile.as_ref().filter(|wish| **wish != proposal.profile) {
        person.tell(&format!("! the project asks for profile `{wish}`; it does not get it"))?;
    }
    if let Some(clients) = &proposal.project.wishes.clients {
        let mark = if proposal.has_new_clients { "  (changed)" } else { "" };
        person.tell(&format!("Clients  {}{mark}", clients.join(", ")))?;
    } else if proposal.has_new_clients {
        person.tell("Clients  all  (changed)")?;
    }
    if let Some(file) = &proposal.team {
        team::show(file, person)?;
    }
    person.tell("")?;
    for text in left_out(&proposal.project) {
        person.tell(&format!("! {text}"))?;
    }
    for unread in &proposal.unread {
        person.tell(&format!("! {}", unread.why))?;
    }
    for server in &proposal.servers {
        show_server(server, looking, person)?;
    }
    for gone in &proposal.gone {
        person.tell(&format!("  {} · {} · {} · gone since you allowed it", word(&gone.server), gone.client, gone.file))?;
    }
    if proposal.servers.is_empty() {
        person.tell("  No server is declared here.\n")?;
    }
    Ok(())
}

fn show_server(asked: &Asked, looking: &Looking<'_>, person: &mut Person) -> Result<(), AskError> {
    let found = &asked.found;
    let mark = match &asked.standing {
        Standing::Approved => "allowed",
        Standing::New => "new",
        Standing::Changed(_) => "CHANGED since you allowed it",
        Standing::Off => "switched off",
        Standing::Shadowed(_) => "SHADOWED",
        Standing::Ambiguous(_) => "AMBIGUOUS",
    };
    let line = if found.server.line > 0 { format!(":{}", found.server.line) } else { String::new() };
    let clients = found.titles().collect::<Vec<_>>().join(", ");
    person.tell(&format!("  {} · {clients} · {}{line} · {mark}", word(&found.server.name), found.file))?;
    let server = &found.server;
    if let Some(command) = command_line(server) {
        tell_part("runs", &command, person)?;
    }
    if let Some(command) = wrapped_by(server) {
        tell_part("through", &command, person)?;
    }
    if let Some(url) = server.url() {
        tell_part("calls", &foreign::line(&masked_tokens(url)), person)?;
    }
    let lines = lines(&server.entry);
    for part in lines.iter().filter(|line| !is_told(&line.part, server)) {
        tell_part(&foreign::line(&part.part), &foreign::line(&part.text), person)?;
    }
    let gets: Vec<_> = asked
        .projection
        .variables
        .iter()
        .map(|(name, inject)| if *inject == Inject::Shell { name.to_string() } else { format!("{name} ({})", inject.word()) })
        .collect();
    tell_part("gets", &if gets.is_empty() { "nothing".to_owned() } else { gets.join(", ") }, person)?;
    for line in lines.iter().filter(|line| line.text.contains(DOTS)) {
        person.tell(&format!(
            "      ! what looks like a secret stands in plaintext in `{}`, and is not shown",
            foreign::line(&line.part)
        ))?;
    }
    for (_, why) in asked.refused.iter().filter(|(name, _)| !is_everywhere(name)) {
        person.tell(&format!("      ! {why}"))?;
    }
    if let Standing::Shadowed(file) = &asked.standing {
        person.tell(&format!("      ! the server of the same name in `{}` counts instead", foreign::line(file)))?;
    }
    if let Standing::Ambiguous(key) = &asked.standing {
        person.tell(&format!(
            "      ! the key `{}` stands twice: clients disagree on which counts, so it is left out",
            shown(key)
        ))?;
    }
    for reference in server.references.iter().filter(|r| r.kind == Kind::Unexpanded) {
        let (name, at) = (foreign::line(&reference.name), foreign::line(&reference.at));
        person.tell(&format!("      ! {} does not expand `{name}` in {at}: the text itself is passed on", found.title))?;
    }
    let root = &looking.proposal.project.root;
    let oddities = [program::oddity, place::oddity].into_iter().filter_map(|odd| odd(looking.workspace, root, server));
    for danger in dangers(server).into_iter().chain(oddities) {
        person.tell(&format!("      ! {}", foreign::line(&danger)))?;
    }
    if let Standing::Changed(was) = &asked.standing {
        person.tell("      what changed:")?;
        for change in difference(was, &asked.projection, &lines) {
            person.tell(&format!("        {}", foreign::line(&told(&change))))?;
        }
    }
    person.tell("")
}

fn tell_part(part: &str, text: &str, person: &mut Person) -> Result<(), AskError> {
    person.tell(&format!("      {part:<8} {text}"))
}

/// Names that every shell has anyway; that they are not exported needs no word.
fn is_everywhere(name: &str) -> bool {
    matches!(name, "HOME" | "PATH" | "PWD" | "USER" | "SHELL" | "TERM" | "TMPDIR" | "TEMP" | "TMP" | "APPDATA" | "USERPROFILE")
}

fn told(change: &Change) -> String {
    match change {
        Change::Added(line) => format!("+ {} {}", line.part, line.text),
        Change::Removed(line) => format!("- {} {}", line.part, line.text),
        Change::Changed { part, was, now } => format!("~ {part} {was} → {now}"),
        Change::Masked => "~ something that is masked here".to_owned(),
        Change::MaskedPerhaps => "? what is masked here may have changed too".to_owned(),
        Change::Gains(variable) => format!("+ gets {variable}"),
        Change::Loses(variable) => format!("- gets {variable}"),
    }
}

fn tell_missing(proposal: &Proposal, stored: &[VarName], person: &mut Person) -> Result<(), AskError> {
    let asked = allow::asked_names(proposal.grantable());
    let missing: Vec<_> = asked.iter().filter(|name| !stored.contains(name)).collect();
    let requires = |name: &VarName| proposal.grantable().any(|a| a.requires(name)) && proposal.project.wishes.requires(name);
    for name in missing.into_iter().filter(|name| requires(name)) {
        person.tell(&format!("`{name}` has no value yet: mcpenv set {name}"))?;
    }
    Ok(())
}

fn count(n: usize, thing: &str) -> String {
    match n {
        1 => format!("this 1 {thing}"),
        n => format!("these {n} {thing}s"),
    }
}

/// The profile name that `init` offers for a directory. One that exists is offered only where it is bound: neither a project's
/// file nor the name of a directory may point an Enter at values of somewhere else.
pub(super) fn offered(ground: &init::Ground) -> Option<crate::profile::ProfileName> {
    let wish = ground.project.as_ref().and_then(|p| p.wishes.profile.clone());
    let is_free = |name: &crate::profile::ProfileName| !ground.profiles.contains(name);
    ground.bound.clone().or(wish.filter(is_free)).or_else(|| init::suggested_name(&ground.root).filter(is_free))
}
