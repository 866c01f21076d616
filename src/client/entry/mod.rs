//! One server of a client's file: its entry as nearly all clients have it, and what its command line says. What is special about
//! a client is data that its own file hands over.

pub(super) mod bridge;
pub(super) mod container;
pub(super) mod fields;
pub(super) mod inputs;
pub(super) mod listing;
pub(super) mod server;
pub(super) mod shape;
pub(super) mod telling;
pub(super) mod value;
pub(super) mod wrapper;
