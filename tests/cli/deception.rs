//! A hostile project before the eyes of a person: nothing that it asks for is hidden, disguised, or agreed to unread.

use crate::sandbox::{Sandbox, path};

/// What `allow` shows of these servers of `.mcp.json`; the answer is no.
fn shown(servers: &str) -> String {
    shown_on(Sandbox::new(), servers)
}

fn shown_on(sandbox: Sandbox, servers: &str) -> String {
    sandbox.write(&sandbox.project("acme").join(".mcp.json"), format!("{{\"mcpServers\": {{ {servers} }} }}"));
    sandbox.init("acme");
    let (code, screen) = sandbox.answer(&["allow", "--project", path(&sandbox.project("acme"))], &[("[y/N]", "n\r")]);
    assert_eq!(code, 4, "{screen}");
    screen
}

#[test]
fn every_part_of_an_entry_is_on_the_screen() {
    let screen = shown(
        r#""a": { "command": "node", "args": ["x.js", 37, {"deep": "one"}], "commandLine": "two", "argsMore": ["three"], "type": "odd" }"#,
    );
    for part in ["37", "one", "two", "three", "odd"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
}

#[test]
fn a_host_or_a_package_that_looks_like_a_token_is_shown() {
    let screen = shown(
        r#""a": { "type": "http", "url": "https://sk-legit0.evil-host.example.com/mcp" },
           "b": { "command": "npx", "args": ["-y", "fc-malicious0package-name@1.0.0"] },
           "c": { "command": "eyJ0malicious-program-name", "args": ["--key=ghp_0123456789abcdefghij"] }"#,
    );
    for part in ["sk-legit0.evil-host.example.com", "fc-malicious0package-name@1.0.0", "eyJ0malicious-program-name"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    assert!(!screen.contains("0123456789abcdefghij") && screen.contains("is not shown"), "{screen}");
}

#[test]
fn a_name_cannot_pass_for_a_line_of_ours_nor_blanks_push_the_rest_away() {
    let blanks = " ".repeat(300);
    let screen = shown(&format!(
        "\"x · Claude Code · .mcp.json:3 · allowed\": {{ \"command\": \"a{blanks}b\" }}, \"git\u{3164}\": {{ \"command\": \"g\u{456}t\" }}"
    ));
    assert!(screen.contains("'x · Claude Code · .mcp.json:3 · allowed' · Claude Code"), "{screen}");
    assert!(screen.contains("a[300 blanks]b"), "{screen}");
    assert!(screen.contains("git\\u{3164}") && screen.contains("U+0456"), "{screen}");
}

#[test]
fn what_stands_above_the_screen_and_what_is_endless_is_said() {
    let many: Vec<String> = (0..40).map(|n| format!("\"s{n}\": {{ \"command\": \"x\" }}")).collect();
    assert!(shown(&many.join(",")).contains("scroll up"));
    let screen = shown(&format!("\"a\": {{ \"command\": \"x\", \"args\": [\"{}\"] }}", "y".repeat(3000)));
    assert!(screen.contains("`args[0]` is 3000 characters long"), "{screen}");
}

#[test]
fn a_server_that_its_client_starts_all_the_same_is_shown() {
    assert!(shown(r#""a": { "command": "evil-one", "disabled": true }"#).contains("evil-one"));
}

#[test]
fn a_client_that_the_project_leaves_out_is_named_with_its_file() {
    let sandbox = Sandbox::new();
    let project = sandbox.project("acme");
    sandbox.write(&project.join(".mcpenv.toml"), "clients = ['cursor']\n");
    sandbox
        .write(&project.join(".cursor/mcp.json"), r#"{"mcpServers": {"a": {"command": "x", "env": {"T": "${env:A_TOKEN}"}}}}"#);
    let screen = shown_on(sandbox, r#""spy": { "command": "spy" }"#);
    assert!(screen.contains("`.mcp.json` is left out by `clients`"), "{screen}");
    assert!(!screen.contains(".vscode"), "{screen}");
}

#[test]
fn a_file_of_variables_that_no_approval_covers_is_marked() {
    let told = "does not reach a server that mcpenv starts";
    let by_docker = shown(r#""a": { "command": "docker", "args": ["run", "--env-file", ".env", "img"] }"#);
    assert!(by_docker.contains("no approval notices") && !by_docker.contains(told), "{by_docker}");
    let sandbox = Sandbox::new();
    let wrapped = r#"{"command": "mcpenv", "args": ["exec", "--server", "a", "--", "x"], "envFile": ".env"}"#;
    sandbox.write(
        &sandbox.project("acme").join(".cursor/mcp.json"),
        format!(r#"{{"mcpServers": {{"a": {wrapped}, "b": {{"command": "x", "envFile": ".env"}}}}}}"#),
    );
    let screen = shown_on(sandbox, "");
    assert_eq!(screen.matches("no approval notices").count(), 2, "{screen}");
    assert_eq!(screen.matches(told).count(), 1, "{screen}");
}

#[cfg(unix)]
#[test]
fn a_directory_that_a_link_leads_out_of_the_project_is_marked() {
    let servers = |place: &str| {
        let cwd = serde_json::Value::from(place);
        format!(r#""a": {{ "command": "./x", "cwd": {cwd}, "env": {{ "A": "${{GITHUB_TOKEN}}" }} }}"#)
    };
    for (place, is_told) in
        [("work", true), ("work/", true), ("./work", true), ("real", false), ("none", false), ("inner", false), ("/tmp", false)]
    {
        let sandbox = Sandbox::new();
        let root = sandbox.project("acme");
        std::fs::create_dir_all(root.join("real")).expect("a directory");
        std::os::unix::fs::symlink(sandbox.home(), root.join("work")).expect("a link");
        std::os::unix::fs::symlink("real", root.join("inner")).expect("a link");
        let screen = shown_on(sandbox, &servers(place));
        assert_eq!(screen.contains("`cwd` leads out of the project, to `"), is_told, "{place}: {screen}");
    }
}

#[test]
fn a_name_cannot_pass_for_columns_of_the_status() {
    let sandbox = Sandbox::new();
    let text = r#"{"mcpServers": {"a   claude-code  .mcp.json  approved": {"command": "x"}}}"#;
    sandbox.write(&sandbox.project("acme").join(".mcp.json"), text);
    sandbox.init("acme");
    let status = sandbox.run_in("acme", &["status"]);
    assert!(status.out.contains("'a   claude-code  .mcp.json  approved'"), "{status:?}");
}

#[test]
fn a_change_beside_a_masked_part_says_that_this_may_have_changed_too() {
    let sandbox = Sandbox::new();
    let file = sandbox.project("acme").join(".mcp.json");
    let text = |key: &str, mode: &str| {
        format!(r#"{{"mcpServers": {{"a": {{"command": "x", "args": ["--key=ghp_{key}"], "env": {{"MODE": "{mode}"}}}}}}}}"#)
    };
    sandbox.write(&file, text("0123456789abcdefghij", "fast"));
    sandbox.init("acme");
    sandbox.allow("acme");
    sandbox.write(&file, text("jihgfedcba9876543210", "slow"));
    let screen = sandbox.allow("acme");
    assert!(screen.contains("fast → slow") && screen.contains("may have changed too"), "{screen}");
}

#[test]
fn an_answer_that_was_typed_before_the_question_counts_for_nothing() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN"]);
    sandbox.init("acme");
    sandbox.store("acme", "A_TOKEN", "a");
    // the first line of the page comes before the question; what is typed then is early
    let answers = [("Profile", "y\ry\ry\r"), ("[y/N]", "n\r")];
    let slow: Vec<String> = (0..800).map(|n| format!("\"s{n}\": {{ \"command\": \"x\" }}")).collect();
    sandbox.write(&sandbox.project("acme").join(".mcp.json"), format!("{{\"mcpServers\": {{ {} }} }}", slow.join(",")));
    let (code, screen) = sandbox.answer(&["allow", "--project", path(&sandbox.project("acme"))], &answers);
    assert_eq!(code, 4, "{}", &screen[screen.len().saturating_sub(300)..]);
}

#[test]
fn a_new_server_that_asks_for_nothing_is_pending_too() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let file = sandbox.project("acme").join(".mcp.json");
    let text = std::fs::read_to_string(&file).expect("there");
    sandbox.write(&file, text.replacen("{\n    \"", "{\n    \"spy\": { \"command\": \"spy\" },\n    \"", 1));
    let said = sandbox.said("acme");
    assert!(said.contains("`spy` in `.mcp.json` is new") && said.contains("would still receive"), "{said}");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
    sandbox.settings("on_change = \"project\"\n");
    assert!(sandbox.loaded("acme").is_empty());
}

#[test]
fn a_file_that_became_unreadable_counts_as_changed() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    sandbox.settings("on_change = \"project\"\n");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
    let servers = format!("{{\"servers\": {{\"spy\": {{\"command\": \"{}\"}}}}}}", "x".repeat(1_100_000));
    sandbox.write(&sandbox.project("acme").join(".vscode/mcp.json"), servers);
    assert!(sandbox.loaded("acme").is_empty());
}

#[test]
fn a_server_that_became_ambiguous_is_named_at_the_prompt() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let text = r#"{"mcpServers": {"a-token": {"command": "/opt/a-token", "command": "/opt/a-token", "env": {"A_TOKEN": "${A_TOKEN}"}}}}"#;
    sandbox.write(&sandbox.project("acme").join(".mcp.json"), text);
    assert!(sandbox.loaded("acme").is_empty());
    assert!(sandbox.said("acme").contains("`a-token` in `.mcp.json` is ambiguous"), "{}", sandbox.said("acme"));
}

#[test]
fn a_prompt_bears_no_endless_line() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let project = sandbox.project("acme");
    sandbox.write(
        &project.join(".mcp.json"),
        format!("{{\"mcpServers\": {{\"{}\": {{\"command\": \"x\"}}}}}}", "n".repeat(500_000)),
    );
    assert!(sandbox.said("acme").len() < 2_000);
    sandbox.write(&project.join(".mcpenv.toml"), format!("{} = 1\n", "k".repeat(500_000)));
    assert!(sandbox.said("acme").len() < 2_000);
}

#[test]
fn a_document_for_programs_holds_nothing_that_a_terminal_obeys() {
    let sandbox = Sandbox::new();
    let text = "{\"mcpServers\": {\"a\u{9b}31m\u{202e}\u{7f}\": {\"command\": \"x\", \"env\": {\"T\": \"${A_TOKEN}\"}}}}";
    sandbox.write(&sandbox.project("acme").join(".mcp.json"), text);
    sandbox.init("acme");
    for args in [&["status", "--json"][..], &["why", "A_TOKEN", "--json"], &["check", "--json"]] {
        let ran = sandbox.run_in("acme", args);
        assert!(!ran.out.contains(['\u{9b}', '\u{202e}', '\u{7f}']), "{args:?}");
        serde_json::from_str::<serde_json::Value>(&ran.out).expect("JSON");
    }
}

#[test]
fn an_enter_at_init_never_binds_a_profile_that_the_project_chose_and_that_exists() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    sandbox.declare("clone", &["A_TOKEN"]);
    sandbox.write(&sandbox.project("clone").join(".mcpenv.toml"), "profile = \"acme\"\n");
    let project = sandbox.project("clone");
    let args = ["init", "--project", path(&project)];
    let (_, screen) = sandbox.answer(
        &args,
        &[("Profile for its values", "\r"), ("Recovery key", "none\r"), ("A_TOKEN (hidden", "\r"), ("[y/N]", "n\r")],
    );
    assert!(screen.contains("which exists already") && !screen.contains("[acme]"), "{screen}");
    let status = sandbox.run(&["status", "--project", path(&project)]);
    assert!(!status.out.contains("Profile   acme"), "{status:?}");
}

#[cfg(unix)]
#[test]
fn a_project_file_is_the_users_alone_to_write_under_any_umask() {
    let sandbox = Sandbox::new();
    for (umask, mode) in [("000", 0o644), ("077", 0o600), ("777", 0o600)] {
        let project = sandbox.project(&format!("p{umask}"));
        std::fs::create_dir_all(&project).expect("a directory");
        let program = crate::sandbox::program();
        let line = format!("umask {umask}; exec {program} init --no-input --profile p{umask} --project {}", path(&project));
        let mut command = std::process::Command::new("/bin/sh");
        command.args(["-c", &line]).env_clear().envs(sandbox.variables().iter().map(|(n, v)| (n, v)));
        assert!(command.output().expect("it ran").status.success());
        assert_eq!(crate::sandbox::mode(&project.join(".mcpenv.toml")), mode);
        assert_eq!(sandbox.run(&["status", "--project", path(&project)]).code, 0);
    }
}

#[test]
fn two_entries_of_one_name_in_one_file_are_each_approved_as_they_stand() {
    let sandbox = Sandbox::new();
    let text = |second: &str| {
        format!(
            r#"{{"servers": {{"x": {{"command": "a", "env": {{"T": "${{env:A_TOKEN}}"}}}}}}, "mcp": {{"servers": {{"x": {{"command": "{second}", "env": {{"T": "${{env:B_TOKEN}}"}}}}}}}}}}"#
        )
    };
    let file = sandbox.project("acme").join(".vscode/mcp.json");
    sandbox.write(&file, text("b"));
    sandbox.init("acme");
    sandbox.store("acme", "A_TOKEN", "a");
    sandbox.store("acme", "B_TOKEN", "b");
    sandbox.allow("acme");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN", "B_TOKEN"]);
    sandbox.write(&file, text("evil"));
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN"]);
}

#[test]
fn a_variable_that_an_entry_names_thousands_of_times_is_explained_without_a_copy_of_the_entry_for_each() {
    let sandbox = Sandbox::new();
    let arguments = vec!["\"${A_TOKEN}\""; 4000].join(",");
    let text = format!("{{\"mcpServers\": {{ \"a\": {{ \"command\": \"x\", \"args\": [{arguments}] }} }} }}");
    sandbox.write(&sandbox.project("acme").join(".mcp.json"), text);
    sandbox.init("acme");
    let started = std::time::Instant::now();
    let ran = sandbox.run_in("acme", &["why", "A_TOKEN"]);
    assert_eq!(ran.out.matches("/mcpServers/a/args/").count(), 4000);
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}
