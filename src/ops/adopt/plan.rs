//! What adopting would change: every file as it is and as it would be, what would be stored, and what has to stay and why.
//! Nothing is written here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::candidate::Candidate;
use super::case::Case;
use super::edits::{Launcher, Settled, changes};
use super::form::{Form, wrapped_as};
use super::names::Names;
use super::own;
use super::source::{Source, gather};
use super::trouble::AdoptError;
use crate::client::{self, Change, Client, Part, Scope, Server};
use crate::mask;
use crate::ops::declared::Unread;
use crate::ops::target;
use crate::ops::workspace::Workspace;
use crate::profile::ProfileName;
use crate::project::Project;
use crate::secret::Secret;
use crate::var::VarName;

/// What is to be looked through, and how.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Empty: every file of the scope.
    pub files: &'a [PathBuf],
    pub scope: Scope,
    pub client: Option<&'static dyn Client>,
    /// The wrapper wherever it can be.
    pub is_wrapped: bool,
    /// Where this program lies.
    pub program: &'a Path,
}

/// What would change.
pub struct Plan {
    pub scope: Scope,
    pub project: Project,
    pub profile: ProfileName,
    /// In the order in which they are written.
    pub files: Vec<FilePlan>,
    pub steps: Vec<Step>,
    pub refused: Vec<Refusal>,
    pub notes: Vec<String>,
    pub unread: Vec<Unread>,
    /// What the profile does not hold yet.
    pub values: BTreeMap<VarName, Secret>,
}

/// One file, before and after.
pub struct FilePlan {
    pub path: PathBuf,
    pub shown: String,
    pub before: Zeroizing<Vec<u8>>,
    pub after: Zeroizing<Vec<u8>>,
    /// The plaintext that goes, as it stands in the file.
    pub gone: Vec<Secret>,
}

/// One text that changes. What is shown of it holds no value.
#[derive(Debug, Clone)]
pub struct Step {
    pub file: String,
    pub client: &'static str,
    pub title: &'static str,
    pub server: String,
    pub line: usize,
    /// `env.GITHUB_TOKEN`
    pub place: String,
    pub before: String,
    pub after: String,
    pub names: Vec<VarName>,
    pub is_wrapped: bool,
}

/// A plaintext that stays, and why.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub file: String,
    pub server: String,
    pub line: usize,
    pub place: String,
    pub why: String,
}

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
    let mut names = Names::new(&stored);
    let given = plan.name(&sources.files, &mut cases, &mut names);
    plan.edit(&sources.files, &cases, &given, wanted)?;
    plan.values = names.new_values();
    let used: Vec<&VarName> = plan.steps.iter().flat_map(|step| &step.names).collect();
    plan.values.retain(|name, _| used.contains(&name));
    Ok(plan)
}

impl Plan {
    pub(super) fn refuse(&mut self, source: &Source, server: &Server, place: String, why: String) {
        self.refused.push(Refusal { file: source.shown.clone(), server: server.name.clone(), line: server.line, place, why });
    }

    /// Says something once.
    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn edit(
        &mut self,
        sources: &[Source],
        cases: &[Case<'_>],
        given: &[Vec<Vec<VarName>>],
        wanted: Wanted<'_>,
    ) -> Result<(), AdoptError> {
        let mut own: BTreeMap<String, Vec<VarName>> = BTreeMap::new();
        let mut done: Vec<&Path> = Vec::new();
        let mut files = Vec::new();
        for source in sources {
            if done.contains(&source.path.as_path()) {
                continue;
            }
            done.push(&source.path);
            let launcher = launcher(&self.project, source, wanted.program)?;
            let (mut texts, mut others, mut gone, mut steps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            let mut wrapped: Vec<(String, VarName)> = Vec::new();
            for (case, names) in cases.iter().zip(given).filter(|(case, _)| sources[case.source].path == source.path) {
                let owner = &sources[case.source];
                let mut settled = Vec::new();
                for ((candidate, form), names) in case.candidates.iter().zip(&case.forms).zip(names) {
                    match form {
                        Ok(form) => {
                            if let (Form::Reference | Form::Inherited, Some(note)) = (form, owner.client.writing().note) {
                                self.note(note.to_owned());
                            }
                            steps.push(step(owner, case.server, candidate, *form, names));
                            gone.extend(candidate.values().filter_map(|value| Secret::new(value.as_bytes().to_vec()).ok()));
                            settled.push(Settled { candidate, form: *form, names: names.clone() });
                        }
                        Err(why) => self.refuse(owner, case.server, candidate.place(case.server), why.clone()),
                    }
                }
                let started = wrapped_as(case.server).unwrap_or(&case.server.name).to_owned();
                // what no text names any more is declared in the project's own file, or nobody would load it
                let is_unnamed = |s: &&Settled<'_>| matches!(s.form, Form::Wrapper | Form::Inherited);
                for name in settled.iter().filter(is_unnamed).flat_map(|s| &s.names) {
                    wrapped.push((started.clone(), name.clone()));
                }
                let change = changes(case.server, owner.client.writing(), &settled, &launcher);
                texts.extend(change.texts);
                others.extend(change.others);
            }
            texts.extend(others);
            let changes: Vec<Change> = texts;
            if changes.is_empty() {
                continue;
            }
            match client::splice(source.format, &source.bytes, &changes) {
                Ok(after) => {
                    wrapped.into_iter().for_each(|(server, name)| own.entry(server).or_default().push(name));
                    self.steps.append(&mut steps);
                    files.push(FilePlan {
                        path: source.path.clone(),
                        shown: source.shown.clone(),
                        before: source.bytes.clone(),
                        after,
                        gone,
                    });
                }
                Err(error) => {
                    for step in steps {
                        let Step { file, server, line, place, .. } = step;
                        self.refused.push(Refusal { file, server, line, place, why: error.to_string() });
                    }
                }
            }
        }
        // the project's own file comes first: a server that mcpenv starts before it stands there gets nothing
        if let Some(file) = own::declare(&self.project, &own)? {
            self.files.push(file);
        }
        self.files.append(&mut files);
        Ok(())
    }
}

fn step(source: &Source, server: &Server, candidate: &Candidate, form: Form, names: &[VarName]) -> Step {
    let writing = source.client.writing();
    let name = |index: usize| names.get(index).map_or("", VarName::as_str);
    let before = candidate.told(|_, value| mask::masked(value.as_bytes()));
    let after = match form {
        Form::Reference => candidate.told(|index, _| writing.reference(candidate.part, name(index)).unwrap_or_default()),
        Form::Wrapper if candidate.part == Some(Part::Env) => format!("gone; `mcpenv exec` gives `{}`", name(0)),
        Form::Wrapper if candidate.given_whole().is_some() => format!("-e {}", name(0)),
        Form::Wrapper => candidate.told(|index, _| format!("%{{{}}}", name(index))),
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
        after,
        names: names.to_vec(),
        is_wrapped: form == Form::Wrapper,
    }
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
