//! Windows: the profile directory's own access list protects mcpenv's files; owners and modes are not read yet.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use tempfile::NamedTempFile;

use super::standing::{IoFault, Standing};

/// The longest `NAME=value` with its NUL, in UTF-16 units.
pub const EXPORT_LIMIT: usize = 32_767;
/// The most that all loaded variables may take together, in UTF-16 units.
pub const EXPORT_TOTAL: usize = 16 * 1024;

/// What one variable takes of these limits.
#[must_use]
pub fn exported_size(name: &str, value: &[u8]) -> usize {
    name.len() + std::str::from_utf8(value).map_or(value.len(), |text| text.encode_utf16().count()) + 2
}

/// Nothing to do: Windows writes no core files, and its own access list guards the process.
pub fn harden() {}

/// Ends this process after `limit`, whatever it is doing then.
#[allow(clippy::disallowed_methods, reason = "to end without waiting for anything is what it is for")]
pub fn watchdog(limit: Duration) {
    std::thread::spawn(move || {
        std::thread::sleep(limit);
        std::process::exit(142);
    });
}

/// The one path of a file that is there, without the `\\?\` which few other programs can read: Windows PowerShell takes such a
/// path for one that does not exist.
pub fn canonical(path: &Path) -> io::Result<PathBuf> {
    let verbatim = fs::canonicalize(path)?;
    Ok(plain(&verbatim).unwrap_or(verbatim))
}

/// The same path in its short form, if that means the same.
fn plain(verbatim: &Path) -> Option<PathBuf> {
    let rest = verbatim.to_str()?.strip_prefix(r"\\?\")?;
    let is_on_a_drive = matches!(rest.as_bytes(), [letter, b':', b'\\', ..] if letter.is_ascii_alphabetic());
    // without the prefix a path has an end, and names lose dots and blanks at theirs
    let is_same = is_on_a_drive && rest.len() < 260 && !rest.split('\\').any(|name| name.ends_with(['.', ' ']));
    is_same.then(|| PathBuf::from(rest))
}

/// Not known here: a name can be written in more than one way.
#[must_use]
pub fn plain_way(_directory: &Path) -> Option<Vec<Metadata>> {
    None
}

/// The time by the system's clock.
#[must_use]
pub fn now() -> SystemTime {
    SystemTime::now()
}

/// Opens a file for reading.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// The console that this process belongs to, for writing to the person at it.
pub fn open_terminal() -> io::Result<File> {
    fs::OpenOptions::new().read(true).write(true).open("CONOUT$")
}

/// Windows gives numbers of ended processes to new ones at once, so nothing is taken for dead.
#[must_use]
pub fn is_alive(_pid: u32) -> bool {
    true
}

/// Not known without opening both; the caller then uses the directory that the system names.
#[must_use]
pub fn is_same_directory(_a: &Metadata, _b: &Metadata) -> bool {
    false
}

/// Owners and access lists are not read yet.
#[must_use]
pub fn standing_of_file(_meta: &Metadata) -> Standing {
    Standing::Sound
}

/// Owners and access lists are not read yet.
#[must_use]
pub fn standing_of_directory(_meta: &Metadata) -> Standing {
    Standing::Sound
}

/// The standard library does not tell how many names a file has here.
#[must_use]
pub fn other_names(_meta: &Metadata) -> u64 {
    0
}

/// The user's profile directory is closed to others by its own access list.
pub fn is_own_and_private(_meta: &Metadata) -> Result<(), u32> {
    Ok(())
}

/// Makes a directory and those above it that are missing.
pub fn make_private_directory(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// The directory's access list is inherited.
pub fn make_private(_file: &File) -> io::Result<()> {
    Ok(())
}

/// The directory's access list is inherited.
pub fn make_readable(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Makes a file that is not there yet.
pub fn create_readable(path: &Path) -> io::Result<File> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)
}

/// Opens a file of mcpenv's own for reading and writing, and makes it when it is not there.
pub fn open_private(path: &Path) -> io::Result<File> {
    fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// The directory's own access list goes on to what is made in it.
pub fn keep_standing(_file: &File, _of: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Puts a finished file in the place of what is there. Windows refuses while a program has that open, as a hook does for some
/// milliseconds, so it is tried for half a second.
pub fn replace(mut file: NamedTempFile, target: &Path) -> io::Result<()> {
    const ACCESS_DENIED: i32 = 5;
    const SHARING_VIOLATION: i32 = 32;
    let end = Instant::now() + Duration::from_millis(500);
    loop {
        match file.persist(target) {
            Ok(_) => return Ok(()),
            Err(refused)
                if matches!(refused.error.raw_os_error(), Some(ACCESS_DENIED | SHARING_VIOLATION)) && Instant::now() < end =>
            {
                file = refused.file;
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(refused) => return Err(refused.error),
        }
    }
}

/// Windows has no way to sync a directory; a rename there goes through the journal.
pub fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// What an error of the system means for whoever keeps files.
#[must_use]
pub fn fault_of(error: &io::Error) -> IoFault {
    use io::ErrorKind as K;
    match error.kind() {
        K::NotFound | K::NotADirectory => IoFault::Absent,
        K::PermissionDenied => IoFault::NoAccess,
        K::StorageFull | K::QuotaExceeded | K::ReadOnlyFilesystem => IoFault::Disk,
        _ => IoFault::Other,
    }
}

/// The directory that roams with the user, which is where programs keep their configuration.
#[must_use]
pub fn roaming(config: &Path) -> Option<PathBuf> {
    Some(config.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_loses_its_prefix_only_where_it_means_the_same_without() {
        let short = |text: &str| plain(Path::new(text));
        assert_eq!(short(r"\\?\C:\a b\c"), Some(PathBuf::from(r"C:\a b\c")));
        assert_eq!(short(r"\\?\UNC\host\share"), None);
        assert_eq!(short(r"\\?\C:\a.\b"), None);
        assert_eq!(short(r"C:\a"), None);
        assert_eq!(short(&format!(r"\\?\C:\{}", "x".repeat(300))), None);
    }
}
