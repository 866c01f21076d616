//! What an error of the file system means for a store. Keeps apart what was never there, what is closed to us, and what is broken.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use crate::file::{self, FileError};
use crate::store::contract::StoreError;
use crate::sys::{self, IoFault};

/// Reads a file that may not be there: `None` then.
pub(super) fn read(path: &Path, limit: u64) -> Result<Option<(Vec<u8>, Metadata)>, StoreError> {
    let error = match file::read(path, limit) {
        Ok(read) => return Ok(Some(read)),
        Err(FileError::Absent(_)) => return Ok(None),
        Err(error) => error,
    };
    let path = path.to_owned();
    Err(match error {
        FileError::Unreadable { source, .. } => StoreError::NoAccess { path, why: source.to_string() },
        FileError::TooLarge { limit, .. } => damaged(&path, format!("it is larger than {limit} bytes")),
        FileError::NotAFile(_) => damaged(&path, "it is no regular file".to_owned()),
        // reading alone gives none of the others
        other => StoreError::NoAccess { path, why: other.to_string() },
    })
}

/// The start of a file, as much as the header of a profile may take; `None` when it is not there.
pub(super) fn head(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    use std::io::Read;
    let closed = |e: io::Error| StoreError::NoAccess { path: path.to_owned(), why: e.to_string() };
    let file = match sys::open_without_waiting(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(closed(e)),
    };
    if !file.metadata().map_err(closed)?.is_file() {
        return Err(damaged(path, "it is no regular file".to_owned()));
    }
    let mut head = Vec::new();
    file.take(64 * 1024).read_to_end(&mut head).map_err(closed)?;
    Ok(Some(head))
}

/// A file whose contents are not what they must be.
pub(super) fn damaged(path: &Path, why: String) -> StoreError {
    StoreError::Damaged { path: path.to_owned(), why, earlier: None }
}

/// A place that could not be written.
pub(super) fn unwritten(path: &Path, error: &io::Error) -> StoreError {
    let (path, why) = (path.to_owned(), error.to_string());
    match sys::fault_of(error) {
        IoFault::NoAccess => StoreError::NoAccess { path, why },
        IoFault::Absent | IoFault::Disk | IoFault::Other => StoreError::Disk { path, why },
    }
}
