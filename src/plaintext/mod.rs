//! Secrets that stand in a client's file as they are: where, and nothing of what. Changes nothing; keeps no value.

mod address;
mod arguments;
mod finding;
mod innocent;
mod inside;
mod text;

pub use finding::{Finding, MOST, find, placeholders, shown_default};
