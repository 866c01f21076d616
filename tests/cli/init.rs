//! `init`: guided for a person, silent and repeatable for scripts.

use std::fs;

use crate::sandbox::{Sandbox, files_below, path};

#[test]
fn a_script_makes_a_project_and_may_repeat_it() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN"]);
    sandbox.init("acme");
    let file = sandbox.project("acme").join(".mcpenv.toml");
    assert!(fs::read_to_string(&file).expect("written").contains("profile = \"acme\""));
    let before: Vec<_> = files_below(&sandbox.root()).into_iter().map(|f| (fs::read(&f).expect("readable"), f)).collect();
    sandbox.init("acme");
    let after: Vec<_> = files_below(&sandbox.root()).into_iter().map(|f| (fs::read(&f).expect("readable"), f)).collect();
    let without_locks = |all: Vec<(Vec<u8>, std::path::PathBuf)>| -> Vec<_> {
        all.into_iter().filter(|(_, f)| f.extension().is_none_or(|e| e != "lock")).collect()
    };
    assert!(without_locks(before) == without_locks(after), "repeated, it changes nothing");
}

#[test]
fn a_binding_is_never_changed_silently() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let ran = sandbox.run(&["init", "--no-input", "--profile", "other", "--project", path(&sandbox.project("acme"))]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("bound to profile `acme`"), "{ran:?}");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
    assert!(!sandbox.data().join("profiles/other.age").exists());
}

#[test]
fn an_existing_project_file_is_left_as_it_is() {
    let sandbox = Sandbox::new();
    let file = sandbox.project("acme").join(".mcpenv.toml");
    let text = "# ours\nprofile = \"acme\"\n\n[variables.A_TOKEN]\ninject = \"never\"\n";
    sandbox.write(&file, text);
    sandbox.init("acme");
    assert_eq!(fs::read_to_string(&file).expect("there"), text);
}

#[test]
fn without_a_person_init_asks_nothing_and_says_how() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN"]);
    let ran = sandbox.run_in("acme", &["init"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let ran = sandbox.run_in("acme", &["init", "--no-input"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("--profile NAME"));
    assert_eq!(sandbox.run_in("acme", &["init", "--no-input", "--profile", "p", "--store", "cloud"]).code, 2);
    assert!(files_below(&sandbox.home()).is_empty());
}

#[test]
fn an_agent_may_make_a_project_and_not_approve_it() {
    let mut sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN"]);
    sandbox.set_variable("CLAUDECODE", "1");
    sandbox.init("acme");
    sandbox.store("acme", "A_TOKEN", "a");
    assert_eq!(sandbox.run_in("acme", &["status"]).code, 0);
    assert_eq!(sandbox.answer(&["init", "--project", path(&sandbox.project("acme"))], &[]).0, 6);
    sandbox.set_variable("CLAUDECODE", "");
    assert!(sandbox.loaded("acme").is_empty());
}

#[test]
fn a_person_is_guided_from_nothing_to_a_loaded_variable() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme-api", &["A_TOKEN", "B_TOKEN"]);
    let (code, screen) = sandbox.answer(
        &["init", "--project", path(&sandbox.project("acme-api"))],
        &[
            ("[acme-api]: ", "\r"),
            ("New passphrase", "\r"),
            ("Recovery key", "none\r"),
            ("A_TOKEN (hidden", "canary-7f3a\r"),
            ("B_TOKEN (hidden", "\r"),
            ("[y/N]", "y\r"),
        ],
    );
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("back it up") && screen.contains("`B_TOKEN` has no value yet"), "{screen}");
    assert!(!screen.contains("canary"), "{screen}");
    assert_eq!(sandbox.loaded("acme-api"), ["A_TOKEN"]);
}

#[test]
fn an_identity_that_is_lost_or_foreign_is_never_replaced() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let identity = sandbox.data().join("identity");
    let sound = fs::read(&identity).expect("an identity");
    let init = || sandbox.run(&["init", "--no-input", "--profile", "acme", "--project", path(&sandbox.project("acme"))]);
    fs::remove_file(&identity).expect("removed");
    let ran = init();
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(!identity.exists(), "no new one is made");
    assert!(sandbox.loaded("acme").is_empty());
    assert!(sandbox.said("acme").contains("no identity"), "{}", sandbox.said("acme"));
    fs::write(&identity, "AGE-SECRET-KEY-GARBAGE\n").expect("written");
    #[cfg(unix)]
    crate::sandbox::chmod(&identity, 0o600);
    assert_eq!(init().code, 1);
    fs::write(&identity, sound).expect("put back");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
    #[cfg(unix)]
    {
        crate::sandbox::chmod(&identity, 0o644);
        assert!(sandbox.loaded("acme").is_empty());
        assert!(sandbox.said("acme").contains("chmod"), "{}", sandbox.said("acme"));
    }
}

#[test]
fn init_offers_to_take_over_what_stands_in_plaintext_before_it_asks_for_anything_else() {
    const TOKEN: &str = "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";
    let sandbox = Sandbox::new();
    let file = sandbox.project("acme").join(".mcp.json");
    sandbox
        .write(&file, format!(r#"{{ "mcpServers": {{ "s": {{ "command": "x", "env": {{ "GITHUB_TOKEN": "{TOKEN}" }} }} }} }}"#));
    let (code, screen) = sandbox.answer(
        &["init", "--project", path(&sandbox.project("acme"))],
        &[
            ("[acme]: ", "\r"),
            ("New passphrase", "\r"),
            ("Recovery key", "none\r"),
            ("Store this 1 value", "y\r"),
            ("Let this 1 server", "y\r"),
        ],
    );
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("Secrets stand in plaintext in files here") && !screen.contains(TOKEN), "{screen}");
    assert!(!fs::read_to_string(&file).expect("there").contains(TOKEN));
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN"]);
}
