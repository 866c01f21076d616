//! What the commands on whole profiles and their copies take.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::team::ProfileMerge;
use crate::store::registry;

#[derive(Args)]
pub(in super::super) struct Profile {
    #[command(subcommand)]
    pub(in super::super) act: Act,
}

#[derive(Subcommand)]
pub(in super::super) enum Act {
    /// Every profile, and which projects are bound to it
    List(ProfileList),
    /// Give a profile another name; the projects that are bound to it follow
    Rename(Pair),
    /// Make a second profile with the values of one
    Copy(Pair),
    /// Take a profile away; it is kept as an earlier version
    Delete(ProfileDelete),
    /// Bind this project to another profile
    Use(ProfileUse),
    /// The earlier versions of a profile, and what each would bring back
    Versions(ProfileVersions),
    /// Take an earlier version back; what is there now becomes one itself
    Restore(ProfileRestore),
    /// Merge two versions of a team file; git runs it as a merge driver
    Merge(ProfileMerge),
}

#[derive(Args)]
pub(in super::super) struct ProfileList {
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Args)]
pub(in super::super) struct Pair {
    /// The profile
    #[arg(value_name = "NAME")]
    pub(in super::super) from: String,
    /// The name that the new one gets
    #[arg(value_name = "NEW")]
    pub(in super::super) to: String,
}

#[derive(Args)]
pub(in super::super) struct ProfileDelete {
    /// The profile
    #[arg(value_name = "NAME")]
    pub(in super::super) name: String,
    /// Take its earlier versions away too: nothing brings it back then
    #[arg(long)]
    pub(in super::super) forget: bool,
}

#[derive(Args)]
pub(in super::super) struct ProfileUse {
    /// The profile
    #[arg(value_name = "NAME")]
    pub(in super::super) name: String,
    /// The project, instead of the one you stand in
    #[arg(long, value_name = "DIR")]
    pub(in super::super) project: Option<PathBuf>,
}

#[derive(Args)]
pub(in super::super) struct ProfileVersions {
    /// The profile
    #[arg(value_name = "NAME")]
    pub(in super::super) name: String,
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Args)]
pub(in super::super) struct ProfileRestore {
    /// The profile
    #[arg(value_name = "NAME")]
    pub(in super::super) name: String,
    /// The version, as `mcpenv profile versions` names it
    #[arg(value_name = "GENERATION")]
    pub(in super::super) version: String,
}

#[derive(Args)]
pub(in super::super) struct Backup {
    /// The file to make
    #[arg(value_name = "FILE")]
    pub(in super::super) file: PathBuf,
    /// Read the passphrase from the first line of standard input
    #[arg(long)]
    pub(in super::super) stdin: bool,
    /// Leave out the profiles that do not open
    #[arg(long)]
    pub(in super::super) partial: bool,
}

#[derive(Args)]
pub(in super::super) struct Restore {
    /// The file that `mcpenv backup` made
    #[arg(value_name = "FILE")]
    pub(in super::super) file: PathBuf,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(in super::super) dry_run: bool,
    /// Only this profile, and the projects bound to it
    #[arg(long, value_name = "NAME")]
    pub(in super::super) only: Option<String>,
    /// Where new profiles rest, instead of where they rested
    #[arg(long, value_name = "STORE", value_parser = PossibleValuesParser::new(registry::words()))]
    pub(in super::super) store: Option<String>,
    /// Read the passphrase from the first line of standard input
    #[arg(long)]
    pub(in super::super) stdin: bool,
}
