//! Who may know whom: rooms on lower floors only, no circle between rooms, none between the files of one room.

use std::collections::{BTreeMap, BTreeSet};

use crate::lists::HOOK;
use crate::paths::{module_of, named};
use crate::tokens::{matches, tokens};
use crate::tree::Tree;

/// The floor on which rooms may know each other, as long as no circle arises.
const GROUND: u32 = 1;

/// The floor of each room, as the table in `src/lib.rs` has it.
pub fn floors(tree: &Tree) -> BTreeMap<String, u32> {
    let mut floors = BTreeMap::new();
    for line in tree.text("src/lib.rs").unwrap_or("").lines() {
        let cells: Vec<_> = line.trim_start_matches("//!").trim().split('|').map(str::trim).collect();
        let [_, floor, rooms, ..] = cells[..] else { continue };
        let Ok(floor) = floor.parse() else { continue };
        for room in rooms.split(',') {
            floors.insert(room.trim().trim_matches('`').to_owned(), floor);
        }
    }
    floors
}

/// One file naming a module of this crate.
struct Arrow {
    from: String,
    to: Vec<String>,
    line: usize,
}

fn arrows(tree: &Tree) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for (file, text) in tree.rust("src/") {
        for name in named(file, &tokens(text)) {
            if name.is_own() && !name.is_test {
                arrows.push(Arrow { from: file.to_owned(), to: name.path[1..].to_vec(), line: name.line });
            }
        }
    }
    arrows
}

fn room_of(file: &str) -> String {
    module_of(file).into_iter().next().unwrap_or_else(|| "lib".to_owned())
}

/// Every import that does not lead to a lower floor, and every room without a floor and every floor without its room.
pub fn climbs(tree: &Tree) -> Vec<String> {
    let floors = floors(tree);
    let mut found = Vec::new();
    let rooms: BTreeSet<_> = tree.under("src/").map(|(file, _)| room_of(file)).filter(|room| room != "lib").collect();
    for room in &rooms {
        if !floors.contains_key(room) {
            found.push(format!("src/lib.rs: the table has no floor for `{room}`"));
        }
    }
    for room in floors.keys().filter(|room| !rooms.contains(*room)) {
        found.push(format!("src/lib.rs: the table has a floor for `{room}`, which is not there"));
    }
    for arrow in arrows(tree) {
        let from = room_of(&arrow.from);
        let place = format!("{}:{}", arrow.from, arrow.line);
        let Some(to) = arrow.to.first().filter(|to| *to != "*") else {
            found.push(format!("{place}: names the whole crate"));
            continue;
        };
        if from == "lib" || from == *to {
            continue;
        }
        match (floors.get(&from), floors.get(to)) {
            (Some(&GROUND), Some(&GROUND)) => {}
            (Some(own), Some(other)) if other < own => {}
            (Some(own), Some(other)) => found.push(format!("{place}: `{from}` (floor {own}) names `{to}` (floor {other})")),
            (_, None) => found.push(format!("{place}: `crate::{to}` is no room with a floor")),
            (None, _) => {}
        }
    }
    found
}

/// Circles between rooms, and between the files of a room; and each file that imports the `mod.rs` it belongs to.
pub fn circles(tree: &Tree) -> Vec<String> {
    let mut rooms: Graph = BTreeMap::new();
    let mut files: Graph = BTreeMap::new();
    let mut found = Vec::new();
    for arrow in arrows(tree) {
        let (from, to) = (room_of(&arrow.from), arrow.to.first().cloned().unwrap_or_default());
        if from != to && from != "lib" {
            rooms.entry(from).or_default().insert(to);
            continue;
        }
        let Some(target) = file_of(tree, &arrow.to).filter(|target| *target != arrow.from) else { continue };
        if target.strip_suffix("mod.rs").is_some_and(|directory| arrow.from.starts_with(directory)) {
            found.push(format!("{}:{}: imports its own {target}", arrow.from, arrow.line));
        }
        files.entry(arrow.from).or_default().insert(target);
    }
    found.extend([&rooms, &files].into_iter().filter_map(circle).map(|path| format!("a circle: {}", path.join(" -> "))));
    found
}

/// The file that holds what a path from the crate's root leads to: the deepest one there is.
fn file_of(tree: &Tree, path: &[String]) -> Option<String> {
    (1..=path.len()).rev().find_map(|length| {
        let module = path[..length].join("/");
        [format!("src/{module}.rs"), format!("src/{module}/mod.rs")].into_iter().find(|file| tree.has(file))
    })
}

/// The rooms on the hook's way that must not be there, each with the files that lead to it.
pub fn heavy_on_the_hook(tree: &Tree, heavy: &[(&str, &str)]) -> Vec<String> {
    let mut ways: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let arrows = arrows(tree);
    let mut open = vec![(HOOK.to_owned(), Vec::new())];
    while let Some((file, mut way)) = open.pop() {
        if ways.contains_key(&file) {
            continue;
        }
        way.push(file.clone());
        for arrow in arrows.iter().filter(|arrow| arrow.from == file) {
            open.extend(holder_of(tree, &arrows, &arrow.to).map(|next| (next, way.clone())));
        }
        ways.insert(file, way);
    }
    let reached = |room: &str| ways.iter().find(|(file, _)| room_of(file) == room).map(|(_, way)| way.join(" -> "));
    heavy.iter().filter_map(|(room, why)| Some(format!("{}: the hook reaches `{room}`, which {why}", reached(room)?))).collect()
}

/// The file that defines what a path leads to: past the `mod.rs` that only re-exports it.
fn holder_of(tree: &Tree, arrows: &[Arrow], path: &[String]) -> Option<String> {
    let file = file_of(tree, path)?;
    let name = path.get(module_of(&file).len());
    let passed_on = arrows.iter().find(|arrow| arrow.from == file && arrow.to.len() > 1 && arrow.to.last() == name);
    match passed_on.filter(|_| file.ends_with("/mod.rs")) {
        Some(arrow) if arrow.to != path => holder_of(tree, arrows, &arrow.to),
        _ => Some(file),
    }
}

type Graph = BTreeMap<String, BTreeSet<String>>;

/// The first circle found, from a node back to itself.
fn circle(graph: &Graph) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    graph.keys().find_map(|start| walk(graph, start, &mut Vec::new(), &mut done))
}

fn walk(graph: &Graph, node: &str, path: &mut Vec<String>, done: &mut BTreeSet<String>) -> Option<Vec<String>> {
    if let Some(first) = path.iter().position(|seen| seen == node) {
        return Some(path[first..].iter().cloned().chain([node.to_owned()]).collect());
    }
    if done.contains(node) {
        return None;
    }
    path.push(node.to_owned());
    let found = graph.get(node).into_iter().flatten().find_map(|next| walk(graph, next, path, done));
    path.pop();
    done.insert(node.to_owned());
    found
}

/// In a family (a folder with a `contract.rs`), `mod.rs` declares and re-exports, and defines nothing.
pub fn crowded_mod_files(tree: &Tree) -> Vec<String> {
    let is_family = |file: &str| file.strip_suffix("mod.rs").is_some_and(|folder| tree.has(&format!("{folder}contract.rs")));
    let mut found = Vec::new();
    for (file, text) in tree.under("src/").filter(|(file, _)| is_family(file)) {
        let tokens = tokens(text);
        for (index, token) in tokens.iter().enumerate().filter(|(_, token)| !token.is_test) {
            let defines = ["fn", "struct", "enum", "trait", "impl", "const", "static", "type", "macro_rules"];
            if defines.iter().any(|word| matches(&tokens, index, &[word])) {
                found.push(format!("{file}:{}: a family's mod.rs only declares and re-exports", token.line));
            }
        }
    }
    found
}
