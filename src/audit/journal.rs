//! The files of the log: `audit.log`, the older ones beside it, and a small head that holds the last number and code, so that a
//! cut end shows. One append and one update of the head for each record, under one lock, without waiting for the disk.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::action::Action;
use super::chain::{Broken, Link, follow_all};
use super::record::Record;
use crate::escape::{shown, shown_path};
use crate::fault::Fault;
use crate::file::{self, USER_LIMIT};
use crate::key::{Key, hex, unhex};
use crate::paths::Paths;
use crate::sys;

/// A log that is larger than this becomes an older one, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;
/// How many older ones are kept.
const KEPT: u32 = 8;
/// How long one waits for another to write its record: each takes far less than a millisecond.
const WAIT: Duration = Duration::from_millis(100);
const PAUSE: Duration = Duration::from_millis(1);
/// The most names that one record has.
const NAMES: usize = 256;

/// Why nothing was written to the log, or read from it.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("the log `{}` could not be written: {source}", shown_path(.path))]
    Write { path: PathBuf, source: io::Error },
    #[error("the log `{}` could not be read: {source}", shown_path(.path))]
    Read { path: PathBuf, source: io::Error },
    #[error("the log is not what was written: {0}")]
    Broken(#[from] Broken),
}

impl Fault for AuditError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Broken(_) => Some("see it with `mcpenv audit verify`".to_owned()),
            Self::Write { .. } | Self::Read { .. } => None,
        }
    }
}

/// The log of one user.
#[derive(Debug)]
pub struct Journal {
    log: PathBuf,
    head: PathBuf,
    key: Key,
}

/// What was done, as the journal is told of it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    pub action: Action,
    pub project: Option<&'a Path>,
    pub profile: &'a str,
    pub names: &'a [&'a str],
}

/// What the head says of the log's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    link: Link,
    /// How long the log is, in bytes.
    length: u64,
    at: i64,
}

impl Journal {
    /// The log in these places, under the user's own key. Reads nothing yet.
    #[must_use]
    pub fn new(paths: &Paths, key: Key) -> Self {
        Self { log: paths.audit().join("audit.log"), head: paths.audit().join("audit.head"), key }
    }

    /// Appends a record. Makes the log when there is none yet.
    ///
    /// # Errors
    /// When the key, the disk or the lock does not allow it.
    pub fn note(&self, entry: &Entry<'_>, now: i64) -> Result<(), AuditError> {
        let key = &self.key;
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| AuditError::Write { path: path.clone(), source }
        };
        if let Some(directory) = self.log.parent() {
            sys::make_private_directory(directory).map_err(failed(&self.log))?;
        }
        let mut head_file = sys::open_private(&self.head).map_err(failed(&self.head))?;
        // the head is the lock too: whoever holds it writes
        locked(&head_file).map_err(failed(&self.head))?;
        let mut log = sys::open_private(&self.log).map_err(failed(&self.log))?;
        let length = log.metadata().map_err(failed(&self.log))?.len();
        let head = match read_head(&mut head_file, key) {
            Some(head) if head.length == length => head,
            other => {
                let head_length = head_file.metadata().map_err(failed(&self.head))?.len();
                self.recover(other, &mut log, (length, head_length), key)?
            }
        };
        let (mut head, mut log) = if head.length > LARGEST { (self.turn(head)?, self.reopened()?) } else { (head, log) };
        log.seek(SeekFrom::Start(head.length)).map_err(failed(&self.log))?;
        if head.length == 0 {
            let start = start_line(head.link, key);
            log.write_all(&start).map_err(failed(&self.log))?;
            head.length = start.len() as u64;
        }
        let record = Record {
            number: head.link.number + 1,
            at: now,
            action: entry.action.word().to_owned(),
            project: entry.project.map(shown_path).unwrap_or_default(),
            profile: entry.profile.to_owned(),
            names: entry.names.iter().take(NAMES).map(|name| shown(name).into_owned()).collect(),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let (line, code) = record.line(key, &head.link.code);
        log.write_all(&line).map_err(failed(&self.log))?;
        let link = Link { number: record.number, code };
        let head = Head { link, length: head.length + line.len() as u64, at: now };
        write_head(&mut head_file, &head, key).map_err(failed(&self.head))
    }

    /// When the last record was written, in seconds since 1970 UTC; `None` where there is none that is believed.
    #[must_use]
    pub fn last_seen(&self) -> Option<i64> {
        let key = &self.key;
        let mut file = File::open(&self.head).ok()?;
        read_head(&mut file, key).map(|head| head.at)
    }

    /// The records, oldest first, as they stand there, believed or not.
    ///
    /// # Errors
    /// When a file of the log cannot be read.
    pub fn records(&self) -> Result<Vec<Record>, AuditError> {
        let mut records = Vec::new();
        for path in self.files() {
            let text = read(&path)?;
            records.extend(text.split(|byte| *byte == b'\n').filter_map(Record::read_unverified));
        }
        Ok(records)
    }

    /// Goes through the whole log. The number of records that are sound.
    ///
    /// # Errors
    /// [`AuditError::Broken`] names the first record that is not what was written.
    pub fn verify(&self) -> Result<u64, AuditError> {
        let key = &self.key;
        let files = self.files();
        let mut link: Option<Link> = None;
        for path in &files {
            let text = read(path)?;
            let next = link.map_or(1, |link| link.number + 1);
            let (start, rest) = started(&text, key).ok_or(Broken::At(next))?;
            // the oldest file that is kept may begin anywhere; each of the others where the one before ends
            if link.is_some_and(|link| link != start) {
                return Err(Broken::At(next).into());
            }
            link = Some(follow_all(rest, start, key)?);
        }
        let link = link.unwrap_or(Link::START);
        let head = File::open(&self.head).ok().and_then(|mut file| read_head(&mut file, key));
        match head {
            Some(head) if head.link == link => Ok(link.number),
            // a record that was written while the program was killed before the head followed
            Some(head) if head.link.number < link.number => Ok(link.number),
            Some(head) => Err(Broken::Cut { last: head.link.number, found: link.number }.into()),
            None if files.is_empty() && !self.head.exists() => Ok(0),
            None => Err(Broken::Head.into()),
        }
    }

    /// The head does not fit the log: the record before was cut off by a crash, or was written and the head was not.
    fn recover(
        &self,
        head: Option<Head>,
        log: &mut File,
        (length, head_length): (u64, u64),
        key: &Key,
    ) -> Result<Head, AuditError> {
        let failed = |source| AuditError::Write { path: self.log.clone(), source };
        let known = match head {
            Some(head) if head.length <= length => head,
            // it became an older one, and the head was not told
            Some(head) if length == 0 && self.ends_older(&head, key) => return Ok(Head { length: 0, ..head }),
            Some(head) => return Err(Broken::Cut { last: head.link.number, found: 0 }.into()),
            // the first record may stand there, whose head was never written
            None if (length == 0 || head_length == 0) && self.older(1).metadata().is_err() => {
                Head { link: Link::START, length: 0, at: 0 }
            }
            None => return Err(Broken::Head.into()),
        };
        let mut rest = Vec::new();
        log.seek(SeekFrom::Start(known.length)).and_then(|_| log.read_to_end(&mut rest)).map_err(failed)?;
        let whole = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let (from, records) = match started(&rest[..whole], key) {
            Some((start, records)) if known.length == 0 && start == known.link => (start, records),
            _ => (known.link, &rest[..whole]),
        };
        match follow_all(records, from, key) {
            // without a head no more than the first record can have been left so
            Ok(link) if head.is_none() && link.number > 1 => Err(Broken::Head.into()),
            Ok(link) => {
                let length = known.length + whole as u64;
                // half a line is what a crash left
                log.set_len(length).map_err(failed)?;
                Ok(Head { link, length, at: known.at })
            }
            Err(broken) => Err(broken.into()),
        }
    }

    /// Whether the newest older log is what this head was of.
    fn ends_older(&self, head: &Head, key: &Key) -> bool {
        let Ok(text) = read(&self.older(1)) else { return false };
        text.len() as u64 == head.length
            && started(&text, key).is_some_and(|(start, rest)| follow_all(rest, start, key).is_ok_and(|link| link == head.link))
    }

    /// Makes the log an older one. The chain goes on in the next.
    fn turn(&self, head: Head) -> Result<Head, AuditError> {
        let failed = |source| AuditError::Write { path: self.log.clone(), source };
        for number in (1..KEPT).rev() {
            if self.older(number).exists() {
                fs::rename(self.older(number), self.older(number + 1)).map_err(failed)?;
            }
        }
        fs::rename(&self.log, self.older(1)).map_err(failed)?;
        Ok(Head { length: 0, ..head })
    }

    fn reopened(&self) -> Result<File, AuditError> {
        sys::open_private(&self.log).map_err(|source| AuditError::Write { path: self.log.clone(), source })
    }

    fn older(&self, number: u32) -> PathBuf {
        self.log.with_extension(format!("{number}.log"))
    }

    /// The files that are there, oldest first.
    fn files(&self) -> Vec<PathBuf> {
        let older = (1..=KEPT).rev().map(|number| self.older(number));
        older.chain([self.log.clone()]).filter(|path| path.exists()).collect()
    }
}

/// Takes the lock on the head, waiting for no longer than a moment: a prompt may wait for it.
fn locked(head: &File) -> io::Result<()> {
    let end = Instant::now() + WAIT;
    loop {
        match head.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(io::ErrorKind::WouldBlock, "another mcpenv holds it"));
            }
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(e)) => return Err(e),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, AuditError> {
    match file::read(path, USER_LIMIT) {
        Ok((bytes, _)) => Ok(bytes),
        Err(error) => Err(AuditError::Read { path: path.to_owned(), source: io::Error::other(error.to_string()) }),
    }
}

/// The first line of each file: where the chain stands there. `start NUMBER CODE KEYED-CODE`.
fn start_line(link: Link, key: &Key) -> Vec<u8> {
    let body = format!("start {} {}", link.number, hex(&link.code));
    let code = key.code(&[b"audit start", body.as_bytes()]);
    format!("{body} {}\n", hex(&code)).into_bytes()
}

/// Where the chain stands at the start of a file, and the records behind it.
fn started<'a>(text: &'a [u8], key: &Key) -> Option<(Link, &'a [u8])> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(&text[..end]).ok()?;
    let (body, code) = line.rsplit_once(' ')?;
    if !key.verifies(&[b"audit start", body.as_bytes()], &unhex(code)?) {
        return None;
    }
    let (number, code) = body.strip_prefix("start ")?.split_once(' ')?;
    let link = Link { number: number.parse().ok()?, code: unhex(code)?.try_into().ok()? };
    Some((link, &text[end + 1..]))
}

/// `NUMBER CODE LENGTH TIME KEYED-CODE`, always as long, so that it is written over in place.
fn head_text(head: &Head, key: &Key) -> String {
    let body = format!("{:020} {} {:020} {:020}", head.link.number, hex(&head.link.code), head.length, head.at.max(0));
    let code = key.code(&[b"audit head", body.as_bytes()]);
    format!("{body} {}\n", hex(&code))
}

fn write_head(file: &mut File, head: &Head, key: &Key) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(head_text(head, key).as_bytes())
}

fn read_head(file: &mut File, key: &Key) -> Option<Head> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(1024).read_to_string(&mut text).ok()?;
    let (body, code) = text.trim_end().rsplit_once(' ')?;
    if !key.verifies(&[b"audit head", body.as_bytes()], &unhex(code)?) {
        return None;
    }
    let mut words = body.split(' ');
    let number = words.next()?.parse().ok()?;
    let code = unhex(words.next()?)?.try_into().ok()?;
    Some(Head { link: Link { number, code }, length: words.next()?.parse().ok()?, at: words.next()?.parse().ok()? })
}
