//! The smallest edits: what is asked for, and not a byte beside it.

use mcpenv::client::{Change, Format, SpliceError, Value, splice};

fn text(at: &str, range: std::ops::Range<usize>, with: &str) -> Change {
    Change::Text { at: at.to_owned(), range, with: with.to_owned() }
}

fn remove(at: &str) -> Change {
    Change::Remove { at: at.to_owned() }
}

fn insert(into: &str, after: Option<&str>, key: &str, value: &str) -> Change {
    let value = Value::Text(value.to_owned());
    Change::Insert { into: into.to_owned(), after: after.map(str::to_owned), key: key.to_owned(), value }
}

fn items(into: &str, before: usize, items: &[&str]) -> Change {
    Change::Items { into: into.to_owned(), before, items: items.iter().map(|i| (*i).to_owned()).collect() }
}

fn list(words: &[&str]) -> Value {
    Value::List(words.iter().map(|word| Value::Text((*word).to_owned())).collect())
}

fn done(format: Format, before: &str, changes: &[Change]) -> String {
    match splice(format, before.as_bytes(), changes) {
        Ok(after) => String::from_utf8(after.to_vec()).expect("text"),
        Err(e) => format!("refused: {e}"),
    }
}

fn json(before: &str, changes: &[Change]) -> String {
    done(Format::Json, before, changes)
}

fn toml(before: &str, changes: &[Change]) -> String {
    done(Format::Toml, before, changes)
}

#[test]
fn a_part_of_a_json_string_changes_and_its_escapes_stay() {
    for (before, range, after) in [
        (r#"{"a": "secret"}"#, 0..6, r#"{"a": "${X}"}"#),
        ("\u{feff}{\r\n\t\"a\" : \"Bearer secret\" , // c\r\n}", 7..13, "\u{feff}{\r\n\t\"a\" : \"Bearer ${X}\" , // c\r\n}"),
        (r#"{"a":"\u0042earer \/secret"}"#, 8..14, r#"{"a":"\u0042earer \/${X}"}"#),
        (r#"{"a":"\ud83d\ude00secret\ud800"}"#, 4..10, r#"{"a":"\ud83d\ude00${X}\ud800"}"#),
        (r#"{"a":"\u0073ecret"}"#, 0..6, r#"{"a":"${X}"}"#),
    ] {
        assert_eq!(json(before, &[text("/a", range, "${X}")]), after);
    }
    assert_eq!(json(r#"{"a":"b"}"#, &[text("/a", 0..1, "\"\\\n")]), r#"{"a":"\"\\\n"}"#);
    assert_eq!(json(r#"{"a/b":{"~c":["", "xyz"]}}"#, &[text("/a~1b/~0c/1", 1..2, "")]), r#"{"a/b":{"~c":["", "xz"]}}"#);
}

#[test]
fn a_member_goes_with_its_comma_and_comments_stay() {
    for (before, after) in [
        ("{\n  \"a\": 1,\n  \"b\": 2\n}", "{\n  \"b\": 2\n}"),
        ("{\n  \"b\": 2,\n  \"a\": 1\n}", "{\n  \"b\": 2\n}"),
        ("{\n  \"b\": 2,\n  \"a\": 1,\n}", "{\n  \"b\": 2,\n}"),
        ("{\r\n  \"b\": 2, // two\r\n  \"a\": 1 // one\r\n}", "{\r\n  \"b\": 2 // two\r\n  // one\r\n}"),
        ("{ \"a\": 1, \"b\": 2 }", "{ \"b\": 2 }"),
        ("{ \"b\": 2, \"a\": 1 }", "{ \"b\": 2 }"),
        ("{\"b\":2,\"a\":1}", "{\"b\":2}"),
        ("{\"a\":1,\"b\":2}", "{\"b\":2}"),
        ("{ \"a\": 1 }", "{ }"),
        ("{\n  \"a\": 1\n}", "{\n}"),
        ("{\n  \"a\": 1 /* x */, // y\n  \"b\": 2\n}", "{\n   /* x */ // y\n  \"b\": 2\n}"),
        ("{ /* x */ \"a\": 1 /* y */ }", "{ /* x */ /* y */ }"),
        ("{ \"b\": 2 /* , */ , /* x */ \"a\": 1 /* y */ }", "{ \"b\": 2 /* , */  /* x */ /* y */ }"),
    ] {
        assert_eq!(json(before, &[remove("/a")]), after, "{before}");
    }
    assert_eq!(json("[1, 2, 3]", &[remove("/1")]), "[1, 3]");
}

#[test]
fn a_member_comes_where_its_siblings_stand() {
    for (before, after) in [
        ("{\n  \"a\": 1\n}", "{\n  \"a\": 1,\n  \"n\": \"v\"\n}"),
        ("{\n  \"a\": 1,\n}", "{\n  \"a\": 1,\n  \"n\": \"v\",\n}"),
        ("{\r\n\t\"a\": 1 // c\r\n}", "{\r\n\t\"a\": 1, // c\r\n\t\"n\": \"v\"\r\n}"),
        ("{\n  \"a\": 1, // c\n}", "{\n  \"a\": 1, // c\n  \"n\": \"v\",\n}"),
        ("{ \"a\": 1 }", "{ \"a\": 1, \"n\": \"v\" }"),
        ("{\"a\":1,\"b\":2}", "{\"a\":1,\"n\":\"v\",\"b\":2}"),
        ("{\"a\":1,}", "{\"a\":1, \"n\":\"v\",}"),
        ("{ }", "{\"n\": \"v\" }"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}", "{\n  \"a\": 1,\n  \"n\": \"v\",\n  \"b\": 2\n}"),
        ("{\n  \"a\": 1, \"b\": 2\n}", "{\n  \"a\": 1, \"n\": \"v\", \"b\": 2\n}"),
        ("{\n  \"a\": 1\n  , \"b\": 2\n}", "{\n  \"a\": 1,\n  \"n\": \"v\"\n  , \"b\": 2\n}"),
    ] {
        assert_eq!(json(before, &[insert("", Some("a"), "n", "v")]), after, "{before}");
    }
}

#[test]
fn items_come_first_last_and_into_nothing() {
    for (before, first, last) in [
        ("[\"a\", \"b\"]", "[\"x\", \"y\", \"a\", \"b\"]", "[\"a\", \"b\", \"x\", \"y\"]"),
        ("[\"a\",\"b\"]", "[\"x\",\"y\",\"a\",\"b\"]", "[\"a\",\"b\",\"x\",\"y\"]"),
        ("[\n  \"a\"\n]", "[\n  \"x\",\n  \"y\",\n  \"a\"\n]", "[\n  \"a\",\n  \"x\",\n  \"y\"\n]"),
        ("[]", "[\"x\", \"y\"]", "[\"x\", \"y\"]"),
        ("[ // none\n]", "[\"x\", \"y\" // none\n]", "[\"x\", \"y\" // none\n]"),
    ] {
        assert_eq!(json(before, &[items("", 0, &["x", "y"])]), first);
        assert_eq!(json(before, &[items("", 9, &["x", "y"])]), last);
    }
}

#[test]
fn a_part_of_a_toml_string_changes_in_its_own_quotes() {
    for (before, range, after) in [
        ("a = 'secret' # c\r\n", 0..6, "a = '${X}' # c\r\n"),
        ("a = \"x\\tsecret\"", 2..8, "a = \"x\\t${X}\""),
        ("b.a = { a = 'no' }\na = \"\"\"\nx secret\"\"\"\n", 2..8, "b.a = { a = 'no' }\na = \"\"\"\nx ${X}\"\"\"\n"),
        ("a = '''\nx secret'y'''\n", 2..8, "a = '''\nx ${X}'y'''\n"),
    ] {
        assert_eq!(toml(before, &[text("/a", range, "${X}")]), after);
    }
    assert_eq!(toml("a = 'b'", &[text("/a", 0..1, "it's")]), "a = \"it's\"");
}

#[test]
fn a_toml_key_goes_wherever_it_stands() {
    for (before, at, after) in [
        ("x = 1\n[s.a.env]\nT = 'v'\nU = 'w'\n\n[s.b]\ny = 1\n", "/s/a/env/T", "x = 1\n[s.a.env]\nU = 'w'\n\n[s.b]\ny = 1\n"),
        ("[s.a.env]\nT = 'v'\n", "/s/a/env/T", "[s.a.env]\n"),
        ("[s.a]\r\nc = 1\r\nenv.T = 'v' # mine\r\nd = 2\r\n", "/s/a/env/T", "[s.a]\r\nc = 1\r\n# mine\r\nd = 2\r\n"),
        ("s.a.env.T = 'v'\ns.a.c = 1", "/s/a/env/T", "s.a.c = 1"),
        ("[s.a]\nenv = { T = 'v', U = 'w' }\n", "/s/a/env/T", "[s.a]\nenv = { U = 'w' }\n"),
        ("[s.a]\nenv = { U = 'w', T = 'v' }\n", "/s/a/env/T", "[s.a]\nenv = { U = 'w' }\n"),
        ("[s.a]\nenv = { T = 'v' }\n", "/s/a/env/T", "[s.a]\nenv = { }\n"),
        ("[s.a]\n  T = \"\"\"\nx\ny\"\"\"\nz = 1", "/s/a/T", "[s.a]\nz = 1"),
    ] {
        assert_eq!(toml(before, &[remove(at)]), after, "{before}");
    }
}

#[test]
fn a_toml_key_comes_behind_its_siblings() {
    let change = |into: &str| Change::Insert { into: into.to_owned(), after: None, key: "n".to_owned(), value: list(&["V"]) };
    for (before, after) in [
        ("[s.a]\nc = 1\n[s.a.env]\nT = 2\n", "[s.a]\nc = 1\nn = [\"V\"]\n[s.a.env]\nT = 2\n"),
        (
            "[s.a] # x\n  c = [\n 1, # y\n ] # z\r\n\r\n# end\r\n",
            "[s.a] # x\n  c = [\n 1, # y\n ] # z\r\n  n = [\"V\"]\n\r\n# end\r\n",
        ),
        ("s.a.c = 1\ns.b.c = 2\n", "s.a.c = 1\ns.a.n = [\"V\"]\ns.b.c = 2\n"),
        ("[s]\n\"a\".c = 1", "[s]\n\"a\".c = 1\n\"a\".n = [\"V\"]"),
        ("s = { a = { c = 1 } }", "s = { a = { c = 1, n = [\"V\"] } }"),
        ("[s]\na = { c = 1, }\n", "[s]\na = { c = 1, n = [\"V\"], }\n"),
    ] {
        assert_eq!(toml(before, &[change("/s/a")]), after, "{before}");
    }
}

#[test]
fn a_toml_table_that_is_not_there_comes_at_the_end() {
    let value = Value::Map(vec![("variables".to_owned(), list(&["A"]))]);
    let change = Change::Insert { into: "/servers".to_owned(), after: None, key: "x y".to_owned(), value };
    for (before, after) in [
        ("profile = 'p'\n", "profile = 'p'\n\n[servers.\"x y\"]\nvariables = [\"A\"]\n"),
        ("profile = 'p'", "profile = 'p'\n\n[servers.\"x y\"]\nvariables = [\"A\"]\n"),
        ("", "[servers.\"x y\"]\nvariables = [\"A\"]\n"),
        (
            "[servers.b]\r\nvariables = []\r\n",
            "[servers.b]\r\nvariables = []\r\n\r\n[servers.\"x y\"]\r\nvariables = [\"A\"]\r\n",
        ),
        ("servers = { b = {} }\n", "servers = { b = {}, \"x y\" = { variables = [\"A\"] } }\n"),
        ("[servers]\nb = {}\n", "[servers]\nb = {}\n\"x y\" = { variables = [\"A\"] }\n"),
    ] {
        assert_eq!(toml(before, std::slice::from_ref(&change)), after, "{before}");
    }
    assert_eq!(
        toml("[servers.a]\nvariables = [\n  \"A\",\n]\n", &[items("/servers/a/variables", 9, &["B"])]),
        "[servers.a]\nvariables = [\n  \"A\",\n  \"B\",\n]\n"
    );
}

fn yaml(before: &str, changes: &[Change]) -> String {
    done(Format::Yaml, before, changes)
}

#[test]
fn a_part_of_a_yaml_text_changes_however_it_is_written() {
    for (before, range, after) in [
        ("a: secret # c\r\n", 0..6, "a: ${X} # c\r\n"),
        ("a: 'x secret'", 2..8, "a: 'x ${X}'"),
        ("a: 'it''s secret'", 5..11, "a: 'it''s ${X}'"),
        ("a: \"\\tsecret\"", 1..7, "a: \"\\t${X}\""),
        ("a: {b: 1}\nc:\n- [secret]\n", 0..6, "a: {b: 1}\nc:\n- [\"${X}\"]\n"),
        (
            "a: |\n  x\n  secret\nb: 1\n",
            2..8,
            "refused: it is written in a way that cannot be changed at `/a` without touching more",
        ),
        ("a: \"se\\\n  cret\"", 0..6, "a: \"${X}\""),
        ("--- # head\na: secret\n...\n", 0..6, "--- # head\na: ${X}\n...\n"),
    ] {
        let at = if before.contains("c:\n- ") { "/c/0/0" } else { "/a" };
        assert_eq!(yaml(before, &[text(at, range, "${X}")]), after, "{before}");
    }
    assert_eq!(yaml("a: x y\n", &[text("/a", 0..1, "%{A}")]), "a: \"%{A} y\"\n");
    assert_eq!(yaml("a: x\n", &[text("/a", 0..1, "yes")]), "a: \"yes\"\n");
    assert_eq!(yaml("a: x\n", &[text("/a", 0..1, "b: c #d")]), "a: \"b: c #d\"\n");
}

#[test]
fn a_yaml_member_goes_and_comes_by_its_indentation() {
    for (before, after) in [
        ("s:\n  e:\n    T: v\n    U: w # u\n", "s:\n  e:\n    U: w # u\n"),
        ("s:\n  e:\n    U: w\n    T: v # t\n  f: 1\n", "s:\n  e:\n    U: w\n    # t\n  f: 1\n"),
        ("s:\n  e:\n    T: v\n  f: 1\n", "s:\n  e:\n    {}\n  f: 1\n"),
        ("s:\n  e: { T: v, U: w }\n", "s:\n  e: { U: w }\n"),
        ("s: {e: {T: v}}", "s: {e: {}}"),
        ("s:\r\n  e:\r\n    T: |\r\n      a\r\n      b\r\n    U: w\r\n", "s:\r\n  e:\r\n    U: w\r\n"),
    ] {
        assert_eq!(yaml(before, &[remove("/s/e/T")]), after, "{before}");
    }
    let list = Change::Insert { into: "/s/0".to_owned(), after: None, key: "k".to_owned(), value: list(&["A_B", "no"]) };
    for (before, after) in [
        ("s:\n  - a: 1\n    b:\n      - x\n\n# end\n", "s:\n  - a: 1\n    b:\n      - x\n    k: [A_B, \"no\"]\n\n# end\n"),
        ("s:\n  - a: 1", "s:\n  - a: 1\n    k: [A_B, \"no\"]"),
        ("s: [{ a: 1 }]", "s: [{ a: 1, k: [A_B, \"no\"] }]"),
        ("s:\n- a: |\n    x\n- b: 2\n", "s:\n- a: |\n    x\n  k: [A_B, \"no\"]\n- b: 2\n"),
    ] {
        assert_eq!(yaml(before, std::slice::from_ref(&list)), after, "{before}");
    }
    for (before, first, last) in [
        ("s:\n  - a\n  - b # c\nt: 1\n", "s:\n  - x\n  - a\n  - b # c\nt: 1\n", "s:\n  - a\n  - b # c\n  - x\nt: 1\n"),
        ("s: [a, b]\n", "s: [\"x\", a, b]\n", "s: [a, b, \"x\"]\n"),
        ("s: []\n", "s: [\"x\"]\n", "s: [\"x\"]\n"),
    ] {
        assert_eq!(yaml(before, &[items("/s", 0, &["x"])]), first);
        assert_eq!(yaml(before, &[items("/s", 9, &["x"])]), last);
    }
}

#[test]
fn what_an_anchor_shares_is_not_changed_for_one_of_its_uses() {
    let shared = |before: &str, change| match splice(Format::Yaml, before.as_bytes(), &[change]) {
        Err(SpliceError::Shared(_)) => true,
        other => panic!("{before}: {other:?}"),
    };
    assert!(shared("a: &t secret\nb: *t\n", text("/a", 0..6, "x")));
    assert!(shared("a: &t secret\nb: *t\n", text("/b", 0..6, "x")));
    assert!(shared("base: &b\n  env: {T: v, U: w}\ns:\n  <<: *b\n  c: 1\n", text("/s/env/T", 0..1, "x")));
    assert!(shared("base: &b\n  env: {T: v, U: w}\ns:\n  <<: *b\n  c: 1\n", remove("/s/env/T")));
    assert!(shared("base: &b {T: v}\ns: *b\n", insert("/s", None, "k", "v")));
    assert_eq!(yaml("a: &t secret\nb: 1\n", &[text("/a", 0..6, "x")]), "a: &t x\nb: 1\n");
}

#[test]
fn several_changes_are_made_one_after_the_other() {
    let before = "{\n  \"s\": {\n    \"command\": \"npx\",\n    \"args\": [\"-y\", \"x\"],\n    \"env\": {\n      \"A\": \"1\",\n      \"B\": \"2\"\n    }\n  }\n}\n";
    let changes = [
        text("/s/args/1", 0..1, "%{A}"),
        text("/s/command", 0..3, "mcpenv"),
        items("/s/args", 0, &["exec", "--", "npx"]),
        remove("/s/env/A"),
        remove("/s/env/B"),
    ];
    assert_eq!(
        json(before, &changes),
        "{\n  \"s\": {\n    \"command\": \"mcpenv\",\n    \"args\": [\"exec\", \"--\", \"npx\", \"-y\", \"%{A}\"],\n    \"env\": {\n    }\n  }\n}\n"
    );
}

#[test]
fn what_cannot_be_changed_without_doubt_is_refused() {
    let refused = |format, before: &str, change| splice(format, before.as_bytes(), &[change]).expect_err("refused");
    let twice = SpliceError::Twice("a".to_owned());
    assert_eq!(refused(Format::Json, r#"{"a": "x", "a": "y"}"#, text("/a", 0..1, "z")), twice);
    assert_eq!(refused(Format::Json, r#"{"b": 1, "a": "x", "a": "y"}"#, remove("/b")), twice);
    assert_eq!(refused(Format::Json, r#"{"a": {"c": 1, "a": 1}, "a": {"b": 2}}"#, remove("/a/b")), twice);
    assert!(matches!(refused(Format::Json, r#"{"a": "x""#, text("/a", 0..1, "z")), SpliceError::Unreadable(_)));
    assert!(matches!(refused(Format::Json, "\u{feff}", text("/a", 0..1, "z")), SpliceError::Absent(_)));
    assert!(matches!(refused(Format::Json, r#"{"a": 1}"#, text("/a", 0..1, "z")), SpliceError::Kind(_)));
    assert!(matches!(refused(Format::Json, r#"{"a": "é"}"#, text("/a", 0..1, "z")), SpliceError::Kind(_)));
    assert!(matches!(refused(Format::Json, r#"{"a": "x"}"#, text("/a", 0..9, "z")), SpliceError::Kind(_)));
    assert!(matches!(refused(Format::Json, r#"{"a": "x"}"#, remove("")), SpliceError::Kind(_)));
    assert!(matches!(refused(Format::Json, r#"{"a": "x"}"#, insert("", None, "a", "z")), SpliceError::Kind(_)));
    assert!(matches!(refused(Format::Json, "[1]", remove("/1")), SpliceError::Absent(_)));
    assert!(matches!(refused(Format::Toml, "a = 1\n[b]\n", items("/b", 0, &["x"])), SpliceError::Kind(_)));
    refused(Format::Toml, "[[b]]\nx = 1\n", items("/b", 0, &["x"]));
    let dotted = "s = { a = { env.T = 'v', c = 1 } }";
    assert!(matches!(refused(Format::Toml, dotted, remove("/s/a/env/T")), SpliceError::Unsure(_)));
    assert!(splice(Format::Json, b"{\"a\": \"\xff\"}", &[text("/a", 0..1, "z")]).is_err());
}

#[test]
fn many_changes_in_many_places_need_few_looks_and_too_many_in_one_are_refused() {
    let members = |count: usize| (0..count).map(|n| format!("\"k{n}\": \"v\"")).collect::<Vec<_>>().join(", ");
    let server = |n: usize| format!("\"s{n}\": {{ \"env\": {{ \"A\": \"v\", {} }} }}", members(20));
    let many = format!("{{ {} }}", (0..2_000).map(server).collect::<Vec<_>>().join(", "));
    let changes: Vec<Change> = (0..2_000).map(|n| remove(&format!("/s{n}/env/A"))).collect();
    assert_eq!(json(&many, &changes), many.replace("\"A\": \"v\", ", ""));
    let changes: Vec<Change> = (0..100).map(|n| remove(&format!("/k{n}"))).collect();
    let text = format!("{{ {} }}", members(100));
    assert_eq!(splice(Format::Json, text.as_bytes(), &changes), Err(SpliceError::TooMany(String::new())));
}
