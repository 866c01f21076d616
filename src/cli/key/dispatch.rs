//! Which of the commands on keys was typed.

use super::{export, import, moving, new, passphrase, recover, recovery, show};
use crate::audit::Action;
use crate::cli::args::{KeyCommand, RecoveryCommand};
use crate::cli::noting;
use crate::cli::recipients;
use crate::cli::report::Done;
use crate::ops::Workspace;

/// Runs one of them.
pub(crate) fn run(workspace: &Workspace, command: &KeyCommand) -> Done {
    let after = |words: &[&str], ended: Done| noting::after(workspace, Action::Key, words, ended);
    match command {
        KeyCommand::Show(args) => show::run(workspace, args.json),
        KeyCommand::Passphrase(args) => after(&["passphrase"], passphrase::run(workspace, args.remove)),
        KeyCommand::Move(args) => {
            after(&["move", args.place.split(':').next().unwrap_or_default()], moving::run(workspace, &args.place))
        }
        KeyCommand::New => after(&["new"], new::run(workspace)),
        KeyCommand::Import(args) => after(&["import"], import::run(workspace, &args.file)),
        KeyCommand::Recover(args) => after(&["recover"], recover::run(workspace, args.file.as_deref())),
        KeyCommand::Export(args) => export::run(workspace, args.file.as_deref(), args.plain),
        KeyCommand::Recovery(RecoveryCommand::Set(args)) => after(&["recovery set"], recovery::set(workspace, args)),
        KeyCommand::Recovery(RecoveryCommand::Show(args)) => recovery::show(workspace, args.json),
        KeyCommand::Recipients(command) => recipients::run(workspace, command),
        KeyCommand::Recovery(RecoveryCommand::Remove) => after(&["recovery remove"], recovery::remove(workspace)),
    }
}
