//! How variables are written in a text: the forms there are, which of them a client fills, and which it can be given. Knows no
//! client, and sees no value.

pub(super) mod dialect;
pub(super) mod fill;
pub(super) mod filling;
pub(super) mod form;
pub(super) mod span;
pub(super) mod writing;
