//! A team file: a profile that rests in a project and travels with its repository. Its path, and what its user confirmed of it.
//! Opens nothing, and believes nothing that stands in the project.

use std::fmt;
use std::path::{Component, Path};

use crate::fault::{Exit, Fault};
use crate::key::{Key, hex};

/// Where a team file lies, from the project's directory. Never leads out of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TeamPath(String);

/// Why a text is no place for a team file. Never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TeamPathError {
    #[error("a team file lies inside its project: a relative path without `..`")]
    Outside,
    #[error("the name of a team file ends in `.age`")]
    Name,
    #[error("that is no path for a team file")]
    Malformed,
}

impl Fault for TeamPathError {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("name it like `secrets.mcpenv.age`".to_owned())
    }
}

impl TeamPath {
    const LONGEST: usize = 512;

    /// Checks a path, the same on every system: it travels.
    ///
    /// # Errors
    /// When it could lead out of the project, into git's own files, or is not one on every system.
    pub fn parse(text: &str) -> Result<Self, TeamPathError> {
        let is_odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | '<' | '>' | '"' | '|' | '?' | '*');
        if text.len() > Self::LONGEST || text.chars().any(is_odd) || crate::escape::shown(text) != text {
            return Err(TeamPathError::Malformed);
        }
        let mut parts = Vec::new();
        for part in Path::new(text).components() {
            match part {
                Component::Normal(part) => parts.push(part.to_str().ok_or(TeamPathError::Malformed)?),
                Component::CurDir => {}
                _ => return Err(TeamPathError::Outside),
            }
        }
        let is_wrong = |part: &&str| part.eq_ignore_ascii_case(".git") || part.ends_with(['.', ' ']);
        if parts.is_empty() || parts.iter().any(is_wrong) {
            return Err(TeamPathError::Malformed);
        }
        match parts.last().and_then(|name| name.strip_suffix(".age")) {
            Some("") | None => Err(TeamPathError::Name),
            Some(_) => Ok(Self(parts.join("/"))),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }
}

impl fmt::Display for TeamPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which profile a team file holds, whatever stands in it now: known by the random key inside, which only those who can open it
/// know. Whoever has the public keys alone can seal another file for them, and not one with this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin(pub [u8; 32]);

impl Pin {
    /// The pin of a profile with this fingerprint key. The key is random, so this tells nothing of it.
    #[must_use]
    pub fn of(key: &Key) -> Self {
        Self(key.code(&[b"mcpenv team pin 1"]))
    }

    /// A short word for it, for the name of a directory.
    #[must_use]
    pub fn word(&self) -> String {
        hex(&self.0[..8])
    }
}

/// What the user confirmed of a team file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    pub path: TeamPath,
    pub pin: Pin,
    /// The public keys of those who may read it.
    pub readers: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_its_project_on_every_system() {
        for good in ["secrets.mcpenv.age", "./a.age", "config/team secrets.age", "a/b/c.age", "日本.age"] {
            assert!(TeamPath::parse(good).is_ok(), "{good}");
        }
        assert_eq!(TeamPath::parse("./a//b.age").expect("a path").as_str(), "a/b.age");
        for bad in [
            "",
            ".",
            "..",
            "../a.age",
            "a/../b.age",
            "/etc/a.age",
            "C:a.age",
            "C:\\a.age",
            "a\\b.age",
            "a",
            ".age",
            "a/.age",
            ".git/hooks.age",
            ".GIT/x.age",
            "x./a.age",
            "a\n.age",
            "a\u{202e}.age",
            "a.age.sh",
            "AGE-SECRET-KEY-1",
            "con?.age",
        ] {
            assert!(TeamPath::parse(bad).is_err(), "{bad:?}");
        }
        assert!(TeamPath::parse(&format!("{}.age", "a".repeat(600))).is_err());
    }

    #[test]
    fn two_keys_have_two_pins() {
        let key = |n| Key::from_bytes(&[n; 32]).expect("32 bytes");
        assert_eq!(Pin::of(&key(1)), Pin::of(&key(1)));
        assert_ne!(Pin::of(&key(1)), Pin::of(&key(2)));
    }
}
