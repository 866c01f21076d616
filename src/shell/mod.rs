//! The text of one shell each. The contract, one file for each shell, and the list of them.

mod contract;

pub use contract::{Call, Refusal, Script, Shell, Stamps, Watched};
