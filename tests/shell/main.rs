//! The hook in real shells. Most tests run one script through every shell of the table in `under_test.rs`; they fail with the
//! shell's name. A shell that is not installed is skipped aloud (`MCPENV_TEST_REQUIRE_ALL=1`: fails).
//!
//! `MCPENV_TEST_FULL=1 cargo test --test shell quoting` sends all 65,025 two-byte strings and 100,000 random ones through each
//! shell instead of a sample.

#![cfg(unix)]

mod consent;
mod direnv;
mod entering;
mod faults;
mod fish;
#[path = "../sandbox/mod.rs"]
mod home;
mod idle;
mod install;
mod limits;
mod lint;
mod locked;
mod nesting;
mod options;
mod pwsh;
mod pwsh_lab;
mod quoting;
mod sandbox;
mod scenario;
mod stand_in;
mod terminal;
mod under_test;
mod world;
