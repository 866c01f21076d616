//! A server that is started after its token was taken over gets the same value as before.
#![cfg(unix)]

use std::fs;

use crate::sandbox::{chmod, path};
use crate::world::World;

const TOKEN: &str = "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";

/// A server that writes down its arguments and what it has of these variables.
fn server(world: &World) -> String {
    let file = world.sandbox.root().join("server");
    world.sandbox.write(&file, "#!/bin/sh\nprintf '%s|' \"$A_TOKEN\" \"$B\" \"$OTHER\" \"$@\"\n");
    chmod(&file, 0o755);
    path(&file).to_owned()
}

/// Starts an entry of a JSON file as its client would: `${NAME}` is not filled, and the client's own environment is the test's.
fn started(world: &World, file: &str) -> String {
    let document: serde_json::Value = serde_json::from_str(&fs::read_to_string(world.at(file)).expect("text")).expect("JSON");
    let entry = &document["mcpServers"]["a"];
    let word = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let mut command = std::process::Command::new(match word(&entry["command"]).as_str() {
        "mcpenv" => crate::sandbox::program().to_owned(),
        other => other.to_owned(),
    });
    command.args(entry["args"].as_array().into_iter().flatten().map(word)).env_clear();
    command.envs(world.sandbox.variables().iter().map(|(name, value)| (name, value)));
    command.env("OTHER", "of the client").current_dir(world.sandbox.project("acme"));
    for (name, value) in entry["env"].as_object().into_iter().flatten() {
        command.env(name, word(value));
    }
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_wrapped_server_starts_with_what_it_had_and_without_what_is_not_its_own() {
    for (client, file) in [("junie", ".junie/mcp/mcp.json"), ("claude-desktop", "~/.config/Claude/claude_desktop_config.json")] {
        let world = World::new();
        let server = server(&world);
        world.put(file, format!("{{\"mcpServers\": {{\"a\": {{\"command\": \"{server}\", \"args\": [\"--key={TOKEN}\", \"x y\"], \"env\": {{\"A_TOKEN\": \"{TOKEN}\", \"B\": \"b\"}}}}}}}}"));
        assert_eq!(started(&world, file), format!("{TOKEN}|b|of the client|--key={TOKEN}|x y|"));
        world.adopt(&["--client", client]);
        assert!(!world.text(file).contains(TOKEN));
        world.sandbox.allow("acme");
        assert_eq!(started(&world, file), format!("{TOKEN}|b||--key={TOKEN}|x y|"));
    }
}

#[test]
fn a_server_of_a_client_with_a_syntax_starts_by_its_wrapper_too() {
    let world = World::new();
    let server = server(&world);
    world.put(
        ".mcp.json",
        format!(
            "{{\"mcpServers\": {{\"a\": {{\"command\": \"{server}\", \"env\": {{\"A_TOKEN\": \"{TOKEN}\", \"B\": \"b\"}}}}}}}}"
        ),
    );
    world.adopt(&["--wrap"]);
    world.sandbox.allow("acme");
    assert_eq!(started(&world, ".mcp.json"), format!("{TOKEN}|b||"));
}
