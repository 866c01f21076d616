//! Windows, which can put no program in the place of another: the program is started in a job that ends with this process, and
//! this process ends with its status.

use std::ffi::{OsStr, OsString};
use std::io;
use std::mem::size_of;
use std::path::Path;
use std::process::Command;

use windows_sys::Win32::Foundation::{CloseHandle, FALSE, TRUE};
use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, CTRL_C_EVENT, SetConsoleCtrlHandler};
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
    JobObjectExtendedLimitInformation, SetInformationJobObject,
};
use windows_sys::Win32::System::Threading::GetCurrentProcess;

use super::launch::Launch;

/// What every server gets of the caller's environment: the list of the MCP SDKs.
pub const SERVER_BASE: &[&str] = &[
    "APPDATA",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "PATH",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMFILES",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "USERNAME",
    "USERPROFILE",
];

/// Nothing to do, as for any other command.
pub fn harden_until_start() {}

/// Bytes as the environment and the arguments of a program have them; `None` when this system has no such text.
#[must_use]
pub fn os_text(bytes: &[u8]) -> Option<OsString> {
    std::str::from_utf8(bytes).ok().map(OsString::from)
}

/// Whether both are one variable to this system.
#[must_use]
pub fn is_same_variable(a: &OsStr, b: &OsStr) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// The names under which a program may lie: one without an ending may have any of those that Windows starts.
#[must_use]
pub fn program_names(name: &OsStr) -> Vec<OsString> {
    const ENDINGS: &[&str] = &["com", "exe", "bat", "cmd"];
    let ending = Path::new(name).extension();
    if ending.is_some_and(|own| ENDINGS.iter().any(|known| own.eq_ignore_ascii_case(known))) {
        return vec![name.to_owned()];
    }
    let with = |ending: &&str| {
        let mut name = name.to_owned();
        name.push(".");
        name.push(ending);
        name
    };
    ENDINGS.iter().map(with).collect()
}

/// Whether this file can be started: `NotFound` when it is none.
pub fn require_program(path: &Path) -> io::Result<()> {
    if path.metadata()?.is_file() { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}

/// Starts the program and ends with its status. Returns only when it could not be started.
#[allow(clippy::disallowed_methods, reason = "the launch decided what it gets; a status of 32 bits fits no exit code of Rust's")]
pub fn become_program(launch: &Launch) -> io::Error {
    if let Err(e) = end_together() {
        return e;
    }
    let mut command = Command::new(&launch.program);
    command.args(&launch.arguments).env_clear().envs(launch.environment.iter().map(|(name, value)| (name, value)));
    if let Some(directory) = &launch.directory {
        command.current_dir(directory);
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(e) => return e,
    };
    drop(command);
    match child.wait() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(e) => e,
    }
}

/// Puts this process into a job whose members end when this process does, and leaves Ctrl-C to the program: both share a
/// console, which tells both.
#[allow(unsafe_code)]
fn end_together() -> io::Result<()> {
    // SAFETY: a job without a name and with default rights; the struct is one of plain numbers, all zero is a valid one, and it
    // lives until the call returns; its size is given. The handle is closed only on failure: this process holds it to its end.
    // The handler is a function of this program, which stays.
    unsafe {
        let job = CreateJobObjectW(std::ptr::null(), std::ptr::null());
        if job.is_null() {
            return Err(io::Error::last_os_error());
        }
        let mut limits: JOBOBJECT_EXTENDED_LIMIT_INFORMATION = std::mem::zeroed();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        let size = u32::try_from(size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>()).unwrap_or(0);
        let is_set = SetInformationJobObject(job, JobObjectExtendedLimitInformation, (&raw const limits).cast(), size) != FALSE
            && AssignProcessToJobObject(job, GetCurrentProcess()) != FALSE;
        if !is_set {
            let error = io::Error::last_os_error();
            CloseHandle(job);
            return Err(error);
        }
        SetConsoleCtrlHandler(Some(leave_to_program), TRUE);
    }
    Ok(())
}

#[allow(unsafe_code)]
unsafe extern "system" fn leave_to_program(event: u32) -> i32 {
    if event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT { TRUE } else { FALSE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_list_has_appdata_and_names_are_compared_without_case() {
        assert!(SERVER_BASE.contains(&"APPDATA") && SERVER_BASE.contains(&"SYSTEMROOT"));
        assert!(is_same_variable("Path".as_ref(), "PATH".as_ref()));
    }

    #[test]
    fn a_name_without_an_ending_is_looked_for_with_those_that_windows_starts() {
        let names = |name: &str| program_names(name.as_ref());
        assert_eq!(names("npx"), ["npx.com", "npx.exe", "npx.bat", "npx.cmd"]);
        assert_eq!(names("npx.cmd"), ["npx.cmd"]);
        assert_eq!(names("python3.12"), ["python3.12.com", "python3.12.exe", "python3.12.bat", "python3.12.cmd"]);
    }
}
