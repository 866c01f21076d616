//! What is known of MCP servers: what they want, what a value of it looks like, and where it is issued. A list that came with
//! the program; it changes nothing and allows nothing.

mod about;
mod data;
mod look_up;
mod pattern;
mod token;

pub use about::{About, about, is_bare_secret};
pub use data::{Advice, Server, Token, Variable, guide, servers, tokens};
pub use look_up::server_for;
pub use pattern::Pattern;
pub use token::{Found, find};
