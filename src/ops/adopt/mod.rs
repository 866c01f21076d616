//! Takes plaintext out of client files: what would change, the change itself, and the way back.

mod candidate;
mod case;
mod draw;
mod edits;
mod form;
mod names;
mod own;
mod plan;
mod record;
mod source;
mod trouble;
mod undo;
mod write;

pub use draw::{plan, program};
pub use plan::{FilePlan, Plan, Refusal, Step, Wanted};
pub use trouble::AdoptError;
pub use undo::{Restored, Standing, Undo, look_back, undo};
pub use write::{Adopted, write};
