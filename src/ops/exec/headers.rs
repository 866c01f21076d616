//! `headers`: the headers of one remote server, for a client that runs a command to get them.

use std::collections::BTreeMap;
use std::path::Path;

use zeroize::Zeroizing;

use super::given::Given;
use super::ground::Ground;
use super::refusal::Refusal;
use crate::client;
use crate::header::{Header, Part, is_sendable};
use crate::ops::joined;
use crate::ops::standing::Asked;
use crate::ops::workspace::Workspace;
use crate::secret::Secret;
use crate::var::VarName;

/// How Claude Code tells a helper for which server it asks.
const NAME: &str = "CLAUDE_CODE_MCP_SERVER_NAME";
const URL: &str = "CLAUDE_CODE_MCP_SERVER_URL";

/// The headers of an approved server, each with its name. One whose optional variable has no value is left out.
///
/// # Errors
/// When it is not approved for this, a value is missing, or one fits no header.
pub fn headers(
    workspace: &Workspace,
    directory: Option<&Path>,
    server: &str,
    client: Option<&str>,
) -> Result<Vec<(String, Zeroizing<String>)>, Refusal> {
    let ground = Ground::stand(workspace, directory)?;
    let wish = ground.project.wishes.servers.get(server);
    let fits = |asked: &Asked| fit(asked, &ground);
    let alike = |asked: &Asked| format!("{:?}", asked.found.server.url());
    let asked = ground.choose(server, client, &fits, &alike)?;
    require_caller(workspace, &ground, asked)?;
    let wished = wish.map(|wish| wish.headers.as_slice()).unwrap_or_default();
    if wished.is_empty() {
        return Err(Refusal::NoHeaders(server.to_owned()));
    }
    let values = ground.values_of(workspace, asked)?;
    wished.iter().filter_map(|header| made(header, &values).transpose()).collect()
}

fn fit(asked: &Asked, ground: &Ground) -> Result<(), String> {
    let server = &asked.found.server;
    if server.url().is_none() {
        return Err(format!("`{}` names no URL for it", asked.found.file));
    }
    match server.helper() {
        None => Err(format!("`headersHelper` in `{}` does not run `mcpenv headers`", asked.found.file)),
        Some(Err(why)) => Err(format!("its `headersHelper` cannot be read: {why}")),
        Some(Ok(helper)) if helper.server != server.name => Err("its `headersHelper` asks for another server".to_owned()),
        Some(Ok(_)) if !joined::is_of(server, &ground.project) => Err("its `headersHelper` is for another project".to_owned()),
        Some(Ok(_)) => Ok(()),
    }
}

/// A client that says which server it asks for must ask for this one. An agent gets nothing that its client does not ask for.
fn require_caller(workspace: &Workspace, ground: &Ground, asked: &Asked) -> Result<(), Refusal> {
    let server = &asked.found.server;
    let said = (workspace.var(NAME), workspace.var(URL));
    let (nothing, here) = (BTreeMap::new(), ground.project.root.as_path());
    let given = Given { values: &nothing, base: &[], root: here, directory: here, home: workspace.paths.home() };
    let is_name = said.0.as_ref().map(|name| name == server.name.as_str());
    let is_url = said.1.as_ref().map(|url| {
        let pieces = server.filling.pieces(Some(client::Part::Url), server.url().unwrap_or_default());
        given.could_be(&pieces, url.as_encoded_bytes(), &|name| workspace.var(name))
    });
    if let Some((agent, variable)) = workspace.agent()
        && (is_name, is_url) != (Some(true), Some(true))
    {
        let what = "headers are only for the client that connects to their server";
        return Err(Refusal::Agent { agent, variable, what });
    }
    if is_name == Some(false) || is_url == Some(false) {
        let what = "the client that asks connects to another server or URL".to_owned();
        return Err(Refusal::Differs { server: server.name.clone(), what });
    }
    Ok(())
}

fn made(header: &Header, values: &BTreeMap<VarName, Secret>) -> Result<Option<(String, Zeroizing<String>)>, Refusal> {
    let mut text = Zeroizing::new(String::new());
    for part in &header.parts {
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Variable(name) => {
                let Some(value) = values.get(name) else { return Ok(None) };
                let sendable = Some(value.expose()).filter(|bytes| is_sendable(bytes));
                let sendable = sendable.and_then(|bytes| std::str::from_utf8(bytes).ok());
                let wrong = || Refusal::Value { name: name.to_string(), why: "holds a byte that no header can carry" };
                text.push_str(sendable.ok_or_else(wrong)?);
            }
        }
    }
    Ok(Some((header.name.clone(), text)))
}
