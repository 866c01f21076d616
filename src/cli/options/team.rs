//! What the commands for more than one key take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::value::Target;

#[derive(Subcommand)]
pub(in super::super) enum KeyCommand {
    /// Who can open a profile
    #[command(subcommand)]
    Recipients(RecipientsCommand),
}

#[derive(Subcommand)]
pub(in super::super) enum RecipientsCommand {
    /// Who can open the profile
    List(RecipientsList),
    /// Let somebody open it: shown, asked, and sealed anew
    Add(RecipientsAdd),
    /// Take somebody out: what they had, they still have
    Remove(RecipientsRemove),
}

impl RecipientsCommand {
    pub(in super::super) fn target(&self) -> &Target {
        match self {
            Self::List(args) => &args.target,
            Self::Add(args) => &args.target,
            Self::Remove(args) => &args.target,
        }
    }
}

#[derive(Args)]
pub(in super::super) struct RecipientsList {
    #[command(flatten)]
    pub(in super::super) target: Target,
    /// For programs
    #[arg(long)]
    pub(in super::super) json: bool,
}

#[derive(Args)]
pub(in super::super) struct RecipientsAdd {
    /// A public key (`age1…`, `ssh-ed25519 …`, `ssh-rsa …`), or the `.pub` file that holds it
    #[arg(value_name = "RECIPIENT")]
    pub(in super::super) recipient: String,
    /// Who that is
    #[arg(long, value_name = "TEXT")]
    pub(in super::super) label: Option<String>,
    #[command(flatten)]
    pub(in super::super) target: Target,
}

#[derive(Args)]
pub(in super::super) struct RecipientsRemove {
    /// The label, the public key, or the `.pub` file that holds it
    #[arg(value_name = "RECIPIENT", required = true)]
    pub(in super::super) recipients: Vec<String>,
    #[command(flatten)]
    pub(in super::super) target: Target,
}

#[derive(Args)]
pub(in super::super) struct ProfileMerge {
    /// What both came from (git: %O); may be empty or absent
    #[arg(value_name = "BASE")]
    pub(in super::super) base: PathBuf,
    /// Ours, which is replaced (git: %A)
    #[arg(value_name = "OURS")]
    pub(in super::super) ours: PathBuf,
    /// Theirs (git: %B)
    #[arg(value_name = "THEIRS")]
    pub(in super::super) theirs: PathBuf,
}
