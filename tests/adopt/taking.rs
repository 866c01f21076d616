//! The command itself: what it asks, what it writes, and what it leaves alone.

use std::fs;

use crate::sandbox::path;
use crate::world::World;

const TOKEN: &str = "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";
const OTHER: &str = "ghp_MADEUPMADEUPMADEUPMADEUPMADEUPMADEUP";

fn claude(token: &str) -> String {
    format!(
        "{{\n  \"mcpServers\": {{\n    \"github\": {{ \"command\": \"/opt/gh\", \"env\": {{ \"GITHUB_TOKEN\": \"{token}\" }} }}\n  }}\n}}\n"
    )
}

fn cursor(token: &str) -> String {
    format!(
        "{{\"mcpServers\":{{\"hub\":{{\"url\":\"https://h.example/mcp\",\"headers\":{{\"Authorization\":\"Bearer {token}\"}}}}}}}}"
    )
}

#[test]
fn a_token_leaves_the_file_and_its_server_is_given_it_by_the_hook() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    let screen = world.adopt(&[]);
    assert!(!screen.contains(TOKEN), "{screen}");
    assert_eq!(world.text(".mcp.json"), claude("${GITHUB_TOKEN}"));
    assert_eq!(world.values()["GITHUB_TOKEN"], TOKEN);
    assert_eq!(world.sandbox.loaded("acme"), [""; 0], "nothing is loaded before it is allowed");
    world.sandbox.allow("acme");
    assert_eq!(world.sandbox.loaded("acme"), ["GITHUB_TOKEN"]);
}

#[test]
fn one_token_in_two_files_is_one_variable_and_the_odd_one_is_named() {
    let vscode = claude(OTHER).replace("mcpServers", "servers");
    let world =
        World::with(&[(".mcp.json", &claude(TOKEN)), (".cursor/mcp.json", &cursor(TOKEN)), (".vscode/mcp.json", &vscode)]);
    let screen = world.adopt(&[]);
    assert_eq!(world.text(".cursor/mcp.json"), cursor("${env:GITHUB_TOKEN}"));
    assert_eq!(world.text(".vscode/mcp.json"), claude("${env:GITHUB_TOKEN_2}").replace("mcpServers", "servers"));
    assert_eq!(
        world.values().into_iter().collect::<Vec<_>>(),
        [("GITHUB_TOKEN".to_owned(), TOKEN.to_owned()), ("GITHUB_TOKEN_2".to_owned(), OTHER.to_owned())]
    );
    assert!(
        screen.contains("`.vscode/mcp.json` holds another `GITHUB_TOKEN` than `.mcp.json`: it is kept as `GITHUB_TOKEN_2`"),
        "{screen}"
    );
}

#[test]
fn a_name_that_holds_another_value_is_never_overwritten() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    world.sandbox.store("acme", "GITHUB_TOKEN", "an-older-one");
    world.adopt(&[]);
    assert_eq!(world.values()["GITHUB_TOKEN"], "an-older-one");
    assert_eq!(world.values()["GITHUB_TOKEN_2"], TOKEN);
    assert_eq!(world.text(".mcp.json"), claude("${GITHUB_TOKEN_2}"));
}

#[test]
fn a_value_that_is_stored_already_keeps_its_name() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    world.sandbox.store("acme", "GH_PAT", TOKEN);
    world.adopt(&[]);
    assert_eq!(world.values().into_keys().collect::<Vec<_>>(), ["GH_PAT"]);
    assert_eq!(world.text(".mcp.json"), claude("${GH_PAT}"));
}

#[test]
fn a_dry_run_shows_the_change_masked_and_changes_nothing() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN)), (".cursor/mcp.json", &cursor(OTHER))]);
    let ran = world.dry(&[]);
    for expected in ["- ghp_••••••••", "+ ${GITHUB_TOKEN}", "- Bearer ghp_••••••••", "+ Bearer ${env:HUB_TOKEN}"]
    {
        assert!(ran.out.contains(expected), "{expected}: {ran:?}");
    }
    let json = world.dry(&["--json"]);
    let document: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(document[0]["steps"][0]["after"], "${GITHUB_TOKEN}");
    for shown in [ran.all(), json.all()] {
        assert!(!shown.contains("FAKEFAKE") && !shown.contains("MADEUP"), "{shown}");
    }
    assert_eq!((world.text(".mcp.json"), world.values().len()), (claude(TOKEN), 0));
}

#[test]
fn only_a_person_can_let_it_write() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    let ran = world.sandbox.run_in("acme", &["adopt"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let (code, _) = world.answered(&[], "n");
    assert_eq!(code, 0);
    assert_eq!((world.text(".mcp.json"), world.values().len()), (claude(TOKEN), 0));
}

#[test]
fn the_users_own_files_are_asked_for_apart() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN)), ("~/.cursor/mcp.json", &cursor(OTHER))]);
    assert!(!world.dry(&[]).out.contains("~/.cursor"));
    assert!(world.dry(&["--user"]).out.contains("~/.cursor/mcp.json"));
    let project = world.sandbox.project("acme");
    let (code, screen) = world.sandbox.answer(&["adopt", "--project", path(&project)], &[("[y/N]", "y\r"), ("[y/N]", "\r")]);
    assert_eq!(code, 0, "{screen}");
    assert_eq!(world.text("~/.cursor/mcp.json"), cursor(OTHER));
    assert_eq!(world.text(".mcp.json"), claude("${GITHUB_TOKEN}"));
    world.adopt(&["--user"]);
    assert_eq!(world.text("~/.cursor/mcp.json"), cursor("${env:HUB_TOKEN}"));
}

#[test]
fn a_server_without_a_form_of_its_own_is_started_by_mcpenv() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    world.adopt(&["--wrap"]);
    let expected =
        claude("x").replace("\"/opt/gh\"", "\"mcpenv\", \"args\": [\"exec\", \"--server\", \"github\", \"--\", \"/opt/gh\"]");
    let expected = expected.replace("{ \"GITHUB_TOKEN\": \"x\" }", "{ }");
    assert_eq!(world.text(".mcp.json"), expected);
    assert!(
        world.text(".mcpenv.toml").ends_with("\n[servers.github]\nvariables = [\"GITHUB_TOKEN\"]\n"),
        "{}",
        world.text(".mcpenv.toml")
    );
    assert_eq!(world.values()["GITHUB_TOKEN"], TOKEN);
    let after = world.text(".mcp.json");
    world.adopt(&["--wrap"]);
    assert_eq!(world.text(".mcp.json"), after);
    world.adopt_undo();
    assert_eq!(world.text(".mcp.json"), claude(TOKEN));
    assert!(!world.text(".mcpenv.toml").contains("servers"));
}

#[test]
fn a_file_of_the_users_own_starts_this_very_program_for_this_project() {
    let text = claude(TOKEN).replace("\"env\"", "\"args\": [\"--key\", \"%\"], \"env\"").replace('%', OTHER);
    let world = World::with(&[("~/.cursor/mcp.json", &text)]);
    let screen = world.adopt(&["--wrap", "--user"]);
    let after: serde_json::Value = serde_json::from_str(&world.text("~/.cursor/mcp.json")).expect("JSON");
    let server = &after["mcpServers"]["github"];
    let program = fs::canonicalize(crate::sandbox::program()).expect("it is there");
    assert_eq!(server["command"], program.to_str().expect("UTF-8"));
    let project = world.sandbox.project("acme");
    assert_eq!(
        server["args"],
        serde_json::json!([
            "exec",
            "--server",
            "github",
            "--client",
            "cursor",
            "--project",
            path(&project),
            "--",
            "/opt/gh",
            "--key",
            "%{GITHUB_KEY}"
        ])
    );
    assert!(screen.contains("the value stays visible"), "{screen}");
}

#[test]
fn a_default_in_a_reference_is_a_plaintext_like_any_other() {
    let text = claude(&format!("${{GH:-{TOKEN}}}"));
    let world = World::with(&[(".mcp.json", &text)]);
    world.adopt(&[]);
    assert_eq!(world.text(".mcp.json"), claude("${GH}"));
    assert_eq!(world.values()["GH"], TOKEN);
}

#[test]
fn another_client_that_reads_the_same_file_is_named_when_it_does_not_understand_it() {
    let text = "{\"mcpServers\": {\"a\": {\"type\": \"http\", \"url\": \"https://h/?token=%\"}}}".replace('%', TOKEN);
    let world = World::with(&[(".mcp.json", &text), (".vscode/mcp.json", &claude(TOKEN).replace("mcpServers", "servers"))]);
    let out = world.dry(&[]).out;
    let notes: Vec<&str> = out.lines().filter(|line| line.contains("is also read by")).collect();
    assert_eq!(notes, ["! `.mcp.json` is also read by Copilot CLI, which does not fill what Claude Code does there"]);
}

#[test]
fn undo_leaves_alone_what_was_changed_since() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN)), (".cursor/mcp.json", &cursor(OTHER))]);
    world.adopt(&[]);
    world.put(".mcp.json", claude("${GITHUB_TOKEN}").replace("/opt/gh", "/opt/new"));
    let project = world.sandbox.project("acme");
    let (code, screen) = world.sandbox.answer(&["adopt", "--undo", "--project", path(&project)], &[("[y/N]", "y\r")]);
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains(".mcp.json was changed since, and stays as it is"), "{screen}");
    assert!(world.text(".mcp.json").contains("/opt/new"));
    assert_eq!(world.text(".cursor/mcp.json"), cursor(OTHER));
}

#[test]
fn the_record_of_what_was_there_is_sealed() {
    let world = World::with(&[(".mcp.json", &claude(TOKEN))]);
    world.adopt(&[]);
    for file in crate::sandbox::files_below(&world.sandbox.root()) {
        let bytes = fs::read(&file).expect("readable");
        assert_eq!(crate::sandbox::find(&bytes, TOKEN.as_bytes()), None, "{}", file.display());
    }
    assert_eq!(crate::sandbox::files_below(&world.sandbox.root().join("own/state/adopted")).len(), 1);
    world.adopt_undo();
    assert_eq!(crate::sandbox::files_below(&world.sandbox.root().join("own/state/adopted")).len(), 0);
}

#[test]
fn what_moved_out_of_an_argument_is_said_to_be_seen_there_and_is_no_plaintext_afterwards() {
    let db = "[mcp_servers.db]\ncommand = \"/opt/db\"\nargs = [\"postgres://ann:made-up-77aa@db.example/acme\"]\n";
    let key = r#"{"mcpServers": {"search": {"command": "/opt/s", "args": ["--api-key", "made-up-4f9a2c"]}}}"#;
    let world = World::with(&[(".codex/config.toml", db), (".mcp.json", key), (".warp/.mcp.json", key)]);
    let ran = world.dry(&[]);
    assert_eq!(ran.out.matches("as an argument, the value stays visible").count(), 3, "{ran:?}");
    assert!(ran.out.contains("which `.mcpenv.toml` names"), "{ran:?}");
    world.adopt(&[]);
    let project = world.sandbox.project("acme");
    let (code, screen) = world.sandbox.answer(&["allow", "--project", path(&project)], &[("[y/N]", "n\r")]);
    assert_eq!(code, 4, "{screen}");
    for shown in ["ann:%{DB_PASSWORD}@db.example", "--api-key ${SEARCH_API_KEY}", "--api-key %{SEARCH_API_KEY}"] {
        assert!(screen.contains(shown), "{shown}: {screen}");
    }
    assert!(!screen.contains("in plaintext") && !screen.contains("made-up"), "{screen}");
}
