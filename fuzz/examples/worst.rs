//! The generated worst cases at any size: `worst MEBIBYTES`. Each step of each may take one second of a processor's time, and a
//! file of a project, which holds a mebibyte at most, 64 MiB of memory; each case is measured in a process of its own. What takes
//! more is told.

use std::fs;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Instant;

use mcpenv_fuzz::{law, one_second, worst};

const MEBIBYTE: usize = 1024 * 1024;
/// What one file of a project may take, in KiB.
const ROOM: u64 = 64 * 1024;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [family, name, size] => one(family, name, size.parse().expect("a size")),
        words => all(words.first().map_or(1, |size| size.parse().expect("a number of mebibytes")) * MEBIBYTE),
    }
}

fn all(size: usize) {
    let this = std::env::current_exe().expect("this program");
    let (mut count, mut over) = (0, 0);
    for family in worst::FAMILIES {
        for name in worst::names(family) {
            let out = Command::new(&this).args([family, name.as_str(), &size.to_string()]).output().expect("it starts");
            let told = String::from_utf8_lossy(&out.stdout);
            let taken: Vec<u64> = told.split_whitespace().filter_map(|word| word.parse().ok()).collect();
            let is_kept = matches!(taken.as_slice(), [_, kib] if size > MEBIBYTE || *kib <= ROOM);
            let why = if is_kept { String::new() } else { format!(" OVER {}", String::from_utf8_lossy(&out.stderr)) };
            match taken.as_slice() {
                [ms, kib] => println!("{family}, {name}: {ms} ms, {kib} KiB{why}"),
                _ => println!("{family}, {name}:{why}"),
            }
            count += 1;
            over += usize::from(!is_kept);
        }
    }
    println!("{count} cases, {over} over");
    std::process::exit(i32::from(over > 0));
}

/// Reads one case, and tells how long it took and how much more memory this process has had for it.
fn one(family: &str, name: &str, size: usize) {
    one_second();
    law::IS_BUSY.store(true, Ordering::Relaxed);
    let text = worst::text(family, name, size);
    let (start, before) = (Instant::now(), peak());
    worst::read(family, text.as_bytes());
    println!("{} {}", start.elapsed().as_millis(), peak() - before);
}

/// The most memory that this process ever had, in KiB; 0 where the system does not say it.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
