//! `check`, `status`, `why`: the store against the shell, and where a name comes from.

use std::ffi::OsString;

use crate::dates::jwt;
use crate::sandbox::{Sandbox, path};

fn check(sandbox: &Sandbox, live: &[(&str, &str)], more: &[&str]) -> (i32, serde_json::Value) {
    let mut args = vec!["check", "--json"];
    args.extend(more);
    let mut command = sandbox.command(&args);
    command.current_dir(sandbox.project("acme")).env("PWD", sandbox.project("acme"));
    command.envs(live.iter().map(|(n, v)| (n, v)));
    let output = command.output().expect("it ran");
    (output.status.code().unwrap_or(-1), serde_json::from_slice(&output.stdout).expect("JSON"))
}

fn state(report: &serde_json::Value, name: &str) -> String {
    let rows = report["variables"].as_array().expect("a list");
    rows.iter().find(|r| r["variable"] == name).map(|r| r["state"].as_str().unwrap_or("").to_owned()).unwrap_or_default()
}

/// The marker that the hook exports in the project.
fn marker(sandbox: &Sandbox) -> String {
    let text = sandbox.hook(&sandbox.project("acme"));
    let fin = text.lines().find_map(|l| l.strip_prefix("__mcpenv_fin ")).expect("a fin");
    fin.split(' ').next().expect("a marker").trim_start_matches("$'").trim_end_matches('\'').to_owned()
}

#[test]
fn each_state_of_a_variable_against_the_live_shell_is_told() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "first"), ("B_TOKEN", "other")]);
    let old = marker(&sandbox);
    let (code, report) = check(&sandbox, &[("A_TOKEN", "first"), ("B_TOKEN", "other"), ("__MCPENV_LOADED", &old)], &[]);
    assert_eq!((code, state(&report, "A_TOKEN").as_str()), (0, "ok"));
    // rotated since the shell loaded it
    sandbox.store("acme", "A_TOKEN", "second");
    let (code, report) = check(&sandbox, &[("A_TOKEN", "first"), ("B_TOKEN", "other"), ("__MCPENV_LOADED", &old)], &[]);
    assert_eq!((code, state(&report, "A_TOKEN").as_str()), (1, "stale"));
    let (code, report) = check(&sandbox, &[("A_TOKEN", "set by hand"), ("B_TOKEN", "other"), ("__MCPENV_LOADED", &old)], &[]);
    assert_eq!((code, state(&report, "A_TOKEN").as_str()), (1, "foreign"));
    // with the hook in this shell "not loaded" counts, without it only with --loaded
    let (code, report) = check(&sandbox, &[("B_TOKEN", "other"), ("__MCPENV_LOADED", "1")], &[]);
    assert_eq!((code, state(&report, "A_TOKEN").as_str()), (1, "not loaded"));
    let (code, _) = check(&sandbox, &[], &[]);
    assert_eq!(code, 0);
    let (code, _) = check(&sandbox, &[], &["--loaded"]);
    assert_eq!(code, 1);
}

#[test]
fn stand_ins_blanks_and_a_doubled_bearer_are_found() {
    let sandbox =
        Sandbox::with_loaded(&[("A_TOKEN", "${TOKEN}"), ("B_TOKEN", "x \n"), ("C_TOKEN", "Bearer abc"), ("D_TOKEN", "d")]);
    let (code, report) = check(&sandbox, &[], &[]);
    let states = ["A_TOKEN", "B_TOKEN", "C_TOKEN", "D_TOKEN"].map(|name| state(&report, name));
    assert_eq!(states, ["placeholder", "blanks", "doubled Bearer", "not loaded"]);
    assert_eq!(code, 1);
}

#[test]
fn a_missing_value_counts_where_it_is_required() {
    let sandbox = Sandbox::new();
    sandbox.write(
        &sandbox.project("acme").join(".mcp.json"),
        r#"{ "mcpServers": { "s": { "command": "x", "env": { "A": "${NEEDED_TOKEN}", "B": "${OPTIONAL_TOKEN:-none}" } } } }"#,
    );
    sandbox.init("acme");
    let (code, report) = check(&sandbox, &[], &[]);
    assert_eq!((code, state(&report, "NEEDED_TOKEN").as_str()), (1, "missing"));
    sandbox.store("acme", "NEEDED_TOKEN", "v");
    assert_eq!(check(&sandbox, &[], &[]).0, 0);
    sandbox.run(&["unset", "NEEDED_TOKEN", "--profile", "acme"]);
    sandbox.write(&sandbox.project("acme").join(".mcpenv.toml"), "[variables.NEEDED_TOKEN]\nrequired = false\n");
    assert_eq!(check(&sandbox, &[], &[]).0, 0);
}

#[test]
fn the_shown_fingerprint_is_the_profiles_own_and_the_same_in_two_shells() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "same"), ("B_TOKEN", "same")]);
    let (_, report) = check(&sandbox, &[], &[]);
    let prints: Vec<_> = report["variables"].as_array().expect("rows").iter().map(|r| r["fingerprint"].clone()).collect();
    assert_eq!(prints[0], prints[1]);
    assert_eq!(prints[0].as_str().map(str::len), Some(8));
    let other = Sandbox::with_loaded(&[("A_TOKEN", "same")]);
    assert_ne!(check(&other, &[], &[]).1["variables"][0]["fingerprint"], prints[0], "another profile has another key");
    assert!(!marker(&sandbox).contains(prints[0].as_str().expect("text")), "and the exported one is made with another key");
}

#[test]
fn why_names_file_line_server_and_field() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN", "B_TOKEN"]);
    sandbox.write(&sandbox.project("acme").join(".vscode/mcp.json"), "{\n  // a comment\n  \"servers\": {\n    \"s\": { \"command\": \"x\",\n      \"env\": { \"T\": \"${env:B_TOKEN}\" } }\n  }\n}\n");
    sandbox.init("acme");
    let ran = sandbox.run_in("acme", &["why", "B_TOKEN"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains(".mcp.json:4") && ran.out.contains("server `b-token`") && ran.out.contains("env/B_TOKEN"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains(".vscode/mcp.json:5") && ran.out.contains("(VS Code)"), "{}", ran.out);
    assert_eq!(sandbox.run_in("acme", &["why", "C_TOKEN"]).code, 1);
    let json: serde_json::Value = serde_json::from_str(&sandbox.run_in("acme", &["why", "B_TOKEN", "--json"]).out).expect("JSON");
    assert_eq!(json["places"].as_array().map(Vec::len), Some(2));
}

#[test]
fn status_says_what_protects_the_identity_and_what_is_missing() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let ran = sandbox.run_in("acme", &["status"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for part in ["approved", "acme", "age store", "plain file", "no recovery recipient", "no hook"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let from_below = sandbox.run(&["status", "--project", path(&sandbox.project("acme"))]);
    assert_eq!(from_below.out, ran.out);
    assert_eq!(sandbox.run(&["status"]).code, 1, "no project here");
}

#[test]
fn a_profile_that_went_backwards_is_told() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "one")]);
    let file = sandbox.data().join("profiles/acme.age");
    let old = std::fs::read(&file).expect("a profile");
    sandbox.store("acme", "A_TOKEN", "two");
    std::fs::write(&file, old).expect("copied back");
    let ran = sandbox.run_in("acme", &["status"]);
    assert!(ran.out.contains("went backwards"), "{ran:?}");
}

#[test]
fn a_symbolic_link_to_a_project_is_the_same_project() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let link = sandbox.root().join("link");
    #[cfg(unix)]
    std::os::unix::fs::symlink(sandbox.project("acme"), &link).expect("a link");
    if link.exists() {
        assert_eq!(crate::sandbox::loaded_names(&sandbox.hook(&link)), ["A_TOKEN"]);
        let mut command = sandbox.command(&["status"]);
        command.current_dir(&link).env("PWD", OsString::from(&link));
        assert!(command.output().expect("it ran").status.success());
    }
}

#[test]
fn a_changed_server_that_finds_what_is_loaded_for_another_is_told_by_status_and_check() {
    let sandbox = Sandbox::new();
    let file = sandbox.project("acme").join(".mcp.json");
    let text = |host: &str| {
        format!(
            r#"{{ "mcpServers": {{ "a": {{ "url": "https://{host}/mcp", "headers": {{ "X": "${{A_TOKEN}}" }} }}, "b": {{ "command": "b", "env": {{ "X": "${{A_TOKEN}}" }} }} }} }}"#
        )
    };
    sandbox.write(&file, text("good.example"));
    sandbox.init("acme");
    sandbox.store("acme", "A_TOKEN", "v");
    sandbox.allow("acme");
    sandbox.write(&file, text("evil.example"));
    for command in ["status", "check"] {
        let ran = sandbox.run_in("acme", &[command]);
        assert!(ran.out.contains("`a` in `.mcp.json` is not as you allowed it"), "{ran:?}");
        assert!(ran.out.contains("would find A_TOKEN, which is loaded for others"), "{ran:?}");
    }
}

#[test]
fn a_value_that_says_when_it_ends_is_told_of_before_and_failed_after_and_is_never_shown() {
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs()).expect("a time");
    let day = 86_400;
    let sandbox = Sandbox::with_loaded(&[
        ("OLD_TOKEN", &jwt(now - 40 * day)),
        ("SOON_TOKEN", &jwt(now + 20 * day)),
        ("PLAIN_TOKEN", "plain"),
    ]);
    let ran = sandbox.run_in("acme", &["check"]);
    let row = |name: &str| ran.out.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(row("OLD_TOKEN").contains("expired") && row("SOON_TOKEN").contains("not loaded"), "{ran:?}");
    assert!(ran.out.contains("OLD_TOKEN: expired 40 days ago; a JWT says of itself (not verified): good until"), "{ran:?}");
    assert!(ran.out.contains("by `issuer.example`") && !ran.all().contains("eyJh"), "{ran:?}");
    assert_eq!(sandbox.run_in("acme", &["unset", "OLD_TOKEN"]).code, 0);
    sandbox.declare("acme", &["SOON_TOKEN", "PLAIN_TOKEN"]);
    sandbox.allow("acme");
    assert_eq!(sandbox.run_in("acme", &["check"]).code, 0, "twenty days are not soon");
    let ran = sandbox.run_in("acme", &["check", "--within", "30d", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let told: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let soon = told["variables"].as_array().expect("rows").iter().find(|row| row["variable"] == "SOON_TOKEN").expect("a row");
    assert_eq!((soon["warning"].as_str(), soon["expires"].as_i64()), (Some("expires in 20 days"), Some(now + 20 * day)));
    let ran = sandbox.run_in("acme", &["check", "--within", "soon"]);
    assert!(ran.code == 2 && ran.err.contains("--within"), "{ran:?}");
}
