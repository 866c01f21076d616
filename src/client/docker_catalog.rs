//! A `server.yaml` of Docker's catalog. No client: it says what a server in a container needs. Docker's gateway reads the values
//! from Docker's own store, under the names of the catalog, not from the environment.
//!
//! One server, under `config`. `secrets` are asked for by their `env`, and `env` by its `name` where the value is a `{{template}}`.
//! Source: docker/mcp-registry.

use super::contract::{Client, Declaration, Place, ReadError, Scope, Transport, UserDirs};
use super::document::tree::Source;
use super::document::yaml;
use super::entry::shape::Shape;
use super::entry::telling::{Input, Telling};
use super::surroundings::{Inherits, Surroundings};
use super::text::Text;

pub(super) struct DockerCatalog;

const SHAPE: Shape = Shape { types: &[], ..Shape::PLAIN };

impl Client for DockerCatalog {
    fn name(&self) -> &'static str {
        "docker-catalog"
    }

    fn title(&self) -> &'static str {
        "Docker catalog"
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings { inherits: Inherits::Few, ..Surroundings::SHELL }
    }

    fn places(&self, _: &UserDirs<'_>) -> Vec<Place> {
        Vec::new()
    }

    fn tell(&self, text: &Text<'_>, _: Scope) -> Result<Declaration, ReadError> {
        let source = Source::new(text.bytes())?;
        let document = yaml::parse(&source)?;
        let mut telling = Telling::new(&document);
        let Some(root) = document.root_map(&mut telling.told.warnings) else { return telling.end() };
        let Some(config) = telling.map(&root, "config") else { return telling.end() };
        let name = root.child("name").and_then(|name| name.text()).unwrap_or("");
        let Some(mut draft) = telling.bare_server(name, config.clone(), &SHAPE) else { return telling.end() };
        draft.server.transport = Transport::Stdio;
        for (list, key, is_secret) in [("secrets", "env", true), ("env", "name", false)] {
            for item in telling.list(&config, list) {
                let Some(at) = item.child(key) else { continue };
                let Some(name) = at.text() else {
                    telling.warn("wrong-type", &at.pointer);
                    continue;
                };
                let value = item.child("value");
                let is_template = value.and_then(|value| value.text()).is_some_and(|text| text.contains("{{"));
                if is_secret || is_template {
                    let input = Input { name, default: None, default_at: None, is_required: true, is_secret, is_variable: true };
                    telling.declare(&mut draft, &at, &input);
                }
            }
        }
        telling.told.servers.push(draft.server);
        telling.end()
    }
}
