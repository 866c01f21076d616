//! What each client's file must be read as: the cases of `fixtures/clients`, and files that are hostile or unusual.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mcpenv::client::{self, Declaration, Kind, Reference, Scope, Server, Transport};
use mcpenv::plaintext;
use serde_json::Value as Json;

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients")
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Env => "env",
        Kind::Inherit => "inherit",
        Kind::Secret => "secret",
        Kind::Store => "store",
        Kind::Shell => "shell",
        Kind::Declared => "declared",
        Kind::Input => "input",
        Kind::File => "file",
        Kind::EnvFile => "envfile",
        Kind::Client => "client",
        Kind::Server => "server",
        Kind::Remote => "remote",
        Kind::Unexpanded => "unexpanded",
    }
}

fn read(name: &str, scope: Scope, text: &[u8]) -> Declaration {
    client::find(name).expect(name).read(text, scope).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn project(name: &str, text: &str) -> Declaration {
    read(name, Scope::Project, text.as_bytes())
}

/// One reference of a case or a server in one line, so that differences can be read.
fn told_reference(reference: &Reference, default: Option<&str>) -> String {
    let Reference { name, at, kind, is_required, is_export, is_secret, .. } = reference;
    format!("{name} at {at}: {} {default:?} {is_required} {is_export} {is_secret}", word(*kind))
}

fn told_server(server: &Server) -> String {
    let transport = match server.transport {
        Transport::Stdio => "stdio",
        Transport::Http => "http",
        Transport::Sse => "sse",
        Transport::Builtin => "builtin",
        Transport::Extension => "extension",
        Transport::Unknown => "unknown",
    };
    format!("{} at {}: {transport} {} {:?}", server.name, server.pointer, server.is_enabled, server.context)
}

fn found(declaration: &Declaration) -> BTreeSet<String> {
    let references = declaration.servers.iter().flat_map(|server| {
        let secrets = plaintext::find(server);
        // those that the client fills itself may be told or not
        let references = server.references.iter().filter(|reference| reference.kind != Kind::Client);
        references.map(move |r| told_reference(r, plaintext::shown_default(server, r, &secrets).as_deref())).collect::<Vec<_>>()
    });
    declaration.servers.iter().map(told_server).chain(references).collect()
}

fn expected(case: &Json) -> BTreeSet<String> {
    let text = |json: &Json| json.as_str().map(str::to_owned);
    let mut lines = BTreeSet::new();
    for server in case["servers"].as_array().expect("servers") {
        let context = text(&server["context"]);
        let [name, path, transport] = ["name", "path", "transport"].map(|key| server[key].as_str().expect(key));
        lines.insert(format!("{name} at {path}: {transport} {} {context:?}", server["enabled"]));
        for reference in server["refs"].as_array().expect("refs") {
            let [name, at, kind] = ["name", "at", "kind"].map(|key| reference[key].as_str().expect(key));
            let [required, export, secret] = ["required", "export", "secret"].map(|key| reference[key] == Json::Bool(true));
            if kind != "client" {
                lines.insert(format!("{name} at {at}: {kind} {:?} {required} {export} {secret}", text(&reference["default"])));
            }
        }
    }
    lines
}

/// The cases of the corpus, and those that were written after its rules alone.
fn cases() -> Vec<Json> {
    let of = |file: &str| {
        let text = std::fs::read(fixtures().join(file)).expect(file);
        let cases: Json = serde_json::from_slice(&text).expect("JSON");
        cases["cases"].as_array().expect("cases").clone()
    };
    [of("expected.json"), of("rules/expected.json")].concat()
}

fn exports(declaration: &Declaration) -> BTreeMap<String, BTreeSet<String>> {
    let mut exports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for server in declaration.servers.iter().filter(|server| server.is_enabled) {
        for reference in server.references.iter().filter(|reference| reference.is_export) {
            let context = server.context.clone().unwrap_or_else(|| "*".to_owned());
            exports.entry(context).or_default().insert(reference.name.clone());
        }
    }
    exports
}

#[test]
fn every_case_is_read_as_it_is_expected() {
    let cases = cases();
    assert!(cases.len() >= 105, "{} cases", cases.len());
    for case in &cases {
        let [file, name, scope] = ["file", "client", "scope"].map(|key| case[key].as_str().expect(key));
        let scope = if scope.starts_with("user") { Scope::User } else { Scope::Project };
        let text = std::fs::read(fixtures().join(file)).expect(file);
        let client = client::find(name).expect(name);
        let result = client.read_at(Path::new(file), &text, scope);
        if case["parse"] == "error" {
            let error = result.expect_err(file);
            assert!(error.line > 0 && !error.why.contains("GITHUB"), "{file}: {error}");
            continue;
        }
        let declaration = result.expect(file);
        assert_eq!(found(&declaration), expected(case), "{file}");
        let wanted: BTreeMap<String, BTreeSet<String>> = serde_json::from_value(case["exports"].clone()).expect("exports");
        assert_eq!(exports(&declaration), wanted, "{file}");
        for warning in case["warnings"].as_array().expect("warnings") {
            let [code, at] = ["code", "at"].map(|key| warning[key].as_str().expect(key));
            assert!(has(&declaration, code, at), "{file}: {code} at {at} in {:?}", declaration.warnings);
        }
        for server in &declaration.servers {
            let text = String::from_utf8_lossy(&text);
            let line = text.lines().nth(server.line - 1).unwrap_or_default();
            // an item of a list starts where it starts; all others with their key, which may be written with escapes
            let key = server.pointer.rsplit('/').next().expect("a step");
            let is_plain = key.parse::<usize>().is_err() && key.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
            assert!(!is_plain || line.contains(key), "{file}: {} at {line}", server.name);
        }
    }
}

fn has(declaration: &Declaration, code: &str, at: &str) -> bool {
    declaration.warnings.iter().any(|warning| warning.code == code && warning.at == at)
}

fn names(declaration: &Declaration) -> Vec<&str> {
    declaration.servers.iter().flat_map(|server| &server.references).map(|reference| reference.name.as_str()).collect()
}

#[test]
fn no_two_clients_share_a_name_and_each_has_a_place_in_the_project() {
    let user = client::UserDirs { home: Path::new("/h"), config: Path::new("/h/c"), roaming: None, variable: &|_| None };
    let mut seen = BTreeSet::new();
    for client in client::ALL {
        assert!(seen.insert(client.name()), "{}", client.name());
        assert!(std::ptr::addr_eq(client::find(client.name()).expect("itself"), *client) || !client.title().is_empty());
        for place in client.places(&user) {
            assert_eq!(place.path.is_absolute(), place.scope == Scope::User, "{place:?}");
        }
    }
    assert!(client::find("nobody").is_none());
}

#[test]
fn the_users_files_lie_where_the_clients_own_variables_say() {
    let moved = |name: &str| Some(Path::new("/moved").join(name));
    let plain = client::UserDirs { home: Path::new("/h"), config: Path::new("/h/.config"), roaming: None, variable: &|_| None };
    let other = client::UserDirs { variable: &moved, ..plain };
    let user = |name: &str, user: &client::UserDirs<'_>| {
        let places = client::find(name).expect(name).places(user).into_iter();
        places.filter(|place| place.scope == Scope::User).map(|place| place.path).next().expect("a place")
    };
    assert_eq!(user("claude-code", &plain), Path::new("/h/.claude.json"));
    assert_eq!(user("claude-code", &other), Path::new("/moved/CLAUDE_CONFIG_DIR/.claude.json"));
    assert_eq!(user("codex", &plain), Path::new("/h/.codex/config.toml"));
    assert_eq!(user("codex", &other), Path::new("/moved/CODEX_HOME/config.toml"));
    assert_eq!(user("vscode", &plain), Path::new("/h/.config/Code/User/mcp.json"));
    assert_eq!(user("cursor", &plain), Path::new("/h/.cursor/mcp.json"));
}

#[test]
fn the_parts_of_a_command_line_can_be_asked_for() {
    let text = r#"{"mcpServers": {"a": {"command": "x", "args": ["-y", 3, "z"], "cwd": "/d", "env": {"B": "2", "A": 1, "N": null}},
                   "b": {"url": "https://h"}}}"#;
    let servers = project("cursor", text).servers;
    assert_eq!((servers[0].command(), servers[0].args(), servers[0].cwd()), (Some("x"), vec!["-y", "z"], Some("/d")));
    assert_eq!(servers[0].env(), [("B", "2".to_owned()), ("A", "1".to_owned())]);
    assert_eq!((servers[1].command(), servers[1].url()), (None, Some("https://h")));
}

#[test]
fn a_variable_that_the_entry_sets_is_no_second_reference_of_docker() {
    let text = r#"{"servers": {"a": {"command": "docker", "args": ["run", "-e", "A", "-eB", "--env=C", "-e", "D", "img", "-e", "E"],
                   "env": {"A": "1", "D": null}}}}"#;
    assert_eq!(names(&project("vscode", text)), ["B", "C", "D"]);
}

#[test]
fn claude_code_reads_projects_only_from_the_users_file_and_names_what_it_would_refuse() {
    let text = r#"{"projects": {"/p": {"mcpServers": {"a": {"command": "x"}}}, "/q": 1}, "servers": {"b": {"command": "y"}},
                   "mcpServers": {"c": {"url": "https://h"}, "d": {"type": "ws", "url": "wss://h"}, "e": {"type": 1, "command": "x"}}}"#;
    let user = read("claude-code", Scope::User, text.as_bytes());
    let own: Vec<(&str, Option<&str>)> =
        user.servers.iter().map(|server| (server.name.as_str(), server.context.as_deref())).collect();
    assert_eq!(own, [("c", None), ("d", None), ("e", None), ("a", Some("/p"))]);
    assert!(has(&user, "client-rejects", "/mcpServers/c") && has(&user, "unknown-transport", "/mcpServers/d/type"));
    assert!(has(&user, "wrong-type", "/mcpServers/e/type") && has(&user, "wrong-type", "/projects/~1q"));
    assert_eq!(project("claude-code", text).servers.len(), 3);
}

#[test]
fn vs_code_fills_keys_and_every_text_and_its_inputs_are_checked() {
    let text = r#"{"inputs": [{"id": "a", "type": "promptString", "password": true}, {"id": "unused"}, {"type": "x"}],
                   "servers": {"s": {"command": "x", "cwd": "${env:DIR}", "dev": {"watch": ["${env:WATCH}"]},
                                     "env": {"${env:KEY}": "${input:a} ${input:b}"}, "headers": {"X": "${NOT}"}},
                               "t": {"url": "https://h", "envFile": "x"}}}"#;
    let declaration = project("vscode", text);
    assert_eq!(names(&declaration), ["DIR", "WATCH", "KEY", "a", "b", "NOT"]);
    assert!(has(&declaration, "undefined-input", "/servers/s/env/${env:KEY}"));
    assert!(has(&declaration, "unused-input", "/inputs/1") && has(&declaration, "wrong-type", "/inputs/2"));
    assert!(has(&declaration, "unexpanded-reference", "/servers/s/headers/X"));
    assert!(has(&declaration, "client-ignores", "/servers/t/envFile"));
    let secret: Vec<bool> = declaration.servers[0].references.iter().map(|reference| reference.is_secret).collect();
    assert_eq!(secret, [false, false, false, true, false, false]);
}

#[test]
fn codex_refuses_fields_of_the_other_transport_and_skips_what_it_does_not_know() {
    let text = "[mcp_servers.a]\ncommand = 'x'\nurl = 'https://h'\nenv_http_headers = { X = 'H' }\ntype = 'stdio'\n\
                env_vars = ['A', { name = 'B', source = 'elsewhere' }, 3, { source = 'local' }]\n\
                [mcp_servers.b]\nurl = 'https://h'\nargs = ['x']\n[mcp_servers.c]\nenabled = true\n";
    let declaration = project("codex", text);
    for (code, at) in [
        ("client-rejects", "/mcp_servers/a/url"),
        ("client-rejects", "/mcp_servers/a/env_http_headers"),
        ("client-ignores", "/mcp_servers/a/type"),
        ("client-rejects", "/mcp_servers/a/env_vars/1"),
        ("wrong-type", "/mcp_servers/a/env_vars/2"),
        ("wrong-type", "/mcp_servers/a/env_vars/3"),
        ("client-rejects", "/mcp_servers/b/args"),
        ("unknown-transport", "/mcp_servers/c"),
    ] {
        assert!(has(&declaration, code, at), "{code} {at} {:?}", declaration.warnings);
    }
    assert_eq!(names(&declaration), ["A", "H"]);
}

#[test]
fn cursor_reads_an_env_file_for_stdio_only_and_fills_auth() {
    let text = r#"{"mcpServers": {"a": {"command": "x", "envFile": "${env:DIR}/.env"}, "b": {"url": "https://h", "envFile": "x",
                   "auth": {"CLIENT_SECRET": "${env:S}", "scopes": ["${env:T}"]}}}}"#;
    let declaration = project("cursor", text);
    assert_eq!(names(&declaration), ["${env:DIR}/.env", "DIR", "S", "T"]);
    assert!(has(&declaration, "client-ignores", "/mcpServers/b/envFile"));
}

/// A file as large as the one in which a client keeps its history: the servers in it, and nothing else of it.
fn large(more: &str, servers: &str) -> String {
    let history: Vec<String> = (0..4000).map(|n| format!("\"said {n}: why is ${{IGNORED_{n}}} here?\"")).collect();
    let history = history.join(",\n      ");
    format!(
        "{{\n  \"history\": [{history}],{more}\n  \"projects\": {{ \"/p\\u002fq\": {{ \"history\": [{history}],\n    \"mcpServers\": {servers} }} }}\n}}\n"
    )
}

#[test]
fn of_a_large_file_only_the_servers_are_looked_at_and_their_lines_are_right() {
    let text = large("", r#"{ "s": { "command": "x", "env": { "T": "${A_TOKEN}", "\u0054": "2" } } }"#);
    let declaration = read("claude-code", Scope::User, text.as_bytes());
    let [server] = declaration.servers.as_slice() else { panic!("{declaration:?}") };
    assert_eq!((server.name.as_str(), server.context.as_deref()), ("s", Some("/p/q")));
    assert_eq!(server.pointer, "/projects/~1p~1q/mcpServers/s");
    assert!(text.lines().nth(server.line - 1).is_some_and(|line| line.contains("\"s\": {")), "{}", server.line);
    assert!(has(&declaration, "duplicate-key", "/projects/~1p~1q/mcpServers/s/env/T"), "{:?}", declaration.warnings);
    let small = read(
        "claude-code",
        Scope::User,
        br#"{ "projects": { "/p/q": { "mcpServers": { "s": { "command": "x", "env": { "T": "${A_TOKEN}", "T": "2" } } } } } }"#,
    );
    assert_eq!(server.entry, small.servers[0].entry);
}

#[test]
fn a_large_file_that_is_full_of_values_is_refused_wherever_they_stand() {
    let values = vec!["0"; 200_000].join(",");
    let directories: String = (0..150_000).map(|n| format!("\"{n}\":{{}},")).collect();
    for text in [
        format!(r#"{{ "mcpServers": {{ "s": [{values}] }} }}"#),
        format!(r#"{{ "projects": {{ {directories} "/p": {{ "mcpServers": {{ }} }} }} }}"#),
    ] {
        let error = client::find("claude-code").expect("a client").read(text.as_bytes(), Scope::User).expect_err("refused");
        assert!(error.why.contains("more values"), "{error}");
    }
}

#[test]
fn what_is_wrong_in_a_large_file_is_told_as_of_a_small_one() {
    let claude = client::find("claude-code").expect("a client");
    for (more, servers, fails) in [
        ("\n  // a comment", "{}", false),
        ("\n  \"mcpServers\": 5,", "[]", false),
        ("\n  \"projects\": 7,", "null", false),
        ("\n  \"broken\": tru,", "{}", true),
        ("\n  \"control\": \"a\u{1}b\",", "{}", true),
        ("", "{ \"s\": { \"command\": \"x\" }", true),
        ("", "{} } } } }", true),
    ] {
        let text = large(more, servers);
        let told = claude.read(text.as_bytes(), Scope::User);
        assert_eq!(told.is_err(), fails, "{more} {servers}: {told:?}");
        let small = format!("{{{more} \"projects\": {{ \"/p/q\": {{ \"mcpServers\": {servers} }} }} }}")
            .replace("// a comment", "// a comment\n");
        let small = claude.read(small.as_bytes(), Scope::User);
        let codes = |told: &Declaration| told.warnings.iter().map(|w| (w.code, w.at.clone())).collect::<BTreeSet<_>>();
        assert_eq!(told.as_ref().map(codes).ok(), small.as_ref().map(codes).ok(), "{more} {servers}");
    }
}
