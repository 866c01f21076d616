//! Servers beside a list of inputs, which the client asks its user for: the form of Visual Studio Code and Visual Studio.

use std::collections::HashMap;

use super::shape::Shape;
use super::telling::Telling;
use crate::client::contract::Kind;
use crate::client::document::tree::{Spot, Tree};

/// Reads `servers`, and holds their references to inputs against `inputs`.
pub(in crate::client) fn servers_with_inputs(telling: &mut Telling, spot: &Spot<'_, '_>, shape: &Shape) {
    let first = telling.told.servers.len();
    if let Some(servers) = telling.map(spot, "servers") {
        telling.servers(&servers, shape, None);
    }
    let mut inputs: HashMap<&str, Input> = HashMap::new();
    for item in telling.list(spot, "inputs") {
        let Some(id) = item.child("id").and_then(|id| id.text()) else {
            telling.warn("wrong-type", &item.pointer);
            continue;
        };
        let is_secret = item.child("password").is_some_and(|spot| matches!(spot.node.tree, Tree::Bool(true)));
        inputs.insert(id, Input { at: item.pointer, is_secret, is_used: false });
    }
    let mut undefined = Vec::new();
    for reference in telling.told.servers[first..].iter_mut().flat_map(|server| &mut server.references) {
        if reference.kind != Kind::Input {
            continue;
        }
        match inputs.get_mut(reference.name.as_str()) {
            Some(input) => {
                reference.is_secret = input.is_secret;
                input.is_used = true;
            }
            None => undefined.push(reference.at.clone()),
        }
    }
    for at in undefined {
        telling.warn("undefined-input", &at);
    }
    let mut unused: Vec<&String> = inputs.values().filter(|input| !input.is_used).map(|input| &input.at).collect();
    unused.sort();
    for at in unused {
        telling.warn("unused-input", at);
    }
}

/// An entry of `inputs`.
struct Input {
    at: String,
    is_secret: bool,
    is_used: bool,
}
