//! The key of this login: 32 random bytes in the runtime directory. It makes the fingerprints of the exported marker, so that
//! unloading needs no identity, and another user's or another login's shell takes nothing of ours for its own.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::escape::shown_path;
use crate::fault::Fault;
use crate::file::{self, FileError};
use crate::key::Key;
use crate::sys;

/// Why there is no key of this login.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("`{}` can be used by others (mode {mode:04o})", shown_path(.path))]
    Exposed { path: PathBuf, mode: u32 },
    #[error("`{}` could not be written: {source}", shown_path(.path))]
    Write { path: PathBuf, source: io::Error },
}

impl Fault for LoginError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::File(e) => e.hint(),
            Self::Exposed { path, .. } => Some(format!("run `chmod go-rwx {}`", file::quoted(path))),
            Self::Write { .. } => None,
        }
    }
}

/// The key in `runtime`, made when there is none or when the one there is damaged: it binds nothing that outlives a login.
///
/// # Errors
/// When the directory cannot be made or others can read it.
pub fn login_key(runtime: &Path) -> Result<Key, LoginError> {
    let path = runtime.join("login.key");
    if let Some(key) = read(&path)? {
        return Ok(key);
    }
    let failed = |source| LoginError::Write { path: path.clone(), source };
    sys::make_private_directory(runtime).map_err(failed)?;
    let meta = runtime.metadata().map_err(failed)?;
    sys::is_own_and_private(&meta).map_err(|mode| LoginError::Exposed { path: runtime.to_owned(), mode })?;
    make(runtime, &path).map_err(failed)
}

/// The key in `runtime` if there is a sound one; makes none.
fn read(path: &Path) -> Result<Option<Key>, LoginError> {
    match file::read(path, 1024) {
        Ok((bytes, meta)) => match sys::is_own_and_private(&meta) {
            Ok(()) => Ok(Key::from_bytes(&bytes)),
            Err(mode) => Err(LoginError::Exposed { path: path.to_owned(), mode }),
        },
        Err(FileError::Absent(_)) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

fn make(runtime: &Path, path: &Path) -> io::Result<Key> {
    let key = Key::random()?;
    let mut temp = tempfile::Builder::new().prefix(".key-").tempfile_in(runtime)?;
    sys::make_private(temp.as_file())?;
    temp.write_all(key.expose())?;
    // several shells may start at once: the first key stays, a damaged one is replaced
    let is_damaged = path.metadata().is_ok();
    let kept = if is_damaged { temp.persist(path) } else { temp.persist_noclobber(path) };
    match kept {
        Ok(_) => Ok(key),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => {
            let theirs = file::read(path, 1024).map_err(io::Error::other)?;
            Key::from_bytes(&theirs.0).ok_or(e.error)
        }
        Err(e) => Err(e.error),
    }
}
