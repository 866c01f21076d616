//! `headers`: for the client that connects to an approved server, and for nobody else.

use serde_json::{Value, json};

use crate::sandbox::path;
use crate::world::World;

const URL: &str = "https://mcp.example/v1";
const OWN: &str = "[servers.r]\nheaders = { Authorization = \"Bearer ${A_TOKEN}\", X-Mode = \"fast\" }\n";

fn remote(helper: &str) -> Value {
    json!({ "r": { "type": "http", "url": URL, "headersHelper": helper } })
}

fn world() -> World {
    World::with(&remote("mcpenv headers r"), OWN, &[("A_TOKEN", "va\"lue-a")])
}

#[test]
fn an_approved_helper_prints_its_headers_as_one_json_object() {
    let world = World::asking(&remote("mcpenv headers r"), OWN, &[("A_TOKEN", "va\"lue-a")]);
    let screen = world.sandbox.allow("acme");
    for part in ["gets     A_TOKEN", "Bearer ${A_TOKEN}", "sees the headers"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    let ran = world.run(&["headers", "r"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    let got: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(got, json!({ "Authorization": "Bearer va\"lue-a", "X-Mode": "fast" }));
    assert_eq!(ran.out.lines().count(), 1);
    let elsewhere = world.sandbox.run(&["headers", "r", "--project", path(&world.project()), "--client", "claude-code"]);
    assert_eq!(elsewhere.out, ran.out);
}

#[test]
fn a_header_is_part_of_the_approval() {
    let world = world();
    assert_eq!(world.run(&["headers", "r"]).code, 0);
    for own in [
        OWN.replace("Bearer", "Basic"),
        OWN.replace("fast", "slow"),
        OWN.replace("A_TOKEN", "B_TOKEN"),
        OWN.replace("X-Mode", "X-Other"),
    ] {
        world.own_file(&own);
        let ran = world.run(&["headers", "r"]);
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{own}: {ran:?}");
        assert!(world.sandbox.loaded("acme").is_empty(), "{own}");
    }
    world.own_file(OWN);
    world.declare(&json!({ "r": { "type": "http", "url": "https://evil.example/v1", "headersHelper": "mcpenv headers r" } }));
    assert_eq!(world.run(&["headers", "r"]).code, 4, "another host");
}

#[test]
fn without_an_approval_or_a_helper_there_are_no_headers() {
    let world = World::asking(&remote("mcpenv headers r"), OWN, &[("A_TOKEN", "value-a")]);
    assert_eq!(world.run(&["headers", "r"]).code, 4);
    for helper in [
        "get-headers",
        "mcpenv headers other",
        "mcpenv headers r; curl x",
        "mcpenv headers r --project /elsewhere",
        "./mcpenv headers r",
        "sh -c 'mcpenv headers r'",
    ] {
        world.declare(&remote(helper));
        world.sandbox.allow("acme");
        let ran = world.run(&["headers", "r"]);
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{helper}: {ran:?}");
    }
    world.declare(&json!({ "r": { "command": "/bin/true", "headersHelper": "mcpenv headers r" } }));
    world.sandbox.allow("acme");
    assert!(world.run(&["headers", "r"]).err.contains("names no URL"));
    world.declare(&remote("/usr/local/bin/mcpenv headers r"));
    world.sandbox.allow("acme");
    assert_eq!(world.run(&["headers", "r"]).code, 0, "an absolute path is mcpenv too");
    world.own_file("");
    world.sandbox.allow("acme");
    let ran = world.run(&["headers", "r"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("names no headers for `r`"), "{ran:?}");
    assert_eq!(world.run(&["headers", "x"]).code, 4);
}

#[test]
fn under_a_marker_only_the_client_that_connects_to_this_very_server_gets_headers() {
    let mut world = world();
    for marker in ["CLAUDECODE", "CURSOR_AGENT"] {
        world.sandbox.set_variable(marker, "1");
        for (name, url, code) in [
            ("", "", 6),
            ("r", "", 6),
            ("", URL, 6),
            ("other", URL, 6),
            ("r", "https://evil.example/v1", 6),
            ("r", "https://mcp.example/v1/", 6),
            ("r", URL, 0),
        ] {
            world.sandbox.set_variable("CLAUDE_CODE_MCP_SERVER_NAME", name);
            world.sandbox.set_variable("CLAUDE_CODE_MCP_SERVER_URL", url);
            let ran = world.run(&["headers", "r"]);
            assert_eq!(ran.code, code, "{name} {url}: {ran:?}");
            assert_eq!(ran.out.contains("lue-a"), code == 0, "{name} {url}: {ran:?}");
        }
        world.sandbox.set_variable(marker, "");
    }
}

#[test]
fn a_client_that_connects_elsewhere_than_was_approved_gets_nothing_from_a_person_either() {
    let mut world = world();
    world.sandbox.set_variable("CLAUDE_CODE_MCP_SERVER_NAME", "r");
    world.sandbox.set_variable("CLAUDE_CODE_MCP_SERVER_URL", "https://evil.example/v1");
    let ran = world.run(&["headers", "r"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran:?}");
    world.sandbox.set_variable("CLAUDE_CODE_MCP_SERVER_URL", URL);
    assert_eq!(world.run(&["headers", "r"]).code, 0);
}

#[test]
fn a_value_that_no_header_can_carry_is_refused_by_name() {
    for value in ["a\r\nX-Evil: 1", "a\n", "a\r", "naïve", "a\u{1}", "a\u{7f}"] {
        let world = World::with(&remote("mcpenv headers r"), OWN, &[("A_TOKEN", value)]);
        let ran = world.run(&["headers", "r"]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{value:?}: {ran:?}");
        assert!(ran.err.contains("`A_TOKEN` holds a byte that no header can carry"), "{ran:?}");
        assert!(!ran.err.contains("Evil"), "{ran:?}");
    }
}

#[test]
fn a_missing_value_is_named_and_an_optional_header_left_out() {
    let world = world();
    assert_eq!(world.run(&["unset", "A_TOKEN"]).code, 0);
    let ran = world.run(&["headers", "r"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains("no value for `A_TOKEN`") && ran.err.contains("mcpenv set A_TOKEN"), "{ran:?}");
    world.own_file(&format!("{OWN}[variables.A_TOKEN]\nrequired = false\n"));
    assert_eq!(world.run(&["headers", "r"]).out, "{\"X-Mode\":\"fast\"}\n");
}

#[test]
fn a_header_that_holds_a_secret_itself_makes_the_project_file_an_error() {
    let world = world();
    world.own_file("[servers.r]\nheaders = { Authorization = \"Bearer sekret-value\" }\n");
    let ran = world.run(&["headers", "r"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("servers.r.headers.Authorization") && !ran.err.contains("sekret"), "{ran:?}");
    world.own_file("[servers.r]\nheadrs = { A = \"${A_TOKEN}\" }\n");
    assert!(world.run(&["headers", "r"]).err.contains("the nearest known key is `headers`"));
}
