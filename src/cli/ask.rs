//! Questions to a person at the terminal: yes or no, a word, a hidden value. Without a person, or in an agent's shell, there is
//! no answer but an error.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::execute;
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use zeroize::Zeroizing;

use crate::fault::{Exit, Fault};
use crate::ops::Workspace;
use crate::sys;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error("this needs a person at a terminal")]
    NoPerson,
    #[error("this is a shell that {agent} started (`{variable}` is set), and only a person may do this")]
    Agent { agent: &'static str, variable: &'static str },
    #[error("interrupted")]
    Interrupted,
    #[error("the terminal could not be used: {0}")]
    Terminal(#[from] io::Error),
}

impl Fault for AskError {
    fn exit(&self) -> Exit {
        match self {
            Self::NoPerson | Self::Agent { .. } => Exit::NeedsPerson,
            Self::Interrupted => Exit::Interrupted,
            Self::Terminal(_) => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoPerson => Some("run it in a terminal, without a pipe into it".to_owned()),
            Self::Agent { .. } => Some("run it in a terminal of your own".to_owned()),
            _ => None,
        }
    }
}

/// The terminal with a person at it.
pub(super) struct Person {
    screen: File,
    /// How many rows of the screen were told since the last question.
    rows: usize,
}

impl Person {
    /// Finds the person: standard input is a terminal, the process has one of its own, and no agent started this shell.
    pub(super) fn at_terminal(workspace: &Workspace) -> Result<Self, AskError> {
        if !io::stdin().is_terminal() {
            return Err(AskError::NoPerson);
        }
        Self::at_controlling_terminal(workspace)
    }

    /// The same where standard input may be anything.
    pub(super) fn at_controlling_terminal(workspace: &Workspace) -> Result<Self, AskError> {
        if let Some((agent, variable)) = workspace.agent() {
            return Err(AskError::Agent { agent, variable });
        }
        Self::anywhere()
    }

    /// The terminal of this process, where it was settled before that a person may be asked.
    pub(super) fn anywhere() -> Result<Self, AskError> {
        let screen = sys::open_terminal().map_err(|_| AskError::NoPerson)?;
        Ok(Self { screen, rows: 0 })
    }

    /// One line to the terminal itself, wherever standard output goes.
    pub(super) fn tell(&mut self, text: &str) -> Result<(), AskError> {
        let (columns, _) = size();
        self.rows += text.split('\n').map(|line| line.chars().count() / columns + 1).sum::<usize>();
        Ok(writeln!(self.screen, "{text}")?)
    }

    /// A question about more than the screen holds says so: what matters may stand above it.
    fn tell_what_is_out_of_sight(&mut self) -> Result<(), AskError> {
        let rows = std::mem::take(&mut self.rows);
        if rows >= size().1 { self.tell(&format!("(There are {rows} lines above; scroll up to read them all.)")) } else { Ok(()) }
    }

    /// Asks for yes or no; Enter alone means `default`.
    pub(super) fn agrees(&mut self, question: &str, default: bool) -> Result<bool, AskError> {
        let choice = if default { "[Y/n]" } else { "[y/N]" };
        self.tell_what_is_out_of_sight()?;
        loop {
            // not shown while it is typed: it may be a value that somebody went on typing
            let answer = self.typed(&format!("{question} {choice} "), Echo::Hidden, Early::Forgotten)?;
            match answer.trim().to_ascii_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => {}
            }
        }
    }

    /// Asks for a line of text.
    pub(super) fn line(&mut self, question: &str) -> Result<String, AskError> {
        Ok(self.typed(question, Echo::Shown, Early::Forgotten)?.trim().to_owned())
    }

    /// Asks for a value. Nothing of it is shown, not even its length. A paste is taken whole, newlines and all.
    pub(super) fn hidden(&mut self, question: &str) -> Result<Zeroizing<Vec<u8>>, AskError> {
        let text = self.typed(question, Echo::Hidden, Early::Kept)?;
        Ok(Zeroizing::new(text.as_bytes().to_vec()))
    }

    fn typed(&mut self, question: &str, echo: Echo, early: Early) -> Result<Zeroizing<String>, AskError> {
        // the echo is off before the question stands there: whoever answers at once is not seen
        let raw = Raw::enter(&mut self.screen)?;
        if early == Early::Forgotten {
            forget_what_was_typed_before();
        }
        self.rows = 0;
        write!(self.screen, "{question}")?;
        self.screen.flush()?;
        // sized once: a string that grows would leave its old bytes behind
        let mut text = Zeroizing::new(String::with_capacity(2 * crate::secret::Secret::MAX));
        let ended = loop {
            match event::read() {
                Ok(Event::Paste(pasted)) => {
                    let pasted = Zeroizing::new(pasted);
                    take(&mut text, &pasted, echo, &mut self.screen)?;
                }
                Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => match (key.code, key.modifiers) {
                    (KeyCode::Char('c'), KeyModifiers::CONTROL) => break Err(AskError::Interrupted),
                    (KeyCode::Char('d'), KeyModifiers::CONTROL) if text.is_empty() => break Err(AskError::Interrupted),
                    (KeyCode::Char('u'), KeyModifiers::CONTROL) => {
                        let shown = text.chars().count();
                        if echo == Echo::Shown {
                            write!(self.screen, "{}", "\x08 \x08".repeat(shown))?;
                        }
                        text.clear();
                    }
                    (KeyCode::Enter, _) | (KeyCode::Char('j' | 'm'), KeyModifiers::CONTROL) => break Ok(()),
                    (KeyCode::Backspace, _) | (KeyCode::Char('h'), KeyModifiers::CONTROL) => {
                        let is_shorter = text.pop().is_some();
                        if is_shorter && echo == Echo::Shown {
                            write!(self.screen, "\x08 \x08")?;
                        }
                    }
                    (KeyCode::Tab, _) => take(&mut text, "\t", echo, &mut self.screen)?,
                    (KeyCode::Char(c), KeyModifiers::NONE | KeyModifiers::SHIFT) => {
                        take(&mut text, c.encode_utf8(&mut [0; 4]), echo, &mut self.screen)?;
                    }
                    _ => {}
                },
                Ok(_) => {}
                Err(_) => break Err(AskError::NoPerson),
            }
            self.screen.flush()?;
        };
        drop(raw);
        writeln!(self.screen)?;
        ended.map(|()| text)
    }
}

/// What becomes of what was typed before the question stood there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Early {
    Forgotten,
    Kept,
}

/// Nobody answers a question that was not asked yet: what lies there was meant for something else, or pasted along with the
/// command, to say yes in the place of a person who has read nothing.
fn forget_what_was_typed_before() {
    while event::poll(Duration::ZERO).unwrap_or(false) && event::read().is_ok() {}
}

/// The columns of the terminal that what is printed goes to; `None` where it goes elsewhere.
pub(super) fn width() -> Option<usize> {
    io::stdout().is_terminal().then(|| size().0)
}

/// Columns and rows of the terminal.
fn size() -> (usize, usize) {
    let (columns, rows) = crossterm::terminal::size().ok().filter(|(c, r)| *c > 0 && *r > 0).unwrap_or((80, 24));
    (usize::from(columns), usize::from(rows))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    Shown,
    Hidden,
}

/// Appends what was typed or pasted: terminals send a pasted newline as a carriage return, and some leave their paste marks in.
fn take(text: &mut Zeroizing<String>, more: &str, echo: Echo, screen: &mut File) -> io::Result<()> {
    const LIMIT: usize = 2 * crate::secret::Secret::MAX - 4;
    let more = Zeroizing::new(more.replace("\x1b[200~", "").replace("\x1b[201~", "").replace("\r\n", "\n").replace('\r', "\n"));
    let room = LIMIT.saturating_sub(text.len());
    let end = (0..=room.min(more.len())).rev().find(|n| more.is_char_boundary(*n)).unwrap_or(0);
    text.push_str(&more[..end]);
    if echo == Echo::Shown {
        write!(screen, "{}", crate::escape::shown(&more[..end]))?;
    }
    Ok(())
}

/// Raw mode with bracketed paste; both end when this is dropped.
struct Raw;

impl Raw {
    fn enter(screen: &mut File) -> io::Result<Self> {
        enable_raw_mode()?;
        let raw = Self;
        execute!(screen, EnableBracketedPaste)?;
        Ok(raw)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        if let Ok(mut screen) = sys::open_terminal() {
            let _ = execute!(screen, DisableBracketedPaste);
        }
        let _ = disable_raw_mode();
    }
}
