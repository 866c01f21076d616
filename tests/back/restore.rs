//! What comes back from a backup, and who is asked about it.

use std::fs;

use crate::sandbox::{Ran, files_below, find, path};
use crate::world::{PASSPHRASE, World, value};

const YES: (&str, &str) = ("[y/N]", "y\r");

/// Another machine with the same projects in the same places, and nothing of mcpenv's.
fn emptied(world: &World) {
    for directory in ["data", "state"] {
        fs::remove_dir_all(world.own().join(directory)).expect("removed");
    }
}

#[test]
fn a_lost_home_comes_back_whole() {
    let world = World::with(&["acme", "beta"]);
    world.change("acme", &[("OLD", "canary-old")], 7);
    world.done(&["deny", "--project", path(&world.sandbox.project("beta"))]);
    let file = world.seal(&world.text());
    let (acme, beta, records) = (world.profile("acme"), world.profile("beta"), world.records());
    emptied(&world);
    let ran = world.dry_run(&file, &[]);
    assert!(ran.code == 0 && ran.out.contains("profile acme · 2 variables · new here"), "{ran:?}");
    assert!(!world.own().join("data").exists(), "a dry run makes nothing");
    let typed = format!("{PASSPHRASE}\n");
    let without = world.sandbox.run_with(&["restore", path(&file), "--stdin"], typed.as_bytes());
    assert_eq!(without.code, 6, "{without:?}");
    let (code, screen) = world.restore(&file, &[], &[("Bring 2 profiles back", "y\r"), ("for 2 projects", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("Made an identity") && !screen.contains("canary"), "{screen}");
    for part in [
        "a-token · Claude Code · .mcp.json",
        "runs     /opt/a-token",
        "gets     A_TOKEN",
        "src/acme is allowed as before",
        "src/beta is denied as before",
    ] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    let (now, was) = (world.profile("acme").expect("there"), acme.expect("there"));
    assert_eq!((&now.variables, &now.fingerprint_key), (&was.variables, &was.fingerprint_key), "dates and fingerprints too");
    assert_eq!(world.profile("beta").expect("there").variables, beta.expect("there").variables);
    assert_eq!(world.records(), records);
    assert_eq!(world.sandbox.loaded("acme"), ["A_TOKEN"]);
    assert!(world.sandbox.loaded("beta").is_empty());
    let (code, screen) = world.restore(&file, &[], &[]);
    assert!(code == 0 && screen.contains("is here already; nothing was changed"), "{screen}");
}

#[test]
fn each_part_needs_its_own_yes() {
    let world = World::with(&["acme"]);
    let file = world.seal(&world.text());
    emptied(&world);
    let (code, screen) = world.restore(&file, &[], &[("Bring 1 profile back", "n\r")]);
    assert!(code == 0 && screen.contains("nothing was changed"), "{screen}");
    assert!(!world.own().join("data").exists());
    let (code, screen) = world.restore(&file, &[], &[("Bring 1 profile back", "y\r"), ("for 1 project", "n\r")]);
    assert_eq!(code, 0, "{screen}");
    assert_eq!(world.values("acme")["A_TOKEN"], value("acme"));
    assert!(world.records().is_empty() && world.sandbox.loaded("acme").is_empty());
    let mut world = world;
    world.sandbox.set_variable("CLAUDECODE", "1");
    assert_eq!(world.restore(&file, &[], &[YES]).0, 6);
    assert_eq!(world.dry_run(&file, &[]).code, 0, "an agent may look");
}

#[test]
fn what_differs_is_told_by_names_and_the_newer_of_each_is_kept() {
    let world = World::bare();
    world.age().ensure_identity(1).expect("made");
    world.change("acme", &[("SAME", "s"), ("ROTATED_HERE", "old"), ("ROTATED_THERE", "new"), ("ONLY_THERE", "canary-t")], 20);
    let text = world.text();
    for (names, at) in [(&[("ROTATED_THERE", "old")][..], 10), (&[("ROTATED_HERE", "newest"), ("ONLY_HERE", "canary-h")], 30)] {
        world.change("acme", names, at);
    }
    world.done(&["unset", "ONLY_THERE", "--profile", "acme"]);
    let file = world.seal(&text);
    let key = world.profile("acme").expect("there").fingerprint_key;
    let ran = world.dry_run(&file, &[]);
    for part in [
        "+ only in the backup: ONLY_THERE",
        "- only here: ONLY_HERE",
        "~ newer in the backup: ROTATED_THERE",
        "~ newer here: ROTATED_HERE",
    ] {
        assert!(ran.out.contains(part), "{part}: {ran:?}");
    }
    assert!(!ran.out.contains("SAME") && !ran.all().contains("canary"), "{ran:?}");
    let before = world.versions("acme").len();
    let (code, screen) = world.restore(&file, &[], &[("changed later and ONLY_HERE of here", "\r"), ("Bring 1 profile", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    let now = world.values("acme");
    let expected = [
        ("ONLY_HERE", "canary-h"),
        ("ONLY_THERE", "canary-t"),
        ("ROTATED_HERE", "newest"),
        ("ROTATED_THERE", "new"),
        ("SAME", "s"),
    ];
    assert_eq!(now.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(world.versions("acme").len(), before + 1, "what was there is an earlier version");
    assert_eq!(world.profile("acme").expect("there").fingerprint_key, key);
}

#[test]
fn a_profile_is_replaced_only_by_a_second_yes_that_says_which_names_go() {
    let world = World::bare();
    world.age().ensure_identity(1).expect("made");
    world.change("acme", &[("A", "there"), ("C", "there")], 5);
    let file = world.seal(&world.text());
    world.change("acme", &[("C", "here")], 3);
    world.change("acme", &[("A", "here"), ("B", "b")], 9);
    let generation = world.profile("acme").expect("there").generation;
    let (code, screen) = world.restore(&file, &[], &[("changed later and B of here", "n\r"), ("B would go", "n\r")]);
    assert!(code == 0 && screen.contains("nothing was changed"), "{screen}");
    assert_eq!(world.profile("acme").expect("there").generation, generation);
    let yes = [("changed later and B of here", "n\r"), ("B would go", "y\r"), ("Bring 1 profile", "y\r")];
    let (code, screen) = world.restore(&file, &[], &yes);
    assert_eq!(code, 0, "{screen}");
    let now = world.values("acme");
    assert_eq!((now.len(), now["A"].as_str(), now["C"].as_str()), (2, "there", "there"));
    // where what is here is later in everything, there is nothing to ask about keeping both
    world.done(&["profile", "restore", "acme", &generation.to_string()]);
    world.change("acme", &[("C", "newest")], 10);
    let (code, screen) = world.restore(&file, &[], &[("B would go", "n\r")]);
    assert!(code == 0 && screen.contains("later in everything") && !screen.contains("keep of each"), "{screen}");
    assert_eq!(world.values("acme")["C"], "newest");
}

#[test]
fn a_profile_that_projects_wait_for_says_which() {
    let world = World::with(&["acme"]);
    let file = world.seal(&world.text());
    fs::remove_file(world.profiles().join("acme.age")).expect("removed");
    let ran = world.dry_run(&file, &[]);
    assert!(ran.out.contains("bound to it here already, and would get its values: ") && ran.out.contains("src/acme"), "{ran:?}");
}

#[test]
fn one_profile_can_come_back_alone() {
    let world = World::with(&["acme", "beta"]);
    let file = world.seal(&world.text());
    emptied(&world);
    let (code, screen) = world.restore(&file, &["--only", "beta"], &[YES, YES]);
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("acme"), "{screen}");
    assert_eq!((world.bound().len(), world.profile("acme").is_none()), (1, true));
    assert_eq!(world.sandbox.loaded("beta"), ["A_TOKEN"]);
    let ran = world.dry_run(&file, &["--only", "gamma"]);
    assert!(ran.code == 1 && ran.err.contains("the backup has no profile `gamma`"), "{ran:?}");
    assert_eq!(world.dry_run(&file, &["--only", "../beta"]).code, 2);
}

#[test]
fn projects_that_are_not_here_stay_inactive_and_are_named() {
    let world = World::with(&["acme", "beta", "gone"]);
    let file = world.seal(&world.text());
    emptied(&world);
    fs::remove_dir_all(world.sandbox.project("gone")).expect("removed");
    fs::rename(world.sandbox.project("beta"), world.sandbox.project("moved")).expect("moved");
    #[cfg(unix)]
    std::os::unix::fs::symlink(world.sandbox.project("moved"), world.sandbox.project("beta")).expect("linked");
    let (code, screen) = world.restore(&file, &[], &[YES, ("for 1 project", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("src/gone · profile gone · stays out: it is not there"), "{screen}");
    #[cfg(unix)]
    assert!(screen.contains("stays out: the path leads somewhere else here"), "{screen}");
    assert!(screen.contains("2 projects are not here; once they are, run this again"), "{screen}");
    assert_eq!(world.bound().into_keys().collect::<Vec<_>>(), ["acme"]);
    // whoever puts a project there later gets nothing by that
    world.sandbox.declare("gone", &["A_TOKEN"]);
    world.sandbox.write(&world.sandbox.project("gone").join(".mcpenv.toml"), "profile = \"gone\"\n");
    assert!(world.sandbox.loaded("gone").is_empty());
    let (code, screen) = world.restore(&file, &[], &[("for 1 project", "y\r")]);
    assert_eq!((code, world.sandbox.loaded("gone")), (0, vec!["A_TOKEN".to_owned()]), "{screen}");
}

#[test]
fn a_server_counts_as_allowed_only_where_it_stands_just_as_it_was() {
    let world = World::with(&["acme"]);
    let file = world.seal(&world.text());
    emptied(&world);
    let config = world.sandbox.project("acme").join(".mcp.json");
    let other = fs::read_to_string(&config).expect("text").replace("/opt/a-token", "/opt/evil");
    fs::write(&config, other).expect("written");
    let (code, screen) = world.restore(&file, &[], &[YES, YES]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("needs `mcpenv allow` again: a-token"), "{screen}");
    assert!(world.sandbox.loaded("acme").is_empty());
    assert_eq!(world.bound()["acme"], "acme");
    world.sandbox.allow("acme");
    assert_eq!(world.sandbox.loaded("acme"), ["A_TOKEN"]);
}

#[test]
fn what_was_said_here_since_gives_way_only_by_a_yes_of_its_own() {
    let world = World::with(&["acme", "beta"]);
    let file = world.seal(&world.text());
    let project = world.sandbox.project("acme");
    world.sandbox.answer(&["profile", "use", "beta", "--project", path(&project)], &[YES]);
    let (code, screen) = world.restore(&file, &[], &[("take the place of what you said here", "n\r")]);
    assert!(code == 0 && screen.contains("different here (profile beta)"), "{screen}");
    assert_eq!(world.bound()["acme"], "beta");
    let (code, screen) = world.restore(&file, &[], &[("take the place of what you said here", "y\r")]);
    assert_eq!((code, world.bound()["acme"].as_str()), (0, "acme"), "{screen}");
    // an approval whose key is gone counts as none, and comes back
    fs::remove_file(world.own().join("data/approval.key")).expect("removed");
    assert!(world.sandbox.loaded("acme").is_empty());
    let (code, screen) = world.restore(&file, &[], &[("for 2 projects", "y\r")]);
    assert_eq!((code, world.sandbox.loaded("acme")), (0, vec!["A_TOKEN".to_owned()]), "{screen}");
}

#[test]
fn a_damaged_profile_is_put_aside_and_the_backup_takes_its_place() {
    let world = World::with(&["acme"]);
    let file = world.seal(&world.text());
    fs::write(world.profiles().join("acme.age"), "half a file").expect("written");
    let (code, screen) = world.restore(&file, &[], &[("Bring 1 profile back", "y\r")]);
    assert!(code == 0 && screen.contains("damaged here") && screen.contains("damaged-1.age"), "{screen}");
    assert_eq!(world.values("acme")["A_TOKEN"], value("acme"));
    assert_eq!(world.sandbox.loaded("acme"), ["A_TOKEN"]);
}

#[test]
fn a_lost_identity_is_never_replaced_while_files_need_it_and_the_way_out_that_is_named_works() {
    let world = World::with(&["acme"]);
    let file = world.seal(&world.text());
    fs::remove_file(world.own().join("data/identity")).expect("removed");
    let before = world.snapshot();
    let ran = world.dry_run(&file, &[]);
    assert!(ran.code == 1 && ran.err.contains("no identity"), "{ran:?}");
    let command = ran.err.rsplit_once(": `mv ").and_then(|(_, rest)| rest.split_once('`')).expect("a command").0.to_owned();
    assert_eq!(world.snapshot(), before);
    let line = format!("mv {command}");
    assert!(std::process::Command::new("/bin/sh").args(["-c", &line]).status().expect("it ran").success());
    let (code, screen) = world.restore(&file, &[], &[("Bring 1 profile back", "y\r")]);
    assert!(code == 0 && screen.contains("Made an identity"), "{screen}");
    assert_eq!(world.sandbox.loaded("acme"), ["A_TOKEN"]);
    let ran: Ran = world.done(&["profile", "list"]);
    assert!(ran.out.contains("acme"), "{ran:?}");
}

#[test]
fn a_profile_that_cannot_come_back_is_named_and_the_others_come() {
    let world = World::with(&["acme", "beta"]);
    let file = world.seal(&world.text());
    let other = World::bare();
    other.age().ensure_identity(1).expect("made");
    other.change("Acme", &[("X", "x")], 1);
    let (code, screen) = other.restore(&file, &[], &[("Bring 1 profile back", "y\r"), ("for 2 projects", "n\r")]);
    assert!(code == 1 && screen.contains("differs from it only by case"), "{screen}");
    assert_eq!(other.values("beta")["A_TOKEN"], value("beta"));
    assert_eq!(other.values("Acme").len(), 1);
}

#[test]
fn nothing_of_a_restore_lies_in_plaintext_anywhere() {
    let world = World::with(&["acme"]);
    let file = world.seal(&world.text());
    emptied(&world);
    world.restore(&file, &[], &[YES, YES]);
    for file in files_below(&world.sandbox.root()) {
        let bytes = fs::read(&file).expect("readable");
        assert!(find(&bytes, value("acme").as_bytes()).is_none(), "{}", file.display());
        #[cfg(unix)]
        if file.starts_with(world.own()) {
            assert_eq!(crate::sandbox::mode(&file) & 0o077, 0, "{}", file.display());
        }
    }
}
