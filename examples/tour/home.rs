//! A throw-away home: an example project, a start file with the hook in it, and `mcpenv` in the path. Gone when it is dropped.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::terminal::PROMPT;

/// What the project's servers are given: made up, in the form that real ones have. No server is started.
pub const GITHUB: &str = "ghp_madeup0tour0madeup0tour0madeup0tour0";
pub const SENTRY: &str = "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";

pub struct Home {
    root: TempDir,
}

impl Home {
    pub fn make() -> Result<Self> {
        let root = tempfile::Builder::new().prefix("mcpenv-tour-").tempdir().context("no temporary directory")?;
        let home = Self { root };
        let project = home.path().join("src/acme-api");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/acme-api"), &project)?;
        fs::write(home.path().join("sentry-token"), SENTRY)?;
        fs::write(home.path().join(".inputrc"), "set enable-bracketed-paste off\n")?;
        fs::write(home.path().join(".bashrc"), format!("{}\nPS1='\\[{PROMPT}\\]\\w \\$ '\n", hook("bash")))?;
        let settings = "unsetopt prompt_sp zle_bracketed_paste 2>/dev/null; unset zle_bracketed_paste";
        fs::write(home.path().join(".zshrc"), format!("{settings}\n{}\nPROMPT='%{{{PROMPT}%}}%~ %# '\n", hook("zsh")))?;
        fs::create_dir(home.path().join("bin"))?;
        install(&home.path().join("bin"))?;
        Ok(home)
    }

    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// All variables that the shell is started with. None of the caller's: what an agent or a terminal left in there would
    /// change what mcpenv does.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let home = self.path().display().to_string();
        vec![
            ("PATH", format!("{home}/bin:/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin")),
            ("HOME", home),
            ("TERM", "xterm-256color".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
        ]
    }
}

fn hook(shell: &str) -> String {
    format!("eval \"$(mcpenv hook {shell})\"")
}

/// Puts this very program there under the name `mcpenv`, which is what it then is.
fn install(bin: &Path) -> Result<()> {
    let own = std::env::current_exe().context("this program does not know where it is")?;
    let name = PathBuf::from("mcpenv").with_extension(own.extension().unwrap_or(OsStr::new("")));
    let target = bin.join(name);
    if fs::hard_link(&own, &target).is_err() {
        fs::copy(&own, &target).with_context(|| format!("{} cannot be copied", own.display()))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} is missing", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
