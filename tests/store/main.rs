//! The stores as the floor above sees them: real files in a throw-away home.

mod child;
mod concurrency;
mod contract;
mod damage;
mod faults;
mod ground;
mod interop;
mod payload;
mod permissions;
mod sidecar;
mod stores;
mod team;
#[cfg(target_os = "linux")]
mod team_faults;
mod vectors;
mod world;
