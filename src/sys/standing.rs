//! What a system answers about a file, in words that are the same on every system.

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
