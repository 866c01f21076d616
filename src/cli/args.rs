//! What can be typed. Data only; the only door to clap's derive. What a user typed is never repeated in an error: it may be a
//! value that was meant for a prompt.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::client;
use crate::shell;

/// Keeps the tokens of your MCP servers encrypted, and loads them on cd: only here, only what these servers declare.
#[derive(Parser)]
#[command(name = "mcpenv", version, arg_required_else_help = true, subcommand_required = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed or found something, 2 usage, 3 locked, 4 not approved, 6 needs a person at a terminal, 130 interrupted."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make this directory a project: its file, its profile, its values, its approval
    Init(Init),
    /// Print the hook for a shell's start file
    Hook(Hook),
    /// See what this project asks for, and approve it
    Allow(Place),
    /// Withdraw every approval of this project
    Deny(Place),
    /// Take plaintext tokens out of client files, into the profile
    Adopt(Adopt),
    /// How this project stands: profile, servers, variables
    Status(PlaceJson),
    /// Which file, line, server and field declare a variable
    Why(Why),
    /// What is declared: the servers of this project, or of one file
    Servers(Servers),
    /// Compare the store with this shell, masked
    Check(Check),
    /// Store a value, typed at a hidden prompt or read from standard input
    Set(Set),
    /// Print a value (with --reveal)
    Get(Get),
    /// Remove a value
    Unset(Unset),
    /// The variables of a profile, masked
    List(List),
    /// Print the completions for a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}

#[derive(Args)]
pub(super) struct Init {
    /// The profile to bind this project to
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// Ask nothing: make what is missing, bind the profile, approve nothing
    #[arg(long)]
    pub(super) no_input: bool,
    /// Where the profile rests
    #[arg(long, value_name = "STORE", value_parser = PossibleValuesParser::new(["age"]), default_value = "age")]
    pub(super) store: String,
    /// The directory to make a project of
    #[arg(long, value_name = "DIR")]
    pub(super) project: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Hook {
    /// The shell
    #[arg(value_parser = shells())]
    pub(super) shell: String,
}

#[derive(Args)]
pub(super) struct Place {
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(super) project: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct PlaceJson {
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(super) project: Option<PathBuf>,
    /// For programs
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(super) struct Why {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(super) name: String,
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(super) project: Option<PathBuf>,
    /// For programs
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(super) struct Servers {
    /// Read this file, wherever it lies
    #[arg(long, value_name = "FILE", requires = "client", conflicts_with = "project")]
    pub(super) file: Option<PathBuf>,
    /// Read it as this client does
    #[arg(long, value_name = "NAME", requires = "file", value_parser = formats())]
    pub(super) client: Option<String>,
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(super) project: Option<PathBuf>,
    /// For programs
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) target: Target,
    /// Count "not loaded" also where this shell has no hook
    #[arg(long)]
    pub(super) loaded: bool,
    /// For programs
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(super) struct Target {
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(super) project: Option<PathBuf>,
    /// The profile, instead of the one the project is bound to
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
}

#[derive(Args)]
pub(super) struct Set {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(super) name: String,
    /// Read the value from standard input, every byte of it
    #[arg(long)]
    pub(super) stdin: bool,
    #[command(flatten)]
    pub(super) target: Target,
    /// Caught here, so that a value given as an argument is refused without being repeated
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) more: Vec<OsString>,
}

#[derive(Args)]
pub(super) struct Get {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(super) name: String,
    /// Print the value itself
    #[arg(long)]
    pub(super) reveal: bool,
    #[command(flatten)]
    pub(super) target: Target,
}

#[derive(Args)]
pub(super) struct Unset {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(super) name: String,
    #[command(flatten)]
    pub(super) target: Target,
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    pub(super) target: Target,
    /// For programs
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that somebody types")]
pub(super) struct Adopt {
    /// Only these client files
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Only the files of this client; for a file in another place, the client that reads it
    #[arg(long, value_name = "NAME", value_parser = clients())]
    pub(super) client: Option<String>,
    /// Your own client files too, not only those of the project
    #[arg(long)]
    pub(super) user: bool,
    /// Let mcpenv start every server, also where the client can refer to a variable
    #[arg(long)]
    pub(super) wrap: bool,
    /// Show what would change, masked, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Put back what the last adopt changed
    #[arg(long, conflicts_with_all = ["files", "client", "user", "wrap"])]
    pub(super) undo: bool,
    #[command(flatten)]
    pub(super) target: Target,
    /// For programs
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_parser = PossibleValuesParser::new(["bash", "elvish", "fish", "powershell", "zsh"]))]
    pub(super) shell: String,
}

/// What a command line turned out to be.
pub(super) enum Parsed {
    Command(Box<Command>),
    /// Help or version, to be printed.
    Page(String),
    Wrong {
        fact: String,
        hint: String,
    },
}

/// Reads a command line.
pub(super) fn parse(args: &[OsString]) -> Parsed {
    match Cli::try_parse_from(args) {
        Ok(cli) => match refused(&cli.command) {
            Some(wrong) => wrong,
            None => Parsed::Command(Box::new(cli.command)),
        },
        Err(e) if matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => Parsed::Page(e.render().to_string()),
        Err(e) if e.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Parsed::Wrong { fact: "a command is missing".to_owned(), hint: "see `mcpenv --help`".to_owned() }
        }
        Err(e) => wrong(&e),
    }
}

/// The whole command line as clap knows it, for completions and the manual.
pub(super) fn command() -> clap::Command {
    Cli::command()
}

fn refused(command: &Command) -> Option<Parsed> {
    let Command::Set(set) = command else { return None };
    if set.more.is_empty() {
        return None;
    }
    Some(Parsed::Wrong {
        fact: "a value is never given as an argument: every program on this machine could read it".to_owned(),
        hint: "run `mcpenv set VAR` and type the value at its hidden prompt, or pipe it into `mcpenv set VAR --stdin`".to_owned(),
    })
}

/// What is wrong, in words of our own: clap's would repeat what was typed.
fn wrong(error: &clap::Error) -> Parsed {
    let ours = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join("`, `")),
        _ => None,
    };
    let fact = match error.kind() {
        ErrorKind::InvalidSubcommand => "there is no such command".to_owned(),
        ErrorKind::UnknownArgument => "an argument is not one that this command takes".to_owned(),
        ErrorKind::MissingRequiredArgument => {
            format!("an argument is missing: `{}`", ours(ContextKind::InvalidArg).unwrap_or_default())
        }
        ErrorKind::InvalidValue => match ours(ContextKind::ValidValue) {
            Some(valid) => format!("an argument is not one of `{valid}`"),
            None => "an option is without its value".to_owned(),
        },
        ErrorKind::ArgumentConflict => "an option is given twice, or two do not go together".to_owned(),
        ErrorKind::InvalidUtf8 => "an argument is no UTF-8 text".to_owned(),
        _ => "the command line could not be understood".to_owned(),
    };
    let suggested = ours(ContextKind::SuggestedSubcommand).or_else(|| ours(ContextKind::SuggestedArg));
    let hint = match suggested {
        Some(word) => format!("did you mean `{word}`?"),
        None => "see `mcpenv --help`, or `mcpenv COMMAND --help`".to_owned(),
    };
    Parsed::Wrong { fact, hint }
}

fn clients() -> PossibleValuesParser {
    PossibleValuesParser::new(client::ALL.iter().map(|client| client.name()))
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(client::ALL.iter().chain(client::DECLARATIONS).map(|client| client.name()))
}

fn shells() -> PossibleValuesParser {
    PossibleValuesParser::new(shell::ALL.iter().map(|s| s.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Parsed {
        parse(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn what_was_typed_is_never_repeated() {
        for line in [
            "mcpenv set TOKEN sk-sekret",
            "mcpenv set TOKEN --value sk-sekret",
            "mcpenv set TOKEN --value=sk-sekret",
            "mcpenv set TOKEN --stdin sk-sekret",
            "mcpenv set --sk-sekret TOKEN",
            "mcpenv sk-sekret",
            "mcpenv unset TOKEN sk-sekret",
            "mcpenv get TOKEN --reveal=sk-sekret",
            "mcpenv hook sk-sekret",
            "mcpenv set TOKEN --profile p --profile sk-sekret",
        ] {
            match typed(line) {
                Parsed::Wrong { fact, hint } => assert!(!format!("{fact} {hint}").contains("sekret"), "{line}: {fact}"),
                _ => panic!("{line} was understood"),
            }
        }
    }
}
