//! `key …` and what `init` asks about keys, through the real program in a throw-away home.
//!
//! At a terminal a passphrase costs what it costs people, about a second of work each time: few tests do it here, and
//! `tests/store/identity.rs` has the rest.
#![cfg(all(unix, not(target_os = "macos")))]

#[path = "../sandbox/mod.rs"]
mod sandbox;

#[path = "../ring/mod.rs"]
mod ring;
#[path = "../import/stored.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod stored;

mod guided;
mod keychain;
mod passphrase;
mod refusals;
mod ssh;
mod wayback;
