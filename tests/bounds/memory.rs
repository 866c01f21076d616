//! How much memory the worst file of a mebibyte takes: at most 64 MiB above what the process has without it. Measured in a process
//! of its own, which reads it as the program does: one client after the other.

use std::fs;
use std::process::Command;

use crate::worst;

const CASE: &str = "MCPENV_TEST_CHILD_CASE";
/// What one file may take, in KiB.
const ROOM: u64 = 64 * 1024;
const SIZE: usize = 1024 * 1024;

/// The most memory that this process ever had, in KiB; none where the system does not say it.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[test]
fn no_file_of_a_mebibyte_takes_more_than_64_mebibytes() {
    if peak().is_none() {
        eprintln!("skipped: this system does not say how much memory a process had");
        return;
    }
    let (mut over, log) = (Vec::new(), std::env::var_os("MCPENV_TEST_FULL").is_some());
    for family in worst::FAMILIES {
        for (name, _) in worst::cases(family, 0) {
            let this = std::env::current_exe().expect("this binary");
            let words = ["--exact", "memory::reads_one_case", "--ignored", "--nocapture", "--test-threads=1"];
            let out = Command::new(this).args(words).env_clear().env(CASE, format!("{family}/{name}")).output().expect("started");
            let text = String::from_utf8_lossy(&out.stdout);
            let took = text.lines().find_map(|line| line.split_once("child: ")).and_then(|(_, took)| took.parse::<u64>().ok());
            if log {
                println!("{family}, {name}: {took:?} KiB");
            }
            match took {
                Some(took) if out.status.success() && took <= ROOM => {}
                Some(took) => over.push(format!("{family}, {name}: {took} KiB")),
                None => over.push(format!("{family}, {name}: {text}{}", String::from_utf8_lossy(&out.stderr))),
            }
        }
    }
    assert!(over.is_empty(), "more than {ROOM} KiB:\n  {}", over.join("\n  "));
}

#[test]
#[ignore = "the other test starts this one in a process of its own"]
fn reads_one_case() {
    let told = std::env::var(CASE).expect("told what");
    let (family, case) = told.split_once('/').expect("a family and a case");
    let (_, text) = worst::cases(family, SIZE).find(|(name, _)| *name == case).expect("a case");
    let start = peak().expect("asked before");
    worst::read(family, text.as_bytes());
    println!("\nchild: {}", peak().expect("asked before") - start);
}
