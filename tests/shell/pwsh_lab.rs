//! A PowerShell that somebody names with `MCPENV_TEST_PWSH`: a command that runs a script file, as `pwsh -NoProfile -File`. It
//! may be one of another system that sees this one's files (under wine: `Z:\…`). What a script found out stands in a file:
//! without a terminal some versions of it run nothing and end well.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::UNIX_EPOCH;

use mcpenv::secret::Secret;
use mcpenv::shell::{Call, Script, Shell, Watched, find};
use mcpenv::var::VarName;

/// Ends the script, which shows that all of it was run.
const ENDED: i32 = 7;

const PRELUDE: &str = r#"
$here = $PSScriptRoot
$notes = [Collections.Generic.List[string]]::new()
function note($text) { $notes.Add([string]$text) }
function show($name) {
    $value = [Environment]::GetEnvironmentVariable($name)
    if ($null -eq $value) { note "$name unset" } else { note "$name [$value]" }
}
function answer($name) { Copy-Item "$here/$name.answer" "$here/answer" }
function hook { Get-Content -Raw "$here/hook.ps1" | Out-String | Invoke-Expression }
function program($code) { if ($env:OS -eq 'Windows_NT') { cmd.exe /c "exit $code" } else { sh -c "exit $code" } }
$said = [IO.StringWriter]::new()
[Console]::SetError($said)
Set-Location "$here/out"
"#;

/// Answers from the file `answer`, notes how it was called, and ends as the file `code` says.
const STAND_IN_CMD: &str = "@echo %*>>\"%~dp0calls\"\r\n@type \"%~dp0answer\"\r\n@if exist \"%~dp0code\" exit 9\r\n@exit 0\r\n";
const STAND_IN_SH: &str = "#!/bin/sh\nh=${0%/*}\necho \"$*\" >>\"$h/calls\"\ncat \"$h/answer\"\n[ ! -f \"$h/code\" ]\n";

pub struct Lab {
    root: tempfile::TempDir,
    command: Vec<String>,
    /// What stands before this system's paths in PowerShell's, and whether its paths are Windows'.
    prefix: String,
    pub is_windows: bool,
    /// One at a time: the hook gives up on a stand-in that is slow because a dozen systems start.
    _turn: MutexGuard<'static, ()>,
}

/// What a script left.
pub struct Left {
    pub notes: String,
    /// What was written to standard error by PowerShell itself.
    pub said: String,
    pub calls: Vec<String>,
    pub screen: String,
}

impl Lab {
    /// `None`: no PowerShell was named, so the test is skipped aloud.
    pub fn new() -> Option<Self> {
        static TURN: Mutex<()> = Mutex::new(());
        static PREFIX: OnceLock<String> = OnceLock::new();
        let Ok(command) = std::env::var("MCPENV_TEST_PWSH") else {
            eprintln!("skipped: MCPENV_TEST_PWSH names no PowerShell");
            return None;
        };
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let root = tempfile::tempdir().expect("a temporary directory");
        let command = command.split_whitespace().map(str::to_owned).collect();
        let mut lab = Self { root, command, prefix: String::new(), is_windows: false, _turn: turn };
        for directory in ["out", "p/sub", "q"] {
            fs::create_dir_all(lab.path(directory)).expect("a directory");
        }
        for project in ["p", "q"] {
            fs::write(lab.path(project).join(".mcpenv.toml"), "profile = \"dev\"\n").expect("a project file");
        }
        let seen = PREFIX.get_or_init(|| {
            let here = lab.path("");
            lab.start("[IO.File]::WriteAllText(\"$PSScriptRoot/notes\", $PSScriptRoot)");
            let seen = fs::read_to_string(lab.path("notes")).expect("the script ran");
            let here = here.to_str().expect("a plain path").trim_end_matches('/');
            let start = seen.replace('\\', "/");
            format!("{}{}", start.strip_suffix(here).expect("the same place"), if seen.contains('\\') { "\\" } else { "" })
        });
        lab.is_windows = seen.ends_with('\\');
        lab.prefix = seen.trim_end_matches('\\').to_owned();
        for (name, text) in [("stand-in.cmd", STAND_IN_CMD), ("stand-in", STAND_IN_SH)] {
            fs::write(lab.path(name), text).expect("the stand-in");
            let mut mode = fs::metadata(lab.path(name)).expect("the stand-in").permissions();
            std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
            fs::set_permissions(lab.path(name), mode).expect("its mode");
        }
        let stand_in = if lab.is_windows { "stand-in.cmd" } else { "stand-in" };
        let hook = shell().hook(&lab.seen(&lab.path(stand_in)), &[lab.seen(&lab.path(""))]);
        fs::write(lab.path("hook.ps1"), hook).expect("the hook");
        Some(lab)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().canonicalize().expect("the sandbox").join(name).components().collect()
    }

    /// How PowerShell calls this path.
    fn seen(&self, path: &Path) -> PathBuf {
        let path = path.to_str().expect("a plain path");
        PathBuf::from(format!("{}{}", self.prefix, if self.is_windows { path.replace('/', "\\") } else { path.to_owned() }))
    }

    /// A file to be watched, with the time it has now.
    pub fn watched(&self, name: &str) -> Watched {
        let time = fs::metadata(self.path(name)).expect("a file").modified().expect("its time");
        let since = time.duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() / 100;
        let ticks = 621_355_968_000_000_000 + since;
        Watched { path: self.seen(&self.path(name)), stamp: ticks.to_string().into_bytes() }
    }

    pub fn absent(&self, name: &str) -> PathBuf {
        self.seen(&self.path(name))
    }

    /// Prepares an answer of the stand-in.
    pub fn answer(&self, name: &str, calls: &[Call<'_>]) {
        let mut script = Script::default();
        script.push(b"#mcpenv 1\n");
        calls.iter().for_each(|call| shell().write(call, &mut script));
        script.push(b"#end\n");
        fs::write(self.path(&format!("{name}.answer")), script.expose()).expect("an answer");
    }

    /// An answer that loads these and watches that.
    pub fn load(&self, name: &str, pairs: &[(&str, &str)], files: &[Watched], absent: &[PathBuf]) {
        let owned: Vec<(VarName, Secret)> = pairs.iter().map(|(name, value)| (var(name), secret(value))).collect();
        let pairs: Vec<(&VarName, &Secret)> = owned.iter().map(|(name, value)| (name, value)).collect();
        let fin = Call::Fin { marker: Some("1:TOK=0123456789abcdef"), wake: 0, is_racy: false };
        self.answer(name, &[Call::Undo, Call::Put(&pairs), Call::Say("mcpenv: loaded"), Call::Watch { files, absent }, fin]);
    }

    /// Runs a script after the prelude.
    #[track_caller]
    pub fn run(&self, script: &str) -> Left {
        let end = format!(
            "\n[IO.File]::WriteAllText(\"$here/notes\", ($notes -join \"`n\"))\n\
             [IO.File]::WriteAllText(\"$here/said\", [string]$said)\nexit {ENDED}\n"
        );
        let (code, screen) = self.start(&format!("{PRELUDE}{script}{end}"));
        assert_eq!(code, Some(ENDED), "the script did not end:\n{screen}");
        let text = |name: &str| fs::read_to_string(self.path(name)).unwrap_or_default().replace('\r', "");
        let calls = text("calls").lines().map(|line| line.trim_end().to_owned()).collect();
        Left { notes: text("notes"), said: text("said"), calls, screen }
    }

    fn start(&self, script: &str) -> (Option<i32>, String) {
        let path = self.path("script.ps1");
        fs::write(&path, script).expect("the script");
        let output = Command::new(&self.command[0])
            .args(&self.command[1..])
            .arg(&path)
            .env_remove("__MCPENV_LOADED")
            .stdin(Stdio::null())
            .output()
            .expect("MCPENV_TEST_PWSH can be started");
        let screen = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&screen).into_owned())
    }
}

impl Left {
    #[track_caller]
    pub fn is(&self, notes: &str, said: &str) {
        let clean = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
        assert_eq!(clean(&self.notes), clean(notes), "said: {}\n{}", self.said, self.screen);
        assert_eq!(clean(self.said.trim()), clean(said));
    }

    /// How the calls were made, without the number of the process.
    pub fn hows(&self) -> Vec<&str> {
        for call in &self.calls {
            assert!(call.starts_with("hook-env pwsh - "), "{call}");
        }
        self.calls.iter().filter_map(|call| call.rsplit(' ').next()).collect()
    }
}

fn shell() -> &'static dyn Shell {
    find("pwsh").expect("there is a hook for PowerShell")
}

pub fn var(name: &str) -> VarName {
    VarName::parse(name).expect("a name")
}

pub fn secret(value: &str) -> Secret {
    Secret::new(value.into()).expect("a value")
}
