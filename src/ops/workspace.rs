//! The outside, as the work sees it: the directory, the environment, the clock, mcpenv's own files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::approval::{Ledger, LedgerError, Reading, Record};
use crate::audit::{Action, AuditError, Entry, Journal};
use crate::fault::Fault;
use crate::paths::{NoHome, Paths};
use crate::profile::ProfileName;
use crate::session::agent;
use crate::settings::{Audit, Settings, SettingsError};
use crate::store::{Closed, Files, Gate, OwnIdentity, Store, TeamFile, registry};
use crate::sys;

/// Looks a variable of the environment up.
type Environment = Box<dyn Fn(&str) -> Option<OsString>>;

/// Why something is not in the log.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    #[error(transparent)]
    Key(#[from] LedgerError),
    #[error(transparent)]
    Audit(#[from] AuditError),
}

impl Fault for NoteError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Key(e) => e.hint(),
            Self::Audit(e) => e.hint(),
        }
    }
}

/// Where a command works, and with what.
pub struct Workspace {
    pub paths: Paths,
    pub now: SystemTime,
    /// The project that the user named, instead of the one they stand in.
    named: Option<PathBuf>,
    env: Environment,
    own: OwnIdentity,
}

impl Workspace {
    /// The workspace of this process.
    ///
    /// # Errors
    /// [`NoHome`].
    pub fn of_process() -> Result<Self, NoHome> {
        let paths = Paths::new(std::env::var_os("MCPENV_HOME"))?;
        Ok(Self {
            own: OwnIdentity::new(&paths, Arc::new(Closed) as Arc<dyn Gate>),
            paths,
            now: sys::now(),
            named: None,
            env: Box::new(|name| std::env::var_os(name)),
        })
    }

    /// The directory the user stands in, as they reached it.
    #[must_use]
    pub fn cwd(&self) -> PathBuf {
        logical_directory(self.var("PWD").map(PathBuf::from))
    }

    /// What a variable of the environment holds.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<OsString> {
        (self.env)(name)
    }

    /// The whole environment.
    #[must_use]
    pub fn variables(&self) -> Vec<(OsString, OsString)> {
        std::env::vars_os().collect()
    }

    /// The agent that started this shell, and the variable that says so.
    #[must_use]
    pub fn agent(&self) -> Option<(&'static str, &'static str)> {
        agent::agent(|name| self.var(name).is_some_and(|value| !value.is_empty()))
    }

    /// The user's settings.
    ///
    /// # Errors
    /// When the file is not as it must be.
    pub fn settings(&self) -> Result<Settings, SettingsError> {
        Settings::read(&self.paths.settings())
    }

    /// The log of what is done with values.
    ///
    /// # Errors
    /// When the user's own key cannot be read or made.
    pub fn journal(&self) -> Result<Journal, LedgerError> {
        Ok(Journal::new(&self.paths, self.ledger().user_key()?))
    }

    /// Notes in the log what is done with these names; nothing where the settings turn it off.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note(
        &self,
        action: Action,
        project: Option<&Path>,
        profile: Option<&ProfileName>,
        names: &[&str],
    ) -> Result<(), NoteError> {
        if self.settings().is_ok_and(|settings| settings.audit == Audit::Off) {
            return Ok(());
        }
        let entry = Entry { action, project, profile: profile.map_or("", ProfileName::as_str), names };
        Ok(self.journal()?.note(&entry, self.seconds())?)
    }

    /// Whether nothing secret may go out that is not in the log. Settings that cannot be read require it.
    #[must_use]
    pub fn requires_log(&self) -> bool {
        self.settings().map_or(true, |settings| settings.audit == Audit::Required)
    }

    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::new(&self.paths)
    }

    /// The same workspace, where protected keys are asked for through this gate.
    #[must_use]
    pub fn with_gate(mut self, gate: Arc<dyn Gate>) -> Self {
        self.own = OwnIdentity::new(&self.paths, gate);
        self
    }

    /// The same workspace, for a command about the project of this directory.
    #[must_use]
    pub fn about(mut self, directory: Option<PathBuf>) -> Self {
        self.named = directory;
        self
    }

    /// The user's own identity, and the way to it.
    #[must_use]
    pub fn own_identity(&self) -> &OwnIdentity {
        &self.own
    }

    /// The stores that profiles rest in, each in the one that its file names.
    #[must_use]
    pub fn store(&self) -> Box<dyn Store> {
        Box::new(self.files(""))
    }

    /// The same, with what is known of their files. A profile that is not there yet is made in the store called `first`, or in
    /// the default one.
    #[must_use]
    pub fn files(&self, first: &str) -> Files {
        let files = registry::all(&self.paths, &self.own, first);
        match self.team_file() {
            Some(team) => registry::with_team(files, &self.paths, &self.own, team),
            None => files,
        }
    }

    /// The same for the project at `root`, of which the user said this.
    #[must_use]
    pub fn files_of(&self, root: &Path, record: &Record, first: &str) -> Files {
        let files = registry::all(&self.paths, &self.own, first);
        match team_file(root, record) {
            Some(team) => registry::with_team(files, &self.paths, &self.own, team),
            None => files,
        }
    }

    /// The same with whatever lies there as a team file, to be shown before anybody confirms it.
    #[must_use]
    pub fn files_with(&self, team: TeamFile) -> Files {
        registry::with_team(registry::all(&self.paths, &self.own, ""), &self.paths, &self.own, team)
    }

    /// The team file that the user bound the project here to.
    #[must_use]
    pub fn team_file(&self) -> Option<TeamFile> {
        let start = self.named.as_ref().map_or_else(|| self.cwd().to_owned(), |named| self.cwd().join(named));
        let start = if self.named.is_some() { sys::canonical(&start).unwrap_or(start) } else { start };
        let root = sys::canonical(&crate::project::find(&start).ok()?).ok()?;
        match self.ledger().read(&root) {
            Reading::Said(record) => team_file(&root, &record),
            // whoever needs the record says so
            Reading::None | Reading::Disbelieved(_) => None,
        }
    }

    /// Seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.now.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
    }

    /// The environment as [`crate::client::UserDirs`] wants it: absolute paths only.
    pub(super) fn path_variable(&self, name: &str) -> Option<PathBuf> {
        self.var(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    /// Where a program of this name lies, in the directories of `PATH` that do not depend on where one stands.
    pub(super) fn program(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let path = self.var("PATH")?;
        std::env::split_paths(&path).filter(|dir| dir.is_absolute()).map(|dir| dir.join(&name)).find(|file| file.is_file())
    }

    /// A path with the user's home shortened to `~`.
    #[must_use]
    pub fn from_home(&self, path: &Path) -> String {
        match path.strip_prefix(self.paths.home()) {
            Ok(rest) => format!("~/{}", crate::escape::shown_path(rest)),
            Err(_) => crate::escape::shown_path(path),
        }
    }
}

fn team_file(root: &Path, record: &Record) -> Option<TeamFile> {
    Some(TeamFile::bound(record.profile.as_ref()?, root, record.team.as_ref()?))
}

/// `PWD` when it names the directory we are in: the way the user came, through symbolic links. Else the system's answer.
fn logical_directory(pwd: Option<PathBuf>) -> PathBuf {
    let here = PathBuf::from(".");
    if let Some(pwd) = pwd.filter(|p| p.is_absolute())
        && let (Ok(a), Ok(b)) = (pwd.metadata(), here.metadata())
        && sys::is_same_directory(&a, &b)
    {
        return pwd;
    }
    std::env::current_dir().unwrap_or(here)
}
