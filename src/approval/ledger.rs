//! The records on disk: one file a project, outside of it, each with a code that only this user's key can make. A record that
//! was edited, copied from another machine, or made for another directory is not believed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::record::Record;
use crate::escape::shown_path;
use crate::fault::Fault;
use crate::file::{self, FileError};
use crate::key::{Key, hex, unhex};
use crate::paths::Paths;
use crate::sys;

/// Where the records are.
#[derive(Debug)]
pub struct Ledger {
    directory: PathBuf,
    key_file: PathBuf,
}

/// What the ledger says of a project.
#[derive(Debug)]
pub enum Reading {
    /// The user never said anything of it.
    None,
    Said(Box<Record>),
    /// There is a record, and it is not believed. Counts as none; the reason is for a warning.
    Disbelieved(LedgerError),
}

/// Why a record is not believed or not written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("the approval `{}` was not made here, or was edited", shown_path(.0))]
    Forged(PathBuf),
    #[error("`{}` can be used by others (mode {mode:04o})", shown_path(.path))]
    Exposed { path: PathBuf, mode: u32 },
    #[error("the key `{}` is damaged", shown_path(.0))]
    Key(PathBuf),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("`{}` could not be written: {source}", shown_path(.path))]
    Write { path: PathBuf, source: io::Error },
}

impl Fault for LedgerError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Forged(_) => Some("see what the project asks for with `mcpenv allow`".to_owned()),
            Self::Exposed { path, .. } => Some(format!("run `chmod go-rwx {}`", file::quoted(path))),
            Self::Key(path) => Some(format!("take `{}` away; every project must then be allowed again", shown_path(path))),
            Self::File(e) => e.hint(),
            Self::Write { .. } => None,
        }
    }
}

const HEAD: &[u8] = b"mcpenv approval 1 ";

impl Ledger {
    #[must_use]
    pub fn new(paths: &Paths) -> Self {
        Self { directory: paths.approvals(), key_file: paths.approval_key() }
    }

    /// The file that holds the record of the project at `root`, whether it is there or not. It is the file to watch.
    #[must_use]
    pub fn file_of(&self, root: &Path) -> PathBuf {
        let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
        self.directory.join(hex(&digest[..16]))
    }

    /// What the user said of the project at `root`, a canonical path.
    #[must_use]
    pub fn read(&self, root: &Path) -> Reading {
        let path = self.file_of(root);
        let (bytes, meta) = match file::read(&path, file::USER_LIMIT) {
            Ok(read) => read,
            Err(FileError::Absent(_)) => return Reading::None,
            Err(e) => return Reading::Disbelieved(e.into()),
        };
        if let Err(mode) = sys::is_own_and_private(&meta) {
            return Reading::Disbelieved(LedgerError::Exposed { path, mode });
        }
        let key = match self.key() {
            Ok(Some(key)) => key,
            Ok(None) => return Reading::Disbelieved(LedgerError::Forged(path)),
            Err(e) => return Reading::Disbelieved(e),
        };
        match believed(&key, root, &bytes) {
            Some(record) => Reading::Said(Box::new(record)),
            None => Reading::Disbelieved(LedgerError::Forged(path)),
        }
    }

    /// Writes the record of the project at `root`, all or nothing. Makes the key when there is none yet.
    ///
    /// # Errors
    /// When the disk or the key does not allow it; the old record then still stands.
    pub fn write(&self, root: &Path, record: &Record) -> Result<(), LedgerError> {
        let path = self.file_of(root);
        let key = self.key_or_make()?;
        let body = record.to_json();
        let code = key.code(&[b"approval", root.as_os_str().as_encoded_bytes(), &body]);
        let mut text = HEAD.to_vec();
        text.extend_from_slice(hex(&code).as_bytes());
        text.push(b'\n');
        text.extend_from_slice(&body);
        write_private(&self.directory, &path, &text, Replace::Yes).map_err(|source| LedgerError::Write { path, source })
    }

    /// The user's own key, which authenticates whatever only this user may have written; made when there is none yet.
    ///
    /// # Errors
    /// When it is damaged, others can read it, or it cannot be made.
    pub fn user_key(&self) -> Result<Key, LedgerError> {
        self.key_or_make()
    }

    fn key(&self) -> Result<Option<Key>, LedgerError> {
        let (bytes, meta) = match file::read(&self.key_file, 1024) {
            Ok(read) => read,
            Err(FileError::Absent(_)) => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        if let Err(mode) = sys::is_own_and_private(&meta) {
            return Err(LedgerError::Exposed { path: self.key_file.clone(), mode });
        }
        Key::from_bytes(&bytes).map(Some).ok_or_else(|| LedgerError::Key(self.key_file.clone()))
    }

    fn key_or_make(&self) -> Result<Key, LedgerError> {
        if let Some(key) = self.key()? {
            return Ok(key);
        }
        let failed = |source| LedgerError::Write { path: self.key_file.clone(), source };
        let key = Key::random().map_err(failed)?;
        let directory = self.key_file.parent().unwrap_or(&self.key_file);
        match write_private(directory, &self.key_file, key.expose(), Replace::No) {
            Ok(()) => Ok(key),
            // somebody else was quicker: theirs counts
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                self.key()?.ok_or_else(|| LedgerError::Key(self.key_file.clone()))
            }
            Err(source) => Err(failed(source)),
        }
    }
}

fn believed(key: &Key, root: &Path, bytes: &[u8]) -> Option<Record> {
    let rest = bytes.strip_prefix(HEAD)?;
    let end = rest.iter().position(|b| *b == b'\n')?;
    let code = unhex(std::str::from_utf8(&rest[..end]).ok()?)?;
    let body = &rest[end + 1..];
    key.verifies(&[b"approval", root.as_os_str().as_encoded_bytes(), body], &code).then(|| Record::from_json(body))?
}

#[derive(Clone, Copy)]
enum Replace {
    Yes,
    No,
}

fn write_private(directory: &Path, path: &Path, bytes: &[u8], replace: Replace) -> io::Result<()> {
    sys::make_private_directory(directory)?;
    let mut temp = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
    sys::make_private(temp.as_file())?;
    temp.write_all(bytes)?;
    temp.as_file().sync_all()?;
    match replace {
        Replace::Yes => sys::replace(temp, path)?,
        Replace::No => drop(temp.persist_noclobber(path).map_err(|e| e.error)?),
    }
    sys::sync_directory(directory)
}
