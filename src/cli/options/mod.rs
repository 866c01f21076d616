//! What each command takes.

mod profile;
mod project;
mod team;
mod value;

pub(super) use profile::*;
pub(super) use project::*;
pub(super) use team::*;
pub(super) use value::*;
