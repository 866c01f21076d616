//! What the commands on values take.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::flat::Format;
use crate::ops::generate::Alphabet;

#[derive(Args)]
pub(in super::super) struct Target {
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(in super::super) project: Option<PathBuf>,
    /// The profile, instead of the one the project is bound to
    #[arg(long, value_name = "NAME")]
    pub(in super::super) profile: Option<String>,
}

#[derive(Args)]
pub(in super::super) struct Set {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(in super::super) name: String,
    /// Read the value from standard input, every byte of it
    #[arg(long)]
    pub(in super::super) stdin: bool,
    #[command(flatten)]
    pub(in super::super) dates: Dates,
    #[command(flatten)]
    pub(in super::super) target: Target,
    /// Caught here, so that a value given as an argument is refused without being repeated
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub(in super::super) more: Vec<OsString>,
}

#[derive(Args)]
pub(in super::super) struct Dates {
    /// When the value ends: 7d, 30d, 60d, 90d, 1y, a date, or never
    #[arg(long, value_name = "WHEN")]
    pub(in super::super) expires: Option<String>,
    /// How often a new one is due: 90d, 12w, 3mo, 1y, or never
    #[arg(long, value_name = "TIME")]
    pub(in super::super) rotate: Option<String>,
    /// How long a value may live at most
    #[arg(long, value_name = "TIME")]
    pub(in super::super) max_lifetime: Option<String>,
}

#[derive(Args)]
pub(in super::super) struct Rotate {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(in super::super) name: String,
    /// Read the new value from standard input, every byte of it
    #[arg(long, conflicts_with_all = ["generate", "with"])]
    pub(in super::super) stdin: bool,
    /// Make one of random characters, for what you issue yourself
    #[arg(long, conflicts_with = "with")]
    pub(in super::super) generate: bool,
    /// How many characters
    #[arg(long, value_name = "NUMBER", requires = "generate", default_value_t = 40)]
    pub(in super::super) length: usize,
    /// Of which characters
    #[arg(long, value_name = "WORD", requires = "generate", default_value = "alphanumeric", value_parser = PossibleValuesParser::new(Alphabet::WORDS))]
    pub(in super::super) alphabet: String,
    /// A program of yours that makes one: it reads {"name": …, "value": the old one}, and prints the new one
    #[arg(long, value_name = "PROGRAM")]
    pub(in super::super) with: Option<String>,
    /// How long it may take
    #[arg(long, value_name = "SECONDS", requires = "with", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(in super::super) wait: u64,
    #[command(flatten)]
    pub(in super::super) dates: Dates,
    #[command(flatten)]
    pub(in super::super) target: Target,
}

#[derive(Args)]
pub(in super::super) struct Rollback {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(in super::super) name: String,
    /// Also when that value was revoked
    #[arg(long)]
    pub(in super::super) revoked: bool,
    #[command(flatten)]
    pub(in super::super) target: Target,
}

#[derive(Args)]
pub(in super::super) struct History {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(in super::super) name: String,
    #[command(flatten)]
    pub(in super::super) target: Target,
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Args)]
pub(in super::super) struct Forget {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(in super::super) name: String,
    #[command(flatten)]
    pub(in super::super) target: Target,
}

#[derive(Args)]
pub(in super::super) struct Get {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(in super::super) name: String,
    /// Print the value itself
    #[arg(long)]
    pub(in super::super) reveal: bool,
    #[command(flatten)]
    pub(in super::super) target: Target,
}

#[derive(Args)]
pub(in super::super) struct Unset {
    /// The variable
    #[arg(value_name = "VAR")]
    pub(in super::super) name: String,
    #[command(flatten)]
    pub(in super::super) target: Target,
}

#[derive(Args)]
pub(in super::super) struct List {
    #[command(flatten)]
    pub(in super::super) target: Target,
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Args)]
pub(in super::super) struct Import {
    /// The file, `-` for standard input; with --keychain, the names of the entries
    #[arg(value_name = "FILE|NAME", required = true)]
    pub(in super::super) sources: Vec<OsString>,
    /// Take entries of the keychain of this system instead of a file
    #[arg(long)]
    pub(in super::super) keychain: bool,
    /// The variable for the entry, when its name is none
    #[arg(long = "as", value_name = "VAR", requires = "keychain")]
    pub(in super::super) variable: Option<String>,
    /// How long the keychain may take to answer
    #[arg(long, value_name = "SECONDS", requires = "keychain", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(in super::super) wait: u64,
    /// What the file is, when its name does not say so
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(Format::WORDS), conflicts_with = "keychain")]
    pub(in super::super) format: Option<String>,
    #[command(flatten)]
    pub(in super::super) target: Target,
    /// For programs: asks nothing
    #[arg(long)]
    pub(in super::super) json: bool,
}
