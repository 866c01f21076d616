//! Unix: modes, owners, and the process's own protection.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use rustix::fs::{Mode, OFlags};
use rustix::process::{self, Resource, Rlimit};
use tempfile::NamedTempFile;

use super::standing::{IoFault, Standing};

/// The longest `NAME=value` with its NUL that a program can be started with, in bytes (Linux: `MAX_ARG_STRLEN`).
pub const EXPORT_LIMIT: usize = 131_072;
/// The most that all loaded variables may take together, in bytes.
pub const EXPORT_TOTAL: usize = 512 * 1024;

/// What one variable takes of these limits.
#[must_use]
pub fn exported_size(name: &str, value: &[u8]) -> usize {
    name.len() + value.len() + 2
}

/// Keeps this process's memory out of core dumps and away from debuggers. Best effort: a kernel that refuses is no error.
pub fn harden() {
    let _ = process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = process::set_dumpable_behavior(process::DumpableBehavior::NotDumpable);
}

/// Ends this process after `limit`, whatever it is doing then, by SIGALRM.
#[allow(unsafe_code)]
pub fn watchdog(limit: Duration) {
    let value = libc::timeval {
        tv_sec: libc::time_t::try_from(limit.as_secs()).unwrap_or(1),
        tv_usec: libc::suseconds_t::from(i32::try_from(limit.subsec_micros()).unwrap_or(0)),
    };
    let timer = libc::itimerval { it_interval: libc::timeval { tv_sec: 0, tv_usec: 0 }, it_value: value };
    // SAFETY: every call only reads or fills the structs given, which live until it returns; null old values are allowed
    // (sigemptyset(3), pthread_sigmask(3), setitimer(2)).
    unsafe {
        // a parent may have left the signal ignored or blocked, and both outlive exec
        libc::signal(libc::SIGALRM, libc::SIG_DFL);
        let mut alarm = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
        libc::sigemptyset(alarm.as_mut_ptr());
        libc::sigaddset(alarm.as_mut_ptr(), libc::SIGALRM);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, alarm.as_ptr(), std::ptr::null_mut());
        libc::setitimer(libc::ITIMER_REAL, &raw const timer, std::ptr::null_mut());
    }
}

/// The one path of a file that is there: absolute, without links.
pub fn canonical(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

/// The directory and those above it as they stand, from it upwards, when its path is known to be the one path that
/// [`canonical`] would give: no link in it, nothing to take back. `None` says nothing.
#[must_use]
pub fn plain_way(directory: &Path) -> Option<Vec<Metadata>> {
    // other systems have more than one way to write a name
    if !cfg!(target_os = "linux") || !directory.has_root() || directory.components().any(|c| c == Component::ParentDir) {
        return None;
    }
    // a slash too many, or a dot
    if directory.components().collect::<PathBuf>().as_os_str() != directory.as_os_str() {
        return None;
    }
    let stands = |path: &Path| path.symlink_metadata().ok().filter(Metadata::is_dir);
    directory.ancestors().map(stands).collect()
}

/// The time by the system's clock. With musl the system is asked itself: its fast way, read from a table of the kernel's at the
/// first call, pays only for whoever asks often.
#[must_use]
#[cfg(all(target_os = "linux", target_env = "musl", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "there is no safe way to a system call by its number")]
pub fn now() -> SystemTime {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call fills the struct given, which lives until it returns (clock_gettime(2)).
    let answer = unsafe { libc::syscall(libc::SYS_clock_gettime, libc::CLOCK_REALTIME, &raw mut time) };
    match (answer, u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec)) {
        (0, Ok(seconds), Ok(nanos)) => SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos),
        _ => SystemTime::now(),
    }
}

/// The time by the system's clock.
#[must_use]
#[cfg(not(all(target_os = "linux", target_env = "musl", target_pointer_width = "64")))]
pub fn now() -> SystemTime {
    SystemTime::now()
}

/// Opens a file for reading without ever waiting: a FIFO without a writer opens at once, a terminal is not taken over.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    open(path, OFlags::RDONLY, Mode::empty())
}

/// By one system call: musl's own needs a second one for each file, to close it at the next program.
fn open(path: &Path, how: OFlags, mode: Mode) -> io::Result<File> {
    let how = how | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(rustix::io::retry_on_intr(|| rustix::fs::open(path, how, mode))?))
}

/// The terminal that this process belongs to, for writing to the person at it.
pub fn open_terminal() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty")
}

/// Whether this process is still there.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(process::Pid::from_raw) else { return false };
    !matches!(process::test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

/// Whether both are one and the same directory.
#[must_use]
pub fn is_same_directory(a: &Metadata, b: &Metadata) -> bool {
    a.is_dir() && b.is_dir() && a.dev() == b.dev() && a.ino() == b.ino()
}

/// Who else can change this file.
#[must_use]
pub fn standing_of_file(meta: &Metadata) -> Standing {
    standing(meta)
}

/// Who else can change what is in this directory.
#[must_use]
pub fn standing_of_directory(meta: &Metadata) -> Standing {
    match standing(meta) {
        Standing::WorldWritable(mode) | Standing::GroupWritable(mode) if mode & 0o1000 != 0 && meta.uid() == 0 => {
            Standing::Sticky(mode)
        }
        other => other,
    }
}

/// Whom this process acts for. It never changes that.
fn own_uid() -> u32 {
    static OWN: OnceLock<u32> = OnceLock::new();
    *OWN.get_or_init(|| process::geteuid().as_raw())
}

fn standing(meta: &Metadata) -> Standing {
    let me = own_uid();
    let mode = meta.mode() & 0o7777;
    if meta.uid() != me && meta.uid() != 0 {
        Standing::Foreign(meta.uid())
    } else if mode & 0o002 != 0 {
        Standing::WorldWritable(mode)
    } else if mode & 0o020 != 0 && !is_private_group(me, meta.gid()) {
        Standing::GroupWritable(mode)
    } else {
        Standing::Sound
    }
}

/// The user-private group of Debian and Fedora: the account's primary group, with nobody else in it.
// Read from the files, not through NSS: a static binary has none, and a group that only a directory service knows may be shared.
#[allow(clippy::disallowed_methods, reason = "two files that only root can write")]
fn is_private_group(uid: u32, gid: u32) -> bool {
    let (Ok(accounts), Ok(groups)) = (fs::read_to_string("/etc/passwd"), fs::read_to_string("/etc/group")) else { return false };
    private_group_in(&accounts, &groups, uid, gid)
}

fn private_group_in(accounts: &str, groups: &str, uid: u32, gid: u32) -> bool {
    let mut own_name = None;
    for line in accounts.lines() {
        let fields: Vec<_> = line.split(':').collect();
        let (Some(name), Some(Ok(id)), Some(Ok(primary))) =
            (fields.first(), fields.get(2).map(|f| f.parse::<u32>()), fields.get(3).map(|f| f.parse::<u32>()))
        else {
            continue;
        };
        if id == uid && primary == gid {
            own_name = Some(*name);
        } else if id != uid && primary == gid {
            return false;
        }
    }
    let Some(own_name) = own_name else { return false };
    groups
        .lines()
        .filter_map(|line| {
            let fields: Vec<_> = line.split(':').collect();
            (fields.get(2)?.parse::<u32>().ok()? == gid).then(|| fields.get(3).copied().unwrap_or("").to_owned())
        })
        .all(|members| members.split(',').all(|m| m.trim().is_empty() || m.trim() == own_name))
}

/// How many names a file has beside the one it was opened by: hard links.
#[must_use]
pub fn other_names(meta: &Metadata) -> u64 {
    if meta.is_file() { meta.nlink().saturating_sub(1) } else { 0 }
}

/// Whether a file or directory of mcpenv's own is the user's and closed to everybody else; the error holds its mode.
pub fn is_own_and_private(meta: &Metadata) -> Result<(), u32> {
    let mode = meta.mode() & 0o7777;
    if meta.uid() == own_uid() && mode & 0o077 == 0 { Ok(()) } else { Err(mode) }
}

/// Makes a directory and those above it that are missing, 0700 under any umask. One that is there keeps its mode.
pub fn make_private_directory(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        make_private_directory(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        // a umask can only have taken rights away: give the user's own back
        Ok(()) => fs::set_permissions(path, Permissions::from_mode(0o700)),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e),
    }
}

/// Closes an open file of mcpenv's own to everybody else: 0600.
pub fn make_private(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Gives an open file the mode of what lies in a project: 0644.
pub fn make_readable(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o644))
}

/// Opens a file of mcpenv's own for reading and writing, and makes it, 0600 under any umask, when it is not there. A symbolic
/// link in its place is refused: what it leads to is not mcpenv's to write, close or make.
pub fn open_private(path: &Path) -> io::Result<File> {
    let file = open(path, OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW, Mode::from_raw_mode(0o600))?;
    if file.metadata()?.mode() & 0o7777 != 0o600 {
        make_private(&file)?;
    }
    Ok(file)
}

/// Makes a file that is not there yet. Others may read it, and only the user may write it, whatever the umask.
pub fn create_readable(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    let mode = file.metadata()?.mode() & 0o777;
    if mode & 0o600 != 0o600 {
        file.set_permissions(Permissions::from_mode(mode | 0o600))?;
    }
    Ok(file)
}

/// Gives a file the mode and the owner of the one whose place it shall take.
pub fn keep_standing(file: &File, of: &Metadata) -> io::Result<()> {
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (of.uid(), of.gid()) {
        std::os::unix::fs::fchown(file, Some(of.uid()), Some(of.gid()))?;
    }
    file.set_permissions(Permissions::from_mode(of.mode() & 0o7777))
}

/// Puts a finished file in the place of what is there, at once.
pub fn replace(file: NamedTempFile, target: &Path) -> io::Result<()> {
    file.persist(target).map(drop).map_err(|refused| refused.error)
}

/// Makes a rename in this directory last through a power cut.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// What an error of the system means for whoever keeps files.
#[must_use]
pub fn fault_of(error: &io::Error) -> IoFault {
    use io::ErrorKind as K;
    match error.kind() {
        K::NotFound | K::NotADirectory => IoFault::Absent,
        K::PermissionDenied => IoFault::NoAccess,
        K::StorageFull | K::QuotaExceeded | K::ReadOnlyFilesystem => IoFault::Disk,
        _ if error.raw_os_error() == Some(libc::EIO) => IoFault::Disk,
        _ => IoFault::Other,
    }
}

/// The directory that roams with the user: only Windows has one.
#[must_use]
pub fn roaming(_: &Path) -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::{canonical, plain_way, private_group_in};

    const ACCOUNTS: &str = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nbob:x:1001:100::/home/bob:/bin/sh\n";

    #[test]
    fn a_way_is_plain_only_when_it_is_the_one_that_the_system_would_name() {
        let place = tempfile::tempdir().expect("a directory");
        let place = canonical(place.path()).expect("a directory");
        let (real, link) = (place.join("real"), place.join("link"));
        std::fs::create_dir_all(real.join("in")).expect("directories");
        std::os::unix::fs::symlink(&real, &link).expect("a link");
        std::fs::write(real.join("file"), "").expect("a file");
        let way = plain_way(&real).map(|metas| metas.len());
        assert_eq!(way, cfg!(target_os = "linux").then_some(real.ancestors().count()));
        let odd = ["real/../real", "real/./in", "real//in", "real/"].map(|path| format!("{}/{path}", place.display()));
        let odd =
            odd.iter().map(std::path::PathBuf::from).chain([link.clone(), link.join("in"), real.join("file"), "real".into()]);
        for path in odd {
            assert!(plain_way(&path).is_none(), "{}", path.display());
        }
        assert!(plain_way(&place.join("gone")).is_none());
    }

    #[test]
    fn a_group_is_private_when_it_is_the_users_own_and_nobody_else_is_in_it() {
        assert!(private_group_in(ACCOUNTS, "ann:x:1000:\nusers:x:100:\n", 1000, 1000));
        assert!(private_group_in(ACCOUNTS, "ann:x:1000:ann\n", 1000, 1000));
        assert!(!private_group_in(ACCOUNTS, "ann:x:1000:bob\n", 1000, 1000), "a second member");
        assert!(!private_group_in(ACCOUNTS, "users:x:100:\n", 1000, 100), "not the primary group");
        assert!(
            !private_group_in(&format!("{ACCOUNTS}eve:x:7:1000::/:/bin/sh\n"), "ann:x:1000:\n", 1000, 1000),
            "a second account"
        );
    }
}
