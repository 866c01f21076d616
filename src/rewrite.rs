//! Puts new bytes in the place of a file that other programs use: all or nothing, only if it is still what was read, and with
//! the mode and the owner it had. A symbolic link stays one: whoever asks names what it leads to, and that is replaced.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::escape::shown_path;
use crate::fault::Fault;
use crate::file::{self, FileError, USER_LIMIT};
use crate::sys;

/// Why a file was not replaced. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("`{}` was changed meanwhile", shown_path(.0))]
    Changed(PathBuf),
    #[error("`{}` may only be read", shown_path(.0))]
    ReadOnly(PathBuf),
    #[error("`{}` could not be written: {source}", shown_path(.path))]
    Write { path: PathBuf, source: io::Error },
}

impl Fault for RewriteError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::File(e) => e.hint(),
            Self::Changed(_) => Some("it was left as it is; run the command again".to_owned()),
            Self::ReadOnly(path) => Some(format!("run `chmod u+w {}`, if it is yours to change", file::quoted(path))),
            Self::Write { .. } => None,
        }
    }
}

const MARK: &str = ".mcpenv-";
const END: &str = ".tmp";
const RANDOM: usize = 12;

/// Replaces a file that must still hold `before`. What did not work once it was replaced is told. `path` is where the file really
/// lies: where it leads elsewhere by now, somebody put a link there, and nothing is written to where that leads.
///
/// # Errors
/// When it does not, or when any step before fails; then it is as it was.
pub fn rewrite(path: &Path, before: &[u8], after: &[u8]) -> Result<Option<String>, RewriteError> {
    let target = sys::canonical(path).map_err(|source| FileError::of(path, source))?;
    if target != path {
        return Err(RewriteError::Changed(path.to_owned()));
    }
    let failed = |source| RewriteError::Write { path: path.to_owned(), source };
    let meta = unchanged(&target, before).map_err(|e| told_of(e, path))?;
    if meta.permissions().readonly() {
        return Err(RewriteError::ReadOnly(path.to_owned()));
    }
    let (Some(directory), Some(name)) = (target.parent(), target.file_name().and_then(|name| name.to_str())) else {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is no place for a file")));
    };
    let prefix = format!(".{name}{MARK}");
    sweep(directory, &prefix);
    let mut draft = Builder::new().prefix(&prefix).suffix(END).rand_bytes(RANDOM).tempfile_in(directory).map_err(failed)?;
    draft.write_all(after).map_err(failed)?;
    sys::keep_standing(draft.as_file(), &meta).map_err(failed)?;
    draft.as_file().sync_all().map_err(failed)?;
    unchanged(&target, before).map_err(|e| told_of(e, path))?;
    sys::replace(draft, &target).map_err(failed)?;
    let unsynced =
        |e| format!("`{}` could not be synced ({e}): a power cut now may bring the old file back", shown_path(directory));
    Ok(sys::sync_directory(directory).err().map(unsynced))
}

/// Puts a private file where none is, all or nothing; the directory is made.
///
/// # Errors
/// When something is there, or any step fails.
pub fn place_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(path);
    sys::make_private_directory(directory)?;
    let mut draft = Builder::new().prefix(".").suffix(END).rand_bytes(RANDOM).tempfile_in(directory)?;
    sys::make_private(draft.as_file())?;
    draft.write_all(bytes)?;
    draft.as_file().sync_all()?;
    draft.persist_noclobber(path).map_err(|refused| refused.error)?;
    sys::sync_directory(directory)
}

fn unchanged(target: &Path, before: &[u8]) -> Result<Metadata, RewriteError> {
    let (now, meta) = file::read(target, USER_LIMIT)?;
    let now = zeroize::Zeroizing::new(now);
    if *now == before { Ok(meta) } else { Err(RewriteError::Changed(target.to_owned())) }
}

fn told_of(error: RewriteError, path: &Path) -> RewriteError {
    match error {
        RewriteError::Changed(_) => RewriteError::Changed(path.to_owned()),
        RewriteError::File(e) => RewriteError::File(e.at(path)),
        other => other,
    }
}

/// Takes away what a killed process left beside this file.
fn sweep(directory: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let is_left = entry.file_name().to_str().is_some_and(|name| {
            let random = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(END));
            random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()))
        });
        if is_left {
            // one that cannot be removed is in nobody's way
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_meanwhile_is_not_overwritten_and_nothing_is_left_beside_it() {
        let here = tempfile::tempdir().expect("a directory");
        let path = sys::canonical(here.path()).expect("a directory").join("a.json");
        fs::write(&path, "1").expect("written");
        fs::write(here.path().join(".a.json.mcpenv-0123456789ab.tmp"), "left").expect("written");
        assert!(matches!(rewrite(&path, b"2", b"3"), Err(RewriteError::Changed(_))));
        assert_eq!(fs::read(&path).expect("read"), b"1");
        rewrite(&path, b"1", b"3").expect("rewritten");
        assert_eq!(fs::read(&path).expect("read"), b"3");
        assert_eq!(fs::read_dir(here.path()).expect("read").count(), 1);
        place_private(&path, b"4").expect_err("something is there");
    }
}
