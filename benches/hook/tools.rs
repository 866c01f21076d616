//! The tools that are compared: how each is found, how it is given a project, and what a shell evaluates to have its hook.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::approval::approve;
use crate::ground::{Ground, found, output, variable};

pub struct Tool {
    pub name: &'static str,
    pub ground: Ground,
    kind: Kind,
}

enum Kind {
    /// A hook that does nothing: what the measuring itself costs.
    Nothing,
    /// A hook that starts a program which only ends: no hook that starts one at each prompt can cost less.
    Floor(PathBuf),
    Mcpenv(PathBuf),
    /// An `.envrc` with plain exports.
    Direnv(PathBuf),
    /// A `mise.toml` with plain values, or with each one encrypted by age.
    Mise {
        program: PathBuf,
        is_encrypted: bool,
    },
}

/// All tools that are here and asked for (none named: all); says which are missing.
pub fn all(root: &Path, asked: &[String], mcpenv: PathBuf) -> Result<Vec<Tool>> {
    let mise = std::env::var_os("MCPENV_BENCH_MISE").map(PathBuf::from).or_else(|| found("mise"));
    let encrypted = mise.clone().filter(|_| found("age").is_some());
    let floors = [("floor-static", floor(root, true)?), ("floor-dynamic", floor(root, false)?)];
    let mut kinds = vec![("none", Some(Kind::Nothing))];
    kinds.extend(floors.map(|(name, program)| (name, program.map(Kind::Floor))));
    kinds.push(("mcpenv", Some(Kind::Mcpenv(mcpenv))));
    kinds.push(("direnv", found("direnv").map(Kind::Direnv)));
    kinds.push(("mise", mise.map(|program| Kind::Mise { program, is_encrypted: false })));
    kinds.push(("mise-age", encrypted.map(|program| Kind::Mise { program, is_encrypted: true })));
    let mut tools = Vec::new();
    for (name, kind) in kinds {
        if !asked.is_empty() && !asked.iter().any(|tool| tool == name) {
            continue;
        }
        match kind {
            Some(kind) => tools.push(Tool { name, kind, ground: Ground::make(root, name)? }),
            None => println!("# {name}: not here"),
        }
    }
    Ok(tools)
}

/// Ends at once, by the system call.
const BARE: &str = r#"
#![no_std]
#![no_main]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    #[cfg(target_arch = "x86_64")]
    unsafe { core::arch::asm!("syscall", in("rax") 60, in("rdi") 0, options(noreturn)) }
    #[cfg(target_arch = "aarch64")]
    unsafe { core::arch::asm!("svc 0", in("x8") 93, in("x0") 0, options(noreturn)) }
}
"#;

/// The least that a program can be: a static one of a few kilobytes that does nothing but end, without any library, and
/// `fn main() {}` as the compiler links it by itself. `None` where it cannot be built.
fn floor(root: &Path, is_static: bool) -> Result<Option<PathBuf>> {
    let directory = root.join("floors");
    fs::create_dir_all(&directory)?;
    let source = directory.join("floor.rs");
    fs::write(&source, if is_static { BARE } else { "fn main() {}\n" })?;
    let program = directory.join(if is_static { "floor-static" } else { "floor-dynamic" });
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.args(["--edition", "2024", "-O", "-C", "panic=abort", "-C", "strip=symbols", "-o"]).arg(&program).arg(&source);
    if is_static {
        command.args(["-C", "relocation-model=static", "-C", "link-arg=-static", "-C", "link-arg=-nostdlib"]);
    }
    match output(&mut command, "") {
        Ok(_) => Ok(Some(program)),
        Err(why) => {
            println!("# {}: {why:#}", program.display());
            Ok(None)
        }
    }
}

impl Tool {
    /// Whether it sets variables at all.
    pub fn loads(&self) -> bool {
        !matches!(self.kind, Kind::Nothing | Kind::Floor(_))
    }

    /// Makes the project with so many variables, and lets the tool trust it.
    pub fn prepare(&self, variables: usize) -> Result<()> {
        let project = self.ground.project(variables);
        fs::create_dir_all(&project)?;
        let names: Vec<_> = (1..=variables).map(variable).collect();
        match &self.kind {
            Kind::Nothing | Kind::Floor(_) => {}
            Kind::Mcpenv(program) => self.prepare_mcpenv(program, &project, &names)?,
            Kind::Direnv(program) => {
                let lines: String = names.iter().map(|(name, value)| format!("export {name}={value}\n")).collect();
                fs::write(project.join(".envrc"), lines)?;
                output(self.ground.command(program).args(["allow", "."]).current_dir(&project), "")?;
            }
            Kind::Mise { program, is_encrypted } => {
                let key = if *is_encrypted { Some(self.mise_key()?) } else { None };
                let mut text = "[env]\n".to_owned();
                for (name, value) in &names {
                    text += &match &key {
                        Some(recipient) => format!("{name} = {{ age = {{ value = \"{}\" }} }}\n", self.sealed(recipient, value)?),
                        None => format!("{name} = \"{value}\"\n"),
                    };
                }
                fs::write(project.join("mise.toml"), text)?;
                output(self.ground.command(program).args(["trust", "-q", "mise.toml"]).current_dir(&project), "")?;
            }
        }
        Ok(())
    }

    fn prepare_mcpenv(&self, program: &Path, project: &Path, names: &[(String, String)]) -> Result<()> {
        let entries: Vec<_> = names.iter().map(|(name, _)| format!("\"{name}\": \"${{{name}}}\"")).collect();
        let server = format!("{{\"command\": \"npx\", \"args\": [\"-y\", \"s@1.0.0\"], \"env\": {{{}}}}}", entries.join(", "));
        fs::write(project.join(".mcp.json"), format!("{{\"mcpServers\": {{\"s\": {server}}}}}\n"))?;
        let mcpenv =
            |arguments: &[&str], input: &str| output(self.ground.command(program).args(arguments).current_dir(project), input);
        mcpenv(&["init", "--no-input", "--profile", &format!("bench-{}", names.len())], "")?;
        for (name, value) in names {
            mcpenv(&["set", name, "--stdin"], value)?;
        }
        approve(program, &self.ground, project)
    }

    /// The recipient of an age key that mise finds in its own directory.
    fn mise_key(&self) -> Result<String> {
        let directory = self.ground.home.join(".config/mise");
        let identity = directory.join("age.txt");
        if !identity.exists() {
            fs::create_dir_all(&directory)?;
            fs::write(directory.join("config.toml"), "[settings]\nexperimental = true\n")?;
            output(self.ground.command("age-keygen").arg("-o").arg(&identity), "")?;
        }
        Ok(output(self.ground.command("age-keygen").arg("-y").arg(&identity), "")?.trim().to_owned())
    }

    fn sealed(&self, recipient: &str, value: &str) -> Result<String> {
        let armoured = output(self.ground.command("age").args(["-a", "-r", recipient]), value)?;
        let body: String = armoured.lines().filter(|line| !line.starts_with('-')).collect();
        ensure!(!body.is_empty(), "age printed nothing");
        Ok(body.trim_end_matches('=').to_owned())
    }

    /// What the start file of a shell evaluates.
    pub fn activation(&self, shell: &str) -> Result<String> {
        let print = |program: &Path, word| output(self.ground.command(program).args([word, shell]), "");
        match &self.kind {
            Kind::Nothing => Ok(String::new()),
            Kind::Floor(program) => {
                let program = program.display();
                match shell {
                    "bash" => Ok(format!("PROMPT_COMMAND='eval \"$({program})\"'")),
                    "zsh" => Ok(format!("floor() {{ eval \"$({program})\" }}; precmd_functions+=(floor)")),
                    _ => Ok(format!("function floor --on-event fish_prompt; {program} | source; end")),
                }
            }
            Kind::Mcpenv(program) | Kind::Direnv(program) => print(program, "hook"),
            Kind::Mise { program, .. } => print(program, "activate"),
        }
        .with_context(|| format!("{} has no hook for {shell}", self.name))
    }
}
