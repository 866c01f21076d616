//! What only some files may do: use a foreign crate, ask for the platform, be unsafe, see a value, print, give up.

use crate::lists::{DOORS, EVERYWHERE, EXPOSERS, PRINTERS};
use crate::paths::named;
use crate::tokens::{Token, after_group, matches, tokens};
use crate::tree::Tree;

/// Reads the product's tokens, file by file, tests left out, and gathers what `judge` says of each place.
fn at_each_token(tree: &Tree, judge: impl Fn(&str, &[Token<'_>], usize) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in tree.rust("src/") {
        let tokens = tokens(text);
        for (index, token) in tokens.iter().enumerate().filter(|(_, token)| !token.is_test) {
            if let Some(complaint) = judge(file, &tokens, index) {
                found.push(format!("{file}:{}: {complaint}", token.line));
            }
        }
    }
    found
}

/// A foreign crate, or a part of `std`, that came in by another door than its own.
pub fn wrong_doors(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in tree.rust("src/") {
        let tokens = tokens(text);
        let names = named(file, &tokens);
        let is_std_env = names.iter().any(|name| name.shown() == "std::env");
        for name in names.iter().filter(|name| !name.is_test) {
            let shown = if is_std_env && name.path[0] == "env" { format!("std::{}", name.shown()) } else { name.shown() };
            for (what, doors) in DOORS {
                let is_it = shown == *what || shown.strip_prefix(what).is_some_and(|rest| rest.starts_with("::"));
                let is_allowed = doors.iter().any(|door| file == *door || door.ends_with('/') && file.starts_with(door));
                if is_it && !is_allowed {
                    found.push(format!("{file}:{}: `{what}` comes in by {} only", name.line, doors.join(", ")));
                }
            }
        }
    }
    found
}

/// A dependency that nobody has decided on, and a door that leads nowhere.
pub fn undecided_crates(tree: &Tree) -> Vec<String> {
    let is_listed = |name: &str| DOORS.iter().any(|(what, _)| *what == name) || EVERYWHERE.iter().any(|(what, _)| *what == name);
    let mut found = Vec::new();
    let mut is_ours = false;
    for line in tree.text("Cargo.toml").unwrap_or("").lines() {
        let is_heading = line.starts_with('[');
        if is_heading {
            is_ours = line == "[dependencies]" || line.starts_with("[target.") && line.ends_with(".dependencies]");
        }
        let name = line.split_once(" = ").map_or("", |(name, _)| name).replace('-', "_");
        if is_ours && !is_heading && !name.is_empty() && !is_listed(&name) {
            found.push(format!("Cargo.toml: tests/architecture/lists.rs does not say who may use `{name}`"));
        }
    }
    for (what, doors) in DOORS {
        for door in doors.iter().filter(|door| tree.under(door).next().is_none()) {
            found.push(format!("tests/architecture/lists.rs: `{what}` may come in by {door}, which is not there"));
        }
    }
    found
}

/// A platform `cfg` outside `src/sys`.
pub fn platform_conditions(tree: &Tree) -> Vec<String> {
    const PLATFORM: &[&str] = &["unix", "windows", "target_os", "target_family", "target_env", "target_vendor", "target_arch"];
    at_each_token(tree, |file, tokens, at| {
        let open = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|t| t.is("!")));
        let is_cfg = (tokens[at].is("cfg") || tokens[at].is("cfg_attr")) && tokens.get(open).is_some_and(|t| t.is("("));
        let asks = is_cfg && tokens[open..after_group(tokens, open)].iter().any(|t| PLATFORM.iter().any(|p| t.is(p)));
        (asks && !file.starts_with("src/sys/")).then(|| "asks for the platform, which only src/sys does".to_owned())
    })
}

/// `unsafe` outside `src/sys`, and every allowance for it.
pub fn unsafe_places(tree: &Tree) -> Vec<String> {
    at_each_token(tree, |file, tokens, at| {
        let is_unsafe = tokens[at].is("unsafe") || tokens[at].is("unsafe_code");
        (is_unsafe && !file.starts_with("src/sys/")).then(|| "unsafe outside src/sys".to_owned())
    })
}

/// A file that sees the bytes of a secret and is not on the list, and a line of the list that nothing needs any more.
pub fn unlisted_exposers(tree: &Tree, listed: &[(&str, &str)]) -> Vec<String> {
    let exposes = |tokens: &[Token<'_>], at: usize| tokens[at].is("expose") && at > 0 && !tokens[at - 1].is("fn");
    let mut found = at_each_token(tree, |file, tokens, at| {
        let is_listed = listed.iter().any(|(path, _)| *path == file);
        (exposes(tokens, at) && !is_listed)
            .then(|| "sees a value, and is not on the list in tests/architecture/lists.rs".to_owned())
    });
    for (file, why) in listed {
        let tokens = tokens(tree.text(file).unwrap_or(""));
        if !(0..tokens.len()).any(|at| !tokens[at].is_test && exposes(&tokens, at)) {
            found.push(format!("{file}: is listed as one that sees a value, and sees none"));
        }
        if why.is_empty() {
            found.push(format!("{file}: is listed as one that sees a value, without a reason"));
        }
    }
    found
}

/// [`unlisted_exposers`] with the project's own list.
pub fn exposers(tree: &Tree) -> Vec<String> {
    unlisted_exposers(tree, EXPOSERS)
}

/// `unwrap` in the product.
pub fn unwraps(tree: &Tree) -> Vec<String> {
    at_each_token(tree, |_, tokens, at| {
        let gives_up = matches(tokens, at, &[".", "unwrap", "("]) || matches(tokens, at, &["::", "unwrap"]);
        gives_up.then(|| "`unwrap`: say with `expect` why it cannot fail, or hand the error on".to_owned())
    })
}

/// Printing outside the one printer.
pub fn printing(tree: &Tree) -> Vec<String> {
    at_each_token(tree, |file, tokens, at| {
        let prints = ["print", "println", "eprint", "eprintln", "dbg"].iter().any(|name| matches(tokens, at, &[name, "!"]));
        (prints && !PRINTERS.contains(&file)).then(|| format!("prints, which only {} does", PRINTERS.join(", ")))
    })
}
