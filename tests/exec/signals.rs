//! On a terminal: what the keys send reaches the server, and mcpenv is not in between.

use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::sandbox::{PATIENCE, needs, program};
use crate::world::World;

struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    input: Box<dyn Write + Send>,
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
        Self { child, _master: pty.master, input, output, seen: String::new() }
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
        self.input.write_all(text.as_bytes()).expect("it takes it");
        self.input.flush().expect("it takes it");
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
fn a_hang_up_reaches_the_server_itself() {
    let line = "trap 'echo hung up; exit 6' HUP; echo ready; while :; do sleep 0.05; done";
    let world = World::of_shell(line);
    let mut terminal = Terminal::server(&world, line);
    terminal.wait_for("ready");
    let kill = format!("kill -HUP {}", terminal.child.process_id().expect("it runs"));
    assert!(std::process::Command::new("/bin/sh").args(["-c", &kill]).status().expect("a shell").success());
    terminal.wait_for("hung up");
    assert_eq!(terminal.end(), 6);
}

#[test]
fn a_server_is_stopped_and_goes_on_as_a_job_of_a_shell() {
    if !needs("bash") {
        return;
    }
    // one that starts no program: a shell that is stopped between two steps of starting one is no proof of anything
    let line = "echo ready; while read -r said; do echo \"heard $said\"; done";
    let world = World::of_shell(line);
    let mut terminal = Terminal::start(&world, &["bash", "--norc", "--noprofile", "-i"]);
    terminal.type_in("PS1='at the ''prompt'; set +H\r");
    let typed = format!("{} exec --server s -- /bin/sh -c '{line}'\r", program());
    terminal.type_in(&typed);
    terminal.wait_for("\rready");
    terminal.type_in("\x1a");
    terminal.wait_for("Stopped");
    terminal.type_in("jobs; echo jobs=$?\r");
    terminal.wait_for("Stopped");
    terminal.wait_for("jobs=0");
    terminal.type_in("fg\r");
    terminal.wait_for("done'");
    // who hears this has the terminal, and gets what its keys send
    terminal.type_in("this\r");
    terminal.wait_for("heard this");
    terminal.type_in("\x03");
    // the key empties what was typed and not read yet
    terminal.wait_for("at the prompt");
    terminal.type_in("echo over=$?\r");
    terminal.wait_for("\rover=130");
    terminal.type_in("exit 0\r");
    assert_eq!(terminal.end(), 0);
}
