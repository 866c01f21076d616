//! `/proc`: the environment that each program was started with, of this user's own programs alone (proc(5)).

use std::fs;
use std::os::unix::fs::MetadataExt;

use rustix::process;
use zeroize::Zeroizing;

use super::contract::Running;

/// The programs that were started with this value under this name, this one left out. `None` when `/proc` cannot be read.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "files of the kernel, read as they are")]
pub fn holding(name: &str, value: &[u8]) -> Option<Vec<Running>> {
    let me = process::geteuid().as_raw();
    let mut wanted = Zeroizing::new(Vec::with_capacity(name.len() + value.len() + 1));
    wanted.extend_from_slice(name.as_bytes());
    wanted.push(b'=');
    wanted.extend_from_slice(value);
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|text| text.parse().ok()) else { continue };
        // one that ends meanwhile, or belongs to somebody else, has nothing to show
        if pid == std::process::id() || !entry.metadata().is_ok_and(|meta| meta.uid() == me) {
            continue;
        }
        let Ok(environment) = fs::read(entry.path().join("environ")).map(Zeroizing::new) else { continue };
        if environment.split(|byte| *byte == 0).any(|text| *text == **wanted) {
            let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            found.push(Running { pid, name: name.trim_end().to_owned() });
        }
    }
    found.sort_by_key(|running| running.pid);
    Some(found)
}
