//! The user's keyring of the kernel: its keys die with the user's last process, at a reboot, and at their own end.

use std::io;

use linux_keyutils::{Key, KeyError, KeyPermissionsBuilder, KeyRing, KeyRingIdentifier, Permission};
use zeroize::Zeroizing;

/// Keeps `bytes` under this name for so many seconds, in the place of what was there.
pub fn keep(name: &str, bytes: &[u8], seconds: u64) -> io::Result<()> {
    let user = ring(KeyRingIdentifier::User)?;
    // A process that has no session keyring possesses nothing that it puts into the user's keyring, and may not even say who
    // may read it: so the key is made in the process's own keyring first.
    let own = ring(KeyRingIdentifier::Process)?;
    let key = own.add_key(name, bytes).map_err(of)?;
    let seconds = usize::try_from(seconds).unwrap_or(usize::MAX).max(1);
    let permissions = KeyPermissionsBuilder::builder().posessor(Permission::ALL).user(Permission::ALL).build();
    let made = key.set_timeout(seconds).and_then(|()| key.set_perms(permissions)).map_err(of).and_then(|()| {
        forget(name)?;
        user.link_key(key).map_err(of)
    });
    let _ = own.unlink_key(key);
    if made.is_err() {
        let _ = key.invalidate();
    }
    made
}

/// What is kept under this name; `None` when nothing is, or its time has ended.
pub fn recall(name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    match find(name)? {
        Some(key) => match key.read_to_vec() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(KeyError::KeyExpired | KeyError::KeyRevoked | KeyError::KeyDoesNotExist) => Ok(None),
            Err(error) => Err(of(error)),
        },
        None => Ok(None),
    }
}

/// Takes away what is kept under this name. Nothing there is no error.
pub fn forget(name: &str) -> io::Result<()> {
    let Some(key) = find(name)? else { return Ok(()) };
    // every other link to it dies too
    let gone = key.invalidate();
    match ring(KeyRingIdentifier::User)?.unlink_key(key) {
        Ok(()) | Err(KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked) => Ok(()),
        Err(error) => gone.or(Err(error)).map_err(of),
    }
}

fn find(name: &str) -> io::Result<Option<Key>> {
    match ring(KeyRingIdentifier::User)?.search(name) {
        Ok(key) => Ok(Some(key)),
        Err(KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked | KeyError::KeyringDoesNotExist) => Ok(None),
        Err(error) => Err(of(error)),
    }
}

fn ring(which: KeyRingIdentifier) -> io::Result<KeyRing> {
    KeyRing::from_special_id(which, true).map_err(of)
}

fn of(error: KeyError) -> io::Error {
    io::Error::other(format!("the kernel's keyring: {error}"))
}
