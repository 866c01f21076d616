//! What the commands for more than one key take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::target::Target;

#[derive(Subcommand)]
pub(super) enum RecipientsCommand {
    /// Who can open the profile
    List(RecipientsList),
    /// Let somebody open it: shown, asked, and sealed anew
    Add(RecipientsAdd),
    /// Take somebody out: what they had, they still have
    Remove(RecipientsRemove),
}

impl RecipientsCommand {
    pub(super) fn target(&self) -> &Target {
        match self {
            Self::List(args) => &args.target,
            Self::Add(args) => &args.target,
            Self::Remove(args) => &args.target,
        }
    }
}

#[derive(Args)]
pub(super) struct RecipientsList {
    #[command(flatten)]
    pub(super) target: Target,
    /// For programs
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(super) struct RecipientsAdd {
    /// A public key (`age1…`, `ssh-ed25519 …`, `ssh-rsa …`), or the `.pub` file that holds it
    #[arg(value_name = "RECIPIENT")]
    pub(super) recipient: String,
    /// Who that is
    #[arg(long, value_name = "TEXT")]
    pub(super) label: Option<String>,
    #[command(flatten)]
    pub(super) target: Target,
}

#[derive(Args)]
pub(super) struct RecipientsRemove {
    /// The label, the public key, or the `.pub` file that holds it
    #[arg(value_name = "RECIPIENT", required = true)]
    pub(super) recipients: Vec<String>,
    #[command(flatten)]
    pub(super) target: Target,
}

#[derive(Subcommand)]
pub(super) enum ProfileCommand {
    /// Merge two versions of a team file; git runs it as a merge driver
    Merge(ProfileMerge),
}

#[derive(Args)]
pub(super) struct ProfileMerge {
    /// What both came from (git: %O); may be empty or absent
    #[arg(value_name = "BASE")]
    pub(super) base: PathBuf,
    /// Ours, which is replaced (git: %A)
    #[arg(value_name = "OURS")]
    pub(super) ours: PathBuf,
    /// Theirs (git: %B)
    #[arg(value_name = "THEIRS")]
    pub(super) theirs: PathBuf,
}
