//! The hook's work, on every change: what this project's approved servers may have now. It never fails and never asks; what
//! stands in the way becomes one line, and nothing is loaded that was not approved.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::dates::{self, Dates};
use super::declared::{self, client_names};
use super::shadow;
use super::standing::{Asked, Standing};
use super::summary::Summary;
use super::team::unconfirmed;
use super::warned;
use super::workspace::{NoteError, Workspace};
use crate::approval::{Reading, Record, wishes_digest};
use crate::audit::{self, Action};
use crate::client::Scope;
use crate::escape::{shown, shown_path};
use crate::fault::{Exit, Fault, sentence};
use crate::held::State;
use crate::life::{Clock, Word, day_text};
use crate::profile::{Profile, ProfileName};
use crate::project::{FILE, Inject, Project};
use crate::secret::Secret;
use crate::settings::{Audit, OnChange, Settings};
use crate::store::{Store, StoreError};
use crate::sys;
use crate::var::VarName;

/// What the shell gets.
#[derive(Debug, Default)]
pub struct Entry {
    pub put: Vec<(VarName, Secret)>,
    /// For the user, on entry.
    pub say: Option<String>,
    /// Ask again at a prompt this many seconds later, whatever happens; 0: never. A `chmod` changes no time that a shell sees.
    pub wake: u32,
    /// For the user, once.
    pub warn: Vec<String>,
    /// Ask again when one of these has another time than this.
    pub seen: Vec<(PathBuf, SystemTime)>,
    /// Ask again when one of these appears.
    pub absent: Vec<PathBuf>,
}

/// Loads the project in `directory`. `accepts` says why a shell cannot carry a value.
pub fn load(workspace: &Workspace, directory: &Path, accepts: &dyn Fn(&Secret) -> Option<&'static str>) -> Entry {
    let mut entry = Entry::default();
    let settings = match workspace.settings() {
        Ok(settings) => settings,
        Err(e) => {
            entry.watch(&workspace.paths.settings());
            entry.watch(&directory.join(FILE));
            entry.fault(&e);
            return entry;
        }
    };
    entry.watch(&workspace.paths.settings());
    // the directory's time is taken before anything in it is read: what changes in between is then seen at the next prompt
    entry.watch(directory);
    let project = match Project::open(directory, &client_names()) {
        Ok(project) => project,
        Err(e) => {
            entry.watch(&directory.join(FILE));
            entry.fault(&e);
            return entry;
        }
    };
    entry.saw(project.root.join(FILE), &project.meta);
    let ledger = workspace.ledger();
    entry.watch(&ledger.file_of(&project.root));
    let here = shown_path(&project.root);
    let record = match ledger.read(&project.root) {
        Reading::Said(record) => *record,
        Reading::None => {
            entry.warn.push(format!("`{here}` is not approved yet; see what it asks for with `mcpenv allow`"));
            return entry;
        }
        Reading::Disbelieved(e) => {
            entry.fault(&e);
            return entry;
        }
    };
    if record.is_denied {
        return entry;
    }
    let Some(profile) = record.profile.clone().filter(|_| record.wishes.is_some()) else {
        entry.warn.push(format!("`{here}` is not approved yet; see what it asks for with `mcpenv allow`"));
        return entry;
    };
    if record.wishes != Some(wishes_digest(project.wishes.clients.as_deref())) {
        entry.warn.push(format!("`clients` in `{here}/{FILE}` changed, nothing is loaded; see it with `mcpenv allow`"));
        return entry;
    }
    Loading { workspace, settings, project, record, profile }.fill(&mut entry, accepts);
    entry
}

struct Loading<'a> {
    workspace: &'a Workspace,
    settings: Settings,
    project: Project,
    record: Record,
    profile: ProfileName,
}

impl Loading<'_> {
    fn fill(self, entry: &mut Entry, accepts: &dyn Fn(&Secret) -> Option<&'static str>) {
        let mut line = Summary::default();
        let mut declared = declared::in_project(&self.project);
        shadow::mark_known(&mut declared.servers, &self.record);
        entry.seen.extend(declared.files.iter().cloned());
        // one that is not there yet shows in the time of the project's own directory
        declared.directories.iter().filter(|directory| directory.is_dir()).for_each(|directory| entry.watch(directory));
        line.troubles.extend(declared.unread.iter().map(|unread| unread.why.clone()));
        let asked: Vec<Asked> =
            declared.servers.into_iter().map(|found| Asked::new(found, &self.project.wishes, Some(&self.record))).collect();
        for server in asked.iter().filter(|a| a.is_pending()) {
            let what = match server.standing {
                Standing::New => "new",
                Standing::Ambiguous(_) => "ambiguous",
                _ => "changed",
            };
            line.pending.push(format!("`{}` in `{}` is {what}", shown(&server.found.server.name), server.found.file));
        }
        // what cannot be read here may be read by its client, changes and all
        let is_changed = !line.pending.is_empty() || !line.troubles.is_empty();
        let (wanted, required) = if self.settings.on_change == OnChange::Project && is_changed {
            (BTreeSet::new(), BTreeSet::new())
        } else {
            self.wanted(&asked)
        };
        if !wanted.is_empty() && !self.open(wanted, &required, entry, &mut line, accepts) {
            return;
        }
        self.note(entry, &mut line);
        line.loaded = entry.put.iter().map(|(name, _)| name.as_str().to_owned()).collect();
        let today = day_text(self.workspace.seconds());
        let is_new = |words: &String| !warned::was_said(&self.workspace.paths, &self.project.root, &today, words);
        let warning = line.worst_end().filter(is_new);
        let before = entry.say.take();
        entry.say = line.into_line(&self.profile, self.settings.line, warning).or(before);
    }

    /// What the approved servers may have, and what they cannot do without. A server of a user's own file counts as it was
    /// approved: that file is large, rewritten all day, and never read here.
    fn wanted(&self, asked: &[Asked]) -> (BTreeSet<VarName>, BTreeSet<VarName>) {
        let mut wanted = BTreeSet::new();
        let mut required = BTreeSet::new();
        for server in asked.iter().filter(|a| a.is_approved()) {
            let needed = server.required();
            for name in server.exported() {
                if needed.contains(name.as_str()) && self.project.wishes.requires(name) {
                    required.insert(name.clone());
                }
                wanted.insert(name.clone());
            }
        }
        let own: Vec<&declared::Found> = asked.iter().map(|a| &a.found).collect();
        let of_user = self.record.servers.iter().map(|a| &a.projection).filter(|p| !shadow::is_outdone(p, &own));
        for server in of_user.filter(|p| p.scope == Scope::User && self.project.wishes.wants_client(&p.client)) {
            // the project may narrow the way that was approved, and never widen it
            let is_wanted =
                |name: &VarName, approved: Inject| approved == Inject::Shell && self.project.wishes.inject(name) == Inject::Shell;
            let names = server.variables.iter().filter(|(name, approved)| is_wanted(name, *approved));
            wanted.extend(names.map(|(name, _)| name.clone()));
        }
        (wanted, required)
    }

    /// Opens the profile and takes what is wanted. False when it could not be opened.
    fn open(
        &self,
        wanted: BTreeSet<VarName>,
        required: &BTreeSet<VarName>,
        entry: &mut Entry,
        line: &mut Summary,
        accepts: &dyn Fn(&Secret) -> Option<&'static str>,
    ) -> bool {
        let files = self.workspace.files_of(&self.project.root, &self.record, "");
        entry.watch(&files.file(&self.profile));
        let mut profile = match files.load(&self.profile) {
            Ok(profile) => profile,
            Err(StoreError::Absent(_)) if let Some(team) = &self.record.team => {
                entry.warn.push(format!("the team file `{}` is not here, nothing is loaded", shown(team.path.as_str())));
                return false;
            }
            Err(e) => {
                entry.watch(&self.workspace.paths.identity());
                entry.fault(&e);
                if e.exit() == Exit::Locked || matches!(e, StoreError::Keychain(_) | StoreError::SshKey { .. }) {
                    // quiet until something is unlocked; a keychain or an SSH key may come back by other hands than ours
                    entry.wake = 60;
                    entry.watch(self.workspace.own_identity().held().file());
                }
                return false;
            }
        };
        if !self.workspace.own_identity().was_plain() {
            self.withdraw_in_time(entry);
        }
        if self.record.team.as_ref().is_some_and(|team| !unconfirmed(team, &profile).is_empty()) {
            line.troubles.push("somebody new can open the team file, see `mcpenv allow`".to_owned());
        }
        let now = self.workspace.seconds();
        if let Clock::WentBack(days) = dates::clock_of(&profile, now) {
            line.troubles.push(format!("the clock is {days} days behind what was stored here: no date is believed"));
        } else {
            self.date(&wanted, &profile, now, entry, line);
        }
        let mut total = 0;
        for name in wanted {
            let Some(variable) = profile.variables.remove(&name) else {
                if required.contains(&name) {
                    line.missing.push(name.to_string());
                }
                continue;
            };
            let size = sys::exported_size(name.as_str(), variable.value.expose());
            if variable.revoked.is_some() {
                line.troubles.push(format!("`{name}` is revoked; give it a new value with `mcpenv rotate {name}`"));
            } else if size > sys::EXPORT_LIMIT {
                line.troubles.push(format!("`{name}` is too long to be exported"));
            } else if total + size > sys::EXPORT_TOTAL {
                line.troubles.push(format!("`{name}` no longer fits beside the others"));
            } else if let Some(why) = accepts(&variable.value) {
                line.troubles.push(format!("`{name}` {why}"));
            } else {
                total += size;
                entry.put.push((name, variable.value));
            }
        }
        true
    }
}

impl Loading<'_> {
    /// Notes what is loaded. Where the log is required, what could not be noted is not loaded.
    fn note(&self, entry: &mut Entry, line: &mut Summary) {
        if entry.put.is_empty() || self.settings.audit == Audit::Off {
            return;
        }
        let names: Vec<&str> = entry.put.iter().map(|(name, _)| name.as_str()).collect();
        let noted = self.workspace.journal().map_err(NoteError::from).and_then(|journal| {
            let (project, profile) = (Some(self.project.root.as_path()), self.profile.as_str());
            let record = audit::Entry { action: Action::Load, project, profile, names: &names };
            Ok(journal.note(&record, self.workspace.seconds())?)
        });
        if let Err(e) = noted {
            line.troubles.push(sentence(&e));
            if self.settings.audit == Audit::Required {
                entry.put.clear();
            }
        }
    }

    /// What is to be said of the dates of what is wanted, and when there will be something else to say.
    fn date(&self, wanted: &BTreeSet<VarName>, profile: &Profile, now: i64, entry: &mut Entry, line: &mut Summary) {
        for (name, variable) in wanted.iter().filter_map(|name| Some((name, profile.variables.get(name)?))) {
            let dates = Dates::of(variable, self.project.wishes.variables.get(name), &self.settings);
            let word = dates.word(self.settings.windows, now);
            if word != Word::Fine && variable.revoked.is_none() {
                line.ends.push((word, name.to_string()));
            }
            if let Some(next) = dates.next(self.settings.windows, now) {
                entry.wake_in(next.saturating_sub(now));
            }
        }
    }

    /// What a protected key opened goes when it is locked, and when its time is over.
    fn withdraw_in_time(&self, entry: &mut Entry) {
        let held = self.workspace.own_identity().held();
        entry.watch(held.file());
        if let State::Until(end) = held.state() {
            entry.wake_in(end.saturating_sub(self.workspace.seconds()));
        }
    }
}

impl Entry {
    /// Notes a file or directory as it is now: its time, or that it is absent.
    fn watch(&mut self, path: &Path) {
        match path.metadata() {
            Ok(meta) => self.saw(path.to_owned(), &meta),
            Err(_) => self.absent.push(path.to_owned()),
        }
    }

    fn saw(&mut self, path: PathBuf, meta: &Metadata) {
        if !self.seen.iter().any(|(known, _)| *known == path) {
            self.seen.push((path, meta.modified().unwrap_or(SystemTime::UNIX_EPOCH)));
        }
    }

    /// Asks again in so many seconds at the latest.
    fn wake_in(&mut self, seconds: i64) {
        let seconds = u32::try_from(seconds.max(1)).unwrap_or(u32::MAX);
        self.wake = if self.wake == 0 { seconds } else { self.wake.min(seconds) };
    }

    fn fault(&mut self, fault: &dyn Fault) {
        self.say = Some(sentence(fault));
        self.wake = 2;
    }
}
