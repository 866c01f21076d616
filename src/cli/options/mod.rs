//! What each command takes.

mod profile;
mod project;
mod value;

pub(super) use profile::*;
pub(super) use project::*;
pub(super) use value::*;
