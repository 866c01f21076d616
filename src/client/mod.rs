//! What MCP clients declare. The contract, one file for each client or declaration, and the lists of them; beside these what
//! they are made of: `document` reads a file of any format as one tree, `reference` knows how variables are written in a text,
//! `entry` reads one server of that tree, and `splice` changes the text of a file.

mod amazon_q;
mod claude_code;
mod claude_desktop;
mod cline;
mod codex;
mod continue_dev;
mod contract;
mod copilot_cli;
mod copilot_cloud;
mod cursor;
mod docker_catalog;
mod document;
mod entry;
mod gemini_cli;
mod goose;
mod junie;
mod kiro;
mod lm_studio;
mod mcp_registry;
mod mcpb;
mod opencode;
mod reach;
mod reference;
mod registry;
mod remark;
mod roo;
mod splice;
mod surroundings;
mod text;
mod visual_studio;
mod vscode;
mod warp;
mod windsurf;
mod zed;

pub use contract::{
    Client, CommandForm, Declaration, Keys, Kind, Place, Precedence, ReadError, Reference, Scope, Server, Transport, UserDirs,
    Value, Warning,
};
pub use document::tree::push_key;
pub use entry::bridge::fills_header;
pub use entry::container::{Given, given};
pub use entry::wrapper::{Helper, Wrapper, placeholders};
pub use reach::{Reach, reach};
pub use reference::filling::{Filling, Piece};
pub use reference::span::{Span, after_scheme, spans};
pub use reference::writing::{Move, Part, Writing};
pub use registry::{ALL, DECLARATIONS, find};
pub use splice::{Change, Format, SpliceError, splice, steps};
pub use surroundings::{Inherits, Surroundings};
pub use text::{Content, Text};
