//! Whether git tracks a file: what it tracks, its history keeps, whatever happens to the file.

use std::path::Path;
use std::process::{Command, Stdio};

/// What git says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tracked {
    Yes,
    No,
    /// A repository is there, and it could not be asked.
    Unknown,
}

/// Asks git. Nothing that the repository configures is run.
#[allow(
    clippy::disallowed_methods,
    reason = "git alone knows its index; it gets no input, and starts no program for this question"
)]
#[must_use]
pub fn tracked(file: &Path) -> Tracked {
    let (Some(directory), Some(name)) = (file.parent(), file.file_name()) else { return Tracked::No };
    let mut git = Command::new("git");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_TRACE"] {
        git.env_remove(variable);
    }
    git.args(["--literal-pathspecs", "-c", "core.fsmonitor=false", "-C"]).arg(directory);
    git.args(["ls-files", "--error-unmatch", "--"]).arg(name);
    let ended = git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match ended.ok().and_then(|status| status.code()) {
        Some(0) => Tracked::Yes,
        Some(1) => Tracked::No,
        _ if directory.ancestors().any(|above| above.join(".git").symlink_metadata().is_ok()) => Tracked::Unknown,
        _ => Tracked::No,
    }
}
