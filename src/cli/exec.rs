//! `exec` and `headers`: starts one server with only its own variables; prints the headers of one. Nothing is printed beside a
//! server's own words but why it was not started, or what it starts without.

use zeroize::Zeroizing;

use super::args::{Exec, Headers};
use super::noting;
use super::report;
use super::report::Done;
use crate::audit::Action;
use crate::ops::exec::{self, Order};
use crate::ops::{Workspace, headers, program};
use crate::sys;

/// Starts a server, or a person's own command, in the place of this process.
pub(super) fn run(workspace: &Workspace, args: &Exec) -> Done {
    let directory = args.project.as_deref();
    let (launch, warnings) = match &args.server {
        Some(server) => {
            let order = Order { server, client: args.client.as_deref(), directory, words: &args.command };
            exec::of_server(workspace, &order)?
        }
        None => exec::of_person(workspace, directory, &args.command)?,
    };
    report::warnings(&warnings);
    let root = noting::project(workspace, directory);
    let name = args.server.as_deref().unwrap_or("a command of the user's own");
    noting::before(workspace, Action::Exec, root.as_deref(), None, &[name])?;
    let error = sys::become_program(&launch);
    Err(Box::new(program::not_started(launch.program, &error)))
}

/// Prints the headers of a server as one JSON object.
pub(super) fn print_headers(workspace: &Workspace, args: &Headers) -> Done {
    let made = headers::headers(workspace, args.project.as_deref(), &args.server, args.client.as_deref())?;
    let root = noting::project(workspace, args.project.as_deref());
    noting::before(workspace, Action::Headers, root.as_deref(), None, &[&args.server])?;
    let mut text = Zeroizing::new(String::from("{"));
    for (n, (name, value)) in made.iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        let value = Zeroizing::new(serde_json::Value::from(value.as_str()).to_string());
        text.push_str(comma);
        text.push_str(&serde_json::Value::from(name.as_str()).to_string());
        text.push(':');
        text.push_str(&value);
    }
    text.push_str("}\n");
    Ok(report::bytes(text.as_bytes()))
}
