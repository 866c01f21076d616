//! What the commands on keys take.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::team::RecipientsCommand;
use clap::{Arg, Args, Command, Subcommand};

#[derive(Subcommand)]
pub(in crate::cli) enum KeyCommand {
    /// Your identity, what protects it, and the way back
    Show(Shown),
    /// Set or change the passphrase of your identity
    Passphrase(Passphrase),
    /// Keep your identity in its file, behind an SSH key, or in the keychain of the system
    Move(KeyMove),
    /// A new identity: everything is sealed for it
    New,
    /// Take an age identity over as yours
    Import(KeyImport),
    /// Open your profiles with the recovery key, when the identity is lost
    Recover(KeyRecover),
    /// Write a copy of your identity, encrypted with a passphrase
    Export(KeyExport),
    /// The way back when the identity is lost
    #[command(subcommand)]
    Recovery(RecoveryCommand),
    /// Who can open a profile
    #[command(subcommand)]
    Recipients(RecipientsCommand),
}

#[derive(Args)]
pub(in crate::cli) struct Shown {
    /// For programs
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Args)]
pub(in crate::cli) struct Passphrase {
    /// Take it away: the identity becomes a plain file
    #[arg(long)]
    pub(in crate::cli) remove: bool,
}

#[derive(Args)]
pub(in crate::cli) struct KeyMove {
    /// Where to; `ssh:PATH`: in its file, sealed for the private key of SSH there (ed25519 or RSA)
    #[arg(value_name = "PLACE", value_parser = Places)]
    pub(in crate::cli) place: String,
}

/// `file`, `keychain`, or `ssh:` and a path.
#[derive(Clone)]
struct Places;

impl TypedValueParser for Places {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        match value.to_str().filter(|text| text.strip_prefix("ssh:").is_some_and(|path| !path.is_empty())) {
            Some(text) => Ok(text.to_owned()),
            None => PossibleValuesParser::new(["file", "keychain", "ssh:PATH"]).parse_ref(command, arg, value),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(["file", "keychain"].into_iter().map(PossibleValue::new)))
    }
}

#[derive(Args)]
pub(in crate::cli) struct KeyImport {
    /// The file of the identity; `-`: standard input
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
}

#[derive(Args)]
pub(in crate::cli) struct KeyRecover {
    /// The file of the recovery key, or of an SSH key; `-`: standard input; without it you are asked
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: Option<PathBuf>,
}

#[derive(Args)]
pub(in crate::cli) struct KeyExport {
    /// Where to; `-`, or nothing: standard output
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// As it is, without a passphrase
    #[arg(long)]
    pub(in crate::cli) plain: bool,
}

#[derive(Subcommand)]
pub(in crate::cli) enum RecoveryCommand {
    /// Make a recovery key, or name one, for every profile
    Set(RecoverySet),
    /// The public key of the way back
    Show(Shown),
    /// Take it out of every profile
    Remove,
}

#[derive(Args)]
pub(in crate::cli) struct RecoverySet {
    /// A public key of age or SSH; without it you are asked
    #[arg(value_name = "PUBLIC-KEY")]
    pub(in crate::cli) key: Option<String>,
    /// Where its secret key is, in your words
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) label: Option<String>,
}
