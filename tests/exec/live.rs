//! A real server and a real client of the ecosystem: what they say to each other through mcpenv is what they say without it.
//!
//! Runs where `MCPENV_TEST_MCP` names a directory in which npm installed `@modelcontextprotocol/server-everything` and
//! `@modelcontextprotocol/sdk`.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::sandbox::path;
use crate::world::World;

/// The SDK's own client: initialize, tools/list, tools/call, and one line of JSON for all three.
const CLIENT: &str = r#"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
const [command, ...args] = process.argv.slice(2);
const transport = new StdioClientTransport({ command, args, env: process.env, stderr: "ignore" });
const client = new Client({ name: "test", version: "1.0.0" });
await client.connect(transport);
const tools = await client.listTools();
const call = async (name, input) => (await client.callTool({ name, arguments: input })).content;
console.log(JSON.stringify({
  server: client.getServerVersion(), capabilities: client.getServerCapabilities(),
  tools: tools.tools, echo: await call("echo", { message: "grüße \u0000 日本" }), env: await call(process.env.ENV_TOOL, {}),
}));
await client.close();
"#;

fn run(mut command: Command) -> Value {
    let Output { status, stdout, stderr } = command.output().expect("node starts");
    let text = String::from_utf8_lossy(&stdout);
    assert!(status.success(), "{text}\n{}", String::from_utf8_lossy(&stderr));
    serde_json::from_str(&text).expect("one line of JSON")
}

/// The same without a client: what stands on the wire, line by line. The answers of the server, in the order of the questions.
fn on_the_wire(mut command: Command) -> Vec<String> {
    const QUESTIONS: &[&str] = &[
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#,
        r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"echo","arguments":{"message":"x"}}}"#,
    ];
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let mut input = child.stdin.take().expect("piped");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map(|line| line.expect("a line"));
    let mut answers = Vec::new();
    for question in QUESTIONS {
        writeln!(input, "{question}").expect("it reads");
        let id = question.split_once("\"id\":").map(|(_, rest)| format!("\"id\":{}", &rest[..1]));
        if let Some(id) = id {
            answers.push(lines.find(|line| line.contains(&id) && line.contains("\"result\"")).expect("an answer"));
        }
    }
    drop(input);
    child.kill().ok();
    child.wait().expect("it ended");
    answers
}

#[test]
fn a_real_server_and_a_real_client_notice_nothing() {
    let Some(place) = std::env::var_os("MCPENV_TEST_MCP").map(PathBuf::from) else {
        eprintln!("skipped: MCPENV_TEST_MCP names no directory with the MCP server and client");
        return;
    };
    let place = place.canonicalize().expect("MCPENV_TEST_MCP is a directory");
    let node = which("node").expect("node is in PATH");
    let server = place.join("node_modules/@modelcontextprotocol/server-everything/dist/index.js");
    assert!(server.is_file(), "{} is not there", server.display());
    let words = [path(&node), path(&server), "stdio"];
    let env = json!({ "EVERYTHING_TOKEN": "${A_TOKEN}" });
    let world = World::with(
        &json!({ "everything": { "command": words[0], "args": &words[1..], "env": env } }),
        "",
        &[("A_TOKEN", "value-a")],
    );
    let client = place.join("mcpenv-test-client.mjs");
    std::fs::write(&client, CLIENT).expect("the directory can be written");
    let start = |words: &[&str]| {
        let mut command = Command::new(&node);
        command.arg(&client).args(words).current_dir(world.project()).env_clear();
        command.envs(world.sandbox.variables().iter().cloned()).env("PWD", world.project()).env("ENV_TOOL", "get-env");
        command
    };
    let direct = run(start(&words));
    let through = run(start(&[&[crate::sandbox::program(), "exec", "--server", "everything", "--"], &words[..]].concat()));
    for part in ["server", "capabilities", "tools", "echo"] {
        assert_eq!(direct[part], through[part], "{part}");
        let told: String = through[part].to_string().chars().take(120).collect();
        eprintln!("the same both ways: {part}: {told}");
    }
    let bare = |mut command: Command| {
        command.current_dir(world.project()).env_clear().envs(world.sandbox.variables().iter().cloned());
        on_the_wire(command)
    };
    let mut alone = Command::new(words[0]);
    alone.args(&words[1..]);
    let wrapped = bare(world.command("everything", &words));
    assert_eq!(bare(alone), wrapped, "byte by byte");
    eprintln!("the same both ways: {} bytes on the wire", wrapped.iter().map(String::len).sum::<usize>());
    let tools = through["tools"].as_array().expect("a list").len();
    eprintln!("the same both ways: {tools} tools");
    let environment = through["env"].to_string();
    assert!(environment.contains("EVERYTHING_TOKEN") && environment.contains("value-a"), "the server has its own variable");
    assert!(!environment.contains("ENV_TOOL"), "and not what its client has");
    assert!(direct["env"].to_string().contains("ENV_TOOL") && !direct["env"].to_string().contains("value-a"));
}

fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())?;
    Some(found)
}
