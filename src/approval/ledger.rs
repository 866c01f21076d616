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
use crate::profile::ProfileName;
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
    #[error("the approval `{}` does not say which project it is of", shown_path(.path))]
    Untold {
        path: PathBuf,
        /// The profile that stands in it. Good enough to be careful, and for nothing else: without the path it proves nothing.
        profile: Option<ProfileName>,
    },
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
            Self::Untold { .. } => {
                Some("an earlier mcpenv wrote it, and it counts in its project; `mcpenv allow` there adds the path".to_owned())
            }
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
        let bytes = match private_bytes(&path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Reading::None,
            Err(e) => return Reading::Disbelieved(e),
        };
        match self.key() {
            Ok(Some(key)) => match believed(&key, root, &bytes) {
                Some(record) => Reading::Said(Box::new(record)),
                None => Reading::Disbelieved(LedgerError::Forged(path)),
            },
            Ok(None) => Reading::Disbelieved(LedgerError::Forged(path)),
            Err(e) => Reading::Disbelieved(e),
        }
    }

    /// Every record, by the path of its project, sorted. One that is not believed, or does not say its path, stands under the
    /// path of its own file.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub fn all(&self) -> Result<Vec<(PathBuf, Reading)>, LedgerError> {
        let unlisted = |source| FileError::of(&self.directory, source);
        let entries = match self.directory.read_dir() {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(unlisted(e).into()),
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.map_err(unlisted)?.path();
            if path.file_name().and_then(|name| name.to_str()).and_then(unhex).is_some_and(|name| name.len() == 16) {
                found.extend(self.one(path));
            }
        }
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(found)
    }

    /// The record in a file whose project is not known yet. The path that stands in it is under the code like everything else,
    /// and the file must be the one for that path.
    fn one(&self, path: PathBuf) -> Option<(PathBuf, Reading)> {
        let bytes = match private_bytes(&path) {
            Ok(bytes) => bytes?,
            Err(e) => return Some((path, Reading::Disbelieved(e))),
        };
        let body = bytes.splitn(2, |b| *b == b'\n').nth(1).unwrap_or_default();
        let reading = match Record::decode(body) {
            Some((Some(root), _)) if self.file_of(&root) == path => return Some((root.clone(), self.read(&root))),
            Some((None, record)) => LedgerError::Untold { path: path.clone(), profile: record.profile },
            _ => LedgerError::Forged(path.clone()),
        };
        Some((path, Reading::Disbelieved(reading)))
    }

    /// Adds its path to a record that does not say it yet, so that [`Ledger::all`] knows it. Changes nothing else.
    ///
    /// # Errors
    /// When the record cannot be written; the old one then still stands.
    pub fn complete(&self, root: &Path) -> Result<(), LedgerError> {
        let path = self.file_of(root);
        let says_it = |bytes: Vec<u8>| {
            let body = bytes.splitn(2, |b| *b == b'\n').nth(1).unwrap_or_default();
            Record::decode(body).is_some_and(|(root, _)| root.is_some())
        };
        match (private_bytes(&path)?.map(says_it), self.read(root)) {
            (Some(false), Reading::Said(record)) => self.write(root, &record),
            _ => Ok(()),
        }
    }

    /// Writes the record of the project at `root`, all or nothing. Makes the key when there is none yet.
    ///
    /// # Errors
    /// When the disk or the key does not allow it; the old record then still stands.
    pub fn write(&self, root: &Path, record: &Record) -> Result<(), LedgerError> {
        let path = self.file_of(root);
        let key = self.key_or_make()?;
        let body = record.encode(root);
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

/// `None` when the code is not the one over this path and these bytes.
fn believed(key: &Key, root: &Path, bytes: &[u8]) -> Option<Record> {
    let rest = bytes.strip_prefix(HEAD)?;
    let end = rest.iter().position(|b| *b == b'\n')?;
    let code = unhex(std::str::from_utf8(&rest[..end]).ok()?)?;
    let body = &rest[end + 1..];
    if !key.verifies(&[b"approval", root.as_os_str().as_encoded_bytes(), body], &code) {
        return None;
    }
    let (told, record) = Record::decode(body)?;
    told.is_none_or(|told| told == root).then_some(record)
}

/// The bytes of a record; `None` when there is none.
fn private_bytes(path: &Path) -> Result<Option<Vec<u8>>, LedgerError> {
    match file::read(path, file::USER_LIMIT) {
        Ok((bytes, meta)) => match sys::is_own_and_private(&meta) {
            Ok(()) => Ok(Some(bytes)),
            Err(mode) => Err(LedgerError::Exposed { path: path.to_owned(), mode }),
        },
        Err(FileError::Absent(_)) => Ok(None),
        Err(e) => Err(e.into()),
    }
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn ledger() -> (tempfile::TempDir, Ledger) {
        let here = tempfile::tempdir().expect("a directory");
        let paths = Paths::new(Some(here.path().into())).expect("a home");
        (here, Ledger::new(&paths))
    }

    fn bound(profile: &str) -> Record {
        Record { profile: Some(ProfileName::parse(profile).expect("a name")), ..Record::default() }
    }

    /// As an earlier mcpenv wrote it: without the path.
    fn write_untold(ledger: &Ledger, root: &Path, record: &Record) {
        ledger.write(root, record).expect("written");
        let text = String::from_utf8(record.encode(root)).expect("text");
        let body = text.replacen(&format!(r#""root":"{}","root_hex":null,"#, root.display()), "", 1);
        assert!(!body.contains("root"), "{body}");
        let key = ledger.key().expect("readable").expect("made");
        let code = key.code(&[b"approval", root.as_os_str().as_encoded_bytes(), body.as_bytes()]);
        fs::write(ledger.file_of(root), [HEAD, hex(&code).as_bytes(), b"\n", body.as_bytes()].concat()).expect("written");
    }

    #[test]
    fn every_record_is_listed_under_the_path_of_its_project_every_byte_of_it() {
        let (_here, ledger) = ledger();
        assert!(ledger.all().expect("listed").is_empty());
        let odd = sys::os_text(b"/src/\xff\n").map(PathBuf::from);
        let roots: Vec<PathBuf> = ["/src/b", "/src/a b"].map(PathBuf::from).into_iter().chain(odd).collect();
        for (index, root) in roots.iter().enumerate() {
            ledger.write(root, &bound(&format!("p{index}"))).expect("written");
        }
        fs::write(ledger.directory.join(".new-1"), "half").expect("written");
        let all = ledger.all().expect("listed");
        assert_eq!(all.len(), roots.len());
        for (root, reading) in all {
            let index = roots.iter().position(|known| *known == root).expect("one of them");
            assert!(matches!(reading, Reading::Said(record) if *record == bound(&format!("p{index}"))), "{root:?}");
        }
    }

    #[test]
    fn a_record_without_its_path_counts_where_it_is_looked_up_and_is_completed_there() {
        let (_here, ledger) = ledger();
        let root = Path::new("/src/a");
        write_untold(&ledger, root, &bound("p"));
        assert!(matches!(ledger.read(root), Reading::Said(record) if *record == bound("p")));
        let listed = ledger.all().expect("listed");
        assert!(
            matches!(&listed[..], [(file, Reading::Disbelieved(LedgerError::Untold { profile: Some(p), .. }))] if p.as_str() == "p" && *file == ledger.file_of(root))
        );
        ledger.complete(root).expect("written");
        let listed = ledger.all().expect("listed");
        assert!(matches!(&listed[..], [(told, Reading::Said(record))] if told == root && **record == bound("p")));
    }

    #[test]
    fn a_record_that_was_edited_or_moved_to_another_path_is_listed_and_not_believed() {
        let (_here, ledger) = ledger();
        let (root, other) = (Path::new("/src/a"), Path::new("/src/b"));
        ledger.write(root, &bound("p")).expect("written");
        let text = fs::read_to_string(ledger.file_of(root)).expect("text");
        for (file, bad) in [
            (root, text.replace("\"profile\":\"p\"", "\"profile\":\"q\"")),
            (root, text.replace("/src/a", "/src/c")),
            (other, text.clone()),
            (other, text.replace("/src/a", "/src/b")),
            (root, String::new()),
        ] {
            fs::write(ledger.file_of(file), &bad).expect("written");
            sys::make_private(&fs::File::open(ledger.file_of(file)).expect("there")).expect("closed");
            assert!(matches!(ledger.read(file), Reading::Disbelieved(LedgerError::Forged(_))), "{bad}");
            let listed = ledger.all().expect("listed");
            let is_believed = listed.iter().any(|(told, r)| told == file && matches!(r, Reading::Said(_)));
            assert!(!is_believed, "{bad}");
            fs::remove_file(ledger.file_of(file)).expect("removed");
            ledger.write(root, &bound("p")).expect("written");
        }
    }
}
