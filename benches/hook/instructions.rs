//! What the binary alone executes, counted by callgrind: the same number in every run, whatever else the machine does. User
//! mode only; what the kernel does for it is not in there.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::ground::{Ground, found, output};

/// Prints the counts of the start and of one entry for each number of variables.
pub fn report(program: &Path, ground: &Ground, sizes: &[usize]) -> Result<()> {
    if found("valgrind").is_none() {
        println!("# instructions: valgrind is not here");
        return Ok(());
    }
    println!("\n== instructions of the binary alone, user mode, in millions (callgrind)");
    let outside = ground.outside();
    let start = count(program, &["hook", "bash"], ground, &outside)?;
    println!("{:<28} {:>8.3}   {}", "start: hook bash", millions(start), faults(program, ground)?);
    let own = std::process::id().to_string();
    for size in sizes {
        let project = ground.project(*size);
        let directory = project.display().to_string();
        let entered = count(program, &["hook-env", "bash", &directory, &own, "own"], ground, &project)?;
        println!("{:<28} {:>8.3}", format!("enter {size}: hook-env bash"), millions(entered));
    }
    Ok(())
}

fn millions(count: u64) -> f64 {
    count as f64 / 1e6
}

fn count(program: &Path, arguments: &[&str], ground: &Ground, directory: &Path) -> Result<u64> {
    let log = ground.home.join("callgrind.log");
    let mut command = ground.command("sh");
    command.current_dir(directory);
    // the binary ends itself after 200 ms, and under callgrind it is fifty times slower
    command.env("MCPENV_HOOK_TIMEOUT", "60000");
    command.args(["-c", "exec valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file=\"$0\" \"$@\""]);
    output(command.arg(&log).arg(program).args(arguments), "")?;
    let text = fs::read_to_string(&log)?;
    let collected = text.lines().find_map(|line| line.split_once("Collected :")).context("callgrind counted nothing")?;
    Ok(collected.1.trim().parse()?)
}

/// Page faults of the start, where `perf` is here and may count them.
fn faults(program: &Path, ground: &Ground) -> Result<String> {
    if found("perf").is_none() {
        return Ok("page faults: perf is not here".to_owned());
    }
    let log = ground.home.join("perf.log");
    let mut command = ground.command("perf");
    command.args(["stat", "-x,", "-e", "page-faults", "-o"]).arg(&log).arg("--").arg(program).args(["hook", "bash"]);
    if output(&mut command, "").is_err() {
        return Ok("page faults: perf may not count them".to_owned());
    }
    let text = fs::read_to_string(&log)?;
    let count = text.lines().find(|line| line.contains("page-faults")).and_then(|line| line.split(',').next());
    Ok(format!("page faults {}", count.unwrap_or("unknown")))
}
