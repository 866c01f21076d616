//! Values: typed hidden or read from standard input, stored exactly, shown masked, never in an argument or a message.

use std::fs;

use mcpenv::paths::Paths;
use mcpenv::profile::ProfileName;
use mcpenv::secret::Secret;
use mcpenv::store::{AgeStore, Store};
use mcpenv::var::VarName;

use crate::sandbox::{Sandbox, files_below, find, path};

const CANARY: &str = "canary-7f3a9c1e5b";

#[test]
fn a_value_as_an_argument_is_refused_with_exit_2_and_not_repeated() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    for args in [
        vec!["set", "A_TOKEN", CANARY],
        vec!["set", "A_TOKEN=canary-7f3a9c1e5b"],
        vec!["set", "A_TOKEN", "--stdin", CANARY],
        vec!["set", "A_TOKEN", "--value", CANARY],
        vec!["set", "--value=canary-7f3a9c1e5b", "A_TOKEN"],
        vec!["unset", "A_TOKEN", CANARY],
        vec!["get", "A_TOKEN", CANARY],
        vec!["set", "sk-ant-canary-7f3a9c1e5b-0123"],
        vec!["set", "ghp_canary7f3a9c1e5b0123456789"],
        vec!["unset", "sk-ant-canary-7f3a9c1e5b-0123"],
        vec!["list", CANARY],
        vec![CANARY],
    ] {
        let ran = sandbox.run(&args);
        assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
        assert!(!ran.all().contains("canary"), "{args:?}: {ran:?}");
    }
    let ran = sandbox.run(&["get", "A_TOKEN", "--reveal", "--profile", "acme"]);
    assert_eq!(ran.code, 6, "nobody at a terminal");
}

#[test]
fn stdin_is_stored_byte_for_byte_and_a_pasted_newline_is_mentioned() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let set = |bytes: &[u8]| sandbox.run_with(&["set", "A_TOKEN", "--stdin", "--profile", "acme"], bytes);
    for value in
        [b"line one\nline two\n".as_slice(), b"\r\n\t", b"\xff\xfe\x80", b"'\"\\`$(x)!%^", b"=foo", b"${OTHER}", "„“–".as_bytes()]
    {
        assert_eq!(set(value).code, 0);
        let text = sandbox.hook(&sandbox.project("acme"));
        let word = text.lines().find_map(|l| l.strip_prefix("__mcpenv_put A_TOKEN=")).expect("loaded").to_owned();
        let shell =
            std::process::Command::new("bash").args(["--norc", "-c", &format!("printf %s {word}")]).output().expect("bash");
        assert_eq!(shell.stdout, value);
    }
    let ran = set(b"token\n");
    assert!(ran.err.contains("newline") && !ran.err.contains("token\n\n"), "{ran:?}");
}

#[test]
fn an_empty_an_overlong_and_a_nul_value_are_refused_and_nothing_changes() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "before")]);
    let file = sandbox.data().join("profiles/acme.age");
    let before = fs::read(&file).expect("a profile");
    let set = |bytes: &[u8]| sandbox.run_with(&["set", "A_TOKEN", "--stdin", "--profile", "acme"], bytes);
    for (value, word) in [(b"".to_vec(), "empty"), (b"a\0b".to_vec(), "NUL"), (vec![b'x'; 128 * 1024 + 1], "long")] {
        let ran = set(&value);
        assert_eq!(ran.code, 1, "{word}: {ran:?}");
        assert!(ran.err.contains(word), "{ran:?}");
        assert_eq!(fs::read(&file).expect("a profile"), before);
    }
    assert_eq!(set(&vec![b'x'; 128 * 1024]).code, 0);
}

#[test]
fn what_no_program_could_be_started_with_is_named_and_left_out() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a"), ("B_TOKEN", "b")]);
    let set = |n: usize| sandbox.run_with(&["set", "A_TOKEN", "--stdin", "--profile", "acme"], &vec![b'x'; n]).code;
    let most = 131_072 - "A_TOKEN=".len() - 1;
    assert_eq!(set(most), 0);
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN", "B_TOKEN"]);
    assert_eq!(set(most + 1), 0);
    assert_eq!(sandbox.loaded("acme"), ["B_TOKEN"]);
    assert!(sandbox.said("acme").contains("`A_TOKEN` is too long"), "{}", sandbox.said("acme"));
}

#[test]
fn past_the_limit_of_all_together_the_rest_is_named_and_left_out() {
    let values: Vec<(String, String)> = (0..6).map(|n| (format!("V{n}_TOKEN"), "x".repeat(100_000))).collect();
    let sandbox = Sandbox::with_loaded(&values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect::<Vec<_>>());
    assert_eq!(sandbox.loaded("acme").len(), 5);
    assert!(sandbox.said("acme").contains("`V5_TOKEN` no longer fits"), "{}", sandbox.said("acme"));
}

#[test]
fn a_hidden_prompt_shows_nothing_of_what_is_typed_and_asks_about_blanks() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let args = ["set", "A_TOKEN", "--profile", "acme"];
    let (code, screen) = sandbox.answer(&args, &[("(hidden)", "canary-7f3a9c1e5b\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("canary") && !screen.contains("••••••••••••••••"), "{screen}");
    // a paste arrives whole, with its newlines as carriage returns
    let (code, screen) = sandbox.answer(&args, &[("(hidden)", "\x1b[200~  line1\rline2\r\x1b[201~\r"), ("[Y/n]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("line1"), "{screen}");
    assert!(sandbox.hook(&sandbox.project("acme")).contains("line1\\x0aline2'"));
    let (code, screen) = sandbox.answer(&args, &[("(hidden)", "typed\x03")]);
    assert_eq!(code, 130, "{screen}");
    assert!(sandbox.hook(&sandbox.project("acme")).contains("line1"), "an interrupted prompt changes nothing");
}

#[test]
fn get_reveals_only_to_a_person() {
    let mut sandbox = Sandbox::with_loaded(&[("A_TOKEN", CANARY)]);
    let reveal = ["get", "A_TOKEN", "--reveal", "--profile", "acme"];
    assert_eq!(sandbox.run(&["get", "A_TOKEN", "--profile", "acme"]).code, 2);
    let (code, screen) = sandbox.answer(&reveal, &[]);
    assert_eq!((code, screen.trim()), (0, CANARY));
    sandbox.set_variable("CLAUDECODE", "1");
    let (code, screen) = sandbox.answer(&reveal, &[]);
    assert_eq!(code, 6, "{screen}");
    assert!(!screen.contains(CANARY));
}

#[test]
fn unset_removes_a_value_and_names_a_near_miss() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a"), ("B_TOKEN", "b")]);
    assert_eq!(sandbox.run_in("acme", &["unset", "A_TOKEN"]).code, 0);
    assert_eq!(sandbox.loaded("acme"), ["B_TOKEN"]);
    assert!(sandbox.said("acme").contains("A_TOKEN has no value"));
    let ran = sandbox.run_in("acme", &["unset", "B_TOKN"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("`B_TOKEN`"), "{ran:?}");
}

#[test]
fn a_list_is_masked_for_people_and_for_programs() {
    let token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", token), ("B_TOKEN", CANARY)]);
    for args in [
        vec!["list"],
        vec!["list", "--json"],
        vec!["check"],
        vec!["check", "--json"],
        vec!["status"],
        vec!["status", "--json"],
        vec!["why", "A_TOKEN"],
    ] {
        let ran = sandbox.run_in("acme", &args);
        assert!(!ran.all().contains("canary") && !ran.all().contains("ghp_a"), "{args:?}: {ran:?}");
    }
    let list = sandbox.run_in("acme", &["list"]);
    assert!(list.out.contains("ghp_••••••••"), "{list:?}");
    let json: serde_json::Value = serde_json::from_str(&sandbox.run_in("acme", &["list", "--json"]).out).expect("JSON");
    assert_eq!(json["variables"][0]["name"], "A_TOKEN");
}

#[test]
fn a_profile_that_is_not_there_is_an_error_with_a_way_out() {
    let sandbox = Sandbox::new();
    for args in [
        vec!["list", "--profile", "nope"],
        vec!["set", "A", "--stdin", "--profile", "nope"],
        vec!["unset", "A", "--profile", "nope"],
    ] {
        let ran = sandbox.run_with(&args, b"v");
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.err.contains("error: no profile `nope`") && ran.err.contains("hint: "), "{ran:?}");
    }
    let ran = sandbox.run(&["set", "A", "--stdin"]);
    assert!(ran.code == 1 && ran.err.contains("--profile NAME"), "{ran:?}");
}

#[test]
fn sixty_four_writers_of_different_names_lose_nothing() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let done: Vec<_> = std::thread::scope(|scope| {
        let write = |n: usize| {
            let (name, sandbox) = (format!("V{n}_TOKEN"), &sandbox);
            scope.spawn(move || sandbox.run_with(&["set", &name, "--stdin", "--profile", "acme"], name.as_bytes()).code)
        };
        let started: Vec<_> = (0..64).map(write).collect();
        started.into_iter().map(|t| t.join().expect("ended")).collect()
    });
    let list = sandbox.run(&["list", "--json", "--profile", "acme"]).out;
    let kept = (0..64).filter(|n| list.contains(&format!("\"V{n}_TOKEN\""))).count();
    assert_eq!(kept, done.iter().filter(|code| **code == 0).count(), "none falsely successful: {done:?}");
    assert_eq!(kept, 64);
}

#[test]
fn no_value_lies_in_any_file_in_any_encoding() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let canaries: Vec<String> = (0..50).map(|n| format!("canary-{n:03}-9c1e5b7f3a")).collect();
    for (n, canary) in canaries.iter().enumerate() {
        sandbox.store("acme", &format!("V{n}_TOKEN"), canary);
    }
    sandbox.run_in("acme", &["unset", "V0_TOKEN"]);
    sandbox.allow("acme");
    sandbox.hook(&sandbox.project("acme"));
    let files = files_below(&sandbox.root());
    assert!(files.len() > 8, "{files:?}");
    for file in files {
        let bytes = fs::read(&file).expect("readable");
        for canary in &canaries {
            let hex: String = canary.bytes().map(|b| format!("{b:02x}")).collect();
            for needle in [canary.as_bytes(), hex.as_bytes(), &canary.as_bytes()[..12]] {
                assert!(find(&bytes, needle).is_none(), "a value in {}", path(&file));
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn every_file_is_private_under_any_umask() {
    for umask in ["000", "077", "027"] {
        let sandbox = Sandbox::new();
        sandbox.declare("acme", &["A_TOKEN"]);
        let script = format!(
            "umask {umask}; '{p}' init --no-input --profile acme --project '{dir}' && printf v | '{p}' set A_TOKEN --stdin --profile acme && \
             '{p}' deny --project '{dir}' && '{p}' hook-env bash '{dir}' 1 own",
            p = crate::sandbox::program(),
            dir = path(&sandbox.project("acme")),
        );
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", &script]).env_clear().envs(sandbox.variables().iter().map(|(n, v)| (n, v)));
        let ran = command.output().expect("sh");
        assert!(ran.status.success(), "{ran:?}");
        for top in [sandbox.data(), sandbox.state(), sandbox.root().join("run/mcpenv")] {
            for file in files_below(&top) {
                assert_eq!(crate::sandbox::mode(&file), 0o600, "{} under umask {umask}", path(&file));
                for directory in file.ancestors().skip(1).take_while(|d| d.starts_with(&top)) {
                    assert_eq!(crate::sandbox::mode(directory), 0o700, "{} under umask {umask}", path(directory));
                }
            }
        }
    }
}

#[test]
fn of_ten_thousand_variables_the_one_that_is_requested_is_loaded() {
    let mut sandbox = Sandbox::new();
    let home = sandbox.root().join("all");
    sandbox.set_variable("MCPENV_HOME", home.clone());
    sandbox.declare("acme", &["V07777"]);
    sandbox.init("acme");
    let store = AgeStore::new(&Paths::new(Some(home.into_os_string())).expect("a home"));
    let name = ProfileName::parse("acme").expect("a name");
    let lock = store.lock(&name).expect("free");
    let mut profile = store.load(&name).expect("made by init");
    for n in 0..10_000 {
        let variable = VarName::parse(&format!("V{n:05}")).expect("a name");
        profile.set(variable, Secret::new(format!("value-{n}").into_bytes()).expect("a value"), 0);
    }
    store.save(&lock, &name, &mut profile).expect("saved");
    drop(lock);
    sandbox.allow("acme");
    let text = sandbox.hook(&sandbox.project("acme"));
    assert!(text.contains("__mcpenv_put V07777=$'value-7777'\n"), "{}", &text[..200]);
    assert_eq!(text.matches("value-").count(), 1);
}

#[test]
fn names_that_only_normalisation_makes_alike_are_two_projects() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    for directory in ["caf\u{e9}", "cafe\u{301}"] {
        sandbox.declare(directory, &["A_TOKEN"]);
    }
    let ran = sandbox.run(&["init", "--no-input", "--profile", "acme", "--project", path(&sandbox.project("caf\u{e9}"))]);
    assert_eq!(ran.code, 0, "{ran:?}");
    sandbox.allow("caf\u{e9}");
    assert_eq!(sandbox.loaded("caf\u{e9}"), ["A_TOKEN"]);
    sandbox.write(&sandbox.project("cafe\u{301}").join(".mcpenv.toml"), "profile = \"acme\"\n");
    assert!(sandbox.loaded("cafe\u{301}").is_empty());
}

#[test]
fn a_value_under_a_name_that_nobody_asks_for_is_mentioned_with_the_nearest_one() {
    let sandbox = Sandbox::with_loaded(&[("GITHUB_TOKEN", "a")]);
    let mut command = sandbox.command(&["set", "GITHUB_TOKN", "--stdin"]);
    command
        .current_dir(sandbox.project("acme"))
        .env("PWD", sandbox.project("acme"))
        .stdin(fs::File::open("/dev/null").expect("there"));
    assert_eq!(command.output().expect("it ran").status.code(), Some(1), "an empty value");
    let script = format!("printf v | '{}' set GITHUB_TOKN --stdin", crate::sandbox::program());
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", &script])
        .env_clear()
        .envs(sandbox.variables().iter().map(|(n, v)| (n, v)))
        .current_dir(sandbox.project("acme"));
    let ran = shell.output().expect("sh");
    let err = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(err.contains("no server here asks for `GITHUB_TOKN`") && err.contains("`GITHUB_TOKEN`"), "{err}");
}
