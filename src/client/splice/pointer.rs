//! The steps of a JSON Pointer, RFC 6901.

use std::borrow::Cow;

/// The keys of a JSON Pointer.
pub fn steps(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.strip_prefix('/').map(|rest| rest.split('/')).into_iter().flatten().map(unescaped)
}

/// One key of a JSON Pointer.
pub(super) fn unescaped(step: &str) -> Cow<'_, str> {
    if step.contains('~') { Cow::Owned(step.replace("~1", "/").replace("~0", "~")) } else { Cow::Borrowed(step) }
}
