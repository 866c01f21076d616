//! What was asked for on the command line.

use std::process::exit;

const HELP: &str = "\
What mcpenv's prompt hook costs in real shells, beside direnv and mise where they are installed.

usage: cargo bench --bench hook -- [--quick] [--shells bash,zsh,fish] [--tools NAME,…] [--vars 3,20,200]
                                   [--rounds 7] [--samples 5] [--only times|processes|instructions]

  --quick     3 rounds of 3 samples with 3 and 20 variables
  --tools     of: none, floor-static, floor-dynamic, mcpenv, direnv, mise, mise-age
  MCPENV_BENCH_BINARY=PATH  measures this mcpenv instead of the one just built
  MCPENV_BENCH_MISE=PATH    the mise to compare with, when it is not in PATH";

#[derive(Debug)]
pub struct Options {
    pub shells: Vec<String>,
    /// Empty: all there are.
    pub tools: Vec<String>,
    pub vars: Vec<usize>,
    pub rounds: usize,
    pub samples: usize,
    /// One part only: `times`, `processes` or `instructions`.
    pub only: Option<String>,
}

impl Options {
    /// Reads the arguments; says what they may be, and ends, when they are something else.
    pub fn read(arguments: impl Iterator<Item = String>) -> Self {
        let mut options =
            Self { shells: list("bash,zsh,fish"), tools: Vec::new(), vars: vec![3, 20, 200], rounds: 7, samples: 5, only: None };
        let mut arguments = arguments.skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().unwrap_or_else(|| refuse(&format!("`{argument}` needs a value")));
            match argument.as_str() {
                // cargo adds this one
                "--bench" => {}
                "--quick" => (options.rounds, options.samples, options.vars) = (3, 3, vec![3, 20]),
                "--shells" => options.shells = list(&value()),
                "--tools" => options.tools = list(&value()),
                "--vars" => options.vars = list(&value()).iter().map(|n| number(n)).collect(),
                "--rounds" => options.rounds = number(&value()),
                "--samples" => options.samples = number(&value()),
                "--only" => options.only = Some(value()),
                "--help" | "-h" => {
                    println!("{HELP}");
                    exit(0);
                }
                other => refuse(&format!("unexpected `{other}`")),
            }
        }
        options
    }

    pub fn wants(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == part)
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

fn number(text: &str) -> usize {
    match text.parse() {
        Ok(number @ 1..=1000) => number,
        _ => refuse(&format!("`{text}` is no number from 1 to 1000")),
    }
}

fn refuse(why: &str) -> ! {
    eprintln!("error: {why}\n\n{HELP}");
    exit(2)
}
