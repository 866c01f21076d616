//! A server's entry as a tree: the bytes that an approval covers, the leaves that a person is shown, and the parts of a
//! command line.

use crate::client::contract::{CommandForm, Kind, Reference, Server, Value};
use crate::client::document::tree::{Node, Tree};

impl Value {
    /// Bytes that are the same for two trees exactly when they mean the same: each value carries its type and length, and maps
    /// are sorted by key. Numbers count as they are written, so `3000` and `3000.0` differ.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.push_canonical(&mut out);
        out
    }

    fn push_canonical(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(b'n'),
            Self::Bool(false) => out.push(b'f'),
            Self::Bool(true) => out.push(b't'),
            Self::Number(text) => push_text(out, b'#', text),
            Self::Text(text) => push_text(out, b's', text),
            Self::List(items) => {
                push_length(out, b'[', items.len());
                for item in items {
                    item.push_canonical(out);
                }
            }
            Self::Map(members) => {
                push_length(out, b'{', members.len());
                let mut sorted: Vec<&(String, Self)> = members.iter().collect();
                sorted.sort_by_key(|(key, _)| key);
                for (key, value) in sorted {
                    push_text(out, b'k', key);
                    value.push_canonical(out);
                }
            }
        }
    }

    /// Each leaf with the way to it (`args[1]`, `env.GITHUB_HOST`) and its text as it is written, in the file's order. An empty
    /// list or map is a leaf. Both are foreign text, and the text can hold a secret.
    #[must_use]
    pub fn leaves(&self) -> Vec<(String, String)> {
        let mut out = Vec::new();
        self.push_leaves(&mut String::new(), &mut out);
        out
    }

    fn push_leaves(&self, path: &mut String, out: &mut Vec<(String, String)>) {
        let length = path.len();
        match self {
            Self::List(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                    item.push_leaves(path, out);
                    path.truncate(length);
                }
            }
            Self::Map(members) if !members.is_empty() => {
                for (key, value) in members {
                    if length > 0 {
                        path.push('.');
                    }
                    let is_plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
                    if is_plain {
                        path.push_str(key);
                    } else {
                        path.push('"');
                        path.extend(key.escape_debug());
                        path.push('"');
                    }
                    value.push_leaves(path, out);
                    path.truncate(length);
                }
            }
            Self::Null => out.push((path.clone(), "null".to_owned())),
            Self::Bool(value) => out.push((path.clone(), value.to_string())),
            Self::Number(text) | Self::Text(text) => out.push((path.clone(), text.clone())),
            Self::List(_) => out.push((path.clone(), "[]".to_owned())),
            Self::Map(_) => out.push((path.clone(), "{}".to_owned())),
        }
    }

    /// The member of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(members) = self else { return None };
        members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// A text, number or boolean as text.
    #[must_use]
    pub fn scalar(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text.clone()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

impl Node<'_> {
    /// A copy that lives on its own.
    pub fn to_value(&self) -> Value {
        match &self.tree {
            Tree::Null => Value::Null,
            Tree::Bool(value) => Value::Bool(*value),
            Tree::Number(text) => Value::Number(text.clone().into_owned()),
            Tree::Text(text) => Value::Text(text.clone().into_owned()),
            Tree::List(items) => Value::List(items.iter().map(Node::to_value).collect()),
            Tree::Map(map) => {
                Value::Map(map.members.iter().map(|member| (member.key.clone().into_owned(), member.node.to_value())).collect())
            }
        }
    }
}

impl Server {
    /// The program that the client starts; `None` for a remote server.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        match (self.entry.get(self.keys.command)?, self.keys.form) {
            (Value::Text(text), _) => Some(text),
            (Value::List(words), CommandForm::List) => words.first()?.text(),
            (map @ Value::Map(_), CommandForm::Map) => map.get("path")?.text(),
            _ => None,
        }
    }

    /// The text at a JSON Pointer of its file, when that leads to one in its entry.
    #[must_use]
    pub fn text_at(&self, at: &str) -> Option<&str> {
        let way = at.strip_prefix(&self.pointer)?;
        let mut value = &self.entry;
        for step in way.split('/').skip(1) {
            value = match value {
                Value::List(items) => items.get(step.parse::<usize>().ok()?)?,
                map => map.get(&step.replace("~1", "/").replace("~0", "~"))?,
            };
        }
        value.text()
    }

    /// Where its command stands: `command`, `command[0]`, `command.path`.
    #[must_use]
    pub fn command_part(&self) -> String {
        match (self.entry.get(self.keys.command), self.keys.form) {
            (Some(Value::List(_)), CommandForm::List) => format!("{}[0]", self.keys.command),
            (Some(Value::Map(_)), CommandForm::Map) => format!("{}.path", self.keys.command),
            _ => self.keys.command.to_owned(),
        }
    }

    /// Its arguments, the way to the list that they stand in, and where in it they start.
    #[must_use]
    pub fn arguments(&self) -> (String, &[Value], usize) {
        let (way, list, start) = match (self.entry.get(self.keys.command), self.keys.form) {
            (list @ Some(Value::List(_)), CommandForm::List) => (self.keys.command.to_owned(), list, 1),
            (Some(map @ Value::Map(_)), CommandForm::Map) => (format!("{}.args", self.keys.command), map.get("args"), 0),
            _ => (self.keys.args.to_owned(), self.entry.get(self.keys.args), 0),
        };
        let items = if let Some(Value::List(items)) = list { items.as_slice() } else { &[] };
        (way, items, start)
    }

    /// Its arguments. What is no text is left out, as it is by the clients that go on at all.
    #[must_use]
    pub fn args(&self) -> Vec<&str> {
        let (_, items, start) = self.arguments();
        items.iter().skip(start).filter_map(Value::text).collect()
    }

    /// The key of the url that counts.
    #[must_use]
    pub fn url_key(&self) -> Option<&'static str> {
        self.keys.url.iter().copied().find(|key| self.entry.get(key).is_some_and(|url| url.text().is_some()))
    }

    /// Every url in the entry, also one that another one is taken before.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.keys.url.iter().filter_map(|key| self.entry.get(key).and_then(Value::text))
    }

    /// Where a remote server is.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.urls().next()
    }

    /// The files from which its client itself reads variables for it, as they are written. What a container's own options name
    /// is read by the container.
    pub fn env_files(&self) -> impl Iterator<Item = &str> {
        let lines = [self.keys.args, self.keys.command].map(|key| format!("{}/{key}/", self.pointer));
        let is_own = move |r: &&Reference| r.kind == Kind::EnvFile && !lines.iter().any(|line| r.at.starts_with(line));
        self.references.iter().filter(is_own).map(|reference| reference.name.as_str())
    }

    /// The directory that it is started in, where the entry names one.
    #[must_use]
    pub fn cwd(&self) -> Option<&str> {
        self.entry.get("cwd").and_then(Value::text)
    }

    /// The variables that the entry itself sets, as they are written: with the client's references in them.
    #[must_use]
    pub fn env(&self) -> Vec<(&str, String)> {
        let nested = self.entry.get(self.keys.command).filter(|_| self.keys.form == CommandForm::Map);
        let own = self.entry.get(self.keys.env).or_else(|| nested?.get("env"));
        let Some(Value::Map(members)) = own else { return Vec::new() };
        members.iter().filter_map(|(name, value)| Some((name.as_str(), value.scalar()?))).collect()
    }
}

fn push_text(out: &mut Vec<u8>, tag: u8, text: &str) {
    push_length(out, tag, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn push_length(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    out.extend_from_slice(&(length as u64).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn order_of_keys_means_nothing_and_everything_else_does() {
        let map = |members: &[(&str, Value)]| {
            Value::Map(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()).canonical()
        };
        assert_eq!(map(&[("a", text("1")), ("b", Value::Null)]), map(&[("b", Value::Null), ("a", text("1"))]));
        assert_ne!(map(&[("a", text("1"))]), map(&[("a", Value::Number("1".to_owned()))]));
        assert_ne!(map(&[("a", Value::Bool(true))]), map(&[("a", text("true"))]));
        assert_ne!(map(&[]), map(&[("a", Value::Null)]));
        let list = |items: &[&str]| Value::List(items.iter().map(|item| text(item)).collect()).canonical();
        assert_ne!(list(&["a", "b"]), list(&["b", "a"]));
        assert_ne!(list(&["ab"]), list(&["a", "b"]));
        assert_ne!(list(&[]), map(&[]));
    }

    #[test]
    fn leaves_are_told_with_a_readable_way() {
        let entry = Value::Map(vec![
            ("args".to_owned(), Value::List(vec![text("-y"), Value::Number("3".to_owned())])),
            ("env".to_owned(), Value::Map(vec![("A.B".to_owned(), text("x")), ("C".to_owned(), Value::Map(Vec::new()))])),
        ]);
        let told: Vec<String> = entry.leaves().into_iter().map(|(path, text)| format!("{path}={text}")).collect();
        assert_eq!(told, ["args[0]=-y", "args[1]=3", "env.\"A.B\"=x", "env.C={}"]);
    }
}
