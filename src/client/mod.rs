//! What MCP clients declare. The contract, one file for each client, and the list of them.

mod contract;

pub use contract::{Client, Declaration, Kind, Place, ReadError, Reference, Scope, Server, Transport, UserDirs, Value, Warning};
