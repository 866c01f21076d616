//! The names of what is in a directory. Looks at none of it.

use std::ffi::OsString;
use std::io;
use std::path::Path;

/// The names of what is in a directory; `None` when there are more than `limit`.
// read into the stack: the C library would ask the system for memory and give it back
#[cfg(target_os = "linux")]
pub fn names_in(directory: &Path, limit: usize) -> io::Result<Option<Vec<OsString>>> {
    use std::os::unix::ffi::OsStringExt;

    use rustix::fs::{Mode, OFlags, RawDir};

    let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::io::retry_on_intr(|| rustix::fs::open(directory, how, Mode::empty()))?;
    let mut room = [std::mem::MaybeUninit::uninit(); 2048];
    let mut entries = RawDir::new(opened, &mut room);
    let mut names = Vec::new();
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if matches!(name, b"." | b"..") {
            continue;
        }
        if names.len() == limit {
            return Ok(None);
        }
        names.push(OsString::from_vec(name.to_vec()));
    }
    Ok(Some(names))
}

/// The names of what is in a directory; `None` when there are more than `limit`.
#[cfg(not(target_os = "linux"))]
pub fn names_in(directory: &Path, limit: usize) -> io::Result<Option<Vec<OsString>>> {
    let mut names = Vec::new();
    for entry in directory.read_dir()? {
        if names.len() == limit {
            return Ok(None);
        }
        names.push(entry?.file_name());
    }
    Ok(Some(names))
}
