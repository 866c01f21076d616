//! Files that ask for as much work and memory as their size allows. Each is as long as it is asked to be, and no token in it is
//! one.

use std::collections::HashSet;

use mcpenv::client::{Format, Scope};
use mcpenv::crowd;

use crate::law;

/// What a file is made of: its start, what is repeated (with `#` for a number), its end. `@` in the start is a
/// name of half the size.
type Shape = (&'static str, &'static str, &'static str, &'static str);

const JSON: &[Shape] = &[
    ("servers", r#"{"mcpServers":{"#, r#""s#":{"command":"npx","args":["-y","x"],"env":{"A_TOKEN":"${A}"}},"#, r#""z":{}}}"#),
    ("empty servers", r#"{"mcpServers":{"#, r##""#":{},"##, r#""z":{}}}"#),
    ("names", r#"{"mcpServers":{"s":{"command":"x","env":{"#, r#""K#":"$A","#, r#""z":""}}}}"#),
    ("secrets", r#"{"mcpServers":{"s":{"command":"x","env":{"#, r#""T#_TOKEN":"made-up-4f9a2c","#, r#""z":""}}}}"#),
    ("options", r#"{"mcpServers":{"s":{"command":"docker","args":["run","#, r#""-e","A#","#, r#""x"]}}}"#),
    ("words", r#"{"mcpServers":{"s":{"command":"x","args":["#, r#""--token","a#","#, r#""x"]}}}"#),
    ("numbers", r#"{"mcpServers":{"s":{"command":"x","args":["#, "0,", "0]}}}"),
    ("numbers elsewhere", r#"{"other":["#, "0,", "0]}"),
    ("lists elsewhere", r#"{"other":["#, "[],", "0]}"),
    ("maps elsewhere", r#"{"other":["#, r#"{"":0},"#, "0]}"),
    ("keys elsewhere", r#"{"other":{"#, r##""#":0,"##, r#""z":0}}"#),
    ("one key again", r#"{"mcpServers":{"#, r#""s":{},"#, r#""s":{}}}"#),
    ("keys under a long name", r#"{"mcpServers":{"@":{"env":{"#, r#""K#":"","#, r#""z":""}}}}"#),
    ("dollars", r#"{"mcpServers":{"s":{"command":"x","args":[""#, "$", r#""]}}}"#),
    ("open references", r#"{"mcpServers":{"s":{"command":"x","args":[""#, "${A:-", r#""]}}}"#),
    ("references", r#"{"mcpServers":{"s":{"command":"x","args":[""#, "${A:-b}", r#""]}}}"#),
    ("marks of mcpenv", r#"{"mcpServers":{"s":{"command":"x","args":[""#, "%{A}", r#""]}}}"#),
    ("addresses", r#"{"mcpServers":{"s":{"url":""#, "https://u:p@h/?token=a&", r#""}}}"#),
    ("pairs", r#"{"mcpServers":{"s":{"command":"x","args":[""#, "token=a;", r#""]}}}"#),
    ("texts in texts", r#"{"mcpServers":{"s":{"command":"x","args":["["#, r#"{\"token\":\"a\"},"#, r#"0]"]}}}"#),
    ("escapes", r#"{"mcpServers":{"s":{"command":"x","args":[""#, r"\u0041", r#""]}}}"#),
    ("halves", r#"{"mcpServers":{"s":{"command":"x","args":[""#, r"\ud800", r#""]}}}"#),
    ("comments", r#"{"mcpServers":{"#, "/**/", "}}"),
    ("lines", r#"{"mcpServers":{"#, "\n", "}}"),
    ("open lists", "", "[", ""),
    ("open maps", "", r#"{"a":"#, ""),
    ("lists in a server", r#"{"mcpServers":{"s":{"x":["#, "[[[[]]]],", "0]}}}"),
    ("scopes", r#"{"projects":{"#, r#""/p#":{"mcpServers":{"s":{"command":"x"}}},"#, r#""z":{}}}"#),
    ("servers of an editor", r#"{"servers":{"#, r#""s#":{"command":"x","env":{"A":"${input:a#}"}},"#, r#""z":{}}}"#),
    ("inputs of an editor", r#"{"servers":{},"inputs":["#, r#"{"id":"a#","type":"promptString"},"#, "{}]}"),
];

const TOML: &[Shape] = &[
    ("servers", "", "[mcp_servers.s#]\ncommand = 'x'\nenv_vars = ['A']\nenv = { T_TOKEN = 'made-up-4f9a2c' }\n", ""),
    ("empty servers", "", "[mcp_servers.s#]\n", ""),
    ("names", "[mcp_servers.s]\ncommand = 'x'\nenv_vars = [", "'A#',", "]\n"),
    ("keys", "[mcp_servers.s.env]\n", "K# = ''\n", ""),
    ("dotted keys", "", "a.b.c.d.e.f.g.h.i#.j=0\n", ""),
    ("tables behind dots", "", "a#.b.c.d.e.f.g.h=0\n", ""),
    ("tables", "", "[[a]]\n", ""),
    ("numbers", "a = [", "0,", "]\n"),
    ("lists", "a = [", "[],", "]\n"),
    ("maps", "a = [", "{},", "]\n"),
    ("maps with a member", "a = [", "{b=0},", "]\n"),
    ("members", "a = {", "b#=0,", "z=0}\n"),
    ("dollars", "[mcp_servers.s]\ncommand = '", "$", "'\n"),
    ("escapes", "[mcp_servers.s]\ncommand = \"", "\\u0041", "\"\n"),
    ("comments", "", "#\n", ""),
    ("keys under a long name", "[mcp_servers.@.env]\n", "K#=''\n", ""),
    ("open lists", "a = ", "[", ""),
    ("open maps", "a = ", "{a=", ""),
    ("faults", "", "=\n", ""),
];

const YAML: &[Shape] = &[
    ("servers", "extensions:\n", "  s#: {type: stdio, cmd: x, envs: {A_TOKEN: made-up-4f9a2c}}\n", ""),
    ("empty servers", "extensions:\n", " s#:\n", ""),
    ("names", "extensions:\n  s:\n    cmd: x\n    env_keys:\n", "    - A#\n", ""),
    ("items", "other:\n", "- 0\n", ""),
    ("numbers", "other: [", "0,", "]\n"),
    ("lists", "other: [", "[],", "]\n"),
    ("maps", "other: [", "{a},", "]\n"),
    ("keys", "", "k#: 0\n", ""),
    ("aliases", "a: &a [0,0,0,0]\nextensions:\n", "  s#: *a\n", ""),
    ("anchors", "a:\n", "- &a#\n", ""),
    ("merges", "a: &a {b: 0}\nextensions:\n  s:\n", "    <<: *a\n", ""),
    ("references", "mcpServers:\n- name: s\n  command: ", "${{ secrets.A }}", "\n"),
    ("folds", "mcpServers:\n- name: s\n  command: \"", "\\\n ", "\"\n"),
    ("lines", "mcpServers:\n- name: s\n  command: |\n", "   a\n", ""),
    ("open lists", "", "[", ""),
    ("open maps", "", "{a: ", ""),
    ("dashes", "", "- ", ""),
    ("questions", "", "? ", ""),
    ("marks", "", "!", ""),
    ("documents", "", "---\n", ""),
];

const FLAT: &[Shape] = &[
    ("lines of .env", "", "A#=b\n", ""),
    ("references in .env", "A=", "$B", "\n"),
    ("an open quote", "A=\"", "b\n", ""),
    ("quotes", "A=", "'b'\"c\"", "\n"),
    ("members of JSON", "{", r#""A#":"b","#, r#""z":0}"#),
    ("members of an env", r#"{"env":{"#, r#""A#":"b","#, r#""z":0}}"#),
    ("lists of JSON", "", "[", ""),
    ("keys of TOML", "", "A# = 'b'\n", ""),
    ("numbers of TOML", "A = [", "0,", "]\n"),
    ("keys of YAML", "", "A#: b\n", ""),
    ("lists of YAML", "a: [", "0,", "]\n"),
    ("aliases of YAML", "a: &a b\n", "A#: *a\n", ""),
];

const PROJECT: &[Shape] = &[
    ("variables", "", "[variables.A#]\n", ""),
    ("servers", "", "[servers.s#]\nvariables = ['A']\n", ""),
    ("names", "[servers.s]\nvariables = [", "'A#',", "]\n"),
    ("headers", "[servers.s.headers]\n", "A# = '${A}'\n", ""),
    ("references", "[servers.s.headers]\nA = '", "${A}", "'\n"),
    ("keys under a long name", "[servers.@.headers]\n", "A# = '${A}'\n", ""),
    ("clients", "clients = [", "'codex',", "]\n"),
    ("numbers", "a = [", "0,", "]\n"),
];

const PAYLOAD: &[Shape] = &[
    ("variables", START, r#""A#":{"value":"b","created":0,"changed":0},"#, r#""z":{"value":"b","created":0,"changed":0}}}"#),
    ("unknown fields", FIELDS, r##""#":0,"##, r#""z":0}"#),
    ("unknown numbers", MORE, "0,", "0]}"),
    ("one long value", LONG, "b", r#"","created":0,"changed":0}}}"#),
    ("escapes", LONG, r"\u0041", r#"","created":0,"changed":0}}}"#),
    ("open lists", "", "[", ""),
];

const START: &str = r#"{"format":1,"generation":1,"fingerprint_key":"0000000000000000000000000000000000000000000000000000000000000000","variables":{"#;
const FIELDS: &str = r#"{"format":1,"generation":1,"fingerprint_key":"0000000000000000000000000000000000000000000000000000000000000000","variables":{},"#;
const LONG: &str = r#"{"format":1,"generation":1,"fingerprint_key":"0000000000000000000000000000000000000000000000000000000000000000","variables":{"A":{"value":""#;

const MORE: &str = r#"{"format":1,"generation":1,"fingerprint_key":"0000000000000000000000000000000000000000000000000000000000000000","variables":{},"more":["#;

/// The families of files that somebody else may have written.
pub const FAMILIES: &[&str] = &["client_json", "client_toml", "client_yaml", "flat", "project_file", "profile_payload"];

/// What makes a shape thin: so many blanks behind each part that the text is just not too full to be read at all.
const THIN: &str = ", thin";

/// The names of a family's worst cases.
pub fn names(family: &str) -> Vec<String> {
    let thin = |shape: &&Shape| is_full(family, shape.0).is_some_and(|is_full| is_full(&written(shape, 1024 * 1024, 0)));
    let shapes = shapes(family).iter();
    let plain = shapes.clone().map(|shape| shape.0.to_owned());
    plain.chain(shapes.filter(thin).map(|shape| format!("{}{THIN}", shape.0))).collect()
}

/// The text of one of them, about this long.
pub fn text(family: &str, name: &str, size: usize) -> String {
    let (plain, is_thin) = name.strip_suffix(THIN).map_or((name, false), |plain| (plain, true));
    let shape = shapes(family).iter().find(|shape| shape.0 == plain).unwrap_or_else(|| panic!("no case {name}"));
    match is_full(family, plain).filter(|_| is_thin) {
        None => written(shape, size, 0),
        Some(is_full) => {
            let texts = (0..).map(|blanks| written(shape, size, blanks));
            texts.into_iter().find(|text| !is_full(text)).expect("thin in the end")
        }
    }
}

fn shapes(family: &str) -> &'static [Shape] {
    match family {
        "client_json" => JSON,
        "client_toml" => TOML,
        "client_yaml" => YAML,
        "flat" => FLAT,
        "project_file" => PROJECT,
        "profile_payload" => PAYLOAD,
        _ => panic!("no family {family}"),
    }
}

/// What refuses a text of this shape before it is read, where blanks behind its parts are allowed.
fn is_full(family: &str, name: &str) -> Option<fn(&str) -> bool> {
    let toml: fn(&str) -> bool = |text| crowd::is_full_toml(text.as_bytes());
    let json: fn(&str) -> bool = |text| crowd::is_full_json(text.as_bytes());
    match family {
        "client_json" => Some(json),
        "client_toml" => Some(toml),
        "flat" if name.ends_with("of JSON") || name.ends_with("of an env") => Some(json),
        "flat" if name.ends_with("of TOML") => Some(toml),
        "project_file" => Some(|text| crowd::is_full_own(text.as_bytes())),
        _ => None,
    }
}

fn written((_, start, part, end): &Shape, size: usize, blanks: usize) -> String {
    let mut text = String::with_capacity(size + 256);
    text.push_str(&start.replace('@', &"x".repeat(size / 2)));
    let is_numbered = part.len() > 2 && part.contains('#');
    let (before, behind) = if is_numbered { part.split_once('#').unwrap_or((part, "")) } else { (*part, "") };
    for number in 0.. {
        if text.len() + part.len() + blanks + end.len() > size {
            break;
        }
        text.push_str(before);
        if is_numbered {
            text.push_str(&number.to_string());
            text.push_str(behind);
        }
        text.extend(std::iter::repeat_n(' ', blanks));
    }
    text.push_str(end);
    text
}

/// The format of a family of client files.
pub fn format(family: &str) -> Option<Format> {
    match family {
        "client_json" => Some(Format::Json),
        "client_toml" => Some(Format::Toml),
        "client_yaml" => Some(Format::Yaml),
        _ => None,
    }
}

/// Reads a text of a family once: a client file as each of the clients whose files differ.
pub fn read(family: &str, text: &[u8]) {
    let text_law = match family {
        "flat" => law::flat_file,
        "project_file" => law::project_file,
        "profile_payload" => law::profile_payload,
        _ => {
            let format = format(family).expect("a client's file");
            // those whose maps of servers the texts have
            let few = ["claude-code", "vscode", "codex", "goose"];
            for client in law::readers(format).filter(|client| few.contains(&client.name())) {
                // one change at a time takes what all together take, and the most time
                let mut tried: HashSet<String> = (0..law::ALONE).map(|n| n.to_string()).collect();
                law::read_by(client, format, text, &[Scope::User], &mut tried);
            }
            return;
        }
    };
    text_law(text);
}
