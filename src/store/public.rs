//! The public key of the user's identity, beside it, so that it can be shown while the identity stays locked. Written whenever the
//! identity is made or moved. Nothing is ever sealed for what stands here.

use std::path::Path;

use crate::store::draft::{self, Draft};
use crate::store::recipient::Recipient;
use crate::store::trouble;

const LIMIT: u64 = 4096;

/// Notes the public key. One that cannot be written costs nothing: opening the identity tells it too.
pub(super) fn write(identity: &Path, recipient: &str) {
    let path = identity.with_extension("pub");
    draft::sweep(&path);
    if read(identity).as_deref() != Some(recipient) {
        let _ = Draft::write(&path, format!("{recipient}\n").as_bytes()).and_then(Draft::replace);
    }
}

/// The public key as it was noted.
pub(super) fn read(identity: &Path) -> Option<String> {
    let (bytes, _) = trouble::read(&identity.with_extension("pub"), LIMIT).ok()??;
    let text = std::str::from_utf8(&bytes).ok()?.trim();
    Recipient::parse(text).ok().map(|recipient| recipient.as_str().to_owned())
}
