//! What is sealed: a profile as JSON, format 1. Fields of a newer mcpenv are kept; nothing is guessed; no value ever stands
//! in an error.
//!
//! `{"format":1,"generation":3,"fingerprint_key":"64 hex digits","variables":{"NAME":{"value":"text","created":0,"changed":0}}}`
//!
//! `"readers":[{"key":"age1…","label":"ann","recovery":false}]` follows where others can open it too. A value that is no UTF-8 stands as base64 in `value_base64` instead. Times are seconds since 1970 UTC.

mod fields;
mod read;
mod write;

pub use read::{PayloadError, decode};
pub use write::encode;
