//! What each command takes.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use crate::client;
use crate::flat::Format;
use crate::shell;
use crate::store::registry;

#[derive(Args)]
pub(super) struct Init {
    /// The profile to bind this project to
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// Ask nothing: make what is missing, bind the profile, approve nothing
    #[arg(long)]
    pub(super) no_input: bool,
    /// Where the profile rests
    #[arg(long, value_name = "STORE", value_parser = stores())]
    pub(super) store: Option<String>,
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
    /// Count what expires within this time too: 14d, 2w, 1mo
    #[arg(long, value_name = "TIME")]
    pub(super) within: Option<String>,
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
    pub(super) dates: Dates,
    #[command(flatten)]
    pub(super) target: Target,
    /// Caught here, so that a value given as an argument is refused without being repeated
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) more: Vec<OsString>,
}

#[derive(Args)]
pub(super) struct Dates {
    /// When the value ends: 7d, 30d, 60d, 90d, 1y, a date, or never
    #[arg(long, value_name = "WHEN")]
    pub(super) expires: Option<String>,
    /// How often a new one is due: 90d, 12w, 3mo, 1y, or never
    #[arg(long, value_name = "TIME")]
    pub(super) rotate: Option<String>,
    /// How long a value may live at most
    #[arg(long, value_name = "TIME")]
    pub(super) max_lifetime: Option<String>,
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
pub(super) struct Import {
    /// The file, `-` for standard input; with --keychain, the names of the entries
    #[arg(value_name = "FILE|NAME", required = true)]
    pub(super) sources: Vec<OsString>,
    /// Take entries of the keychain of this system instead of a file
    #[arg(long)]
    pub(super) keychain: bool,
    /// The variable for the entry, when its name is none
    #[arg(long = "as", value_name = "VAR", requires = "keychain")]
    pub(super) variable: Option<String>,
    /// How long the keychain may take to answer
    #[arg(long, value_name = "SECONDS", requires = "keychain", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(super) wait: u64,
    /// What the file is, when its name does not say so
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(Format::WORDS), conflicts_with = "keychain")]
    pub(super) format: Option<String>,
    #[command(flatten)]
    pub(super) target: Target,
    /// For programs: asks nothing
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
#[command(
    after_help = "It ends with the status of what it started: 127 when there is no such program, 126 when it cannot be started."
)]
pub(super) struct Exec {
    /// The server to start: CMD and ARGS must be what was approved for it
    #[arg(long, value_name = "SERVER")]
    pub(super) server: Option<String>,
    /// Whose entry, where two clients have different ones of that name
    #[arg(long, value_name = "CLIENT", requires = "server")]
    pub(super) client: Option<String>,
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(super) project: Option<PathBuf>,
    /// What to start, behind `--`
    #[arg(value_name = "CMD", last = true, required = true)]
    pub(super) command: Vec<OsString>,
}

#[derive(Args)]
pub(super) struct Headers {
    /// The server
    #[arg(value_name = "SERVER")]
    pub(super) server: String,
    /// Whose entry, where two clients have different ones of that name
    #[arg(long, value_name = "CLIENT")]
    pub(super) client: Option<String>,
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(super) project: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Unlock {
    /// For how long: 30m, 8h, 2d
    #[arg(long = "for", value_name = "TIME", default_value = "8h")]
    pub(super) period: String,
}

#[derive(Subcommand)]
pub(super) enum StoreCommand {
    /// Move a profile to another store, in one step
    Move(StoreMove),
}

#[derive(Args)]
pub(super) struct StoreMove {
    /// The store
    #[arg(value_name = "STORE", value_parser = stores())]
    pub(super) store: String,
    #[command(flatten)]
    pub(super) target: Target,
}

#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_parser = PossibleValuesParser::new(["bash", "elvish", "fish", "powershell", "zsh"]))]
    pub(super) shell: String,
}

fn stores() -> PossibleValuesParser {
    PossibleValuesParser::new(registry::words())
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
