//! How files are named, how long they are, and that none is forgotten.

use crate::lists::{EMPTY_WORDS, LONGEST};
use crate::tokens::{matches, tokens};
use crate::tree::Tree;

/// Source files past the limit, the test module not counted.
pub fn long_files(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in tree.rust("src/") {
        let tokens = tokens(text);
        let of_tests = tokens.chunk_by(|a, b| a.is_test == b.is_test).filter(|run| run[0].is_test);
        let lines = text.lines().count() - of_tests.map(|run| run[run.len() - 1].line - run[0].line + 1).sum::<usize>();
        if lines > LONGEST {
            found.push(format!("{file}: {lines} lines without its tests, more than {LONGEST}: there is a second noun in it"));
        }
    }
    found
}

/// Rust files, and folders of such, whose name says nothing.
pub fn empty_names(tree: &Tree) -> Vec<String> {
    let stem = |part: &str| part.split('.').next().unwrap_or(part).to_owned();
    let says_nothing = |part: &str| stem(part).rsplit(['_', '-']).next().is_some_and(|word| EMPTY_WORDS.contains(&word));
    tree.rust("")
        .filter(|(file, _)| file.split('/').any(says_nothing))
        .map(|(file, _)| format!("{file}: name it by the thing that is in it"))
        .collect()
}

/// Test files that no `main.rs` reaches, so that nothing runs them.
pub fn forgotten_tests(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (file, _) in tree.rust("tests/") {
        let Some((folder, name)) = file.rsplit_once('/') else { continue };
        if folder == "tests" || name == "main.rs" {
            continue;
        }
        let (parents, module) = if name == "mod.rs" {
            let (above, own) = folder.rsplit_once('/').unwrap_or((folder, folder));
            ([format!("{above}/main.rs"), format!("{above}/mod.rs"), format!("{above}.rs")], own)
        } else {
            ([format!("{folder}/main.rs"), format!("{folder}/mod.rs"), format!("{folder}.rs")], name.trim_end_matches(".rs"))
        };
        let is_declared = parents.iter().any(|parent| declares(tree, parent, module)) || is_included(tree, file);
        if !is_declared {
            found.push(format!("{file}: no `mod {module};` reaches it, so it never runs"));
        }
    }
    found
}

fn declares(tree: &Tree, parent: &str, module: &str) -> bool {
    let tokens = tokens(tree.text(parent).unwrap_or(""));
    (0..tokens.len()).any(|at| matches(&tokens, at, &["mod", module]))
}

/// Whether another test takes this file in by `#[path = "../x/y.rs"]`.
fn is_included(tree: &Tree, file: &str) -> bool {
    let relative = file.trim_start_matches("tests/");
    tree.under("tests/").any(|(_, text)| {
        let tokens = tokens(text);
        (0..tokens.len()).any(|at| {
            matches(&tokens, at, &["path", "="])
                && tokens.get(at + 2).is_some_and(|path| path.text.trim_matches('"').ends_with(relative))
        })
    })
}

/// Hook files that no shell takes in, or whose shell stands in no registry.
pub fn unregistered_hooks(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (hook, _) in tree.under("shell/mcpenv.") {
        let owner = tree.under("src/shell/").find(|(_, text)| {
            let tokens = tokens(text);
            (0..tokens.len()).any(|at| {
                matches(&tokens, at, &["include_str", "!", "("])
                    && tokens.get(at + 3).is_some_and(|path| path.text.trim_matches('"').ends_with(hook))
            })
        });
        let Some((owner, _)) = owner else {
            found.push(format!("{hook}: no file in src/shell takes it in"));
            continue;
        };
        let member = owner.trim_start_matches("src/shell/").trim_end_matches(".rs");
        let registry = tokens(tree.text("src/shell/registry.rs").unwrap_or(""));
        if !registry.iter().any(|token| token.is(member)) {
            found.push(format!("{hook}: src/shell/registry.rs does not name `{member}`"));
        }
    }
    found
}
