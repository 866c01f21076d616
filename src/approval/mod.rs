//! The user's word, kept outside the project: which servers of a project were shown, and which variables they may have.
//!
//! `projection` is what an approval covers, as a digest and as lines to show; `record` is what was approved for one project;
//! `ledger` keeps the records in files that only the user's key can make; `difference` and `danger` are for whoever asks.

mod danger;
mod difference;
mod ledger;
mod projection;
mod record;

pub use danger::dangers;
pub use difference::{Change, difference};
pub use ledger::{Ledger, LedgerError, Reading};
pub use projection::{Line, Projection, lines, wishes_digest};
pub use record::{Approved, Record};
