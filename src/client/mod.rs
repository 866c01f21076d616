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
mod form;
mod json;
mod reference;
mod registry;
mod span;
mod splice;
mod toml;
mod value;
mod vscode;
mod writing;

pub use container::{Given, given};
pub use contract::{
    Client, CommandForm, Declaration, Keys, Kind, Place, ReadError, Reference, Scope, Server, Transport, UserDirs, Value, Warning,
};
pub use document::push_key;
pub use registry::{ALL, find};
pub use span::{Span, after_scheme, spans};
pub use splice::{Change, Format, SpliceError, splice};
pub use writing::{Move, Part, Writing};
