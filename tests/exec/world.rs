//! A project `acme` with servers, approved, and what is started there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::sandbox::{Ran, Sandbox};

pub struct World {
    pub sandbox: Sandbox,
}

impl World {
    /// Servers of a `.mcp.json`, with these values stored, nothing approved.
    pub fn asking(servers: &Value, own: &str, values: &[(&str, &str)]) -> Self {
        let world = Self { sandbox: Sandbox::new() };
        world.declare(servers);
        world.own_file(own);
        world.sandbox.init("acme");
        for (name, value) in values {
            world.sandbox.store("acme", name, value);
        }
        world
    }

    /// The same, approved.
    pub fn with(servers: &Value, own: &str, values: &[(&str, &str)]) -> Self {
        let world = Self::asking(servers, own, values);
        world.sandbox.allow("acme");
        world
    }

    /// One approved server `s` that runs a line of shell and asks for `A_TOKEN`.
    pub fn of_shell(line: &str) -> Self {
        Self::with(&shell_server(line), "", &[("A_TOKEN", "value-a")])
    }

    pub fn declare(&self, servers: &Value) {
        self.file(".mcp.json", &json!({ "mcpServers": servers }).to_string());
    }

    pub fn file(&self, name: &str, text: &str) {
        self.sandbox.write(&self.sandbox.project("acme").join(name), text);
    }

    /// `.mcpenv.toml`, behind its profile.
    pub fn own_file(&self, text: &str) {
        self.file(".mcpenv.toml", &format!("profile = \"acme\"\n{text}"));
    }

    pub fn project(&self) -> PathBuf {
        self.sandbox.project("acme")
    }

    /// `exec --server NAME -- WORDS…` in the project.
    pub fn exec(&self, server: &str, words: &[&str]) -> Ran {
        self.run(&[&["exec", "--server", server, "--"], words].concat())
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.sandbox.run_in("acme", args)
    }

    /// The same as a command that is still to be started.
    pub fn command(&self, server: &str, words: &[&str]) -> Command {
        let mut command = self.sandbox.command(&[&["exec", "--server", server, "--"], words].concat());
        command.current_dir(self.project()).env("PWD", self.project());
        command
    }
}

pub fn shell_server(line: &str) -> Value {
    json!({ "s": { "command": "/bin/sh", "args": ["-c", line], "env": { "T": "${A_TOKEN}" } } })
}

/// What `env -0` printed.
pub fn environment(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A server that prints its environment.
pub const ENV: &[&str] = &["/usr/bin/env", "-0"];

pub fn env_server(env: &Value) -> Value {
    json!({ "command": ENV[0], "args": [ENV[1]], "env": env })
}
