//! One shell run with one tool's hook: the script, its times, its values, and the processes it starts.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::ground::{output, variable};
use crate::shells::{FISH_BATCH, Shell};
use crate::tools::Tool;

/// What is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Case {
    /// A prompt where no project is, nothing loaded.
    Idle,
    /// A prompt in a loaded project in which nothing changed.
    Stay,
    /// `cd` into the project, and the prompt after it.
    Enter,
    /// `cd` out of it, and the prompt after it.
    Leave,
}

impl Case {
    pub const ALL: [Self; 4] = [Self::Idle, Self::Stay, Self::Enter, Self::Leave];

    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Stay => "stay",
            Self::Enter => "enter",
            Self::Leave => "leave",
        }
    }

    /// Whether it depends on the number of variables (a prompt that stays is measured with one number).
    pub fn is_sized(self) -> bool {
        matches!(self, Self::Enter | Self::Leave)
    }
}

pub struct Trial<'a> {
    pub tool: &'a Tool,
    pub shell: &'static Shell,
    pub variables: usize,
}

impl Trial<'_> {
    /// A script that has the hook, has settled outside of the project, and then does this.
    fn script(&self, then: &str) -> Result<PathBuf> {
        let ground = &self.tool.ground;
        let text = [
            self.shell.library,
            &self.shell.assignment("bench_project", &ground.project(self.variables).display().to_string()),
            &self.shell.assignment("bench_outside", &ground.outside().display().to_string()),
            &self.shell.assignment("bench_batch", &FISH_BATCH.to_string()),
            &self.tool.activation(self.shell.name)?,
            "\nbench_leave; bench_hook; bench_hook\n",
            then,
            "\n",
        ]
        .concat();
        let path = ground.home.join(format!("script.{}", self.shell.name));
        fs::write(&path, text)?;
        Ok(path)
    }

    /// The command that runs a script in this shell; what the script writes on descriptor 3 is its standard output.
    fn command(&self, before: &[&str], then: &str) -> Result<Command> {
        let mut command = self.tool.ground.command("sh");
        command.args(["-c", "exec \"$@\" 3>&1 >/dev/null 2>&1", "sh"]);
        command.args(before).args(self.shell.command).arg(self.script(then)?);
        Ok(command)
    }

    /// Whether the first and the last variable are right inside, all others there, and none of them outside.
    pub fn is_right(&self) -> Result<(), String> {
        let ((first, first_value), (last, last_value)) = (variable(1), variable(self.variables));
        let values = |when: &str| format!("bench_values {when} {first} {last}");
        let script = [
            values("before"),
            "bench_enter".to_owned(),
            values("inside"),
            "bench_hook".to_owned(),
            values("still"),
            "bench_leave".to_owned(),
            values("after"),
        ]
        .join("\n");
        let inside = format!("{first_value} {last_value} {}", self.variables);
        let expected = format!("before none none 0\ninside {inside}\nstill {inside}\nafter none none 0\n");
        let found = self.command(&[], &script).and_then(|mut command| output(&mut command, ""));
        match found {
            Ok(found) if found == expected => Ok(()),
            Ok(found) => Err(found.replace('\n', "; ")),
            Err(why) => Err(format!("{why:#}")),
        }
    }

    /// Times a case in a fresh shell, in microseconds.
    pub fn times(&self, case: Case, samples: usize) -> Result<Vec<f64>> {
        let is_fish = self.shell.name == "fish";
        let prompt = if is_fish { "bench_batch" } else { "bench_hook" };
        let script = match case {
            Case::Idle => format!("bench_time {samples} {prompt} true true"),
            Case::Stay => format!("bench_enter; bench_hook; bench_time {samples} {prompt} true true"),
            Case::Enter => format!("bench_time {samples} bench_enter true bench_leave"),
            Case::Leave => format!("bench_time {samples} bench_leave bench_enter true"),
        };
        let mut child = self.command(&[], &script)?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut pipe = child.stdout.take().context("a pipe was asked for")?;
        let mut start = child.stdin.take().context("a pipe was asked for")?;
        let mut times = Vec::new();
        if is_fish {
            let batch = if case.is_sized() { 1.0 } else { FISH_BATCH as f64 };
            let mut started = Instant::now();
            let mut byte = [0];
            while pipe.read(&mut byte)? == 1 {
                match byte[0] {
                    b's' => {
                        started = Instant::now();
                        start.write_all(b"\n")?;
                    }
                    b'e' => times.push(started.elapsed().as_secs_f64() * 1e6 / batch),
                    _ => {}
                }
            }
        } else {
            let mut text = String::new();
            pipe.read_to_string(&mut text)?;
            times = text.split_whitespace().map(str::parse).collect::<Result<_, _>>().context("not a time")?;
        }
        child.wait()?;
        ensure!(times.len() == samples, "{} in {}: {} times instead of {samples}", self.tool.name, self.shell.name, times.len());
        Ok(times)
    }

    /// How many processes (not threads) a script starts, and how many programs, beyond what it costs to get there.
    pub fn processes(&self, then: &str) -> Result<(usize, usize)> {
        let log = self.tool.ground.home.join("strace.log");
        let traced = "trace=clone,clone3,fork,vfork,execve,execveat";
        let log_path = log.display().to_string();
        let before = ["strace", "-f", "-qq", "-o", &log_path, "-e", traced, "-e", "signal=none"];
        output(&mut self.command(&before, then)?, "")?;
        let text = fs::read_to_string(&log)?;
        let forks = calls(&text, &["clone(", "clone3(", "fork(", "vfork("]).filter(|line| !line.contains("CLONE_THREAD")).count();
        // one that found no program has not become one
        let execs = calls(&text, &["execve(", "execveat("]).filter(|line| !line.contains(" = -1 ")).count();
        Ok((forks, execs))
    }
}

/// The lines of a trace on which one of these calls starts.
fn calls<'a>(trace: &'a str, names: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    trace.lines().filter(|line| {
        let call = line.split_once(' ').map_or("", |(_, call)| call.trim_start());
        names.iter().any(|name| call.starts_with(name))
    })
}
