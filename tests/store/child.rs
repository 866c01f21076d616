//! The other process: this test binary, started again to do one thing to a store. Prints `done`, or what the store said.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use mcpenv::store::{Store, StoreError};

use crate::world::{NOW, change, name, protect, renew, store_at};

const ROOT: &str = "MCPENV_TEST_CHILD_ROOT";
const ACT: &str = "MCPENV_TEST_CHILD_ACT";

/// The command that does `act` in `root`, behind the words of `prefix` (`setpriv …`, `sh -c …`).
pub fn command(prefix: &[&str], root: &Path, act: &str) -> Command {
    let this = std::env::current_exe().expect("this binary");
    let mut words: Vec<&OsStr> = prefix.iter().map(OsStr::new).collect();
    words.push(this.as_os_str());
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(["--exact", "child::does_one_thing", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", root).env(ROOT, root).env(ACT, act);
    command
}

/// What the child said: `done` or the error.
pub fn said(out: &Output) -> String {
    let text = String::from_utf8_lossy(&out.stdout);
    let line = text.lines().find_map(|line| line.split_once("child: ")).map(|(_, said)| said.to_owned());
    line.unwrap_or_else(|| format!("nothing: {text}{}", String::from_utf8_lossy(&out.stderr)))
}

pub fn run(prefix: &[&str], root: &Path, act: &str) -> String {
    said(&command(prefix, root, act).output().expect("started"))
}

/// The passphrases of the acts: `-` is none.
pub fn known(word: &str) -> &'static str {
    match word {
        "old" => "correct horse",
        "new" => "battery staple",
        _ => "",
    }
}

#[test]
#[ignore = "other tests start this one in a process of its own"]
fn does_one_thing() {
    let root = std::env::var_os(ROOT).expect("told where");
    let act = std::env::var(ACT).expect("told what");
    let store = store_at(Path::new(&root));
    let words: Vec<_> = act.split(' ').collect();
    let done: Result<(), StoreError> = match words[..] {
        ["init"] => store.ensure_identity(NOW).map(drop),
        ["set", profile, variable, value] => change(&store, profile, &[(variable, value)]).map(drop),
        ["protect", from, to] => protect(Path::new(&root), known(from), known(to)),
        ["renew", passphrase] => renew(Path::new(&root), known(passphrase))
            .and_then(|done| if done.files.is_whole() { Ok(()) } else { Err(StoreError::Unsealed(done.files.unwritten)) }),
        ["load", profile] => store.load(&name(profile)).map(drop),
        ["hold", profile] => store.lock(&name(profile)).map(|lock| {
            println!("child: held");
            std::thread::sleep(std::time::Duration::from_mins(10));
            drop(lock);
        }),
        _ => panic!("no such act: {act}"),
    };
    match done {
        Ok(()) => println!("child: done"),
        Err(e) => println!("child: {e}"),
    }
}
