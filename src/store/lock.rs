//! Holds a lock file, so that one process at a time changes what it stands for. The system gives it back however the holder
//! ends; the file itself stays, because removing it would let two hold it. Its text is the holder's process number.

use std::fs::{File, TryLockError};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::file;
use crate::sys;

const WAIT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(15);

/// Why a lock was not had.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Somebody else held it all the time: the process, if it said so and lives.
    Held(Option<u32>),
    /// The file cannot be made or the file system cannot lock. Nothing may be written then.
    Io(io::Error),
}

/// Takes the lock, waiting for at most 5 seconds. Dropping the file gives it back.
pub(super) fn hold(path: &Path) -> Result<File, Refusal> {
    let file = sys::open_private(path).map_err(Refusal::Io)?;
    let end = Instant::now() + WAIT;
    loop {
        match file.try_lock() {
            Ok(()) => {
                sign(&file);
                return Ok(file);
            }
            Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(Refusal::Held(holder(path))),
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(e)) => {
                let why = format!("it cannot be locked here, so nothing is written ({e})");
                return Err(Refusal::Io(io::Error::new(e.kind(), why)));
            }
        }
    }
}

// a full disk is no reason to give the lock up: the next one is then told of a holder without number
fn sign(mut file: &File) {
    let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
}

fn holder(path: &Path) -> Option<u32> {
    let (text, _) = file::read(path, 64).ok()?;
    let pid = str::from_utf8(text.trim_ascii()).ok()?.parse().ok()?;
    sys::is_alive(pid).then_some(pid)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_lock_that_nobody_holds_any_more_is_taken_over_whatever_stands_in_it() {
        let here = tempfile::tempdir().expect("a directory");
        let path = here.path().join("a.lock");
        fs::write(&path, "4194304999\nleft by a process that was killed").expect("written");
        let held = hold(&path).expect("nobody holds it");
        assert_eq!(fs::read_to_string(&path).expect("read"), format!("{}\n", std::process::id()));
        assert_eq!(holder(&path), Some(std::process::id()));
        drop(held);
        hold(&path).expect("given back");
    }
}
