//! No such place on this system.

use std::io;

use zeroize::Zeroizing;

pub fn keep(_: &str, _: &[u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub fn recall(_: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    Err(io::ErrorKind::Unsupported.into())
}

pub fn forget(_: &str) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
