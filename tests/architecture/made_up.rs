//! Each rule, shown on small made-up trees: it finds what it is for, and leaves alone what only looks like it.

use crate::tree::Tree;
use crate::{doors, floors, shape};

const TABLE: &str = "//! | floor | rooms | what for |\n//! |---|---|---|\n//! | 6 | `cli` | - |\n//! | 3 | `store`, `session` | - |\n\
                     //! | 1 | `secret`, `var`, `sys` | - |\n";

/// The complaints of a rule about these files, beside a table of floors.
fn about(rule: fn(&Tree) -> Vec<String>, files: &[(&str, &str)]) -> Vec<String> {
    let mut all = vec![("src/lib.rs", TABLE)];
    for file in ["src/cli/mod.rs", "src/store/lock.rs", "src/session/mod.rs", "src/secret.rs", "src/var.rs", "src/sys/mod.rs"] {
        all.push((file, ""));
    }
    all.extend_from_slice(files);
    rule(&Tree::made_up(&all))
}

#[track_caller]
fn finds(rule: fn(&Tree) -> Vec<String>, file: &str, text: &str, expected: &str) {
    let complaints = about(rule, &[(file, text)]);
    assert!(complaints.iter().any(|c| c.contains(expected)), "{text:?} in {file}: {complaints:?}");
}

#[track_caller]
fn accepts(rule: fn(&Tree) -> Vec<String>, file: &str, text: &str) {
    let complaints = about(rule, &[(file, text)]);
    assert!(complaints.is_empty(), "{text:?} in {file}: {complaints:?}");
}

#[test]
fn the_table_gives_each_room_its_floor() {
    let floors = floors::floors(&Tree::made_up(&[("src/lib.rs", TABLE)]));
    assert_eq!(floors.get("cli"), Some(&6));
    assert_eq!(floors.get("session"), Some(&3));
    assert_eq!(floors.len(), 6);
}

#[test]
fn a_climb_is_found_however_it_is_written() {
    for climb in [
        "use crate::cli::Args;",
        "use crate::{secret::Secret, cli};",
        "use super::cli::Args;",
        "fn f() -> crate::cli::Args { todo() }",
        "mod inner { use super::super::super::cli::Args; }",
        "impl crate::cli::Ask for Age {}",
        "pub use crate::cli as below;",
    ] {
        let file = if climb.starts_with("mod") { "src/store/age.rs" } else { "src/store.rs" };
        finds(floors::climbs, file, climb, "`store` (floor 3) names `cli` (floor 6)");
    }
    finds(floors::climbs, "src/store/age.rs", "use super::super::cli::Args;", "(floor 6)");
    finds(floors::climbs, "src/store/mod.rs", "use super::cli::Args;", "(floor 6)");
}

#[test]
fn a_room_of_the_same_floor_is_a_climb_except_on_the_ground() {
    finds(floors::climbs, "src/store.rs", "use crate::session::Session;", "names `session` (floor 3)");
    accepts(floors::climbs, "src/secret.rs", "use crate::var::VarName;");
}

#[test]
fn what_only_looks_like_a_climb_is_accepted() {
    accepts(floors::climbs, "src/store.rs", "// use crate::cli::Args;\n/* crate::cli */ /// [`crate::cli::Args`]\nstruct A;");
    accepts(floors::climbs, "src/store.rs", "const A: &str = \"use crate::cli::Args;\"; const B: &str = r#\"crate::cli\"x\"#;");
    accepts(floors::climbs, "src/store.rs", "#[cfg(test)]\nmod tests { use crate::cli::Args; }");
    accepts(floors::climbs, "src/store/age.rs", "use super::contract::Store; use crate::secret::Secret;");
    accepts(floors::climbs, "src/cli/mod.rs", "use crate::store::{Store, age};");
    accepts(floors::climbs, "src/store.rs", "fn f<'a>(t: &'a str) -> impl Iterator<Item = &'a str> + use<'a> { t.lines() }");
}

#[test]
fn what_stands_after_a_test_module_is_still_read() {
    finds(
        floors::climbs,
        "src/store.rs",
        "#[cfg(test)]\nmod tests { fn f() { '{'; \"}\"; } }\nuse crate::cli::A;",
        "src/store.rs:3",
    );
}

#[test]
fn a_room_without_a_floor_is_found() {
    finds(floors::climbs, "src/weather.rs", "struct Rain;", "no floor for `weather`");
    finds(floors::climbs, "src/store.rs", "use crate::*;", "the whole crate");
}

#[test]
fn a_circle_between_rooms_of_the_ground_is_found() {
    let complaints = about(
        floors::circles,
        &[
            ("src/secret.rs", "use crate::var::VarName;"),
            ("src/var.rs", "use crate::sys::now;"),
            ("src/sys/mod.rs", "use crate::secret::Secret;"),
        ],
    );
    assert_eq!(complaints, ["a circle: secret -> var -> sys -> secret"]);
}

#[test]
fn a_circle_between_the_files_of_a_family_is_found() {
    let complaints = about(
        floors::circles,
        &[
            ("src/store/mod.rs", "mod contract; mod age; mod registry; pub use age::Age; pub use registry::ALL;"),
            ("src/store/contract.rs", "use crate::secret::Secret;"),
            ("src/store/age.rs", "use super::{contract::Store, registry::ALL};"),
            ("src/store/registry.rs", "use crate::store::age::Age;"),
        ],
    );
    assert_eq!(complaints, ["a circle: src/store/age.rs -> src/store/registry.rs -> src/store/age.rs"]);
}

#[test]
fn a_child_that_imports_its_own_mod_file_is_found() {
    for import in ["use super::Store;", "use crate::store::Store;", "fn f(s: &dyn super::Store) {}", "use super::*;"] {
        let files = [("src/store/mod.rs", "mod contract; pub use contract::Store;"), ("src/store/age.rs", import)];
        let complaints = about(floors::circles, &files);
        assert!(complaints.iter().any(|c| c.contains("imports its own src/store/mod.rs")), "{import}: {complaints:?}");
    }
}

#[test]
fn a_mod_file_of_a_family_that_defines_something_is_found() {
    let with = |text| about(floors::crowded_mod_files, &[("src/store/mod.rs", text), ("src/store/contract.rs", "")]);
    assert_eq!(with("mod contract; pub use contract::Store;"), [""; 0]);
    assert_eq!(with("mod contract; pub fn open() {}").len(), 1);
}

#[test]
fn a_platform_condition_outside_its_place_is_found() {
    for condition in [
        "#[cfg(unix)] fn f() {}",
        "#[cfg(not(windows))] use a::b;",
        "fn f() { if cfg!(target_os = \"linux\") {} }",
        "#[cfg_attr(target_family = \"unix\", allow(x))] fn f() {}",
    ] {
        finds(doors::platform_conditions, "src/store/age.rs", condition, "asks for the platform");
        accepts(doors::platform_conditions, "src/sys/unix.rs", condition);
    }
    accepts(doors::platform_conditions, "src/store/age.rs", "#[cfg(debug_assertions)] fn unix() {}");
    finds(doors::wrong_doors, "src/store/age.rs", "use std::os::unix::fs::PermissionsExt;", "`std::os`");
    finds(doors::wrong_doors, "src/store/age.rs", "use std::{io, os::fd::AsFd};", "`std::os`");
}

#[test]
fn unsafe_outside_its_place_is_found() {
    finds(doors::unsafe_places, "src/store/age.rs", "fn f() { unsafe { g() } }", "unsafe");
    finds(doors::unsafe_places, "src/store/age.rs", "#[allow(unsafe_code)] mod x;", "unsafe");
    accepts(doors::unsafe_places, "src/sys/unix.rs", "fn f() { unsafe { g() } }");
    accepts(doors::unsafe_places, "src/store/age.rs", "// unsafe\nfn f() { \"unsafe\"; }");
}

#[test]
fn a_foreign_crate_by_the_wrong_door_is_found() {
    finds(doors::wrong_doors, "src/store/registry.rs", "use age::Decryptor;", "`age` comes in by");
    finds(doors::wrong_doors, "src/ops/set.rs", "#[derive(clap::Parser)] struct A;", "`clap`");
    finds(doors::wrong_doors, "src/ops/set.rs", "fn f() { let x = toml::from_str(s); }", "`toml`");
    finds(doors::wrong_doors, "src/ops/set.rs", "use toml as t;", "`toml`");
    finds(doors::wrong_doors, "src/store/age.rs", "fn f() { std::env::var_os(\"HOME\"); }", "`std::env`");
    finds(doors::wrong_doors, "src/store/age.rs", "use std::env;\nfn f() { env::var_os(\"HOME\"); }", "`std::env`");
    accepts(doors::wrong_doors, "src/cli/args.rs", "use clap::{Parser, Subcommand};");
    accepts(doors::wrong_doors, "src/store/seal.rs", "use age::x25519::Identity;");
}

#[test]
fn a_dependency_that_nobody_decided_on_is_found() {
    let manifest = "[dependencies]\nage = \"1\"\nleft-pad = { version = \"1\" }\n[dev-dependencies]\nvt100 = \"0.18\"\n";
    let complaints = about(doors::undecided_crates, &[("Cargo.toml", manifest)]);
    assert!(complaints[0].contains("`left_pad`"), "{complaints:?}");
    assert!(!complaints.iter().any(|c| c.contains("who may use") && !c.contains("left_pad")), "{complaints:?}");
    assert!(complaints.iter().any(|c| c.contains("src/store/seal.rs, which is not there")), "{complaints:?}");
}

#[test]
fn a_module_of_our_own_is_not_taken_for_the_crate_of_the_same_name() {
    accepts(doors::wrong_doors, "src/store/registry.rs", "use super::age::AgeStore;\nfn f() { crate::store::age::open(); }");
    accepts(doors::wrong_doors, "src/client/claude.rs", "use super::{json, toml};\nfn f() { toml::read(); }");
    accepts(doors::wrong_doors, "src/client/mod.rs", "mod toml;\npub use toml::read;");
}

#[test]
fn a_caller_that_sees_a_value_must_be_listed_and_a_listed_one_must_see_it() {
    let judged =
        |text| doors::unlisted_exposers(&Tree::made_up(&[("src/shell/quote.rs", text)]), &[("src/store/age.rs", "saves it")]);
    assert!(judged("fn f(s: &Secret) { s.expose(); }")[0].starts_with("src/shell/quote.rs:1"));
    assert!(judged("fn f() { v.map(Secret::expose); }")[0].starts_with("src/shell/quote.rs:1"));
    assert_eq!(
        judged("pub fn expose(&self) -> &[u8] {}"),
        ["src/store/age.rs: is listed as one that sees a value, and sees none"]
    );
}

#[test]
fn unwrap_and_printing_are_found_outside_tests_only() {
    finds(doors::unwraps, "src/var.rs", "fn f() { g()\n.unwrap(); }", "src/var.rs:2");
    finds(doors::unwraps, "src/var.rs", "fn f() { a.map(Option::unwrap); }", "unwrap");
    accepts(doors::unwraps, "src/var.rs", "fn f() { g().unwrap_or(1); }\n#[cfg(test)] mod tests { fn f() { g().unwrap(); } }");
    finds(doors::printing, "src/ops/set.rs", "fn f() { eprintln!(\"x\"); }", "prints");
    accepts(doors::printing, "src/cli/report.rs", "fn f() { eprintln!(\"x\"); }");
}

#[test]
fn a_heavy_room_on_the_hooks_way_is_found_past_a_mod_file() {
    let heavy = |tree: &Tree| floors::heavy_on_the_hook(tree, &[("catalog", "is heavy")]);
    let files = |load: &'static str| {
        [
            ("src/cli/export.rs", "use crate::ops::Load;"),
            ("src/ops/mod.rs", "mod load;\nmod other;\npub use load::Load;"),
            ("src/ops/load.rs", load),
            ("src/ops/other.rs", "use crate::catalog::find;"),
            ("src/catalog/mod.rs", "pub fn find() {}"),
        ]
    };
    assert_eq!(about(heavy, &files("pub struct Load;")), [""; 0]);
    let found = about(heavy, &files("use crate::catalog::find; pub struct Load;"));
    assert_eq!(found, ["src/cli/export.rs -> src/ops/load.rs -> src/catalog/mod.rs: the hook reaches `catalog`, which is heavy"]);
}

#[test]
fn a_long_file_is_found_and_its_tests_do_not_count() {
    let code = "fn f() {}\n";
    finds(shape::long_files, "src/var.rs", &code.repeat(351), "351 lines");
    accepts(
        shape::long_files,
        "src/var.rs",
        &format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", code.repeat(350), code.repeat(100)),
    );
}

#[test]
fn an_empty_name_is_found() {
    for name in ["src/util.rs", "src/common/mod.rs", "tests/cli/shell_helpers.rs", "src/core/x.rs"] {
        finds(shape::empty_names, name, "", "name it by the thing");
    }
    accepts(shape::empty_names, "src/score.rs", "");
}

#[test]
fn a_test_file_that_nothing_reaches_is_found() {
    let main = ("tests/cli/main.rs", "mod set;\n// mod gone;\n#[path = \"../sandbox/mod.rs\"]\nmod sandbox;");
    let files = [main, ("tests/cli/set.rs", ""), ("tests/cli/gone.rs", ""), ("tests/sandbox/mod.rs", "")];
    assert_eq!(about(shape::forgotten_tests, &files), ["tests/cli/gone.rs: no `mod gone;` reaches it, so it never runs"]);
}

#[test]
fn a_hook_file_without_a_registered_shell_is_found() {
    let hook = ("shell/mcpenv.nu", "");
    let member = ("src/shell/nu.rs", "const HOOK: &str = include_str!(\"../../shell/mcpenv.nu\");");
    assert_eq!(about(shape::unregistered_hooks, &[hook]), ["shell/mcpenv.nu: no file in src/shell takes it in"]);
    assert_eq!(about(shape::unregistered_hooks, &[hook, member]).len(), 1);
    let registry = ("src/shell/registry.rs", "pub static ALL: &[&dyn Shell] = &[&super::nu::Nu];");
    assert_eq!(about(shape::unregistered_hooks, &[hook, member, registry]), [""; 0]);
}
