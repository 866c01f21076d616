//! A real shell on a pseudo-terminal: what a person would type goes in, and the screen goes both to whoever watches the tour
//! and back to it.

use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Stands at the start of each prompt. Terminals know this sequence as "a prompt starts here" and show nothing of it.
pub const PROMPT: &str = "\x1b]133;A\x07";

/// The longest that one command may take, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    input: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    /// Bytes that came and that nobody has asked for yet.
    pending: Vec<u8>,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts a program with this environment and no other variable.
    pub fn start(program: &[&str], environment: &[(&str, String)], directory: &Path) -> Result<Self> {
        let size = PtySize { rows: 40, cols: 110, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).context("no pseudo-terminal")?;
        let mut command = CommandBuilder::new(program[0]);
        command.args(&program[1..]);
        command.env_clear();
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(directory);
        let child = pair.slave.spawn_command(command).with_context(|| format!("`{}` did not start", program[0]))?;
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader()?;
        let input = pair.master.take_writer()?;
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, input, output, pending: Vec::new(), _master: pair.master })
    }

    /// Sends keys.
    pub fn press(&mut self, keys: &str) -> Result<()> {
        self.input.write_all(keys.as_bytes())?;
        Ok(self.input.flush()?)
    }

    /// Shows the screen's text until `mark` has come, and gives the text up to there.
    pub fn watch(&mut self, mark: &str) -> Result<String> {
        let until = Instant::now() + PATIENCE;
        let mut screen = std::io::stdout();
        loop {
            if let Some(at) = position(&self.pending, mark.as_bytes()) {
                let text: Vec<u8> = self.pending.drain(..at + mark.len()).collect();
                let text = String::from_utf8_lossy(&text).replace(PROMPT, "");
                let shown = if screen.is_terminal() { text.clone() } else { plain(&text) };
                screen.write_all(shown.as_bytes())?;
                screen.flush()?;
                return Ok(plain(&text));
            }
            match self.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.pending.extend(bytes),
                Err(why) => {
                    let what = if why == RecvTimeoutError::Timeout { "nothing more came" } else { "the shell ended" };
                    bail!("waited for {mark:?}, and {what}; the screen has {:?}", String::from_utf8_lossy(&self.pending));
                }
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn position(text: &[u8], mark: &[u8]) -> Option<usize> {
    text.windows(mark.len()).position(|window| window == mark)
}

/// The text without what moves the cursor and colours it.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\x1b' => {}
            '\r' => continue,
            '\x08' => {
                out.pop();
                continue;
            }
            _ => {
                out.push(c);
                continue;
            }
        }
        // CSI ends with a letter or `~`, OSC with BEL; every other sequence here has one character more
        match chars.next() {
            Some('[') => drop(chars.by_ref().find(|c| c.is_ascii_alphabetic() || *c == '~')),
            Some(']') => drop(chars.by_ref().find(|c| *c == '\x07')),
            _ => {}
        }
    }
    out
}
