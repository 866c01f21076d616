//! The user's settings: `config.toml` in the user's own configuration directory. No project can change them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::escape::shown_path;
use crate::fault::Fault;
use crate::file::{self, FileError};
use crate::life::{Period, Windows};
use crate::profile::Rotation;
use crate::schema::{self, SchemaError, Shape};

/// All settings with their defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub on_change: OnChange,
    pub line: Line,
    /// Load also in shells that an AI agent started.
    pub is_open_to_agents: bool,
    /// Directories where the walk upwards ends: they and those above them are not searched.
    pub stop: Vec<PathBuf>,
    /// What a server that mcpenv starts gets of the caller's environment, beside what every server needs.
    pub exec_env: Vec<String>,
    /// The longest that a prompt waits for the keychain.
    pub keychain_wait: Duration,
    /// From when on an end is warned of.
    pub windows: Windows,
    /// Whether what is done with values is noted.
    pub audit: Audit,
    /// How often a new value is due that nobody else says anything of.
    pub rotate: Option<Rotation>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            on_change: OnChange::default(),
            line: Line::default(),
            is_open_to_agents: false,
            stop: Vec::new(),
            exec_env: Vec::new(),
            keychain_wait: Self::KEYCHAIN_WAIT,
            windows: Windows::default(),
            audit: Audit::default(),
            rotate: None,
        }
    }
}

/// Whether what is done with values is noted in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audit {
    Off,
    #[default]
    On,
    /// Nothing secret goes out that could not be noted.
    Required,
}

/// What a changed server takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnChange {
    /// Its own variables.
    #[default]
    Server,
    /// Everything: a client that passes its whole environment on would otherwise still give it what stays.
    Project,
}

/// What the hook says on entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    #[default]
    Counts,
    Names,
    /// Only what needs the user.
    Warnings,
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Schema(#[from] SchemaError),
    #[error("`{}`: `exec_env` holds something that is no name of a variable, or one of mcpenv's own", shown_path(.0))]
    ExecEnv(PathBuf),
    #[error("`{}`: `hook.keychain_wait` is no time between `100ms` and `10s`", shown_path(.0))]
    KeychainWait(PathBuf),
    #[error("`{}`: `dates.{field}` is no length of time", shown_path(.path))]
    Dates { path: PathBuf, field: &'static str },
}

impl Fault for SettingsError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::File(e) => e.hint(),
            Self::Schema(e) => e.hint(),
            Self::Dates { .. } => Some("write it as `14d`, `2w` or `3mo`".to_owned()),
            Self::KeychainWait(_) => Some("write it as `500ms` or `2s`".to_owned()),
            Self::ExecEnv(_) => Some("write names only, as in `exec_env = [\"SSH_AUTH_SOCK\"]`".to_owned()),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Raw {
    on_change: Option<String>,
    audit: Option<String>,
    exec_env: Vec<String>,
    hook: RawHook,
    dates: RawDates,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawDates {
    soon: Option<String>,
    urgent: Option<String>,
    rotate: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawHook {
    line: Option<String>,
    agents: Option<bool>,
    stop: Vec<PathBuf>,
    keychain_wait: Option<String>,
}

const SHAPE: Shape = Shape::Table(&[
    ("on_change", Shape::Word(&["server", "project"])),
    ("audit", Shape::Word(&["off", "on", "required"])),
    ("exec_env", Shape::Texts),
    ("dates", Shape::Table(&[("soon", Shape::Text), ("urgent", Shape::Text), ("rotate", Shape::Text)])),
    (
        "hook",
        Shape::Table(&[
            ("line", Shape::Word(&["counts", "names", "warnings"])),
            ("agents", Shape::Bool),
            ("stop", Shape::Texts),
            ("keychain_wait", Shape::Text),
        ]),
    ),
]);

impl Settings {
    /// What [`Settings::keychain_wait`] is where nothing is said.
    pub const KEYCHAIN_WAIT: Duration = Duration::from_secs(1);

    /// Reads the settings file; one that is not there leaves every default.
    ///
    /// # Errors
    /// When it cannot be read, others can change it, or a key or value in it is not known.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let (text, meta) = match file::read(path, file::PROJECT_LIMIT) {
            Ok(read) => read,
            Err(FileError::Absent(_)) => return Ok(Self::default()),
            Err(e) => return Err(e.into()),
        };
        file::require_sound(path, &meta)?;
        Self::parse(path, &text)
    }

    /// Reads the text of the settings file. `path` is only told in errors.
    ///
    /// # Errors
    /// When it is no TOML, or a key or value in it is not known.
    pub fn parse(path: &Path, text: &[u8]) -> Result<Self, SettingsError> {
        let raw: Raw = schema::read(path, text, &SHAPE)?;
        if !raw.exec_env.iter().all(|name| is_passable(name)) {
            return Err(SettingsError::ExecEnv(path.to_owned()));
        }
        let odd = |field| move |_| SettingsError::Dates { path: path.to_owned(), field };
        let days = |field, text: &Option<String>, otherwise| match text.as_deref().map(Period::parse) {
            None => Ok(otherwise),
            Some(period) => period.map(|period| i64::from(period.about_days())).map_err(odd(field)),
        };
        let usual = Windows::default();
        let windows = Windows {
            soon: days("soon", &raw.dates.soon, usual.soon)?,
            urgent: days("urgent", &raw.dates.urgent, usual.urgent)?,
        };
        Ok(Self {
            windows,
            audit: match raw.audit.as_deref() {
                Some("off") => Audit::Off,
                Some("required") => Audit::Required,
                _ => Audit::On,
            },
            rotate: raw.dates.rotate.as_deref().map(Rotation::parse).transpose().map_err(odd("rotate"))?,
            on_change: match raw.on_change.as_deref() {
                Some("project") => OnChange::Project,
                _ => OnChange::Server,
            },
            line: match raw.hook.line.as_deref() {
                Some("names") => Line::Names,
                Some("warnings") => Line::Warnings,
                _ => Line::Counts,
            },
            is_open_to_agents: raw.hook.agents.unwrap_or(false),
            stop: raw.hook.stop,
            exec_env: raw.exec_env,
            keychain_wait: match raw.hook.keychain_wait.as_deref() {
                None => Self::KEYCHAIN_WAIT,
                Some(text) => wait(text).ok_or_else(|| SettingsError::KeychainWait(path.to_owned()))?,
            },
        })
    }
}

/// `500ms` or `2s`, from a tenth of a second to ten.
fn wait(text: &str) -> Option<Duration> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1),
        None => (text.strip_suffix('s')?, 1000),
    };
    let milliseconds = number.parse::<u64>().ok()?.checked_mul(unit)?;
    (100..=10_000).contains(&milliseconds).then(|| Duration::from_millis(milliseconds))
}

/// Whether a text names a variable that a server may be given from the caller's environment: any but mcpenv's own.
fn is_passable(name: &str) -> bool {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let is_own = name.to_ascii_uppercase().trim_start_matches('_').starts_with("MCPENV_");
    !name.is_empty() && !name.as_bytes()[0].is_ascii_digit() && name.bytes().all(is_name) && !is_own
}
