//! Prepared answers for the stand-in, written by the same code that writes the real ones.

use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use mcpenv::secret::Secret;
use mcpenv::shell::{Call, Script, Shell, Stamps, Watched, find};
use mcpenv::var::VarName;

use crate::sandbox::Sandbox;

pub struct Answer {
    shell: &'static dyn Shell,
    stamps: PathBuf,
    script: Script,
    marker: Option<String>,
    files: Vec<Watched>,
    absent: Vec<PathBuf>,
    wake: u32,
    is_racy: bool,
}

impl Answer {
    pub fn new(sandbox: &Sandbox) -> Self {
        let mut script = Script::default();
        script.push(b"#mcpenv 1\n");
        let shell = find(sandbox.shell.name).expect("a shell with a hook");
        Self { shell, stamps: sandbox.path("run"), script, marker: None, files: vec![], absent: vec![], wake: 0, is_racy: false }
    }

    pub fn adopt(mut self, names: &[&str]) -> Self {
        let names: Vec<VarName> = names.iter().map(|name| VarName::parse(name).expect("a name")).collect();
        self.shell.write(&Call::Adopt(&names), &mut self.script);
        self
    }

    pub fn undo(mut self) -> Self {
        self.shell.write(&Call::Undo, &mut self.script);
        self
    }

    /// Undoes, then loads; the marker names them.
    pub fn put(mut self, pairs: &[(&str, &[u8])]) -> Self {
        self = self.undo();
        let owned: Vec<(VarName, Secret)> = pairs
            .iter()
            .map(|(name, value)| (VarName::parse(name).expect("a name"), Secret::new(value.to_vec()).expect("a value")))
            .collect();
        let pairs: Vec<(&VarName, &Secret)> = owned.iter().map(|(name, value)| (name, value)).collect();
        self.shell.write(&Call::Put(&pairs), &mut self.script);
        let names = owned.iter().map(|(name, _)| format!(":{name}=0123456789abcdef"));
        self.marker = Some(format!("1{}", names.collect::<String>()));
        self
    }

    pub fn say(mut self, text: &str) -> Self {
        self.shell.write(&Call::Say(text), &mut self.script);
        self
    }

    pub fn warn(mut self, text: &str) -> Self {
        self.shell.write(&Call::Warn(text), &mut self.script);
        self
    }

    /// Watches a file as it is now.
    pub fn watch(mut self, path: &Path) -> Self {
        let metadata = fs::metadata(path).expect("a file to watch");
        let stamp = match self.shell.stamps() {
            Stamps::Files => {
                let name = format!("{}.{}", path.file_name().unwrap_or_default().to_string_lossy(), metadata.mtime_nsec());
                let stamp = self.stamps.join(name);
                File::create(&stamp).expect("a stamp");
                let file = File::options().write(true).open(&stamp).expect("the stamp");
                file.set_modified(metadata.modified().expect("a time")).expect("the stamp's time");
                stamp.as_os_str().as_bytes().to_vec()
            }
            Stamps::Seconds => format!("{}.{:09}", metadata.mtime(), metadata.mtime_nsec()).into_bytes(),
            Stamps::Ticks => unreachable!("no shell here compares ticks"),
        };
        self.files.push(Watched { path: path.to_owned(), stamp });
        self
    }

    pub fn absent(mut self, path: &Path) -> Self {
        self.absent.push(path.to_owned());
        self
    }

    pub fn wake(mut self, seconds: u32) -> Self {
        self.wake = seconds;
        self
    }

    pub fn racy(mut self) -> Self {
        self.is_racy = true;
        self
    }

    /// The whole text.
    pub fn whole(&self) -> Vec<u8> {
        let mut script = Script::default();
        script.push(self.script.expose());
        self.shell.write(&Call::Watch { files: &self.files, absent: &self.absent }, &mut script);
        self.shell.write(&Call::Fin { marker: self.marker.as_deref(), wake: self.wake, is_racy: self.is_racy }, &mut script);
        script.push(b"#end\n");
        script.expose().to_vec()
    }
}
