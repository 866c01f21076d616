//! Which form a plaintext gets in each client: its own syntax where that is proven, else the wrapper, else none.

use crate::world::World;

const TOKEN: &str = "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";

/// A file, and what stands in it before and after; `§` is the token, `@` the start of mcpenv's own command line.
fn becomes(client: &str, file: &str, before: &str, after: &str) -> String {
    let world = World::with(&[(file, &before.replace('§', TOKEN))]);
    let screen = world.adopt(&["--client", client]);
    let words = match file.strip_prefix("~/") {
        Some(_) => {
            let program = std::fs::canonicalize(crate::sandbox::program()).expect("it is there");
            let project = world.sandbox.project("acme");
            (program.display().to_string(), format!("\"--client\", \"{client}\", \"--project\", \"{}\", ", project.display()))
        }
        None => ("mcpenv".to_owned(), String::new()),
    };
    let own = |name: &str| format!("\"exec\", \"--server\", \"{name}\", {}\"--\"", words.1);
    let after = after.replace("@exec", &own("a")).replace("@mcpenv", &words.0);
    assert_eq!(world.text(file), after.replace('§', TOKEN), "{client}: {screen}");
    assert!(!screen.contains(TOKEN), "{screen}");
    screen
}

#[test]
fn each_client_gets_its_own_syntax() {
    for (client, file, before, after) in [
        (
            "copilot-cli",
            ".github/mcp.json",
            r#"{"mcpServers": {"a": {"type": "http", "url": "https://h", "headers": {"X-Key": "§"}}}}"#,
            r#"{"mcpServers": {"a": {"type": "http", "url": "https://h", "headers": {"X-Key": "${A_KEY}"}}}}"#,
        ),
        (
            "vscode",
            ".mcp.json",
            r#"{"mcpServers": {"a": {"command": "x", "env": {"A_TOKEN": "§"}}}}"#,
            r#"{"mcpServers": {"a": {"command": "x", "env": {"A_TOKEN": "${A_TOKEN}"}}}}"#,
        ),
        (
            "gemini-cli",
            ".gemini/settings.json",
            r#"{"mcpServers": {"a": {"command": "x", "env": {"A_TOKEN": "§"}}} /* c */}"#,
            r#"{"mcpServers": {"a": {"command": "x", "env": {"A_TOKEN": "${A_TOKEN}"}}} /* c */}"#,
        ),
        (
            "roo",
            ".roo/mcp.json",
            r#"{"mcpServers": {"a": {"command": "x", "args": ["--token", "§"]}}}"#,
            r#"{"mcpServers": {"a": {"command": "x", "args": ["--token", "${env:A_TOKEN}"]}}}"#,
        ),
        (
            "opencode",
            "opencode.json",
            r#"{"mcp": {"a": {"type": "local", "command": ["x", "--token=§"]}}}"#,
            r#"{"mcp": {"a": {"type": "local", "command": ["x", "--token={env:A_TOKEN}"]}}}"#,
        ),
        (
            "amazon-q",
            ".amazonq/mcp.json",
            r#"{"mcpServers": {"a": {"command": "x", "env": {"A_TOKEN": "§"}}}}"#,
            r#"{"mcpServers": {"a": {"command": "x", "env": {"A_TOKEN": "${env:A_TOKEN}"}}}}"#,
        ),
        (
            "windsurf",
            "~/.codeium/windsurf/mcp_config.json",
            r#"{"mcpServers": {"a": {"serverUrl": "https://h/?token=§"}}}"#,
            r#"{"mcpServers": {"a": {"serverUrl": "https://h/?token=${env:A_TOKEN}"}}}"#,
        ),
        (
            "continue",
            ".continue/mcpServers/a.yaml",
            "mcpServers:\n  - name: a\n    command: x\n    env:\n      A_TOKEN: § # c\n",
            "mcpServers:\n  - name: a\n    command: x\n    env:\n      A_TOKEN: \"${{ secrets.A_TOKEN }}\" # c\n",
        ),
        (
            "codex",
            ".codex/config.toml",
            "[mcp_servers.a]\nurl = 'https://h'\nhttp_headers = { Authorization = 'Bearer §', Y = '1' }\n",
            "[mcp_servers.a]\nurl = 'https://h'\nhttp_headers = { Y = '1' }\nbearer_token_env_var = \"A_TOKEN\"\n",
        ),
        (
            "codex",
            ".codex/config.toml",
            "[mcp_servers.a]\nurl = 'https://h'\n[mcp_servers.a.http_headers]\nX-Api-Key = '§'\n",
            "[mcp_servers.a]\nurl = 'https://h'\nenv_http_headers = { X-Api-Key = \"A_API_KEY\" }\n[mcp_servers.a.http_headers]\n",
        ),
        (
            "codex",
            ".codex/config.toml",
            "[mcp_servers.a]\ncommand = 'x'\nenv = { A_TOKEN = '§' }\nenv_vars = [\n  'B', # b\n]\n",
            "[mcp_servers.a]\ncommand = 'x'\nenv = { }\nenv_vars = [\n  'B', # b\n  \"A_TOKEN\",\n]\n",
        ),
    ] {
        becomes(client, file, before, after);
    }
    let screen = becomes(
        "kiro",
        ".kiro/settings/mcp.json",
        r#"{"mcpServers": {"a": {"url": "https://h", "headers": {"Authorization": "Bearer §"}}}}"#,
        r#"{"mcpServers": {"a": {"url": "https://h", "headers": {"Authorization": "Bearer ${A_TOKEN}"}}}}"#,
    );
    assert!(screen.contains("Kiro fills it once you approve the name there"), "{screen}");
    becomes(
        "goose",
        "~/.config/goose/config.yaml",
        "extensions:\n  a:\n    type: streamable_http\n    uri: https://h\n    headers:\n      Authorization: Bearer §\n",
        "extensions:\n  a:\n    type: streamable_http\n    uri: https://h\n    headers:\n      Authorization: \"Bearer ${A_TOKEN}\"\n    env_keys: [A_TOKEN]\n",
    );
    becomes(
        "goose",
        "~/.config/goose/config.yaml",
        "extensions:\n  a:\n    type: stdio\n    cmd: x\n    envs:\n      A_TOKEN: §\n    env_keys:\n      - B\n",
        "extensions:\n  a:\n    type: stdio\n    cmd: x\n    envs:\n      {}\n    env_keys:\n      - B\n      - A_TOKEN\n",
    );
}

#[test]
fn a_client_without_a_syntax_gets_the_wrapper() {
    for (client, file) in [
        ("junie", ".junie/mcp/mcp.json"),
        ("warp", ".warp/.mcp.json"),
        ("lm-studio", "~/.lmstudio/mcp.json"),
        ("claude-desktop", "~/.config/Claude/claude_desktop_config.json"),
    ] {
        becomes(
            client,
            file,
            r#"{"mcpServers": {"a": {"command": "x", "args": ["-y"], "env": {"A_TOKEN": "§", "B": "1"}}}}"#,
            r#"{"mcpServers": {"a": {"command": "@mcpenv", "args": [@exec, "x", "-y"], "env": {"B": "1"}}}}"#,
        );
    }
    // where only `env` is filled, a secret among the arguments needs it too
    becomes(
        "amazon-q",
        ".amazonq/mcp.json",
        r#"{"mcpServers": {"a": {"command": "x", "args": ["--token", "§"]}}}"#,
        r#"{"mcpServers": {"a": {"command": "@mcpenv", "args": [@exec, "x", "--token", "%{A_TOKEN}"]}}}"#,
    );
}

#[test]
fn what_a_container_is_given_goes_by_its_name_alone() {
    becomes(
        "claude-desktop",
        "~/.config/Claude/claude_desktop_config.json",
        r#"{"mcpServers": {"a": {"command": "docker", "args": ["run", "-e", "A_TOKEN=§", "img"]}}}"#,
        r#"{"mcpServers": {"a": {"command": "@mcpenv", "args": [@exec, "docker", "run", "-e", "A_TOKEN", "img"]}}}"#,
    );
}

#[test]
fn a_header_that_the_server_fills_itself_is_in_no_process_list() {
    let screen = becomes(
        "claude-desktop",
        "~/.config/Claude/claude_desktop_config.json",
        r#"{"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote@1", "https://h", "--header", "Authorization:Bearer §"]}}}"#,
        r#"{"mcpServers": {"a": {"command": "@mcpenv", "args": [@exec, "npx", "mcp-remote@1", "https://h", "--header", "Authorization:Bearer ${A_TOKEN}"]}}}"#,
    );
    assert!(!screen.contains("stays visible"), "{screen}");
}

#[test]
fn a_command_that_is_a_list_or_a_map_is_wrapped_where_it_stands() {
    let wrap = |client: &str, file: &str, before: &str, after: &str| {
        let world = World::with(&[(file, &before.replace('§', TOKEN))]);
        world.adopt(&["--client", client, "--wrap"]);
        let own = "\"exec\", \"--server\", \"a\", \"--\"";
        assert_eq!(world.text(file), after.replace("@exec", own));
    };
    wrap(
        "opencode",
        "opencode.json",
        r#"{"mcp": {"a": {"type": "local", "command": ["x", "--token", "§"], "environment": {"B_TOKEN": "§"}}}}"#,
        r#"{"mcp": {"a": {"type": "local", "command": ["mcpenv", @exec, "x", "--token", "%{B_TOKEN}"], "environment": {}}}}"#,
    );
    wrap(
        "zed",
        ".zed/settings.json",
        r#"{"context_servers": {"a": {"command": {"path": "x", "args": [], "env": {"A_TOKEN": "§"}}}}}"#,
        r#"{"context_servers": {"a": {"command": {"path": "mcpenv", "args": [@exec, "x"], "env": {}}}}}"#,
    );
}

#[test]
fn a_value_that_the_client_would_spoil_is_given_by_mcpenv() {
    for (client, file, value, mark) in [
        ("gemini-cli", ".gemini/settings.json", "pa$5word-1f0c9a77", "$"),
        ("roo", ".roo/mcp.json", "pa\\\"word-1f0c9a77", "\""),
        ("opencode", "opencode.json", "pa\\\\word-1f0c9a77", "\\"),
    ] {
        let (list, env) = if client == "opencode" { ("mcp", "environment") } else { ("mcpServers", "env") };
        let command = if client == "opencode" { r#""type": "local", "command": ["x"]"# } else { r#""command": "x""# };
        let text = format!("{{\"{list}\": {{\"a\": {{{command}, \"{env}\": {{\"A_PASSWORD\": \"{value}\"}}}}}}}}");
        let world = World::with(&[(file, &text)]);
        let screen = world.adopt(&["--client", client]);
        assert!(world.text(file).contains("mcpenv"), "{client} {mark}: {screen} {}", world.text(file));
        let stored: String = serde_json::from_str(&format!("\"{value}\"")).expect("JSON");
        assert_eq!(world.values()["A_PASSWORD"], stored);
    }
}

#[test]
fn what_has_no_form_stays_with_its_reason() {
    for (client, file, before, why) in [
        (
            "junie",
            ".junie/mcp/mcp.json",
            r#"{"mcpServers": {"a": {"url": "https://h/§/sse"}}}"#,
            "Junie has no proven way to name a variable there",
        ),
        (
            "zed",
            ".zed/settings.json",
            r#"{"context_servers": {"a": {"url": "https://h", "headers": {"X-Key": "§"}}}}"#,
            "Zed has no proven way to name a variable there",
        ),
        (
            "copilot-cli",
            ".github/mcp.json",
            r#"{"mcpServers": {"a": {"type": "http", "url": "https://h/?token=§"}}}"#,
            "Copilot CLI has no proven way to name a variable there",
        ),
        (
            "codex",
            ".codex/config.toml",
            "[mcp_servers.a]\nurl = 'https://h/?token=§'\n",
            "Codex has no proven way to name a variable there",
        ),
        (
            "codex",
            ".codex/config.toml",
            "[mcp_servers.a]\nurl = 'https://h'\nbearer_token = '§'\nbearer_token_env_var = 'X'\n",
            "the entry has `bearer_token_env_var` already",
        ),
        (
            "junie",
            ".junie/mcp/mcp.json",
            r#"{"mcpServers": {"a": {"command": "x", "args": ["§", 1]}}}"#,
            "its command line is not one that could be wrapped",
        ),
        (
            "junie",
            ".junie/mcp/mcp.json",
            r#"{"mcpServers": {"a": {"url": "https://h", "headers": {"X-Key": "§"}}}}"#,
            "Junie has no proven way to name a variable there",
        ),
        (
            "continue",
            ".continue/mcpServers/a.yaml",
            "k: &k §\nmcpServers:\n  - name: a\n    command: x\n    env: {A_TOKEN: *k}\n",
            "is written in one place and used in several",
        ),
    ] {
        let text = before.replace('§', TOKEN);
        let world = World::with(&[(file, &text)]);
        let screen = world.adopt(&["--client", client]);
        assert!(screen.contains(why) && !screen.contains("[y/N]"), "{client} {before}: {screen}");
        assert_eq!((world.text(file), world.values().len()), (text, 0));
    }
}

#[cfg(unix)]
#[test]
fn of_two_values_that_must_bear_one_name_the_second_is_stored_under_another_and_reaches_its_server_under_its_own() {
    let other = TOKEN.replace("FAKE", "MADE");
    let text = format!(
        r#"{{"mcpServers": {{"a": {{"command": "/usr/bin/env", "env": {{"API_KEY": "{TOKEN}"}}}}, "b": {{"command": "/usr/bin/env", "env": {{"API_KEY": "{other}"}}}}}}}}"#,
    );
    let world = World::with(&[(".junie/mcp/mcp.json", &text)]);
    world.adopt(&[]);
    assert_eq!(world.values().values().collect::<Vec<_>>(), [TOKEN, &other]);
    assert_eq!(world.values().keys().collect::<Vec<_>>(), ["API_KEY", "API_KEY_2"]);
    let now = world.text(".junie/mcp/mcp.json");
    assert!(now.contains(r#""API_KEY": "%{API_KEY_2}""#) && now.matches("API_KEY\"").count() == 1, "{now}");
    world.sandbox.allow("acme");
    for (server, value) in [("a", TOKEN), ("b", &other)] {
        let ran = world.sandbox.run_in("acme", &["exec", "--server", server, "--", "/usr/bin/env"]);
        assert!(ran.out.lines().any(|line| line == format!("API_KEY={value}")), "{server}: {ran:?}");
    }
    world.adopt_undo();
    assert_eq!(world.text(".junie/mcp/mcp.json"), text);
}

#[test]
fn two_values_that_must_bear_one_name_cannot_both_be_taken_where_only_the_name_is_written() {
    let other = TOKEN.replace("FAKE", "MADE");
    let server = |name: &str, token: &str| format!("[mcp_servers.{name}]\ncommand = \"x\"\nenv = {{ API_KEY = \"{token}\" }}\n");
    let world = World::with(&[(".codex/config.toml", &format!("{}{}", server("a", TOKEN), server("b", &other)))]);
    let screen = world.adopt(&[]);
    let why = "would have to be called `API_KEY`, and that holds another value; with `--wrap` it can have another name";
    assert!(screen.contains(why), "{screen}");
    assert_eq!(world.values().len(), 1);
    assert!(world.text(".codex/config.toml").contains("MADEMADE") && !world.text(".codex/config.toml").contains("FAKEFAKE"));
    world.adopt(&["--wrap"]);
    assert_eq!(world.values().len(), 2);
    assert!(world.text(".codex/config.toml").contains("API_KEY = \"%{API_KEY_2}\""), "{}", world.text(".codex/config.toml"));
    let docker = |name: &str, token: &str| {
        format!(r#""{name}": {{"command": "docker", "args": ["run", "-e", "API_KEY={token}", "img"]}}"#)
    };
    let text = format!("{{\"mcpServers\": {{{}, {}}}}}", docker("a", TOKEN), docker("b", &other));
    let world = World::with(&[(".junie/mcp/mcp.json", &text)]);
    let screen = world.adopt(&[]);
    assert!(screen.contains("holds another value") && !screen.contains("--wrap"), "{screen}");
}

#[test]
fn a_server_with_a_file_of_variables_keeps_its_own_command() {
    let text = format!(r#"{{"mcpServers": {{"a": {{"command": "x", "envFile": ".env", "env": {{"A_TOKEN": "{TOKEN}"}}}}}}}}"#);
    let world = World::with(&[(".cursor/mcp.json", &text)]);
    let told = "`a` keeps its own command: its variables come from a file too, which the wrapper does not pass on";
    assert!(world.dry(&["--wrap"]).out.contains(told) && !world.dry(&[]).out.contains(told));
    assert!(world.adopt(&["--wrap"]).contains(told));
    assert_eq!(world.text(".cursor/mcp.json"), text.replace(TOKEN, "${env:A_TOKEN}"));
}

#[cfg(unix)]
#[test]
fn a_program_in_the_path_is_named_by_its_place_there() {
    let mut world = World::with(&[(
        "~/.lmstudio/mcp.json",
        &format!(r#"{{"mcpServers": {{"-a/~": {{"command": "x", "env": {{"A_TOKEN": "{TOKEN}"}}}}}}}}"#),
    )]);
    let bin = world.sandbox.home().join("bin");
    std::fs::create_dir(&bin).expect("made");
    std::os::unix::fs::symlink(crate::sandbox::program(), bin.join("mcpenv")).expect("linked");
    world.sandbox.set_variable("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    world.adopt(&["--user"]);
    let text = world.text("~/.lmstudio/mcp.json");
    assert!(
        text.contains(&format!("\"command\": \"{}/mcpenv\", \"args\": [\"exec\", \"--server=-a/~\"", bin.display())),
        "{text}"
    );
    assert!(world.text(".mcpenv.toml").contains("[servers.\"-a/~\"]\nvariables = [\"A_TOKEN\"]"));
}
