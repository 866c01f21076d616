//! Profiles as things that one can handle: listed with what is bound to them, renamed, copied, deleted, exchanged, and taken
//! back from an earlier version. Which values a project gets never changes without its user's word.

mod bindings;
mod copy;
mod delete;
mod exchange;
mod list;
mod past;
mod rename;
mod revoked;
mod trouble;

pub use bindings::{Bindings, Bound, Word};
pub use copy::copy;
pub use delete::{Deletion, Gone, delete, look_before_deletion};
pub use exchange::{Exchange, exchange, propose};
pub use list::{Row, list};
pub use past::{Before, Difference, Past, Restored, restore, versions};
pub use rename::{Renamed, rename};
pub use revoked::keep_revoked;
pub use trouble::ProfileError;
