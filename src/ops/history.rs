//! Whether git keeps what a file held: looked for in the file's own history, within a bounded time, and with no value in any
//! argument. What is found there can only be made worthless: a new token at its issuer.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::workspace::Workspace;
use crate::secret::Secret;

/// What git knows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// Nothing, or there is no git.
    Untracked,
    /// It keeps the file; whether the plaintext too could not be seen in time.
    Tracked,
    /// The plaintext stands in a commit, or waits in the index for one.
    Kept,
}

impl Past {
    /// What the user should know of it.
    #[must_use]
    pub fn told(self, file: &str) -> Option<String> {
        match self {
            Self::Untracked => None,
            Self::Tracked => {
                Some(format!("git keeps `{file}`: if a value was ever committed there, make a new one at its issuer"))
            }
            Self::Kept => {
                Some(format!("git holds what stood in `{file}`: whoever has the repository has it; make a new one at its issuer"))
            }
        }
    }
}

/// How long one question to git may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most that is read of its answer.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Asks git about a file and the values that stand in it.
#[must_use]
pub fn past<'a>(workspace: &Workspace, file: &Path, values: impl IntoIterator<Item = &'a Secret>) -> Past {
    let (Some(git), Some(directory), Some(name)) = (workspace.program("git"), file.parent(), file.file_name()) else {
        return Past::Untracked;
    };
    let Some(name) = name.to_str() else { return Past::Untracked };
    let ask = |words: &[&str], input: &[u8]| answer(&git, workspace, directory, words, input);
    let literal = format!(":(literal){name}");
    let Some(index) = ask(&["ls-files", "--stage", "--", &literal], b"") else { return Past::Untracked };
    let Some(commits) = ask(&["rev-list", "--objects", "--all", "--reflog", "--", &literal], b"") else {
        return if index.is_empty() { Past::Untracked } else { Past::Tracked };
    };
    if index.is_empty() && commits.is_empty() {
        return Past::Untracked;
    }
    // `mode id stage<TAB>path`, and `id path`; commits and trees are asked for too, and hold no text of the file
    let of_index = lines(&index).filter_map(|line| line.split_whitespace().nth(1));
    let of_commits = lines(&commits).filter_map(|line| line.split_once(' ').map(|(id, _)| id));
    let ids: String = of_index.chain(of_commits).map(|id| format!("{id}\n")).collect();
    match ask(&["cat-file", "--batch"], ids.as_bytes()) {
        Some(objects) if values.into_iter().any(|value| holds(&objects, value.expose())) => Past::Kept,
        Some(_) | None => Past::Tracked,
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &str> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok())
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    let Some(first) = part.first() else { return false };
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        if rest[at..].starts_with(part) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// What git says; `None` when it fails, takes too long or says too much.
// The repository is somebody else's: nothing that it configures is run, and nothing is fetched.
#[allow(clippy::disallowed_methods, reason = "an absolute path, an environment of its own, and no value in its arguments")]
fn answer(git: &Path, workspace: &Workspace, directory: &Path, words: &[&str], input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut command = Command::new(git);
    command.args(["-c", "core.fsmonitor=false", "-c", "protocol.allow=never", "--no-pager", "-C"]).arg(directory).args(words);
    command.env_clear().env("LC_ALL", "C").env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0");
    // an older git knows nothing of the former, and a repository's own `protocol.ext.allow` outdoes ours
    command.env("GIT_ALLOW_PROTOCOL", "");
    for name in ["HOME", "PATH", "SystemRoot"] {
        command.envs(workspace.var(name).map(|value| (name, value)));
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (send, receive) = mpsc::channel();
    let input = input.to_vec();
    thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
    thread::spawn(move || {
        let mut said = Zeroizing::new(Vec::new());
        let read = stdout.map(|stdout| stdout.take(LIMIT + 1).read_to_end(&mut said));
        let is_whole = matches!(read, Some(Ok(_))) && said.len() as u64 <= LIMIT;
        // whoever asked may have gone
        let _ = send.send(is_whole.then_some(said));
    });
    let said = receive.recv_timeout(PATIENCE).ok().flatten();
    end(child, said.is_some()).then_some(said).flatten()
}

/// Waits for one that has said all, and ends any other. Whether it was content.
fn end(mut child: Child, has_ended: bool) -> bool {
    if !has_ended {
        let _ = child.kill();
    }
    child.wait().is_ok_and(|status| status.success())
}
