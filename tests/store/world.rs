//! A throw-away place for mcpenv's files, and what stands in it.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use mcpenv::paths::Paths;
use mcpenv::profile::{Profile, ProfileName};
use mcpenv::secret::Secret;
use mcpenv::store::{
    AgeStore, Closed, Cover, Gate, Identity, Origin, Others, OwnIdentity, Patience, Renewed, Store, StoreError, Unfinished,
    registry,
};
use mcpenv::var::VarName;
use tempfile::TempDir;
use zeroize::Zeroizing;

pub const NOW: i64 = 1_795_232_424;

pub struct World {
    pub root: TempDir,
}

impl World {
    /// Nothing is there.
    pub fn bare() -> Self {
        Self { root: tempfile::tempdir().expect("a directory") }
    }

    /// An identity is there.
    pub fn new() -> Self {
        let world = Self::bare();
        assert_eq!(world.store().ensure_identity(NOW).expect("made"), Origin::Made);
        world
    }

    /// An identity and one saved profile are there.
    pub fn with(profile: &str, values: &[(&str, &str)]) -> Self {
        let world = Self::new();
        world.change(profile, values).expect("saved");
        world
    }

    pub fn store(&self) -> AgeStore {
        store_at(self.root.path())
    }

    pub fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub fn profiles(&self) -> PathBuf {
        self.data().join("profiles")
    }

    /// Locks, loads or begins, sets, saves.
    pub fn change(&self, profile: &str, values: &[(&str, &str)]) -> Result<Profile, StoreError> {
        change(&self.store(), profile, values)
    }

    /// Every file and directory with its mode and bytes. Locks are left out: their text is the last holder's number.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        files(self.root.path()).into_iter().filter(|path| path.extension().is_none_or(|e| e != "lock")).map(state).collect()
    }
}

fn state(path: PathBuf) -> (PathBuf, (u32, Vec<u8>)) {
    let mode = mode(&path);
    let bytes = if path.is_file() { fs::read(&path).unwrap_or_default() } else { Vec::new() };
    (path, (mode, bytes))
}

#[cfg(unix)]
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.symlink_metadata().expect("it is there").permissions().mode() & 0o7777
}

#[cfg(not(unix))]
pub fn mode(_: &Path) -> u32 {
    0
}

/// A gate behind which somebody knows this passphrase, and tries it once.
pub struct Knows(pub &'static str);

impl Gate for Knows {
    fn passphrase(&self, _: &str, again: bool) -> Option<Zeroizing<String>> {
        (!again && !self.0.is_empty()).then(|| Zeroizing::new(self.0.to_owned()))
    }

    fn patience(&self) -> Patience {
        Closed.patience()
    }

    fn now(&self) -> i64 {
        NOW
    }
}

pub fn paths_at(root: &Path) -> Paths {
    Paths::new(Some(root.into())).expect("a home")
}

/// The identity there, for somebody who knows this passphrase.
pub fn own_at(root: &Path, passphrase: &'static str) -> OwnIdentity {
    OwnIdentity::new(&paths_at(root), Arc::new(Knows(passphrase)) as Arc<dyn Gate>)
}

/// What a small passphrase costs here: the ordinary one takes a second.
pub fn behind(passphrase: &str) -> Cover {
    match passphrase {
        "" => Cover::Plain,
        text => Cover::Passphrase { passphrase: Zeroizing::new(text.to_owned()), factor: 2 },
    }
}

/// Puts the identity there from one passphrase behind another; none is the empty one.
pub fn protect(root: &Path, from: &'static str, to: &str) -> Result<(), StoreError> {
    let own = own_at(root, from);
    let lock = own.lock()?;
    let identity = own.open_with(from)?;
    own.protect(&lock, &identity, &behind(to), NOW).map(drop)
}

/// A new identity in the place of the one there, as `key new` makes it.
pub fn renew(root: &Path, passphrase: &'static str) -> Result<Renewed, StoreError> {
    let own = own_at(root, passphrase);
    let files = registry::all(&paths_at(root), &own, "");
    let lock = own.lock()?;
    let (old, cover) = (own.open_with(passphrase)?, behind(passphrase));
    if own.unfinished() == Unfinished::Old {
        let done = own.finish(&lock, &files, &Others::default(), &old, &cover)?;
        if done.files.changed > 0 || !done.files.unwritten.is_empty() {
            return Ok(done);
        }
    }
    own.renew(&lock, &files, &Others::default(), (&old, Identity::generate()), &cover, NOW)
}

pub fn store_at(root: &Path) -> AgeStore {
    AgeStore::new(&paths_at(root))
}

pub fn change(store: &dyn Store, profile: &str, values: &[(&str, &str)]) -> Result<Profile, StoreError> {
    let name = name(profile);
    let lock = store.lock(&name)?;
    let mut profile = match store.load(&name) {
        Err(StoreError::Absent(_)) => Profile::new().expect("random bytes"),
        other => other?,
    };
    for (variable, value) in values {
        profile.set(var(variable), secret(value), NOW);
    }
    store.save(&lock, &name, &mut profile)?;
    Ok(profile)
}

/// Everything under a directory, itself left out.
pub fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path));
        }
        found.push(path);
    }
    found
}

pub fn name(text: &str) -> ProfileName {
    ProfileName::parse(text).expect("a name")
}

pub fn var(text: &str) -> VarName {
    VarName::parse(text).expect("a name")
}

pub fn secret(text: impl AsRef<[u8]>) -> Secret {
    Secret::new(text.as_ref().to_vec()).expect("a value")
}

/// Whether a program is here; where it is not the test is skipped aloud, or fails when everything is asked for.
pub fn has(program: &str) -> bool {
    let is_here = Command::new("sh").args(["-c", "command -v \"$0\" >/dev/null", program]).status().is_ok_and(|s| s.success());
    if !is_here {
        skip(&format!("no `{program}` here"));
    }
    is_here
}

pub fn skip(why: &str) {
    assert!(std::env::var_os("MCPENV_TEST_REQUIRE_ALL").is_none(), "required, but {why}");
    eprintln!("skipped: {why}");
}

/// Whether this process may do what no mode forbids.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout == b"0\n")
}
