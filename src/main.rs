//! The program: everything is in the library, so that tests and examples can call it.

use std::process::ExitCode;

fn main() -> ExitCode {
    mcpenv::cli::run(std::env::args_os())
}
