//! What the user was warned of today, for each project: the same words are said once a day, not at each entry. Small files of
//! names and dates; one that cannot be read or written costs a repetition, nothing else.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::file;
use crate::key::short_digest;
use crate::paths::Paths;
use crate::sys;

/// Whether these words were said today already for this project; from now on they were.
#[must_use]
pub(super) fn was_said(paths: &Paths, root: &Path, day: &str, words: &str) -> bool {
    let text = format!("{day} {words}\n");
    let path = file_of(paths, root);
    if file::read(&path, 16 * 1024).is_ok_and(|(known, _)| known == text.as_bytes()) {
        return true;
    }
    let _ = write(&path, text.as_bytes());
    false
}

fn file_of(paths: &Paths, root: &Path) -> PathBuf {
    paths.warned().join(short_digest(root.as_os_str().as_encoded_bytes()))
}

fn write(path: &Path, text: &[u8]) -> std::io::Result<()> {
    if let Some(directory) = path.parent() {
        sys::make_private_directory(directory)?;
    }
    let mut file = sys::open_private(path)?;
    file.write_all(text)?;
    file.set_len(text.len() as u64)
}
