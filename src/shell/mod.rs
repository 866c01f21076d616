//! The text of one shell each. The contract, one file for each shell, and the list of them.

mod bash;
mod contract;
mod fish;
mod posix;
mod pwsh;
mod registry;
mod words;
mod zsh;

pub use contract::{Call, Refusal, Script, Shell, Stamps, Watched};
pub use registry::{ALL, find};
