//! The main job, done for real in a throw-away home: a shell on a pseudo-terminal, the commands that a user would type, and
//! the screen as the user would see it. Whatever is not as it should be ends the tour with an error.
//!
//! `cargo run --locked --example tour` takes bash, `cargo run --locked --example tour -- zsh` takes zsh.

mod home;
mod terminal;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail, ensure};

use home::{GITHUB, Home, SENTRY};
use terminal::{PROMPT, Terminal};

/// What the masking `sed` below leaves of a value.
const MASKED: &str = "made-up-••••";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    if arguments.next().is_some_and(|own| Path::new(&own).file_stem().is_some_and(|name| name == "mcpenv")) {
        return mcpenv::cli::run(std::env::args_os());
    }
    let shell = arguments.next().map_or_else(|| "bash".to_owned(), |name| name.to_string_lossy().into_owned());
    match tour(&shell) {
        Ok(steps) => {
            println!("\n\n{}", tell(&format!("The end: {steps} steps, all as they should be. The throw-away home is gone.")));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("\n\nerror: the tour went wrong: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn tour(shell: &str) -> Result<usize> {
    let start: &[&str] = match shell {
        "bash" => &["bash", "--noprofile", "-i"],
        "zsh" => &["zsh", "-d", "-i"],
        other => bail!("the tour knows bash and zsh, not `{other}`"),
    };
    let home = Home::make()?;
    println!(
        "{}",
        tell(&format!("A throw-away home, {}, with one project in it. What you see is {shell}.", home.path().display()))
    );
    let terminal = Terminal::start(start, &home.environment(), home.path())?;
    let mut guide = Guide { terminal, steps: 0 };
    guide.terminal.watch(PROMPT)?;
    guide.walk()?;
    Ok(guide.steps)
}

/// What the tour itself says, apart from what the shell shows.
fn tell(text: &str) -> String {
    if std::io::stdout().is_terminal() { format!("\x1b[2m# {text}\x1b[0m") } else { format!("# {text}") }
}

/// Says what comes next. It stands before the line that the shell's prompt is on.
fn say(text: &str) {
    println!("\n{}", tell(text));
}

struct Guide {
    terminal: Terminal,
    steps: usize,
}

impl Guide {
    fn walk(&mut self) -> Result<()> {
        let names = "env | grep -E '^(GITHUB|SENTRY)_' | sort | sed -E 's/=(ghp_|sntryu_).*/=made-up-••••/'";

        say("This shell has the hook (one line in its start file), and a Sentry token of its own:");
        self.types("export SENTRY_ACCESS_TOKEN=from-before")?;

        say("What the project's servers declare: two variables, no value.");
        let declared = self.types("cd src/acme-api && grep -n '\\${' .mcp.json")?;
        has(&declared, &["GITHUB_TOKEN", "SENTRY_ACCESS_TOKEN"])?;

        say("A profile for it. Nothing is approved by that, and nothing is loaded.");
        self.types("mcpenv init --no-input --profile acme-api && echo made").and_then(|screen| has(&screen, &["\nmade\n"]))?;

        say("Two values, encrypted at once: one typed at a hidden prompt (the tour types it), one from a file.");
        let typed = self.asks("mcpenv set GITHUB_TOKEN", "GITHUB_TOKEN", &format!("{GITHUB}\r"))?;
        has_not(&typed, &[GITHUB])?;
        self.types("mcpenv set SENTRY_ACCESS_TOKEN --stdin < ~/sentry-token")?;
        has(&self.types(names)?, &["\nSENTRY_ACCESS_TOKEN=from-before\n"])?;

        say("The approval. It wants a person at a terminal; here the tour itself answers `y`.");
        let asked = self.asks("mcpenv allow", "[y/N]", "y\r")?;
        has(&asked, &["@sentry/mcp-server@0.18.0", "https://api.githubcopilot.com/mcp/"])?;
        has_not(&asked, &[GITHUB, SENTRY])?;

        say("Loaded, by the time the prompt is there (a `sed` masks the made-up values):");
        has(&self.types(names)?, &[&format!("GITHUB_TOKEN={MASKED}\n"), &format!("SENTRY_ACCESS_TOKEN={MASKED}\n")])?;
        has_not(&self.types("mcpenv status")?, &[GITHUB, SENTRY])?;

        say("Out of the project: gone, and what stood before stands again.");
        self.types("cd ~")?;
        let after = self.types(names)?;
        has(&after, &["\nSENTRY_ACCESS_TOKEN=from-before\n"])?;
        has_not(&after, &["\nGITHUB_TOKEN"])?;

        say("And in again.");
        has(&self.types("cd src/acme-api")?, &["acme-api"])?;
        has(&self.types(names)?, &[&format!("GITHUB_TOKEN={MASKED}\n")])?;
        self.terminal.press("exit\r")
    }

    /// Types a line, and gives what the screen shows until the next prompt.
    fn types(&mut self, line: &str) -> Result<String> {
        self.steps += 1;
        self.terminal.press(&format!("{line}\r"))?;
        self.terminal.watch(PROMPT)
    }

    /// Types a line and answers what it asks.
    fn asks(&mut self, line: &str, question: &str, answer: &str) -> Result<String> {
        self.steps += 1;
        self.terminal.press(&format!("{line}\r"))?;
        // the line itself is shown first, and may hold the words of the question
        let mut screen = self.terminal.watch("\n")?;
        screen += &self.terminal.watch(question)?;
        self.terminal.press(answer)?;
        Ok(screen + &self.terminal.watch(PROMPT)?)
    }
}

fn has(screen: &str, texts: &[&str]) -> Result<()> {
    for text in texts {
        ensure!(screen.contains(text), "{text:?} is missing on the screen: {screen:?}");
    }
    Ok(())
}

fn has_not(screen: &str, texts: &[&str]) -> Result<()> {
    for text in texts {
        ensure!(!screen.contains(text), "{text:?} should not be on the screen: {screen:?}");
    }
    Ok(())
}
