//! What it costs to read the 10 MB in which Claude Code keeps its user's servers and history, beside what `serde_json` takes to read
//! it into a tree: instructions in user mode, counted by callgrind, so the same in every run.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use mcpenv::client::{self, Scope};

const SIZE: usize = 10 * 1024 * 1024;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, how, file] = arguments.as_slice() {
        return one(how, Path::new(file));
    }
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("claude.json");
    for is_pretty in [false, true] {
        fs::write(&file, text(is_pretty)?)?;
        let [nothing, tree, ours] = ["nothing", "tree", "ours"].map(|how| count(how, &file));
        let (nothing, tree, ours) = (nothing?, tree?, ours?);
        let millions = |count: u64| format!("{}.{:02} M", (count - nothing) / 1_000_000, (count - nothing) / 10_000 % 100);
        let percent = (ours - nothing) * 100 / (tree - nothing);
        let layout = if is_pretty { "indented" } else { "one line" };
        println!(
            "10 MB, {layout}: read as Claude Code's {}, as a serde_json::Value {}: {percent} % (goal: at most 55)",
            millions(ours),
            millions(tree)
        );
    }
    Ok(())
}

/// What is counted.
fn one(how: &str, file: &Path) -> Result<()> {
    let text = fs::read(file)?;
    match how {
        "tree" => drop(std::hint::black_box(serde_json::from_slice::<serde_json::Value>(&text)?)),
        "ours" => {
            let client = client::find("claude-code").context("a client")?;
            let servers = client.read(&text, Scope::User)?.servers.len();
            anyhow::ensure!(servers > 0, "no server was found");
        }
        _ => {}
    }
    Ok(())
}

fn count(how: &str, file: &Path) -> Result<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe()?).arg(how).arg(file);
    let told = command.output().context("valgrind is not here")?;
    anyhow::ensure!(told.status.success(), "{how} failed");
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    let collected = told.lines().find_map(|line| line.split_once("Collected :")).context("callgrind counted nothing")?;
    Ok(collected.1.trim().parse()?)
}

/// The fixture's projects over and over, each under a path of its own.
fn text(is_pretty: bool) -> Result<String> {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients/claude-code/huge-home.json");
    let mut home: serde_json::Value = serde_json::from_slice(&fs::read(fixture)?)?;
    let projects = home["projects"].as_object_mut().context("projects")?;
    let first = projects.clone();
    let each = serde_json::to_string(&first)?.len();
    for n in 1..SIZE / each {
        projects.extend(first.iter().map(|(path, project)| (format!("{path}-{n}"), project.clone())));
    }
    Ok(if is_pretty { serde_json::to_string_pretty(&home)? } else { serde_json::to_string(&home)? })
}
