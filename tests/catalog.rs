//! The list of servers and of the forms of tokens: every row of it, and that a form knows its own.

use std::collections::BTreeSet;

use mcpenv::catalog::{self, Token};
use mcpenv::mask;
use mcpenv::var::VarName;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// The id of the server that this starts.
fn id(command: Option<&str>, args: &[&str], url: Option<&str>) -> Option<&'static str> {
    catalog::server_for(command, args, url).map(|server| server.id.as_str())
}

/// Made-up texts of a form.
fn examples(token: &Token) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let strategy = proptest::string::string_regex(token.pattern.text()).unwrap_or_else(|e| panic!("{}: {e}", token.id));
    (0..8).map(|_| strategy.new_tree(&mut runner).expect("a text").current()).collect()
}

fn has_its_prefix(token: &Token, text: &str) -> bool {
    token.prefix.is_empty() || token.prefix.iter().any(|prefix| text.starts_with(prefix))
}

#[test]
fn every_form_knows_its_own_tokens_whole_and_no_part_of_them() {
    for token in catalog::tokens() {
        for example in examples(token) {
            assert!(token.pattern.is_whole(example.as_bytes()), "{}: {example}", token.id);
            assert!(has_its_prefix(token, &example), "{}: {example}", token.id);
            let prefix = token.prefix.iter().filter(|prefix| example.starts_with(*prefix)).map(String::len).max().unwrap_or(6);
            assert!(!token.pattern.is_whole(&example.as_bytes()[..prefix + 2]), "{}: {example}", token.id);
            for around in [format!(" {example}"), format!("{example}\u{1}"), format!("x{example}")] {
                assert!(!token.pattern.is_whole(around.as_bytes()), "{}: {around:?}", token.id);
            }
        }
    }
}

#[test]
fn a_token_that_needs_no_name_is_found_in_a_text() {
    for token in catalog::tokens().iter().filter(|token| !token.needs_name) {
        assert!(!token.prefix.is_empty(), "{}: nothing would find it", token.id);
        for example in examples(token) {
            let text = format!("--x=\"{example}\" more");
            let found: Vec<String> = catalog::find(&text).into_iter().map(|found| text[found.range].to_owned()).collect();
            assert_eq!(found, [example.trim_end()], "{}", token.id);
        }
    }
}

#[test]
fn no_form_takes_a_stand_in_for_a_token() {
    let patterns = catalog::servers()
        .iter()
        .flat_map(|server| &server.vars)
        .map(|variable| (&variable.name, &variable.pattern, &variable.prefix));
    for (name, pattern, prefix) in
        catalog::tokens().iter().map(|token| (&token.id, &token.pattern, &token.prefix)).chain(patterns)
    {
        let starts = prefix.iter().map(String::as_str).chain([""]);
        for start in starts {
            for rest in ["YOUR_API_KEY_HERE", "your-token-here", "changeme", "<token>", "${TOKEN}", "...", ""] {
                let text = format!("{start}{rest}");
                assert!(!pattern.is_whole(text.as_bytes()), "{name}: {text}");
            }
        }
    }
}

#[test]
fn every_row_is_whole() {
    let mut ids = BTreeSet::new();
    let forms: BTreeSet<&str> = catalog::tokens().iter().map(|token| token.id.as_str()).collect();
    let are_letters = |text: &str| text.split(',').all(|letter| matches!(letter, "D" | "R" | "G" | "M"));
    assert_eq!(forms.len(), catalog::tokens().len(), "an id stands twice");
    for token in catalog::tokens() {
        assert!(are_letters(&token.source) && !token.pattern.is_empty(), "{}", token.id);
    }
    assert!(catalog::servers().len() >= 70 && forms.len() >= 70);
    for server in catalog::servers() {
        assert!(ids.insert(&server.id) && !server.names.is_empty() && !server.name.is_empty(), "{}", server.id);
        let mut names = BTreeSet::new();
        for variable in &server.vars {
            let row = format!("{} {}", server.id, variable.name);
            assert!(names.insert(&variable.name) && VarName::parse(&variable.name).is_ok(), "{row}");
            assert!(variable.docs.is_empty() || variable.docs.starts_with("https://"), "{row}");
            assert!(variable.docs.bytes().all(|byte| byte.is_ascii_graphic()), "{row}");
            assert!(variable.formats.iter().all(|id| forms.contains(id.as_str())), "{row}");
            assert!(are_letters(&variable.evidence), "{row}");
            assert_eq!(variable.rotate_days.is_some_and(|days| days > 0), variable.is_secret, "{row}");
            if !variable.pattern.is_empty() {
                let strategy = proptest::string::string_regex(variable.pattern.text()).unwrap_or_else(|e| panic!("{row}: {e}"));
                let example = strategy.new_tree(&mut TestRunner::deterministic()).expect("a text").current();
                assert!(variable.pattern.is_whole(example.as_bytes()), "{row}: {example}");
            }
        }
    }
    for advice in catalog::guide() {
        assert!(VarName::parse(&advice.name).is_ok() && !advice.kind.is_empty() && !advice.scope.is_empty(), "{}", advice.name);
        assert!(advice.docs.is_empty() || advice.docs.starts_with("https://"), "{}", advice.name);
        assert!(advice.formats.iter().all(|id| forms.contains(id.as_str())), "{}", advice.name);
    }
}

#[test]
fn what_is_shown_of_a_token_is_its_forms_prefix() {
    // too short, or a word that other texts start with too
    const NOT_SHOWN: &[&str] = &["re_", "dapi", "pat", "SK", "00", "-----BEGIN"];
    for token in catalog::tokens() {
        for prefix in token.prefix.iter().filter(|prefix| !NOT_SHOWN.contains(&prefix.as_str())) {
            let shown = mask::masked(format!("{prefix}0123456789abcdefghij").as_bytes());
            let start = shown.trim_end_matches(mask::DOTS);
            assert!(!start.is_empty() && prefix.starts_with(start), "{}: {prefix} is shown as {shown}", token.id);
        }
    }
}

#[test]
fn the_server_of_a_command_line_is_found_by_what_it_starts() {
    assert_eq!(id(Some("npx"), &["-y", "@modelcontextprotocol/server-github@1.2"], None), Some("github"));
    assert_eq!(id(Some("npx"), &["-y", "my-server-github-notes"], None), None);
    assert_eq!(id(None, &[], Some("https://mcp.notion.com/mcp")), Some("notion"));
    // each name in the list leads to a server, by the way that it is of
    for server in catalog::servers() {
        for name in &server.names {
            let (program, args) = name.split_once(' ').unwrap_or((name, ""));
            let as_command = id(Some(program), &[args], None);
            let as_package = id(Some("npx"), &[name], None);
            let as_host = id(None, &[], Some(&format!("https://{name}")));
            let as_image = id(Some("docker"), &["run", "-i", name], None);
            let more = id(Some("uvx"), &[&format!("{name}server")], None);
            assert!([as_command, as_package, as_host, as_image, more].iter().any(Option::is_some), "{}: {name}", server.id);
        }
    }
}
