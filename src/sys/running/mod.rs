//! The programs of this user that run now, and what they were started with. Only Linux lets its user see that.

mod contract;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::holding;
#[cfg(not(target_os = "linux"))]
mod nowhere;
#[cfg(not(target_os = "linux"))]
pub use nowhere::holding;

pub use contract::Running;
