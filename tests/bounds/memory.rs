//! How much memory the worst file of a mebibyte takes: at most 64 MiB above what the process has without it. Measured in a process
//! of its own, which reads it as the program does: one client after the other.

use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// The cases that took the most, of each way of reading; all of them with `MCPENV_TEST_FULL=1`.
const FEW: &[&str] = &[
    "client_json/numbers",
    "client_json/maps elsewhere",
    "client_json/dollars",
    "client_json/open maps",
    "client_toml/numbers",
    "client_toml/keys",
    "client_toml/dotted keys",
    "client_yaml/maps",
    "client_yaml/aliases",
    "client_yaml/merges",
    "client_yaml/dashes",
    "flat/members of an env",
    "flat/keys of TOML",
    "project_file/servers",
    "project_file/keys under a long name",
    "profile_payload/unknown fields",
];

#[test]
fn no_file_of_a_mebibyte_takes_more_than_64_mebibytes() {
    if peak().is_none() {
        eprintln!("skipped: this system does not say how much memory a process had");
        return;
    }
    let is_full = std::env::var_os("MCPENV_TEST_FULL").is_some_and(|value| value == "1");
    let names = worst::FAMILIES
        .iter()
        .flat_map(|family| worst::names(family).into_iter().map(move |name| format!("{family}/{name}")))
        .filter(|case| is_full || FEW.contains(&case.as_str()));
    let cases: Vec<String> = names.collect();
    assert!(cases.len() >= FEW.len(), "a case has another name now");
    let (next, over) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |count| count.get()) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match taken(case) {
                        Ok(taken) if taken <= ROOM => println!("{case}: {taken} KiB"),
                        Ok(taken) => over.lock().expect("nobody fell").push(format!("{case}: {taken} KiB")),
                        Err(said) => over.lock().expect("nobody fell").push(format!("{case}: {said}")),
                    }
                }
            });
        }
    });
    let over = over.into_inner().expect("nobody fell");
    assert!(over.is_empty(), "more than {ROOM} KiB:\n  {}", over.join("\n  "));
}

/// What one case takes in a process of its own, in KiB, or what was said instead.
fn taken(case: &str) -> Result<u64, String> {
    let words = ["--exact", "memory::reads_one_case", "--ignored", "--nocapture", "--test-threads=1"];
    let this = std::env::current_exe().expect("this binary");
    let out = Command::new(this).args(words).env_clear().env(CASE, case).output().expect("started");
    let text = String::from_utf8_lossy(&out.stdout);
    let taken = text.lines().find_map(|line| line.split_once("child: ")).and_then(|(_, taken)| taken.parse().ok());
    taken.filter(|_| out.status.success()).ok_or_else(|| format!("{text}{}", String::from_utf8_lossy(&out.stderr)))
}

#[test]
#[ignore = "the other test starts this one in a process of its own"]
fn reads_one_case() {
    let told = std::env::var(CASE).expect("told what");
    let (family, case) = told.split_once('/').expect("a family and a case");
    let text = worst::text(family, case, SIZE);
    let start = peak().expect("asked before");
    worst::read(family, text.as_bytes());
    println!("\nchild: {}", peak().expect("asked before") - start);
}
