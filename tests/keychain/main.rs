//! The store `keychain` on a real Secret Service: its promises, what stands in its way, and how long a prompt waits for it.
#![cfg(all(unix, not(target_os = "macos")))]

mod back;
#[path = "../store/contract.rs"]
mod contract;
mod faults;
mod hook;
#[path = "../ring/mod.rs"]
mod ring;
#[path = "../sandbox/mod.rs"]
mod sandbox;
mod stores;
mod way;
mod within;
#[path = "../store/world.rs"]
mod world;
