//! A program about to be started in the place of this one.

use std::ffi::OsString;
use std::path::PathBuf;

/// What is started, and with what. Holds values: it is neither shown nor kept.
pub struct Launch {
    /// Absolute.
    pub program: PathBuf,
    /// The program's name as it was typed.
    pub name: OsString,
    pub arguments: Vec<OsString>,
    /// All of its environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Where it starts, when that is not here.
    pub directory: Option<PathBuf>,
    /// It starts as a client starts a server: no signal is ignored that the caller ignored.
    pub is_server: bool,
}
