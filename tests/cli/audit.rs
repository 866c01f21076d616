//! The log, as a person reads it: what was done, by whom it can be believed, and that no value is in it.

use std::fs;

use crate::sandbox::{Sandbox, files_below, find, path, said};

fn actions(sandbox: &Sandbox, more: &[&str]) -> Vec<(String, String)> {
    let ran = sandbox.run(&[&["audit", "--json"], more].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let told: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let records = told["records"].as_array().expect("records");
    records
        .iter()
        .map(|r| (text(&r["action"]), r["names"].as_array().expect("names").iter().map(text).collect::<Vec<_>>().join(" ")))
        .collect()
}

#[test]
fn each_act_is_noted_with_its_names_and_without_a_value() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "canary-a")]);
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
    assert_eq!(sandbox.run_in("acme", &["exec", "--", "true"]).code, 0);
    sandbox.answer(&["get", "A_TOKEN", "--reveal", "--profile", "acme"], &[]);
    assert_eq!(sandbox.run_with(&["rotate", "A_TOKEN", "--stdin", "--profile", "acme"], b"canary-b").code, 0);
    assert_eq!(sandbox.run(&["rollback", "A_TOKEN", "--profile", "acme"]).code, 0);
    assert_eq!(sandbox.run(&["unset", "A_TOKEN", "--profile", "acme"]).code, 0);
    assert_eq!(sandbox.run(&["deny", "--project", path(&sandbox.project("acme"))]).code, 0);
    let done = actions(&sandbox, &[]);
    let words: Vec<_> = done.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(words, ["set", "allow", "load", "exec", "reveal", "rotate", "rollback", "unset", "deny"]);
    assert!(
        done.iter().all(|(action, names)| action == "allow" || action == "exec" || action == "deny" || names == "A_TOKEN"),
        "{done:?}"
    );
    assert_eq!(actions(&sandbox, &["--action", "load"]).len(), 1);
    assert_eq!(actions(&sandbox, &["--variable", "A_TOKEN", "--since", "1d"]).len(), 6);
    assert_eq!(actions(&sandbox, &["--project", path(&sandbox.project("acme"))]).len(), 4);
    let log = sandbox.state().join("audit");
    assert!(files_below(&log).iter().all(|file| find(&fs::read(file).expect("readable"), b"canary").is_none()));
    let ran = sandbox.run(&["audit", "verify"]);
    assert!(ran.code == 0 && ran.err.contains("9 records"), "{ran:?}");
}

#[test]
fn a_record_that_was_changed_is_named() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a"), ("B_TOKEN", "b")]);
    let log = sandbox.state().join("audit/audit.log");
    let text = fs::read_to_string(&log).expect("text");
    fs::write(&log, text.replacen("A_TOKEN", "C_TOKEN", 1)).expect("written");
    let ran = sandbox.run(&["audit", "verify"]);
    assert!(ran.code == 1 && ran.err.contains("record 1 was changed"), "{ran:?}");
}

#[test]
fn where_the_log_is_required_nothing_goes_out_that_could_not_be_noted() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let head = sandbox.state().join("audit/audit.head");
    fs::remove_file(&head).expect("there");
    let text = sandbox.hook(&sandbox.project("acme"));
    assert!(text.contains("__mcpenv_put") && said(&text).contains("the head of the log is damaged or gone"), "{text}");
    sandbox.settings("audit = \"required\"\n");
    let text = sandbox.hook(&sandbox.project("acme"));
    assert!(!text.contains("__mcpenv_put") && said(&text).contains("the head of the log is damaged or gone"), "{text}");
    let ran = sandbox.run_in("acme", &["exec", "--", "printenv", "A_TOKEN"]);
    assert!(ran.code == 1 && ran.out.is_empty() && ran.err.contains("the log"), "{ran:?}");
    let (code, screen) = sandbox.answer(&["get", "A_TOKEN", "--reveal", "--profile", "acme"], &[]);
    assert!(code == 1 && screen.contains("the log"), "{screen}");
    sandbox.settings("audit = \"off\"\n");
    assert_eq!(sandbox.said("acme"), "mcpenv: acme · 1 loaded");
}

#[test]
fn a_run_that_was_killed_between_the_log_and_its_head_ends_no_log() {
    let set = |sandbox: &Sandbox| {
        let ran = sandbox.run_with(&["set", "A_TOKEN", "--stdin", "--profile", "acme"], b"another value");
        assert!(ran.code == 0 && !ran.err.contains("not in the log"), "{ran:?}");
        let ran = sandbox.run(&["audit", "verify"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    };
    // the first record stands, its head does not
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN"]);
    sandbox.init("acme");
    assert_eq!(sandbox.run_with(&["set", "A_TOKEN", "--stdin", "--profile", "acme"], b"a").code, 0);
    fs::write(sandbox.state().join("audit/audit.head"), "").expect("written");
    set(&sandbox);
    // the log became an older one, and the head was not told
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let log = sandbox.state().join("audit/audit.log");
    fs::rename(&log, log.with_extension("1.log")).expect("renamed");
    set(&sandbox);
    // an older log that is another one than the head knows is no such thing
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let log = sandbox.state().join("audit/audit.log");
    let text = fs::read_to_string(&log).expect("text");
    fs::write(log.with_extension("1.log"), text.replacen("A_TOKEN", "B_TOKEN", 1)).expect("written");
    fs::remove_file(&log).expect("removed");
    let ran = sandbox.run_with(&["set", "A_TOKEN", "--stdin", "--profile", "acme"], b"b");
    assert!(ran.err.contains("not in the log"), "{ran:?}");
}

#[test]
fn a_log_that_another_holds_is_not_waited_for_without_end() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let head = fs::OpenOptions::new().write(true).open(sandbox.state().join("audit/audit.head")).expect("there");
    head.lock().expect("locked");
    let ran = sandbox.run_with(&["set", "A_TOKEN", "--stdin", "--profile", "acme"], b"b");
    assert!(ran.code == 0 && ran.err.contains("another mcpenv holds it"), "{ran:?}");
}
