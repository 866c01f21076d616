//! What packagers install beside the program: completions and the manual page.

use std::process::ExitCode;

use clap_complete::Shell as Completed;

use super::{args, report};
use crate::fault::Exit;

/// Prints the completions for a shell.
pub(super) fn completions(shell: &str) -> ExitCode {
    let Ok(shell) = shell.parse::<Completed>() else { return report::code(Exit::Usage) };
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "mcpenv", &mut text);
    report::bytes(&text)
}

/// Prints the manual page, in roff.
pub(super) fn man() -> ExitCode {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(args::command());
    match page.render(&mut text) {
        Ok(()) => report::bytes(&text),
        Err(_) => report::code(Exit::Failed),
    }
}
