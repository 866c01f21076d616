//! Where mcpenv's own files lie, on every system. `MCPENV_HOME` moves all of them. The only door to `directories`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};

use crate::fault::Fault;
use crate::sys;

/// The directories of mcpenv and of its user. None of them need exist.
#[derive(Debug, Clone)]
pub struct Paths {
    config: PathBuf,
    data: PathBuf,
    state: PathBuf,
    runtime: Option<PathBuf>,
    home: PathBuf,
    user_config: PathBuf,
    roaming: Option<PathBuf>,
}

/// No home directory: neither `HOME` nor the system names an absolute one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no home directory could be found")]
pub struct NoHome;

impl Fault for NoHome {
    fn hint(&self) -> Option<String> {
        Some("set HOME, or MCPENV_HOME to a directory for mcpenv's own files".to_owned())
    }
}

impl Paths {
    /// Works the directories out. `moved` is what `MCPENV_HOME` holds, an absolute path; anything else counts as unset.
    ///
    /// # Errors
    /// [`NoHome`].
    pub fn new(moved: Option<OsString>) -> Result<Self, NoHome> {
        // a relative HOME would make whatever directory one stands in mcpenv's own
        let base = BaseDirs::new().filter(|base| base.home_dir().is_absolute()).ok_or(NoHome)?;
        let home = base.home_dir().to_owned();
        let user_config = base.config_dir().to_owned();
        let roaming = sys::roaming(base.config_dir());
        if let Some(root) = moved.map(PathBuf::from).filter(|root| root.is_absolute()) {
            return Ok(Self {
                config: root.join("config"),
                data: root.join("data"),
                state: root.join("state"),
                runtime: Some(root.join("run")),
                home,
                user_config,
                roaming,
            });
        }
        let own = ProjectDirs::from("", "", "mcpenv").ok_or(NoHome)?;
        Ok(Self {
            config: own.config_dir().to_owned(),
            data: own.data_dir().to_owned(),
            state: own.state_dir().unwrap_or_else(|| own.data_local_dir()).to_owned(),
            runtime: own.runtime_dir().map(Path::to_owned),
            home,
            user_config,
            roaming,
        })
    }

    /// `config.toml`: the user's settings.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The directory of the profiles, their sidecars and locks.
    #[must_use]
    pub fn profiles(&self) -> PathBuf {
        self.data.join("profiles")
    }

    /// The file of the profile with this name, whichever store it rests in. It is the file to watch.
    #[must_use]
    pub fn profile(&self, name: &str) -> PathBuf {
        self.profiles().join(format!("{name}.age"))
    }

    /// What belongs to team files, which rest in their projects: a directory for each, with its lock, its sidecar, its earlier
    /// versions.
    #[must_use]
    pub fn teams(&self) -> PathBuf {
        self.data.join("teams")
    }

    /// The identity that opens the profiles.
    #[must_use]
    pub fn identity(&self) -> PathBuf {
        self.data.join("identity")
    }

    /// The per-user key that authenticates approvals.
    #[must_use]
    pub fn approval_key(&self) -> PathBuf {
        self.data.join("approval.key")
    }

    /// One record for each project that was approved or denied.
    #[must_use]
    pub fn approvals(&self) -> PathBuf {
        self.state.join("approvals")
    }

    /// What client files held before their plaintext was taken over, encrypted: one record for each time.
    #[must_use]
    pub fn adopted(&self) -> PathBuf {
        self.state.join("adopted")
    }

    /// The log of what was done with values, and its head.
    #[must_use]
    pub fn audit(&self) -> PathBuf {
        self.state.join("audit")
    }

    /// What was warned of today, one small file for each project.
    #[must_use]
    pub fn warned(&self) -> PathBuf {
        self.state.join("warned")
    }

    /// What lives as long as a login: the key of the exported marker, the stamps. In the state directory where the system has
    /// no such place.
    #[must_use]
    pub fn runtime(&self) -> PathBuf {
        self.runtime.clone().unwrap_or_else(|| self.state.join("run"))
    }

    /// Until when an identity is unlocked, or that it was locked: a file of this login. It is the file to watch.
    #[must_use]
    pub fn unlocked(&self) -> PathBuf {
        self.runtime().join("unlocked")
    }

    /// The public keys that every new profile can be opened with too, for the day that the identity is lost.
    #[must_use]
    pub fn recovery(&self) -> PathBuf {
        self.data.join("recovery.json")
    }

    /// The user's home directory.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Where programs of this system keep their user's configuration: `~/.config`, `~/Library/Application Support`, `%APPDATA%`.
    #[must_use]
    pub fn user_config(&self) -> &Path {
        &self.user_config
    }

    /// `%APPDATA%`, which only Windows has.
    #[must_use]
    pub fn roaming(&self) -> Option<&Path> {
        self.roaming.as_deref()
    }
}
