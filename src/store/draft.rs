//! A file beside the one whose place it shall take: 0600 under any umask, written whole, then renamed. What a killed process
//! left of one is found by its name and taken away. Never opens the live file for writing.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::sys;

/// How many random letters stand in the name of a draft.
const RANDOM: usize = 12;
const END: &str = ".tmp";

/// Taken away again when it is dropped before it took its place.
#[derive(Debug)]
pub(super) struct Draft {
    file: NamedTempFile,
    target: PathBuf,
}

impl Draft {
    /// Writes a file in the directory of `target`, which must exist.
    pub(super) fn write(target: &Path, bytes: &[u8]) -> io::Result<Self> {
        let (directory, start) = parts(target)?;
        let mut file = Builder::new().prefix(&start).suffix(END).rand_bytes(RANDOM).tempfile_in(directory)?;
        sys::make_private(file.as_file())?;
        file.write_all(bytes)?;
        Ok(Self { file, target: target.to_owned() })
    }

    /// Waits until the disk has it.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.as_file().sync_all()
    }

    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(super) fn file(&self) -> &fs::File {
        self.file.as_file()
    }

    /// Takes the place of what is there, at once.
    pub(super) fn replace(self) -> io::Result<()> {
        sys::replace(self.file, &self.target)
    }

    /// Takes its place only if nothing is there.
    pub(super) fn place_new(self) -> io::Result<()> {
        self.file.persist_noclobber(&self.target).map(drop).map_err(|e| e.error)
    }
}

/// Takes away what killed processes left of drafts of `target`. Only for whoever holds its lock.
pub(super) fn sweep(target: &Path) {
    let Ok((directory, start)) = parts(target) else { return };
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(|name| name.strip_prefix(&start).is_some_and(is_random_end)) {
            // one that cannot be removed is in nobody's way
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether a file name is that of a draft of anything.
pub(super) fn is_draft(name: &str) -> bool {
    name.starts_with('.') && name.len() > RANDOM + END.len() && {
        let (_, end) = name.split_at(name.floor_char_boundary(name.len() - RANDOM - END.len()));
        is_random_end(end)
    }
}

fn is_random_end(end: &str) -> bool {
    end.strip_suffix(END).is_some_and(|random| random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn parts(target: &Path) -> io::Result<(&Path, String)> {
    match (target.parent(), target.file_name().and_then(|name| name.to_str())) {
        (Some(directory), Some(name)) => Ok((directory, format!(".{name}."))),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no place for a file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_drafts_of_the_same_file_are_swept() {
        let here = tempfile::tempdir().expect("a directory");
        let at = |name: &str| here.path().join(name);
        let names = [".a.age.0123456789ab.tmp", ".a.age.b.age.0123456789ab.tmp", ".a.age.0123.tmp", "a.age", ".a.age.swp"];
        for name in names {
            fs::write(at(name), "x").expect("written");
        }
        sweep(&at("a.age"));
        let left: Vec<_> = names.into_iter().filter(|name| at(name).exists()).collect();
        assert_eq!(left, names[1..]);
        assert!(is_draft(names[0]) && is_draft(names[1]) && !is_draft(names[2]) && !is_draft("é.tmp"));
    }

    #[test]
    fn a_draft_that_is_dropped_leaves_nothing_and_one_for_a_new_place_replaces_nothing() {
        let here = tempfile::tempdir().expect("a directory");
        let target = here.path().join("a");
        drop(Draft::write(&target, b"1").expect("written"));
        assert_eq!(fs::read_dir(here.path()).expect("read").count(), 0);
        Draft::write(&target, b"2").expect("written").place_new().expect("nothing was there");
        Draft::write(&target, b"3").expect("written").place_new().expect_err("something is there");
        assert_eq!(fs::read(&target).expect("read"), b"2");
        Draft::write(&target, b"4").expect("written").replace().expect("replaced");
        assert_eq!(fs::read(&target).expect("read"), b"4");
        assert_eq!(fs::read_dir(here.path()).expect("read").count(), 1);
    }
}
