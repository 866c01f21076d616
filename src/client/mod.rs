//! What MCP clients declare. The contract, one file for each client or declaration, and the lists of them.

mod amazon_q;
mod bounds;
mod bridge;
mod claude_code;
mod claude_desktop;
mod cline;
mod codex;
mod container;
mod continue_dev;
mod contract;
mod control;
mod copilot_cli;
mod copilot_cloud;
mod cursor;
mod docker_catalog;
mod document;
mod entry;
mod fields;
mod form;
mod gemini_cli;
mod goose;
mod inputs;
mod json;
mod junie;
mod kiro;
mod listing;
mod lm_studio;
mod mcp_registry;
mod mcpb;
mod opencode;
mod reach;
mod reference;
mod registry;
mod roo;
mod shape;
mod span;
mod sparse;
mod splice;
mod surroundings;
mod telling;
mod toml;
mod value;
mod visual_studio;
mod vscode;
mod warp;
mod windsurf;
mod writing;
mod yaml;
mod zed;

pub use bridge::fills_header;
pub use container::{Given, given};
pub use contract::{
    Client, CommandForm, Declaration, Keys, Kind, Place, Precedence, ReadError, Reference, Scope, Server, Transport, UserDirs,
    Value, Warning,
};
pub use document::push_key;
pub use reach::{Reach, reach};
pub use registry::{ALL, DECLARATIONS, find};
pub use span::{Span, after_scheme, spans};
pub use splice::{Change, Format, SpliceError, splice, steps};
pub use surroundings::{Inherits, Surroundings};
pub use writing::{Move, Part, Writing};
