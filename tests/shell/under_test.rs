//! The table of shells. A row says how a script is run, how the hook is loaded, and gives the few words that the shared scripts
//! are written in: `prompt`, `show NAME`, `give NAME VALUE` (exported), `hold NAME VALUE` (not exported), `drop NAME`,
//! `ends N` (a command that ends so).

use std::path::Path;
use std::process::{Command, Stdio};

pub struct ShellUnderTest {
    pub name: &'static str,
    pub program: &'static str,
    /// Arguments before a script's path.
    pub script: &'static [&'static str],
    /// Arguments for an interactive shell without start files.
    pub interactive: &'static [&'static str],
    /// Defines the words of the shared scripts.
    pub prelude: &'static str,
    /// Loads the hook from a file, as the line in a start file would.
    pub load: fn(&Path) -> String,
}

const BASH: &str = r#"
prompt() { local x; for x in "${PROMPT_COMMAND[@]}"; do eval "$x"; done; }
give() { unset -v "$1"; export "$1=$2"; }
hold() { unset -v "$1"; printf -v "$1" %s "$2"; }
drop() { unset -v "$1"; }
ends() { return "$1"; }
dump() { local x; for x in "$@"; do printf '%s\0' "${x%%=*}:$x"; done; }
show() {
    case $(declare -p "$1" 2>/dev/null) in
    '') printf '%s unset\n' "$1" ;;
    'declare -x '*) printf '%s exported [%s]\n' "$1" "${!1}" ;;
    'declare -- '*) printf '%s set [%s]\n' "$1" "${!1}" ;;
    *) printf '%s special\n' "$1" ;;
    esac
}
"#;

const ZSH: &str = r#"
prompt() { local x; for x in $precmd_functions; do $x; done }
give() { unset $1; typeset -gx "$1=$2" }
hold() { unset $1; typeset -g "$1=$2" }
drop() { unset $1 }
ends() { return $1 }
dump() { local x; for x in "$@"; do printf '%s\0' "${x%%=*}:$x"; done }
show() {
    case ${(Pt)1} in
    ('') print -r -- "$1 unset" ;;
    (scalar-export) print -r -- "$1 exported [${(P)1}]" ;;
    (scalar) print -r -- "$1 set [${(P)1}]" ;;
    (*) print -r -- "$1 special" ;;
    esac
}
"#;

const FISH: &str = r"
function prompt; emit fish_prompt; end
function give; set -eg $argv[1]; set -gx --unpath $argv[1] $argv[2]; end
function hold; set -eg $argv[1]; set -gu --unpath $argv[1] $argv[2]; end
function drop; set -eg $argv[1]; end
function ends; return $argv[1]; end
function dump; for i in (seq 2 2 (count $argv)); printf '%s\0' $argv[$i]; end; end
function show
    if set -qgx $argv[1]
        printf '%s exported [%s]\n' $argv[1] $$argv[1]
    else if set -qg $argv[1]
        printf '%s set [%s]\n' $argv[1] $$argv[1]
    else
        printf '%s unset\n' $argv[1]
    end
end
";

fn source(hook: &Path) -> String {
    format!("cat '{}' | source", hook.display())
}

fn eval(hook: &Path) -> String {
    format!("eval \"$(cat '{}')\"", hook.display())
}

static ALL: &[ShellUnderTest] = &[
    ShellUnderTest {
        name: "bash",
        program: "bash",
        script: &["--norc", "--noprofile"],
        interactive: &["--norc", "--noprofile", "--noediting", "-i"],
        prelude: BASH,
        load: eval,
    },
    ShellUnderTest {
        name: "zsh",
        program: "zsh",
        script: &["-f"],
        interactive: &["-f", "-i", "+Z", "-o", "no_prompt_sp"],
        prelude: ZSH,
        load: eval,
    },
    ShellUnderTest {
        name: "fish",
        program: "fish",
        script: &["--no-config"],
        interactive: &["--no-config", "-i"],
        prelude: FISH,
        load: source,
    },
];

/// The shells that are installed.
pub fn installed() -> impl Iterator<Item = &'static ShellUnderTest> {
    ALL.iter().filter(|shell| is_there(shell.program))
}

/// Runs a test once for each shell that is installed.
pub fn each(test: impl Fn(&'static ShellUnderTest)) {
    installed().for_each(test);
}

/// Runs a test for one shell if it is installed.
pub fn only(name: &str, test: impl Fn(&'static ShellUnderTest)) {
    each(|shell| {
        if shell.name == name {
            test(shell);
        }
    });
}

/// Whether a program can be started. One that cannot is named, so that a skipped test is seen.
pub fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_there = found.is_ok();
    assert!(is_there || std::env::var_os("MCPENV_TEST_REQUIRE_ALL").is_none(), "{program} is not installed");
    if !is_there {
        eprintln!("skipped: {program} is not installed");
    }
    is_there
}
