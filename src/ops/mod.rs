//! The project's work, one file a verb or the noun it works on. What is outside arrives in [`Workspace`]; nothing here asks,
//! prints, or knows a flag or a shell.

pub mod adopt;
pub mod allow;
pub mod backup;
pub mod check;
pub mod dates;
pub mod declared;
pub mod exec;
pub mod generate;
pub mod history;
pub mod identity;
pub mod import;
pub mod init;
pub mod issuer;
mod joined;
pub mod known;
pub mod load;
pub mod places;
pub mod profiles;
pub mod reaching;
pub mod recipients;
pub mod rotate;
pub mod servers;
pub mod shadow;
pub mod short;
pub mod standing;
pub mod status;
mod summary;
pub mod target;
pub mod team;
pub mod unlock;
pub mod values;
mod warned;
pub mod why;
mod workspace;

pub use exec::{Refusal, headers, place, program};
pub use workspace::{NoteError, Workspace};
