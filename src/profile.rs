//! A profile: a named set of variables with their values and dates, as it is in memory. Knows nothing of files or keys.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::escape::shown;
use crate::fault::{Exit, Fault};
use crate::key::{Key, hex};
use crate::life::{End, Period, PeriodError};
use crate::secret::Secret;
use crate::var::VarName;

/// The name of a profile: `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`, and none of the names that Windows keeps for devices.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileName(String);

/// Why a text is no name for a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileNameError {
    #[error("`{0}` is no profile name")]
    Malformed(String),
    #[error("`{0}` is a device name on Windows, so it is no profile name")]
    Device(String),
}

impl Fault for ProfileNameError {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("use up to 64 letters, digits, `.`, `_` and `-`, a letter or digit first".to_owned())
    }
}

impl ProfileName {
    /// Checks a name.
    ///
    /// # Errors
    /// When it could be a path, an option, or a device.
    pub fn parse(text: &str) -> Result<Self, ProfileNameError> {
        const DEVICES: &[&str] = &["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
        let malformed = || ProfileNameError::Malformed(shown(text).chars().take(80).collect());
        let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if text.len() > 64
            || !text.starts_with(|c: char| c.is_ascii_alphanumeric())
            || !text.chars().all(is_inner)
            || text.ends_with('.')
        {
            return Err(malformed());
        }
        let stem = text.split('.').next().unwrap_or(text).to_ascii_uppercase();
        let is_port = stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit());
        if is_port || DEVICES.contains(&stem.as_str()) {
            return Err(ProfileNameError::Device(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One variable of a profile. Times are seconds since 1970-01-01 UTC.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    pub value: Secret,
    /// When the name was first stored.
    pub created: i64,
    /// When the value was last changed.
    pub changed: i64,
    pub plan: Plan,
    /// The values before this one, the newest first.
    pub former: Vec<Former>,
    /// Since when it is exported nowhere any more.
    pub revoked: Option<i64>,
    /// Fields that a newer mcpenv wrote; kept as they are.
    pub unknown: Map<String, Value>,
}

/// What was said of a variable beside its value; what was not said is decided by the project, the list of servers, and the
/// settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    pub expires: Option<End>,
    pub rotate: Option<Rotation>,
    /// What the list of servers advises, noted when the value came: the hook does not read that list.
    pub advised: Option<Period>,
    pub max_lifetime: Option<Period>,
    pub description: Option<String>,
    /// Where it is issued.
    pub docs: Option<String>,
}

/// How often a new value is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    Never,
    Every(Period),
}

impl Rotation {
    /// Reads `90d` or `never`.
    ///
    /// # Errors
    /// As [`Period::parse`].
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        if text.trim().eq_ignore_ascii_case("never") { Ok(Self::Never) } else { Period::parse(text).map(Self::Every) }
    }

    #[must_use]
    pub fn period(self) -> Option<Period> {
        match self {
            Self::Never => None,
            Self::Every(period) => Some(period),
        }
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::Every(period) => period.fmt(f),
        }
    }
}

/// A value that a variable had before.
#[derive(Debug, Clone, PartialEq)]
pub struct Former {
    pub value: Secret,
    /// When it came.
    pub from: i64,
    /// When another took its place.
    pub until: i64,
    /// It was revoked: it is never taken back without saying so.
    pub is_revoked: bool,
    /// When it ends, as the user said of it.
    pub expires: Option<End>,
    /// Fields that a newer mcpenv wrote; kept as they are.
    pub unknown: Map<String, Value>,
}

/// Somebody who can open a profile beside its own key.
#[derive(Debug, Clone, PartialEq)]
pub struct Reader {
    /// The public key, in the text form of age or SSH.
    pub key: String,
    /// Who that is, in the user's words; may be empty.
    pub label: String,
    /// The user's own way back, kept apart from this machine.
    pub is_recovery: bool,
    /// Fields that a newer mcpenv wrote; kept as they are.
    pub unknown: Map<String, Value>,
}

/// A profile as it is open in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Goes up by one with each save. A profile that was never saved has 0.
    pub generation: u64,
    /// Makes the fingerprints that people compare; the same for all who can open this profile, and stored nowhere else.
    pub fingerprint_key: Key,
    pub variables: BTreeMap<VarName, Variable>,
    /// Who can open it beside its own key. This list counts, not what the file's header says: it stands inside.
    pub readers: Vec<Reader>,
    /// Fields that a newer mcpenv wrote; kept as they are.
    pub unknown: Map<String, Value>,
    /// Written by a newer mcpenv, in a format that this one must not write: it can be read only.
    pub is_read_only: bool,
}

impl Profile {
    /// An empty profile with a fingerprint key of its own.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self {
            generation: 0,
            fingerprint_key: Key::random()?,
            variables: BTreeMap::new(),
            readers: Vec::new(),
            unknown: Map::new(),
            is_read_only: false,
        })
    }

    /// How many former values a variable keeps, where nothing else is said.
    pub const KEPT: usize = 3;

    /// Stores a value under a name, now. The value before it is kept among the former ones; the same value again is no change.
    pub fn set(&mut self, name: VarName, value: Secret, now: i64) {
        self.replace(name, value, now, Self::KEPT);
    }

    /// The same, where so many former values are kept.
    pub fn replace(&mut self, name: VarName, value: Secret, now: i64, kept: usize) {
        match self.variables.get_mut(&name) {
            Some(variable) => {
                let before = std::mem::replace(&mut variable.value, value);
                if before != variable.value {
                    let is_revoked = variable.revoked.take().is_some();
                    // what was said of the end was said of the value before
                    let expires = variable.plan.expires.take();
                    let (from, unknown) = (variable.changed, Map::new());
                    variable.former.insert(0, Former { value: before, from, until: now, is_revoked, expires, unknown });
                    variable.former.truncate(kept);
                }
                variable.changed = now;
            }
            None => {
                let plan = Plan::default();
                let variable =
                    Variable { value, created: now, changed: now, plan, former: Vec::new(), revoked: None, unknown: Map::new() };
                self.variables.insert(name, variable);
            }
        }
    }

    /// The fingerprint that is shown for a value: 8 hexadecimal digits, keyed with this profile's own key.
    #[must_use]
    pub fn fingerprint(&self, value: &[u8]) -> String {
        hex(&self.fingerprint_key.code(&[b"fingerprint", value])[..4])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_name_is_never_a_path_an_option_or_a_device() {
        for bad in [
            "",
            "../x",
            "/etc/passwd",
            "a/b",
            "a\\b",
            ".hidden",
            "-f",
            "CON",
            "con.txt",
            "lpt1",
            "COM9.x",
            "a b",
            "é",
            "x.",
            "a\n",
        ] {
            assert!(ProfileName::parse(bad).is_err(), "{bad:?}");
        }
        assert!(ProfileName::parse(&"a".repeat(65)).is_err());
        for good in ["acme-api", "Acme_2.prod", "0", "console", &"a".repeat(64)] {
            assert!(ProfileName::parse(good).is_ok(), "{good:?}");
        }
    }
}
