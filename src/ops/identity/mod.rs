//! The user's own identity and the way back, in all that rests here: how it stands, another one in its place, the recovery key.

mod recovery;
mod renewal;
mod view;

pub use recovery::{Applied, apply};
pub use renewal::{finish, recover, renew};
pub use view::{View, view};
