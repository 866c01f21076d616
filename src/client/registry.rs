//! The list of clients.

use super::claude_code::ClaudeCode;
use super::codex::Codex;
use super::contract::Client;
use super::cursor::Cursor;
use super::vscode::VsCode;

/// Every client that mcpenv reads.
pub const ALL: &[&dyn Client] = &[&ClaudeCode, &VsCode, &Cursor, &Codex];

/// The client of this name, as `.mcpenv.toml` and commands write it.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Client> {
    ALL.iter().find(|client| client.name() == name).copied()
}
