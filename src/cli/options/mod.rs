//! What each command takes.

mod project;
mod team;
mod value;

pub(super) use project::*;
pub(super) use team::*;
pub(super) use value::*;
