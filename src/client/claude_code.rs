//! Claude Code.
//!
//! Files: `.mcp.json` in the project; `~/.claude.json`, or `$CLAUDE_CONFIG_DIR/.claude.json`, for the user: its `mcpServers` in
//! every directory, and those under `projects` in theirs. Local wins over project, project over user. A
//! `managed-mcp.json` of an administrator (in `/etc/claude-code` and the like) replaces all of them and is not read: it is
//! for nobody else to approve or to change. `.mcp.json` may also hold `servers`, which are
//! Visual Studio's.
//! References: `${NAME}` and `${NAME:-default}` in command, args, env, url and headers; headers are filled twice. `$NAME` is
//! text. A shell reads `headersHelper`.
//! Unset without a default: the text stays, and `claude mcp list` warns. Comments are refused.
//! A stdio server inherits the whole environment of Claude Code. `disabled` in an entry switches nothing off
//! (anthropics/claude-code #33958, #43865).
//! Source: code.claude.com/docs/en/mcp (2026). It calls a url without a type an error.

use super::contract::{Client, Declaration, Kind, Place, ReadError, Scope, Server, Transport, UserDirs, Warning};
use super::document::json::Comments;
use super::document::sparse;
use super::entry::shape::{PARTS, Shape};
use super::entry::telling::Telling;
use super::reference::dialect::Dialect;
use super::reference::form::Form;
use super::reference::writing::Writing;
use super::surroundings::Surroundings;
use super::text::Text;

pub(super) struct ClaudeCode;

const DIALECT: Dialect = Dialect {
    forms: &[(Form::Braced, Kind::Env), (Form::Defaulted, Kind::Env)],
    given: &["CLAUDE_PLUGIN_ROOT", "CLAUDE_PLUGIN_DATA", "CLAUDE_PROJECT_DIR", "user_config"],
    is_header_twice: true,
    ..Dialect::NONE
};

const SHAPE: Shape =
    Shape { dialect: &DIALECT, filled: PARTS, shell: Some("headersHelper"), ignored: &["envFile"], ..Shape::PLAIN };

/// Where servers stand: the user's file holds a whole history beside them.
const WAYS: &[&[&str]] = &[&["mcpServers"], &["projects", "*", "mcpServers"]];

/// Headers are filled twice, and what that makes of a value with a reference in it is not what was stored.
const WRITING: Writing = Writing { reference: Some(("${", "}")), parts: PARTS, mangles: &["${"], ..Writing::NONE };

impl Client for ClaudeCode {
    fn name(&self) -> &'static str {
        "claude-code"
    }

    fn title(&self) -> &'static str {
        "Claude Code"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { reference: Some(("${NAME}", "command, args, env, url and headers")), ..Surroundings::SHELL }
    }

    fn places(&self, user: &UserDirs<'_>) -> Vec<Place> {
        let home = user.named("CLAUDE_CONFIG_DIR", || user.home.to_owned());
        vec![Place::project(".mcp.json"), Place::user(home.join(".claude.json"))]
    }

    fn tell(&self, text: &Text<'_>, scope: Scope) -> Result<Declaration, ReadError> {
        let parts = sparse::parse(text.json_source()?, WAYS)?;
        let document = if let Some(parts) = &parts { parts } else { text.json()? };
        let mut telling = Telling::json(document, Comments::Refused);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        if let Some(servers) = telling.map(&root, "mcpServers") {
            telling.servers(&servers, &SHAPE, None);
        }
        if scope == Scope::User
            && let Some(projects) = telling.map(&root, "projects")
        {
            for (directory, project) in projects.children() {
                if !project.is_map() {
                    telling.warn("wrong-type", &project.pointer);
                } else if let Some(servers) = telling.map(&project, "mcpServers") {
                    telling.servers(&servers, &SHAPE, Some(directory));
                }
            }
        }
        for server in &telling.told.servers {
            // its page calls this an error: without a type it looks for a command
            if server.transport == Transport::Http && server.entry.get("type").is_none() {
                telling.told.warnings.push(Warning { code: "client-rejects", at: server.pointer.clone() });
            }
        }
        telling.end()
    }

    fn writing(&self, _: &Server) -> &'static Writing {
        &WRITING
    }
}
