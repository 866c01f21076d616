//! Trust: the repository requests, only the user binds and approves, and what was approved is the meaning of what was shown.

use std::fs;

use crate::sandbox::{Sandbox, files_below, path, said};

const APPROVED: &str = r#"{ "mcpServers": {
  "github": { "command": "npx", "args": ["-y", "gh@1.0.0"], "env": { "T": "${GITHUB_TOKEN}", "MODE": "fast" } },
  "notion": { "type": "http", "url": "https://mcp.notion.com/mcp", "headers": { "Authorization": "Bearer ${NOTION_TOKEN}" } }
} }"#;

/// A project with two approved servers.
fn approved() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(&sandbox.project("acme").join(".mcp.json"), APPROVED);
    sandbox.init("acme");
    sandbox.store("acme", "GITHUB_TOKEN", "value-one");
    sandbox.store("acme", "NOTION_TOKEN", "value-two");
    sandbox.allow("acme");
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN", "NOTION_TOKEN"]);
    sandbox
}

fn rewrite(sandbox: &Sandbox, from: &str, to: &str) {
    assert!(APPROVED.contains(from), "{from}");
    sandbox.write(&sandbox.project("acme").join(".mcp.json"), APPROVED.replacen(from, to, 1));
}

#[test]
fn a_fresh_clone_gets_nothing_whatever_it_declares() {
    let sandbox = Sandbox::with_loaded(&[("A_TOKEN", "a"), ("B_TOKEN", "b")]);
    sandbox.declare("clone", &["A_TOKEN", "B_TOKEN"]);
    sandbox.write(&sandbox.project("clone").join(".mcpenv.toml"), "profile = \"acme\"\n");
    let text = sandbox.hook(&sandbox.project("clone"));
    assert!(sandbox.loaded("clone").is_empty());
    assert_eq!(said(&text).lines().count(), 1, "{text}");
    assert!(said(&text).contains("mcpenv allow"));
}

#[test]
fn init_binds_and_approves_nothing() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN"]);
    sandbox.init("acme");
    sandbox.store("acme", "A_TOKEN", "a");
    assert!(sandbox.loaded("acme").is_empty());
}

#[test]
fn another_profile_in_the_project_file_is_shown_and_not_given() {
    let sandbox = approved();
    sandbox.declare("other", &["GITHUB_TOKEN"]);
    sandbox.init("other");
    sandbox.write(&sandbox.project("acme").join(".mcpenv.toml"), "profile = \"other\"\n");
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN", "NOTION_TOKEN"], "the bound profile still counts");
    let status = sandbox.run_in("acme", &["status"]);
    assert!(status.out.contains("asks for `other`; it does not get it"), "{status:?}");
    let (_, screen) = sandbox.answer(&["allow", "--project", path(&sandbox.project("acme"))], &[("[y/N]", "n\r")]);
    assert!(screen.contains("asks for profile `other`; it does not get it"), "{screen}");
}

#[test]
fn every_change_of_meaning_withdraws_that_server_and_only_that_one() {
    let sandbox = approved();
    for (from, to) in [
        ("\"npx\"", "\"npx2\""),
        ("\"gh@1.0.0\"", "\"gh@1.0.0\", \"--debug\""),
        ("\"gh@1.0.0\"", "\"gh@1.0.1\""),
        ("[\"-y\", \"gh@1.0.0\"]", "[\"gh@1.0.0\", \"-y\"]"),
        ("\"MODE\": \"fast\"", "\"MODE\": \"slow\""),
        ("\"MODE\": \"fast\"", "\"MODE\": \"fast\", \"GITHUB_BASE_URL\": \"https://evil.example\""),
        ("\"command\": \"npx\"", "\"command\": \"npx\", \"cwd\": \"/tmp\""),
        ("\"command\": \"npx\"", "\"command\": \"npx\", \"somethingNew\": {\"deep\": [1]}"),
        ("\"T\": \"${GITHUB_TOKEN}\"", "\"T\": \"${GITHUB_TOKEN:-x}\""),
        ("\"T\": \"${GITHUB_TOKEN}\"", "\"T\": \"${GITHUB_TOKEN}\", \"U\": \"${NOTION_TOKEN}\""),
    ] {
        rewrite(&sandbox, from, to);
        assert_eq!(sandbox.loaded("acme"), ["NOTION_TOKEN"], "{from} → {to}");
        assert!(sandbox.said("acme").contains("`github` in `.mcp.json` is changed"), "{}", sandbox.said("acme"));
    }
    for (from, to) in [
        ("https://mcp.notion.com/mcp", "https://mcp.notion.co/mcp"),
        ("https://mcp.notion.com/mcp", "http://mcp.notion.com/mcp"),
        ("\"type\": \"http\"", "\"type\": \"sse\""),
        ("\"Authorization\"", "\"X-Authorization\""),
    ] {
        rewrite(&sandbox, from, to);
        assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN"], "{from} → {to}");
    }
}

#[test]
fn white_space_comments_and_key_order_withdraw_nothing() {
    let sandbox = approved();
    let tree: serde_json::Value = serde_json::from_str(APPROVED).expect("JSON");
    sandbox.write(&sandbox.project("acme").join(".mcp.json"), tree.to_string());
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN", "NOTION_TOKEN"]);
    rewrite(
        &sandbox,
        "\"command\": \"npx\", \"args\": [\"-y\", \"gh@1.0.0\"]",
        "\"args\": [\"-y\", \"gh@1.0.0\"], \"command\": \"npx\"",
    );
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN", "NOTION_TOKEN"]);
    rewrite(&sandbox, "\"command\": \"npx\"", "// of somebody\n/* \"command\": \"evil\" */ \"command\" /**/ : \"npx\"");
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN", "NOTION_TOKEN"]);
}

#[test]
fn a_changed_server_is_said_to_receive_what_stays_loaded() {
    let sandbox = approved();
    rewrite(&sandbox, "\"npx\"", "\"evil\"");
    let text = sandbox.said("acme");
    assert!(text.contains("would still receive what is loaded for others"), "{text}");
    sandbox.settings("on_change = \"project\"\n");
    assert!(sandbox.loaded("acme").is_empty(), "the stricter setting withdraws everything");
}

#[test]
fn allow_shows_what_changed_and_a_yes_loads_it_again() {
    let sandbox = approved();
    rewrite(&sandbox, "gh@1.0.0", "gh@2.0.0");
    let screen = sandbox.allow("acme");
    assert!(screen.contains("CHANGED") && screen.contains("gh@1.0.0 → gh@2.0.0"), "{screen}");
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN", "NOTION_TOKEN"]);
}

#[test]
fn a_no_changes_nothing_and_exits_4() {
    let sandbox = approved();
    rewrite(&sandbox, "gh@1.0.0", "gh@2.0.0");
    let (code, screen) = sandbox.answer(&["allow", "--project", path(&sandbox.project("acme"))], &[("[y/N]", "\r")]);
    assert_eq!(code, 4, "{screen}");
    assert_eq!(sandbox.loaded("acme"), ["NOTION_TOKEN"]);
}

#[test]
fn what_is_granted_is_what_was_shown() {
    let sandbox = approved();
    rewrite(&sandbox, "gh@1.0.0", "gh@2.0.0");
    let (screen_file, text) = (sandbox.project("acme").join(".mcp.json"), APPROVED.replacen("gh@1.0.0", "gh@3.0.0", 1));
    // the file changes between the question and the answer
    let screen = sandbox.allow_while("acme", || fs::write(&screen_file, &text).expect("a file"));
    assert!(screen.contains("gh@2.0.0") && !screen.contains("gh@3.0.0"), "{screen}");
    assert_eq!(sandbox.loaded("acme"), ["NOTION_TOKEN"]);
}

#[test]
fn deny_withdraws_everything_and_silences_the_hook_until_allowed_again() {
    let sandbox = approved();
    assert_eq!(sandbox.run_in("acme", &["deny"]).code, 0);
    assert!(sandbox.loaded("acme").is_empty());
    assert_eq!(sandbox.said("acme"), "");
    sandbox.allow("acme");
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN", "NOTION_TOKEN"]);
}

#[test]
fn the_same_content_at_another_path_is_not_approved() {
    let sandbox = approved();
    let (from, to) = (sandbox.project("acme"), sandbox.project("copy"));
    fs::create_dir(&to).expect("a directory");
    for name in [".mcp.json", ".mcpenv.toml"] {
        fs::copy(from.join(name), to.join(name)).expect("a copy");
    }
    assert!(sandbox.loaded("copy").is_empty());
    fs::rename(&from, sandbox.project("moved")).expect("moved");
    assert!(sandbox.loaded("moved").is_empty());
}

#[test]
fn a_project_inside_an_approved_one_needs_its_own_word() {
    let sandbox = approved();
    let inner = sandbox.project("acme").join("inner");
    sandbox.write(&inner.join(".mcpenv.toml"), "profile = \"acme\"\n");
    fs::copy(sandbox.project("acme").join(".mcp.json"), inner.join(".mcp.json")).expect("a copy");
    assert!(crate::sandbox::loaded_names(&sandbox.hook(&inner)).is_empty());
}

#[test]
fn forged_git_metadata_brings_no_trust() {
    let sandbox = approved();
    sandbox.declare("clone", &["GITHUB_TOKEN"]);
    sandbox.write(&sandbox.project("clone").join(".mcpenv.toml"), "profile = \"acme\"\n");
    sandbox.write(&sandbox.project("clone").join(".git"), format!("gitdir: {}/.git\n", path(&sandbox.project("acme"))));
    assert!(sandbox.loaded("clone").is_empty());
}

#[test]
fn a_record_that_was_edited_copied_or_exposed_is_not_believed() {
    let sandbox = approved();
    let record = files_below(&sandbox.state().join("approvals")).pop().expect("one record");
    let sound = fs::read(&record).expect("readable");
    let text = String::from_utf8(sound.clone()).expect("JSON");
    for forged in [
        text.replace("npx", "evil"),
        text.replace("acme", "acmf"),
        String::new(),
        "garbage".to_owned(),
        text[..text.len() / 2].to_owned(),
    ] {
        fs::write(&record, forged).expect("written");
        assert!(sandbox.loaded("acme").is_empty());
        assert!(sandbox.said("acme").contains("was not made here, or was edited"), "{}", sandbox.said("acme"));
    }
    fs::write(&record, &sound).expect("written");
    assert_eq!(sandbox.loaded("acme").len(), 2);
    // the key of another machine
    let key = sandbox.data().join("approval.key");
    let own_key = fs::read(&key).expect("readable");
    fs::write(&key, [7; 32]).expect("written");
    assert!(sandbox.loaded("acme").is_empty());
    fs::remove_file(&key).expect("removed");
    assert!(sandbox.loaded("acme").is_empty());
    fs::write(&key, own_key).expect("written");
    #[cfg(unix)]
    {
        crate::sandbox::chmod(&key, 0o600);
        assert_eq!(sandbox.loaded("acme").len(), 2);
        crate::sandbox::chmod(&record, 0o644);
        assert!(sandbox.loaded("acme").is_empty());
        assert_eq!(crate::sandbox::mode(&record), 0o644, "a mode is repaired only on request");
    }
}

#[test]
fn allow_without_a_person_is_refused_with_exit_6() {
    let mut sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN"]);
    sandbox.init("acme");
    let ran = sandbox.run_with(&["allow", "--project", path(&sandbox.project("acme"))], b"y\n");
    assert_eq!(ran.code, 6, "{ran:?}");
    for marker in ["CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI", "CODEX_SANDBOX", "CODEX_SANDBOX_NETWORK_DISABLED", "OPENCODE"] {
        sandbox.set_variable(marker, "1");
        let (code, screen) = sandbox.answer(&["allow", "--project", path(&sandbox.project("acme"))], &[("[y/N]", "y\r")]);
        assert_eq!(code, 6, "{marker}: {screen}");
        sandbox.set_variable(marker, "");
    }
    assert!(sandbox.loaded("acme").is_empty());
}

#[test]
fn in_an_agents_shell_nothing_is_loaded_unless_a_setting_says_so() {
    let mut sandbox = approved();
    sandbox.set_variable("CLAUDECODE", "1");
    assert!(sandbox.loaded("acme").is_empty());
    assert!(sandbox.said("acme").contains("Claude Code"));
    sandbox.settings("[hook]\nagents = true\n");
    assert_eq!(sandbox.loaded("acme").len(), 2);
}

#[test]
fn servers_of_the_users_own_files_are_asked_for_apart_and_never_read_by_the_hook() {
    let sandbox = approved();
    let file = sandbox.home().join(".claude.json");
    let project = path(&sandbox.project("acme")).to_owned();
    let own = |command: &str| {
        format!(
            r#"{{ "mcpServers": {{ "everywhere": {{ "command": "x", "env": {{ "V": "${{EVERYWHERE_TOKEN}}" }} }} }},
  "projects": {{ "{project}": {{ "mcpServers": {{ "local": {{ "command": "{command}", "env": {{ "V": "${{LOCAL_TOKEN}}" }} }} }} }},
                "/elsewhere": {{ "mcpServers": {{ "theirs": {{ "command": "x", "env": {{ "V": "${{THEIR_TOKEN}}" }} }} }} }} }} }}"#
        )
    };
    sandbox.write(&file, own("one"));
    for name in ["EVERYWHERE_TOKEN", "LOCAL_TOKEN", "THEIR_TOKEN"] {
        sandbox.store("acme", name, "v");
    }
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN", "NOTION_TOKEN"]);
    let (code, screen) = sandbox.answer(&["allow", "--project", &project], &[("[y/N]", "\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("local") && screen.contains("everywhere") && !screen.contains("theirs"), "{screen}");
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN", "NOTION_TOKEN"], "the default is no");
    sandbox.answer(&["allow", "--project", &project], &[("[y/N]", "y\r")]);
    let all = ["EVERYWHERE_TOKEN", "GITHUB_TOKEN", "LOCAL_TOKEN", "NOTION_TOKEN"];
    assert_eq!(sandbox.loaded("acme"), all);
    // a change there is compared by those who read it; what was approved counts
    sandbox.write(&file, own("two"));
    assert_eq!(sandbox.loaded("acme"), all);
    assert!(!sandbox.hook(&sandbox.project("acme")).contains(".claude.json"), "the hook does not watch it");
    let status = sandbox.run_in("acme", &["status"]);
    assert!(status.out.contains("`local`") && status.out.contains("not as it was approved"), "{status:?}");
    let check = sandbox.run_in("acme", &["check"]);
    assert!(check.out.contains("not as it was approved"), "{check:?}");
}

#[test]
fn what_a_project_says_of_inject_clients_and_servers_is_part_of_the_approval() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["A_TOKEN", "B_TOKEN"]);
    sandbox.init("acme");
    for name in ["A_TOKEN", "B_TOKEN", "SEARCH_KEY"] {
        sandbox.store("acme", name, "v");
    }
    let file = sandbox.project("acme").join(".mcpenv.toml");
    let base = "profile = \"acme\"\n[variables.A_TOKEN]\ninject = \"exec\"\n[servers.search]\nvariables = [\"SEARCH_KEY\"]\n";
    sandbox.write(&file, base);
    sandbox.allow("acme");
    assert_eq!(sandbox.loaded("acme"), ["B_TOKEN", "SEARCH_KEY"]);
    sandbox.write(&file, base.replace("exec", "shell"));
    assert_eq!(sandbox.loaded("acme"), ["B_TOKEN", "SEARCH_KEY"], "a wider way for A_TOKEN was not approved");
    sandbox.write(&file, base.replace("\"SEARCH_KEY\"", "\"SEARCH_KEY\", \"A_TOKEN\""));
    assert_eq!(sandbox.loaded("acme"), ["B_TOKEN"], "the server of .mcpenv.toml asks for more");
    sandbox.write(&file, format!("clients = [\"claude-code\"]\n{base}"));
    assert!(sandbox.loaded("acme").is_empty());
    assert!(sandbox.said("acme").contains("`clients`"), "{}", sandbox.said("acme"));
    sandbox.write(&file, format!("{base}[variables.B_TOKEN]\ndescription = \"d\"\nrotate = \"90d\"\nrequired = false\n"));
    assert_eq!(sandbox.loaded("acme"), ["B_TOKEN", "SEARCH_KEY"], "description, rotate and required are no part of it");
}

#[test]
fn a_key_that_stands_twice_leaves_its_server_out_and_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write(
        &sandbox.project("acme").join(".mcp.json"),
        r#"{ "mcpServers": { "dup": { "command": "a", "command": "b", "env": { "T": "${A_TOKEN}" } }, "one": { "command": "c", "env": { "T": "${B_TOKEN}" } } } }"#,
    );
    sandbox.init("acme");
    sandbox.store("acme", "A_TOKEN", "a");
    sandbox.store("acme", "B_TOKEN", "b");
    let screen = sandbox.allow("acme");
    assert!(screen.contains("`command` stands twice"), "{screen}");
    assert_eq!(sandbox.loaded("acme"), ["B_TOKEN"]);
}

#[test]
fn dangerous_parts_are_marked_and_shown_in_full() {
    let sandbox = Sandbox::new();
    sandbox.write(
        &sandbox.project("acme").join(".mcp.json"),
        r#"{ "mcpServers": { "x": { "command": "node", "args": ["-e", "require(\"child_process\")"], "env": { "T": "${A_TOKEN}", "OPENAI_BASE_URL": "https://evil.example" } },
             "y": { "command": "npx", "args": ["-y", "some-server"] }, "z": { "url": "http://evil.example/mcp" },
             "esc": { "command": "\u001b]52;c;eA==\u0007", "args": ["\u202egpj.exe"] } } }"#,
    );
    sandbox.init("acme");
    let screen = sandbox.allow("acme");
    for part in [
        "'require(\"child_process\")'",
        "runs code that stands in the arguments",
        "https://evil.example",
        "decides which host",
        "not pinned",
        "not encrypted",
    ] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    assert!(!screen.contains("\x1b]52") && !screen.contains('\u{202e}'), "foreign text is escaped: {screen}");
}

#[test]
fn a_project_never_widens_the_way_that_was_approved_for_a_server_of_the_users_own() {
    let sandbox = Sandbox::new();
    let project = sandbox.project("acme");
    let file = project.join(".mcpenv.toml");
    sandbox.write(&file, "profile = \"acme\"\n[variables.OWN_TOKEN]\ninject = \"exec\"\n");
    sandbox.write(
        &sandbox.home().join(".claude.json"),
        r#"{ "mcpServers": { "own": { "command": "x", "env": { "V": "${OWN_TOKEN}" } } } }"#,
    );
    sandbox.init("acme");
    sandbox.store("acme", "OWN_TOKEN", "v");
    sandbox.allow("acme");
    assert!(sandbox.loaded("acme").is_empty());
    sandbox.write(&file, "profile = \"acme\"\n");
    assert!(sandbox.loaded("acme").is_empty(), "the hook never reads the user's file, and must not load more than was shown");
    sandbox.allow("acme");
    assert_eq!(sandbox.loaded("acme"), ["OWN_TOKEN"]);
    sandbox.write(&file, "profile = \"acme\"\n[variables.OWN_TOKEN]\ninject = \"never\"\n");
    assert!(sandbox.loaded("acme").is_empty(), "narrowing counts at once");
}

#[test]
fn another_repository_at_an_approved_path_gets_what_was_approved_for_these_very_commands_and_nothing_more() {
    let sandbox = approved();
    let project = sandbox.project("acme");
    fs::rename(&project, sandbox.project("old")).expect("moved");
    sandbox.write(&project.join(".mcpenv.toml"), "profile = \"acme\"\n");
    sandbox.write(&project.join(".mcp.json"), APPROVED);
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_TOKEN", "NOTION_TOKEN"], "an approval covers the configuration, not the code");
    sandbox.declare("acme", &["GITHUB_TOKEN", "NOTION_TOKEN"]);
    assert!(sandbox.loaded("acme").is_empty());
}
