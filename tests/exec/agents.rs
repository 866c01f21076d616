//! Under an agent's marker: servers are started there, and nothing else is.

use serde_json::json;

use crate::sandbox::Sandbox;
use crate::world::{ENV, World, env_server, environment};

const MARKERS: &[&str] =
    &["CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI", "CODEX_SANDBOX", "CODEX_SANDBOX_NETWORK_DISABLED", "OPENCODE"];

#[test]
fn a_client_that_carries_a_marker_starts_its_servers_and_an_agent_runs_no_command_of_its_own() {
    let mut world = World::with(&json!({ "s": env_server(&json!({ "T": "${A_TOKEN}" })) }), "", &[("A_TOKEN", "value-a")]);
    for marker in MARKERS {
        world.sandbox.set_variable(marker, "1");
        let ran = world.exec("s", ENV);
        assert_eq!(environment(&ran.out)["T"], "value-a", "{marker}");
        assert!(!environment(&ran.out).contains_key(*marker), "{marker}");
        let ran = world.run(&["exec", "--", "/usr/bin/env"]);
        assert_eq!((ran.code, ran.out.as_str()), (6, ""), "{marker}: {ran:?}");
        assert!(ran.err.contains(marker) && !ran.err.contains("value-a"), "{ran:?}");
        world.sandbox.set_variable(marker, "");
    }
    assert_eq!(world.run(&["exec", "--", "/usr/bin/env"]).code, 0);
}

#[test]
fn an_agent_changes_neither_the_command_nor_the_place_of_a_server() {
    let servers = json!({ "s": { "command": "./tool", "env": { "T": "${A_TOKEN}", "URL": "https://api.example" } } });
    let mut world = World::with(&servers, "", &[("A_TOKEN", "value-a")]);
    let script = |sandbox: &Sandbox, place: &std::path::Path, text: &str| {
        sandbox.write(place, format!("#!/bin/sh\n{text}\n"));
        crate::sandbox::chmod(place, 0o755);
    };
    script(&world.sandbox, &world.project().join("tool"), "echo \"the project's $URL\"");
    let elsewhere = world.sandbox.root().join("elsewhere");
    script(&world.sandbox, &elsewhere.join("tool"), "echo stolen $T");
    world.sandbox.set_variable("CLAUDECODE", "1");
    world.sandbox.set_variable("URL", "https://evil.example");
    let mut command =
        world.sandbox.command(&["exec", "--project", crate::sandbox::path(&world.project()), "--server", "s", "--", "./tool"]);
    let out = command.current_dir(&elsewhere).env("PWD", &elsewhere).output().expect("it ran");
    assert_eq!(String::from_utf8_lossy(&out.stdout), "the project's https://api.example\n");
}

#[test]
fn what_only_the_client_knows_is_taken_from_a_client_and_from_no_agent() {
    let mut world = World::asking(&json!({}), "", &[("A_TOKEN", "value-a")]);
    world.file(
        ".vscode/mcp.json",
        r#"{ "servers": { "s": { "command": "/usr/bin/env", "args": ["-0"],
             "env": { "T": "${env:A_TOKEN}", "HOST": "https://${input:host}/", "ROOT": "${workspaceFolder}" } } } }"#,
    );
    world.sandbox.allow("acme");
    world.sandbox.set_variable("HOST", "https://typed.example/");
    let got = environment(&world.exec("s", ENV).out);
    assert_eq!((got["HOST"].as_str(), got["ROOT"].as_str()), ("https://typed.example/", crate::sandbox::path(&world.project())));
    world.sandbox.set_variable("HOST", "ftp://elsewhere/");
    assert!(!environment(&world.exec("s", ENV).out).contains_key("HOST"), "it could not have come from the entry");
    world.sandbox.set_variable("HOST", "https://evil.example/");
    world.sandbox.set_variable("CURSOR_AGENT", "1");
    let ran = world.exec("s", ENV);
    assert_eq!((ran.code, ran.out.as_str()), (6, ""), "{ran:?}");
}
