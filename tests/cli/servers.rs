//! `servers`: each fixture through the command, and what it refuses.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::sandbox::{Sandbox, path};

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients")
}

/// What must agree of a case, each part in one line.
fn told(case: &Value) -> BTreeSet<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut lines = BTreeSet::new();
    for key in ["client", "parse", "exports"] {
        lines.insert(format!("{key} {}", case[key]));
    }
    for key in ["bom", "crlf"] {
        lines.insert(format!("{key} {}", case[key] == Value::Bool(true)));
    }
    for server in list(&case["servers"]) {
        let keys = ["name", "path", "transport", "enabled", "context"].map(|key| server[key].to_string());
        lines.insert(keys.join(" "));
        for reference in list(&server["refs"]).iter().filter(|reference| reference["kind"] != "client") {
            let keys = ["name", "at", "kind", "default", "required", "export"].map(|key| reference[key].to_string());
            lines.insert(format!("{} {}", keys.join(" "), reference["secret"] == Value::Bool(true)));
        }
        for finding in list(&server["plaintext"]) {
            lines.insert(format!("plaintext {}", finding["at"]));
        }
        for at in list(&server["placeholders"]) {
            lines.insert(format!("placeholder {at}"));
        }
    }
    lines
}

#[test]
fn each_fixture_is_told_as_it_is_expected_and_no_secret_of_it() {
    let sandbox = Sandbox::new();
    let text = std::fs::read(fixtures().join("expected.json")).expect("expected.json");
    let cases: Value = serde_json::from_slice(&text).expect("JSON");
    for case in cases["cases"].as_array().expect("cases") {
        let [file, client] = ["file", "client"].map(|key| case[key].as_str().expect(key));
        let ran = sandbox.run(&["servers", "--file", path(&fixtures().join(file)), "--client", client, "--json"]);
        assert_eq!(ran.code, i32::from(case["parse"] == "error"), "{file}: {}", ran.err);
        let found: Value = serde_json::from_str(&ran.out).expect("JSON");
        let mut case = case.clone();
        // the maps of exports are sorted here, and lists of names are sets
        let exports = case["exports"].as_object().expect("exports").iter().map(|(directory, names)| {
            let names: BTreeSet<&str> = names.as_array().expect("names").iter().filter_map(Value::as_str).collect();
            (directory.clone(), serde_json::json!(names))
        });
        case["exports"] = Value::Object(exports.collect::<std::collections::BTreeMap<_, _>>().into_iter().collect());
        assert_eq!(told(&found), told(&case), "{file}");
        for warning in case["warnings"].as_array().expect("warnings") {
            assert!(found["warnings"].as_array().is_some_and(|all| all.contains(warning)), "{file}: {warning}");
        }
        let table = sandbox.run(&["servers", "--file", path(&fixtures().join(file)), "--client", client]);
        for finding in
            case["servers"].as_array().into_iter().flatten().filter_map(|server| server["plaintext"].as_array()).flatten()
        {
            let secret = finding["secret"].as_str().expect("a secret");
            assert!(!ran.all().contains(secret) && !table.all().contains(secret), "{file}");
        }
    }
}

#[test]
fn a_project_is_told_file_by_file_with_those_of_its_user() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let project = sandbox.project("acme");
    sandbox.write(&project.join(".mcp.json"), r#"{"mcpServers": {"one": {"command": "x", "env": {"A": "${A_TOKEN}", "B": "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE"}}}}"#);
    sandbox.write(&project.join(".vscode/mcp.json"), "{");
    sandbox.write(&sandbox.home().join(".cursor/mcp.json"), r#"{"mcpServers": {"two": {"url": "https://h"}}}"#);
    let ran = sandbox.run_in("acme", &["servers", "--json"]);
    let found: Value = serde_json::from_str(&ran.out).expect("JSON");
    let files: Vec<String> = found["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|f| format!("{} {} {} {}", f["file"], f["client"], f["scope"], f["parse"]))
        .collect();
    assert_eq!(
        files,
        [
            r#"".mcp.json" "claude-code" "project" "ok""#,
            r#"".vscode/mcp.json" null "project" "error""#,
            r#""~/.cursor/mcp.json" "cursor" "user" "ok""#
        ]
    );
    assert_eq!(ran.code, 0);
    let table = sandbox.run_in("acme", &["servers"]);
    assert!(table.out.contains("claude-code, copilot-cli, vscode") && table.out.contains("A_TOKEN"), "{}", table.out);
    assert!(table.out.contains("a secret stands in plaintext at /mcpServers/one/env/B (github-pat-classic)"), "{}", table.out);
    assert!(!table.out.contains("ghp_FAKE") && !ran.out.contains("ghp_FAKE"));
}

#[test]
fn a_file_that_is_none_is_refused_and_a_word_that_is_no_client_is_a_wrong_command() {
    let sandbox = Sandbox::new();
    let home = sandbox.home();
    let servers = |file: &Path, client: &str| sandbox.run(&["servers", "--file", path(file), "--client", client, "--json"]);
    let absent = servers(&home.join("absent.json"), "claude-code");
    assert_eq!((absent.code, absent.out.as_str()), (1, ""));
    assert!(absent.err.contains("is not there"), "{}", absent.err);
    assert_eq!(servers(&home, "claude-code").code, 1, "a directory");
    assert_eq!(servers(Path::new("/dev/zero"), "claude-code").code, 1);
    let fifo = home.join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo").success());
    let ran = servers(&fifo, "claude-code");
    assert!(ran.code == 1 && ran.err.contains("is no regular file"), "{}", ran.err);
    let huge = home.join("huge");
    std::fs::File::create(&huge).and_then(|file| file.set_len(65 * 1024 * 1024)).expect("a file");
    assert!(servers(&huge, "claude-code").err.contains("is larger than"));
    assert_eq!(servers(&huge, "nobody").code, 2);
    assert_eq!(sandbox.run(&["servers", "--file", "x"]).code, 2);
    assert_eq!(sandbox.run(&["servers", "--client", "codex"]).code, 2);
    assert_eq!(sandbox.run(&["servers"]).code, 1, "no project here");
}
