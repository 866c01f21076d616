//! Laws of reading a client's file, over files that nobody wrote: formatting means nothing, every leaf means something, and no
//! bytes break a parser.

mod layout;

use std::collections::BTreeMap;

use mcpenv::client::{self, Declaration, Scope};
use proptest::prelude::*;
use serde_json::{Map, Value as Json};

use crate::layout::Whim;

/// All that a reader must find again, whatever the layout: for each server its sealed bytes and what was told of it.
fn told(declaration: &Declaration) -> BTreeMap<String, (Vec<u8>, Vec<String>)> {
    let servers = declaration.servers.iter().map(|server| {
        let mut lines: Vec<String> = server
            .references
            .iter()
            .map(|r| format!("{} {} {:?} {:?} {} {}", r.name, r.at, r.kind, r.default, r.is_required, r.is_export))
            .collect();
        lines.sort();
        lines.push(format!("{:?} {} {:?}", server.transport, server.is_enabled, server.duplicate_key));
        let at = format!("{}/", server.pointer);
        let own = declaration.warnings.iter().filter(|warning| warning.at.starts_with(&at));
        let mut warnings: Vec<String> = own.map(|warning| format!("{} {}", warning.code, warning.at)).collect();
        warnings.sort();
        lines.extend(warnings);
        (server.pointer.clone(), (server.entry.canonical(), lines))
    });
    servers.collect()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 ./:=-]{0,8}",
        "\\PC{0,5}",
        any::<String>().prop_map(|text| text.chars().take(4).collect()),
        prop::sample::select(vec![
            "${A}",
            "${B:-d}",
            "${env:C}",
            "Bearer $D",
            "docker",
            "run",
            "-e",
            "E",
            "--env-file",
            "mcp-remote",
            "--header",
            "npx",
            "http",
            "streamable_http",
            "{env:F}",
            "${{ secrets.G }}",
            "$H",
        ])
        .prop_map(str::to_owned),
    ]
}

fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        4 => text().prop_map(Json::String),
        1 => any::<bool>().prop_map(Json::Bool),
        1 => any::<i32>().prop_map(Json::from),
        1 => Just(Json::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::btree_map(text(), inner, 0..4).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

fn entry() -> impl Strategy<Value = Json> {
    let key = prop::sample::select(vec![
        "command",
        "args",
        "env",
        "url",
        "headers",
        "type",
        "cwd",
        "envFile",
        "env_vars",
        "http_headers",
        "auth",
        "headersHelper",
        "serverUrl",
        "httpUrl",
        "environment",
        "cmd",
        "envs",
        "uri",
        "env_keys",
        "requestOptions",
        "settings",
        "disabled",
        "oauth",
    ]);
    let list = prop::collection::vec(text(), 0..6).prop_map(Json::from);
    let map = prop::collection::btree_map("[A-Z]{1,3}", text(), 0..4).prop_map(|map| map.into_iter().collect());
    let known = prop::collection::btree_map(
        key.prop_map(str::to_owned),
        prop_oneof![text().prop_map(Json::String), list, map, value()],
        0..6,
    );
    let other = prop::collection::btree_map(text(), value(), 0..3);
    (known, other).prop_map(|(known, other)| Json::Object(other.into_iter().chain(known).collect()))
}

fn servers() -> impl Strategy<Value = Map<String, Json>> {
    prop::collection::btree_map(text(), entry(), 0..4).prop_map(|map| map.into_iter().collect())
}

/// What is in an entry, each with one leaf changed.
fn mutations(value: &Json) -> Vec<Json> {
    match value {
        Json::Null => vec![Json::String("null".to_owned())],
        Json::Bool(is) => vec![Json::Bool(!is), Json::String(is.to_string())],
        Json::Number(number) => vec![Json::String(number.to_string()), Json::from(number.as_i64().unwrap_or(0) ^ 1)],
        Json::String(text) => vec![Json::String(format!("{text}x")), Json::String(format!(" {text}"))],
        Json::Array(items) => {
            let mut all: Vec<Json> = Vec::new();
            for at in 0..items.len() {
                for other in mutations(&items[at]) {
                    let mut items = items.clone();
                    items[at] = other;
                    all.push(Json::Array(items));
                }
                let mut fewer = items.clone();
                fewer.remove(at);
                all.push(Json::Array(fewer));
            }
            all.push(Json::Array(items.iter().cloned().chain([Json::Null]).collect()));
            all
        }
        Json::Object(members) => {
            let mut all = Vec::new();
            for (key, item) in members {
                for other in mutations(item) {
                    let mut members = members.clone();
                    members.insert(key.clone(), other);
                    all.push(Json::Object(members));
                }
                let mut fewer = members.clone();
                fewer.shift_remove(key);
                all.push(Json::Object(fewer));
            }
            all
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn layout_comments_and_order_of_keys_change_nothing_in_json(servers in servers(), first: u64, second: u64) {
        for (name, key) in JSON {
            let file = Json::Object([((*key).to_owned(), Json::Object(servers.clone()))].into_iter().collect());
            let read = |seed, has_comments| {
                let mut text = String::new();
                Whim(seed).json(&file, has_comments, &mut text);
                let declaration = client::find(name).expect(name).read(text.as_bytes(), Scope::Project);
                told(&declaration.unwrap_or_else(|error| panic!("{error} in {text}")))
            };
            let plain = read(first, false);
            prop_assert_eq!(plain.len(), servers.len());
            prop_assert_eq!(&plain, &read(second, false));
            prop_assert_eq!(&plain, &read(second, true));
        }
    }

    #[test]
    fn layout_comments_and_order_of_keys_change_nothing_in_toml(servers in servers(), first: u64, second: u64) {
        let read = |seed| {
            let text = Whim(seed).toml(&servers);
            let declaration = client::find("codex").expect("codex").read(text.as_bytes(), Scope::Project);
            told(&declaration.unwrap_or_else(|error| panic!("{error} in {text}")))
        };
        let plain = read(first);
        prop_assert_eq!(plain.len(), servers.len());
        prop_assert_eq!(plain, read(second));
    }

    #[test]
    fn layout_comments_and_order_of_keys_change_nothing_in_yaml(servers in servers(), first: u64, second: u64) {
        let read = |seed| {
            let text = Whim(seed).yaml(&Json::Object([("extensions".to_owned(), Json::Object(servers.clone()))].into_iter().collect()));
            let declaration = client::find("goose").expect("goose").read(text.as_bytes(), Scope::Project);
            told(&declaration.unwrap_or_else(|error| panic!("{error} in {text}")))
        };
        let plain = read(first);
        prop_assert_eq!(plain.len(), servers.len());
        prop_assert_eq!(&plain, &read(second));
    }

    #[test]
    fn each_leaf_of_an_entry_is_part_of_what_is_sealed(entry in entry()) {
        let seal = |entry: &Json| {
            let text = format!(r#"{{"mcpServers": {{"a": {entry}}}}}"#);
            let mut declaration = client::find("claude-code").expect("it").read(text.as_bytes(), Scope::Project).expect("a file");
            declaration.servers.remove(0).entry.canonical()
        };
        let sealed = seal(&entry);
        for other in mutations(&entry) {
            prop_assert_ne!(&sealed, &seal(&other), "{} and {}", entry, other);
        }
    }

    #[test]
    fn no_bytes_break_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for client in client::ALL.iter().chain(client::DECLARATIONS) {
            let _ = client.read(&bytes, Scope::User);
        }
    }

    #[test]
    fn no_heap_of_pieces_breaks_a_reader(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40)) {
        let text = pieces.concat();
        for client in client::ALL.iter().chain(client::DECLARATIONS) {
            for text in [
                text.clone(),
                format!("{{\"mcpServers\":{{\"a\":{{{text}"),
                format!("[mcp_servers.a]\n{text}"),
                format!("mcpServers:\n  - name: a\n    {text}"),
                format!("extensions:\n  a:\n    cmd: x\n    {text}"),
            ] {
                if let Ok(declaration) = client.read(text.as_bytes(), Scope::User) {
                    declaration.servers.iter().for_each(|server| drop(server.entry.leaves()));
                }
            }
        }
    }
}

/// The clients whose files are a map of servers in JSON, and its key.
const JSON: &[(&str, &str)] = &[
    ("claude-code", "mcpServers"),
    ("vscode", "servers"),
    ("vscode", "mcpServers"),
    ("cursor", "mcpServers"),
    ("claude-desktop", "mcpServers"),
    ("windsurf", "mcpServers"),
    ("gemini-cli", "mcpServers"),
    ("copilot-cli", "mcpServers"),
    ("copilot-cloud", "mcpServers"),
    ("opencode", "mcp"),
    ("zed", "context_servers"),
    ("cline", "mcpServers"),
    ("roo", "mcpServers"),
    ("continue", "mcpServers"),
    ("amazon-q", "mcpServers"),
    ("kiro", "mcpServers"),
    ("junie", "mcpServers"),
    ("warp", "mcpServers"),
    ("lm-studio", "mcpServers"),
    ("visual-studio", "servers"),
];

const PIECES: &[&str] = &[
    "- ",
    ": ",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
    "? ",
    "|\n",
    ">-\n  ",
    "---\n",
    "%YAML 1.2\n",
    "{file:",
    "\"settings\":",
    "\"httpUrl\":",
    "\"serverUrl\":",
    "env_keys: [A]",
    "${{ inputs.",
    "{",
    "}",
    "[",
    "]",
    "[[",
    "]]",
    ":",
    ",",
    "\"",
    "'",
    "\\",
    "\\u",
    "\\ud83d",
    "\"\"\"",
    "=",
    ".",
    "\n",
    "\r",
    " ",
    "#",
    "//",
    "/*",
    "*/",
    "\"mcpServers\":",
    "\"servers\":",
    "\"mcp\":",
    "\"projects\":",
    "\"inputs\":",
    "\"command\":",
    "\"args\":",
    "\"env\":",
    "\"a\"",
    "\"a\":",
    "\"docker\"",
    "\"run\"",
    "\"-e\"",
    "\"${A}\"",
    "\"${A:-${B}}\"",
    "${",
    "$",
    "{env:",
    "${{ secrets.",
    "mcp_servers",
    "env_vars",
    "1",
    "-",
    "1e",
    "0x",
    "null",
    "true",
    "é",
    "\u{2028}",
    "🔑",
    "\u{feff}",
    "1979-05-27",
    "inf",
    "command='x'\n",
    "env_vars=[\"A\",{name='B'}]\n",
    "\u{0}",
];
