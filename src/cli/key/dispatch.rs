//! Which of the commands on keys was typed.

use super::{export, import, moving, new, passphrase, recover, recovery, show};
use crate::cli::args::{KeyCommand, RecoveryCommand};
use crate::cli::recipients;
use crate::cli::report::Done;
use crate::ops::Workspace;

/// Runs one of them.
pub(crate) fn run(workspace: &Workspace, command: &KeyCommand) -> Done {
    match command {
        KeyCommand::Show(args) => show::run(workspace, args.json),
        KeyCommand::Passphrase(args) => passphrase::run(workspace, args.remove),
        KeyCommand::Move(args) => moving::run(workspace, &args.place),
        KeyCommand::New => new::run(workspace),
        KeyCommand::Import(args) => import::run(workspace, &args.file),
        KeyCommand::Recover(args) => recover::run(workspace, args.file.as_deref()),
        KeyCommand::Export(args) => export::run(workspace, args.file.as_deref(), args.plain),
        KeyCommand::Recovery(RecoveryCommand::Set(args)) => recovery::set(workspace, args),
        KeyCommand::Recovery(RecoveryCommand::Show(args)) => recovery::show(workspace, args.json),
        KeyCommand::Recipients(command) => recipients::run(workspace, command),
        KeyCommand::Recovery(RecoveryCommand::Remove) => recovery::remove(workspace),
    }
}
