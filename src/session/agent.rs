//! Variables that AI agents set in the shells they start. In such a shell the hook loads nothing unless a setting says so.

/// A mark, the agent, and where it is documented or seen in the source.
const MARKS: &[(&str, &str, &str)] = &[
    ("CLAUDECODE", "Claude Code", "Claude Code's documentation of environment variables: set to 1 in the shells it starts"),
    ("CURSOR_AGENT", "Cursor", "Cursor's documentation of its agent's terminal"),
    ("GEMINI_CLI", "Gemini CLI", "google-gemini/gemini-cli, docs/tools/shell.md: GEMINI_CLI=1 in each command's environment"),
    ("CODEX_SANDBOX", "Codex", "openai/codex, codex-rs/core/src/spawn.rs"),
    ("CODEX_SANDBOX_NETWORK_DISABLED", "Codex", "openai/codex, codex-rs/core/src/spawn.rs"),
    ("OPENCODE", "opencode", "anomalyco/opencode, packages/opencode/src/index.ts"),
];

/// The agent that started this shell, and the variable that says so. `is_set` tells whether a variable is set and not empty.
pub fn agent(is_set: impl Fn(&str) -> bool) -> Option<(&'static str, &'static str)> {
    MARKS.iter().find(|(variable, ..)| is_set(variable)).map(|(variable, agent, _)| (*agent, *variable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agents_shell_is_known_by_its_mark_and_a_persons_is_not() {
        assert_eq!(agent(|v| v == "CLAUDECODE"), Some(("Claude Code", "CLAUDECODE")));
        assert_eq!(agent(|v| v == "CURSOR_TRACE_ID" || v == "CLAUDE_CODE_SSE_PORT"), None);
    }
}
