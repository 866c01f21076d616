//! Reads a file that somebody else may have put there: once, through one descriptor, regular files only, up to a limit,
//! without ever waiting. What was read is what was judged.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::escape::shown_path;
use crate::fault::Fault;
use crate::sys::{self, IoFault, Standing};

/// The most that a file of a project may hold, in bytes.
pub const PROJECT_LIMIT: u64 = 1024 * 1024;
/// The most that a file of the user's own may hold, in bytes.
pub const USER_LIMIT: u64 = 64 * 1024 * 1024;

/// Why a file or directory is not read, or not trusted.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("`{}` is not there", shown_path(.0))]
    Absent(PathBuf),
    #[error("`{}` cannot be read: {source}", shown_path(.path))]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{}` is no regular file", shown_path(.0))]
    NotAFile(PathBuf),
    #[error("`{}` is larger than {limit} bytes", shown_path(.path))]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("`{}` belongs to another user (uid {uid})", shown_path(.path))]
    Foreign { path: PathBuf, uid: u32 },
    #[error("`{}` can be changed by other users (mode {mode:04o})", shown_path(.path))]
    Writable { path: PathBuf, mode: u32, group_only: bool },
    #[error("`{}` is a place where everybody makes files (mode {mode:04o}), so it is no project", shown_path(.path))]
    Shared { path: PathBuf, mode: u32 },
    #[error("`{}` holds more than {limit} files", shown_path(.path))]
    TooMany { path: PathBuf, limit: usize },
    #[error("`{}` leads out of the project", shown_path(.0))]
    Outside(PathBuf),
}

impl Fault for FileError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Writable { path, group_only, .. } => {
                let who = if *group_only { "g-w" } else { "go-w" };
                Some(format!("run `chmod {who} {}`", quoted(path)))
            }
            Self::Foreign { .. } => Some("a project and the directories above it must be yours, or root's".to_owned()),
            Self::Shared { .. } => Some("make a directory of your own in it".to_owned()),
            Self::NotAFile(_) | Self::TooLarge { .. } | Self::Outside(_) => {
                Some("put an ordinary file there, or take it away".to_owned())
            }
            Self::TooMany { .. } => Some("take away what does not belong there".to_owned()),
            Self::Absent(_) | Self::Unreadable { .. } => None,
        }
    }
}

impl FileError {
    /// What an error of the system means for whoever wanted to read this.
    #[must_use]
    pub fn of(path: &Path, source: io::Error) -> Self {
        match sys::fault_of(&source) {
            IoFault::Absent => Self::Absent(path.to_owned()),
            _ => Self::Unreadable { path: path.to_owned(), source },
        }
    }

    /// The same trouble, told of the path that the user knows.
    #[must_use]
    pub fn at(self, known: &Path) -> Self {
        let known = known.to_owned();
        match self {
            Self::Absent(_) => Self::Absent(known),
            Self::Unreadable { source, .. } => Self::Unreadable { path: known, source },
            Self::NotAFile(_) => Self::NotAFile(known),
            Self::TooLarge { limit, .. } => Self::TooLarge { path: known, limit },
            Self::Foreign { uid, .. } => Self::Foreign { path: known, uid },
            Self::Writable { mode, group_only, .. } => Self::Writable { path: known, mode, group_only },
            Self::Shared { mode, .. } => Self::Shared { path: known, mode },
            Self::TooMany { limit, .. } => Self::TooMany { path: known, limit },
            Self::Outside(_) => Self::Outside(known),
        }
    }
}

/// Reads a file whole, through one descriptor. A symbolic link is followed.
///
/// # Errors
/// When it is absent, no regular file (a FIFO or a device is refused at once), larger than `limit`, or cannot be read.
pub fn read(path: &Path, limit: u64) -> Result<(Vec<u8>, Metadata), FileError> {
    let unreadable = |source: io::Error| FileError::of(path, source);
    let file = match sys::open_without_waiting(path) {
        Ok(file) => file,
        Err(source) => {
            // a socket cannot be opened at all
            let is_there = !matches!(sys::fault_of(&source), IoFault::Absent);
            if is_there && path.metadata().is_ok_and(|meta| !meta.is_file()) {
                return Err(FileError::NotAFile(path.to_owned()));
            }
            return Err(unreadable(source));
        }
    };
    let meta = file.metadata().map_err(unreadable)?;
    if !meta.is_file() {
        return Err(FileError::NotAFile(path.to_owned()));
    }
    if meta.len() > limit {
        return Err(FileError::TooLarge { path: path.to_owned(), limit });
    }
    let bytes = read_whole(file, usize::try_from(meta.len()).unwrap_or(0), limit).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(FileError::TooLarge { path: path.to_owned(), limit });
    }
    Ok((bytes, meta))
}

/// All of a file that had this length when it was opened, and no more than one byte beyond the limit. The end of one that has it
/// still is known without asking for more: there was room for a byte that did not come.
fn read_whole(mut file: File, expected: usize, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; expected + 1];
    let mut length = 0;
    while length < bytes.len() {
        match file.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
        if length == expected {
            break;
        }
    }
    let has_grown = length == bytes.len();
    bytes.truncate(length);
    if has_grown {
        file.take((limit + 1).saturating_sub(length as u64)).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Reads a file of the project at `root`: a symbolic link is followed as long as it stays inside, and only the user may be
/// able to change the file and the directory it lies in.
///
/// # Errors
/// [`FileError`]; `Absent` when it is not there.
pub fn read_inside(root: &Path, relative: &Path) -> Result<(Vec<u8>, Metadata), FileError> {
    read_inside_up_to(root, relative, PROJECT_LIMIT)
}

/// The same with another limit.
///
/// # Errors
/// [`FileError`]; `Absent` when it is not there.
pub fn read_inside_up_to(root: &Path, relative: &Path, limit: u64) -> Result<(Vec<u8>, Metadata), FileError> {
    let path = root.join(relative);
    let real = place_inside(root, relative)?;
    let (text, meta) = read(&real, limit).map_err(|e| e.at(&path))?;
    require_sound(&path, &meta)?;
    Ok((text, meta))
}

/// Where a file of the project at `root` really lies, after asking who else can change the directories between.
///
/// # Errors
/// [`FileError`]; `Absent` when it is not there.
pub fn place_inside(root: &Path, relative: &Path) -> Result<PathBuf, FileError> {
    let path = root.join(relative);
    let real = if has_link(root, relative)? { followed(root, &path)? } else { path };
    // the root and what is above it were judged before
    for between in real.ancestors().skip(1).take_while(|dir| *dir != root) {
        let meta = between.metadata().map_err(|source| FileError::Unreadable { path: between.to_owned(), source })?;
        require_sound_directory(between, &meta)?;
    }
    Ok(real)
}

/// The files in a directory of the project at `root` with one of these extensions, sorted; `None` when there are more than
/// `limit`. Links are among them: whoever reads one finds out.
///
/// # Errors
/// [`FileError`]; `Absent` when it is not there.
pub fn list_inside(root: &Path, relative: &Path, extensions: &[&str], limit: usize) -> Result<Option<Vec<PathBuf>>, FileError> {
    let path = root.join(relative);
    let real = if has_link(root, relative)? { followed(root, &path)? } else { path.clone() };
    list(&real, extensions, limit)
        .map(|names| Some(names?.iter().map(|name| relative.join(name)).collect()))
        .map_err(|e| e.at(&path))
}

/// The names of the files in a directory with one of these extensions, sorted; `None` when there are more than `limit`.
///
/// # Errors
/// [`FileError`]; `Absent` when it is not there.
pub fn list(directory: &Path, extensions: &[&str], limit: usize) -> Result<Option<Vec<OsString>>, FileError> {
    let mut names = Vec::new();
    for entry in directory.read_dir().map_err(|source| FileError::of(directory, source))? {
        let name = entry.map_err(|source| FileError::of(directory, source))?.file_name();
        let extension = Path::new(&name).extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| extensions.contains(&extension)) {
            if names.len() == limit {
                return Ok(None);
            }
            names.push(name);
        }
    }
    names.sort();
    Ok(Some(names))
}

/// Whether a symbolic link stands on the way from the root to a file. Most files are not there at all, and of most that are,
/// nothing on the way is a link: no need to ask the system for the whole real path.
fn has_link(root: &Path, relative: &Path) -> Result<bool, FileError> {
    let mut way = root.to_owned();
    for part in relative {
        way.push(part);
        match way.symlink_metadata() {
            Ok(meta) if meta.is_symlink() => return Ok(true),
            Ok(_) => {}
            Err(source) => return Err(FileError::of(&root.join(relative), source)),
        }
    }
    Ok(false)
}

fn followed(root: &Path, path: &Path) -> Result<PathBuf, FileError> {
    let real = sys::canonical(path).map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
    if real.starts_with(root) { Ok(real) } else { Err(FileError::Outside(path.to_owned())) }
}

/// Refuses a file of a project that others than its user can change.
///
/// # Errors
/// [`FileError::Foreign`] and [`FileError::Writable`].
pub fn require_sound(path: &Path, meta: &Metadata) -> Result<(), FileError> {
    judge(path, sys::standing_of_file(meta), false)
}

/// The one path of a project's directory. Refuses one that others can change, and any directory above it through which they could
/// replace it.
///
/// # Errors
/// The first one found, from the project upwards.
pub fn sound_directory(directory: &Path) -> Result<PathBuf, FileError> {
    let judge = |(above, (path, meta)): (usize, (&Path, &Metadata))| judge(path, sys::standing_of_directory(meta), above > 0);
    if let Some(metas) = sys::plain_way(directory) {
        directory.ancestors().zip(&metas).enumerate().try_for_each(judge)?;
        return Ok(directory.to_owned());
    }
    let unreadable = |path: &Path, source| FileError::Unreadable { path: path.to_owned(), source };
    let root = sys::canonical(directory).map_err(|source| unreadable(directory, source))?;
    for (above, path) in root.ancestors().enumerate() {
        let meta = path.metadata().map_err(|source| unreadable(path, source))?;
        judge((above, (path, &meta)))?;
    }
    Ok(root)
}

/// Refuses one directory of a project that others can change.
///
/// # Errors
/// [`FileError::Foreign`], [`FileError::Writable`] and [`FileError::Shared`].
pub fn require_sound_directory(path: &Path, meta: &Metadata) -> Result<(), FileError> {
    judge(path, sys::standing_of_directory(meta), false)
}

fn judge(path: &Path, standing: Standing, is_ancestor: bool) -> Result<(), FileError> {
    let path = || path.to_owned();
    match standing {
        Standing::Sound => Ok(()),
        Standing::Sticky(_) if is_ancestor => Ok(()),
        Standing::Sticky(mode) => Err(FileError::Shared { path: path(), mode }),
        Standing::Foreign(uid) => Err(FileError::Foreign { path: path(), uid }),
        Standing::GroupWritable(mode) => Err(FileError::Writable { path: path(), mode, group_only: true }),
        Standing::WorldWritable(mode) => Err(FileError::Writable { path: path(), mode, group_only: mode & 0o020 == 0 }),
    }
}

/// A path for a command line that can be pasted into a POSIX shell.
#[must_use]
pub fn quoted(path: &Path) -> String {
    let text = shown_path(path);
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c)) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
