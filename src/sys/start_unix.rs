//! Unix: another program takes the place of this one, so that its status, its signals and its streams are its own.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use rustix::fs::{Access, access};
use rustix::process::{self, Resource, Rlimit};

use super::launch::Launch;

/// What every server gets of the caller's environment: the list of the MCP SDKs.
pub const SERVER_BASE: &[&str] = &["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"];

/// The limit of core dumps as the caller had it.
static CORE: OnceLock<Rlimit> = OnceLock::new();

/// Keeps this process's memory out of core dumps until another program takes its place, which has the caller's limit again.
pub fn harden_until_start() {
    let was = process::getrlimit(Resource::Core);
    let _ = process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: was.maximum });
    let _ = CORE.set(was);
    // a program that is started is dumpable again by itself
    #[cfg(target_os = "linux")]
    let _ = process::set_dumpable_behavior(process::DumpableBehavior::NotDumpable);
}

/// Bytes as the environment and the arguments of a program have them; `None` when this system has no such text.
#[must_use]
pub fn os_text(bytes: &[u8]) -> Option<OsString> {
    Some(OsString::from_vec(bytes.to_vec()))
}

/// Whether both are one variable to this system.
#[must_use]
pub fn is_same_variable(a: &OsStr, b: &OsStr) -> bool {
    a == b
}

/// The names under which a program may lie.
#[must_use]
pub fn program_names(name: &OsStr) -> Vec<OsString> {
    vec![name.to_owned()]
}

/// Whether this file can be started: `NotFound` when it is none.
pub fn require_program(path: &Path) -> io::Result<()> {
    if path.metadata()?.is_dir() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(access(path, Access::EXEC_OK)?)
}

/// Starts the program in the place of this one. Returns only when that failed.
#[allow(clippy::disallowed_methods, reason = "its environment and its place were decided by whoever filled the launch")]
pub fn become_program(launch: &Launch) -> io::Error {
    if let Some(was) = CORE.get() {
        let _ = process::setrlimit(Resource::Core, *was);
    }
    if launch.is_server {
        forget_ignored_signals();
    }
    let start = |program: &Path, name: &OsStr, before: &[&OsStr]| {
        let mut command = Command::new(program);
        command.arg0(name).args(before).args(&launch.arguments).env_clear();
        command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
        if let Some(directory) = &launch.directory {
            command.current_dir(directory);
        }
        // gives SIGPIPE back its default and blocks no signal; every file that was opened here closes by itself
        command.exec()
    };
    let error = start(&launch.program, &launch.name, &[]);
    if error.raw_os_error() != Some(libc::ENOEXEC) {
        return error;
    }
    // a script without a first line for the system: a shell reads it, as it does for a client; not every C library sees to that
    let shell = Path::new("/bin/sh");
    start(shell, shell.as_os_str(), &[launch.program.as_os_str()])
}

#[allow(unsafe_code)]
fn forget_ignored_signals() {
    for signal in 1..=64 {
        // SAFETY: sets the default action and reads nothing; a number that is no signal, or one that cannot be set, is refused
        // (signal(2)). No handler of this process is replaced: it has none.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}
