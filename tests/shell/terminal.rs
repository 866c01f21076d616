//! A real shell on a pseudo-terminal.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::sandbox::Sandbox;
use crate::under_test::ShellUnderTest;

/// How long a shell may take on a loaded machine before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Terminal {
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    seen: Vec<u8>,
    master: Box<dyn MasterPty + Send>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    marks: usize,
    name: &'static str,
}

impl Terminal {
    /// An interactive shell in the sandbox's `out`, with the prelude and the hook loaded.
    pub fn start(sandbox: &Sandbox) -> Self {
        let hook = sandbox.hook(&sandbox.path("stand/mcpenv"));
        let mut terminal = Self::start_bare(sandbox, &[]);
        terminal.load(sandbox, &hook);
        terminal
    }

    /// An interactive shell with more in its environment, without the hook.
    pub fn start_bare(sandbox: &Sandbox, more: &[(&str, &str)]) -> Self {
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let variables: Vec<(String, String)> = sandbox.environment().into_iter().chain(more).collect();
        Self::open(sandbox.shell, &variables, &sandbox.path("out"))
    }

    /// An interactive shell with this environment and nothing else.
    pub fn open<T: AsRef<OsStr>>(shell: &'static ShellUnderTest, variables: &[(T, T)], directory: &Path) -> Self {
        let mut command = CommandBuilder::new(shell.program);
        command.args(shell.interactive);
        command.env_clear();
        for (name, value) in variables {
            command.env(name, value);
        }
        command.env("TERM", "dumb");
        command.cwd(directory);
        Self::spawn(command, shell.name)
    }

    fn spawn(command: CommandBuilder, name: &'static str) -> Self {
        const ROWS: NonZero<u16> = NonZero::new(200).expect("rows");
        const COLS: NonZero<u16> = NonZero::new(250).expect("columns");
        let size = PtySize { rows: ROWS.get(), cols: COLS.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let child = pair.slave.spawn_command(command).expect("the shell starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("its output");
        let input = pair.master.take_writer().expect("its input");
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let screen = vt100::Parser::new(ROWS, COLS, 2_000);
        Self { output, screen, seen: vec![], master: pair.master, input, child, marks: 0, name }
    }

    /// Sources the prelude and the hook.
    pub fn load(&mut self, sandbox: &Sandbox, hook: &Path) {
        let start = sandbox.path("start");
        std::fs::write(&start, format!("{}\n{}\n", sandbox.shell.prelude, (sandbox.shell.load)(hook))).expect("the start file");
        self.source(&start);
    }

    /// Sources a file.
    pub fn source(&mut self, file: &Path) {
        self.run(&format!(". '{}'", file.display()));
    }

    /// Types a line and waits until the shell has come to its prompt twice more, so that the hook has run. What was printed.
    pub fn run(&mut self, line: &str) -> String {
        self.send(format!("{line}\n").as_bytes());
        self.settle()
    }

    /// Waits until the shell takes a line again.
    pub fn settle(&mut self) -> String {
        self.marks += 1;
        let from = self.seen.len();
        let mark = self.marks;
        // what is typed is echoed, so the mark must not stand in it
        self.send(format!("printf '<%s>\\n' {mark}\n").as_bytes());
        self.wait_for(&format!("<{mark}>"), from)
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).expect("the terminal takes input");
        self.input.flush().expect("the terminal takes input");
    }

    /// Reads until that text was printed after `from`; what was printed after `from`, as text.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str, from: usize) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let printed = String::from_utf8_lossy(&self.seen[from..]).into_owned();
            if printed.contains(text) {
                return printed;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.seen.extend_from_slice(&bytes);
                }
                Err(error) => {
                    panic!("{}: {text:?} never came ({error}); the screen:\n{}", self.name, self.screen.screen().contents())
                }
            }
        }
    }

    /// How much was printed so far.
    pub fn position(&self) -> usize {
        self.seen.len()
    }

    /// All that was printed.
    pub fn all(&self) -> String {
        String::from_utf8_lossy(&self.seen).into_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.master.get_size();
    }
}
