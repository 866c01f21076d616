//! Earlier versions: what each would bring back, and taking one back.

use std::fs;

use serde_json::Value;

use crate::world::World;

fn world() -> World {
    let world = World::with(&["acme"]);
    world.change("acme", &[("B_TOKEN", "canary-b-1")], 1);
    world.change("acme", &[("B_TOKEN", "canary-b-2")], 2);
    world.done(&["unset", "B_TOKEN", "--profile", "acme"]);
    world
}

#[test]
fn each_earlier_version_says_by_names_what_it_would_bring_back() {
    let world = world();
    let ran = world.done(&["profile", "versions", "acme"]);
    let row = |id: &str| ran.out.lines().find(|line| line.starts_with(id)).expect("a row").to_owned();
    assert!(row("4").ends_with("adds B_TOKEN") && row("2").ends_with("changes no value"), "{ran:?}");
    assert!(row("1").ends_with("removes A_TOKEN") && ran.err.contains("generation 5"), "{ran:?}");
    assert!(!ran.all().contains("canary"), "{ran:?}");
    let json: Value = serde_json::from_str(&world.done(&["profile", "versions", "acme", "--json"]).out).expect("JSON");
    assert_eq!((&json["generation"], &json["versions"][0]["version"]), (&Value::from(5), &Value::from("4")));
    assert_eq!(json["versions"][0]["difference"]["gained"][0], "B_TOKEN");
    assert_eq!(json["versions"][0]["opens"], true);
    let ran = world.run(&["profile", "versions", "nobody"]);
    assert!(ran.code == 1 && ran.err.contains("there is no profile `nobody`"), "{ran:?}");
}

#[test]
fn an_earlier_version_comes_back_as_a_new_generation_and_overwrites_nothing() {
    let world = world();
    let ran = world.done(&["profile", "restore", "acme", "3"]);
    assert!(ran.err.contains("as generation 6: 2 variables") && !ran.all().contains("canary"), "{ran:?}");
    let now = world.profile("acme").expect("there");
    assert_eq!((now.generation, world.values("acme")["B_TOKEN"].as_str()), (6, "canary-b-1"));
    assert_eq!(world.versions("acme"), ["1", "2", "3", "4", "5"], "what was there is kept too");
    world.done(&["profile", "restore", "acme", "5"]);
    assert!(!world.values("acme").contains_key("B_TOKEN"));
    for id in ["99", "../3", "damaged-1", ""] {
        let ran = world.run(&["profile", "restore", "acme", id]);
        assert!(ran.code == 1 && ran.err.contains("no earlier version"), "{ran:?}");
    }
}

#[test]
fn a_damaged_profile_is_put_aside_and_an_earlier_version_takes_its_place() {
    let world = world();
    let file = world.profiles().join("acme.age");
    let whole = fs::read(&file).expect("there");
    fs::write(&file, &whole[..whole.len() - 9]).expect("written");
    assert!(world.sandbox.loaded("acme").is_empty());
    assert!(world.sandbox.said("acme").contains("mcpenv profile restore acme GENERATION"), "{}", world.sandbox.said("acme"));
    let ran = world.done(&["profile", "versions", "acme"]);
    assert!(ran.err.contains("does not open") && ran.out.contains("4  "), "{ran:?}");
    let ran = world.done(&["profile", "restore", "acme", "4"]);
    assert!(ran.err.contains("what did not open lies in `") && ran.err.contains("damaged-1.age"), "{ran:?}");
    assert_eq!(fs::read(world.profiles().join("versions/acme/damaged-1.age")).expect("kept"), whole[..whole.len() - 9]);
    assert_eq!((world.profile("acme").expect("there").generation, world.values("acme")["B_TOKEN"].as_str()), (6, "canary-b-2"));
    assert_eq!(world.sandbox.loaded("acme"), ["A_TOKEN"]);
    // it stays through later saves, is listed, and never counts as a version
    for turn in 0..7 {
        world.change("acme", &[("B_TOKEN", &turn.to_string())], 9);
    }
    assert!(world.profiles().join("versions/acme/damaged-1.age").exists());
    let ran = world.done(&["profile", "versions", "acme"]);
    assert!(ran.out.contains("damaged-1") && ran.out.contains("does not open"), "{ran:?}");
    assert!(world.done(&["profile", "list"]).out.contains("5 + 1 damaged"));
    let ran = world.run(&["profile", "restore", "acme", "damaged-1"]);
    assert!(ran.code == 1 && ran.err.contains("is damaged"), "{ran:?}");
}

#[test]
fn a_profile_that_is_closed_and_not_damaged_is_never_put_aside() {
    let world = world();
    let other = World::with(&["acme"]);
    fs::copy(other.own().join("data/identity"), world.own().join("data/identity")).expect("another identity");
    let before = world.snapshot();
    let ran = world.run(&["profile", "restore", "acme", "4"]);
    assert!(ran.code == 1 && ran.err.contains("is not one that opens"), "{ran:?}");
    fs::remove_file(world.own().join("data/identity")).expect("removed");
    let ran = world.run(&["profile", "restore", "acme", "4"]);
    assert!(ran.code == 1 && ran.err.contains("no identity"), "{ran:?}");
    fs::copy(other.own().join("data/identity"), world.own().join("data/identity")).expect("copied");
    assert_eq!(world.snapshot(), before);
}

#[test]
fn a_damaged_earlier_version_takes_no_profiles_place() {
    let world = world();
    let version = world.profiles().join("versions/acme/3.age");
    let whole = fs::read(&version).expect("there");
    fs::remove_file(&version).expect("removed");
    fs::write(&version, &whole[..40]).expect("written");
    let before = world.snapshot();
    let ran = world.run(&["profile", "restore", "acme", "3"]);
    assert!(ran.code == 1 && ran.err.contains("3.age` is damaged"), "{ran:?}");
    assert!(world.done(&["profile", "versions", "acme"]).out.contains("does not open"));
    assert_eq!(world.snapshot(), before);
}
