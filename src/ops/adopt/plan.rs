//! What adopting would change: every file as it is and as it would be, what would be stored, and what has to stay and why.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::client::{Client, Scope, Server};
use crate::ops::declared::Unread;
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
    /// The value stands in the list of processes afterwards, as it did before.
    pub is_seen: bool,
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

impl Plan {
    /// Says what stays, and why.
    pub(super) fn refuse(&mut self, file: &str, server: &Server, place: String, why: String) {
        self.refused.push(Refusal { file: file.to_owned(), server: server.name.clone(), line: server.line, place, why });
    }

    /// Says something once, as long as anybody would read it.
    pub(super) fn note(&mut self, note: String) {
        if self.notes.len() < 100 && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
