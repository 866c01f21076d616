//! What is special about each client's files: keys, types, references, and what it refuses.

use std::path::{Path, PathBuf};

use mcpenv::client::{self, Declaration, Kind, Scope, Transport};

fn read(name: &str, text: &str) -> Declaration {
    let client = client::find(name).expect(name);
    client.read(text.as_bytes(), Scope::Project).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn has(declaration: &Declaration, code: &str, at: &str) -> bool {
    declaration.warnings.iter().any(|warning| warning.code == code && warning.at == at)
}

/// The references of a file, each in a few words.
fn told(name: &str, text: &str) -> Vec<String> {
    let declaration = read(name, text);
    let references = declaration.servers.iter().flat_map(|server| &server.references);
    references.filter(|r| r.kind != Kind::Client).map(|r| format!("{:?} {}", r.kind, r.name)).collect()
}

fn entry(name: &str, entry: &str) -> Vec<String> {
    let key = match name {
        "zed" => "context_servers",
        "opencode" => "mcp",
        "vscode" | "visual-studio" => "servers",
        _ => "mcpServers",
    };
    told(name, &format!(r#"{{"{key}": {{"a": {entry}}}}}"#))
}

fn transports(name: &str, text: &str) -> Vec<Transport> {
    read(name, text).servers.iter().map(|server| server.transport).collect()
}

#[test]
fn each_client_fills_its_own_form_in_its_own_fields() {
    let all = r#"{"command": "${A}", "args": ["${env:B}", "{env:C}", "$D", "${{ secrets.E }}"], "env": {"V": "${F:-f}", "W": "${env:G}"},
                  "url": "https://${H}", "headers": {"K": "Bearer $I", "L": "${J}"}, "cwd": "${K}/{env:L}"}"#;
    for (name, expected) in [
        (
            "claude-desktop",
            "Unexpanded A, Unexpanded B, Unexpanded C, Unexpanded D, Unexpanded E, Unexpanded F, Unexpanded G, Unexpanded H, Unexpanded I, Unexpanded J",
        ),
        (
            "windsurf",
            "Unexpanded A, Env B, Unexpanded C, Unexpanded D, Unexpanded E, Unexpanded F, Env G, Unexpanded H, Unexpanded I, Unexpanded J",
        ),
        ("gemini-cli", "Env A, Unexpanded B, Unexpanded C, Env D, Unexpanded E, Env F, Unexpanded G, Env H, Env I, Env J, Env K"),
        (
            "copilot-cli",
            "Env A, Unexpanded B, Unexpanded C, Env D, Unexpanded E, Env F, Unexpanded G, Unexpanded H, Env I, Env J",
        ),
        (
            "zed",
            "Unexpanded A, Unexpanded B, Unexpanded C, Unexpanded D, Unexpanded E, Unexpanded F, Unexpanded G, Unexpanded H, Unexpanded I, Unexpanded J",
        ),
        (
            "roo",
            "Unexpanded A, Env B, Unexpanded C, Unexpanded D, Unexpanded E, Unexpanded F, Env G, Unexpanded H, Unexpanded I, Unexpanded J",
        ),
        (
            "amazon-q",
            "Unexpanded A, Unexpanded B, Unexpanded C, Unexpanded D, Unexpanded E, Unexpanded F, Env G, Unexpanded H, Unexpanded I, Unexpanded J",
        ),
        (
            "kiro",
            "Env A, Unexpanded B, Unexpanded C, Unexpanded D, Unexpanded E, Unexpanded F, Unexpanded G, Env H, Unexpanded I, Env J",
        ),
        (
            "continue",
            "Unexpanded A, Unexpanded B, Unexpanded C, Unexpanded D, Secret E, Unexpanded F, Unexpanded G, Unexpanded H, Unexpanded I, Unexpanded J",
        ),
        (
            "visual-studio",
            "Unexpanded A, Unexpanded B, Unexpanded C, Unexpanded D, Unexpanded E, Unexpanded F, Unexpanded G, Unexpanded H, Unexpanded I, Unexpanded J",
        ),
    ] {
        assert_eq!(entry(name, all).join(", "), expected, "{name}");
    }
    // the curly form is found in the other one too, for the text is replaced as it stands
    assert_eq!(entry("opencode", r#"{"command": ["x${env:A}", "${file:f}"]}"#), ["Env A", "File f"]);
    for name in ["cline", "junie", "warp", "lm-studio"] {
        assert_eq!(entry(name, all), entry("claude-desktop", all), "{name}");
    }
    let own = r#"{"type": "local", "command": ["${A}", "{env:B}", "$C"], "environment": {"V": "{file:~/f}", "{env:K}": "${D}"},
                  "oauth": {"x": "{env:O} ${NOT}"}}"#;
    assert_eq!(entry("opencode", own).join(", "), "Unexpanded A, Env B, Unexpanded C, File ~/f, Env K, Unexpanded D, Env O");
}

#[test]
fn a_field_that_no_one_writes_references_in_is_no_place_for_a_warning() {
    assert_eq!(entry("vscode", r#"{"command": "x", "cwd": "${A}", "dev": {"watch": "${B}"}}"#), Vec::<String>::new());
    assert_eq!(entry("cursor", r#"{"url": "https://h", "auth": {"S": "${A} ${env:B}"}}"#), ["Env B"]);
}

#[test]
fn a_url_has_many_names_and_its_transport_many_words() {
    let map = |entry: &str| format!(r#"{{"mcpServers": {{"a": {entry}}}}}"#);
    for (name, entry, expected) in [
        ("windsurf", r#"{"serverUrl": "https://h"}"#, Transport::Http),
        ("windsurf", r#"{"url": "https://h"}"#, Transport::Http),
        ("claude-desktop", r#"{"serverUrl": "https://h"}"#, Transport::Unknown),
        ("gemini-cli", r#"{"httpUrl": "https://h", "url": "https://h/sse", "type": "sse"}"#, Transport::Http),
        ("gemini-cli", r#"{"url": "https://h", "command": "x"}"#, Transport::Http),
        ("gemini-cli", r#"{"url": "https://h", "type": "sse"}"#, Transport::Sse),
        ("copilot-cli", r#"{"type": "local", "command": "x"}"#, Transport::Stdio),
        ("copilot-cli", r#"{"type": "streamable-http", "url": "https://h"}"#, Transport::Unknown),
        ("cline", r#"{"url": "https://h"}"#, Transport::Sse),
        ("cline", r#"{"type": "streamableHttp", "url": "https://h"}"#, Transport::Http),
        ("cline", r#"{"type": "http", "url": "https://h"}"#, Transport::Unknown),
        ("junie", r#"{"type": "anything", "url": "https://h"}"#, Transport::Http),
    ] {
        assert_eq!(transports(name, &map(entry)), [expected], "{name}: {entry}");
    }
    assert_eq!(
        transports("opencode", r#"{"mcp": {"a": {"type": "remote", "url": "https://h"}, "b": {"command": []}}}"#),
        [Transport::Http, Transport::Unknown]
    );
    let goose = "extensions:\n  a: {type: platform}\n  b: {type: streamable_http, uri: https://h}\n  c: {type: sse, uri: https://h}\n  d: {type: x, cmd: y}\n  e: {uri: https://h}\n";
    let declaration = read("goose", goose);
    let found: Vec<Transport> = declaration.servers.iter().map(|server| server.transport).collect();
    assert_eq!(found, [Transport::Builtin, Transport::Http, Transport::Sse, Transport::Unknown, Transport::Http]);
    assert!(has(&declaration, "client-rejects", "/extensions/c") && has(&declaration, "unknown-transport", "/extensions/d/type"));
}

#[test]
fn each_client_s_own_switch_counts_and_gemini_chooses_by_name() {
    let on = |name: &str, key: &str, switch: &str| {
        read(name, &format!(r#"{{"{key}": {{"a": {{"command": "x", {switch}}}}}}}"#)).servers[0].is_started
    };
    for name in ["windsurf", "cline", "roo", "amazon-q", "kiro"] {
        assert!(!on(name, "mcpServers", r#""disabled": true"#) && on(name, "mcpServers", r#""disabled": false"#), "{name}");
    }
    assert!(!on("opencode", "mcp", r#""enabled": false"#) && !on("zed", "context_servers", r#""enabled": false"#));
    for name in ["copilot-cli", "continue", "junie", "warp", "gemini-cli"] {
        assert!(on(name, "mcpServers", r#""disabled": true"#), "{name} does not know it");
    }
    let chosen = |mcp: &str| -> Vec<bool> {
        let text = format!(r#"{{"mcp": {mcp}, "mcpServers": {{"a": {{"command": "x"}}, "b": {{"command": "x"}}}}}}"#);
        read("gemini-cli", &text).servers.iter().map(|server| server.is_enabled && server.is_started).collect()
    };
    assert_eq!(chosen(r#"{"excluded": ["a"]}"#), [false, true]);
    assert_eq!(chosen(r#"{"allowed": ["a"]}"#), [true, false]);
    assert_eq!(chosen(r#"{"allowed": ["a"], "excluded": ["a"]}"#), [false, false]);
    assert_eq!(chosen(r#"{"allowed": []}"#), [false, false]);
    assert_eq!(chosen(r#"{"allowed": "a"}"#), [true, true]);
}

#[test]
fn comments_and_commas_are_warned_of_where_the_client_refuses_them() {
    let comment = r#"{ /* c */ "mcpServers": {"a": {"command": "x"}}}"#;
    let comma = r#"{"mcpServers": {"a": {"command": "x"},}}"#;
    for (name, of_comment, of_comma) in [
        ("claude-desktop", true, true),
        ("windsurf", true, true),
        ("gemini-cli", false, true),
        ("copilot-cli", true, true),
        ("copilot-cloud", true, true),
        ("cline", true, true),
        ("roo", true, true),
        ("amazon-q", true, true),
        ("kiro", true, true),
        ("junie", false, false),
        ("warp", false, false),
        ("lm-studio", false, false),
        ("continue", false, false),
    ] {
        assert_eq!(has(&read(name, comment), "not-strict-json", ""), of_comment, "{name}");
        assert_eq!(has(&read(name, comma), "not-strict-json", ""), of_comma, "{name}");
        assert_eq!(read(name, comma).servers.len(), 1);
    }
}

#[test]
fn the_portable_file_of_vs_code_has_its_own_dialect_and_is_known_by_its_name() {
    let text = r#"{"mcpServers": {"a": {"command": "x", "args": ["${A}", "${B:-${C}}", "$D", "${env:E}", "${input:f}"]}},
                   "servers": {"b": {"command": "x", "args": ["${A}", "${env:E}"]}}}"#;
    let client = client::find("vscode").expect("it");
    let at = |file: &str| -> Vec<String> {
        let declaration = client.read_at(Path::new(file), text.as_bytes(), Scope::Project).expect(file);
        declaration.servers.iter().map(|server| server.name.clone()).collect()
    };
    assert_eq!(at(".mcp.json"), ["a"]);
    assert_eq!(at("/h/.copilot/mcp-config.json"), ["a"]);
    assert_eq!(at(".vscode/mcp.json"), ["b"]);
    assert_eq!(at("anything.json"), ["b", "a"]);
    let found = told("vscode", text).join(", ");
    assert_eq!(found, "Unexpanded A, Env E, Env A, Env B, Unexpanded C, Unexpanded D, Unexpanded E");
    // a long text is left as it is
    let long = |length: usize| {
        let text = format!(r#"{{"mcpServers": {{"a": {{"command": "${{A}}{}"}}}}}}"#, "é".repeat(length - 4));
        told("vscode", &text)
    };
    assert_eq!((long(1000), long(1001)), (vec!["Env A".to_owned()], vec!["Unexpanded A".to_owned()]));
}

#[test]
fn roo_names_what_it_would_refuse_and_fills_keys_too() {
    let text = r#"{"mcpServers": {"a": {"url": "https://h", "env": {"${env:K}": "1"}}, "b": {"command": "x", "headers": {}},
                   "c": {"type": "http", "url": "https://h"}}}"#;
    let declaration = read("roo", text);
    for (code, at) in [
        ("client-rejects", "/mcpServers/a"),
        ("client-rejects", "/mcpServers/a/env"),
        ("client-rejects", "/mcpServers/b/headers"),
        ("unknown-transport", "/mcpServers/c/type"),
    ] {
        assert!(has(&declaration, code, at), "{code} {at} {:?}", declaration.warnings);
    }
    assert_eq!(told("roo", text), ["Env K"]);
}

#[test]
fn goose_fills_headers_from_its_own_names_only() {
    let text = "\
extensions:
  a:
    type: streamable_http
    uri: https://$HOST/x
    env_keys: [KEY, 3]
    envs: {ORG: x}
    headers: {A: 'Bearer $KEY', B: 'x${ORG}y', C: '$OTHER', D: 'x$OTHER', E: '${KEY:-d}'}
  b:
    cmd: docker
    args: [run, -e, KEY, -e, OTHER, img]
    env_keys: [KEY]
";
    let found = told("goose", text);
    assert_eq!(
        found,
        ["Server KEY", "Server ORG", "Unexpanded OTHER", "Unexpanded KEY", "Store KEY", "Inherit OTHER", "Store KEY"]
    );
    assert!(has(&read("goose", text), "wrong-type", "/extensions/a/env_keys/1"));
}

#[test]
fn the_agent_on_github_fills_only_names_with_its_prefix_and_args_from_env() {
    let text = r#"{"mcpServers": {"a": {"type": "local", "command": "x", "args": ["--h=$HOST", "$OTHER", "--k=${COPILOT_MCP_K}"],
                   "env": {"HOST": "$COPILOT_MCP_HOST", "B": "${NOT_MINE}"}, "tools": ["$COPILOT_MCP_T"], "note": "$COPILOT_MCP_N $X"}}}"#;
    assert_eq!(
        told("copilot-cloud", text),
        [
            "Server HOST",
            "Unexpanded OTHER",
            "Remote COPILOT_MCP_K",
            "Remote COPILOT_MCP_HOST",
            "Unexpanded NOT_MINE",
            "Remote COPILOT_MCP_N"
        ]
    );
    assert!(read("copilot-cloud", text).servers[0].references.iter().all(|r| !r.is_export));
}

#[test]
fn continue_reads_lists_maps_and_blocks_of_the_hub() {
    let text = "mcpServers:\n  - uses: acme/search\n    with: {KEY: '${{ secrets.A }}', B: '${C}'}\n  - command: x\n    requestOptions: {headers: {H: '${D}'}, proxy: '${E}'}\n  - 3\n";
    let declaration = read("continue", text);
    let names: Vec<(&str, Transport)> = declaration.servers.iter().map(|s| (s.name.as_str(), s.transport)).collect();
    assert_eq!(names, [("acme/search", Transport::Unknown), ("1", Transport::Stdio)]);
    assert_eq!(told("continue", text), ["Secret A", "Unexpanded C", "Unexpanded D"]);
    assert!(has(&declaration, "wrong-type", "/mcpServers/2"));
    let client = client::find("continue").expect("it");
    let json = br#"{"mcpServers": [{"name": "a", "command": "x", "args": ["${{ inputs.I }}"]}]}"#;
    let read = |file: &str| client.read_at(Path::new(file), json, Scope::Project).expect(file);
    assert_eq!(read("x.json"), read("x.yaml"));
    let quotes = b"{'mcpServers': []}";
    assert!(client.read_at(Path::new("x.json"), quotes, Scope::Project).is_err());
    assert!(client.read_at(Path::new("x.yaml"), quotes, Scope::Project).is_ok());
}

#[test]
fn warp_takes_a_bare_map_and_zed_an_old_command() {
    assert_eq!(told("warp", r#"{"a": {"command": "x", "args": ["${A}"]}, "b": {"url": "https://h"}}"#), ["Unexpanded A"]);
    assert!(read("warp", r#"{"theme": {"x": 1}}"#).servers.is_empty());
    let text = r#"{"context_servers": {"a": {"command": {"path": "docker", "args": ["run", "-e", "A", "-e", "B", "img"], "env": {"A": "1"}}},
                   "b": {"settings": {"x": "${X}"}}, "c": {"source": "custom"}}}"#;
    let declaration = read("zed", text);
    let found: Vec<Transport> = declaration.servers.iter().map(|server| server.transport).collect();
    assert_eq!(found, [Transport::Stdio, Transport::Extension, Transport::Unknown]);
    assert_eq!(told("zed", text), ["Inherit B"]);
    let server = &declaration.servers[0];
    assert_eq!((server.command(), server.args().len(), server.env()), (Some("docker"), 6, vec![("A", "1".to_owned())]));
}

#[test]
fn the_parts_of_an_entry_are_found_by_each_client_s_own_keys() {
    let text = r#"{"mcp": {"a": {"command": ["npx", "-y", "x"], "environment": {"A": "1"}}}}"#;
    let server = read("opencode", text).servers.remove(0);
    assert_eq!((server.command(), server.args(), server.env()), (Some("npx"), vec!["-y", "x"], vec![("A", "1".to_owned())]));
    let server = read("goose", "extensions: {a: {cmd: npx, args: [x], envs: {A: 1}, uri: 'https://h'}}").servers.remove(0);
    assert_eq!((server.command(), server.args(), server.url()), (Some("npx"), vec!["x"], Some("https://h")));
    assert_eq!(server.env(), [("A", "1".to_owned())]);
}

#[test]
fn declarations_say_what_a_server_needs() {
    let text = r#"{"name": "n", "packages": [{"transport": {"type": "sse"}, "environment_variables": [{"name": "A", "is_required": true},
        {"name": "B", "value": "x{y}", "variables": {"y": {"is_secret": true}}}],
        "runtimeArguments": [{"name": "--env", "value": "C={t}", "variables": {"t": {"default": "d", "isSecret": true}, "u": {}}},
                             {"name": "-e", "value": "D=1"}, {"name": "-v", "value": "E={t}", "variables": {"t": {}}}]}],
        "remotes": [{"type": "x", "headers": [{"name": "H", "isRequired": true}]}]}"#;
    let declaration = read("mcp-registry", text);
    let said: Vec<String> = declaration.servers[0]
        .references
        .iter()
        .map(|r| format!("{} {:?} {} {} {}", r.name, r.default, r.is_required, r.is_secret, r.is_export))
        .collect();
    assert_eq!(
        said,
        [
            "A None true false true",
            "C Some(\"d\") false true true",
            "y None false true false",
            "u None false false false",
            "t None false false false"
        ]
    );
    assert_eq!(declaration.servers[0].transport, Transport::Sse);
    assert_eq!((declaration.servers[1].transport, declaration.servers[1].references.len()), (Transport::Unknown, 0));
    assert_eq!(
        told(
            "mcpb",
            r#"{"name": "n", "server": {"mcp_config": {"command": "${__dirname}/x", "args": ["${X}"], "env": {"A": "${user_config.a}", "B": "1"}}}}"#
        ),
        ["Unexpanded X", "Declared A"]
    );
    assert_eq!(
        told(
            "docker-catalog",
            "name: n\nconfig:\n  secrets: [{env: A}, {name: x}, 3]\n  env: [{name: B, value: 'a{{b}}'}, {name: C}]\n"
        ),
        ["Declared A", "Declared B"]
    );
    let text = r#"{"name": "n", "version": "1", "settings": [{"envVar": "A", "sensitive": true}, {"envVar": 3}], "mcpServers": {"a": {"command": "${extensionPath}${/}x"}, "b": {"command": "$B"}}}"#;
    assert_eq!(told("gemini-cli", text), ["Declared A", "Env B", "Declared A"]);
    // a settings file is no extension
    let text = r#"{"settings": [{"envVar": "A"}], "mcpServers": {"a": {"command": "${extensionPath}"}}}"#;
    assert_eq!(told("gemini-cli", text), ["Env extensionPath"]);
}

#[test]
fn every_place_of_the_user_follows_the_system_and_its_variables() {
    let nothing = |_: &str| None;
    let plain = client::UserDirs { home: Path::new("/h"), config: Path::new("/c"), roaming: None, variable: &nothing };
    let windows = client::UserDirs { roaming: Some(Path::new("/c")), ..plain };
    let moved = |name: &str| Some(Path::new("/moved").join(name));
    let other = client::UserDirs { variable: &moved, ..plain };
    let places = |name: &str, user: &client::UserDirs<'_>| -> Vec<PathBuf> {
        let places = client::find(name).expect(name).places(user).into_iter();
        places.filter(|place| place.scope == Scope::User).map(|place| place.path).collect()
    };
    for (name, user, expected) in [
        ("claude-desktop", &plain, "/c/Claude/claude_desktop_config.json"),
        ("goose", &plain, "/h/.config/goose/config.yaml"),
        ("goose", &windows, "/c/Block/goose/config/config.yaml"),
        ("goose", &other, "/moved/XDG_CONFIG_HOME/goose/config.yaml"),
        ("zed", &plain, "/h/.config/zed/settings.json"),
        ("zed", &windows, "/c/Zed/settings.json"),
        ("roo", &plain, "/c/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json"),
        ("cline", &plain, "/c/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"),
        ("cline", &plain, "/h/.cline/data/settings/cline_mcp_settings.json"),
        ("cline", &other, "/moved/CLINE_MCP_SETTINGS_PATH"),
        ("copilot-cli", &plain, "/h/.copilot/mcp-config.json"),
        ("copilot-cli", &other, "/moved/COPILOT_HOME/mcp-config.json"),
        ("opencode", &plain, "/h/.config/opencode/opencode.jsonc"),
        ("opencode", &other, "/moved/OPENCODE_CONFIG"),
        ("continue", &plain, "/h/.continue/config.yaml"),
        ("continue", &other, "/moved/CONTINUE_GLOBAL_DIR/config.yaml"),
        ("visual-studio", &windows, "/h/.mcp.json"),
        ("amazon-q", &plain, "/h/.aws/amazonq/cli-agents"),
        ("windsurf", &plain, "/h/.codeium/windsurf/mcp_config.json"),
        ("gemini-cli", &plain, "/h/.gemini/settings.json"),
        ("kiro", &plain, "/h/.kiro/settings/mcp.json"),
        ("junie", &plain, "/h/.junie/mcp/mcp.json"),
        ("warp", &plain, "/h/.warp/.mcp.json"),
        ("lm-studio", &plain, "/h/.lmstudio/mcp.json"),
    ] {
        assert!(places(name, user).contains(&PathBuf::from(expected)), "{name}: {:?}", places(name, user));
    }
    assert!(places("visual-studio", &plain).is_empty());
    for declaration in client::DECLARATIONS {
        assert!(declaration.places(&plain).is_empty(), "{}", declaration.name());
        assert!(client::ALL.iter().all(|client| client.name() != declaration.name()));
    }
}
