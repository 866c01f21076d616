//! `servers`: what is declared, as a person reads it and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::args::Servers;
use super::foreign::{line, word};
use super::report::{self, Done};
use super::state::scope_word;
use crate::client::{self, Kind, Reference, Server, Transport, Warning};
use crate::fault::Exit;
use crate::ops::Workspace;
use crate::ops::servers::{self, Listing};
use crate::plaintext::{self, Finding};

/// Lists them. A file that was named and cannot be read as it should is a failure.
pub(super) fn run(workspace: &Workspace, args: &Servers) -> Done {
    let listings = match (&args.file, args.client.as_deref().and_then(client::find)) {
        (Some(file), Some(client)) => vec![servers::of_file(workspace, file, client)?],
        _ => servers::of_project(workspace, args.project.as_deref())?,
    };
    let is_failure = args.file.is_some() && listings.iter().any(|listing| listing.unread.is_some());
    if args.json {
        let mut cases: Vec<Value> = listings.iter().map(case).collect();
        let document = if args.file.is_some() { cases.remove(0) } else { json!({ "files": cases }) };
        report::json(&document);
    } else {
        print(&listings);
    }
    Ok(if is_failure { report::code(Exit::Failed) } else { ExitCode::SUCCESS })
}

fn print(listings: &[Listing]) {
    let mut rows = Vec::new();
    for found in listings.iter().flat_map(|listing| &listing.servers) {
        let server = &found.server;
        let names: BTreeSet<&str> = server.references.iter().filter(|r| r.is_export).map(|r| r.name.as_str()).collect();
        let names: Vec<String> = names.into_iter().map(line).collect();
        let at = if server.line > 0 { format!("{}:{}", found.file, server.line) } else { found.file.clone() };
        let state = match (&found.shadowed, server.is_started) {
            (_, false) => "off",
            (Some(_), true) => "shadowed",
            (None, true) => "on",
        };
        let or_dash = |text: String| if text.is_empty() { "-".to_owned() } else { text };
        let clients = found.clients().collect::<Vec<_>>().join(", ");
        rows.push(vec![
            word(&server.name),
            clients,
            at,
            transport_word(server.transport).to_owned(),
            state.to_owned(),
            or_dash(names.join(", ")),
        ]);
    }
    if rows.is_empty() {
        report::line("no server is declared");
    } else {
        report::table(&["SERVER", "CLIENT", "FILE", "TRANSPORT", "STATE", "ASKS FOR"], &rows);
    }
    for listing in listings {
        if let Some(why) = &listing.unread {
            report::line(&format!("! {why}"));
        }
        for server in listing.servers.iter().map(|found| &found.server) {
            for finding in plaintext::find(server) {
                report::line(&format!(
                    "! {}: a secret stands in plaintext at {} ({})",
                    listing.file,
                    line(&finding.at),
                    line(&finding.why)
                ));
            }
        }
        for Warning { code, at } in listing.warnings.iter().filter(|warning| warning.code != "parse-error") {
            let at = if at.is_empty() { "the file".to_owned() } else { line(at) };
            report::line(&format!("! {}: {code} at {at}", listing.file));
        }
    }
}

/// One file as the document that programs get.
fn case(listing: &Listing) -> Value {
    let mut case = Map::new();
    case.insert("file".to_owned(), json!(listing.file));
    case.insert("client".to_owned(), json!(Some(listing.client).filter(|client| !client.is_empty())));
    if let Some(scope) = listing.scope {
        case.insert("scope".to_owned(), json!(scope_word(scope)));
    }
    case.insert("parse".to_owned(), json!(if listing.unread.is_some() { "error" } else { "ok" }));
    if let Some(why) = &listing.unread {
        case.insert("why".to_owned(), json!(why));
    }
    for (key, has) in [("bom", listing.has_bom), ("crlf", listing.has_crlf)] {
        if has {
            case.insert(key.to_owned(), json!(true));
        }
    }
    let servers = listing.servers.iter().map(|found| {
        let mut json = server_json(&found.server);
        if !found.also.is_empty() {
            json["also"] = json!(found.clients().skip(1).collect::<Vec<_>>());
        }
        if let Some(file) = &found.shadowed {
            json["shadowed"] = json!(file);
        }
        json
    });
    case.insert("servers".to_owned(), servers.collect());
    case.insert("exports".to_owned(), json!(exports(listing)));
    let warnings = listing.warnings.iter().map(|warning| json!({ "code": warning.code, "at": warning.at }));
    case.insert("warnings".to_owned(), warnings.collect());
    Value::Object(case)
}

fn server_json(server: &Server) -> Value {
    let found = plaintext::find(server);
    let plaintext: BTreeSet<(&str, &str)> = found.iter().map(|f| (f.at.as_str(), f.why.as_str())).collect();
    json!({
        "name": server.name, "path": server.pointer, "transport": transport_word(server.transport),
        "enabled": server.is_enabled, "context": server.context,
        "refs": server.references.iter().map(|reference| reference_json(server, reference, &found)).collect::<Vec<_>>(),
        "plaintext": plaintext.iter().map(|(at, why)| json!({ "at": at, "why": why })).collect::<Vec<_>>(),
        "placeholders": plaintext::placeholders(server),
    })
}

fn reference_json(server: &Server, reference: &Reference, found: &[Finding]) -> Value {
    let default = plaintext::shown_default(server, reference, found);
    let mut json = json!({
        "name": reference.name, "at": reference.at, "kind": reference.kind.word(), "default": default,
        "required": reference.is_required, "export": reference.is_export,
    });
    if matches!(reference.kind, Kind::Declared | Kind::Input) {
        json["secret"] = json!(reference.is_secret);
    }
    json
}

/// The names that the servers which are on ask for, by the directory that they count in.
fn exports(listing: &Listing) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut exports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for server in listing.servers.iter().filter(|found| found.shadowed.is_none()).map(|found| &found.server) {
        for reference in server.references.iter().filter(|r| server.is_enabled && r.is_export) {
            exports.entry(server.context.as_deref().unwrap_or("*")).or_default().insert(&reference.name);
        }
    }
    exports
}

fn transport_word(transport: Transport) -> &'static str {
    match transport {
        Transport::Stdio => "stdio",
        Transport::Http => "http",
        Transport::Sse => "sse",
        Transport::Builtin => "builtin",
        Transport::Extension => "extension",
        Transport::Unknown => "unknown",
    }
}
