//! This system does not show what its programs were started with.

use super::contract::Running;

#[must_use]
pub fn holding(_: &str, _: &[u8]) -> Option<Vec<Running>> {
    None
}
