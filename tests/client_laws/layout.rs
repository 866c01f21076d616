//! The same declarations in another layout: blanks, comments, order of keys, spelling of texts.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

/// Decides small things of a layout, always in the same way for one seed.
pub struct Whim(pub u64);

impl Whim {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    fn blank(&mut self, out: &mut String, has_comments: bool) {
        for _ in 0..self.below(3) {
            out.push_str(match self.below(if has_comments { 6 } else { 4 }) {
                0 => " ",
                1 => "\t",
                2 => "\n",
                3 => "\r\n",
                4 => "// a \"comment\" ${X}\n",
                _ => "/* { , */",
            });
        }
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }

    fn string(&mut self, text: &str) -> String {
        let mut out = "\"".to_owned();
        for c in text.chars() {
            if self.below(4) == 0 {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| write!(out, "\\u{unit:04x}").expect("a string"));
            } else {
                let quoted = Json::String(c.to_string()).to_string();
                out.push_str(&quoted[1..quoted.len() - 1]);
            }
        }
        out + "\""
    }

    /// Writes a value as JSON, with blanks wherever they may stand.
    pub fn json(&mut self, value: &Json, has_comments: bool, out: &mut String) {
        self.blank(out, has_comments);
        match value {
            Json::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.json(item, has_comments, out);
                    if at + 1 < items.len() || (has_comments && self.below(2) == 0) {
                        out.push(',');
                    }
                }
                self.blank(out, has_comments);
                out.push(']');
            }
            Json::Object(members) => {
                let mut members: Vec<(&String, &Json)> = members.iter().collect();
                self.shuffle(&mut members);
                out.push('{');
                for (at, (key, item)) in members.iter().enumerate() {
                    self.blank(out, has_comments);
                    let key = self.string(key);
                    out.push_str(&key);
                    self.blank(out, has_comments);
                    out.push(':');
                    self.json(item, has_comments, out);
                    if at + 1 < members.len() || (has_comments && self.below(2) == 0) {
                        out.push(',');
                    }
                }
                self.blank(out, has_comments);
                out.push('}');
            }
            Json::String(text) => {
                let text = self.string(text);
                out.push_str(&text);
            }
            other => out.push_str(&other.to_string()),
        }
        self.blank(out, has_comments);
    }

    /// The same servers as TOML: a table each, or dotted keys.
    pub fn toml(&mut self, servers: &Map<String, Json>) -> String {
        let mut servers: Vec<(&String, &Json)> = servers.iter().collect();
        self.shuffle(&mut servers);
        let mut tables = String::new();
        let mut dotted = String::new();
        for (name, entry) in servers {
            let mut members: Vec<(&String, &Json)> = entry.as_object().expect("an entry").iter().collect();
            self.shuffle(&mut members);
            let is_table = members.is_empty() || self.below(2) == 0;
            if is_table {
                writeln!(tables, "[ mcp_servers.{} ] # a comment", toml_string(name)).expect("a string");
            }
            for (key, value) in members {
                let (key, value) = (toml_string(key), self.toml_value(value));
                if is_table {
                    writeln!(tables, "\t{key}={value} # ${{X}}\r").expect("a string");
                } else {
                    writeln!(dotted, "mcp_servers . {}.{key} = {value}\n", toml_string(name)).expect("a string");
                }
            }
        }
        dotted + &tables
    }

    /// The same value as YAML, in blocks or in one line.
    pub fn yaml(&mut self, value: &Json) -> String {
        let mut out = String::new();
        if self.below(3) == 0 {
            out.push_str("# a comment: ${X}\n---\n");
        }
        self.yaml_block(value, 0, &mut out);
        out
    }

    fn yaml_block(&mut self, value: &Json, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        match value {
            Json::Object(members) if !members.is_empty() && self.below(4) > 0 => {
                let mut members: Vec<(&String, &Json)> = members.iter().collect();
                self.shuffle(&mut members);
                for (key, value) in members {
                    if self.below(4) == 0 {
                        writeln!(out, "{indent}# a \"comment\" [{{").expect("a string");
                    }
                    write!(out, "{indent}{}:", yaml_string(key)).expect("a string");
                    self.yaml_value(value, depth + 1, out);
                }
            }
            Json::Array(items) if !items.is_empty() && self.below(4) > 0 => {
                for item in items {
                    write!(out, "{indent}-").expect("a string");
                    self.yaml_value(item, depth + 1, out);
                }
            }
            other => writeln!(out, "{indent}{}", self.yaml_line(other)).expect("a string"),
        }
    }

    fn yaml_value(&mut self, value: &Json, depth: usize, out: &mut String) {
        match value {
            Json::Object(members) if !members.is_empty() && self.below(3) > 0 => {
                out.push('\n');
                self.yaml_block(value, depth, out);
            }
            Json::Array(items) if !items.is_empty() && self.below(3) > 0 => {
                out.push('\n');
                self.yaml_block(value, depth, out);
            }
            other => {
                let end = if self.below(3) == 0 { "  # ${X}" } else { "" };
                writeln!(out, " {}{end}", self.yaml_line(other)).expect("a string");
            }
        }
    }

    fn yaml_line(&mut self, value: &Json) -> String {
        match value {
            Json::Null => ["null", "~"][self.below(2)].to_owned(),
            Json::String(text) => {
                let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
                    && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '_'))
                    && !matches!(text.to_ascii_lowercase().as_str(), "null" | "true" | "false");
                match self.below(3) {
                    0 if is_word => text.clone(),
                    1 if text.chars().all(|c| (' '..='~').contains(&c)) => format!("'{}'", text.replace('\'', "''")),
                    _ => yaml_string(text),
                }
            }
            Json::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.yaml_line(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Json::Object(members) => {
                let mut members: Vec<String> =
                    members.iter().map(|(key, value)| format!("{}: {}", yaml_string(key), self.yaml_line(value))).collect();
                self.shuffle(&mut members);
                format!("{{ {} }}", members.join(", "))
            }
            other => other.to_string(),
        }
    }

    fn toml_value(&mut self, value: &Json) -> String {
        match value {
            Json::Null => "\"null\"".to_owned(),
            Json::String(text) if !text.contains(|c: char| c == '\'' || c.is_control()) && self.below(2) == 0 => {
                format!("'{text}'")
            }
            Json::String(text) => toml_string(text),
            Json::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.toml_value(item)).collect();
                format!("[\n{}\n]", items.join(" , # a comment\n"))
            }
            Json::Object(members) => {
                let mut members: Vec<String> =
                    members.iter().map(|(key, value)| format!("{} = {}", toml_string(key), self.toml_value(value))).collect();
                self.shuffle(&mut members);
                format!("{{ {} }}", members.join(", "))
            }
            other => other.to_string(),
        }
    }
}

fn toml_string(text: &str) -> String {
    let mut out = "\"".to_owned();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '$' {
            out.push(c);
        } else {
            write!(out, "\\U{:08X}", c as u32).expect("a string");
        }
    }
    out + "\""
}

fn yaml_string(text: &str) -> String {
    let mut out = "\"".to_owned();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '$' | ' ' | '{' | '}') {
            out.push(c);
        } else {
            write!(out, "\\U{:08X}", c as u32).expect("a string");
        }
    }
    out + "\""
}
