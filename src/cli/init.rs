//! `init`: guided at a terminal, silent for scripts.

use std::process::ExitCode;

use super::args::Init;
use super::ask::Person;
use super::report::Done;
use super::values::ask_value_or_nothing;
use super::{adopt, allow, report};
use crate::escape::{shown, shown_path};
use crate::fault::{Exit, Fault};
use crate::keychain::PLACE;
use crate::ops::allow::{asked_names, propose};
use crate::ops::init::{self, Ground, Made, Rest};
use crate::ops::{Workspace, known, values};
use crate::profile::ProfileName;
use crate::team::TeamPath;
use crate::var::VarName;

const NEW_KEY: &str = "made an identity, the key to your profiles: back it up, nothing opens them without it";

/// Makes the directory a project.
pub(super) fn run(workspace: &Workspace, args: &Init) -> Done {
    let named = args.profile.as_deref().map(ProfileName::parse).transpose()?;
    let mut person = if args.no_input { None } else { Some(Person::at_terminal(workspace)?) };
    let ground = init::survey(workspace, args.project.as_deref())?;
    let profile = match (named, &mut person) {
        (Some(name), _) => name,
        (None, Some(person)) => ask_name(&ground, person)?,
        (None, None) => match ground.bound.clone() {
            Some(bound) => bound,
            None => return Ok(report::wrong("`init --no-input` needs a profile", "run `mcpenv init --no-input --profile NAME`")),
        },
    };
    let file = match (&args.team_file, &mut person) {
        (Some(text), _) => Some(TeamPath::parse(text)?),
        (None, Some(person)) if args.store.is_none() => ask_file(&ground, person)?,
        (None, _) => None,
    };
    let rest = file.as_ref().map_or(Rest::Store(args.store.as_deref()), Rest::Team);
    let had_key = workspace.paths.identity().exists();
    let made = init::make(workspace, &ground, &profile, rest).inspect_err(|_| {
        if !had_key && workspace.paths.identity().exists() {
            report::note(NEW_KEY);
        }
    })?;
    tell(&made, ground.project.as_ref().is_some_and(|p| p.wishes.profile_file != made.team));
    if person.is_none() && made.others > 0 {
        let who = if made.others == 1 { "1 other".to_owned() } else { format!("{} others", made.others) };
        report::note(&format!("{who} can open that file: confirm them with `mcpenv allow` before you store anything"));
    }
    if let Ok(proposal) = propose(workspace, Some(&made.root)) {
        known::hints(&proposal.servers).iter().for_each(|hint| report::note(&format!("! {hint}")));
    }
    let Some(mut person) = person else {
        report::note("nothing is approved yet: a person does that with `mcpenv allow`");
        return Ok(ExitCode::SUCCESS);
    };
    // nobody types a value for people whom they have not seen
    if made.team.is_some() && !allow::review_team(workspace, Some(&made.root), &mut person)? {
        return Ok(report::code(Exit::NotApproved));
    }
    let done = adopt::offer(workspace, &made.root, &made.profile, &mut person)
        .and_then(|()| fill(workspace, &made, &mut person))
        .and_then(|()| allow::review(workspace, Some(&made.root), &mut person));
    if matches!(&done, Err(fault) if fault.exit() == Exit::Interrupted) {
        report::note("what was made and stored so far stays; `mcpenv init` goes on from there");
    }
    done
}

fn ask_name(ground: &Ground, person: &mut Person) -> Result<ProfileName, Box<dyn Fault>> {
    if let Some(bound) = &ground.bound {
        return Ok(bound.clone());
    }
    person.tell(&format!("{} becomes a project of mcpenv.", shown_path(&ground.root)))?;
    if let Some(outer) = &ground.outer {
        person.tell(&format!("It stands inside the project {}; in here only this one will count.", shown_path(outer)))?;
    }
    if !ground.profiles.is_empty() {
        let names: Vec<_> = ground.profiles.iter().map(ProfileName::as_str).collect();
        person.tell(&format!("Profiles so far: {}.", names.join(", ")))?;
    }
    let wish = ground.project.as_ref().and_then(|p| p.wishes.profile.as_ref());
    if let Some(wish) = wish.filter(|wish| ground.profiles.contains(wish)) {
        person.tell(&format!("The project asks for `{wish}`, which exists already; type the name to give it these values."))?;
    }
    loop {
        let offered = allow::offered(ground);
        let question = match &offered {
            Some(name) => format!("Profile for its values [{name}]: "),
            None => "Profile for its values: ".to_owned(),
        };
        let typed = person.line(&question)?;
        match (typed.is_empty(), offered) {
            (true, Some(name)) => return Ok(name),
            (true, None) => {}
            (false, _) => match ProfileName::parse(&typed) {
                Ok(name) => return Ok(name),
                Err(e) => person.tell(&format!("{e}; {}", e.hint().unwrap_or_default()))?,
            },
        }
    }
}

/// A project that asks for a team file: whether it gets it is looked at in full once there is a key, when it is allowed.
fn ask_file(ground: &Ground, person: &mut Person) -> Result<Option<TeamPath>, Box<dyn Fault>> {
    let wish = ground.project.as_ref().and_then(|project| project.wishes.profile_file.clone());
    let Some(wish) = wish.filter(|_| ground.bound.is_none()) else { return Ok(None) };
    let path = shown(wish.as_str()).into_owned();
    let question = if ground.root.join(wish.as_path()).exists() {
        format!("The project brings a profile of its team, in `{path}`. Use it?")
    } else {
        format!("The project asks for a profile of its team in `{path}`, which is not there. Make it?")
    };
    Ok(if person.agrees(&question, true)? { Some(wish) } else { None })
}

fn tell(made: &Made, is_unnamed: bool) {
    let path = shown_path(&made.root.join(crate::project::FILE));
    let mut lines = Vec::new();
    if made.has_new_identity {
        lines.push(NEW_KEY.to_owned());
    }
    if let (true, Some(file)) = (made.has_new_profile, &made.team) {
        lines.push(format!("made profile `{}` in the team file `{file}`, encrypted with age: commit it", made.profile));
        lines.push(format!(
            "so that git can merge it: `{file} -text -diff merge=mcpenv` in `.gitattributes`, and once in each clone `git config merge.mcpenv.driver \"mcpenv profile merge %O %A %B\"`"
        ));
    } else if made.has_new_profile {
        let with = if made.store == "age" { "age".to_owned() } else { format!("age, its key in {PLACE}") };
        lines.push(format!("made profile `{}`, encrypted with {with}", made.profile));
    }
    if made.has_new_file {
        lines.push(format!("wrote `{path}`: names only, commit it"));
    }
    if made.is_newly_bound {
        let file = made.team.as_ref().map(|file| format!(", in the team file `{file}`")).unwrap_or_default();
        lines.push(format!("bound this project to profile `{}`{file}", made.profile));
    }
    if let (Some(file), true) = (&made.team, is_unnamed) {
        lines.push(format!("put `profile_file = \"{file}\"` into `{path}`, so that the others are asked to use it"));
    }
    if lines.is_empty() {
        lines.push(format!("everything was there: `{path}`, bound to profile `{}`", made.profile));
    }
    for line in &lines {
        report::note(line);
    }
    report::warnings(&made.warnings);
}

/// Asks for what the servers want and the profile lacks.
fn fill(workspace: &Workspace, made: &Made, person: &mut Person) -> Result<(), Box<dyn Fault>> {
    let proposal = propose(workspace, Some(&made.root))?;
    let stored = values::list(workspace, &made.profile)?;
    let asked = asked_names(proposal.grantable());
    let is_required = |name: &VarName| proposal.grantable().any(|a| a.requires(name)) && proposal.project.wishes.requires(name);
    let is_stored = |name: &VarName| stored.iter().any(|row| row.name == *name);
    let missing: Vec<_> = asked.into_iter().filter(|n| n.caution().is_none() && is_required(n) && !is_stored(n)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    person.tell(&format!("\nThe servers here ask for {} without a value. Enter alone leaves one for later.", missing.len()))?;
    for name in missing {
        let mut servers: Vec<_> = proposal
            .grantable()
            .filter(|a| a.projection.variables.iter().any(|(n, _)| *n == name))
            .map(|a| shown(&a.found.server.name).into_owned())
            .collect();
        servers.dedup();
        let askers = proposal.grantable().filter(|a| a.projection.variables.iter().any(|(n, _)| *n == name));
        let known = known::variable(&name, Some(&proposal.project), askers.map(|a| &a.found.server));
        if !known.line().is_empty() {
            person.tell(&format!("  {name}: {}", known.line()))?;
        }
        if let Some(value) = ask_value_or_nothing(person, &name, &format!("; for {}", servers.join(", ")))? {
            let done = values::set(workspace, &made.profile, &name, value)?;
            report::warnings(&done.warnings);
            person.tell(&format!("  stored (fingerprint {})", done.fingerprint))?;
        }
    }
    person.tell("")?;
    Ok(())
}
