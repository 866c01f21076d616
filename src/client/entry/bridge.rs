//! mcp-remote, a program that reaches a remote server for a client that starts only programs. It fills `${NAME}` in its headers
//! itself, from the environment that it is started with.

use super::container::program;

/// Whether the argument of this number is a header that mcp-remote fills.
#[must_use]
pub fn fills_header(command: &str, args: &[Option<&str>], index: usize) -> bool {
    let is_header = index.checked_sub(1).and_then(|before| args.get(before)) == Some(&Some("--header"));
    is_header && (is_mcp_remote(command) || args.iter().flatten().any(|word| is_mcp_remote(word)))
}

fn is_mcp_remote(word: &str) -> bool {
    let name = program(word);
    name == "mcp-remote" || name.starts_with("mcp-remote@")
}
