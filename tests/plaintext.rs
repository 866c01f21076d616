//! Secrets that stand in clients' files as they are: the cases of `fixtures/clients`, and the rules one by one.

use std::collections::BTreeSet;
use std::path::Path;

use mcpenv::client::{self, Scope, Server};
use mcpenv::plaintext::{find, placeholders, shown_default};
use serde_json::Value as Json;

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients")
}

/// The text at a pointer of an entry, found without the code under test.
fn text_at(server: &Server, at: &str) -> String {
    let rest = at.strip_prefix(&server.pointer).unwrap_or_else(|| panic!("{at} is not in {}", server.pointer));
    let mut value = &server.entry;
    for step in rest.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        value = match value {
            client::Value::List(items) => &items[step.parse::<usize>().expect("an index")],
            map => map.get(&step).unwrap_or_else(|| panic!("{at}: no {step}")),
        };
    }
    value.scalar().unwrap_or_else(|| panic!("{at} is no text"))
}

/// Each finding as its place and the bytes that it cuts out.
fn cut(server: &Server) -> Vec<(String, String)> {
    let cut = |finding: mcpenv::plaintext::Finding| {
        let declared = server.references.iter().find(|reference| reference.default_at.as_ref() == Some(&finding.at));
        let text = declared.and_then(|reference| reference.default.clone()).unwrap_or_else(|| text_at(server, &finding.at));
        (finding.at, text.get(finding.range).expect("whole characters").to_owned())
    };
    let mut found: Vec<_> = find(server).into_iter().map(cut).collect();
    found.sort();
    found
}

#[test]
fn every_case_holds_what_is_expected_and_nothing_else() {
    let cases = ["expected.json", "rules/expected.json"].into_iter().flat_map(|file| {
        let text = std::fs::read(fixtures().join(file)).expect(file);
        let cases: Json = serde_json::from_slice(&text).expect("JSON");
        cases["cases"].as_array().expect("cases").clone()
    });
    let mut seen = 0;
    for case in cases {
        let [file, name, scope] = ["file", "client", "scope"].map(|key| case[key].as_str().expect(key));
        let Some(client) = client::find(name).filter(|_| case["parse"] == "ok") else { continue };
        let scope = if scope.starts_with("user") { Scope::User } else { Scope::Project };
        let text = std::fs::read(fixtures().join(file)).expect(file);
        let servers = client.read_at(Path::new(file), &text, scope).expect(file).servers;
        for expected in case["servers"].as_array().expect("servers") {
            let path = expected["path"].as_str().expect("path");
            let server = servers.iter().find(|server| server.pointer == path).unwrap_or_else(|| panic!("{file}: {path}"));
            let string = |json: &Json| json.as_str().expect("a text").to_owned();
            // a case may be about something else
            if expected["plaintext"].is_null() {
                continue;
            }
            let list = |key: &str| expected[key].as_array().into_iter().flatten();
            let mut secrets: Vec<_> = list("plaintext").map(|one| (string(&one["at"]), string(&one["secret"]))).collect();
            secrets.sort();
            assert_eq!(cut(server), secrets, "{file}: {path}");
            let dummies: BTreeSet<String> = list("placeholders").map(string).collect();
            assert_eq!(placeholders(server).into_iter().collect::<BTreeSet<_>>(), dummies, "{file}: {path}");
            seen += 1;
        }
    }
    assert!(seen > 240, "{seen} servers");
}

fn servers(entry: &str) -> Vec<Server> {
    let text = format!(r#"{{"servers": {{"s": {entry}}}}}"#);
    client::find("vscode").expect("vscode").read(text.as_bytes(), Scope::Project).expect("JSON").servers
}

/// Holds an entry against the secrets that it must hold, in the order of their places.
#[track_caller]
fn holds(entry: &str, secrets: &[&str]) {
    let found: Vec<String> = cut(&servers(entry)[0]).into_iter().map(|(_, secret)| secret).collect();
    assert_eq!(found, secrets, "{entry}");
}

const PAT: &str = "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";

#[test]
fn a_name_tells_a_secret_and_a_path_a_number_or_a_stand_in_is_none() {
    for (name, value, is_secret) in [
        ("ACME_TOKEN", "not-a-real-one", true),
        ("acmeApiKey", "not-a-real-one", true),
        ("DB_PASS", "hunter2", true),
        ("REDIS_PWD", "hunter2", true),
        ("AZURE_DEVOPS_PAT", "not-a-real-one", true),
        ("ACME_TOKENS", "not-a-real-one", false),
        ("ACME_PUBLIC_KEY", "not-a-real-one", false),
        ("ACME_TOKEN_URL", "not-a-real-one", false),
        ("ACME_KEY_ID", "not-a-real-one", false),
        ("MONKEY", "not-a-real-one", false),
        ("ACME_TOKEN", "YOUR_TOKEN", false),
        ("ACME_TOKEN", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", false),
        ("ACME_TOKEN", "4096", false),
        ("ACME_TOKEN", "true", false),
        ("ACME_KEY", "/home/dev/.keys/k.pem", false),
        ("ACME_KEY", "C:\\k.pem", false),
        ("ACME_TOKEN", "$OTHER", false),
        ("ACME_TOKEN", "%OTHER%", false),
        ("ACME_TOKEN", "pre${OTHER}", false),
        ("ACME_TOKEN", "op://vault/item/field", false),
        ("ACME_KEY", "https://acme.example.com/keys", false),
        ("ACME_PASSWORD", "pa$word-not-real", true),
        ("AWS_SECRET_ACCESS_KEY", "/AKE/FAKE0FAKE/FAKE0FAKE/FAKE0FAKE/FAKE0", true),
        ("OKTA_API", "00FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE", true),
        ("ACME_API", "00FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE", false),
        ("ACME", PAT, true),
        ("ACME_PASSWORD", "my-fake-password", true),
        ("ACME_PASSWORD", "hunter2...", true),
        ("ACME_TOKEN", "none", false),
        ("NOTE", "a text with Bearer in it", false),
    ] {
        let entry = serde_json::json!({"command": "x", "env": {name: value}}).to_string();
        let secrets: &[&str] = if is_secret { &[value] } else { &[] };
        holds(&entry, secrets);
    }
}

#[test]
fn the_word_of_a_scheme_stays() {
    holds(
        r#"{"url": "https://h", "headers": {"Authorization": "Bearer abc-not-real", "X-Api-Key": "def-not-real"}}"#,
        &["abc-not-real", "def-not-real"],
    );
    holds(r#"{"url": "https://h", "headers": {"Authorization": "Basic ZmFrZTpmYWtl"}}"#, &["ZmFrZTpmYWtl"]);
    holds(
        r#"{"url": "https://h", "headers": {"Authorization": "Bearer <token>", "Proxy-Authorization": "Bearer ${env:T}"}}"#,
        &[],
    );
}

#[test]
fn options_and_headers_of_a_command_line_hold_secrets() {
    let line = |args: &[&str]| serde_json::json!({"command": "npx", "args": args}).to_string();
    holds(
        &line(&["x", "--api-key", "abc-not-real", "--token=def-not-real", "-v", "--password"]),
        &["abc-not-real", "def-not-real"],
    );
    holds(
        &line(&["x", "--header", "Authorization: Bearer abc-not-real", "-H", "X-Key:def-not-real"]),
        &["abc-not-real", "def-not-real"],
    );
    holds(&line(&["x", "--header=X-Token: abc-not-real", "--token-file", "abc", "--key", "--other"]), &["abc-not-real"]);
    holds(&line(&["x", "--token", "${env:T}", "--key=$T", "positional-not-real"]), &[]);
    holds(&line(&["--config", r#"{"apiKey": "abc-not-real", "region": "eu"}"#]), &["abc-not-real"]);
}

#[test]
fn a_container_is_given_secrets_up_to_its_image() {
    let line = |command: &str, args: &[&str]| serde_json::json!({"command": command, "args": args}).to_string();
    let args = ["run", "-e", "A_TOKEN=abc-not-real", "-eB_KEY=def-not-real", "--env=HOST=h", "img", "-e", "C_TOKEN=x-not-real"];
    holds(&line("docker", &args), &["abc-not-real", "def-not-real"]);
    holds(&line("podman", &["run", "-e", "A_TOKEN=${env:T}", "-e", "A_TOKEN", "img"]), &[]);
    holds(&line("sh", &["-c", "docker run -e A_TOKEN=abc-not-real img"]), &[]);
    holds(&line("sh", &["-c", &format!("A={PAT} docker run img")]), &[PAT]);
}

#[test]
fn the_parts_of_an_address_that_are_secret_are_told() {
    for (url, secrets) in [
        ("https://svc:abc-not-real@h/mcp", &["abc-not-real"][..]),
        ("postgresql://ro:p%40ss-not-real@db:5432/x?sslmode=require", &["p%40ss-not-real"]),
        ("postgres://u:p@ss-not-real@db/x", &["p@ss-not-real"]),
        ("postgres://u:p/w-not-real@db/x", &["p/w-not-real"]),
        ("redis://:abc-not-real@h:6379/0", &["abc-not-real"]),
        ("mongodb+srv://u:abc-not-real@h/db?retryWrites=true", &["abc-not-real"]),
        ("https://h:8080/x@y", &[]),
        ("https://user@h/x", &[]),
        ("postgresql://localhost/mydb", &[]),
        ("postgres://u:${env:PW}@db/x", &[]),
        ("postgres://u:<password>@db/x", &[]),
        ("https://h/mcp?api_key=abc-not-real&tools=web#token=def-not-real", &["abc-not-real", "def-not-real"]),
        ("https://h/mcp?key=${env:K}&page_token=", &[]),
        ("https://actions.zapier.com/mcp/sk-ak-NOTREALNOTREALNOTREAL/sse", &["sk-ak-NOTREALNOTREALNOTREAL"]),
        ("https://mcp.zapier.com/api/mcp/s/NOTREALNOTREALNOTREAL/mcp", &["NOTREALNOTREALNOTREAL"]),
        ("https://h/mcp/sk-ak-NOTREALNOTREALNOTREAL/sse", &[]),
        ("u:abc-not-real@tcp(h:3306)/db", &["abc-not-real"]),
        ("Server=h;User Id=sa;Password=abc-not-real;", &["abc-not-real"]),
        ("host=h user=u password=abc-not-real", &["abc-not-real"]),
    ] {
        holds(&serde_json::json!({"command": "x", "args": [url]}).to_string(), secrets);
        holds(&serde_json::json!({"command": "x", "env": {"DATABASE_URL": url}}).to_string(), secrets);
        holds(&serde_json::json!({"url": url}).to_string(), secrets);
    }
}

#[test]
fn a_default_is_looked_through_with_the_name_that_it_stands_for() {
    let read = |client: &str, entry: &str| {
        let text = format!(r#"{{"mcpServers": {{"s": {entry}}}}}"#);
        let servers = client::find(client).expect(client).read(text.as_bytes(), Scope::Project).expect("JSON").servers;
        cut(&servers[0]).into_iter().map(|(_, secret)| secret).collect::<Vec<_>>()
    };
    for (value, secrets) in [
        ("${API_KEY:-abc-not-real}", &["abc-not-real"][..]),
        ("--region=${REGION:-eu}", &[]),
        ("${DB_URL:-postgres://u:abc-not-real@db/x}", &["abc-not-real"]),
        ("postgres://u:${PW:-abc-not-real}@db/x", &["abc-not-real"]),
        ("https://h/?key=${K:-abc-not-real}", &["abc-not-real"]),
        ("${API_KEY:-}", &[]),
        ("${API_KEY:-none}", &[]),
        ("${API_KEY:-${OTHER:-abc-not-real}}", &["abc-not-real"]),
        ("--token=${T:-abc-not-real}", &["abc-not-real"]),
    ] {
        assert_eq!(read("claude-code", &serde_json::json!({"command": "x", "args": [value]}).to_string()), secrets, "{value}");
    }
    let shown = |entry: &str| {
        let text = format!(r#"{{"mcpServers": {{"s": {entry}}}}}"#);
        let server =
            client::find("claude-code").expect("a client").read(text.as_bytes(), Scope::Project).expect("JSON").servers.remove(0);
        let found = find(&server);
        let shown = server.references.iter().filter_map(|reference| shown_default(&server, reference, &found));
        shown.collect::<Vec<_>>().join(" ")
    };
    for (value, expected) in [
        ("${DB:-postgres://u:abc-not-real@db/x}", "postgres://u:<secret>@db/x"),
        ("${API_KEY:-abc-not-real}", "<secret>"),
        ("${REGION:-eu}", "eu"),
        // the name says nothing, and the place does
        ("--token=${T:-abc-not-real}", "<secret>"),
        ("https://h/?key=${K:-abc-not-real}&v=${V:-1}", "<secret> 1"),
        ("postgres://u:${PW:-abc-not-real}@db/x", "<secret>"),
        ("--header=Authorization: Bearer ${T:-abc-not-real}", "<secret>"),
    ] {
        assert_eq!(shown(&serde_json::json!({"command": "x", "args": [value]}).to_string()), expected, "{value}");
    }
    assert_eq!(shown(r#"{"command": "x", "env": {"A_TOKEN": "${T:-abc-not-real}", "B": "${T:-abc}"}}"#), "<secret> abc");
    assert_eq!(shown(r#"{"command": "x", "args": ["--token", "${T:-abc-not-real}"]}"#), "<secret>");
}

#[test]
fn json_in_a_value_and_maps_of_any_name_are_read() {
    let inner = r#"{"Authorization": "Bearer abc-not-real", "Version": "2022-06-28", "note": "a \"quoted\" word"}"#;
    holds(&serde_json::json!({"command": "x", "env": {"MCP_HEADERS": inner}}).to_string(), &["abc-not-real"]);
    holds(
        r#"{"command": "x", "settings": {"github_token": "abc-not-real", "nested": {"password": "def-not-real"}}}"#,
        &["abc-not-real", "def-not-real"],
    );
    holds(r#"{"url": "https://h", "oauth": {"clientSecret": "abc-not-real", "clientId": "x"}}"#, &["abc-not-real"]);
    holds(
        r#"{"command": "x", "variables": [{"name": "A_TOKEN", "value": "abc-not-real"}, {"name": "B", "value": "c"}]}"#,
        &["abc-not-real"],
    );
    holds(r#"{"url": "https://h", "env_http_headers": {"X-Api-Key": "INTERNAL_API_KEY"}}"#, &[]);
}

#[test]
fn a_token_beside_other_text_is_cut_out_and_one_that_is_part_of_a_secret_is_not() {
    let env = |name: &str, value: &str| serde_json::json!({"command": "x", "env": {name: value}}).to_string();
    holds(&env("GIT_TOKEN", &format!("Bearer {PAT}")), &[PAT]);
    holds(&env("GIT_TOKEN", &format!("{PAT},other")), &[PAT]);
    let joined = format!("{PAT}/joined");
    holds(&env("GIT_TOKEN", &joined), &[&joined]);
    let key = "-----BEGIN PRIVATE KEY-----\nFAKE\n-----END PRIVATE KEY-----";
    holds(&env("GIT", key), &[key]);
}

#[test]
fn a_finding_tells_its_reason_and_its_name_and_never_its_value() {
    let entry = serde_json::json!({"command": "x", "args": ["--api-key", "abc-not-real"], "env": {"GH": PAT}}).to_string();
    let found = find(&servers(&entry)[0]);
    let told: Vec<_> = found.iter().map(|one| (one.at.as_str(), one.why.as_str(), one.name.as_deref())).collect();
    assert_eq!(told, [("/servers/s/args/1", "flag", Some("api-key")), ("/servers/s/env/GH", "github-pat-classic", Some("GH"))]);
    let shown = format!("{found:?}");
    assert!(!shown.contains(PAT) && !shown.contains("abc-not-real"));
}

#[test]
fn stand_ins_are_told_of_variables_that_the_entry_sets() {
    let entry = r#"{"command": "x", "args": ["YOUR_KEY"], "env": {"A": "", "B": "YOUR_B", "C": "<c>", "D": "my-token", "D_TOKEN": "my-token",
                    "PORT": "8888", "MODE": "set", "E": "${env:E}"}}"#;
    let told = placeholders(&servers(entry)[0]);
    assert_eq!(told, ["A", "B", "C", "D_TOKEN"].map(|name| format!("/servers/s/env/{name}")));
}

#[test]
fn large_and_hostile_texts_take_no_endless_time() {
    for part in [
        "a://b:c",
        "a://b:c@",
        "?key=",
        "${A:-",
        "${",
        "{\"a\":",
        "a=b;",
        "password=x ",
        "https://zapier.com/mcp/",
        PAT,
        "=",
        "&k=${K:-x}",
    ] {
        let text = part.repeat(60_000 / part.len());
        let entry =
            serde_json::json!({"command": "x", "args": [text.as_str(), "--token", text.as_str()], "env": {"A_TOKEN": text}});
        let found = find(&servers(&entry.to_string())[0]);
        assert!(found.len() <= 1000);
    }
}

proptest::proptest! {
    #[test]
    fn every_finding_is_whole_characters_of_its_text_and_none_overlaps(
        parts in proptest::collection::vec(proptest::sample::select(vec![
            "${", "}", ":-", "$A", "TOKEN", "=", "://", "u:", "@", "/", "?", "&", "key=", "{\"a\": \"", "\"", "}", "\\", " ", "ü", "日本", "--token",
            "ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE", "Bearer ", "-----BEGIN PRIVATE KEY-----", "%20", ";", "x", "'", "[", "]", "\n", "h@tcp(",
        ]), 0..24),
    ) {
        let text = parts.concat();
        let entry = serde_json::json!({"command": text, "args": ["--token", text, format!("-H{text}"), format!("--key={text}")],
                                       "env": {"A_TOKEN": text, "A": text}, "headers": {"Authorization": text}});
        for server in servers(&entry.to_string()) {
            let mut end: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
            for finding in find(&server) {
                let whole = text_at(&server, &finding.at);
                assert!(whole.get(finding.range.clone()).is_some_and(|part| !part.is_empty()), "{finding:?} in {whole:?}");
                let before = end.insert(finding.at, finding.range.end);
                assert!(before.is_none_or(|before| before <= finding.range.start), "{whole:?}");
            }
            assert!(placeholders(&server).len() <= 2);
        }
    }
}
