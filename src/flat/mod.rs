//! Files that hold nothing but names and values: `.env`, JSON, TOML, YAML. Read flat; nothing is expanded, nothing is run, and
//! an error never repeats text of the file.

mod contract;
mod env;
mod json;
mod registry;
mod toml;
mod yaml;

pub use contract::{Entry, Found, ReadError};
pub use registry::Format;
