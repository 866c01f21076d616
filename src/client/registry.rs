//! The list of clients, and of what declares servers without being one.

use super::amazon_q::AmazonQ;
use super::claude_code::ClaudeCode;
use super::claude_desktop::ClaudeDesktop;
use super::cline::Cline;
use super::codex::Codex;
use super::continue_dev::Continue;
use super::contract::Client;
use super::copilot_cli::CopilotCli;
use super::copilot_cloud::CopilotCloud;
use super::cursor::Cursor;
use super::docker_catalog::DockerCatalog;
use super::gemini_cli::GeminiCli;
use super::goose::Goose;
use super::junie::Junie;
use super::kiro::Kiro;
use super::lm_studio::LmStudio;
use super::mcp_registry::McpRegistry;
use super::mcpb::Mcpb;
use super::opencode::OpenCode;
use super::roo::Roo;
use super::visual_studio::VisualStudio;
use super::vscode::VsCode;
use super::warp::Warp;
use super::windsurf::Windsurf;
use super::zed::Zed;

/// Every client that mcpenv reads. The first one that reads a file gives its servers their name.
pub const ALL: &[&dyn Client] = &[
    &ClaudeCode,
    &CopilotCli,
    &VsCode,
    &Cursor,
    &Codex,
    &ClaudeDesktop,
    &Windsurf,
    &GeminiCli,
    &OpenCode,
    &Zed,
    &Cline,
    &Roo,
    &Continue,
    &Goose,
    &AmazonQ,
    &Kiro,
    &Junie,
    &Warp,
    &LmStudio,
    &VisualStudio,
];

/// What declares servers and is no client of this machine: it has no place of its own, and is read only where somebody names
/// the file.
pub const DECLARATIONS: &[&dyn Client] = &[&CopilotCloud, &McpRegistry, &Mcpb, &DockerCatalog];

/// The client or declaration of this name, as `.mcpenv.toml` and commands write it.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Client> {
    ALL.iter().chain(DECLARATIONS).find(|client| client.name() == name).copied()
}
