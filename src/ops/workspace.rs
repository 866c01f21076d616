//! The outside, as the work sees it: the directory, the environment, the clock, mcpenv's own files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::approval::Ledger;
use crate::paths::{NoHome, Paths};
use crate::session::agent;
use crate::settings::{Settings, SettingsError};
use crate::store::{Closed, Files, Gate, OwnIdentity, Store, registry};
use crate::sys;

/// Looks a variable of the environment up.
type Environment = Box<dyn Fn(&str) -> Option<OsString>>;

/// Where a command works, and with what.
pub struct Workspace {
    /// The directory the user stands in, as they reached it.
    pub cwd: PathBuf,
    pub paths: Paths,
    pub now: SystemTime,
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
            cwd: logical_directory(std::env::var_os("PWD").map(PathBuf::from)),
            own: OwnIdentity::new(&paths, Arc::new(Closed) as Arc<dyn Gate>),
            paths,
            now: SystemTime::now(),
            env: Box::new(|name| std::env::var_os(name)),
        })
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
        registry::all(&self.paths, &self.own, first)
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
