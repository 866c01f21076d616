//! The keychain of the operating system, in three ways: the Secret Service of Linux and its like, the login keychain of macOS,
//! the Credential Manager of Windows. Every call may wait for a person or for ever: only `crate::keychain` calls them.

mod contract;

#[cfg(target_os = "macos")]
mod apple;
#[cfg(target_os = "macos")]
pub use apple::{PLACE, Service, removal};
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;
#[cfg(all(unix, not(target_os = "macos")))]
pub use secret_service::{PLACE, Service, removal};
#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::{PLACE, Service, removal};

pub use contract::{Refusal, Seen, Slot};
