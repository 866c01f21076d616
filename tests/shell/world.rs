//! A real home with a real profile, the real program, and a shell in it.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use mcpenv::paths::Paths;
use mcpenv::store::{Closed, Cover, Gate, OwnIdentity};
use zeroize::Zeroizing;

use crate::home::{Sandbox, path, program};
use crate::sandbox::Output;
use crate::terminal::Terminal;
use crate::under_test::ShellUnderTest;

pub struct World {
    pub home: Sandbox,
    pub shell: &'static ShellUnderTest,
}

impl World {
    /// A home without a project.
    pub fn bare(shell: &'static ShellUnderTest) -> Self {
        Self::of(shell, Sandbox::new())
    }

    /// A home with an approved project `acme` that loads these.
    pub fn with(shell: &'static ShellUnderTest, values: &[(&str, &str)]) -> Self {
        Self::of(shell, Sandbox::with_loaded(values))
    }

    /// The same, with the identity behind a passphrase that costs nothing; `None` where the kernel holds no key for us.
    pub fn locked(shell: &'static ShellUnderTest, values: &[(&str, &str)], passphrase: &str) -> Option<Self> {
        let mut world = Self::bare(shell);
        let home = world.home.root().join("all");
        world.home.set_variable("MCPENV_HOME", home.clone());
        world.add("acme", values);
        let paths = Paths::new(Some(home.into_os_string())).expect("a home");
        let own = OwnIdentity::new(&paths, Arc::new(Closed) as Arc<dyn Gate>);
        let lock = own.lock().expect("free");
        let identity = own.open_with("").expect("it is plain");
        let cover = Cover::Passphrase { passphrase: Zeroizing::new(passphrase.to_owned()), factor: 2 };
        own.protect(&lock, &identity, &cover, 0).expect("protected");
        let (code, screen) = world.home.answer(&["unlock"], &[("(hidden)", &format!("{passphrase}\r"))]);
        if screen.contains("cannot be kept here") {
            assert!(std::env::var_os("MCPENV_TEST_REQUIRE_ALL").is_none(), "{screen}");
            eprintln!("skipped: the kernel's keyring cannot be used here");
            return None;
        }
        assert_eq!(code, 0, "{screen}");
        assert_eq!(world.home.run(&["lock"]).code, 0);
        Some(world)
    }

    fn of(shell: &'static ShellUnderTest, mut home: Sandbox) -> Self {
        let root = home.root();
        home.set_variable("S", root.clone());
        home.set_variable("P", root.join("src/acme"));
        home.set_variable("M", program());
        home.set_variable("TERM", "dumb");
        Self { home, shell }
    }

    /// Another approved project with a profile of the same name.
    pub fn add(&self, name: &str, values: &[(&str, &str)]) {
        self.add_as(name, name, values);
    }

    /// Another approved project with a profile of another name.
    pub fn add_as(&self, directory: &str, profile: &str, values: &[(&str, &str)]) {
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        self.home.declare(directory, &names);
        let project = self.home.project(directory);
        let ran = self.home.run(&["init", "--no-input", "--profile", profile, "--project", path(&project)]);
        assert_eq!(ran.code, 0, "{ran:?}");
        for (variable, value) in values {
            self.home.store(profile, variable, value);
        }
        self.home.allow(directory);
    }

    /// Loads the hook as the line in a start file does.
    fn start(&self) -> String {
        let line = match self.shell.name {
            "fish" => format!("{} hook fish | source", program()),
            name => format!("eval \"$({} hook {name})\"", program()),
        };
        format!("{}\n{line}\n", self.shell.prelude)
    }

    /// Runs a script after the prelude and the hook, in the home's root.
    pub fn run(&self, script: &str) -> Output {
        self.run_bare(&format!("{}\n{script}\n", self.start()))
    }

    /// Runs a script as it is.
    pub fn run_bare(&self, script: &str) -> Output {
        let path = self.file("script", script);
        let mut command = std::process::Command::new(self.shell.program);
        command.args(self.shell.script).arg(path).env_clear().envs(self.home.variables().iter().map(|(n, v)| (n, v)));
        let output = command.current_dir(self.home.root()).stdin(Stdio::null()).output().expect("the shell runs");
        Output {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// An interactive shell with the hook.
    pub fn terminal(&self) -> Terminal {
        let start = self.file("start", &self.start());
        let mut terminal = Terminal::open(self.shell, self.home.variables(), &self.home.root());
        terminal.source(&start);
        terminal
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.root().join(name);
        fs::write(&path, text).expect("a file");
        path
    }
}
