//! An `adopt` that is killed, or whose system calls fail, at every point that changes a file. Afterwards each client file is
//! the old one or the new one, whole; what left a file is stored; no plaintext stands anywhere else; and the next run
//! completes it.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;

use crate::sandbox::{files_below, find, needs, path, program};
use crate::world::World;

const TOKEN: &str = "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";
const OTHER: &str = "ghp_MADEUPMADEUPMADEUPMADEUPMADEUPMADEUP";

const CHANGING: &[&str] = &[
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "fsync",
    "fdatasync",
    "fchmod",
    "fchown",
    "ftruncate",
    "flock",
];

fn files(token: &str, other: &str) -> [(&'static str, String); 2] {
    [
        (".mcp.json", format!("{{\"mcpServers\": {{\"a\": {{\"command\": \"x\", \"env\": {{\"A_TOKEN\": \"{token}\"}}}}}}}}")),
        (
            ".cursor/mcp.json",
            format!(
                "{{\"mcpServers\": {{\"b\": {{\"url\": \"https://h\", \"headers\": {{\"Authorization\": \"Bearer {other}\"}}}}}}}}"
            ),
        ),
    ]
}

fn fresh() -> World {
    let world = World::new();
    files(TOKEN, OTHER).iter().for_each(|(file, text)| world.put(file, text));
    world
}

/// What is run, and what the files hold afterwards.
struct Act {
    words: &'static [&'static str],
    after: [(&'static str, String); 2],
}

impl Act {
    fn new(words: &'static [&'static str]) -> Self {
        let world = fresh();
        world.adopt(words);
        Self { words, after: files("", "").map(|(file, _)| (file, world.text(file))) }
    }
}

/// `adopt` under strace, which does this to it.
fn traced(act: &Act, world: &World, options: &[&str]) -> (i32, String) {
    let project = world.sandbox.project("acme");
    let words = [&["strace", "-f", "-qq"], options, &[program(), "adopt", "--project", path(&project)], act.words].concat();
    world.sandbox.play(&words, &[("[y/N]", "y\r")], || ())
}

fn counted(act: &Act) -> BTreeMap<String, usize> {
    let world = fresh();
    let log = world.sandbox.root().join("calls");
    let (code, screen) = traced(act, &world, &["-o", path(&log)]);
    assert_eq!(code, 0, "{screen}");
    let mut counts = BTreeMap::new();
    for line in fs::read_to_string(log).expect("text").lines() {
        let call = line.split_once(' ').map_or("", |(_, call)| call.trim_start());
        if let Some((kind, _)) = call.split_once('(')
            && CHANGING.contains(&kind)
        {
            *counts.entry(kind.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// What is wrong after a run, if anything.
fn verdict(act: &Act, world: &World, screen: &str) -> Option<String> {
    if screen.contains(TOKEN) || screen.contains(OTHER) {
        return Some("a value was shown".to_owned());
    }
    let values = world.values();
    for ((file, before), (_, after)) in files(TOKEN, OTHER).iter().zip(&act.after) {
        let now = world.text(file);
        if now != *before && now != *after {
            return Some(format!("`{file}` is neither the old one nor the new one"));
        }
        if now == *after && !values.values().any(|value| before.contains(value.as_str())) {
            return Some(format!("what left `{file}` is lost"));
        }
    }
    let is_client_file = |file: &std::path::Path| file.ends_with(".mcp.json") || file.ends_with(".cursor/mcp.json");
    for file in files_below(&world.sandbox.root()).into_iter().filter(|file| !is_client_file(file)) {
        let bytes = fs::read(&file).unwrap_or_default();
        if [TOKEN, OTHER].iter().any(|token| find(&bytes, token.as_bytes()).is_some()) {
            return Some(format!("plaintext in {}", file.display()));
        }
    }
    let screen = world.adopt(act.words);
    if act.words.contains(&"--wrap") && !world.text(".mcpenv.toml").contains("[servers.a]\nvariables = [\"A_TOKEN\"]") {
        return Some("the server that mcpenv starts is not declared".to_owned());
    }
    let is_whole = act.after.iter().all(|(file, text)| world.text(file) == *text);
    if !is_whole || world.values().len() != 2 {
        return Some(format!("the next run does not complete it: {screen}"));
    }
    let project = world.sandbox.project("acme");
    for _ in 0..2 {
        let answers = [("[y/N]", "y\r")];
        world.sandbox.answer(&["adopt", "--undo", "--project", path(&project)], &answers);
    }
    let is_back = !world.text(".mcpenv.toml").contains("servers")
        && files(TOKEN, OTHER).iter().all(|(file, text)| world.text(file) == *text);
    let left = files_below(&project).into_iter().any(|file| file.extension().is_some_and(|end| end == "tmp"));
    (!is_back || left).then(|| "it cannot be undone afterwards".to_owned())
}

fn try_all(words: &'static [&'static str], what: &str) {
    if !needs("strace") {
        return;
    }
    let act = Act::new(words);
    let points: Vec<(String, usize)> =
        counted(&act).into_iter().flat_map(|(kind, count)| (1..=count).map(move |when| (kind.clone(), when))).collect();
    assert!(points.len() > 10, "{points:?}");
    let mut wrong = Vec::new();
    for (kind, when) in &points {
        let world = fresh();
        let inject = format!("inject={kind}:{what}:when={when}");
        let (code, screen) = traced(&act, &world, &["-o", "/dev/null", "-e", &format!("trace={kind}"), "-e", &inject]);
        let is_silent = what.starts_with("error") && code != 0 && !screen.contains("error:") && !screen.contains('!');
        let why = is_silent.then(|| "it failed and said nothing".to_owned()).or_else(|| verdict(&act, &world, &screen));
        wrong.extend(why.map(|why| format!("{kind} {when}: {why}\n{screen}")));
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), points.len(), wrong.join("\n"));
    println!("{what} at {} points, nothing lost", points.len());
}

#[test]
fn an_adopt_that_is_killed_loses_nothing_and_the_next_run_completes_it() {
    try_all(&[], "signal=KILL");
}

#[test]
fn an_adopt_that_is_killed_while_it_writes_a_wrapper_is_completed_by_the_next_run() {
    try_all(&["--wrap"], "signal=KILL");
}

#[test]
fn an_adopt_whose_disk_fails_says_so_and_the_next_run_completes_it() {
    try_all(&[], "error=ENOSPC");
}
