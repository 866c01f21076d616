//! Files of clients that are unusual, broken or hostile: how they are encoded, what stands twice in them, how large and deep
//! they are.

use std::fmt::Write as _;

use mcpenv::client::{self, Client, Declaration, Scope, Server};

fn read(name: &str, scope: Scope, text: &[u8]) -> Declaration {
    client::find(name).expect(name).read(text, scope).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn project(name: &str, text: &str) -> Declaration {
    read(name, Scope::Project, text.as_bytes())
}

fn has(declaration: &Declaration, code: &str, at: &str) -> bool {
    declaration.warnings.iter().any(|warning| warning.code == code && warning.at == at)
}

/// Every client and declaration.
fn all() -> impl Iterator<Item = &'static &'static dyn Client> {
    client::ALL.iter().chain(client::DECLARATIONS)
}

/// Those whose files are JSON.
fn json() -> impl Iterator<Item = &'static &'static dyn Client> {
    all().filter(|client| !matches!(client.name(), "codex" | "goose" | "docker-catalog"))
}

fn names(declaration: &Declaration) -> Vec<&str> {
    declaration.servers.iter().flat_map(|server| &server.references).map(|reference| reference.name.as_str()).collect()
}

const ENTRY: &str = r#"{"mcpServers": {"a": {"command": "npx", "args": ["x"], "env": {"T": "${TOKEN}"}}}}"#;

#[test]
fn a_byte_order_mark_and_crlf_change_nothing_but_a_warning() {
    let plain = project("claude-code", ENTRY);
    let marked = project("claude-code", &format!("\u{feff}{}", ENTRY.replace(' ', "\r\n")));
    assert_eq!(names(&plain), names(&marked));
    assert_eq!(plain.servers[0].entry, marked.servers[0].entry);
    assert!(has(&marked, "bom", "") && !has(&plain, "bom", ""));
    let codex = project("codex", "\u{feff}[mcp_servers.a]\r\ncommand = \"x\"\r\nenv_vars = [\"A\"]\r\n");
    assert_eq!((names(&codex), codex.servers[0].references[0].line), (vec!["A"], 3));
    assert!(has(&codex, "bom", ""));
}

#[test]
fn comments_and_trailing_commas_are_read_and_warned_of_where_the_client_refuses_them() {
    for text in [ENTRY.replacen('{', "{ // a comment\n", 1), ENTRY.replace("\"x\"]", "\"x\",]"), format!("/* a */{ENTRY}")] {
        let declaration = project("claude-code", &text);
        assert_eq!(names(&declaration), ["TOKEN"], "{text}");
        assert!(has(&declaration, "not-strict-json", ""), "{text}");
        assert!(!has(&project("cursor", &text), "not-strict-json", ""), "{text}");
        assert!(!has(&project("vscode", &text.replace("mcpServers", "servers")), "not-strict-json", ""), "{text}");
    }
    assert!(!has(&project("claude-code", ENTRY), "not-strict-json", ""));
}

#[test]
fn what_is_no_json_and_no_toml_is_an_error_that_holds_nothing_of_the_file() {
    let secret = "ghp_FAKESECRETFAKESECRET";
    for text in [
        "{'mcpServers': {}}",
        "{mcpServers: {}}",
        "{\"a\": 1 \"b\": 2}",
        "[1 2]",
        "{\"a\": 0xff}",
        "{\"a\": +1}",
        "{\"a\": .5}",
        "{\"a\": NaN}",
        "{\"a\": \"\\x41\"}",
        "{\"a\": \"ghp_FAKESECRETFAKESECRET\n\"}",
        "{\"a\": \"ghp_FAKESECRETFAKESECRET",
        "{\"a\": ghp_FAKESECRETFAKESECRET}",
        "{\"a\": \"\\ughp_FAKESECRETFAKESECRET\"}",
        "{} {}",
        "{} ghp_FAKESECRETFAKESECRET",
        "{",
        "[",
        "{\"mcpServers\": {\"a\": ",
        "ghp_FAKESECRETFAKESECRET",
        "/* ghp_FAKESECRETFAKESECRET",
        "{\"ghp_FAKESECRETFAKESECRET\" 1}",
    ] {
        for client in json() {
            // the first character of a file of Continue may make it YAML
            if client.name() == "continue" && !text.starts_with(['{', '[', '/']) {
                continue;
            }
            let error = client.read(text.as_bytes(), Scope::Project).expect_err(text);
            assert!(!format!("{error} {error:?}").contains(secret), "{error}");
        }
    }
    for text in [
        "a = ghp_FAKESECRETFAKESECRET",
        "a = \"ghp_FAKESECRETFAKESECRET",
        "ghp_FAKESECRETFAKESECRET",
        "[mcp_servers.a\ntoken = 'ghp_FAKESECRETFAKESECRET'",
        "a = 1\na = 'ghp_FAKESECRETFAKESECRET'",
        "a = 'ghp_FAKESECRETFAKESECRET' 'ghp_FAKESECRETFAKESECRET'",
        "a = \"\\qghp_FAKESECRETFAKESECRET\"",
        "a = 2020-99-99ghp_FAKESECRETFAKESECRET",
    ] {
        let error = client::find("codex").expect("codex").read(text.as_bytes(), Scope::Project).expect_err(text);
        assert!(!format!("{error} {error:?}").contains(secret), "{error}");
    }
}

#[test]
fn a_file_that_is_not_utf_8_is_an_error_that_says_so() {
    let little: Vec<u8> = ENTRY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = ENTRY.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [&[0xff, 0xfe][..], &little].concat();
    for client in all() {
        for (bytes, why) in
            [(&little, "UTF-16"), (&big, "UTF-16"), (&marked, "UTF-16"), (&b"{\n\n\"\xff\"}".to_vec(), "not UTF-8")]
        {
            let error = client.read(bytes, Scope::Project).expect_err(why);
            assert!(error.why.contains(why), "{error}");
        }
        let error = client.read(b"{\n\n\"\xff\"}", Scope::Project).expect_err("not UTF-8");
        assert_eq!(error.line, 3);
    }
}

#[test]
fn nothing_in_a_file_is_no_error() {
    for client in all() {
        for text in ["", " \n", "\u{feff}"] {
            let declaration = client.read(text.as_bytes(), Scope::User).expect("nothing");
            assert!(declaration.servers.is_empty() && has(&declaration, "empty-file", ""), "{}", client.name());
        }
    }
}

#[test]
fn each_prefix_of_a_file_is_an_error_or_holds_no_server() {
    for length in 1..ENTRY.len() {
        let result = client::find("claude-code").expect("claude-code").read(&ENTRY.as_bytes()[..length], Scope::Project);
        assert!(result.is_err(), "{}", &ENTRY[..length]);
    }
}

#[test]
fn half_a_surrogate_pair_does_not_lose_the_users_servers() {
    let text = r#"{"history": ["cut \ud83d", "\udd11 \\ud83d \ud83d\udd11 \uD83D\\"], "mcpServers": {"a": {"command": "x", "args": ["\ud83d${A}"]}}}"#;
    let declaration = read("claude-code", Scope::User, text.as_bytes());
    assert_eq!(names(&declaration), ["A"]);
    assert_eq!(declaration.servers[0].args(), ["\u{fffd}${A}"]);
}

#[test]
fn a_key_that_stands_twice_marks_the_servers_on_whose_way_it_is() {
    let twice = |text: &str| -> Vec<(String, Option<String>)> {
        let servers = read("claude-code", Scope::User, text.as_bytes()).servers.into_iter();
        servers.map(|server| (server.name, server.duplicate_key)).collect()
    };
    let s = |name: &str, key: Option<&str>| (name.to_owned(), key.map(str::to_owned));
    assert_eq!(
        twice(r#"{"mcpServers": {"a": {"command": "x"}, "b": {"command": "x"}, "a": {"command": "y"}}}"#),
        [s("b", None), s("a", Some("a"))]
    );
    assert_eq!(
        twice(r#"{"mcpServers": {"z": {}}, "mcpServers": {"a": {"command": "x"}, "b": {"command": "x"}}}"#),
        [s("a", Some("mcpServers")), s("b", Some("mcpServers"))]
    );
    assert_eq!(
        twice(r#"{"mcpServers": {"a": {"command": "x", "env": {"K": "1", "K": "2"}}, "b": {"x": [{"k": 1, "\u006b": 2}]}}}"#),
        [s("a", Some("K")), s("b", Some("k"))]
    );
    assert_eq!(
        twice(r#"{"projects": {"/p": {}, "/p": {"mcpServers": {"a": {"command": "x"}}}}, "theme": 1, "theme": 2}"#),
        [s("a", Some("/p"))]
    );
    assert_eq!(twice(ENTRY), [s("a", None)]);
}

#[test]
fn the_switch_is_no_part_of_what_is_approved_and_everything_else_is() {
    let off = |rest: &str| {
        let text = format!("[mcp_servers.a]\ncommand = 'x'\n{rest}");
        project("codex", &text).servers.remove(0)
    };
    assert!(!off("enabled = false").is_started && off("enabled = true").is_started);
    assert_eq!(off("enabled = false").entry.canonical(), off("").entry.canonical());
    assert_ne!(off("enabled = 'false'").entry.canonical(), off("").entry.canonical(), "no switch, so no way to hide a text");
    let entry = |rest: &str| {
        let text = format!(r#"{{"mcpServers": {{"a": {{"command": "x"{rest}}}}}}}"#);
        project("claude-code", &text).servers.remove(0)
    };
    let plain = entry("");
    for other in [r#", "cwd": "/""#, r#", "unknown": null"#, r#", "args": []"#, r#", "env": {"disabled": true}"#] {
        assert_ne!(entry(other).entry.canonical(), plain.entry.canonical(), "{other}");
    }
}

#[test]
fn a_switch_that_the_client_does_not_know_hides_no_server() {
    for switch in [r#""disabled": true"#, r#""enabled": false"#] {
        for (client, key) in [("claude-code", "mcpServers"), ("vscode", "servers"), ("cursor", "mcpServers")] {
            let text = format!(r#"{{"{key}": {{"a": {{"command": "x", {switch}}}}}}}"#);
            let told = project(client, &text);
            assert!(told.servers[0].is_started && !told.servers[0].is_enabled, "{client}: {switch}");
            assert!(told.warnings.iter().any(|warning| warning.code == "client-ignores"), "{client}: {switch}");
        }
        let text = format!("[mcp_servers.a]\ncommand = 'x'\n{}", "disabled = true");
        assert!(project("codex", &text).servers[0].is_started);
    }
}

#[test]
fn a_large_file_of_the_user_is_read_and_its_lines_are_right() {
    let mut text = "{\n  \"history\": [\n".to_owned();
    for at in 0..6_000 {
        writeln!(text, "    {{\n      \"display\": \"line {at} with ${{NOT_A_REFERENCE}} and \\\"quotes\\\"\"\n    }},")
            .expect("text");
    }
    text.push_str("    null\n  ],\n  \"projects\": {\n");
    for at in 0..300 {
        writeln!(text, "    \"/home/dev/project-{at}\": {{ \"allowedTools\": [], \"mcpServers\": {{}} }},").expect("text");
    }
    text.push_str(
        "    \"/last\": { \"mcpServers\": {\n      \"pg\": { \"command\": \"x\", \"args\": [\"${PG}\"] }\n    } }\n  }\n}\n",
    );
    assert!(text.len() > 400_000, "{}", text.len());
    let declaration = read("claude-code", Scope::User, text.as_bytes());
    let [server] = &declaration.servers[..] else { panic!("{} servers", declaration.servers.len()) };
    assert_eq!((server.name.as_str(), server.context.as_deref()), ("pg", Some("/last")));
    assert_eq!(server.references[0].line, server.line);
    assert_eq!(text.lines().nth(server.line - 1).map(|line| line.contains("\"pg\"")), Some(true));
    assert_eq!(declaration.warnings, []);
}

#[test]
fn many_servers_and_many_names_are_all_found() {
    let servers: Vec<String> = (0..300)
        .map(|at| {
            let args: Vec<String> = (0..4).map(|name| format!("\"${{NAME_{at}_{name}}}\"")).collect();
            format!("\"s{at}\": {{\"command\": \"x\", \"args\": [{}]}}", args.join(", "))
        })
        .collect();
    let declaration = project("claude-code", &format!("{{\"mcpServers\": {{{}}}}}", servers.join(",\n")));
    assert_eq!((declaration.servers.len(), names(&declaration).len()), (300, 1_200));
    assert_eq!(declaration.servers.iter().map(|server| server.line).collect::<Vec<_>>(), (1..=300).collect::<Vec<_>>());
    let references = (0..2_000).map(|name| format!("${{N{name}}}")).collect::<Vec<_>>().concat();
    let declaration = project("claude-code", &format!(r#"{{"mcpServers": {{"a": {{"command": "{references}"}}}}}}"#));
    assert_eq!(names(&declaration).len(), 2_000);
    let table = |at| format!("[mcp_servers.s{at}]\ncommand = 'x'\nenv_vars = ['A{at}', 'B{at}']\n");
    assert_eq!(names(&project("codex", &(0..300).map(table).collect::<Vec<_>>().concat())).len(), 600);
}

/// Runs with a stack of 1 MiB, as a thread of a small system has.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread").join().expect("no panic");
}

fn all_of(server: &Server) -> usize {
    server.entry.canonical().len() + server.entry.leaves().len()
}

#[test]
fn two_hundred_levels_anywhere_are_no_error() {
    on_a_small_stack(|| {
        let lists = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let maps = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
        for deep in [lists, maps] {
            for text in [
                format!(r#"{{"x": {deep}, "mcpServers": {{"a": {{"command": "x"}}}}}}"#),
                format!(
                    r#"{{"mcpServers": {{"a": {{"command": "x", "args": [{deep}], "env": {{"A": {deep}}}, "z": {deep}}}}}}}"#
                ),
                format!(r#"{{"projects": {{"/p": {{"mcpServers": {{"a": {{"command": "x", "z": {deep}}}}}}}}}}}"#),
            ] {
                let declaration = read("claude-code", Scope::User, text.as_bytes());
                assert_eq!(declaration.servers.iter().filter(|server| all_of(server) > 0).count(), 1);
                let text = text.replace("mcpServers", "servers");
                assert!(read("vscode", Scope::User, text.as_bytes()).servers.len() <= 1);
            }
        }
    });
}

#[test]
fn bottomless_nesting_is_an_error_and_no_overflow() {
    on_a_small_stack(|| {
        let deep = |open: &str| open.repeat(100_000 / open.len());
        for text in [deep("["), deep("{\"a\":"), deep("[{\"a\":"), format!("{{\"mcpServers\": {}", deep("{\"a\":"))] {
            for client in all() {
                let error = client.read(text.as_bytes(), Scope::User).expect_err("too deep");
                let is_own_word = error.why == "the file is nested too deeply";
                assert!(is_own_word || !json().any(|json| json.name() == client.name()), "{}: {error}", client.name());
            }
        }
        let dotted = deep("a.") + "a";
        for text in [
            format!("a = {}", deep("[")),
            format!("a = {}", deep("{a=")),
            format!("a = {}", deep("[{a=")),
            format!("a = {}{}", "[".repeat(50_000), "]".repeat(50_000)),
            format!("{dotted} = 1"),
            format!("[{dotted}]"),
            format!("[[{dotted}]]"),
            format!("a = {{ {dotted} = 1 }}"),
            deep("["),
            deep("[[a]]\n[a.b"),
            format!("a = {}1{}", format!("{{ {} = ", "a.".repeat(78) + "a").repeat(70), "}".repeat(70)),
            format!("mcp_servers.s.a = {}1{}", format!("[{{ {} = ", "a.".repeat(78) + "a").repeat(35), "}]".repeat(35)),
        ] {
            assert!(client::find("codex").expect("codex").read(text.as_bytes(), Scope::User).is_err(), "{}", &text[..20]);
        }
    });
}

#[test]
fn what_is_as_deep_as_is_allowed_can_still_be_shown_and_sealed() {
    on_a_small_stack(|| {
        let depth = |name: &str, open: &str, close: &str, text: &dyn Fn(String) -> String| {
            let read = |depth: usize| {
                let text = text(format!("{}1{}", open.repeat(depth), close.repeat(depth)));
                client::find(name).expect(name).read(text.as_bytes(), Scope::User)
            };
            let deepest = (0..600).rev().find(|depth| read(*depth).is_ok()).expect("some depth");
            assert!(all_of(&read(deepest).expect("read").servers[0]) > 0);
            deepest
        };
        let json = |deep: String| format!(r#"{{"servers": {{"a": {{"command": "x", "z": {deep}}}}}}}"#);
        assert_eq!(depth("vscode", "[", "]", &json), 217);
        assert_eq!(depth("vscode", "{\"a\":", "}", &json), 217);
        let toml = |deep: String| format!("[mcp_servers.s.a]\nb = {deep}");
        assert_eq!(depth("codex", "[", "]", &toml), 217);
        assert_eq!(depth("codex", "{a=", "}", &toml), 216);
        assert_eq!(depth("codex", "{a.a=", "}", &toml), 108);
        let tables = |deep: String| format!("[[x.y]]\n[mcp_servers.s.a]\n[[mcp_servers.s.a.b.c.d]]\ne = {deep}");
        assert!(depth("codex", "[{a=", "}]", &tables) > 100);
    });
}

#[test]
fn two_hundred_levels_of_toml_are_no_error_and_endless_ones_no_overflow() {
    on_a_small_stack(|| {
        let read = |levels: usize, open: &str, close: &str| {
            let deep = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            let text = format!("x = {deep}\n[mcp_servers.s]\ncommand = 'c'\nz = {deep}\n");
            client::find("codex").expect("codex").read(text.as_bytes(), Scope::User)
        };
        for (open, close) in [("[", "]"), ("{a=", "}")] {
            for levels in [80, 81, 200, 201] {
                let declaration = read(levels, open, close).unwrap_or_else(|error| panic!("{levels} of {open}: {error}"));
                assert!(all_of(&declaration.servers[0]) > levels);
            }
            for levels in [230, 10_000] {
                let error = read(levels, open, close).expect_err("too deep");
                assert_eq!((error.line, error.why.as_str()), (1, "the file is nested too deeply"), "{levels} of {open}");
            }
            // so many are too many already, however deep
            let error = read(100_000, open, close).expect_err("too deep");
            assert_eq!(error.why, "more values stand in the file than can be kept");
            let alone = format!("x = {}", open.repeat(100_000 / open.len()));
            let error = client::find("codex").expect("codex").read(alone.as_bytes(), Scope::User).expect_err("too deep");
            assert_eq!(error.why, "the file is nested too deeply");
        }
    });
}

#[test]
fn dots_in_texts_and_comments_of_toml_are_no_depth() {
    let dots = ".a".repeat(50);
    let text = format!(
        "# {dots}\nx = \"{dots}\\\"{dots}\"\ny = '{dots}'\nz = \"\"\"\n\"{dots}\\\"\"\"\"\"\nw = \'\'\'{dots}\'\'\'\'\n[mcp_servers.a]\ncommand = 'c'\n"
    );
    assert_eq!(project("codex", &text).servers.len(), 1);
    let error =
        client::find("codex").expect("codex").read(format!("\na{dots} = 1").as_bytes(), Scope::User).expect_err("a long key");
    assert_eq!((error.line, error.why.as_str()), (2, "the file is nested too deeply"));
}

#[test]
fn a_small_file_takes_no_endless_memory() {
    let long = "k".repeat(400_000);
    let many = |item: &str| vec![item; 200_000].join(",");
    for (client, text) in [
        ("claude-code", format!(r#"{{"mcpServers": {{"{long}": {{"command": "x", "args": [{}]}}}}}}"#, many("0"))),
        ("claude-code", format!(r#"{{"mcpServers": {{"a": {{"command": "x", "args": [{}]}}}}}}"#, many("0"))),
        ("vscode", format!(r#"{{"servers": {{"a": {{"{long}": [{}]}}}}}}"#, many(r#""${env:A}""#))),
        ("codex", format!("[mcp_servers.{long}]\ncommand = 'x'\nenv_vars = [{}]\n", many("'A'"))),
        ("codex", format!("[mcp_servers.a]\ncommand = 'x'\nenv_vars = [{}]\n", many("'A'"))),
    ] {
        let error = client::find(client).expect("known").read(text.as_bytes(), Scope::Project).expect_err(client);
        assert!(error.to_string().len() < 100, "{error}");
    }
    // each within the bounds of one entry, and past those of one file
    let name = "n".repeat(7_000);
    let servers: Vec<String> =
        (0..60).map(|n| format!(r#""{name}{n}": {{"command": "x", "args": [{}]}}"#, vec!["0"; 5_000].join(","))).collect();
    let text = format!(r#"{{"mcpServers": {{ {} }}}}"#, servers.join(","));
    assert!(client::find("claude-code").expect("known").read(text.as_bytes(), Scope::Project).is_err());
}

const YAML: &[&str] = &["continue", "goose", "docker-catalog"];

#[test]
fn what_is_no_yaml_is_an_error_that_holds_nothing_of_the_file() {
    for text in [
        "a: [ghp_FAKESECRETFAKESECRET",
        "a: \"ghp_FAKESECRETFAKESECRET",
        "a: *ghp_FAKESECRETFAKESECRET",
        "a: &x [*x]",
        "? [ghp_FAKESECRETFAKESECRET]\n: 1",
        "a: 1\n---\nghp_FAKESECRETFAKESECRET: 1",
        "a: !<ghp_FAKESECRETFAKESECRET\n",
        "%YAML 9.9 ghp_FAKESECRETFAKESECRET\na: 1",
        "ghp_FAKESECRETFAKESECRET: 1\n\tb: 2",
        "a: 1\n b: ghp_FAKESECRETFAKESECRET\n  c: d: e",
        "a: 'x' ghp_FAKESECRETFAKESECRET",
    ] {
        for name in YAML {
            let error = client::find(name).expect(name).read(text.as_bytes(), Scope::Project).expect_err(text);
            assert!(!format!("{error} {error:?}").contains("FAKESECRET"), "{error}");
        }
    }
}

#[test]
fn aliases_that_multiply_are_refused_in_bounded_time_and_memory() {
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for at in 1..40 {
        writeln!(laughs, "a{at}: &a{at} [{}]", vec![format!("*a{}", at - 1); 9].join(", ")).expect("text");
    }
    let long = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(500_000), vec!["*a"; 50_000].join(", "));
    let nested: String = (0..200).map(|at| format!("&n{at} [")).collect();
    let nested = format!("a: {nested}{}{}", vec!["x"; 100_000].join(", "), "]".repeat(200));
    let merged = format!(
        "m: &m {{{}}}\nb: [{}]\n",
        (0..5_000).map(|at| format!("k{at}: v")).collect::<Vec<_>>().join(", "),
        vec!["{<<: *m}"; 5_000].join(", ")
    );
    for text in [laughs, long, nested, merged] {
        for name in YAML {
            let before = std::time::Instant::now();
            let error = client::find(name).expect(name).read(text.as_bytes(), Scope::Project).expect_err(name);
            assert!(error.why.starts_with("aliases make more") || error.why.starts_with("this is no YAML"), "{error}");
            assert!(before.elapsed().as_secs() < 10, "{name}");
        }
    }
}

#[test]
fn deep_yaml_is_an_error_and_no_overflow_and_two_hundred_levels_are_none() {
    on_a_small_stack(|| {
        let deep = |open: &str, count: usize, close: &str| format!("{}1{}", open.repeat(count), close.repeat(count));
        for name in YAML {
            let read = |text: &str| client::find(name).expect(name).read(text.as_bytes(), Scope::User);
            for text in [deep("[", 50_000, "]"), deep("{a: ", 50_000, "}"), deep("- ", 50_000, "")] {
                assert!(read(&format!("x: {text}")).is_err() && read(&text).is_err(), "{name}");
            }
            for text in [deep("[", 200, "]"), deep("{a: ", 200, "}")] {
                assert!(read(&format!("x: {text}")).is_ok(), "{name}: {:?}", read(&format!("x: {text}")).err());
            }
            let block: String = (0..200).map(|at| format!("{}k:\n", " ".repeat(at))).collect();
            assert!(read(&block).is_ok(), "{name}: {:?}", read(&block).err());
            // what an alias stands for counts where it stands
            let twice = format!("a: &a {}\nb: {}*a{}\n", deep("[", 150, "]"), "[".repeat(150), "]".repeat(150));
            assert!(read(&twice).is_err(), "{name}");
        }
    });
}

#[test]
fn a_large_yaml_file_is_read_in_its_time() {
    let mut text = "extensions:\n".to_owned();
    for at in 0..2_000 {
        writeln!(
            text,
            "  s{at}:\n    cmd: npx # {}\n    args: [a, b, \"c\"]\n    env_keys: [K{at}]\n    type: stdio",
            "x".repeat(400)
        )
        .expect("text");
    }
    let before = std::time::Instant::now();
    let declaration = read("goose", Scope::User, text.as_bytes());
    assert_eq!((declaration.servers.len(), names(&declaration).len()), (2_000, 2_000));
    assert_eq!(declaration.servers[1_999].line, 2 + 1_999 * 5);
    assert!(before.elapsed().as_secs() < 10);
}

#[test]
fn yaml_anchors_aliases_and_merge_keys_are_resolved() {
    let text = "\
base: &base
  type: stdio
  cmd: npx
  envs: &envs { LEVEL: info }
extensions:
  a:
    <<: *base
    cmd: uvx
    env_keys: [A]
  b:
    <<: [{ env_keys: [B] }, *base]
    args: [run, -e, LEVEL]
  c: *base
";
    let declaration = read("goose", Scope::User, text.as_bytes());
    let told: Vec<(&str, Option<&str>, usize)> =
        declaration.servers.iter().map(|server| (server.name.as_str(), server.command(), server.line)).collect();
    assert_eq!(told, [("a", Some("uvx"), 6), ("b", Some("npx"), 10), ("c", Some("npx"), 13)]);
    assert_eq!(names(&declaration), ["A", "B"]);
    assert!(declaration.servers.iter().all(|server| server.duplicate_key.is_none()));
    assert_eq!(declaration.servers[1].references[0].at, "/extensions/b/env_keys/0");
    let plain = "extensions: {c: {type: stdio, cmd: npx, envs: {LEVEL: info}}}";
    assert_eq!(
        read("goose", Scope::User, plain.as_bytes()).servers[0].entry.canonical(),
        declaration.servers[2].entry.canonical()
    );
}

#[test]
fn a_key_that_stands_twice_in_yaml_marks_its_server() {
    for text in [
        "extensions:\n  a: {cmd: x, cmd: y}\n",
        "extensions:\n  a: {cmd: z}\n  a: {cmd: y}\n",
        "extensions:\n  a: {cmd: y, 'envs': {A: 1, \"A\": 2}}\n",
        "m: &m {cmd: y}\nn: &n {cmd: z}\nextensions:\n  a:\n    <<: *m\n    <<: *n\n",
    ] {
        let declaration = read("goose", Scope::User, text.as_bytes());
        assert_eq!(declaration.servers[0].command(), Some("y"), "{text}");
        assert!(declaration.servers[0].duplicate_key.is_some(), "{text}");
    }
}

#[test]
fn scalars_of_yaml_mean_what_the_core_schema_says() {
    let text = "extensions:\n  a: {cmd: x, envs: {A: 8080, B: '8080', C: !!str 8080, D: no, E: ~, F: 0x1F, G: 1e3, H: 12e03d, I: ., J: -x}}\n";
    let canonical = |text: &str| read("goose", Scope::User, text.as_bytes()).servers[0].entry.canonical();
    let json = r#"{"extensions": {"a": {"cmd": "x", "envs": {"A": 8080, "B": "8080", "C": "8080", "D": "no", "E": null, "F": 0x1F, "G": 1e3, "H": "12e03d", "I": ".", "J": "-x"}}}}"#;
    assert_eq!(canonical(text), canonical(json));
}
