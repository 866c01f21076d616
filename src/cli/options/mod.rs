//! What each command takes.

mod project;
mod value;

pub(super) use project::*;
pub(super) use value::*;
