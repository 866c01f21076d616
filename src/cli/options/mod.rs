//! What each command takes.

mod key;
mod project;
mod value;

pub(super) use key::*;
pub(super) use project::*;
pub(super) use value::*;
