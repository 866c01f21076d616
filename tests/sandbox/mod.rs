//! A throw-away home with an environment made from nothing, and the real program in it.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use tempfile::TempDir;

/// How long a step may take before it counts as hanging. Never a measure of speed.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Sandbox {
    directory: TempDir,
    variables: Vec<(OsString, OsString)>,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Both streams, for looking for what must not be there.
    pub fn all(&self) -> String {
        format!("{}\n{}", self.out, self.err)
    }
}

impl Sandbox {
    pub fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("mcpenv-test-").tempdir().expect("a temporary directory");
        let root = directory.path().canonicalize().expect("it is there");
        let variables = [
            ("HOME", root.join("home").into_os_string()),
            ("PATH", OsString::from("/usr/local/bin:/usr/bin:/bin")),
            ("LANG", OsString::from("C.UTF-8")),
            ("TERM", OsString::from("xterm-256color")),
            ("XDG_RUNTIME_DIR", root.join("run").into_os_string()),
            // a loaded machine must not end a test
            ("MCPENV_HOOK_TIMEOUT", OsString::from("60000")),
        ];
        for name in ["home", "run", "src"] {
            fs::create_dir(root.join(name)).expect("a fresh directory");
        }
        private(&root.join("run"));
        Self { directory, variables: variables.into_iter().map(|(n, v)| (n.into(), v)).collect() }
    }

    /// A sandbox with an approved project `acme` that has these values, each asked for by a server of its own.
    pub fn with_loaded(values: &[(&str, &str)]) -> Self {
        let sandbox = Self::new();
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        sandbox.declare("acme", &names);
        sandbox.init("acme");
        for (name, value) in values {
            sandbox.store("acme", name, value);
        }
        sandbox.allow("acme");
        sandbox
    }

    pub fn root(&self) -> PathBuf {
        self.directory.path().canonicalize().expect("it is there")
    }

    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    pub fn project(&self, name: &str) -> PathBuf {
        self.root().join("src").join(name)
    }

    /// mcpenv's own data directory.
    pub fn data(&self) -> PathBuf {
        self.home().join(".local/share/mcpenv")
    }

    pub fn state(&self) -> PathBuf {
        self.home().join(".local/state/mcpenv")
    }

    pub fn settings(&self, text: &str) {
        self.write(&self.home().join(".config/mcpenv/config.toml"), text);
    }

    pub fn set_variable(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.into(), value.into()));
    }

    pub fn variables(&self) -> &[(OsString, OsString)] {
        &self.variables
    }

    pub fn write(&self, path: &Path, text: impl AsRef<[u8]>) {
        fs::create_dir_all(path.parent().expect("a file lies somewhere")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    /// Writes a `.mcp.json` with one server for each name, which asks for that variable.
    pub fn declare(&self, project: &str, names: &[&str]) {
        let servers: Vec<String> = names
            .iter()
            .map(|name| {
                let server = name.to_lowercase().replace('_', "-");
                format!("    \"{server}\": {{ \"command\": \"/opt/{server}\", \"env\": {{ \"{name}\": \"${{{name}}}\" }} }}")
            })
            .collect();
        let text = format!("{{\n  \"mcpServers\": {{\n{}\n  }}\n}}\n", servers.join(",\n"));
        self.write(&self.project(project).join(".mcp.json"), text);
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(args).env_clear().envs(self.variables.iter().map(|(n, v)| (n, v))).current_dir(self.root());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, b"")
    }

    pub fn run_with(&self, args: &[&str], input: &[u8]) -> Ran {
        finish(self.command(args), input)
    }

    /// Runs it in a project's directory.
    pub fn run_in(&self, project: &str, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        command.current_dir(self.project(project)).env("PWD", self.project(project));
        finish(command, b"")
    }

    pub fn init(&self, name: &str) {
        let project = self.project(name);
        let ran = self.run(&["init", "--no-input", "--profile", name, "--project", path(&project)]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    pub fn store(&self, profile: &str, name: &str, value: &str) {
        let ran = self.run_with(&["set", name, "--stdin", "--profile", profile], value.as_bytes());
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    /// Approves a project as a person would: on a terminal, by answering yes to everything. Returns the screen.
    pub fn allow(&self, name: &str) -> String {
        let (code, screen) =
            self.answer(&["allow", "--project", path(&self.project(name))], &[("[y/N]", "y\r"), ("[y/N]", "y\r")]);
        assert_eq!(code, 0, "{screen}");
        screen
    }

    /// The same, with something that happens between the question and the answer.
    pub fn allow_while(&self, name: &str, meanwhile: impl FnMut()) -> String {
        let (code, screen) =
            self.answer_while(&["allow", "--project", path(&self.project(name))], &[("[y/N]", "y\r")], meanwhile);
        assert_eq!(code, 0, "{screen}");
        screen
    }

    /// Runs it on a terminal of its own, and gives each answer once its question has appeared. Questions that never appear are
    /// not answered. Returns the exit code and everything that was on the screen.
    pub fn answer(&self, args: &[&str], answers: &[(&str, &str)]) -> (i32, String) {
        self.answer_while(args, answers, || ())
    }

    /// The same, with something that happens between each question and its answer.
    pub fn answer_while(&self, args: &[&str], answers: &[(&str, &str)], meanwhile: impl FnMut()) -> (i32, String) {
        self.play(&[&[program()], args].concat(), answers, meanwhile)
    }

    /// The same with any program, the first of the words.
    pub fn play(&self, words: &[&str], answers: &[(&str, &str)], mut meanwhile: impl FnMut()) -> (i32, String) {
        let pty = native_pty_system().openpty(PtySize { rows: 60, cols: 200, pixel_width: 0, pixel_height: 0 }).expect("a pty");
        let mut command = CommandBuilder::new(words[0]);
        command.args(&words[1..]);
        command.env_clear();
        self.variables.iter().for_each(|(n, v)| command.env(n, v));
        command.cwd(self.root());
        let mut child = pty.slave.spawn_command(command).expect("the program starts");
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().expect("a reader");
        let mut writer = pty.master.take_writer().expect("a writer");
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        let (mut screen, mut seen, started) = (Vec::new(), 0, Instant::now());
        let mut answers = answers.iter().peekable();
        loop {
            match receive.recv_timeout(Duration::from_millis(50)) {
                Ok(bytes) => screen.extend(bytes),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => assert!(started.elapsed() < PATIENCE, "hangs: {}", lossy(&screen)),
            }
            if let Some((question, answer)) = answers.peek()
                && let Some(at) = find(&screen[seen..], question.as_bytes())
            {
                seen += at + question.len();
                meanwhile();
                writer.write_all(answer.as_bytes()).expect("the terminal takes it");
                writer.flush().expect("the terminal takes it");
                answers.next();
            }
        }
        let code = child.wait().expect("it ended").exit_code();
        (i32::try_from(code).unwrap_or(-1), lossy(&screen))
    }

    /// What the hook would be told in this directory: the text for bash.
    pub fn hook(&self, directory: &Path) -> String {
        let ran = self.run(&["hook-env", "bash", path(directory), "1", "own"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.starts_with("#mcpenv 1\n") && ran.out.ends_with("#end\n"), "{ran:?}");
        ran.out
    }

    /// The names that the hook would load in a project.
    pub fn loaded(&self, project: &str) -> Vec<String> {
        loaded_names(&self.hook(&self.project(project)))
    }

    /// What the hook would say in a project, as plain text.
    pub fn said(&self, project: &str) -> String {
        said(&self.hook(&self.project(project)))
    }
}

/// The names in the `put` call of a hook's text.
pub fn loaded_names(text: &str) -> Vec<String> {
    let put = text.lines().find_map(|line| line.strip_prefix("__mcpenv_put "));
    put.map(|words| words.split(' ').map(|word| word.split('=').next().unwrap_or_default().to_owned()).collect())
        .unwrap_or_default()
}

/// The lines for the user in a hook's text, with their quoting undone.
pub fn said(text: &str) -> String {
    let lines =
        text.lines().filter_map(|line| line.strip_prefix("__mcpenv_say ").or_else(|| line.strip_prefix("__mcpenv_warn ")));
    lines.map(unquoted).collect::<Vec<_>>().join("\n")
}

fn unquoted(word: &str) -> String {
    let word = word.trim_start_matches("$'").trim_end_matches('\'');
    let (mut bytes, mut rest) = (Vec::new(), word.as_bytes());
    while let [first, more @ ..] = rest {
        rest = more;
        if *first == b'\\' && more.first() == Some(&b'x') && more.len() >= 3 {
            let hex = std::str::from_utf8(&more[1..3]).expect("ASCII");
            bytes.push(u8::from_str_radix(hex, 16).expect("two digits"));
            rest = &more[3..];
        } else {
            bytes.push(*first);
        }
    }
    lossy(&bytes)
}

pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_mcpenv")
}

pub fn path(path: &Path) -> &str {
    path.to_str().expect("the sandbox's paths are ASCII")
}

/// Every file below a directory.
pub fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files_below(&entry.path())),
            _ => found.push(entry.path()),
        }
    }
    found.sort();
    found
}

/// Runs a test that needs a program, or says aloud that it is skipped. With `MCPENV_TEST_REQUIRE_ALL=1` a missing one fails.
pub fn needs(program: &str) -> bool {
    let is_there = std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).chain([PathBuf::from("/usr/bin")]).any(|dir| dir.join(program).is_file())
    });
    if !is_there {
        assert!(std::env::var_os("MCPENV_TEST_REQUIRE_ALL").is_none_or(|v| v != "1"), "`{program}` is not installed");
        eprintln!("skipped: `{program}` is not installed");
    }
    is_there
}

pub fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len().max(1)).position(|window| window == part)
}

fn finish(mut command: Command, input: &[u8]) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    // it may end without reading
    let _ = child.stdin.take().expect("piped").write_all(input);
    let output = child.wait_with_output().expect("it ended");
    Ran { code: output.status.code().unwrap_or(-1), out: lossy(&output.stdout), err: lossy(&output.stderr) }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(unix)]
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt;
    path.symlink_metadata().expect("it is there").mode() & 0o7777
}

#[cfg(unix)]
pub fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode can be changed");
}

#[cfg(unix)]
fn private(path: &Path) {
    chmod(path, 0o700);
}

#[cfg(windows)]
fn private(_path: &Path) {}

/// An argument as the system has it.
pub fn os(text: &str) -> &OsStr {
    OsStr::new(text)
}
