//! What packagers install beside the program: completions and the manual page.

use clap_complete::Shell as Completed;

use super::report::Done;
use super::{args, report};
use crate::fault::Exit;

/// Prints the completions for a shell.
pub(super) fn completions(shell: &str) -> Done {
    let Ok(shell) = shell.parse::<Completed>() else { return Ok(report::code(Exit::Usage)) };
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "mcpenv", &mut text);
    Ok(report::bytes(&text))
}

/// Prints the manual page, in roff.
pub(super) fn man() -> Done {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(args::command());
    match page.render(&mut text) {
        Ok(()) => Ok(report::bytes(&text)),
        Err(_) => Ok(report::code(Exit::Failed)),
    }
}
