//! A small file of the user's own, replaced at once.

use std::io::{self, Write};
use std::path::Path;

#[cfg(unix)]
use super::unix as here;
#[cfg(windows)]
use super::windows as here;

/// Puts a text in a file that only the user can read. Whoever looks meanwhile finds the old text or the new one, never a part;
/// after a power cut it may be either.
pub fn put_private(path: &Path, text: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut draft = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
    here::make_private(draft.as_file())?;
    draft.write_all(text)?;
    here::replace(draft, path)
}
