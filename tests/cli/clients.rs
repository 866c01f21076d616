//! The files of several clients in one project: which are looked for, what is listed once, and what counts of two.

use crate::sandbox::Sandbox;

fn servers(sandbox: &Sandbox) -> Vec<(String, String, String, String)> {
    let ran = sandbox.run_in("acme", &["status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("").to_owned();
    let servers = status["servers"].as_array().expect("servers").iter();
    let also = |value: &serde_json::Value| value.as_array().expect("also").iter().map(text).collect::<Vec<_>>().join(" ");
    servers.map(|s| (text(&s["name"]), text(&s["client"]), also(&s["also"]), text(&s["approval"]))).collect()
}

fn told(name: &str, client: &str, also: &str, approval: &str) -> (String, String, String, String) {
    (name.to_owned(), client.to_owned(), also.to_owned(), approval.to_owned())
}

#[test]
fn a_file_that_several_clients_read_is_listed_once_with_what_only_one_of_them_sees() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let project = sandbox.project("acme");
    // `$B_TOKEN` means something to the Copilot CLI only, `servers` to Visual Studio only
    let text = r#"{"mcpServers": {"one": {"command": "x", "args": ["$B_TOKEN"], "env": {"A": "${A_TOKEN}"}}},
                   "servers": {"two": {"command": "y"}}}"#;
    sandbox.write(&project.join(".mcp.json"), text);
    assert_eq!(
        servers(&sandbox),
        [told("one", "claude-code", "copilot-cli vscode", "new"), told("two", "visual-studio", "", "new")]
    );
    let status = sandbox.run_in("acme", &["status", "--json"]).out;
    assert!(status.contains("A_TOKEN") && status.contains("B_TOKEN"), "{status}");
    // without that client, the name is a text
    let clients = |names: &str| {
        sandbox.write(&project.join(".mcpenv.toml"), format!("profile = 'acme'\nclients = [{names}]\n"));
        sandbox.run_in("acme", &["status", "--json"]).out
    };
    let asked = r#""name": "B_TOKEN""#;
    assert!(!clients("'claude-code', 'vscode'").contains(asked));
    assert!(clients("'copilot-cli'").contains(asked));
    assert!(!clients("'copilot-cli'").contains("is left out by"), "somebody reads it");
    assert!(clients("'codex'").contains("`.mcp.json` is left out by"));
    for name in ["mcpb", "mcp-registry", "copilot-cloud", "docker-catalog"] {
        sandbox.write(&project.join(".mcpenv.toml"), format!("clients = ['{name}']\n"));
        assert_ne!(sandbox.run_in("acme", &["status"]).code, 0, "{name} is no client");
    }
}

#[test]
fn a_directory_of_files_is_read_and_watched_and_bounded() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let project = sandbox.project("acme");
    let folder = project.join(".continue/mcpServers");
    sandbox
        .write(&folder.join("one.yaml"), "mcpServers:\n  - name: one\n    command: x\n    env: {A: '${{ secrets.A_TOKEN }}'}\n");
    sandbox.write(&folder.join("two.json"), r#"{"mcpServers": {"two": {"command": "x"}}}"#);
    sandbox.write(&folder.join("three.txt"), "mcpServers:\n  - name: three\n    command: x\n");
    let found: Vec<_> = servers(&sandbox).into_iter().filter(|s| s.1 == "continue").map(|s| s.0).collect();
    assert_eq!(found, ["one", "two"]);
    assert!(sandbox.hook(&project).contains("/.continue/mcpServers'"), "{}", sandbox.hook(&project));
    for n in 0..64 {
        sandbox.write(&folder.join(format!("{n}.json")), "{}");
    }
    let status = sandbox.run_in("acme", &["status", "--json"]).out;
    assert!(status.contains("`.continue/mcpServers` holds more than 64 files"), "{status}");
    assert!(servers(&sandbox).iter().all(|s| s.1 != "continue"));
}

#[test]
fn a_folder_in_which_a_client_s_file_could_appear_is_watched_as_deep_as_it_is_there() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let project = sandbox.project("acme");
    assert!(!sandbox.hook(&project).contains("/.kiro"));
    std::fs::create_dir(project.join(".kiro")).expect("a folder");
    assert!(sandbox.hook(&project).contains("/.kiro'"), "{}", sandbox.hook(&project));
    std::fs::create_dir(project.join(".kiro/settings")).expect("a folder");
    assert!(sandbox.hook(&project).contains("/.kiro/settings'"));
}

#[test]
fn of_two_servers_with_one_name_the_client_s_own_choice_counts() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a"), ("B_TOKEN", "b")]);
    let project = sandbox.project("acme");
    let entry = |name: &str, token: &str| format!(r#""{name}": {{"command": "x", "env": {{"T": "${{{token}}}"}}}}"#);
    let file = |entries: &str| format!(r#"{{"mcpServers": {{{entries}}}}}"#);
    sandbox.write(&sandbox.home().join(".claude.json"), file(&entry("one", "B_TOKEN")));
    sandbox.write(&project.join(".mcp.json"), "{}");
    let all = |sandbox: &Sandbox| {
        let ran = sandbox.run_in("acme", &["why", "--json", "B_TOKEN"]).out;
        let why: serde_json::Value = serde_json::from_str(&ran).expect("JSON");
        why["places"][0]["approval"].as_str().unwrap_or("").to_owned()
    };
    assert_eq!(all(&sandbox), "new");
    sandbox.write(&project.join(".mcp.json"), file(&entry("one", "A_TOKEN")));
    assert_eq!(all(&sandbox), "shadowed");
    // what the user keeps for this very directory comes before both
    let local = format!(
        r#"{{"projects": {{"{}": {{"mcpServers": {{{}}}}}}}}}"#,
        project.canonicalize().expect("there").display(),
        entry("one", "B_TOKEN")
    );
    sandbox.write(&sandbox.home().join(".claude.json"), local);
    assert_eq!(all(&sandbox), "new");
    let own = servers(&sandbox).into_iter().find(|s| s.0 == "one").expect("the project's");
    assert_eq!(own.3, "shadowed");
    // VS Code runs both
    sandbox.write(&sandbox.home().join(".claude.json"), "{}");
    let code = |token: &str| format!(r#"{{"servers": {{"one": {{"command": "x", "env": {{"T": "${{env:{token}}}"}}}}}}}}"#);
    sandbox.write(&sandbox.home().join(".config/Code/User/mcp.json"), code("B_TOKEN"));
    sandbox.write(&project.join(".vscode/mcp.json"), code("A_TOKEN"));
    assert_eq!(all(&sandbox), "new");
}

#[test]
fn whether_a_variable_reaches_its_server_is_told_with_a_way_out() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a")]);
    let project = sandbox.project("acme");
    sandbox.write(
        &project.join(".mcp.json"),
        r#"{"mcpServers": {"one": {"command": "docker", "args": ["run", "-e", "A_TOKEN", "img", "--k", "$B_TOKEN"]}}}"#,
    );
    sandbox.write(
        &project.join(".cursor/mcp.json"),
        r#"{"mcpServers": {"two": {"command": "docker", "args": ["run", "-e", "A_TOKEN", "img"]}}}"#,
    );
    sandbox
        .write(&project.join(".vscode/mcp.json"), r#"{"servers": {"three": {"command": "x", "env": {"T": "${env:A_TOKEN}"}}}}"#);
    let why = sandbox.run_in("acme", &["why", "A_TOKEN"]).out;
    assert!(why.contains("Claude Code: exported\n"), "{why}");
    assert!(
        why.contains("Copilot CLI: withheld; Copilot CLI does not pass it on unasked: write `${A_TOKEN}` in command, args"),
        "{why}"
    );
    assert!(why.contains("VS Code: from-shell; start VS Code from this shell"), "{why}");
    let json = sandbox.run_in("acme", &["why", "--json", "A_TOKEN"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["places"][0]["reach"][0]["verdict"], "exported");
    for command in ["status", "check"] {
        let notes = sandbox.run_in("acme", &[command]).out;
        assert!(notes.contains("! `A_TOKEN` does not reach `two` in `.cursor/mcp.json`: Cursor does not pass it on unasked: write `${env:A_TOKEN}`"), "{notes}");
        assert!(
            notes.contains(
                "! `B_TOKEN` does not reach `one` in `.mcp.json`: Claude Code passes the text on as it stands: write `${B_TOKEN}`"
            ),
            "{notes}"
        );
        assert!(notes.contains("! for A_TOKEN: start VS Code from this shell"), "{notes}");
    }
}

#[test]
fn a_server_of_the_user_that_the_project_has_too_gets_nothing() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a"), ("B_TOKEN", "b")]);
    let project = sandbox.project("acme");
    let entry = |name: &str, token: &str| {
        format!(r#"{{"mcpServers": {{"{name}": {{"command": "x", "env": {{"T": "${{{token}}}"}}}}}}}}"#)
    };
    sandbox.write(&sandbox.home().join(".claude.json"), entry("one", "B_TOKEN"));
    sandbox.write(&project.join(".mcp.json"), entry("two", "A_TOKEN"));
    sandbox.allow("acme");
    assert_eq!(sandbox.loaded("acme"), ["A_TOKEN", "B_TOKEN"]);
    // the project names one so too: the user's own is shadowed, and the project's is not allowed yet
    sandbox.write(&project.join(".mcp.json"), entry("one", "A_TOKEN"));
    assert_eq!(sandbox.loaded("acme"), Vec::<String>::new());
}
