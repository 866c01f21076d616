//! What becomes of an exported variable on its way to a server, by client and by the way the entry names it.

use mcpenv::client::{self, Inherits, Reach, Scope, reach};

/// The verdict for a variable, in the first server of a file.
fn verdict(client: &str, text: &str, name: &str) -> &'static str {
    let client = client::find(client).expect(client);
    let server = client.read(text.as_bytes(), Scope::Project).expect("a file").servers.remove(0);
    reach(&client.surroundings(), &server, &server.references, name).map_or("none", Reach::word)
}

fn entry(client: &str, entry: &str, name: &str) -> &'static str {
    let key = match client {
        "zed" => "context_servers",
        "opencode" => "mcp",
        "vscode" | "visual-studio" => "servers",
        _ => "mcpServers",
    };
    verdict(client, &format!(r#"{{"{key}": {{"a": {entry}}}}}"#), name)
}

#[test]
fn a_name_in_the_options_of_a_container_needs_a_client_that_passes_its_environment_on() {
    let docker = r#"{"command": "docker", "args": ["run", "-e", "A_TOKEN", "-e", "LEVEL", "img"]}"#;
    for (client, secret, other) in [
        ("claude-code", "exported", "exported"),
        ("opencode", "exported", "exported"),
        ("amazon-q", "exported", "exported"),
        ("gemini-cli", "withheld", "exported"),
        ("copilot-cli", "withheld", "withheld"),
        ("claude-desktop", "withheld", "withheld"),
        ("cline", "withheld", "withheld"),
        ("roo", "withheld", "withheld"),
        ("cursor", "withheld", "withheld"),
        ("vscode", "from-shell", "from-shell"),
        ("zed", "from-shell", "from-shell"),
        ("windsurf", "undocumented", "undocumented"),
        ("kiro", "undocumented", "undocumented"),
        ("junie", "undocumented", "undocumented"),
        ("warp", "undocumented", "undocumented"),
        ("lm-studio", "undocumented", "undocumented"),
        ("continue", "undocumented", "undocumented"),
        ("visual-studio", "undocumented", "undocumented"),
    ] {
        assert_eq!((entry(client, docker, "A_TOKEN"), entry(client, docker, "LEVEL")), (secret, other), "{client}");
    }
    let codex = |more: &str| format!("[mcp_servers.a]\ncommand = 'docker'\nargs = ['run', '-e', 'A_TOKEN', 'img']\n{more}");
    assert_eq!(verdict("codex", &codex(""), "A_TOKEN"), "withheld");
    assert_eq!(verdict("codex", &codex("env_vars = ['A_TOKEN']"), "A_TOKEN"), "exported");
    let goose = "extensions: {a: {cmd: docker, args: [run, -e, A_TOKEN, img]}}";
    assert_eq!(verdict("goose", goose, "A_TOKEN"), "exported");
    assert_eq!(verdict("goose", "extensions: {a: {cmd: x, env_keys: [A_TOKEN]}}", "A_TOKEN"), "exported");
}

#[test]
fn a_reference_reaches_its_server_where_the_client_fills_it() {
    for (client, form, expected) in [
        ("claude-code", "${A}", "exported"),
        ("claude-code", "$A", "unexpanded"),
        ("claude-code", "${env:A}", "unexpanded"),
        ("copilot-cli", "$A", "exported"),
        ("gemini-cli", "$A", "exported"),
        ("amazon-q", "${env:A}", "exported"),
        ("vscode", "${env:A}", "from-shell"),
        ("vscode", "${input:A}", "kept"),
        ("vscode", "${A}", "unexpanded"),
        ("visual-studio", "${input:A}", "kept"),
        ("cursor", "${env:A}", "from-shell"),
        ("cursor", "${A}", "unexpanded"),
        ("windsurf", "${env:A}", "from-shell"),
        ("windsurf", "${file:A}", "elsewhere"),
        ("roo", "${env:A}", "from-shell"),
        ("kiro", "${A}", "from-shell"),
        ("continue", "${{ secrets.A }}", "from-shell"),
        ("continue", "${{ inputs.A }}", "kept"),
        ("claude-desktop", "${A}", "unexpanded"),
        ("cline", "${env:A}", "unexpanded"),
        ("zed", "${A}", "unexpanded"),
        ("junie", "${A}", "unexpanded"),
        ("warp", "${A}", "unexpanded"),
        ("lm-studio", "${A}", "unexpanded"),
    ] {
        assert_eq!(entry(client, &format!(r#"{{"command": "x", "env": {{"T": "{form}"}}}}"#), "A"), expected, "{client}: {form}");
    }
    assert_eq!(entry("opencode", r#"{"command": ["x"], "environment": {"T": "{env:A}"}}"#, "A"), "exported");
    assert_eq!(entry("claude-code", r#"{"url": "https://h", "headersHelper": "get $A"}"#, "A"), "exported");
    // what needs mending comes before what works
    assert_eq!(entry("claude-code", r#"{"command": "x", "args": ["${A}", "$A"]}"#, "A"), "unexpanded");
    assert_eq!(entry("claude-code", r#"{"command": "x"}"#, "A"), "none");
    assert_eq!(
        verdict("copilot-cloud", r#"{"mcpServers": {"a": {"command": "x", "args": ["$COPILOT_MCP_A"]}}}"#, "COPILOT_MCP_A"),
        "elsewhere"
    );
    let codex = "[mcp_servers.a]\ncommand = 'x'\nenv_vars = [{name = 'A', source = 'remote'}, 'B']\n";
    assert_eq!((verdict("codex", codex, "A"), verdict("codex", codex, "B")), ("elsewhere", "exported"));
    let extension = r#"{"name": "n", "version": "1", "settings": [{"envVar": "A"}], "mcpServers": {"a": {"command": "x"}}}"#;
    assert_eq!(verdict("gemini-cli", extension, "A"), "kept");
}

#[test]
fn every_client_says_how_a_reference_is_written_in_a_way_that_it_reads_itself() {
    for client in client::ALL {
        let Some((form, _)) = client.surroundings().reference else { continue };
        if form == "NAME" {
            continue;
        }
        let form = form.replace("NAME", "A_B");
        let expected = if client.surroundings().is_from_menu { "from-shell" } else { "exported" };
        let text = if client.name() == "opencode" {
            format!(r#"{{"command": ["x"], "environment": {{"T": "{form}"}}}}"#)
        } else {
            format!(r#"{{"command": "x", "env": {{"T": "{form}"}}}}"#)
        };
        assert_eq!(entry(client.name(), &text, "A_B"), expected, "{}", client.name());
    }
    assert!(client::ALL.iter().any(|client| matches!(client.surroundings().inherits, Inherits::But { .. })));
}
