//! On a terminal: what the keys send reaches the server, and mcpenv is not in between.

use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::sandbox::{PATIENCE, needs, program};
use crate::world::World;

struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    input: Option<Box<dyn Write + Send>>,
    output: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    fn start(world: &World, words: &[&str]) -> Self {
        let pty = native_pty_system().openpty(PtySize { rows: 24, cols: 200, pixel_width: 0, pixel_height: 0 }).expect("a pty");
        let mut command = CommandBuilder::new(words[0]);
        command.args(&words[1..]);
        command.env_clear();
        world.sandbox.variables().iter().for_each(|(n, v)| command.env(n, v));
        command.cwd(world.project());
        let child = pty.slave.spawn_command(command).expect("it starts");
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().expect("a reader");
        let input = pty.master.take_writer().expect("a writer");
        let (send, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, master: Some(pty.master), input: Some(input), output, seen: String::new() }
    }

    fn server(world: &World, line: &str) -> Self {
        Self::start(world, &[program(), "exec", "--server", "s", "--", "/bin/sh", "-c", line])
    }

    /// Waits until this has appeared behind what was waited for before.
    fn wait_for(&mut self, text: &str) {
        let started = Instant::now();
        while !self.seen.contains(text) {
            if let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(50)) {
                self.seen.push_str(&String::from_utf8_lossy(&bytes));
            }
            assert!(started.elapsed() < PATIENCE, "no `{text}` in {:?}", self.seen);
        }
        let at = self.seen.find(text).expect("it is there") + text.len();
        self.seen.drain(..at);
    }

    fn type_in(&mut self, text: &str) {
        let input = self.input.as_mut().expect("open");
        input.write_all(text.as_bytes()).expect("it takes it");
        input.flush().expect("it takes it");
    }

    fn end(mut self) -> u32 {
        self.child.wait().expect("it ended").exit_code()
    }
}

#[test]
fn ctrl_c_reaches_the_server_itself() {
    let line = "trap 'echo interrupted; exit 5' INT; echo ready; while :; do sleep 0.05; done";
    let world = World::of_shell(line);
    let mut terminal = Terminal::server(&world, line);
    terminal.wait_for("ready");
    terminal.type_in("\x03");
    terminal.wait_for("interrupted");
    assert_eq!(terminal.end(), 5);
}

#[test]
fn ctrl_c_ends_a_server_that_does_nothing_about_it() {
    let line = "echo ready; while :; do sleep 0.05; done";
    let world = World::of_shell(line);
    let mut terminal = Terminal::server(&world, line);
    terminal.wait_for("ready");
    terminal.type_in("\x03");
    assert_ne!(terminal.end(), 0);
}

#[test]
fn a_terminal_that_is_closed_hangs_up_on_the_server() {
    let mark = "hung-up-by-the-terminal";
    let line = "trap 'echo x >\"$PWD/hung-up-by-the-terminal\"; exit 0' HUP; echo ready; while :; do sleep 0.05; done";
    let world = World::of_shell(line);
    let mut terminal = Terminal::server(&world, line);
    terminal.wait_for("ready");
    drop(terminal.input.take());
    drop(terminal.master.take());
    // the reader of the screen has a copy of it, which ends when the server does
    let started = Instant::now();
    let _ = terminal.child.process_id().map(|pid| {
        let line = format!("kill -HUP {pid} 2>/dev/null || true");
        std::process::Command::new("/bin/sh").args(["-c", &line]).status().expect("a shell")
    });
    while !world.project().join(mark).exists() {
        assert!(started.elapsed() < PATIENCE, "nobody told the server");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_server_is_stopped_and_goes_on_as_a_job_of_a_shell() {
    if !needs("bash") {
        return;
    }
    let line = "echo ready; while :; do sleep 0.05; done";
    let world = World::of_shell(line);
    let mut terminal = Terminal::start(&world, &["bash", "--norc", "--noprofile", "-i"]);
    terminal.type_in("PS1=; set +H\r");
    let typed = format!("{} exec --server s -- /bin/sh -c '{line}'; echo ended=$?\r", program());
    terminal.type_in(&typed);
    terminal.wait_for("\rready");
    terminal.type_in("\x1a");
    terminal.wait_for("Stopped");
    terminal.type_in("jobs; echo jobs=$?\r");
    terminal.wait_for("Stopped");
    terminal.wait_for("jobs=0");
    terminal.type_in("fg; echo over=$?\r");
    terminal.wait_for("exec --server s");
    std::thread::sleep(Duration::from_millis(200));
    terminal.type_in("\x03");
    terminal.wait_for("over=130");
    terminal.type_in("exit 0\r");
    assert_eq!(terminal.end(), 0);
}
