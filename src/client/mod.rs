//! What MCP clients declare. The contract, one file for each client, and the list of them.

mod bounds;
mod claude_code;
mod codex;
mod container;
mod contract;
mod control;
mod cursor;
mod document;
mod entry;
mod fill;
mod form;
mod json;
mod reference;
mod registry;
mod toml;
mod value;
mod vscode;
mod wrapper;

pub use contract::{
    Client, Declaration, Filling, Kind, Piece, Place, ReadError, Reference, Scope, Server, Transport, UserDirs, Value, Warning,
};
pub use registry::{ALL, find};
pub use wrapper::{Helper, Wrapper, placeholders};
