//! `import`: values out of files and out of the keychain of the system, through the real program in a throw-away home.

#[path = "../sandbox/mod.rs"]
mod sandbox;

mod formats;
#[cfg(all(unix, not(target_os = "macos")))]
mod keychain;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "../ring/mod.rs"]
mod ring;
#[cfg(not(target_os = "macos"))]
mod slot;
#[cfg(unix)]
mod source;
mod stored;
#[cfg(unix)]
mod terminal;
