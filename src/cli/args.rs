//! What can be typed. Data only; the only door to clap's derive. What a user typed is never repeated in an error: it may be a
//! value that was meant for a prompt.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand};

pub(super) use super::options::{
    Adopt, Audit, AuditCommand, Backup, Check, Completions, Dates, Exec, Forget, Get, Headers, History, Hook, Import, Init,
    KeyCommand, List, Place, Profile, ProfileMerge, RecipientsCommand, RecoveryCommand, RecoverySet, Restore, Rollback, Rotate,
    Servers, Set, Status, StoreCommand, StoreMove, Target, Unlock, Unset, Why,
};

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
    Status(Status),
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
    /// Put a new value in the place of an old one, which is kept
    Rotate(Rotate),
    /// Take the value before this one back
    Rollback(Rollback),
    /// When the values of a variable came and went
    History(History),
    /// Remove a variable with everything that it had before
    Forget(Forget),
    /// Remove a value
    Unset(Unset),
    /// The variables of a profile, masked
    List(List),
    /// Start a server with its own variables and nothing else, or your own command with all of the project's
    Exec(Exec),
    /// Print the headers of a remote server as JSON, for Claude Code's headersHelper
    Headers(Headers),
    /// Open what is protected by a passphrase or the keychain, so that the hook can use it
    Unlock(Unlock),
    /// Close it again, in every shell
    Lock,
    /// Where profiles rest
    #[command(subcommand)]
    Store(StoreCommand),
    /// Your identity: the key to your profiles
    #[command(subcommand)]
    Key(KeyCommand),
    /// Take values over from a file (.env, JSON, TOML, YAML), or from entries made by hand in the keychain
    Import(Import),
    /// The log of what was done with values
    Audit(Audit),
    /// Profiles: list, rename, copy, delete, use, versions, restore
    Profile(Profile),
    /// Put every profile, binding and approval into one file that a passphrase opens
    Backup(Backup),
    /// Take profiles, bindings and approvals back from such a file
    Restore(Restore),
    /// Print the completions for a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}

impl Command {
    /// The project that was named for it, instead of the one where the user stands.
    pub(super) fn project(&self) -> Option<&std::path::Path> {
        let project = match self {
            Self::Init(args) => &args.project,
            Self::Allow(place) | Self::Deny(place) => &place.project,
            Self::Adopt(args) => &args.target.project,
            Self::Status(args) => &args.project,
            Self::Why(args) => &args.project,
            Self::Servers(args) => &args.project,
            Self::Check(args) => &args.target.project,
            Self::Set(args) => &args.target.project,
            Self::Get(args) => &args.target.project,
            Self::Unset(args) => &args.target.project,
            Self::Rotate(args) => &args.target.project,
            Self::Rollback(args) => &args.target.project,
            Self::History(args) => &args.target.project,
            Self::Forget(args) => &args.target.project,
            Self::List(args) => &args.target.project,
            Self::Exec(args) => &args.project,
            Self::Headers(args) => &args.project,
            Self::Import(args) => &args.target.project,
            Self::Key(KeyCommand::Recipients(command)) => &command.target().project,
            Self::Store(StoreCommand::Move(args)) => &args.target.project,
            Self::Key(_)
            | Self::Audit(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Hook(_)
            | Self::Unlock(_)
            | Self::Lock
            | Self::Profile(_)
            | Self::Completions(_)
            | Self::Man => return None,
        };
        project.as_deref()
    }
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
        Err(e) if e.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Parsed::Wrong {
            fact: "a command is missing".to_owned(),
            hint: "see `mcpenv --help`, or `mcpenv COMMAND --help`".to_owned(),
        },
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
