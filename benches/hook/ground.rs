//! Where a tool is tried: a home of its own, an environment made from nothing, projects that declare so many variables.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// One tool's own home.
pub struct Ground {
    pub home: PathBuf,
    run: PathBuf,
}

impl Ground {
    pub fn make(root: &Path, tool: &str) -> Result<Self> {
        let ground = Self { home: root.join(tool).join("home"), run: root.join(tool).join("run") };
        fs::create_dir_all(ground.outside())?;
        fs::create_dir_all(&ground.run)?;
        private(&ground.run)?;
        Ok(ground)
    }

    /// The project with so many variables.
    pub fn project(&self, variables: usize) -> PathBuf {
        self.home.join(format!("src/org/p{variables}"))
    }

    /// A directory that has nothing to do with any project.
    pub fn outside(&self) -> PathBuf {
        self.home.join("src/org/other")
    }

    /// A command with the environment that all tools get, and nothing of the caller's.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).current_dir(&self.home);
        command.envs(self.environment());
        command
    }

    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("HOME", self.home.display().to_string()),
            ("XDG_RUNTIME_DIR", self.run.display().to_string()),
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TERM", "xterm-256color".to_owned()),
            ("MISE_EXPERIMENTAL", "1".to_owned()),
        ]
    }
}

#[cfg(unix)]
fn private(directory: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?)
}

#[cfg(not(unix))]
fn private(_directory: &Path) -> Result<()> {
    Ok(())
}

/// The name and the value of the variable with this number, from 1.
pub fn variable(number: usize) -> (String, String) {
    (format!("VAR_{number:03}"), format!("sk-live-{number:040}"))
}

/// Runs a command to its end with this on its standard input, and gives what it printed.
pub fn output(command: &mut Command, input: &str) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{name}` does not start"))?;
    child.stdin.take().context("a pipe was asked for")?.write_all(input.as_bytes())?;
    let out = child.wait_with_output()?;
    ensure!(out.status.success(), "`{name}`: {}: {}", out.status, String::from_utf8_lossy(&out.stderr).trim());
    Ok(String::from_utf8(out.stdout)?)
}

/// Where a program is in the caller's `PATH`.
pub fn found(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(program)).find(|file| file.is_file())
}
