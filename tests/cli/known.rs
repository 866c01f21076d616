//! What the built-in list of servers tells: what a variable is, what a silent server wants, and which form a value has.

use crate::sandbox::{Sandbox, path};

const PAT: &str = "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";

fn with_servers(entries: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(&sandbox.project("acme").join(".mcp.json"), format!(r#"{{ "mcpServers": {{ {entries} }} }}"#));
    sandbox.init("acme");
    sandbox
}

#[test]
fn a_value_of_another_form_is_stored_from_a_script_with_a_warning_that_tells_the_form() {
    let sandbox = with_servers(r#""gh": { "command": "x", "env": { "T": "${GITHUB_TOKEN}" } }"#);
    let ran = sandbox.run_with(&["set", "GITHUB_TOKEN", "--stdin", "--profile", "acme"], b"not-of-that-form-7f3a");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("does not have the form") && ran.err.contains("ghp_…"), "{ran:?}");
    assert!(!ran.all().contains("7f3a"), "{ran:?}");
    let ran = sandbox.run_in("acme", &["check"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("wrong format") && ran.out.contains("https://docs.github.com/"), "{ran:?}");
    let ran = sandbox.run_with(&["set", "GITHUB_TOKEN", "--stdin", "--profile", "acme"], PAT.as_bytes());
    assert!(ran.code == 0 && !ran.err.contains("form"), "{ran:?}");
    assert!(!sandbox.run_in("acme", &["check"]).out.contains("wrong format"));
}

#[test]
fn a_person_is_asked_once_whether_such_a_value_is_stored() {
    let sandbox = with_servers(r#""gh": { "command": "x", "env": { "T": "${GITHUB_TOKEN}" } }"#);
    let set = ["set", "GITHUB_TOKEN", "--profile", "acme"];
    let (code, screen) = sandbox.answer(&set, &[("Value for", "odd-one-7f3a\r"), ("Store it anyway?", "n\r")]);
    assert_eq!(code, 130, "{screen}");
    assert!(!screen.contains("7f3a"), "{screen}");
    assert!(sandbox.run(&["list", "--profile", "acme"]).err.contains("empty"));
    let (code, screen) = sandbox.answer(&set, &[("Value for", "odd-one-7f3a\r"), ("Store it anyway?", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    let (code, screen) = sandbox.answer(&set, &[("Value for", &format!("{PAT}\r"))]);
    assert!(code == 0 && !screen.contains("anyway"), "{screen}");
}

#[test]
fn a_name_that_nobody_knows_takes_any_value() {
    let sandbox = with_servers(r#""a": { "command": "x", "env": { "T": "${ACME_TOKEN}", "C": "${OAUTH_CLIENT_SECRET}" } }"#);
    for name in ["ACME_TOKEN", "OAUTH_CLIENT_SECRET"] {
        let ran = sandbox.run_with(&["set", name, "--stdin", "--profile", "acme"], b"whatever-it-is");
        assert!(ran.code == 0 && !ran.err.contains("form"), "{ran:?}");
    }
    assert!(!sandbox.run_in("acme", &["check"]).out.contains("wrong format"));
}

#[test]
fn what_a_variable_is_and_where_it_is_issued_is_told_where_the_project_says_nothing() {
    let sandbox = with_servers(r#""notion": { "command": "x", "env": { "T": "${NOTION_TOKEN}" } }"#);
    let why = sandbox.run_in("acme", &["why", "NOTION_TOKEN"]);
    assert!(why.out.contains("Notion, integration token") && why.out.contains("https://developers.notion.com/"), "{why:?}");
    let check = sandbox.run_in("acme", &["check"]);
    assert!(check.out.contains("NOTION_TOKEN: Notion, integration token"), "{check:?}");
    sandbox.store("acme", "NOTION_TOKEN", "ntn_00000000000FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAK");
    let list = sandbox.run_in("acme", &["list", "--profile", "acme"]);
    assert!(list.out.contains("Notion, integration token"), "{list:?}");
    // the project's own word comes first
    let file = sandbox.project("acme").join(".mcpenv.toml");
    sandbox.write(
        &file,
        "profile = \"acme\"\n[variables.NOTION_TOKEN]\ndescription = \"ours\"\ndocs = \"https://wiki.example.com\"\n",
    );
    for args in [["why", "NOTION_TOKEN"].as_slice(), &["list", "--profile", "acme"]] {
        let ran = sandbox.run_in("acme", args);
        assert!(ran.out.contains("ours") && ran.out.contains("wiki.example.com") && !ran.out.contains("integration"), "{ran:?}");
    }
}

#[test]
fn a_person_reads_what_is_asked_for_before_the_prompt() {
    let sandbox = Sandbox::new();
    sandbox.declare("acme", &["NOTION_TOKEN"]);
    let args = ["init", "--profile", "acme", "--project", path(&sandbox.project("acme"))].map(str::to_owned);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (_, screen) = sandbox.answer(
        &args,
        &[("New passphrase", "\r"), ("Recovery key", "none\r"), ("Value for NOTION_TOKEN", "\r"), ("[y/N]", "n\r")],
    );
    let (known, prompt) = (screen.find("Notion, integration token"), screen.find("Value for NOTION_TOKEN"));
    assert!(known.is_some() && known < prompt, "{screen}");
}

#[test]
fn a_known_server_that_names_nothing_gets_a_hint_and_no_variable() {
    let sandbox = with_servers(
        r#""gh": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-github@1.2"] },
           "notes": { "command": "npx", "args": ["-y", "my-server-github-notes"] },
           "set": { "command": "npx", "args": ["tavily-mcp"], "env": { "TAVILY_API_KEY": "x" } },
           "named": { "command": "npx", "args": ["@stripe/mcp", "--api-key=${STRIPE_SECRET_KEY}"] }"#,
    );
    let status = sandbox.run_in("acme", &["status"]);
    let hints: Vec<&str> = status.out.lines().filter(|line| line.contains("names no variable")).collect();
    assert_eq!(hints.len(), 1, "{status:?}");
    assert!(
        hints[0].contains("`gh`") && hints[0].contains("GITHUB_PERSONAL_ACCESS_TOKEN") && hints[0].contains("[servers.github]")
    );
    let init = sandbox.run_in("acme", &["init", "--no-input", "--profile", "acme"]);
    assert!(init.err.contains("GITHUB_PERSONAL_ACCESS_TOKEN"), "{init:?}");
    // told, and not asked for
    assert!(!sandbox.run_in("acme", &["check"]).out.contains("GITHUB_PERSONAL_ACCESS_TOKEN"));
    sandbox.store("acme", "GITHUB_PERSONAL_ACCESS_TOKEN", PAT);
    sandbox.allow("acme");
    assert!(sandbox.loaded("acme").is_empty());
    // the way that the hint shows is one
    let file = sandbox.project("acme").join(".mcpenv.toml");
    sandbox.write(&file, "profile = \"acme\"\n[servers.github]\nvariables = [\"GITHUB_PERSONAL_ACCESS_TOKEN\"]\n");
    assert!(!sandbox.run_in("acme", &["status"]).out.contains("names no variable"));
    sandbox.allow("acme");
    assert_eq!(sandbox.loaded("acme"), ["GITHUB_PERSONAL_ACCESS_TOKEN"]);
}
