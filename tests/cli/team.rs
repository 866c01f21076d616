//! More than one key for a profile, and a profile that travels with the repository: two users, each in a home of their own, with a
//! clone of one repository.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::sandbox::{Ran, Sandbox, needs, path, program};

const FILE: &str = "secrets.mcpenv.age";

/// Runs git in a user's clone, which must go well.
fn git(user: &Sandbox, words: &[&str]) -> String {
    let ran = try_git(user, words);
    assert_eq!(ran.code, 0, "{words:?} {ran:?}");
    ran.out
}

fn try_git(user: &Sandbox, words: &[&str]) -> Ran {
    let mut command = Command::new("git");
    command.args(words).env_clear().envs(user.variables().iter().map(|(n, v)| (n, v))).current_dir(user.project("acme"));
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "a"),
        ("GIT_AUTHOR_EMAIL", "a@example.org"),
        ("GIT_COMMITTER_NAME", "a"),
        ("GIT_COMMITTER_EMAIL", "a@example.org"),
    ] {
        command.env(name, value);
    }
    let out = command.output().expect("started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: out.status.code().unwrap_or(-1), out: text(&out.stdout), err: text(&out.stderr) }
}

fn commit(user: &Sandbox) {
    git(user, &["add", "-A"]);
    git(user, &["commit", "-qm", "change"]);
}

/// A command about the user's clone.
fn run(user: &Sandbox, words: &[&str], input: &str) -> Ran {
    let project = user.project("acme");
    user.run_with(&[words, &["--project", path(&project)]].concat(), input.as_bytes())
}

fn answer(user: &Sandbox, words: &[&str], answers: &[(&str, &str)]) -> (i32, String) {
    let project = user.project("acme");
    user.answer(&[words, &["--project", path(&project)]].concat(), answers)
}

fn set(user: &Sandbox, name: &str, value: &str) {
    let ran = run(user, &["set", name, "--stdin"], value);
    assert_eq!(ran.code, 0, "{ran:?}");
}

fn shown(user: &Sandbox, name: &str) -> String {
    let (code, screen) = answer(user, &["get", name, "--reveal"], &[]);
    assert_eq!(code, 0, "{screen}");
    screen.trim().to_owned()
}

fn file(user: &Sandbox) -> PathBuf {
    user.project("acme").join(FILE)
}

fn recipients(user: &Sandbox) -> Vec<String> {
    let ran = run(user, &["key", "recipients", "list", "--json"], "");
    assert_eq!(ran.code, 0, "{ran:?}");
    let told: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let all = told["recipients"].as_array().expect("a list").iter();
    all.map(|reader| reader["key"].as_str().expect("a text").to_owned()).collect()
}

/// A user's public key, as the refusal tells it.
fn key_of(user: &Sandbox) -> String {
    let ran = run(user, &["init", "--no-input", "--profile", "acme", "--team-file", FILE], "");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("is not sealed for your key"), "{ran:?}");
    let key = ran.err.split("key recipients add ").nth(1).expect("the way out").split('`').next().expect("a key");
    assert!(key.starts_with("age1"), "{key}");
    key.to_owned()
}

fn use_driver(user: &Sandbox) {
    git(user, &["config", "merge.mcpenv.driver", &format!("'{}' profile merge %O %A %B", program())]);
}

/// One user with a committed team file.
fn alone() -> Sandbox {
    let ann = Sandbox::new();
    ann.declare("acme", &["A_TOKEN", "B_TOKEN"]);
    git(&ann, &["init", "-q", "-b", "main"]);
    let ran = run(&ann, &["init", "--no-input", "--profile", "acme", "--team-file", FILE], "");
    assert_eq!(ran.code, 0, "{ran:?}");
    set(&ann, "A_TOKEN", "sekret-a");
    set(&ann, "B_TOKEN", "sekret-b");
    ann.write(&ann.project("acme").join(".gitattributes"), "*.mcpenv.age -text -diff merge=mcpenv\n");
    let screen = ann.allow("acme");
    assert!(screen.contains(FILE) && screen.contains("Allowed"), "{screen}");
    commit(&ann);
    use_driver(&ann);
    ann
}

/// Two users of one repository, both in.
fn two() -> (Sandbox, Sandbox) {
    let ann = alone();
    let bob = Sandbox::new();
    fs::create_dir(bob.project("acme")).expect("made");
    git(&bob, &["clone", "-q", path(&ann.project("acme")), "."]);
    let key = key_of(&bob);
    let (code, screen) = answer(&ann, &["key", "recipients", "add", &key, "--label", "bob"], &[("[y/N]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    commit(&ann);
    git(&bob, &["pull", "-q"]);
    let ran = run(&bob, &["init", "--no-input", "--profile", "acme", "--team-file", FILE], "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("1 other can open that file"), "{ran:?}");
    let (code, screen) = answer(&bob, &["allow"], &[("[y/N]", "y\r"), ("[y/N]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    use_driver(&bob);
    (ann, bob)
}

#[test]
fn a_profile_travels_with_its_repository_to_whoever_was_let_in() {
    if !needs("git") {
        return;
    }
    let ann = alone();
    assert_eq!(ann.loaded("acme"), ["A_TOKEN", "B_TOKEN"]);
    assert!(ann.hook(&ann.project("acme")).contains(FILE), "the hook watches it");
    let text = fs::read_to_string(ann.project("acme").join(".mcpenv.toml")).expect("written");
    assert!(text.contains("profile_file = \"secrets.mcpenv.age\""), "{text}");
    let bob = Sandbox::new();
    fs::create_dir(bob.project("acme")).expect("made");
    git(&bob, &["clone", "-q", path(&ann.project("acme")), "."]);
    assert!(bob.loaded("acme").is_empty() && bob.said("acme").contains("mcpenv allow"));
    let (code, screen) = answer(&bob, &["allow"], &[]);
    assert!(code == 1 && screen.contains("no key of yours yet") && screen.contains("mcpenv init"), "{screen}");
    let key = key_of(&bob);
    let (code, screen) = answer(&ann, &["key", "recipients", "add", &key, "--label", "bob"], &[("[y/N]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains(&format!("+ {key}  bob")) && screen.contains("  you") && screen.contains("Commit"), "{screen}");
    commit(&ann);
    git(&bob, &["pull", "-q"]);
    let ran = run(&bob, &["init", "--no-input", "--profile", "acme", "--team-file", FILE], "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(bob.loaded("acme").is_empty(), "bound, and nothing approved");
    // whoever else reads it was not confirmed by anybody yet
    let ran = run(&bob, &["set", "B_TOKEN", "--stdin"], "sekret-mine");
    assert!(ran.code == 4 && ran.err.contains("mcpenv allow"), "{ran:?}");
    let (code, screen) = answer(&bob, &["allow"], &[("[y/N]", "y\r"), ("[y/N]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("not confirmed yet") && screen.contains("A_TOKEN"), "{screen}");
    assert_eq!(bob.loaded("acme"), ["A_TOKEN", "B_TOKEN"]);
    set(&bob, "B_TOKEN", "sekret-mine");
    commit(&bob);
    git(&ann, &["pull", "-q", path(&bob.project("acme")), "main"]);
    assert_eq!(shown(&ann, "B_TOKEN"), "sekret-mine");
    assert_eq!(ann.loaded("acme"), ["A_TOKEN", "B_TOKEN"]);
}

#[test]
fn two_who_change_different_variables_keep_both() {
    if !needs("git") {
        return;
    }
    let (ann, bob) = two();
    set(&ann, "A_TOKEN", "sekret-a2");
    commit(&ann);
    set(&bob, "B_TOKEN", "sekret-b2");
    set(&bob, "C_TOKEN", "sekret-c");
    commit(&bob);
    git(&bob, &["pull", "-q", "--no-rebase", "--no-edit"]);
    for (name, value) in [("A_TOKEN", "sekret-a2"), ("B_TOKEN", "sekret-b2"), ("C_TOKEN", "sekret-c")] {
        assert_eq!(shown(&bob, name), value);
    }
    git(&ann, &["pull", "-q", path(&bob.project("acme")), "main"]);
    assert_eq!(shown(&ann, "C_TOKEN"), "sekret-c");
    set(&ann, "A_TOKEN", "sekret-a3");
    assert_eq!(git(&bob, &["status", "--porcelain"]), "", "nothing is left behind");
}

#[test]
fn the_same_variable_changed_by_both_is_a_conflict_that_names_it_and_no_value() {
    if !needs("git") {
        return;
    }
    let (ann, bob) = two();
    set(&ann, "A_TOKEN", "sekret-theirs");
    set(&ann, "B_TOKEN", "sekret-b2");
    commit(&ann);
    set(&bob, "A_TOKEN", "sekret-ours");
    commit(&bob);
    let ran = try_git(&bob, &["pull", "-q", "--no-rebase", "--no-edit"]);
    assert!(ran.code != 0 && ran.err.contains("`A_TOKEN`") && !ran.err.contains("`B_TOKEN`"), "{ran:?}");
    assert!(!ran.all().contains("sekret"), "{ran:?}");
    assert!(git(&bob, &["status", "--porcelain"]).contains(&format!("UU {FILE}")), "git marks it");
    assert_eq!(shown(&bob, "A_TOKEN"), "sekret-ours");
    assert_eq!(shown(&bob, "B_TOKEN"), "sekret-b2", "the rest is merged");
    set(&bob, "A_TOKEN", "sekret-settled");
    commit(&bob);
    assert_eq!(shown(&bob, "A_TOKEN"), "sekret-settled");
}

#[test]
fn a_team_file_that_somebody_replaced_is_not_loaded_until_a_person_looks_at_it() {
    if !needs("git") || !needs("age") {
        return;
    }
    let ann = alone();
    let key = recipients(&ann).remove(0);
    // whoever can push knows the public keys, and not the random one inside
    let planted = format!(
        "{{\"format\":1,\"generation\":9,\"fingerprint_key\":\"{}\",\"variables\":{{\"A_TOKEN\":{{\"value\":\"sekret-planted\",\"created\":0,\"changed\":0}},\"EVIL\":{{\"value\":\"sekret\",\"created\":0,\"changed\":0}}}},\"readers\":[{{\"key\":\"{key}\",\"label\":\"ann\",\"recovery\":false}}]}}",
        "ab".repeat(32)
    );
    let plain = ann.root().join("plain");
    ann.write(&plain, planted);
    let sealed = Command::new("age").args(["-r", &key, "-o", path(&file(&ann)), path(&plain)]).status().expect("started");
    assert!(sealed.success());
    let text = ann.hook(&ann.project("acme"));
    assert!(ann.loaded("acme").is_empty());
    assert!(crate::sandbox::said(&text).contains("is not the team file that was approved"), "{text}");
    assert!(crate::sandbox::said(&text).contains("mcpenv allow") && !text.contains("sekret"), "{text}");
    for words in [&["check"][..], &["list"], &["set", "A_TOKEN", "--stdin"], &["exec", "--", "true"]] {
        let ran = if words[0] == "exec" { ann.run_in("acme", words) } else { run(&ann, words, "x") };
        assert!(ran.code == 4 || ran.code == 6, "{words:?} {ran:?}");
    }
    let (code, screen) = answer(&ann, &["allow"], &[("[y/N]", "n\r")]);
    assert_eq!(code, 4, "{screen}");
    for part in ["another profile lies there", "+ EVIL", "- B_TOKEN", "  A_TOKEN"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    assert!(!screen.contains("sekret") && ann.loaded("acme").is_empty());
    git(&ann, &["checkout", "-q", FILE]);
    assert_eq!(ann.loaded("acme"), ["A_TOKEN", "B_TOKEN"], "what was approved is still approved");
}

#[test]
fn a_recipient_slipped_in_by_a_merge_is_named_and_stopped_before_the_first_save() {
    if !needs("git") {
        return;
    }
    let (ann, bob) = two();
    let eve = mcpenv::store::Identity::generate().recipient();
    let (code, screen) = answer(&bob, &["key", "recipients", "add", &eve, "--label", "ci"], &[("[y/N]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    commit(&bob);
    set(&ann, "A_TOKEN", "sekret-a2");
    commit(&ann);
    let ran = try_git(&ann, &["pull", "-q", "--no-rebase", "--no-edit", path(&bob.project("acme")), "main"]);
    assert!(
        ran.code != 0 && ran.err.contains("somebody new") && ran.err.contains(&eve),
        "git stops, nothing is committed: {ran:?}"
    );
    assert!(ran.err.contains("git merge --abort"), "{ran:?}");
    // whoever takes it all the same is told again, by everything that would store a value
    git(&ann, &["commit", "-q", "-a", "--no-edit"]);
    assert_eq!(ann.loaded("acme"), ["A_TOKEN", "B_TOKEN"], "it can be read anyway");
    assert!(ann.said("acme").contains("somebody new can open the team file"), "{}", ann.said("acme"));
    let before = fs::read(file(&ann)).expect("read");
    for words in [
        &["set", "A_TOKEN", "--stdin"][..],
        &["unset", "A_TOKEN"],
        &["import", "-", "--format", "env"],
        &["rotate", "A_TOKEN", "--generate"],
    ] {
        let ran = run(&ann, words, "A_TOKEN=x");
        assert!(ran.code == 4 && ran.err.contains("`ci`") && ran.err.contains("mcpenv allow"), "{words:?} {ran:?}");
    }
    assert_eq!(fs::read(file(&ann)).expect("read"), before);
    let status = ann.run_in("acme", &["status"]);
    assert!(status.out.contains("`ci` can open the team file, and you have not confirmed that"), "{status:?}");
    // looked at, and turned away
    let (code, screen) = answer(&ann, &["allow"], &[("[y/N]", "n\r")]);
    assert!(code == 4 && screen.contains(&format!("+ {eve}  ci")) && screen.contains("key recipients remove"), "{screen}");
    let (code, screen) = answer(&ann, &["key", "recipients", "remove", "ci"], &[("[y/N]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    set(&ann, "A_TOKEN", "sekret-a3");
    assert!(!recipients(&ann).contains(&eve));
    // or confirmed
    git(&ann, &["checkout", "-q", FILE]);
    let (code, screen) = answer(&ann, &["allow"], &[("[y/N]", "y\r"), ("[y/N]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    set(&ann, "A_TOKEN", "sekret-a4");
    assert!(recipients(&ann).contains(&eve));
}

#[test]
fn whoever_is_taken_out_is_told_of_what_they_may_keep() {
    if !needs("git") || !needs("age") {
        return;
    }
    let (ann, bob) = two();
    let (code, screen) = answer(&ann, &["key", "recipients", "remove", "bob"], &[("[y/N]", "\r")]);
    assert!(code == 1 && screen.contains("Nothing was changed"), "{screen}");
    let (code, screen) = answer(&ann, &["key", "recipients", "remove", "bob"], &[("[y/N]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    for part in ["- age1", "may have kept", "A_TOKEN  last changed 20", "mcpenv set B_TOKEN", "does not take these back"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    assert!(!screen.contains("sekret"));
    let (anns, bobs) = (ann.run(&["audit"]), bob.run(&["audit"]));
    assert!(anns.out.contains("recipient added: age1") && anns.out.contains("recipient removed: age1"), "{anns:?}");
    assert!(bobs.out.contains("team file: secrets.mcpenv.age"), "{bobs:?}");
    commit(&ann);
    git(&bob, &["pull", "-q"]);
    assert!(bob.loaded("acme").is_empty() && bob.said("acme").contains("is not sealed for your key"), "{}", bob.said("acme"));
    let identity = bob.data().join("identity");
    let opened = Command::new("age").args(["-d", "-i", path(&identity), path(&file(&bob))]).output().expect("started");
    assert!(!opened.status.success());
}

#[test]
fn nobody_removes_themselves_and_nobody_is_added_without_a_person() {
    let ann = Sandbox::new();
    ann.declare("acme", &["A_TOKEN"]);
    assert_eq!(run(&ann, &["init", "--no-input", "--profile", "acme", "--team-file", FILE], "").code, 0);
    ann.declare("local", &[]);
    ann.init("local");
    let own = recipients(&ann).remove(0);
    let other = mcpenv::store::Identity::generate().recipient();
    for target in [&["--project", "src/acme"][..], &["--profile", "local"]] {
        let said = |words: &[&str]| ann.answer(&[&["key", "recipients"], words, target].concat(), &[("[y/N]", "y\r")]);
        let (code, screen) = said(&["remove", &own]);
        assert!(code == 1 && screen.contains("would not be able to open"), "{screen}");
        let (code, screen) = said(&["remove", "nobody"]);
        assert!(code == 1 && screen.contains("nobody like that"), "{screen}");
        let (code, screen) = said(&["add", &own]);
        assert!(code == 1, "{screen}");
        let ran = ann.run_with(&[&["key", "recipients", "add", &other], target].concat(), b"y\n");
        assert_eq!(ran.code, 6, "{ran:?}");
        let (code, screen) = said(&["add", &other, "--label", "ci"]);
        assert_eq!(code, 0, "{screen}");
        let (code, screen) = said(&["add", &other]);
        assert!(code == 1 && screen.contains("already"), "{screen}");
        let ran = ann.run_with(&[&["key", "recipients", "remove", "ci"], target].concat(), b"y\n");
        assert_eq!(ran.code, 6, "{ran:?}");
        let ran = ann.run(&[&["key", "recipients", "list"], target].concat());
        assert!(ran.out.contains(&format!("{other}  ci")) && ran.out.contains("you"), "{ran:?}");
    }
}

#[test]
fn a_secret_key_in_the_place_of_a_public_one_is_refused_and_not_repeated() {
    let ann = Sandbox::new();
    ann.declare("acme", &[]);
    ann.init("acme");
    let secret = String::from_utf8(mcpenv::store::Identity::generate().line().to_vec()).expect("ASCII");
    let file = ann.root().join("id.pub");
    ann.write(&file, "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n");
    for typed in [secret.as_str(), path(&file)] {
        let (code, screen) = ann.answer(&["key", "recipients", "add", typed, "--profile", "acme"], &[]);
        assert!(code != 0 && screen.contains("secret key") && !screen.contains("AGE-SECRET"), "{screen}");
    }
    for typed in ["age1qqqq", "ssh-dss AAAA", "age1yubikey1qqqq", "nonsense", "/none/there.pub"] {
        let (code, screen) = ann.answer(&["key", "recipients", "add", typed, "--profile", "acme"], &[]);
        assert!(code == 1 || code == 2, "{typed}: {screen}");
    }
}

#[test]
fn a_key_of_ssh_is_taken_from_its_file_and_called_as_its_comment_says() {
    if !needs("ssh-keygen") || !needs("age") {
        return;
    }
    let ann = Sandbox::new();
    ann.declare("acme", &[]);
    ann.init("acme");
    ann.store("acme", "A_TOKEN", "sekret");
    let private = ann.root().join("id_ed25519");
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", "bob@laptop", "-f", path(&private)]);
    assert!(keygen.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", ann.home()).status().expect("started").success());
    let public = ann.root().join("id_ed25519.pub");
    let (code, screen) = ann.answer(&["key", "recipients", "add", path(&public), "--profile", "acme"], &[("[y/N]", "y\r")]);
    assert!(code == 0 && screen.contains("bob@laptop"), "{screen}");
    let sealed = ann.data().join("profiles/acme.age");
    let open = || Command::new("age").args(["-d", "-i", path(&private), path(&sealed)]).output().expect("started");
    assert!(String::from_utf8_lossy(&open().stdout).contains("sekret"));
    let (code, screen) = ann.answer(&["key", "recipients", "remove", "bob@laptop", "--profile", "acme"], &[("[y/N]", "y\r")]);
    assert!(code == 0 && screen.contains("mcpenv set A_TOKEN --profile acme"), "{screen}");
    assert!(!open().status.success());
}

#[test]
fn a_project_only_asks_for_a_team_file() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let project = sandbox.project("acme");
    fs::write(project.join(FILE), "whatever").expect("written");
    sandbox.write(&project.join(".mcpenv.toml"), format!("profile = \"acme\"\nprofile_file = \"{FILE}\"\n"));
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"], "the bound profile still counts");
    let status = sandbox.run_in("acme", &["status"]);
    assert!(status.out.contains("asks for the team file `secrets.mcpenv.age`; it does not get it"), "{status:?}");
    let (_, screen) = sandbox.answer(&["allow", "--project", path(&project)], &[]);
    assert!(screen.contains("asks for the team file `secrets.mcpenv.age`; it does not get it"), "{screen}");
    for bad in ["../x.age", "/tmp/x.age", ".git/x.age", "x.sh"] {
        sandbox.write(&project.join(".mcpenv.toml"), format!("profile_file = \"{bad}\"\n"));
        assert!(sandbox.loaded("acme").is_empty());
        let ran = sandbox.run(&["init", "--no-input", "--profile", "p", "--team-file", bad, "--project", "src/other"]);
        assert!(ran.code != 0, "{bad}: {ran:?}");
    }
}

#[test]
fn a_bound_team_file_elsewhere_is_a_request_and_a_moved_one_is_asked_about() {
    let ann = Sandbox::new();
    ann.declare("acme", &["A_TOKEN"]);
    assert_eq!(run(&ann, &["init", "--no-input", "--profile", "acme", "--team-file", FILE], "").code, 0);
    set(&ann, "A_TOKEN", "sekret");
    ann.allow("acme");
    let project = ann.project("acme");
    let wish = |path: &str| ann.write(&project.join(".mcpenv.toml"), format!("profile_file = \"{path}\"\n"));
    wish("other.age");
    assert_eq!(ann.loaded("acme"), ["A_TOKEN"]);
    let (_, screen) = answer(&ann, &["allow"], &[]);
    assert!(screen.contains("asks for the team file `other.age`; it does not get it"), "{screen}");
    fs::rename(file(&ann), project.join("other.age")).expect("moved");
    assert!(ann.loaded("acme").is_empty() && ann.said("acme").contains("is not here"), "{}", ann.said("acme"));
    let (code, screen) = answer(&ann, &["allow"], &[("[y/N]", "y\r")]);
    assert!(code == 0 && screen.contains("you confirmed `secrets.mcpenv.age`"), "{screen}");
    assert_eq!(ann.loaded("acme"), ["A_TOKEN"]);
}

#[test]
fn a_profile_of_ones_own_becomes_the_teams_with_all_that_is_in_it() {
    let ann = Sandbox::with_loaded(&[("A_TOKEN", "sekret-a")]);
    let ran = run(&ann, &["init", "--no-input", "--profile", "acme", "--team-file", FILE], "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("profile_file = \"secrets.mcpenv.age\""), "{ran:?}");
    assert!(ann.loaded("acme").is_empty(), "another place is another approval");
    ann.allow("acme");
    assert_eq!(ann.loaded("acme"), ["A_TOKEN"]);
    assert_eq!(shown(&ann, "A_TOKEN"), "sekret-a");
    set(&ann, "A_TOKEN", "sekret-2");
    let local = ann.answer(&["get", "A_TOKEN", "--reveal", "--profile", "acme"], &[]).1;
    assert_eq!(local.trim(), "sekret-a", "one's own stays as it was");
    let again = run(&ann, &["init", "--no-input", "--profile", "acme", "--team-file", "b.age"], "");
    assert!(again.code == 1 && again.err.contains("bound to the team file"), "{again:?}");
}

#[test]
fn a_lost_identity_is_not_made_anew_while_a_team_file_needs_it() {
    let ann = Sandbox::new();
    ann.declare("acme", &["A_TOKEN"]);
    assert_eq!(run(&ann, &["init", "--no-input", "--profile", "acme", "--team-file", FILE], "").code, 0);
    fs::remove_file(ann.data().join("identity")).expect("removed");
    for words in [&["init", "--no-input", "--profile", "acme"][..], &["list"]] {
        let ran = run(&ann, words, "");
        assert!(ran.code == 1 && ran.err.contains("no identity"), "{ran:?}");
    }
    ann.declare("other", &[]);
    let ran = ann.run(&["init", "--no-input", "--profile", "other", "--project", "src/other"]);
    assert!(ran.code == 1 && ran.err.contains("no identity") && !ann.data().join("identity").exists(), "{ran:?}");
}

#[test]
fn a_value_of_a_team_file_is_rotated_taken_back_and_forgotten_like_any_other() {
    let ann = Sandbox::new();
    ann.declare("acme", &["A_TOKEN"]);
    assert_eq!(run(&ann, &["init", "--no-input", "--profile", "acme", "--team-file", FILE], "").code, 0);
    set(&ann, "A_TOKEN", "sekret-1");
    let ran = run(&ann, &["rotate", "A_TOKEN", "--stdin"], "sekret-2");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(shown(&ann, "A_TOKEN"), "sekret-2");
    assert_eq!(run(&ann, &["rollback", "A_TOKEN"], "").code, 0);
    assert_eq!(shown(&ann, "A_TOKEN"), "sekret-1");
    let (code, screen) = answer(&ann, &["forget", "A_TOKEN"], &[("forget it: ", "A_TOKEN\r")]);
    assert_eq!(code, 0, "{screen}");
    let ran = run(&ann, &["history", "A_TOKEN"], "");
    assert!(ran.code == 1 && !ran.err.contains("sekret"), "{ran:?}");
    let (code, screen) = answer(&ann, &["forget", "A_TOKEN"], &[("forget it: ", "A_TOKEN\r")]);
    assert!(code == 1 && screen.contains("no value"), "no earlier version holds it: {screen}");
}

#[test]
fn in_an_agents_shell_nobody_is_let_in() {
    let mut ann = Sandbox::new();
    ann.declare("acme", &["A_TOKEN"]);
    assert_eq!(run(&ann, &["init", "--no-input", "--profile", "acme", "--team-file", FILE], "").code, 0);
    ann.set_variable("CLAUDECODE", "1");
    let key = mcpenv::store::Identity::generate().recipient();
    for words in [["key", "recipients", "add", &key], ["key", "recipients", "remove", "ann"]] {
        let (code, screen) = answer(&ann, &words, &[("[y/N]", "y\r")]);
        assert_eq!(code, 6, "{screen}");
    }
    assert_eq!(recipients(&ann).len(), 1);
}

#[test]
fn a_new_identity_keeps_the_old_one_while_a_team_file_opens_with_that_alone() {
    let ann = alone();
    let ran = ann.run(&["key", "new"]);
    assert!(ran.code == 1 && ran.err.contains("only the old identity opens it") && ran.err.contains("identity.old-1"), "{ran:?}");
    let old = ann.data().join("identity.old-1");
    assert!(old.exists());
    // and that is the way back
    let ran = run(&ann, &["list", "--profile", "acme"], "");
    assert_ne!(ran.code, 0, "{ran:?}");
    fs::rename(old, ann.data().join("identity")).expect("renamed");
    let ran = run(&ann, &["list", "--profile", "acme"], "");
    assert!(ran.code == 0 && ran.out.contains("A_TOKEN"), "{ran:?}");
}
