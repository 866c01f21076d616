//! Stamps: how a hook notices, with builtins alone, that a file is not the one that was read. A stamp carries the time that the
//! file had then, so newer and older both mean changed.

use std::ffi::OsStr;
use std::fs::{self, FileTimes, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::sys;

/// .NET's ticks at 1970-01-01.
const UNIX_TICKS: i128 = 621_355_968_000_000_000;
/// Two writes closer together than a file system's clock ticks cannot be told apart: a file as young as this is asked once more.
const GRAIN: Duration = Duration::from_millis(10);

/// `seconds.nanoseconds` since 1970, nine digits after the point.
#[must_use]
pub fn time_text(time: SystemTime) -> String {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => format!("{}.{:09}", since.as_secs(), since.subsec_nanos()),
        // before 1970 the seconds count down and the nanoseconds still up
        Err(e) => {
            let before = e.duration();
            let nanos = before.subsec_nanos();
            let (seconds, nanos) = if nanos == 0 { (before.as_secs(), 0) } else { (before.as_secs() + 1, 1_000_000_000 - nanos) };
            format!("-{seconds}.{nanos:09}")
        }
    }
}

/// 100-nanosecond ticks since year 1, as .NET counts them.
#[must_use]
pub fn ticks(time: SystemTime) -> String {
    let since = match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i128::try_from(since.as_nanos()).unwrap_or(0),
        Err(e) => -i128::try_from(e.duration().as_nanos()).unwrap_or(0),
    };
    (UNIX_TICKS + since.div_euclid(100)).to_string()
}

/// Whether a file of this time may have changed since without showing it.
#[must_use]
pub fn is_young(time: SystemTime, now: SystemTime, within: Duration) -> bool {
    now.duration_since(time).map_or(true, |age| age < within)
}

/// Writes one stamp for each time, for the shell with this process id, and returns their paths. A file that is too young gets
/// a stamp of another time, so that the next prompt asks once more.
///
/// # Errors
/// When the directory or a stamp cannot be made, or when somebody else could change them: such stamps could lie, and whoever
/// runs with another user's runtime directory (`su` keeps it) must not write there.
pub fn write_stamps(runtime: &Path, pid: u32, times: &[SystemTime], now: SystemTime) -> io::Result<Vec<PathBuf>> {
    let directory = runtime.join("stamps");
    let require_private = |meta: &Metadata| {
        let is_private = meta.is_dir() && sys::is_own_and_private(meta).is_ok();
        let why = || io::Error::new(io::ErrorKind::PermissionDenied, "the place for them is not this user's alone");
        if is_private { Ok(()) } else { Err(why()) }
    };
    let meta = match directory.metadata() {
        Ok(meta) => meta,
        Err(_) => {
            sys::make_private_directory(&directory)?;
            directory.metadata()?
        }
    };
    require_private(&runtime.metadata()?)?;
    require_private(&meta)?;
    let write = |(n, time): (usize, &SystemTime)| {
        let path = directory.join(format!("{pid}.{n}"));
        let time = settled(*time, now);
        // whoever comes back to a project mostly finds the stamps of the last time
        let is_stamped = |meta: &Metadata| {
            meta.is_file() && sys::is_own_and_private(meta).is_ok() && meta.modified().is_ok_and(|stamped| stamped == time)
        };
        if !path.symlink_metadata().is_ok_and(|meta| is_stamped(&meta)) {
            sys::open_private(&path)?.set_times(FileTimes::new().set_modified(time))?;
        }
        Ok(path)
    };
    times.iter().enumerate().map(write).collect()
}

/// The time to stamp with: the file's own, or another one when it is too young to be sure of.
#[must_use]
pub fn settled(time: SystemTime, now: SystemTime) -> SystemTime {
    if is_young(time, now, GRAIN) { time - Duration::from_secs(1) } else { time }
}

/// Removes the stamps of shells that are gone.
pub fn sweep(runtime: &Path) {
    let stamps = runtime.join("stamps");
    let Ok(Some(names)) = sys::names_in(&stamps, usize::MAX) else { return };
    for name in names {
        let pid = Path::new(&name).file_stem().and_then(OsStr::to_str).and_then(|stem| stem.parse().ok());
        if pid.is_some_and(|pid| !sys::is_alive(pid)) {
            let _ = fs::remove_file(stamps.join(name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_shells_print_them() {
        let time = UNIX_EPOCH + Duration::new(1_700_000_000, 5_000_000);
        assert_eq!(time_text(time), "1700000000.005000000");
        assert_eq!(time_text(UNIX_EPOCH - Duration::from_millis(1)), "-1.999000000");
        assert_eq!(ticks(UNIX_EPOCH), "621355968000000000");
        assert_eq!(ticks(UNIX_EPOCH + Duration::from_nanos(250)), "621355968000000002");
    }

    #[test]
    fn a_stamp_that_fits_stays_and_one_that_does_not_is_written_anew() {
        let place = tempfile::tempdir().expect("a directory");
        let runtime = place.path().join("run");
        let (now, time) = (SystemTime::now(), UNIX_EPOCH + Duration::new(1_700_000_000, 5));
        let stamped = |times: &[SystemTime]| write_stamps(&runtime, 7, times, now).expect("stamps");
        let of = |path: &PathBuf| path.metadata().expect("a stamp").modified().expect("a time");
        let first = stamped(&[time, time + GRAIN]);
        assert_eq!((of(&first[0]), of(&first[1])), (time, time + GRAIN));
        let again = stamped(&[time, time]);
        assert_eq!((again[0] == first[0], of(&again[0]), of(&again[1])), (true, time, time));
        fs::remove_file(&again[0]).expect("a stamp");
        fs::create_dir(&again[0]).expect("a directory in its place");
        assert!(write_stamps(&runtime, 7, &[time], now).is_err(), "what is no file is no stamp");
    }

    #[test]
    fn a_file_written_just_now_is_asked_once_more() {
        let now = SystemTime::now();
        assert!(is_young(now, now, GRAIN) && is_young(now + Duration::from_secs(9), now, GRAIN));
        assert!(!is_young(now - Duration::from_secs(1), now, GRAIN));
    }
}
