//! Everything of one user in one file that a passphrase opens, and the way back from it: profiles with their values, and which
//! project may have them. Nothing that stands in such a file counts before its reader has seen and confirmed it.

mod apply;
mod document;
mod make;
mod plan;
mod trouble;

pub use apply::{Applied, Choice, apply};
pub use make::{Gathered, gather, write};
pub use plan::{Arrival, Opened, Plan, Project, Standing, Word, look, read};
pub use trouble::BackupError;
