//! However a file is formatted, only the bytes of what is changed change.

use mcpenv::client::{Change, Format, Value, splice};
use proptest::prelude::*;

const OLD: &str = "plain-1f0c9a77";
const NEW: &str = "${env:A_TOKEN}";

/// Choices of somebody who formats a file.
struct Hand<'c> {
    choices: &'c [u8],
    at: usize,
    newline: &'static str,
    /// How deep it stands.
    depth: usize,
    has_comments: bool,
}

impl Hand<'_> {
    fn choose(&mut self, of: u8) -> u8 {
        let choice = self.choices.get(self.at % self.choices.len().max(1)).copied().unwrap_or(0);
        self.at += 1;
        choice % of
    }

    /// Blanks and line ends; a comment inside a member goes with it.
    fn blank(&mut self) -> String {
        let had = std::mem::replace(&mut self.has_comments, false);
        let gap = self.gap();
        self.has_comments = had;
        gap
    }

    /// Blanks, line ends and comments.
    fn gap(&mut self) -> String {
        let mut gap = String::new();
        for _ in 0..self.choose(3) {
            let indent = "\t".repeat(self.depth);
            gap.push_str(&match (self.choose(7), self.has_comments) {
                (0, _) => " ".to_owned(),
                (1 | 2, _) => format!("{}{indent}", self.newline),
                (3, true) => format!("// \"x\": {{ , {}{indent}", self.newline),
                (4, true) => "/* }, \"y\" */".to_owned(),
                (5, true) => format!(" /* a{}b */ ", self.newline),
                _ => String::new(),
            });
        }
        gap
    }

    fn json(&mut self, value: &Value) -> String {
        self.depth += 1;
        let written = match value {
            Value::Map(members) => {
                let mut out = "{".to_owned();
                for (index, (key, value)) in members.iter().enumerate() {
                    let key = serde_json::to_string(key).expect("JSON");
                    out.push_str(&format!(
                        "{}{key}{}:{}{}{}",
                        self.gap(),
                        self.blank(),
                        self.blank(),
                        self.json(value),
                        self.gap()
                    ));
                    if index + 1 < members.len() || (self.has_comments && self.choose(3) == 0) {
                        out.push(',');
                    }
                }
                format!("{out}{}}}", self.gap())
            }
            Value::List(items) => {
                let mut out = "[".to_owned();
                for (index, value) in items.iter().enumerate() {
                    out.push_str(&format!("{}{}{}", self.gap(), self.json(value), self.gap()));
                    if index + 1 < items.len() || (self.has_comments && self.choose(3) == 0) {
                        out.push(',');
                    }
                }
                format!("{out}{}]", self.gap())
            }
            Value::Text(text) => serde_json::to_string(text).expect("JSON"),
            Value::Number(text) => text.clone(),
            Value::Bool(is) => is.to_string(),
            Value::Null => "null".to_owned(),
        };
        self.depth -= 1;
        written
    }

    /// A server of TOML: as a table, behind dotted keys, or between braces.
    fn toml(&mut self) -> String {
        let newline = self.newline;
        let end = |hand: &mut Self| {
            let comment =
                if hand.choose(2) == 0 { format!("{}# a = 'b'", " ".repeat(usize::from(hand.choose(3)))) } else { String::new() };
            format!("{comment}{newline}{}", newline.repeat(usize::from(hand.choose(2))))
        };
        let quote = if self.choose(2) == 0 { '"' } else { '\'' };
        let blanks = " ".repeat(usize::from(self.choose(3)));
        let equals = format!("{blanks}={blanks}");
        let (command, token) = (format!("command{equals}'x'"), format!("{equals}{quote}{OLD}{quote}"));
        let mut out = format!("top{equals}1{}", end(self));
        match self.choose(4) {
            0 => {
                out.push_str(&format!("[s.a]{}{blanks}{command}{}", end(self), end(self)));
                out.push_str(&format!("[s.a.env]{}{blanks}T{token}{}{blanks}U{equals}2{}", end(self), end(self), end(self)));
            }
            1 => {
                out.push_str(&format!(
                    "[s.a]{}{command}{}env.T{token}{}env.U{equals}2{}",
                    end(self),
                    end(self),
                    end(self),
                    end(self)
                ));
            }
            2 => out.push_str(&format!(
                "s.a.{command}{}s.a.env{equals}{{{blanks}T{token},{blanks}U{equals}2{blanks}}}{}",
                end(self),
                end(self)
            )),
            _ => out.push_str(&format!(
                "s{equals}{{ a{equals}{{ {command}, env{equals}{{ U{equals}2 ,{blanks}T{token}}} }} }}{}",
                end(self)
            )),
        }
        out.push_str(&format!("[other]{}z{equals}[ 1,{}# c{}2 ]{}", end(self), newline, newline, end(self)));
        out
    }

    /// The same in YAML: as a block or between braces.
    fn yaml(&mut self) -> String {
        let newline = self.newline;
        let end = |hand: &mut Self| {
            let comment = if hand.choose(2) == 0 { "  # a: 'b'" } else { "" };
            format!("{comment}{newline}{}", newline.repeat(usize::from(hand.choose(2))))
        };
        let quote = ["", "'", "\""][usize::from(self.choose(3))];
        let step = " ".repeat(2 + usize::from(self.choose(3)));
        let token = format!("{quote}{OLD}{quote}");
        let mut out = format!("top: 1{}s:{}{step}a:{}{step}{step}command: x{}", end(self), end(self), end(self), end(self));
        if self.choose(2) == 0 {
            let deep = step.repeat(3);
            out.push_str(&format!("{step}{step}env:{}{deep}U: 2{}{deep}T: {token}{}", end(self), end(self), end(self)));
        } else {
            out.push_str(&format!("{step}{step}env: {{ T: {token} , U: 2 }}{}", end(self)));
        }
        out.push_str(&format!("other:{}- 1{}- b: |{}    x{}", end(self), end(self), newline, newline));
        out
    }
}

fn text(word: &str) -> Value {
    Value::Text(word.to_owned())
}

fn map(members: Vec<(&str, Value)>) -> Value {
    Value::Map(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// An entry between others, its members in any order.
fn document(order: &[u8]) -> Value {
    let mut entry = vec![
        ("command", text("x \"y\" \\ /* no */")),
        ("args", Value::List(vec![text("-y"), text("// no"), Value::Number("1.50".to_owned())])),
        ("env", map(vec![("A/~", text("1")), ("T", text(OLD)), ("U", Value::Null)])),
    ];
    entry.sort_by_key(|(key, _)| order.get(key.len() % 7).copied().unwrap_or(0));
    map(vec![("before", map(vec![])), ("s", map(vec![("é", map(vec![])), ("a", map(entry))])), ("after", Value::List(vec![]))])
}

/// The words of a text without what may stand between them: what no change may touch beside its own.
fn comments(text: &str) -> (usize, usize) {
    (text.matches("// \"x\"").count(), text.matches("/* ").count())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("MCPENV_TEST_FULL").is_some() { 20_000 } else { 400 }))]

    #[test]
    fn only_the_bytes_of_a_text_change(choices in prop::collection::vec(any::<u8>(), 1..60), is_windows: bool, has_mark: bool, format in 0..3u8) {
        let newline = if is_windows { "\r\n" } else { "\n" };
        let mut hand = Hand { choices: &choices, at: 0, newline, depth: 0, has_comments: choices[0] % 4 > 0 };
        let (format, written) = match format {
            0 => (Format::Json, hand.json(&document(&choices))),
            1 => (Format::Toml, hand.toml()),
            _ => (Format::Yaml, hand.yaml()),
        };
        let before = format!("{}{written}", if has_mark { "\u{feff}" } else { "" });
        let change = Change::Text { at: "/s/a/env/T".to_owned(), range: 0..OLD.len(), with: NEW.to_owned() };
        let after = splice(format, before.as_bytes(), &[change]);
        let after = after.map(|bytes| String::from_utf8(bytes.to_vec()).expect("text"));
        let plain = before.replace(OLD, NEW);
        // what stands bare between the braces of YAML gets quotes
        let quoted = before.replace(OLD, &format!("\"{NEW}\""));
        prop_assert!(after == Ok(plain) || (format == Format::Yaml && after == Ok(quoted)), "{before}\n{after:?}");
    }

    #[test]
    fn a_member_goes_and_comes_without_a_comment_lost(choices in prop::collection::vec(any::<u8>(), 1..60), is_windows: bool, format in 0..3u8) {
        let newline = if is_windows { "\r\n" } else { "\n" };
        let mut hand = Hand { choices: &choices, at: 0, newline, depth: 0, has_comments: choices[0] % 4 > 0 };
        let (format, before) = match format {
            0 => (Format::Json, hand.json(&document(&choices))),
            1 => (Format::Toml, hand.toml()),
            _ => (Format::Yaml, hand.yaml()),
        };
        let list = Value::List(vec![text("A_TOKEN")]);
        let insert = Change::Insert { into: "/s/a".to_owned(), after: None, key: "env_vars".to_owned(), value: list };
        for change in [Change::Remove { at: "/s/a/env/T".to_owned() }, insert] {
            let after = splice(format, before.as_bytes(), &[change]);
            let after = after.map(|bytes| String::from_utf8(bytes.to_vec()).expect("text"));
            prop_assert!(after.is_ok(), "{before}\n{after:?}");
            let after = after.expect("checked");
            prop_assert_eq!(comments(&before), comments(&after), "{}\n{}", before, after);
            prop_assert_eq!(before.matches('#').count(), after.matches('#').count(), "{}\n{}", before, after);
            prop_assert_eq!(after.replace("\r\n", "").contains('\n'), !is_windows && before.contains('\n'), "{:?}", after);
        }
        if format == Format::Json {
            for before_item in [0, 9] {
                let items = Change::Items { into: "/s/a/args".to_owned(), before: before_item, items: vec!["exec".to_owned(), "--".to_owned()] };
                prop_assert!(splice(format, before.as_bytes(), &[items]).is_ok(), "{}", before);
            }
        }
    }
}
