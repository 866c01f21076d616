//! What every shell can be told. The hook files in `shell/` hold the logic; what is written here are calls to them.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::var::VarName;

/// One shell. Pure: text in, text out.
pub trait Shell: Sync {
    /// The word for this shell on the command line.
    fn name(&self) -> &'static str;

    /// What the user's start file evaluates: the hook, with the path of this binary and the directories where the walk upwards
    /// ends written into it.
    fn hook(&self, binary: &Path, stop: &[PathBuf]) -> String;

    /// The line that a user writes into the start file, and the name of that file.
    fn install(&self) -> (&'static str, &'static str);

    /// How the hook notices that a watched file changed.
    fn stamps(&self) -> Stamps;

    /// Whether this shell can carry these bytes unchanged.
    ///
    /// # Errors
    /// Says why it cannot.
    fn accepts(&self, value: &Secret) -> Result<(), Refusal>;

    /// Appends one call, on lines of its own, in ASCII.
    fn write(&self, call: &Call<'_>, out: &mut Script);
}

/// What the hook in the shell is told to do, in the order: adopt, undo, put, say and warn, watch, fin.
#[derive(Debug)]
pub enum Call<'a> {
    /// Take these exported variables over as ours: another shell loaded them, and they still hold what it loaded.
    Adopt(&'a [VarName]),
    /// Take away what is loaded and put back what stood before.
    Undo,
    /// Load these.
    Put(&'a [(&'a VarName, &'a Secret)]),
    /// Tell the user, once for each entry into a project.
    Say(&'a str),
    /// Tell the user, once in the life of this shell.
    Warn(&'a str),
    /// Ask the binary again when one of these changes or, if absent, appears.
    Watch { files: &'a [Watched], absent: &'a [PathBuf] },
    /// The end: what to export as marker (`None`: nothing), in how many seconds to ask again whatever happens (0: never), and
    /// whether a watched file is so young that a shell which compares whole seconds must ask once more in 2 seconds.
    Fin { marker: Option<&'a str>, wake: u32, is_racy: bool },
}

/// How a shell compares a file's time without starting a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamps {
    /// With a stamp file that carries the watched file's time: `-nt` and `-ot`.
    Files,
    /// As text, `seconds.nanoseconds`, nine digits after the point.
    Seconds,
    /// As text, 100-nanosecond ticks since year 1 (.NET's `DateTime.Ticks`, UTC).
    Ticks,
}

/// A file that the hook watches, and the time it had when it was read, in the form that [`Shell::stamps`] asks for (for
/// [`Stamps::Files`]: the path of the stamp).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    pub path: PathBuf,
    pub stamp: Vec<u8>,
}

/// A value that a shell cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub &'static str);

/// What is handed to the shell. Holds values, so it is wiped on drop, and sized so that it never moves while it grows.
#[derive(Default)]
pub struct Script(Zeroizing<Vec<u8>>);

impl Script {
    /// An empty script that takes `capacity` bytes without moving.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    /// Makes room for so many bytes more. A script that has to grow wipes the memory it leaves.
    pub fn reserve(&mut self, more: usize) {
        if self.0.capacity() - self.0.len() < more {
            let mut larger = Zeroizing::new(Vec::with_capacity(self.0.len() + more));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
    }

    /// Appends bytes, and grows by them as [`Script::reserve`] does.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.0.capacity() - self.0.len() < bytes.len() {
            self.reserve(self.0.len() + bytes.len() * 2);
        }
        self.0.extend_from_slice(bytes);
    }

    /// The whole text, for the one write to the shell.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script(••••••••)")
    }
}
