//! `hook SHELL`: the text for a shell's start file.

use std::path::PathBuf;
use std::process::ExitCode;

use super::report;
use crate::ops::Workspace;
use crate::session::sweep;
use crate::shell;

/// Prints the hook. Settings that cannot be read are told when the hook runs, not here: a start file must not fail.
pub(super) fn run(workspace: &Workspace, name: &str) -> ExitCode {
    sweep(&workspace.paths.runtime());
    let stop = workspace.settings().map(|settings| settings.stop).unwrap_or_default();
    match shell::find(name) {
        Some(shell) => report::page(&shell.hook(&binary(), &stop)),
        None => report::wrong("there is no hook for this shell", "see `mcpenv hook --help`"),
    }
}

/// This program's path, as it was found in `PATH` where that leads here: a package manager's link outlives an upgrade, the
/// file behind it does not.
fn binary() -> PathBuf {
    let here = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("mcpenv"));
    let real = here.canonicalize().ok();
    let name = here.file_name().map(PathBuf::from).unwrap_or_default();
    let in_path = std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    in_path
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(&name))
        .find(|path| real.is_some() && path.symlink_metadata().is_ok() && path.canonicalize().ok() == real)
        .unwrap_or(here)
}
