//! A small secret in the memory of the kernel, for a number of seconds: Linux' key retention service (keyrings(7)). Other
//! systems have no such place.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::{forget, keep, recall};
#[cfg(not(target_os = "linux"))]
mod nowhere;
#[cfg(not(target_os = "linux"))]
pub use nowhere::{forget, keep, recall};
