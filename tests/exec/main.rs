//! `exec` and `headers`: real servers in real processes, started by the real program in a throw-away home.
#![cfg(unix)]

#[path = "../sandbox/mod.rs"]
mod sandbox;

mod agents;
mod environment;
mod headers;
mod live;
mod own_command;
mod place;
mod process;
mod signals;
mod standing;
mod world;
mod wrapped;
