//! What each client's file must be read as: the cases of `fixtures/clients`, and files that are hostile or unusual.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mcpenv::client::{self, Declaration, Kind, Reference, Scope, Server, Transport};
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
fn told_reference(reference: &Reference) -> String {
    let Reference { name, at, kind, default, is_required, is_export, is_secret, .. } = reference;
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
    let references = declaration.servers.iter().flat_map(|server| &server.references);
    // those that the client fills itself may be told or not
    let references = references.filter(|reference| reference.kind != Kind::Client).map(told_reference);
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
    let text = std::fs::read(fixtures().join("expected.json")).expect("expected.json");
    let cases: Json = serde_json::from_slice(&text).expect("JSON");
    let cases = cases["cases"].as_array().expect("cases");
    assert!(cases.len() >= 20, "{} cases", cases.len());
    for case in cases {
        let [file, name, scope] = ["file", "client", "scope"].map(|key| case[key].as_str().expect(key));
        let scope = if scope.starts_with("user") { Scope::User } else { Scope::Project };
        let text = std::fs::read(fixtures().join(file)).expect(file);
        let result = client::find(name).expect(name).read(&text, scope);
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
            assert!(line.contains(server.name.split('/').next().expect("a name")), "{file}: {} at {line}", server.name);
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
    let user = client::UserDirs { home: Path::new("/h"), config: Path::new("/h/c"), variable: &|_| None };
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
    let plain = client::UserDirs { home: Path::new("/h"), config: Path::new("/h/.config"), variable: &|_| None };
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

const ENTRY: &str = r#"{"mcpServers": {"a": {"command": "npx", "args": ["x"], "env": {"T": "${TOKEN}"}}}}"#;

#[test]
fn a_byte_order_mark_and_crlf_change_nothing_but_a_warning() {
    let plain = project("claude-code", ENTRY);
    let marked = project("claude-code", &format!("\u{feff}{}", ENTRY.replace(' ', "\r\n")));
    assert_eq!(found(&plain), found(&marked));
    assert_eq!(plain.servers[0].entry, marked.servers[0].entry);
    assert!(has(&marked, "bom", "") && !has(&plain, "bom", ""));
    let codex = project("codex", "\u{feff}[mcp_servers.a]\r\ncommand = \"x\"\r\nenv_vars = [\"A\"]\r\n");
    assert_eq!((names(&codex), codex.servers[0].references[0].line), (vec!["A"], 3));
    assert!(has(&codex, "bom", ""));
}

#[test]
fn comments_and_trailing_commas_are_read_and_warned_of_where_the_client_refuses_them() {
    for text in [ENTRY.replacen('{', "{ // a comment\n", 1), ENTRY.replace("\"x\"]", "\"x\",]"), format!("/* a */{ENTRY}")] {
        let declaration = project("claude-code", &text);
        assert_eq!(names(&declaration), ["TOKEN"], "{text}");
        assert!(has(&declaration, "not-strict-json", ""), "{text}");
        assert!(!has(&project("cursor", &text), "not-strict-json", ""), "{text}");
        assert!(!has(&project("vscode", &text.replace("mcpServers", "servers")), "not-strict-json", ""), "{text}");
    }
    assert!(!has(&project("claude-code", ENTRY), "not-strict-json", ""));
}

#[test]
fn what_is_no_json_and_no_toml_is_an_error_that_holds_nothing_of_the_file() {
    let secret = "ghp_FAKESECRETFAKESECRET";
    for text in [
        "{'mcpServers': {}}",
        "{mcpServers: {}}",
        "{\"a\": 1 \"b\": 2}",
        "[1 2]",
        "{\"a\": 0xff}",
        "{\"a\": +1}",
        "{\"a\": .5}",
        "{\"a\": NaN}",
        "{\"a\": \"\\x41\"}",
        "{\"a\": \"ghp_FAKESECRETFAKESECRET\n\"}",
        "{\"a\": \"ghp_FAKESECRETFAKESECRET",
        "{\"a\": ghp_FAKESECRETFAKESECRET}",
        "{\"a\": \"\\ughp_FAKESECRETFAKESECRET\"}",
        "{} {}",
        "{} ghp_FAKESECRETFAKESECRET",
        "{",
        "[",
        "{\"mcpServers\": {\"a\": ",
        "ghp_FAKESECRETFAKESECRET",
        "/* ghp_FAKESECRETFAKESECRET",
        "{\"ghp_FAKESECRETFAKESECRET\" 1}",
    ] {
        for name in ["claude-code", "vscode", "cursor"] {
            let error = client::find(name).expect(name).read(text.as_bytes(), Scope::Project).expect_err(text);
            assert!(!format!("{error} {error:?}").contains(secret), "{error}");
        }
    }
    for text in [
        "a = ghp_FAKESECRETFAKESECRET",
        "a = \"ghp_FAKESECRETFAKESECRET",
        "ghp_FAKESECRETFAKESECRET",
        "[mcp_servers.a\ntoken = 'ghp_FAKESECRETFAKESECRET'",
        "a = 1\na = 'ghp_FAKESECRETFAKESECRET'",
        "a = 'ghp_FAKESECRETFAKESECRET' 'ghp_FAKESECRETFAKESECRET'",
        "a = \"\\qghp_FAKESECRETFAKESECRET\"",
        "a = 2020-99-99ghp_FAKESECRETFAKESECRET",
    ] {
        let error = client::find("codex").expect("codex").read(text.as_bytes(), Scope::Project).expect_err(text);
        assert!(!format!("{error} {error:?}").contains(secret), "{error}");
    }
}

#[test]
fn a_file_that_is_not_utf_8_is_an_error_that_says_so() {
    let little: Vec<u8> = ENTRY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = ENTRY.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [&[0xff, 0xfe][..], &little].concat();
    for client in client::ALL {
        for (bytes, why) in
            [(&little, "UTF-16"), (&big, "UTF-16"), (&marked, "UTF-16"), (&b"{\n\n\"\xff\"}".to_vec(), "not UTF-8")]
        {
            let error = client.read(bytes, Scope::Project).expect_err(why);
            assert!(error.why.contains(why), "{error}");
        }
        let error = client.read(b"{\n\n\"\xff\"}", Scope::Project).expect_err("not UTF-8");
        assert_eq!(error.line, 3);
    }
}

#[test]
fn nothing_in_a_file_is_no_error() {
    for client in client::ALL {
        for text in ["", " \n", "\u{feff}"] {
            let declaration = client.read(text.as_bytes(), Scope::User).expect("nothing");
            assert!(declaration.servers.is_empty() && has(&declaration, "empty-file", ""), "{}", client.name());
        }
    }
}

#[test]
fn each_prefix_of_a_file_is_an_error_or_holds_no_server() {
    for length in 1..ENTRY.len() {
        let result = client::find("claude-code").expect("claude-code").read(&ENTRY.as_bytes()[..length], Scope::Project);
        assert!(result.is_err(), "{}", &ENTRY[..length]);
    }
}

#[test]
fn half_a_surrogate_pair_does_not_lose_the_users_servers() {
    let text = r#"{"history": ["cut \ud83d", "\udd11 \\ud83d \ud83d\udd11 \uD83D\\"], "mcpServers": {"a": {"command": "x", "args": ["\ud83d${A}"]}}}"#;
    let declaration = read("claude-code", Scope::User, text.as_bytes());
    assert_eq!(names(&declaration), ["A"]);
    assert_eq!(declaration.servers[0].args(), ["\u{fffd}${A}"]);
}

#[test]
fn a_key_that_stands_twice_marks_the_servers_on_whose_way_it_is() {
    let twice = |text: &str| -> Vec<(String, Option<String>)> {
        let servers = read("claude-code", Scope::User, text.as_bytes()).servers.into_iter();
        servers.map(|server| (server.name, server.duplicate_key)).collect()
    };
    let s = |name: &str, key: Option<&str>| (name.to_owned(), key.map(str::to_owned));
    assert_eq!(
        twice(r#"{"mcpServers": {"a": {"command": "x"}, "b": {"command": "x"}, "a": {"command": "y"}}}"#),
        [s("b", None), s("a", Some("a"))]
    );
    assert_eq!(
        twice(r#"{"mcpServers": {"z": {}}, "mcpServers": {"a": {"command": "x"}, "b": {"command": "x"}}}"#),
        [s("a", Some("mcpServers")), s("b", Some("mcpServers"))]
    );
    assert_eq!(
        twice(r#"{"mcpServers": {"a": {"command": "x", "env": {"K": "1", "K": "2"}}, "b": {"x": [{"k": 1, "\u006b": 2}]}}}"#),
        [s("a", Some("K")), s("b", Some("k"))]
    );
    assert_eq!(
        twice(r#"{"projects": {"/p": {}, "/p": {"mcpServers": {"a": {"command": "x"}}}}, "theme": 1, "theme": 2}"#),
        [s("a", Some("/p"))]
    );
    assert_eq!(twice(ENTRY), [s("a", None)]);
}

#[test]
fn the_switch_is_no_part_of_what_is_approved_and_everything_else_is() {
    let entry = |rest: &str| {
        let text = format!(r#"{{"mcpServers": {{"a": {{"command": "x"{rest}}}}}}}"#);
        project("claude-code", &text).servers.remove(0)
    };
    let plain = entry("");
    for switch in [r#", "disabled": true"#, r#", "enabled": false"#] {
        assert!(!entry(switch).is_enabled);
        assert_eq!(entry(switch).entry.canonical(), plain.entry.canonical());
    }
    for other in [r#", "cwd": "/""#, r#", "unknown": null"#, r#", "args": []"#, r#", "env": {"disabled": true}"#] {
        assert_ne!(entry(other).entry.canonical(), plain.entry.canonical(), "{other}");
    }
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
