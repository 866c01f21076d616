//! What adopting would change: every file as it is and as it would be, what would be stored, and what has to stay and why.
//! Nothing is written here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::candidate::Candidate;
use super::edits::{Launcher, Settled, changes};
use super::form::{Form, Wish, choose, wrapped_as};
use super::names::{Asking, Names, proposed};
use super::own;
use super::source::{Source, gather, is_elsewhere};
use super::trouble::AdoptError;
use crate::client::{self, Change, Client, Part, Scope, Server};
use crate::mask;
use crate::ops::declared::Unread;
use crate::ops::{Workspace, target};
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

/// One server with plaintext, while it is settled.
struct Case<'s> {
    source: usize,
    server: &'s Server,
    candidates: Vec<Candidate>,
    forms: Vec<Result<Form, String>>,
}

/// Looks through the files, and says what would change.
///
/// # Errors
/// When there is no project or profile, or a file that was named cannot be read.
pub fn plan(workspace: &Workspace, directory: Option<&Path>, profile: Option<ProfileName>, wanted: Wanted<'_>) -> Result<Plan, AdoptError> {
    let project = target::project(workspace, directory)?;
    let profile = target::profile(workspace, profile, Some(&project.root))?;
    let stored = workspace.store().load(&profile)?;
    let sources = gather(workspace, &project, &wanted)?;
    let mut plan = Plan {
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
    fn refuse(&mut self, source: &Source, server: &Server, place: String, why: String) {
        self.refused.push(Refusal { file: source.shown.clone(), server: server.name.clone(), line: server.line, place, why });
    }

    /// Every server with plaintext, and the form for each.
    fn cases<'s>(&mut self, sources: &'s [Source], wanted: Wanted<'_>) -> Vec<Case<'s>> {
        let mut cases: Vec<Case<'s>> = Vec::new();
        for (index, source) in sources.iter().enumerate() {
            for server in &source.servers {
                // the same entry, read by another client too
                let is_known = |case: &&Case<'_>| sources[case.source].path == source.path && case.server.pointer == server.pointer;
                if let Some(known) = cases.iter().find(is_known) {
                    self.also_read(&sources[known.source], source, known);
                    continue;
                }
                let (candidates, lost) = Candidate::all_of(server);
                for at in lost {
                    self.refuse(source, server, at, "it is no text that could be changed".to_owned());
                }
                if candidates.is_empty() {
                    continue;
                }
                let whole = match &server.duplicate_key {
                    Some(key) => Some(format!("the key `{}` stands twice", crate::escape::shown(key))),
                    None if is_elsewhere(server, &self.project) => {
                        Some("it belongs to another directory: adopt it from there".to_owned())
                    }
                    None => None,
                };
                let forms = match whole {
                    Some(why) => candidates.iter().map(|_| Err(why.clone())).collect(),
                    None => {
                        let writing = source.client.writing();
                        choose(server, &candidates, Wish { writing, title: source.client.title(), is_wrapped: wanted.is_wrapped })
                    }
                };
                cases.push(Case { source: index, server, candidates, forms });
            }
        }
        cases
    }

    /// Says where a second client that reads the same entry will not understand what is written for the first.
    fn also_read(&mut self, first: &Source, second: &Source, case: &Case<'_>) {
        let is_other = |candidate: &Candidate| {
            let of = |source: &Source| source.client.writing().reference(candidate.part, "X");
            of(first) != of(second)
        };
        let is_reference = |form: &Result<Form, String>| *form == Ok(Form::Reference);
        if case.candidates.iter().zip(&case.forms).any(|(candidate, form)| is_reference(form) && is_other(candidate)) {
            let note = format!(
                "`{}` is also read by {}, which does not fill what {} does there",
                first.shown,
                second.client.title(),
                first.client.title()
            );
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }

    /// Gives each value its name: case by case, text by text, part by part. A text without one is refused.
    fn name(&mut self, sources: &[Source], cases: &mut [Case<'_>], names: &mut Names<'_>) -> Vec<Vec<Vec<VarName>>> {
        let mut asking: Vec<Asking> = Vec::new();
        let mut places: Vec<(usize, usize)> = Vec::new();
        for (number, case) in cases.iter_mut().enumerate() {
            for (at, candidate) in case.candidates.iter().enumerate() {
                let Ok(form) = &case.forms[at] else { continue };
                match asked(case.server, candidate, *form) {
                    Ok(asks) => {
                        places.extend(asks.iter().map(|_| (number, at)));
                        asking.extend(asks);
                    }
                    Err(why) => case.forms[at] = Err(why),
                }
            }
        }
        let given = names.give(&asking.iter().collect::<Vec<_>>());
        let mut out: Vec<Vec<Vec<VarName>>> = cases.iter().map(|case| vec![Vec::new(); case.candidates.len()]).collect();
        for ((number, at), name) in places.iter().zip(&given) {
            match name {
                Some(name) => out[*number][*at].push(name.clone()),
                None => {
                    let key = &cases[*number].candidates[*at].key;
                    let why = format!("the variable would have to be called `{}`, and that holds another value", crate::escape::shown(key));
                    cases[*number].forms[*at] = Err(why);
                }
            }
        }
        self.tell_odd_ones(sources, cases, &asking, &places, &given);
        out
    }

    /// Names the files where what bears one name is another value than elsewhere.
    fn tell_odd_ones(
        &mut self,
        sources: &[Source],
        cases: &[Case<'_>],
        asking: &[Asking],
        places: &[(usize, usize)],
        given: &[Option<VarName>],
    ) {
        for (index, ask) in asking.iter().enumerate() {
            let Some(wish) = ask.wishes.first() else { continue };
            let twin = |other: &usize| asking[*other].wishes.first() == Some(wish) && asking[*other].value != ask.value;
            if let (Some(other), Some(name)) = ((0..asking.len()).find(twin), &given[index])
                && name != wish
            {
                let file = |at: usize| &sources[cases[places[at].0].source].shown;
                let note = format!("`{}` holds another `{wish}` than `{}`: it is kept as `{name}`", file(index), file(other));
                if !self.notes.contains(&note) {
                    self.notes.push(note);
                }
            }
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
            let launcher = launcher(&self.project, source.scope, wanted.program)?;
            let (mut texts, mut others, mut gone, mut steps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            let mut wrapped: Vec<(String, VarName)> = Vec::new();
            for (case, names) in cases.iter().zip(given).filter(|(case, _)| sources[case.source].path == source.path) {
                let owner = &sources[case.source];
                let mut settled = Vec::new();
                for ((candidate, form), names) in case.candidates.iter().zip(&case.forms).zip(names) {
                    match form {
                        Ok(form) => {
                            steps.push(step(owner, case.server, candidate, *form, names));
                            gone.extend(candidate.values().filter_map(|value| Secret::new(value.as_bytes().to_vec()).ok()));
                            settled.push(Settled { candidate, form: *form, names: names.clone() });
                        }
                        Err(why) => self.refuse(owner, case.server, candidate.place(case.server), why.clone()),
                    }
                }
                let started = wrapped_as(case.server).unwrap_or(&case.server.name).to_owned();
                for name in settled.iter().filter(|s| s.form == Form::Wrapper).flat_map(|s| &s.names) {
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

/// What one text asks to have stored.
fn asked(server: &Server, candidate: &Candidate, form: Form) -> Result<Vec<Asking>, String> {
    let secret = |text: &str| Secret::new(text.as_bytes().to_vec()).map_err(|e| e.to_string());
    if let Some(name) = form.fixed_name(candidate) {
        let value = if form.takes_all(candidate) { candidate.text.as_str() } else { candidate.values().next().unwrap_or("") };
        let name = VarName::parse(name).map_err(|e| e.to_string())?;
        return Ok(vec![Asking { value: secret(value)?, wishes: vec![name], is_fixed: true }]);
    }
    let wishes = |spot| proposed(server, candidate, spot);
    if form.takes_all(candidate) {
        let spot = candidate.spots.first().ok_or("nothing has to go")?;
        return Ok(vec![Asking { value: secret(&candidate.text)?, wishes: wishes(spot), is_fixed: false }]);
    }
    let one = |(spot, value): (_, &str)| Ok(Asking { value: secret(value)?, wishes: wishes(spot), is_fixed: false });
    candidate.spots.iter().zip(candidate.values()).map(one).collect()
}

fn step(source: &Source, server: &Server, candidate: &Candidate, form: Form, names: &[VarName]) -> Step {
    let writing = source.client.writing();
    let name = |index: usize| names.get(index).map_or("", VarName::as_str);
    let before = candidate.told(|_, value| mask::masked(value.as_bytes()));
    let after = match form {
        Form::Reference => candidate.told(|index, _| writing.reference(candidate.part, name(index)).unwrap_or_default()),
        Form::Wrapper if candidate.part == Part::Env => format!("gone; `mcpenv exec` gives `{}`", name(0)),
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
fn launcher(project: &Project, scope: Scope, program: &Path) -> Result<Launcher, AdoptError> {
    Ok(match scope {
        Scope::Project => Launcher { program: "mcpenv".to_owned(), project: None },
        Scope::User => Launcher {
            program: program.to_str().ok_or(AdoptError::Program)?.to_owned(),
            project: Some(project.root.to_str().ok_or(AdoptError::Program)?.to_owned()),
        },
    })
}
