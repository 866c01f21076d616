//! Names: checked when they are stored, requested and emitted.

use crate::sandbox::{self, Sandbox, path};

#[test]
fn a_name_that_steers_a_shell_a_loader_or_an_interpreter_is_never_stored() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    for entry in mcpenv::reserved::denied_entries() {
        let name = entry.replace('*', "X");
        let ran = sandbox.run_with(&["set", &name, "--stdin", "--profile", "acme"], b"sekret");
        assert_eq!(ran.code, 1, "{name}: {ran:?}");
        assert!(ran.err.contains("never stored or exported"), "{name}: {ran:?}");
    }
}

#[test]
fn a_name_that_steers_a_shell_is_never_exported_though_a_server_requests_it() {
    let sandbox = Sandbox::new();
    let names = [
        "PATH",
        "LD_PRELOAD",
        "BASH_ENV",
        "NODE_OPTIONS",
        "MCPENV_HOME",
        "__MCPENV_STATE",
        "path",
        "UID",
        "_",
        "status",
        "A_TOKEN",
    ];
    sandbox.declare("acme", &names);
    sandbox.init("acme");
    sandbox.store("acme", "A_TOKEN", "a");
    let screen = sandbox.allow("acme");
    assert!(screen.contains("`LD_PRELOAD` is never stored or exported"), "{screen}");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
}

#[test]
fn hostile_names_are_refused_with_exit_2_and_shown_escaped() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    for name in ["A;touch x", "A$(x)", "A\nB", "A B", "1A", "", "Ａ_TOKEN", "A_ТOKEN", "A\u{1b}[31m", &"A".repeat(129)] {
        let ran = sandbox.run_with(&["set", name, "--stdin", "--profile", "acme"], b"v");
        assert_eq!(ran.code, 2, "{name:?}: {ran:?}");
        assert!(!ran.err.contains('\u{1b}') && ran.err.lines().count() <= 2, "{name:?}: {ran:?}");
    }
    assert!(sandbox.run(&["set", "A_ТOKEN", "--profile", "acme"]).err.contains("U+0422"));
}

#[test]
fn names_of_references_that_no_shell_could_carry_are_left_out() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN", "ПЕРЕМЕННАЯ"]);
    sandbox.init("acme");
    sandbox.store("acme", "A_TOKEN", "a");
    sandbox.allow("acme");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
}

#[test]
fn a_profile_name_that_could_be_a_path_touches_no_file() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let before = crate::sandbox::files_below(&sandbox.root());
    for name in ["../x", "/etc/x", "CON", "a/b", ".x", "-x", "", "a\u{1b}b"] {
        for args in
            [vec!["set", "A", "--stdin"], vec!["list"], vec!["init", "--no-input", "--project", path(&sandbox.project("acme"))]]
        {
            let profile = format!("--profile={name}");
            let mut args = args;
            args.push(&profile);
            let ran = sandbox.run_with(&args, b"v");
            assert_eq!(ran.code, 2, "{name:?} {args:?}: {ran:?}");
            assert!(!ran.err.contains('\u{1b}'));
        }
    }
    assert_eq!(crate::sandbox::files_below(&sandbox.root()), before);
}

#[test]
fn a_case_twin_of_a_profile_or_a_variable_is_refused_and_named() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let ran = sandbox.run(&["init", "--no-input", "--profile", "ACME", "--project", path(&sandbox.root().join("src"))]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.all().contains("acme"), "{ran:?}");
    let ran = sandbox.run_with(&["set", "a_token", "--stdin", "--profile", "acme"], b"v");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("`A_TOKEN`"), "{ran:?}");
}

#[test]
fn a_name_that_moves_other_secrets_needs_a_person_who_types_it_once_more() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let ran = sandbox.run_with(&["set", "HTTPS_PROXY", "--stdin", "--profile", "acme"], b"http://evil");
    assert_eq!(ran.code, 6, "{ran:?}");
    let args = ["set", "HTTPS_PROXY", "--profile", "acme"];
    let (code, screen) = sandbox.answer(&args, &[("once more", "yes\r")]);
    assert_eq!(code, 130, "{screen}");
    let (code, screen) = sandbox.answer(&args, &[("once more", "HTTPS_PROXY\r"), ("hidden", "http://proxy\r")]);
    assert_eq!(code, 0, "{screen}");
    // and once more when a server is to have it
    sandbox.declare("acme", &["A_TOKEN", "HTTPS_PROXY"]);
    let project = sandbox.project("acme");
    let allow = ["allow", "--project", path(&project)];
    let (_, screen) = sandbox.answer(&allow, &[("[y/N]", "y\r"), ("once more", "no\r")]);
    assert!(screen.contains("stay out"), "{screen}");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
    sandbox.answer(&allow, &[("[y/N]", "y\r"), ("once more", "HTTPS_PROXY\r")]);
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN", "HTTPS_PROXY"]);
}

#[test]
fn a_stored_name_that_is_refused_by_now_can_be_seen_and_removed_and_is_never_loaded() {
    if !sandbox::needs("age") {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["LD_PRELOAD", "A_TOKEN"]);
    sandbox.init("acme");
    sandbox.store("acme", "A_TOKEN", "a");
    sandbox.store("acme", "XD_PRELOAD", "from-an-earlier-release");
    let (profile, identity) = (sandbox.data().join("profiles/acme.age"), sandbox.data().join("identity"));
    let (profile, identity) = (path(&profile), path(&identity));
    let swap = format!(
        "age -d -i '{identity}' '{profile}' | sed s/XD_PRELOAD/LD_PRELOAD/ | age -r \"$(age-keygen -y '{identity}')\" -o '{profile}.new' \
         && chmod 600 '{profile}.new' && mv '{profile}.new' '{profile}'"
    );
    let ran = std::process::Command::new("bash").args(["-ec", &swap]).status().expect("bash");
    assert!(ran.success());
    sandbox.allow("acme");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
    let listed = sandbox.run(&["list", "--profile", "acme"]);
    assert!(listed.out.contains("LD_PRELOAD") && !listed.all().contains("from-an-earlier"), "{listed:?}");
    assert_eq!(sandbox.run(&["unset", "LD_PRELOAD", "--profile", "acme"]).code, 0);
    assert!(!sandbox.run(&["list", "--profile", "acme"]).out.contains("LD_PRELOAD"));
}
