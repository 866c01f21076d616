//! What the commands on projects, servers and keys take.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::value::Target;
use crate::audit::Action;
use crate::client;
use crate::shell;
use crate::store::registry;

#[derive(Args)]
pub(in super::super) struct Init {
    /// The profile to bind this project to
    #[arg(long, value_name = "NAME")]
    pub(in super::super) profile: Option<String>,
    /// Ask nothing: make what is missing, bind the profile, approve nothing
    #[arg(long)]
    pub(in super::super) no_input: bool,
    /// Where the profile rests
    #[arg(long, value_name = "STORE", value_parser = stores())]
    pub(in super::super) store: Option<String>,
    /// Let the profile rest in this file of the project, to be committed: for a team
    #[arg(long, value_name = "PATH", conflicts_with = "store")]
    pub(in super::super) team_file: Option<String>,
    /// The directory to make a project of
    #[arg(long, value_name = "DIR")]
    pub(in super::super) project: Option<PathBuf>,
}

#[derive(Args)]
pub(in super::super) struct Hook {
    /// The shell
    #[arg(value_parser = shells())]
    pub(in super::super) shell: String,
}

#[derive(Args)]
pub(in super::super) struct Place {
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(in super::super) project: Option<PathBuf>,
}

#[derive(Args)]
pub(in super::super) struct Status {
    /// One word, for a prompt or a status bar; nothing outside of projects
    #[arg(long, conflicts_with = "json")]
    pub(in super::super) short: bool,
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(in super::super) project: Option<PathBuf>,
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Args)]
pub(in super::super) struct Why {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(in super::super) name: String,
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(in super::super) project: Option<PathBuf>,
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Args)]
pub(in super::super) struct Servers {
    /// Read this file, wherever it lies
    #[arg(long, value_name = "FILE", requires = "client", conflicts_with = "project")]
    pub(in super::super) file: Option<PathBuf>,
    /// Read it as this client does
    #[arg(long, value_name = "NAME", requires = "file", value_parser = formats())]
    pub(in super::super) client: Option<String>,
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(in super::super) project: Option<PathBuf>,
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Args)]
pub(in super::super) struct Check {
    #[command(flatten)]
    pub(in super::super) target: Target,
    /// Count what expires within this time too: 14d, 2w, 1mo
    #[arg(long, value_name = "TIME")]
    pub(in super::super) within: Option<String>,
    /// Count "not loaded" also where this shell has no hook
    #[arg(long)]
    pub(in super::super) loaded: bool,
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that somebody types")]
pub(in super::super) struct Adopt {
    /// Only these client files
    #[arg(value_name = "FILE")]
    pub(in super::super) files: Vec<PathBuf>,
    /// Only the files of this client; for a file in another place, the client that reads it
    #[arg(long, value_name = "NAME", value_parser = clients())]
    pub(in super::super) client: Option<String>,
    /// Your own client files too, not only those of the project
    #[arg(long)]
    pub(in super::super) user: bool,
    /// Let mcpenv start every server, also where the client can refer to a variable
    #[arg(long)]
    pub(in super::super) wrap: bool,
    /// Show what would change, masked, and change nothing
    #[arg(long)]
    pub(in super::super) dry_run: bool,
    /// Put back what the last adopt changed
    #[arg(long, conflicts_with_all = ["files", "client", "user", "wrap"])]
    pub(in super::super) undo: bool,
    #[command(flatten)]
    pub(in super::super) target: Target,
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Args)]
#[command(
    after_help = "It ends with the status of what it started: 127 when there is no such program, 126 when it cannot be started."
)]
pub(in super::super) struct Exec {
    /// The server to start: CMD and ARGS must be what was approved for it
    #[arg(long, value_name = "SERVER")]
    pub(in super::super) server: Option<String>,
    /// Whose entry, where two clients have different ones of that name
    #[arg(long, value_name = "CLIENT", requires = "server")]
    pub(in super::super) client: Option<String>,
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(in super::super) project: Option<PathBuf>,
    /// What to start, behind `--`
    #[arg(value_name = "CMD", last = true, required = true)]
    pub(in super::super) command: Vec<OsString>,
}

#[derive(Args)]
pub(in super::super) struct Headers {
    /// The server
    #[arg(value_name = "SERVER")]
    pub(in super::super) server: String,
    /// Whose entry, where two clients have different ones of that name
    #[arg(long, value_name = "CLIENT")]
    pub(in super::super) client: Option<String>,
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(in super::super) project: Option<PathBuf>,
}

#[derive(Args)]
pub(in super::super) struct Unlock {
    /// For how long: 30m, 8h, 2d
    #[arg(long = "for", value_name = "TIME", default_value = "8h")]
    pub(in super::super) period: String,
}

#[derive(Subcommand)]
pub(in super::super) enum StoreCommand {
    /// Move a profile to another store, in one step
    Move(StoreMove),
}

#[derive(Args)]
pub(in super::super) struct StoreMove {
    /// The store
    #[arg(value_name = "STORE", value_parser = stores())]
    pub(in super::super) store: String,
    #[command(flatten)]
    pub(in super::super) target: Target,
}

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in super::super) struct Audit {
    #[command(subcommand)]
    pub(in super::super) command: Option<AuditCommand>,
    /// Only what was done within this time: 7d, 2w, 1mo
    #[arg(long, value_name = "TIME")]
    pub(in super::super) since: Option<String>,
    /// Only this kind of act
    #[arg(long, value_name = "WORD", value_parser = PossibleValuesParser::new(Action::words()))]
    pub(in super::super) action: Option<String>,
    /// Only what was done with this variable
    #[arg(long, value_name = "VAR")]
    pub(in super::super) variable: Option<String>,
    /// Only what was done in this project
    #[arg(long, value_name = "DIR")]
    pub(in super::super) project: Option<PathBuf>,
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Subcommand)]
pub(in super::super) enum AuditCommand {
    /// Go through the whole log, and name the first record that is not what was written
    Verify,
}

#[derive(Args)]
pub(in super::super) struct Completions {
    /// The shell
    #[arg(value_parser = PossibleValuesParser::new(["bash", "elvish", "fish", "powershell", "zsh"]))]
    pub(in super::super) shell: String,
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
