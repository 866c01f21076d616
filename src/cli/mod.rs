//! The commands: what was typed, who is asked, what is printed. Knows nothing of file formats, ciphers or shells' text.

mod adopt;
mod allow;
mod args;
mod ask;
mod audit;
mod backup;
mod exec;
mod export;
mod foreign;
mod gate;
mod hook;
mod import;
mod init;
mod key;
mod keychain;
mod merge;
mod noting;
mod options;
mod pages;
mod profile;
mod recipients;
mod report;
mod restore;
mod rotate;
mod servers;
mod state;
mod table;
mod taking;
mod team;
mod unlock;
mod values;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use crate::ops::Workspace;
use crate::sys;
use args::{Command, Parsed, StoreCommand};
use report::Done;

/// Runs one command line, the program's name first, and returns the exit code that `Exit` documents.
#[must_use]
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.collect();
    match args.get(1) {
        Some(word) if word == "exec" => sys::harden_until_start(),
        _ => sys::harden(),
    }
    // a prompt waits for this one: no parser, no settings, nothing that it does not need
    if args.get(1).is_some_and(|word| word == "hook-env") {
        return export::run(&args[2..]);
    }
    if let [_, word, shell] = args.as_slice()
        && word == "hook"
        && let (Some(shell), Ok(workspace)) =
            (shell.to_str().filter(|name| crate::shell::find(name).is_some()), Workspace::of_process())
    {
        return hook::run(&workspace, shell);
    }
    let command = match args::parse(&args) {
        Parsed::Command(command) => *command,
        Parsed::Page(text) => return report::page(&text),
        Parsed::Wrong { fact, hint } => return report::wrong(&fact, &hint),
    };
    match dispatch(command) {
        Ok(code) => code,
        Err(fault) => report::fault(&*fault),
    }
}

fn dispatch(command: Command) -> Done {
    let workspace = Workspace::of_process()?;
    let gate = Arc::new(gate::AtTerminal::of(&workspace));
    let workspace = workspace.with_gate(gate).about(command.project().map(std::path::Path::to_owned));
    match command {
        Command::Init(args) => init::run(&workspace, &args),
        Command::Hook(args) => Ok(hook::run(&workspace, &args.shell)),
        Command::Allow(args) => allow::run(&workspace, args.project.as_deref()),
        Command::Deny(args) => allow::deny(&workspace, args.project.as_deref()),
        Command::Adopt(args) => adopt::run(&workspace, &args),
        Command::Status(args) => state::status(&workspace, &args),
        Command::Why(args) => state::why(&workspace, &args.name, args.project.as_deref(), args.json),
        Command::Servers(args) => servers::run(&workspace, &args),
        Command::Check(args) => state::check(&workspace, &args),
        Command::Set(args) => values::set(&workspace, &args),
        Command::Get(args) => values::get(&workspace, &args),
        Command::Rotate(args) => rotate::rotate(&workspace, &args),
        Command::Rollback(args) => rotate::rollback(&workspace, &args),
        Command::History(args) => rotate::history(&workspace, &args),
        Command::Forget(args) => rotate::forget(&workspace, &args),
        Command::Unset(args) => values::unset(&workspace, &args),
        Command::List(args) => values::list(&workspace, &args),
        Command::Exec(args) => exec::run(&workspace, &args),
        Command::Headers(args) => exec::print_headers(&workspace, &args),
        Command::Unlock(args) => unlock::unlock(&workspace, &args),
        Command::Lock => unlock::lock(&workspace),
        Command::Store(StoreCommand::Move(args)) => unlock::store_move(&workspace, &args),
        Command::Key(command) => key::run(&workspace, &command),
        Command::Import(args) => import::run(&workspace, &args),
        Command::Audit(args) => audit::run(&workspace, &args),
        Command::Profile(args) => profile::run(&workspace, &args),
        Command::Backup(args) => backup::run(&workspace, &args),
        Command::Restore(args) => restore::run(&workspace, &args),
        Command::Completions(args) => Ok(pages::completions(&args.shell)),
        Command::Man => Ok(pages::man()),
    }
}
