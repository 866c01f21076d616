//! The house rules, read from the source: which room may know which, what comes in by which door, and how files are named.
//! Each rule is a function from a tree of files to complaints; `made_up` shows that each of them finds what it is for.

mod doors;
mod floors;
mod lists;
mod made_up;
mod paths;
mod shape;
mod tokens;
mod tree;

use tree::Tree;

fn project() -> Tree {
    Tree::of_the_project(&["Cargo.toml", "src", "tests", "benches", "examples", "shell"])
}

#[track_caller]
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n  {}\n", complaints.join("\n  "));
}

#[test]
fn a_room_knows_only_rooms_on_lower_floors() {
    none(&floors::climbs(&project()));
}

#[test]
fn there_is_no_circle_between_rooms_or_between_the_files_of_one() {
    none(&floors::circles(&project()));
}

#[test]
fn nothing_heavy_is_on_the_hooks_way() {
    none(&floors::heavy_on_the_hook(&project(), lists::OFF_THE_HOOK));
    assert!(!floors::heavy_on_the_hook(&project(), &[("store", "must be there")]).is_empty());
}

#[test]
fn the_mod_file_of_a_family_only_declares() {
    none(&floors::crowded_mod_files(&project()));
}

#[test]
fn each_foreign_crate_comes_in_by_its_own_door() {
    none(&doors::wrong_doors(&project()));
}

#[test]
fn each_foreign_crate_was_decided_on() {
    none(&doors::undecided_crates(&project()));
}

#[test]
fn only_sys_asks_for_the_platform() {
    none(&doors::platform_conditions(&project()));
}

#[test]
fn only_sys_is_unsafe() {
    none(&doors::unsafe_places(&project()));
}

#[test]
fn only_listed_files_see_a_value() {
    none(&doors::exposers(&project()));
}

#[test]
fn nothing_unwraps_outside_tests() {
    none(&doors::unwraps(&project()));
}

#[test]
fn only_the_report_prints() {
    none(&doors::printing(&project()));
}

#[test]
fn no_source_file_is_longer_than_a_reader_can_hold() {
    none(&shape::long_files(&project()));
}

#[test]
fn no_file_or_folder_has_an_empty_name() {
    none(&shape::empty_names(&project()));
}

#[test]
fn no_test_file_is_forgotten() {
    none(&shape::forgotten_tests(&project()));
}

#[test]
fn each_hook_file_belongs_to_a_registered_shell() {
    none(&shape::unregistered_hooks(&project()));
}
