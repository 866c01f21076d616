//! What one operating system does in its own way: who may read and write a file, how a process protects and ends itself.
//! The only room with a platform `cfg` and the only one where `unsafe` is allowed.
#![allow(clippy::missing_errors_doc, reason = "the errors here are the system's own, passed on")]

#[cfg(any(target_env = "musl", test))]
mod arena;
pub mod kept;
pub mod keychain;
mod launch;
mod names;
mod put;
pub mod running;
mod standing;
#[cfg(unix)]
mod start_unix;
#[cfg(unix)]
use start_unix as start;
#[cfg(windows)]
mod start_windows;
#[cfg(windows)]
use start_windows as start;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as here;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as here;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: arena::Arena<dlmalloc::GlobalDlmalloc> = arena::Arena::new(dlmalloc::GlobalDlmalloc);

pub use here::{
    EXPORT_LIMIT, EXPORT_TOTAL, canonical, create_readable, exported_size, fault_of, harden, is_alive, is_own_and_private,
    is_same_directory, keep_standing, make_private, make_private_directory, make_readable, now, open_private, open_terminal,
    open_without_waiting, other_names, plain_way, replace, roaming, standing_of_directory, standing_of_file, sync_directory,
    watchdog,
};
pub use launch::Launch;
pub use names::names_in;
pub use put::put_private;
pub use standing::{IoFault, Standing};
pub use start::{SERVER_BASE, become_program, harden_until_start, is_same_variable, os_text, program_names, require_program};
