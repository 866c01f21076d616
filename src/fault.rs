//! What every error of mcpenv tells: a fact, a way out, and the exit code. Each family has its own enum; only
//! `cli/report.rs` prints one.

use std::error::Error;

/// How a command ended, as its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The command failed, or a check found something.
    Failed = 1,
    /// The command line is not one that mcpenv has.
    Usage = 2,
    /// The identity or the store is locked.
    Locked = 3,
    /// The project is not approved for this.
    NotApproved = 4,
    /// Only a person at a terminal may do this.
    NeedsPerson = 6,
    /// The program is there and cannot be started, as a shell says it.
    NotExecutable = 126,
    /// There is no such program, as a shell says it.
    NotFound = 127,
    /// Ctrl-C at a question.
    Interrupted = 130,
}

/// An error with a way out.
pub trait Fault: Error + Send + Sync + 'static {
    /// The exit code of a command that ends with this error.
    fn exit(&self) -> Exit {
        Exit::Failed
    }

    /// What to do now, as a sentence or a command that can be pasted; `None` when there is nothing better than the fact.
    fn hint(&self) -> Option<String> {
        None
    }
}

impl<T: Fault> From<T> for Box<dyn Fault> {
    fn from(fault: T) -> Self {
        Box::new(fault)
    }
}

/// The fact and the way out on one line, for where there is room for one.
#[must_use]
pub fn sentence(fault: &dyn Fault) -> String {
    match fault.hint() {
        Some(hint) => format!("{fault}; {hint}"),
        None => fault.to_string(),
    }
}
