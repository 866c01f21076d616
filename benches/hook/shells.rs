//! The shells, and the text with which each of them runs hooks as a prompt would, and times them.
//!
//! Every text knows the same words: `bench_hook` (what a prompt runs), `bench_enter` and `bench_leave` (a `cd` and the prompt
//! after it), `bench_time HOW MANY WORD BEFORE AFTER` (microseconds of each call, on descriptor 3), and `bench_values`.

pub struct Shell {
    pub name: &'static str,
    pub command: &'static [&'static str],
    pub library: &'static str,
}

/// How many prompts fish runs between two marks: it has no clock of its own, so the marks are timed from outside. It waits to be
/// let go after the first, so that a busy machine can make it look slower, but never faster than it is.
pub const FISH_BATCH: usize = 20;

pub const SHELLS: &[Shell] = &[
    Shell { name: "bash", command: &["bash", "--noprofile", "--norc"], library: BASH },
    Shell { name: "zsh", command: &["zsh", "-f"], library: ZSH },
    Shell { name: "fish", command: &["fish", "--no-config"], library: FISH },
];

const BASH: &str = r#"
bench_hook() { local c; for c in "${PROMPT_COMMAND[@]}"; do eval "$c"; done; }
bench_enter() { cd "$bench_project"; bench_hook; }
bench_leave() { cd "$bench_outside"; bench_hook; }
bench_time() {
    local i s e
    for ((i = 0; i < $1; i++)); do
        $3; s=$EPOCHREALTIME; $2; e=$EPOCHREALTIME; $4
        echo "$((${e/[.,]/} - ${s/[.,]/}))" >&3
    done
}
bench_values() { echo "$1 ${!2-none} ${!3-none} $(env | grep -c '^VAR_[0-9]')" >&3; }
"#;

const ZSH: &str = r#"
zmodload zsh/datetime
bench_hook() { local f; for f in $precmd_functions; do $f; done }
bench_enter() { cd $bench_project; bench_hook }
bench_leave() { cd $bench_outside; bench_hook }
bench_time() {
    local i s e
    for ((i = 0; i < $1; i++)); do
        $3; s=$EPOCHREALTIME; $2; e=$EPOCHREALTIME; $4
        print -u3 -- $(( (e - s) * 1e6 ))
    done
}
bench_values() { print -ru3 -- "$1 ${(P)2-none} ${(P)3-none} $(env | grep -c '^VAR_[0-9]')" }
"#;

const FISH: &str = r"
function bench_hook; emit fish_prompt; end
function bench_enter; cd $bench_project; bench_hook; end
function bench_leave; cd $bench_outside; bench_hook; end
function bench_batch; for i in (seq $bench_batch); emit fish_prompt; end; end
function bench_time
    for i in (seq $argv[1])
        $argv[3]; echo s >&3; read -l go; $argv[2]; echo e >&3; $argv[4]
    end
end
function bench_values
    set -l first none; set -q $argv[2]; and set first $$argv[2]
    set -l last none; set -q $argv[3]; and set last $$argv[3]
    echo $argv[1] $first $last (env | grep -c '^VAR_[0-9]') >&3
end
";

impl Shell {
    pub fn by_name(name: &str) -> Option<&'static Self> {
        SHELLS.iter().find(|shell| shell.name == name)
    }

    /// Sets a variable of the script's own.
    pub fn assignment(&self, name: &str, value: &str) -> String {
        if self.name == "fish" { format!("set -g {name} '{value}'\n") } else { format!("{name}='{value}'\n") }
    }
}
