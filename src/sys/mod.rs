//! What one operating system does in its own way: who may read and write a file, how a process protects and ends itself.
//! The only room with a platform `cfg` and the only one where `unsafe` is allowed.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as here;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as here;

pub use here::{
    EXPORT_LIMIT, EXPORT_TOTAL, exported_size, fault_of, harden, is_alive, is_own_and_private, is_same_directory, make_private,
    make_private_directory, open_private, open_terminal, open_without_waiting, standing_of_directory, standing_of_file,
    sync_directory, watchdog,
};

/// What stands in the way of trusting a file or directory of a project. The mode is as `chmod` prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Only the user (or root) can change it.
    Sound,
    /// It belongs to somebody else: their user id.
    Foreign(u32),
    /// A group other than the user's own private one can write it: its mode.
    GroupWritable(u32),
    /// Everybody can write it: its mode.
    WorldWritable(u32),
    /// A directory like `/tmp`: everybody can make files there, but not touch those of others.
    Sticky(u32),
}

/// The kinds of trouble that an error of the operating system tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IoFault {
    Absent,
    NoAccess,
    /// The disk is full, read-only or broken.
    Disk,
    Other,
}
