//! The programs of this user that run now, and what they were started with. Only Linux lets its user see that.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::holding;
#[cfg(not(target_os = "linux"))]
mod nowhere;
#[cfg(not(target_os = "linux"))]
pub use nowhere::holding;

/// A program that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    pub pid: u32,
    /// Its own short name; foreign text.
    pub name: String,
}
