//! Draws the plan up: looks through the files, settles forms and names, and makes the edits. Nothing is written here.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::candidate::Candidate;
use super::case::Case;
use super::edits::{Changes, Launcher, Settled, changes};
use super::form::{Form, in_argument, wrapped_as};
use super::own;
use super::plan::{FilePlan, Plan, Refusal, Step, Wanted};
use super::source::{Source, gather};
use super::trouble::AdoptError;
use crate::client::{self, Change, Kind, Part, Scope, Server};
use crate::escape::shown;
use crate::mask;
use crate::ops::target;
use crate::ops::workspace::Workspace;
use crate::plaintext;
use crate::profile::ProfileName;
use crate::project::Project;
use crate::secret::Secret;
use crate::sys::canonical;
use crate::var::VarName;

/// Looks through the files, and says what would change.
///
/// # Errors
/// When there is no project or profile, or a file that was named cannot be read.
pub fn plan(
    workspace: &Workspace,
    directory: Option<&Path>,
    profile: Option<ProfileName>,
    wanted: Wanted<'_>,
) -> Result<Plan, AdoptError> {
    let project = target::project(workspace, directory)?;
    let profile = target::profile(workspace, profile, Some(&project.root))?;
    let stored = workspace.store().load(&profile)?;
    let sources = gather(workspace, &project, &wanted)?;
    let mut plan = Plan {
        scope: wanted.scope,
        project,
        profile,
        files: Vec::new(),
        steps: Vec::new(),
        refused: Vec::new(),
        notes: Vec::new(),
        unread: sources.unread,
        values: BTreeMap::new(),
    };
    let mut cases = plan.cases(&sources.files, wanted);
    let given = plan.name(&sources.files, &mut cases, &stored, wanted);
    plan.edit(&sources.files, &cases, &given, wanted.program)?;
    let used: HashSet<&VarName> = plan.steps.iter().flat_map(|step| &step.names).collect();
    plan.values.retain(|name, _| used.contains(name));
    Ok(plan)
}

/// What becomes of one server's entry.
struct Work<'c> {
    /// Whose entry it is, and where.
    owner: &'c Source,
    pointer: &'c str,
    /// There is more plaintext in it than is told at once.
    has_more: bool,
    changes: Changes,
    /// Where the client must find which name afterwards.
    references: Vec<(String, VarName)>,
    steps: Vec<Step>,
    gone: Vec<Secret>,
    /// What `.mcpenv.toml` must declare for it, and under which name.
    declared: (&'c str, Vec<VarName>),
}

impl Plan {
    /// Makes the edits, file by file. Each file is read by one client at least.
    fn edit(
        &mut self,
        sources: &[Source],
        cases: &[Case<'_>],
        given: &[Vec<Vec<VarName>>],
        program: &Path,
    ) -> Result<(), AdoptError> {
        let mut declared: BTreeMap<String, Vec<VarName>> = BTreeMap::new();
        let mut done: Vec<&Path> = Vec::new();
        let mut files = Vec::new();
        for source in sources {
            if done.contains(&source.path.as_path()) {
                continue;
            }
            done.push(&source.path);
            let launcher = launcher(&self.project, source, program)?;
            let here = cases.iter().zip(given).filter(|(case, _)| sources[case.source].path == source.path);
            let works: Vec<Work<'_>> =
                here.filter_map(|(case, names)| self.work(&sources[case.source], case, names, &launcher)).collect();
            let (after, works) = self.spliced(source, works);
            if works.is_empty() {
                continue;
            }
            let stays = self.refused.iter().filter(|refused| refused.file == source.shown).count();
            if !is_done(&works, &after, stays) {
                for step in works.into_iter().flat_map(|work| work.steps) {
                    self.stay(step, "its client would not find the variable afterwards".to_owned());
                }
                continue;
            }
            let mut gone = Vec::new();
            for work in works {
                let (server, names) = work.declared;
                if !names.is_empty() {
                    declared.entry(server.to_owned()).or_default().extend(names);
                }
                self.steps.extend(work.steps);
                gone.extend(work.gone);
            }
            if source.has_other_names {
                self.note(format!(
                    "`{}` has another name on this disk (a hard link), which keeps the plaintext and all that it holds now",
                    source.shown
                ));
            }
            let (path, shown, before) = (source.path.clone(), source.shown.clone(), source.bytes.clone());
            files.push(FilePlan { path, shown, before, after, gone });
        }
        // the project's own file comes first: a server that mcpenv starts before it stands there gets nothing
        self.files.extend(own::declare(&self.project, &declared)?);
        self.files.append(&mut files);
        Ok(())
    }

    /// What becomes of one entry; `None` when all of it stays.
    fn work<'c>(
        &mut self,
        source: &'c Source,
        case: &'c Case<'_>,
        names: &[Vec<VarName>],
        launcher: &Launcher,
    ) -> Option<Work<'c>> {
        let (mut settled, mut steps, mut gone, mut references) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((candidate, form), names) in case.candidates.iter().zip(&case.forms).zip(names) {
            match form {
                Ok(form) => {
                    let note =
                        source.client.writing(case.server).note.filter(|_| matches!(form, Form::Reference | Form::Inherited));
                    note.into_iter().for_each(|note| self.note(note.to_owned()));
                    steps.push(step(source, case.server, candidate, *form, names));
                    gone.extend(candidate.values().filter_map(|value| Secret::new(value.as_bytes().to_vec()).ok()));
                    if *form == Form::Reference {
                        references.extend(names.iter().map(|name| (candidate.at.clone(), name.clone())));
                    }
                    settled.push(Settled { candidate, form: *form, names: names.clone() });
                }
                Err(why) => self.refuse(&source.shown, case.server, candidate.place(case.server), why.clone()),
            }
        }
        // what no text names any more is declared in the project's own file, or nobody would load it
        let unnamed = settled.iter().filter(|settled| settled.form.is_wrapper() || settled.form == Form::Inherited);
        let unnamed = unnamed.flat_map(|settled| settled.names.iter().cloned()).collect();
        let declared = (wrapped_as(case.server).unwrap_or(&case.server.name), unnamed);
        let changes = changes(case.server, source.client.writing(case.server), &settled, launcher);
        let pointer = case.server.pointer.as_str();
        let has_more = case.candidates.iter().map(|candidate| candidate.spots.len()).sum::<usize>() >= plaintext::MOST;
        if has_more && !steps.is_empty() {
            // before all that is said of single values
            let name = shown(&case.server.name);
            self.notes.insert(0, format!("`{name}` holds more plaintext than is told at once: run the command again"));
        }
        (!steps.is_empty()).then_some(Work { owner: source, pointer, has_more, changes, references, steps, gone, declared })
    }

    /// The file with all of these done; where they cannot all be, with those that can.
    fn spliced<'c>(&mut self, source: &Source, works: Vec<Work<'c>>) -> (Zeroizing<Vec<u8>>, Vec<Work<'c>>) {
        let of = |work: &Work<'_>| -> Vec<Change> { work.changes.texts.iter().chain(&work.changes.others).cloned().collect() };
        let texts = works.iter().flat_map(|work| work.changes.texts.iter());
        let all: Vec<Change> = texts.chain(works.iter().flat_map(|work| work.changes.others.iter())).cloned().collect();
        if let Ok(after) = client::splice(source.format, &source.bytes, &all) {
            return (after, works);
        }
        let mut bytes = source.bytes.clone();
        let mut done = Vec::new();
        for work in works {
            match client::splice(source.format, &bytes, &of(&work)) {
                Ok(after) => {
                    bytes = after;
                    done.push(work);
                }
                Err(error) => work.steps.into_iter().for_each(|step| self.stay(step, error.to_string())),
            }
        }
        (bytes, done)
    }

    fn stay(&mut self, step: Step, why: String) {
        let Step { file, server, line, place, .. } = step;
        self.refused.push(Refusal { file, server, line, place, why });
    }
}

/// Whether each client still reads the file and finds its references, and no more plaintext is found than what stays.
fn is_done(works: &[Work<'_>], after: &[u8], stays: usize) -> bool {
    let mut owners: Vec<&Source> = Vec::new();
    for work in works {
        if !owners.iter().any(|known| std::ptr::eq(*known, work.owner)) {
            owners.push(work.owner);
        }
    }
    owners.into_iter().all(|owner| {
        let Ok(declaration) = owner.client.read_at(&owner.path, after, owner.scope) else { return false };
        let is_told_whole = |server: &&Server| {
            !works.iter().any(|work| work.has_more && work.pointer == server.pointer && std::ptr::eq(work.owner, owner))
        };
        let told = declaration.servers.iter().filter(is_told_whole).flat_map(plaintext::find);
        let left: BTreeSet<String> = told.map(|finding| finding.at).collect();
        let references = declaration.servers.iter().flat_map(|server| &server.references);
        let found: BTreeSet<(&str, &str)> =
            references.filter(|r| r.kind != Kind::Unexpanded).map(|r| (r.at.as_str(), r.name.as_str())).collect();
        let mut written = works.iter().filter(|work| std::ptr::eq(work.owner, owner)).flat_map(|work| &work.references);
        left.len() <= stays && written.all(|(at, name)| found.contains(&(at.as_str(), name.as_str())))
    })
}

fn step(source: &Source, server: &Server, candidate: &Candidate, form: Form, names: &[VarName]) -> Step {
    let writing = source.client.writing(server);
    let name = |index: usize| names.get(index).map_or("", VarName::as_str);
    let before = candidate.told(|_, value| mask::masked(value.as_bytes()));
    let after = match form {
        Form::Reference => candidate.told(|index, _| writing.reference(candidate.part, name(index)).unwrap_or_default()),
        Form::Wrapper if candidate.part == Some(Part::Env) => format!("gone; `mcpenv exec` gives `{}`", name(0)),
        Form::Wrapper if candidate.given_whole().is_some() => format!("-e {}", name(0)),
        Form::Wrapper => candidate.told(|index, _| in_argument(candidate, writing, name(index))),
        Form::Renamed => format!("%{{{}}}", name(0)),
        Form::Inherited => format!("gone; {} passes `{}` on", source.client.title(), name(0)),
        Form::Names(list) => format!("gone; `{list}` names `{}`", name(0)),
        Form::Bearer(field) | Form::Field(field) => format!("gone; `{field}` names `{}`", name(0)),
        Form::Header(map) => format!("gone; `{map}` names `{}`", name(0)),
    };
    Step {
        file: source.shown.clone(),
        client: source.client.name(),
        title: source.client.title(),
        server: server.name.clone(),
        line: server.line,
        place: candidate.place(server),
        before,
        names: names.to_vec(),
        is_wrapped: form.is_wrapper(),
        is_seen: match form {
            Form::Reference => matches!(candidate.part, Some(Part::Command | Part::Args)) && !candidate.is_filled_by_server,
            Form::Renamed => false,
            _ => after.contains("%{"),
        },
        after,
    }
}

/// The path under which this very program is found, where there is one that stays when it is replaced by a newer one.
#[must_use]
pub fn program(workspace: &Workspace, running: &Path) -> PathBuf {
    let is_it = |found: &PathBuf| canonical(found).is_ok_and(|found| canonical(running).is_ok_and(|running| found == running));
    workspace.program("mcpenv").filter(is_it).unwrap_or_else(|| running.to_owned())
}

/// How mcpenv is called from a file: by its name where others have it too, by its place in a file of this machine.
fn launcher(project: &Project, source: &Source, program: &Path) -> Result<Launcher, AdoptError> {
    if source.scope == Scope::Project {
        return Ok(Launcher { program: "mcpenv".to_owned(), options: Vec::new() });
    }
    let text = |path: &Path| path.to_str().map(str::to_owned).ok_or(AdoptError::Program);
    // servers of all clients meet in one project, and some of them bear one name
    let options = ["--client".to_owned(), source.client.name().to_owned(), "--project".to_owned(), text(&project.root)?];
    Ok(Launcher { program: text(program)?, options: options.to_vec() })
}
