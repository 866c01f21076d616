//! The user's settings, and files that are not as they must be.

use std::fs;

use crate::sandbox::{Sandbox, path};

#[test]
fn the_entry_line_is_as_loud_as_the_setting_says() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a"), ("B_TOKEN", "b")]);
    assert_eq!(sandbox.said("acme"), "mcpenv: acme · 2 loaded");
    sandbox.settings("[hook]\nline = \"names\"\n");
    assert_eq!(sandbox.said("acme"), "mcpenv: acme · A_TOKEN, B_TOKEN loaded");
    sandbox.settings("[hook]\nline = \"warnings\"\n");
    assert_eq!(sandbox.said("acme"), "");
    sandbox.run(&["unset", "B_TOKEN", "--profile", "acme"]);
    assert!(sandbox.said("acme").contains("B_TOKEN has no value"));
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known_one() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    sandbox.settings("on_chnage = \"server\"\n");
    assert!(sandbox.loaded("acme").is_empty());
    let said = sandbox.said("acme");
    assert!(
        said.contains("config.toml") && said.contains("line 1") && said.contains("`on_chnage`") && said.contains("`on_change`"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn a_project_that_grants_itself_trust_is_an_error_that_names_the_key() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let file = sandbox.project("acme").join(".mcpenv.toml");
    for text in ["trusted = true\n", "[settings]\nallow_all = true\n", "include = \"~/x\"\n", "profil = \"acme\"\n"] {
        sandbox.write(&file, text);
        assert!(sandbox.loaded("acme").is_empty(), "{text}");
        let said = sandbox.said("acme");
        assert!(said.contains(".mcpenv.toml") && said.contains("unknown key"), "{said}");
        let ran = sandbox.run_in("acme", &["status"]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("unknown key"), "{ran:?}");
    }
}

#[test]
fn a_client_file_that_is_broken_is_named_and_only_its_servers_are_withdrawn() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN"]);
    let other = sandbox.project("acme").join(".cursor/mcp.json");
    sandbox.write(&other, r#"{ "mcpServers": { "s": { "command": "x", "env": { "T": "${env:B_TOKEN}" } } } }"#);
    sandbox.init("acme");
    sandbox.store("acme", "A_TOKEN", "a");
    sandbox.store("acme", "B_TOKEN", "b");
    sandbox.allow("acme");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN", "B_TOKEN"]);
    for broken in ["{ \"mcpServers\": {\n \"s\": ", "\u{0}", "{\"mcpServers\": sekret}", &"[".repeat(100_000)] {
        sandbox.write(&other, broken);
        assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
        let said = sandbox.said("acme");
        assert!(said.contains(".cursor/mcp.json") && said.contains("line ") && !said.contains("sekret"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn oversized_and_odd_client_files_are_refused_at_once() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let file = sandbox.project("acme").join(".mcp.json");
    let sparse = fs::File::create(&file).expect("a file");
    sparse.set_len(1 << 30).expect("a sparse file");
    assert!(sandbox.loaded("acme").is_empty());
    assert!(sandbox.said("acme").contains("larger than"), "{}", sandbox.said("acme"));
    fs::remove_file(&file).expect("removed");
    fs::create_dir(&file).expect("a directory");
    assert!(sandbox.said("acme").contains("no regular file"), "{}", sandbox.said("acme"));
    let ran = sandbox.run(&["status", "--project", path(&sandbox.project("acme"))]);
    assert!(ran.code == 0 && ran.out.contains(".mcp.json"), "{ran:?}");
}

#[test]
fn more_servers_or_names_than_any_project_has_are_refused() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let names: Vec<String> = (0..1100).map(|n| format!("V{n}")).collect();
    sandbox.declare("acme", &names.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(sandbox.loaded("acme").is_empty());
    assert!(sandbox.said("acme").contains("more than the 1024"), "{}", sandbox.said("acme"));
    let env: Vec<String> = names.iter().map(|n| format!("\"{n}\": \"${{{n}}}\"")).collect();
    sandbox.write(
        &sandbox.project("acme").join(".mcp.json"),
        format!("{{ \"mcpServers\": {{ \"s\": {{ \"command\": \"x\", \"env\": {{ {} }} }} }} }}", env.join(", ")),
    );
    assert!(sandbox.said("acme").contains("1100 names"), "{}", sandbox.said("acme"));
}

#[test]
fn many_missing_values_are_counted_in_one_short_line() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN", "B_TOKEN", "C_TOKEN", "D_TOKEN"]);
    sandbox.init("acme");
    sandbox.allow("acme");
    assert_eq!(sandbox.said("acme"), "mcpenv: acme · 0 loaded · 4 variables have no value, see `mcpenv status`");
}

#[test]
fn a_prompt_has_little_to_look_at() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let text = sandbox.hook(&sandbox.project("acme"));
    let words = |start: &str| text.lines().find_map(|l| l.strip_prefix(start)).expect("a watch").split(' ').count();
    // the project, its file, the approval, the client's file, the profile, each with two questions; and the settings that are not there
    assert_eq!((words("__mcpenv_f=("), words("__mcpenv_w=(")), (5 * 2 * 4, 3), "{text}");
}
