//! A home, a place for projects and an environment built from nothing. Nothing of the person who runs the tests gets in.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::stand_in::Answer;
use crate::under_test::ShellUnderTest;

pub struct Sandbox {
    root: tempfile::TempDir,
    pub shell: &'static ShellUnderTest,
}

/// What a script printed.
#[derive(Debug)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
}

impl Sandbox {
    pub fn new(shell: &'static ShellUnderTest) -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        let sandbox = Self { root, shell };
        for name in ["home", "run", "stand", "out", "home/.config"] {
            fs::create_dir_all(sandbox.path(name)).expect("a directory");
        }
        sandbox.project("p");
        let stand_in = sandbox.path("stand/mcpenv");
        fs::write(&stand_in, include_str!("stand_in.sh")).expect("the stand-in");
        fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755)).expect("its mode");
        sandbox
    }

    /// A path in the sandbox.
    pub fn path(&self, name: &str) -> PathBuf {
        self.real().join(name)
    }

    fn real(&self) -> PathBuf {
        self.root.path().canonicalize().expect("the sandbox")
    }

    /// Makes a directory with a `.mcpenv.toml`.
    pub fn project(&self, name: &str) -> PathBuf {
        let directory = self.path(name);
        fs::create_dir_all(&directory).expect("a project");
        fs::write(directory.join(".mcpenv.toml"), "profile = \"dev\"\n").expect("a project file");
        // there from the start, so that writing it later leaves the directory's time alone
        fs::write(directory.join(".answer"), "").expect("an answer");
        directory
    }

    /// What the stand-in answers when it is asked about that project.
    pub fn answer(&self, project: &str, answer: &Answer) {
        fs::write(self.path(project).join(".answer"), answer.whole()).expect("an answer");
    }

    /// What the stand-in answers a shell that inherited a marker.
    pub fn answer_foreign(&self, answer: &Answer) {
        fs::write(self.path("stand/foreign"), answer.whole()).expect("an answer");
    }

    /// How the stand-in misbehaves; see `stand_in.sh`.
    pub fn mode(&self, mode: &str) {
        fs::write(self.path("stand/mode"), mode).expect("a mode");
    }

    /// The calls the stand-in got, one line each.
    pub fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("stand/calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The hook as this shell evaluates it, in a file.
    pub fn hook(&self, binary: &Path) -> PathBuf {
        let shell = mcpenv::shell::find(self.shell.name).expect("a shell with a hook");
        let path = self.path("hook");
        fs::write(&path, shell.hook(binary, &[self.real()])).expect("the hook");
        path
    }

    /// A command with nothing in its environment but this sandbox.
    pub fn command(&self, program: &str) -> Command {
        let mut command = if ignores_signals() { Command::new("env") } else { Command::new(program) };
        if ignores_signals() {
            command.args(["--default-signal=INT,QUIT", program]);
        }
        command.env_clear().envs(self.environment()).current_dir(self.path("out")).stdin(Stdio::null());
        command
    }

    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |name: &str| self.path(name).to_string_lossy().into_owned();
        vec![
            ("HOME".to_owned(), text("home")),
            ("XDG_CONFIG_HOME".to_owned(), text("home/.config")),
            ("XDG_RUNTIME_DIR".to_owned(), text("run")),
            ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ("TERM".to_owned(), "dumb".to_owned()),
            ("S".to_owned(), self.real().to_string_lossy().into_owned()),
        ]
    }

    /// Runs a script after the prelude and the hook, with the stand-in as binary. Its directory is `out`.
    pub fn run(&self, script: &str) -> Output {
        let hook = self.hook(&self.path("stand/mcpenv"));
        self.run_bare(&format!("{}\n{}\n{script}\n", self.shell.prelude, (self.shell.load)(&hook)))
    }

    /// Runs a script as it is.
    pub fn run_bare(&self, script: &str) -> Output {
        let path = self.path("script");
        fs::write(&path, script).expect("the script");
        let output = self.command(self.shell.program).args(self.shell.script).arg(&path).output().expect("the shell runs");
        Output {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Output {
    /// Compares what was printed on stdout, and what the hook said on stderr, line by line.
    #[track_caller]
    pub fn is(&self, shell: &ShellUnderTest, stdout: &str, stderr: &str) {
        let clean = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        let (out, err) = (clean(&self.stdout), clean(&self.stderr));
        assert!(
            out == clean(stdout) && err == clean(stderr),
            "{}: got\n{out}\n--- stderr\n{err}\n--- wanted\n{}\n--- stderr\n{}",
            shell.name,
            clean(stdout),
            clean(stderr)
        );
    }
}

/// Whether whoever started the tests ignores the signals of the keyboard, as in the background of a script: a shell that inherits
/// that can change nothing about it.
fn ignores_signals() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 0b110 != 0)
}
