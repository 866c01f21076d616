//! A file sealed with a passphrase, wherever its owner wants it: written beside its place, read back, opened and compared, and
//! only then put there. Never puts one in the place of a file unless it is told to.

use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::escape::shown_path;
use crate::fault::Fault;
use crate::file::{self, FileError, USER_LIMIT};
use crate::store::draft::{self, Draft};
use crate::store::passphrase::{self, MOST, Unlocked};
use crate::store::phrase::Passphrase;
use crate::store::seal::{self, Unopened};
use crate::sys;

/// What may happen to a file that has the place already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    Free,
    /// Its owner said that it may go.
    Replace,
}

/// Why a sealed file does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    #[error("the passphrase is not the one it was made with")]
    Wrong,
    #[error("it asks for 2^{0} steps of work before it opens, more than the 2^{MOST} that are done")]
    Work(u8),
    #[error("it is encrypted for an identity, not with a passphrase")]
    Identity,
    #[error(transparent)]
    Broken(Unopened),
}

/// Why a sealed file was not written or not opened.
#[derive(Debug, thiserror::Error)]
pub enum ParcelError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("`{}` does not open: {why}", shown_path(.path))]
    Closed { path: PathBuf, why: Closed },
    #[error("`{}` is there already", shown_path(.0))]
    There(PathBuf),
    #[error("it would be larger than the {USER_LIMIT} bytes that are read back")]
    TooLarge,
    #[error("`{}` could not be written: {why}", shown_path(.path))]
    Write { path: PathBuf, why: String },
}

impl Fault for ParcelError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::File(e) => e.hint(),
            Self::Closed { why: Closed::Wrong, .. } => Some("type it as it was written down, with its dashes".to_owned()),
            Self::Closed { why: Closed::Identity, .. } => {
                Some("`mcpenv backup FILE` makes one that opens with a passphrase".to_owned())
            }
            Self::Closed { .. } => Some("take another copy of it; this one cannot be trusted in part".to_owned()),
            Self::There(_) => Some("give another name, or move that one away".to_owned()),
            Self::TooLarge => Some("take profiles away that nobody needs, with `mcpenv profile delete NAME`".to_owned()),
            Self::Write { .. } => Some("nothing was changed; give a place that can be written".to_owned()),
        }
    }
}

/// Puts a sealed file at `path`, 0600, all or nothing. `factor` is the work that opening takes, [`passphrase::FACTOR`] for
/// whatever people keep. Tells what did not work once it was there.
///
/// # Errors
/// When something is there and has not been given up, or any step fails: what was there still is then.
pub fn write(path: &Path, plain: &[u8], passphrase: &Passphrase, factor: u8, room: Room) -> Result<Option<String>, ParcelError> {
    let wrong = |why: String| ParcelError::Write { path: path.to_owned(), why };
    let failed = |e: io::Error| wrong(e.to_string());
    require_room(path, room)?;
    let sealed = passphrase::seal(plain, passphrase.expose(), factor).map_err(failed)?;
    if sealed.len() as u64 > USER_LIMIT {
        return Err(ParcelError::TooLarge);
    }
    draft::sweep(path);
    let draft = Draft::write(path, &sealed).map_err(failed)?;
    draft.sync().map_err(failed)?;
    let (back, _) = file::read(draft.path(), USER_LIMIT)?;
    let opened = opened(&back, passphrase).map_err(|e| wrong(format!("what was written does not open: {e}")))?;
    if *opened != *plain {
        return Err(wrong("what was read back is not what was written".to_owned()));
    }
    let placed = if room == Room::Replace { draft.replace() } else { draft.place_new() };
    placed.map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => ParcelError::There(path.to_owned()),
        _ => failed(e),
    })?;
    let directory = path.parent().unwrap_or(path);
    let unsynced = |e| format!("`{}` could not be synced ({e}): a power cut now may take the file away", shown_path(directory));
    Ok(sys::sync_directory(directory).err().map(unsynced))
}

/// Whether a file could be put there, before anybody is asked for a passphrase.
///
/// # Errors
/// When something is there and has not been given up, or what is there is no file, or the directory is missing.
pub fn require_room(path: &Path, room: Room) -> Result<(), ParcelError> {
    match path.symlink_metadata() {
        Ok(meta) if !meta.is_file() => Err(FileError::NotAFile(path.to_owned()).into()),
        Ok(_) if room == Room::Free => Err(ParcelError::There(path.to_owned())),
        Ok(_) => Ok(()),
        Err(_) if path.parent().is_some_and(Path::is_dir) => Ok(()),
        Err(e) => Err(FileError::of(path.parent().unwrap_or(path), e).into()),
    }
}

/// The sealed bytes of a file that a passphrase can open.
///
/// # Errors
/// When it is not there, or is none: said before anybody is asked for a passphrase.
pub fn read(path: &Path) -> Result<Vec<u8>, ParcelError> {
    let (sealed, _) = file::read(path, USER_LIMIT)?;
    match require_sealed(&sealed) {
        Ok(()) => Ok(sealed),
        Err(why) => Err(ParcelError::Closed { path: path.to_owned(), why }),
    }
}

/// Opens what was read from `path`.
///
/// # Errors
/// [`Closed::Wrong`] when the passphrase is another.
pub fn open(path: &Path, sealed: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, ParcelError> {
    opened(sealed, passphrase).map_err(|why| ParcelError::Closed { path: path.to_owned(), why })
}

fn opened(sealed: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, Closed> {
    require_sealed(sealed)?;
    match passphrase::open(sealed, passphrase.expose(), MOST) {
        Unlocked::Open(plain) => Ok(plain),
        Unlocked::Wrong => Err(Closed::Wrong),
        Unlocked::Refused(why) => Err(Closed::Broken(why)),
    }
}

/// Whether a passphrase could open it, and with a bearable amount of work: so far as that can be said without one.
fn require_sealed(sealed: &[u8]) -> Result<(), Closed> {
    if let Some(work) = work_of(sealed).filter(|work| *work > MOST) {
        return Err(Closed::Work(work));
    }
    if seal::begin(sealed).map_err(Closed::Broken)?.is_scrypt() { Ok(()) } else { Err(Closed::Identity) }
}

/// The work that a header asks for, as it stands there. Armored files are not looked into: the cipher finds out.
fn work_of(sealed: &[u8]) -> Option<u8> {
    let head = &sealed[..sealed.len().min(seal::HEADER_LIMIT)];
    let line = head.split(|b| *b == b'\n').find_map(|line| line.strip_prefix(b"-> scrypt "))?;
    std::str::from_utf8(line).ok()?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn put(path: &Path, room: Room) -> Result<Option<String>, ParcelError> {
        write(path, b"plain-7c1e", &Passphrase::new(b"right").expect("one"), 2, room)
    }

    #[test]
    fn a_file_that_is_there_goes_only_when_its_owner_says_so() {
        let here = tempfile::tempdir().expect("a directory");
        let path = here.path().join("b.age");
        fs::write(&path, "mine").expect("written");
        assert!(matches!(put(&path, Room::Free), Err(ParcelError::There(_))));
        assert_eq!(fs::read(&path).expect("there"), b"mine");
        put(&path, Room::Replace).expect("written");
        let sealed = read(&path).expect("sealed");
        assert_eq!(**open(&path, &sealed, &Passphrase::new(b"right").expect("one")).expect("opens"), *b"plain-7c1e");
        assert!(sys::is_own_and_private(&path.metadata().expect("there")).is_ok());
        assert_eq!(fs::read_dir(here.path()).expect("listed").count(), 1, "nothing is left beside it");
        assert!(matches!(put(&here.path().join("no/b.age"), Room::Free), Err(ParcelError::File(FileError::Absent(_)))));
        assert!(matches!(put(here.path(), Room::Replace), Err(ParcelError::File(FileError::NotAFile(_)))));
    }

    #[test]
    fn a_file_that_asks_for_hours_of_work_is_refused_before_any_is_done() {
        let right = Passphrase::new(b"right").expect("one");
        let sealed = passphrase::seal(b"contents", right.expose(), 2).expect("in memory");
        assert_eq!(opened(&sealed, &Passphrase::new(b"wrong").expect("one")), Err(Closed::Wrong));
        let at = sealed.windows(3).position(|w| w == b" 2\n").expect("the factor");
        for factor in ["23", "30", "63", "255"] {
            let hostile = [&sealed[..=at], factor.as_bytes(), &sealed[at + 2..]].concat();
            assert_eq!(opened(&hostile, &right), Err(Closed::Work(factor.parse().expect("a number"))));
        }
    }
}
