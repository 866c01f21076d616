//! The log of what was done with values: who asked for what, when, in which project; names only, never a value. Each record is
//! chained to the one before it and keyed, so that a change, a gap and a cut end show. It says nothing against whoever has the
//! user's own key.

mod action;
mod chain;
mod journal;
mod record;

pub use action::Action;
pub use chain::Broken;
pub use journal::{AuditError, Entry, Journal};
pub use record::Record;
