//! `hook-env`: called by the hook when something changed. State in, shell text out, within 200 ms (longer only while a keychain
//! is asked, and bounded then too); whatever goes wrong, the shell is told to load nothing.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::gate::AtPrompt;
use super::report;
use crate::fault::{Exit, sentence};
use crate::ops::Workspace;
use crate::ops::load::{Entry, load};
use crate::session::{MARKER, Marker, is_young, login_key, settled, ticks, time_text, write_stamps};
use crate::shell::{self, Call, Script, Shell, Stamps, Watched};
use crate::sys;
use crate::var::VarName;

/// The most that a prompt waits. `MCPENV_HOOK_TIMEOUT` (milliseconds) replaces it for slow disks.
const LIMIT: Duration = Duration::from_millis(200);

/// The longest line for the user, in characters.
const LONGEST: usize = 1000;

/// Runs `hook-env SHELL DIR PID HOW`: the words that the hook files give. DIR is empty outside a project, and `-` for the
/// directory that the process was started in.
pub(super) fn run(words: &[OsString]) -> ExitCode {
    let limit = std::env::var("MCPENV_HOOK_TIMEOUT").ok().and_then(|text| text.parse().ok());
    sys::watchdog(limit.filter(|ms| *ms > 0).map_or(LIMIT, Duration::from_millis));
    let [name, directory, pid, how] = words else { return usage() };
    let (Some(shell), Some(pid)) = (name.to_str().and_then(shell::find), pid.to_str().and_then(|text| text.parse().ok())) else {
        return usage();
    };
    let directory = match directory.as_encoded_bytes() {
        b"" => None,
        b"-" => std::env::current_dir().ok(),
        _ => Some(PathBuf::from(directory)),
    };
    let Ok(workspace) = Workspace::of_process() else { return report::code(Exit::Failed) };
    let gate = Arc::new(AtPrompt { paths: workspace.paths.clone() });
    let workspace = workspace.with_gate(gate);
    let script = Exporting { workspace: &workspace, shell, pid, is_foreign: how == "foreign" }.script(directory.as_deref());
    let mut out = io::stdout().lock();
    match out.write_all(script.expose()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => report::code(Exit::Failed),
    }
}

fn usage() -> ExitCode {
    report::wrong("`hook-env` is for the hook", "put `mcpenv hook SHELL` into your shell's start file")
}

struct Exporting<'a> {
    workspace: &'a Workspace,
    shell: &'static dyn Shell,
    pid: u32,
    /// The shell has loaded nothing itself, and carries another one's marker.
    is_foreign: bool,
}

impl Exporting<'_> {
    fn script(&self, directory: Option<&Path>) -> Script {
        let mut script = Script::with_capacity(1024);
        script.push(b"#mcpenv 1\n");
        if let Some((agent, variable)) = self.workspace.agent().filter(|_| !self.is_open_to_agents()) {
            self.stay_out(agent, variable, directory.is_some(), &mut script);
        } else {
            self.fill(directory, &mut script);
        }
        script.push(b"#end\n");
        script
    }

    fn is_open_to_agents(&self) -> bool {
        self.workspace.settings().is_ok_and(|settings| settings.is_open_to_agents)
    }

    /// An agent's shell: what its person had exported before stays as it is.
    fn stay_out(&self, agent: &str, variable: &str, is_project: bool, script: &mut Script) {
        if !self.is_foreign {
            self.shell.write(&Call::Undo, script);
        }
        if is_project {
            let text =
                self.for_locale(&format!("mcpenv: nothing more is loaded in a shell that {agent} started (`{variable}` is set)"));
            self.shell.write(&Call::Warn(&text), script);
        }
        self.shell.write(&Call::Fin { marker: None, wake: 0, is_racy: false }, script);
    }

    fn fill(&self, directory: Option<&Path>, script: &mut Script) {
        let key = login_key(&self.workspace.paths.runtime());
        if let (true, Ok(key)) = (self.is_foreign, &key) {
            let held = self.workspace.var(MARKER).and_then(|text| text.into_string().ok()).unwrap_or_default();
            let marker = Marker::parse(&held);
            let value = |name: &VarName| self.workspace.var(name.as_str());
            let ours: Vec<VarName> = marker
                .names()
                .filter(|name| value(name).is_some_and(|v| marker.is_ours(key, name, v.as_encoded_bytes())))
                .cloned()
                .collect();
            if !ours.is_empty() {
                self.shell.write(&Call::Adopt(&ours), script);
            }
        }
        self.shell.write(&Call::Undo, script);
        let Some(directory) = directory else {
            self.shell.write(&Call::Fin { marker: None, wake: 0, is_racy: false }, script);
            return;
        };
        let accepts = |value: &crate::secret::Secret| self.shell.accepts(value).err().map(|refusal| refusal.0);
        let mut entry = load(self.workspace, directory, &accepts);
        let mut marker = Marker::default();
        match &key {
            Ok(key) => {
                let coder = key.coder();
                entry.put.iter().for_each(|(name, value)| marker.note(&coder, name, value.expose()));
            }
            Err(e) => {
                entry.put.clear();
                entry.say = None;
                entry.warn.push(sentence(e));
            }
        }
        if !entry.put.is_empty() {
            let pairs: Vec<_> = entry.put.iter().map(|(name, value)| (name, value)).collect();
            // with all that follows, if nothing much in it has to be quoted: all of it is wiped in the end
            let length = |(name, value): &(&VarName, &crate::secret::Secret)| name.as_str().len() * 7 + value.expose().len() + 64;
            script.reserve(pairs.iter().map(length).sum::<usize>() + 3072);
            self.shell.write(&Call::Put(&pairs), script);
        }
        self.finish(&entry, &marker.to_string(), script);
    }

    fn finish(&self, entry: &Entry, marker: &str, script: &mut Script) {
        if let Some(say) = &entry.say {
            self.shell.write(&Call::Say(&self.for_locale(&format!("mcpenv: {say}"))), script);
        }
        let mut warnings = entry.warn.clone();
        let files = self.stamped(entry).unwrap_or_else(|e| {
            warnings.push(format!("changes here will not be noticed: no stamps could be written ({e})"));
            Vec::new()
        });
        for text in &warnings {
            self.shell.write(&Call::Warn(&self.for_locale(&format!("mcpenv: {text}"))), script);
        }
        self.shell.write(&Call::Watch { files: &files, absent: &entry.absent }, script);
        let is_racy = entry.seen.iter().any(|(_, time)| is_young(*time, self.workspace.now, Duration::from_secs(2)));
        self.shell.write(&Call::Fin { marker: Some(marker), wake: entry.wake, is_racy }, script);
    }

    fn stamped(&self, entry: &Entry) -> io::Result<Vec<Watched>> {
        let now = self.workspace.now;
        let times: Vec<_> = entry.seen.iter().map(|(_, time)| *time).collect();
        let stamps: Vec<Vec<u8>> = match self.shell.stamps() {
            Stamps::Files => write_stamps(&self.workspace.paths.runtime(), self.pid, &times, now)?
                .into_iter()
                .map(|path| path.into_os_string().into_encoded_bytes())
                .collect(),
            Stamps::Seconds => times.iter().map(|t| time_text(settled(*t, now)).into_bytes()).collect(),
            Stamps::Ticks => times.iter().map(|t| ticks(settled(*t, now)).into_bytes()).collect(),
        };
        Ok(entry.seen.iter().zip(stamps).map(|((path, _), stamp)| Watched { path: path.clone(), stamp }).collect())
    }

    /// The text as this terminal's character set can show it, and no longer than a prompt bears: names in it are foreign.
    fn for_locale(&self, text: &str) -> String {
        let text = match text.char_indices().nth(LONGEST) {
            Some((end, _)) => &format!("{}... (see `mcpenv status`)", &text[..end]),
            None => text,
        };
        let set = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| self.workspace.var(name)).find(|v| !v.is_empty());
        let is_utf8 = |v: &OsStr| {
            let v = v.to_string_lossy().to_ascii_lowercase();
            v.contains("utf-8") || v.contains("utf8")
        };
        if self.shell.stamps() == Stamps::Ticks || set.is_some_and(|v| is_utf8(&v)) {
            text.to_owned()
        } else {
            text.replace('·', "-")
        }
    }
}
