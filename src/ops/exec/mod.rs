//! Starts one server, or makes its headers, with what was approved for it and nothing else; and a person's own command.

mod given;
mod ground;
pub mod headers;
pub mod place;
pub mod program;
mod refusal;
mod start;
mod surroundings;

pub use refusal::Refusal;
pub use start::{Order, of_person, of_server};
