//! Plaintext taken out of client files: the smallest edits, the command, and what a crash leaves.

#[path = "../sandbox/mod.rs"]
mod sandbox;

mod corpus;
mod crash;
mod formatting;
mod forms;
mod hostile;
mod splice;
mod starting;
mod taking;
mod world;
