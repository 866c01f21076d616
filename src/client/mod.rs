//! What MCP clients declare. The contract, one file for each client, and the list of them.

mod claude_code;
mod container;
mod contract;
mod document;
mod entry;
mod json;
mod reference;
mod registry;
mod toml;
mod value;

pub use contract::{Client, Declaration, Kind, Place, ReadError, Reference, Scope, Server, Transport, UserDirs, Value, Warning};
pub use registry::{ALL, find};
