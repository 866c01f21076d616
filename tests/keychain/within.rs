//! This very test once more, in a process whose environment has a keyring.

use std::process::Command;

use crate::ring::{Keyring, Ring};
use crate::sandbox::Sandbox;

const MARK: &str = "MCPENV_TEST_RING";

/// Whether this process is the one with the keyring. In the one without, the test has been run there once this returns.
pub fn a_keyring() -> bool {
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    let Some(ring) = Ring::start(Keyring::Open, Sandbox::new()) else { return false };
    let test = std::thread::current().name().expect("a test's thread has its name").to_owned();
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", &test, "--nocapture", "--test-threads=1"]);
    child.env_clear().envs(ring.sandbox.variables().iter().map(|(n, v)| (n, v))).env(MARK, "1");
    let ran = child.output().expect("it ran");
    let told = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && told.contains("1 passed"), "{told}");
    false
}
