//! Profiles listed, renamed, copied, deleted, exchanged.

use std::fs;

use serde_json::Value;

use crate::sandbox::{find, path};
use crate::world::{World, value};

#[test]
fn the_list_says_what_is_known_without_opening_anything() {
    let world = World::with(&["acme", "beta"]);
    world.sandbox.store("acme", "B_TOKEN", "b");
    world.sandbox.declare("other", &["A_TOKEN"]);
    world.done(&["init", "--no-input", "--profile", "acme", "--project", path(&world.sandbox.project("other"))]);
    world.done(&["deny", "--project", path(&world.sandbox.project("beta"))]);
    fs::remove_file(world.own().join("data/identity")).expect("removed");
    let ran = world.done(&["profile", "list"]);
    let line = |start: &str| ran.out.lines().find(|line| line.starts_with(start)).expect("a row").to_owned();
    let acme: Vec<String> = line("acme").split_whitespace().map(str::to_owned).collect();
    assert_eq!((acme[1].as_str(), acme[2].as_str(), acme[4].as_str()), ("age", "2", "2"), "{ran:?}");
    assert!(line("acme").contains("src/acme, ") && line("acme").contains("src/other (not allowed yet)"), "{ran:?}");
    assert!(line("beta").contains("src/beta (denied)"), "{ran:?}");
    let json: Value = serde_json::from_str(&world.done(&["profile", "list", "--json"]).out).expect("JSON");
    let row = &json["profiles"][0];
    assert_eq!((row["name"].as_str(), row["variables"].as_u64(), row["versions"].as_u64()), (Some("acme"), Some(2), Some(2)));
    assert_eq!(row["projects"][0]["path"], path(&world.sandbox.project("acme")));
    assert_eq!(row["projects"][1]["word"], "bound");
}

#[test]
fn a_profile_that_projects_are_bound_to_and_that_is_absent_is_named() {
    let world = World::with(&["acme"]);
    fs::remove_file(world.profiles().join("acme.age")).expect("removed");
    let ran = world.done(&["profile", "list"]);
    assert!(ran.out.contains("absent") && ran.err.contains("no profile `acme`, and a project is bound to it"), "{ran:?}");
    assert!(ran.err.contains("mcpenv profile versions acme"), "{ran:?}");
    let empty = World::bare();
    assert!(empty.done(&["profile", "list"]).err.contains("no profile yet"));
}

#[test]
fn everything_follows_a_renamed_profile() {
    let world = World::with(&["acme", "beta"]);
    world.sandbox.store("acme", "A_TOKEN", "second");
    let (before, versions) = (world.profile("acme"), world.versions("acme"));
    let ran = world.done(&["profile", "rename", "acme", "work"]);
    assert!(ran.err.contains("src/acme/.mcpenv.toml` still asks for `acme`"), "{ran:?}");
    assert_eq!((world.profile("work"), world.versions("work")), (before, versions));
    assert_eq!(world.bound().values().map(String::as_str).collect::<Vec<_>>(), ["work", "beta"]);
    assert_eq!(world.sandbox.loaded("acme"), ["A_TOKEN"], "what was allowed stays allowed");
    assert_eq!(world.sandbox.loaded("beta"), ["A_TOKEN"]);
    assert!(world.age().sidecar(&crate::world::name("work")).is_some());
    for left in ["acme.age", "acme.json", "versions/acme"] {
        assert!(!world.profiles().join(left).exists(), "{left}");
    }
    world.sandbox.store("work", "A_TOKEN", "third");
    assert_eq!(world.run(&["profile", "rename", "acme", "work"]).code, 1);
}

#[test]
fn a_name_that_is_not_free_is_refused_and_nothing_changes() {
    let world = World::with(&["acme", "beta", "gone", "kept"]);
    for name in ["gone", "kept"] {
        fs::remove_file(world.profiles().join(format!("{name}.age"))).expect("removed");
    }
    world.done(&["deny", "--project", path(&world.sandbox.project("kept"))]);
    let before = world.snapshot();
    for (words, said) in [
        (["acme", "beta"], "there is a profile `beta` already"),
        (["acme", "BETA"], "differs from it only by case"),
        (["acme", "Acme"], "one name for many file systems"),
        (["nobody", "fresh"], "there is no profile `nobody`"),
        (["acme", "gone"], "a project is bound to `gone`, and would get these values"),
        (["acme", "kept"], "earlier versions of a deleted profile `kept`"),
    ] {
        let ran = world.run(&["profile", "rename", words[0], words[1]]);
        assert!(ran.code == 1 && ran.err.contains(said) && ran.err.contains("hint: "), "{words:?}: {ran:?}");
        let ran = world.run(&["profile", "copy", words[0], words[1]]);
        // a copy to a name that differs by case is refused as a twin
        let said = if words[1] == "Acme" { "only by case" } else { said };
        assert!(ran.code == 1 && ran.err.contains(said), "{words:?}: {ran:?}");
    }
    for bad in ["../x", "a/b", "CON", ""] {
        assert_eq!(world.run(&["profile", "rename", "acme", bad]).code, 2, "{bad}");
    }
    assert_eq!(world.snapshot(), before);
}

#[test]
fn a_rename_that_was_interrupted_is_completed_whatever_was_saved_since() {
    for saved_since in [None, Some("acme"), Some("work")] {
        let world = World::with(&["acme"]);
        world.sandbox.store("acme", "KEPT", "kept");
        // as a crash leaves it: everything under both names, and no binding rewritten yet
        let profiles = world.profiles();
        fs::hard_link(profiles.join("acme.age"), profiles.join("work.age")).expect("linked");
        fs::copy(profiles.join("acme.json"), profiles.join("work.json")).expect("copied");
        if let Some(name) = saved_since {
            world.sandbox.store(name, "A_TOKEN", "later");
        }
        let ran = world.done(&["profile", "rename", "acme", "work"]);
        assert!(ran.err.contains("an earlier run had begun"), "{ran:?}");
        let expected = saved_since.map_or_else(|| value("acme"), |_| "later".to_owned());
        assert_eq!(world.values("work")["A_TOKEN"], expected, "{saved_since:?}");
        assert_eq!(world.values("work")["KEPT"], "kept");
        assert!(world.profile("acme").is_none() && !profiles.join("versions/acme").exists());
        assert_eq!(world.sandbox.loaded("acme"), ["A_TOKEN"]);
    }
}

#[test]
fn two_that_were_both_changed_since_are_both_kept() {
    let world = World::with(&["acme"]);
    fs::hard_link(world.profiles().join("acme.age"), world.profiles().join("work.age")).expect("linked");
    world.sandbox.store("acme", "A_TOKEN", "mine");
    world.sandbox.store("work", "A_TOKEN", "yours");
    let ran = world.run(&["profile", "rename", "acme", "work"]);
    assert!(ran.code == 1 && ran.err.contains("there is a profile `work` already"), "{ran:?}");
    assert_eq!((world.values("acme")["A_TOKEN"].as_str(), world.values("work")["A_TOKEN"].as_str()), ("mine", "yours"));
}

#[test]
fn a_copy_is_a_profile_of_its_own_and_as_old_as_the_first() {
    let world = World::with(&["acme"]);
    world.change("acme", &[("OLD", "old")], 7);
    world.done(&["profile", "copy", "acme", "beta"]);
    let (first, second) = (world.profile("acme").expect("there"), world.profile("beta").expect("there"));
    assert_eq!(first.variables, second.variables, "values and dates");
    assert_ne!(first.fingerprint_key, second.fingerprint_key);
    assert_eq!(second.generation, 1);
    world.sandbox.store("beta", "A_TOKEN", "other");
    assert_eq!(world.values("acme")["A_TOKEN"], value("acme"));
    assert_eq!(world.bound().len(), 1, "nobody is bound to it");
}

#[test]
fn a_profile_is_deleted_by_a_person_who_types_its_name_and_can_be_taken_back() {
    let world = World::with(&["acme"]);
    world.sandbox.store("acme", "A_TOKEN", "second");
    let ran = world.run(&["profile", "delete", "acme"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let (code, screen) = world.sandbox.answer(&["profile", "delete", "acme"], &[("Type the name", "acmee\r")]);
    assert!(code == 130 && screen.contains("nothing was changed"), "{code}: {screen}");
    assert!(world.profile("acme").is_some());
    let (code, screen) = world.sandbox.answer(&["profile", "delete", "acme"], &[("Type the name", "acme\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("bound to it") && screen.contains("src/acme (allowed)"), "{screen}");
    assert!(screen.contains("mcpenv profile restore acme 3") && screen.contains("--forget"), "{screen}");
    assert!(world.profile("acme").is_none() && world.sandbox.loaded("acme").is_empty());
    assert!(!screen.contains("second"), "{screen}");
    assert!(world.done(&["profile", "list"]).out.contains("absent"));
    world.done(&["profile", "restore", "acme", "3"]);
    assert_eq!(world.values("acme")["A_TOKEN"], "second");
    assert_eq!(world.profile("acme").expect("there").generation, 4, "a generation that was never seen before");
    assert_eq!(world.sandbox.loaded("acme"), ["A_TOKEN"]);
}

#[test]
fn what_is_forgotten_leaves_nothing_behind() {
    let world = World::with(&["acme", "beta"]);
    let forget = ["profile", "delete", "acme", "--forget"];
    let (code, screen) = world.sandbox.answer(&forget, &[("Type the name", "acme\r")]);
    assert!(code == 0 && screen.contains("Nothing here brings it back"), "{screen}");
    let left: Vec<_> = world.snapshot().into_keys().filter(|file| path(file).contains("profiles/acme")).collect();
    assert!(left.is_empty() && !world.profiles().join("versions/acme").exists(), "{left:?}");
    assert_eq!(world.run(&["profile", "versions", "acme"]).code, 1);
    assert_eq!(world.values("beta")["A_TOKEN"], value("beta"));
    // what is kept of one that was deleted before can be forgotten too
    world.sandbox.answer(&["profile", "delete", "beta"], &[("Type the name", "beta\r")]);
    let (_, screen) = world.sandbox.answer(&["profile", "delete", "beta"], &[]);
    assert!(screen.contains("deleted already"), "{screen}");
    let (code, screen) = world.sandbox.answer(&["profile", "delete", "beta", "--forget"], &[("Type the name", "beta\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(world.versions("beta").is_empty());
    assert_eq!(world.sandbox.answer(&["profile", "delete", "beta"], &[]).0, 1);
}

#[test]
fn a_project_gets_another_profile_once_a_person_has_seen_which_names_it_gets() {
    let mut world = World::with(&["acme", "beta"]);
    let project = world.sandbox.project("acme");
    let words = ["profile", "use", "beta", "--project", path(&project)];
    assert_eq!(world.run(&words).code, 6);
    world.sandbox.set_variable("CLAUDECODE", "1");
    assert_eq!(world.sandbox.answer(&words, &[("[y/N]", "y\r")]).0, 6);
    world.sandbox.set_variable("CLAUDECODE", "");
    let (code, screen) = world.sandbox.answer(&words, &[("[y/N]", "n\r")]);
    assert!(code == 0 && screen.contains("nothing was changed"), "{screen}");
    assert_eq!(world.bound()["acme"], "acme");
    let (code, screen) = world.sandbox.answer(&words, &[("[y/N]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    for part in ["acme → beta", "a-token (as they were allowed)", "Gets     A_TOKEN", "still asks for `acme`"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    let hook = world.sandbox.hook(&project);
    assert!(find(hook.as_bytes(), value("beta").as_bytes()).is_some(), "allowed servers stay allowed");
    let (code, screen) = world.sandbox.answer(&words, &[]);
    assert!(code == 0 && screen.contains("already"), "{screen}");
    let absent = ["profile", "use", "nobody", "--project", path(&project)];
    let (code, screen) = world.sandbox.answer(&absent, &[]);
    assert!(code == 1 && screen.contains("there is no profile `nobody`"), "{screen}");
}

#[test]
fn a_project_that_nothing_was_said_of_is_bound_and_not_allowed() {
    let world = World::with(&["beta"]);
    world.sandbox.declare("new", &["A_TOKEN"]);
    world.sandbox.write(&world.sandbox.project("new").join(".mcpenv.toml"), "profile = \"beta\"\n");
    let project = world.sandbox.project("new");
    let words = ["profile", "use", "beta", "--project", path(&project)];
    let (code, screen) = world.sandbox.answer(&words, &[("[y/N]", "y\r")]);
    assert!(code == 0 && screen.contains("mcpenv allow") && !screen.contains("still asks"), "{screen}");
    assert!(world.sandbox.loaded("new").is_empty());
}

#[test]
fn an_unusual_name_that_only_the_other_profile_has_needs_the_typed_word() {
    let world = World::bare();
    world.sandbox.declare("acme", &["A_TOKEN", "ACME_BASE_URL"]);
    world.sandbox.init("acme");
    world.sandbox.store("acme", "A_TOKEN", "a");
    world.sandbox.allow("acme");
    world.change("other", &[("A_TOKEN", "o"), ("ACME_BASE_URL", "https://evil")], 1);
    let project = world.sandbox.project("acme");
    let words = ["profile", "use", "other", "--project", path(&project)];
    let (code, screen) = world.sandbox.answer(&words, &[("Type the name once more", "no\r")]);
    assert!(code == 130 && screen.contains("nothing was changed"), "{code} {screen}");
    assert_eq!(world.bound()["acme"], "acme");
    let (code, _) = world.sandbox.answer(&words, &[("Type the name once more", "ACME_BASE_URL\r"), ("[y/N]", "y\r")]);
    assert_eq!((code, world.sandbox.loaded("acme")), (0, vec!["ACME_BASE_URL".to_owned(), "A_TOKEN".to_owned()]));
}

#[test]
fn a_new_profile_with_the_name_of_a_deleted_one_says_who_else_gets_its_values() {
    let world = World::with(&["acme"]);
    world.sandbox.answer(&["profile", "delete", "acme", "--forget"], &[("Type the name", "acme\r")]);
    world.sandbox.declare("other", &["A_TOKEN"]);
    let words = ["init", "--no-input", "--profile", "acme", "--project"];
    let ran = world.done(&[&words[..], &[path(&world.sandbox.project("other"))]].concat());
    assert!(ran.err.contains("bound to `acme` too") && ran.err.contains("src/acme"), "{ran:?}");
}

/// What an earlier mcpenv wrote does not say its path; it is not known whom it would hand the values to.
#[test]
fn an_approval_without_its_path_keeps_a_name_from_being_taken() {
    let world = World::with(&["acme", "beta"]);
    let ledger = mcpenv::approval::Ledger::new(&world.paths());
    let (file, root) = (ledger.file_of(&world.sandbox.project("acme")), world.sandbox.project("acme"));
    let text = fs::read_to_string(&file).expect("text");
    let (_, body) = text.split_once('\n').expect("two lines");
    let body = body.replacen(&format!("\"root\":\"{}\",\"root_hex\":null,", path(&root)), "", 1);
    let key = mcpenv::key::Key::from_bytes(&fs::read(world.own().join("data/approval.key")).expect("there")).expect("a key");
    let code = key.code(&[b"approval", root.as_os_str().as_encoded_bytes(), body.as_bytes()]);
    fs::write(&file, format!("mcpenv approval 1 {}\n{body}", mcpenv::key::hex(&code))).expect("written");
    assert_eq!(world.sandbox.loaded("acme"), ["A_TOKEN"], "it counts in its own project");
    let ran = world.done(&["profile", "rename", "acme", "work"]);
    assert!(ran.err.contains("mcpenv profile use work"), "{ran:?}");
    for act in ["rename", "copy"] {
        let ran = world.run(&["profile", act, "beta", "acme"]);
        assert!(ran.code == 1 && ran.err.contains("would get these values"), "{ran:?}");
    }
    assert!(world.sandbox.loaded("acme").is_empty());
    let (code, screen) = world.sandbox.answer(&["profile", "use", "work", "--project", path(&root)], &[("[y/N]", "y\r")]);
    assert_eq!((code, world.sandbox.loaded("acme")), (0, vec!["A_TOKEN".to_owned()]), "{screen}");
    assert_eq!(world.bound().len(), 2, "and now it says its path");
}
