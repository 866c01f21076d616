//! What a shell carries from prompt to prompt: the exported marker of what is loaded, the key that makes its fingerprints, the
//! stamps by which a hook notices a changed file, and the marks by which a shell is known to be an agent's.

pub mod agent;
mod login;
mod marker;
mod stamp;

pub use login::{LoginError, login_key};
pub use marker::{MARKER, Marker};
pub use stamp::{is_young, settled, sweep, ticks, time_text, write_stamps};
