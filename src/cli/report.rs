//! The only printer. Errors are a fact and a way out; a reader that went away is no error.

use std::io::{self, Write};
use std::process::ExitCode;

use super::{ask, table};
use crate::escape::shown_json;
use crate::fault::{Exit, Fault};

/// How a command ended: its exit code, or what went wrong and is still to be printed.
pub(super) type Done = Result<ExitCode, Box<dyn Fault>>;

/// Prints an error and returns its exit code.
pub(super) fn fault(fault: &dyn Fault) -> ExitCode {
    error(&fault.to_string(), fault.hint().as_deref());
    code(fault.exit())
}

/// Prints what is wrong with a command line.
pub(super) fn wrong(fact: &str, hint: &str) -> ExitCode {
    error(fact, Some(hint));
    code(Exit::Usage)
}

/// The exit code for an ending that needs no message.
pub(super) fn code(exit: Exit) -> ExitCode {
    ExitCode::from(exit as u8)
}

/// Prints a page: help, the hook, a manual. Bytes go out as they are.
pub(super) fn page(text: &str) -> ExitCode {
    bytes(text.as_bytes())
}

/// Writes bytes to standard output, whole or not at all.
pub(super) fn bytes(bytes: &[u8]) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(_) => code(Exit::Failed),
    }
}

/// One line of a result.
pub(super) fn line(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// One line beside the result: what was done, what to know.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Something that did not work and cost nothing.
pub(super) fn warning(text: &str) {
    let _ = writeln!(io::stderr().lock(), "warning: {text}");
}

/// Several of them.
pub(super) fn warnings(texts: &[String]) {
    for text in texts {
        warning(text);
    }
}

/// A JSON document for programs.
pub(super) fn json(document: &serde_json::Value) -> ExitCode {
    page(&shown_json(&format!("{document:#}\n")))
}

/// Rows as a table, as wide as the terminal.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) {
    for text in table::lines(head, rows, ask::width()) {
        line(&text);
    }
}

fn error(fact: &str, hint: Option<&str>) {
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "error: {fact}");
    if let Some(hint) = hint {
        let _ = writeln!(err, "hint: {hint}");
    }
}
