//! What the prompt hook costs in real shells: an idle prompt, a prompt in a loaded project, entering, leaving. Beside mcpenv
//! stand direnv and mise where they are installed, and two floors: a hook that starts one program that only ends.
//!
//! Each tool must show the right values before it is timed. Times are compared only within a round, in which each tool has its
//! turn; counts of processes and of instructions are exact.
#![allow(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]

mod approval;
mod figures;
mod goals;
mod ground;
mod instructions;
mod options;
mod shells;
mod tools;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use figures::Figures;
use options::Options;
use shells::Shell;
use tools::Tool;
use trial::{Case, Trial};

fn main() -> Result<()> {
    let options = Options::read(std::env::args());
    let mcpenv =
        std::env::var_os("MCPENV_BENCH_BINARY").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_mcpenv")), PathBuf::from);
    let root = tempfile::Builder::new().prefix("mcpenv-bench-").tempdir()?;
    println!("# mcpenv: {}", mcpenv.display());
    let mcpenv = installed(&mcpenv, root.path())?;

    let mut tools = tools::all(root.path(), &options.tools, mcpenv.clone())?;
    tools.retain(|tool| is_prepared(tool, &options.vars));
    for name in &options.shells {
        let Some(shell) = Shell::by_name(name).filter(|shell| ground::found(shell.name).is_some()) else {
            println!("# {name}: not here");
            continue;
        };
        let right: Vec<_> = tools.iter().filter(|tool| is_right(tool, shell, &options.vars)).collect();
        let mut figures = Figures::default();
        if options.wants("times") {
            time(&right, shell, &options, &mut figures)?;
        }
        let processes = if options.wants("processes") { count_processes(&right, shell, &options)? } else { None };
        goals::report(shell.name, &options.vars, &figures, processes);
    }
    if options.wants("instructions")
        && let Some(tool) = tools.iter().find(|tool| tool.name == "mcpenv")
    {
        instructions::report(&mcpenv, &tool.ground, &options.vars)?;
    }
    Ok(())
}

/// A copy written in one go, as an installer writes it: the linker writes in small pieces, and the system then maps such a file
/// in small pieces too, which shows in every start.
fn installed(program: &Path, root: &Path) -> Result<PathBuf> {
    let directory = root.join("bin");
    fs::create_dir_all(&directory)?;
    let copy = directory.join("mcpenv");
    fs::write(&copy, fs::read(program)?)?;
    fs::set_permissions(&copy, fs::metadata(program)?.permissions())?;
    Ok(copy)
}

fn is_prepared(tool: &Tool, sizes: &[usize]) -> bool {
    let failed = sizes.iter().find_map(|size| tool.prepare(*size).err());
    if let Some(why) = &failed {
        println!("# {}: no project could be made: {why:#}", tool.name);
    }
    failed.is_none()
}

fn is_right(tool: &Tool, shell: &'static Shell, sizes: &[usize]) -> bool {
    let mut sizes = sizes.iter().filter(|_| tool.loads());
    sizes.all(|size| match (Trial { tool, shell, variables: *size }).is_right() {
        Ok(()) => true,
        Err(found) => {
            println!("# {} in {}: WRONG with {size} variables: {found}", tool.name, shell.name);
            false
        }
    })
}

/// The number of variables with which prompts that stay are measured.
fn usual(sizes: &[usize]) -> usize {
    if sizes.contains(&20) { 20 } else { sizes[0] }
}

fn time(tools: &[&Tool], shell: &'static Shell, options: &Options, figures: &mut Figures) -> Result<()> {
    for case in Case::ALL {
        let sizes = if case.is_sized() { options.vars.clone() } else { vec![usual(&options.vars)] };
        for size in sizes {
            for _ in 0..options.rounds {
                for tool in tools {
                    let samples = Trial { tool, shell, variables: size }.times(case, options.samples)?;
                    figures.add_round((shell.name, case, size, tool.name), samples);
                }
            }
            table(tools, shell, case, size, options, figures);
        }
    }
    Ok(())
}

fn table(tools: &[&Tool], shell: &Shell, case: Case, size: usize, options: &Options, figures: &Figures) {
    let (rounds, samples) = (options.rounds, options.samples);
    println!(
        "\n== {} · {} · {size} variables: ms, median [least..most] of {rounds}x{samples}; ratios of rounds",
        shell.name,
        case.name()
    );
    println!("{:<14} {:>28}   {:>22}   {:>22}   {:>22}", "", "wall", "to direnv", "to mise", "to floor-static");
    for tool in tools {
        let key = (shell.name, case, size, tool.name);
        let Some(wall) = figures.spread(key) else { continue };
        let ratio = |other| {
            figures.ratio(key, other).map_or_else(String::new, |r| format!("{:.3} [{:.3}..{:.3}]", r.median, r.least, r.most))
        };
        let wall = format!("{:.3} [{:.3}..{:.3}]", wall.median / 1e3, wall.least / 1e3, wall.most / 1e3);
        let (direnv, mise, floor) = (ratio("direnv"), ratio("mise"), ratio("floor-static"));
        println!("{:<14} {wall:>28}   {direnv:>22}   {mise:>22}   {floor:>22}", tool.name);
    }
}

/// Prints what each tool starts; gives mcpenv's own counts.
fn count_processes(tools: &[&Tool], shell: &'static Shell, options: &Options) -> Result<Option<goals::Processes>> {
    if ground::found("strace").is_none() {
        println!("# processes: strace is not here");
        return Ok(None);
    }
    println!("\n== {} · processes started / programs executed (strace, exact)", shell.name);
    println!("{:<14} {:>12} {:>12} {:>12} {:>12}", "", "10 x idle", "10 x stay", "enter", "leave");
    let mut own = None;
    for tool in tools {
        let trial = Trial { tool, shell, variables: usual(&options.vars) };
        let prompts = "bench_hook\n".repeat(10);
        let settled = trial.processes("")?;
        let idle = less(trial.processes(&prompts)?, settled);
        let entered = trial.processes("bench_enter")?;
        let stayed = less(trial.processes(&format!("bench_enter\n{prompts}"))?, entered);
        let left = less(trial.processes("bench_enter\nbench_leave")?, entered);
        let entered = less(entered, settled);
        let shown = [idle, stayed, entered, left].map(|(forks, execs)| format!("{forks} / {execs}"));
        println!("{:<14} {:>12} {:>12} {:>12} {:>12}", tool.name, shown[0], shown[1], shown[2], shown[3]);
        if tool.name == "mcpenv" {
            own = Some(goals::Processes { idle, stayed, entered, left });
        }
    }
    Ok(own)
}

fn less((forks, execs): (usize, usize), before: (usize, usize)) -> (usize, usize) {
    (forks.saturating_sub(before.0), execs.saturating_sub(before.1))
}
