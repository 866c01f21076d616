//! YAML 1.2: the door to the crate `granit-parser`. Aliases and merge keys are resolved here, as long as what they make of a file
//! stays small. An error never holds text of the file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Span, StructureStyle, Tag, options};

use super::tree::{DEEPEST, Document, Map, Member, Node, Source, Tree};
use crate::client::contract::ReadError;
use crate::crowd;

/// The most that aliases may add to a file: bytes of text, and [`PER_NODE`] for each value.
const EXPANSION: usize = 4 * 1024 * 1024;
const PER_NODE: usize = 64;

/// Reads the text of a YAML file with one document.
pub(in crate::client) fn parse<'s>(source: &'s Source<'_>) -> Result<Document<'s>, ReadError> {
    let text: &'s str = &source.text;
    let options = options! { emit_comments: false };
    let mut building = Building {
        open: Vec::new(),
        root: None,
        kept: HashMap::new(),
        left: EXPANSION,
        room: crowd::most(text.len()),
        has_document: false,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) =
            event.map_err(|error| ReadError { line: error.marker().line(), why: why(error.kind()).to_owned() })?;
        building.take(event, span).map_err(|why| ReadError { line: span.start.line(), why: why.to_owned() })?;
    }
    Document::new(text, building.root, source.warnings.clone())
}

/// What is wrong, without anything of the file.
fn why(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::RecursionLimitExceeded => TOO_DEEP,
        ErrorKind::UnknownAnchor => NO_ANCHOR,
        _ => "this is no YAML",
    }
}

const TOO_DEEP: &str = "the file is nested too deeply";
const TOO_LARGE: &str = "aliases make more of the file than can be kept";
const NO_ANCHOR: &str = "an alias names nothing that is complete before it";

/// The tree while it is built.
struct Building<'s> {
    open: Vec<Open<'s>>,
    root: Option<Node<'s>>,
    kept: HashMap<usize, Kept<'s>>,
    /// What aliases may still add.
    left: usize,
    /// How many values may still come.
    room: usize,
    has_document: bool,
}

/// A list or a map that has not ended yet.
struct Open<'s> {
    start: usize,
    /// How far it goes, as far as it was read. A block has no end of its own: it goes as far as what is in it.
    end: usize,
    anchor: usize,
    is_flow: bool,
    content: Content<'s>,
}

enum Content<'s> {
    List(Vec<Node<'s>>),
    Map { members: Vec<Member<'s>>, key: Option<Key<'s>>, merged: Vec<Member<'s>>, merges: usize },
}

struct Key<'s> {
    text: Cow<'s, str>,
    range: Range<usize>,
    is_merge: bool,
}

/// What an anchor names.
struct Kept<'s> {
    node: Node<'s>,
    cost: usize,
    depth: usize,
}

impl<'s> Building<'s> {
    fn take(&mut self, event: Event<'s>, span: Span) -> Result<(), &'static str> {
        let range = span.byte_range().unwrap_or(0..0);
        match event {
            Event::DocumentStart(..) => {
                if self.has_document {
                    return Err("something stands after the end of the document");
                }
                self.has_document = true;
            }
            Event::SequenceStart(style, anchor, _) => self.start(range.start, anchor, style, Content::List(Vec::new()))?,
            Event::MappingStart(style, anchor, _) => {
                let content = Content::Map { members: Vec::new(), key: None, merged: Vec::new(), merges: 0 };
                self.start(range.start, anchor, style, content)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.finish(range.end)?,
            Event::Scalar(value, style, anchor, tag) => {
                let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| is_text(&tag));
                if self.awaits_key() {
                    let is_merge = !is_text && value == "<<";
                    if anchor != 0 {
                        self.keep(anchor, &Node { range: range.clone(), tree: Tree::Text(value.clone()) })?;
                    }
                    return self.key(Key { text: value, range, is_merge });
                }
                let end = range.end;
                let tree = if is_text { Tree::Text(value) } else { plain(value) };
                let node = Node { range, tree };
                if anchor != 0 {
                    self.keep(anchor, &node)?;
                }
                self.add(node, end)?;
            }
            Event::Alias(anchor) => {
                let kept = self.kept.get(&anchor).ok_or(NO_ANCHOR)?;
                self.left = self.left.checked_sub(kept.cost).ok_or(TOO_LARGE)?;
                if self.open.len() + kept.depth > DEEPEST {
                    return Err(TOO_DEEP);
                }
                let node = kept.node.clone();
                if self.awaits_key() {
                    let (Tree::Text(text) | Tree::Number(text)) = node.tree else { return Err("a key is no text") };
                    return self.key(Key { text, range, is_merge: false });
                }
                self.add(node, range.end)?;
            }
            Event::UnresolvedAlias(_) => return Err(NO_ANCHOR),
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, start: usize, anchor: usize, style: StructureStyle, content: Content<'s>) -> Result<(), &'static str> {
        if self.awaits_key() {
            return Err("a key is no text");
        }
        if self.open.len() > DEEPEST {
            return Err(TOO_DEEP);
        }
        self.open.push(Open { start, end: start, anchor, is_flow: style == StructureStyle::Flow, content });
        Ok(())
    }

    fn finish(&mut self, end: usize) -> Result<(), &'static str> {
        let Some(Open { start, end: last, anchor, is_flow, content }) = self.open.pop() else { return Ok(()) };
        let range = start..if is_flow { end } else { last };
        let tree = match content {
            Content::List(mut items) => {
                items.shrink_to_fit();
                Tree::List(items)
            }
            Content::Map { mut members, merged, merges, .. } => {
                members.shrink_to_fit();
                Tree::Map(with_merged(members, merged, merges > 1))
            }
        };
        let node = Node { range, tree };
        if anchor != 0 {
            self.keep(anchor, &node)?;
        }
        let end = node.range.end;
        self.add(node, end)
    }

    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: Content::Map { key: None, .. }, .. }))
    }

    fn key(&mut self, found: Key<'s>) -> Result<(), &'static str> {
        if let Some(Open { content: Content::Map { key, .. }, end, .. }) = self.open.last_mut() {
            *end = found.range.end;
            *key = Some(found);
        }
        Ok(())
    }

    /// Puts a value where it belongs. What is written there goes to this byte.
    fn add(&mut self, node: Node<'s>, end: usize) -> Result<(), &'static str> {
        self.room = self.room.checked_sub(1).ok_or(crowd::FULL)?;
        if let Some(open) = self.open.last_mut() {
            open.end = open.end.max(end);
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map { members, key, merged, merges }) => {
                let Some(key) = key.take() else { return Ok(()) };
                match node.tree {
                    Tree::Map(map) if key.is_merge => {
                        *merges += 1;
                        merged.extend(map.members);
                    }
                    Tree::List(items) if key.is_merge && items.iter().all(|item| matches!(item.tree, Tree::Map(_))) => {
                        *merges += 1;
                        for item in items {
                            if let Tree::Map(map) = item.tree {
                                merged.extend(map.members);
                            }
                        }
                    }
                    tree => {
                        let node = Node { range: node.range, tree };
                        members.push(Member { key: key.text, written: key.range, node, is_twice: false });
                    }
                }
            }
        }
        Ok(())
    }

    /// Keeps what an anchor names, for its aliases.
    fn keep(&mut self, anchor: usize, node: &Node<'s>) -> Result<(), &'static str> {
        let (cost, depth) = measure(node);
        self.left = self.left.checked_sub(cost).ok_or(TOO_LARGE)?;
        self.kept.insert(anchor, Kept { node: node.clone(), cost, depth });
        Ok(())
    }
}

/// What a value takes, and how deep it is.
fn measure(node: &Node<'_>) -> (usize, usize) {
    let deeper = |(cost, depth): (usize, usize), (more, below): (usize, usize)| (cost + more, depth.max(below + 1));
    match &node.tree {
        Tree::Null | Tree::Bool(_) => (PER_NODE, 0),
        Tree::Number(text) | Tree::Text(text) => (PER_NODE + text.len(), 0),
        Tree::List(items) => items.iter().map(measure).fold((PER_NODE, 0), deeper),
        Tree::Map(map) => map
            .members
            .iter()
            .map(|member| {
                let (cost, depth) = measure(&member.node);
                (cost + PER_NODE + member.key.len(), depth)
            })
            .fold((PER_NODE, 0), deeper),
    }
}

/// A map with what `<<` brings: its own members win, then those that came first. Programs disagree on a second `<<`.
fn with_merged<'s>(members: Vec<Member<'s>>, merged: Vec<Member<'s>>, is_doubtful: bool) -> Map<'s> {
    let mut map = Map::new(members);
    if merged.is_empty() {
        return map;
    }
    let mut known: std::collections::HashSet<Cow<'s, str>> = map.members.iter().map(|member| member.key.clone()).collect();
    for member in merged {
        if known.insert(member.key.clone()) {
            let is_twice = member.is_twice || is_doubtful;
            map.members.push(Member { is_twice, ..member });
        }
    }
    map
}

/// Whether a tag makes a text of whatever stands there.
fn is_text(tag: &Tag) -> bool {
    tag.is_yaml_core_schema_tag("str") || tag.original() == "!"
}

/// A scalar without quotes, by the core schema.
fn plain(value: Cow<'_, str>) -> Tree<'_> {
    match &*value {
        "" | "~" | "null" | "Null" | "NULL" => Tree::Null,
        "true" | "True" | "TRUE" => Tree::Bool(true),
        "false" | "False" | "FALSE" => Tree::Bool(false),
        text if is_number(text) => Tree::Number(value),
        _ => Tree::Text(value),
    }
}

fn is_number(text: &str) -> bool {
    let all = |digits: &str, is: fn(u8) -> bool| !digits.is_empty() && digits.bytes().all(is);
    if let Some(digits) = text.strip_prefix("0x") {
        return all(digits, |b| b.is_ascii_hexdigit());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return all(digits, |b| matches!(b, b'0'..=b'7'));
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, ""), |(whole, fraction)| (whole, fraction));
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    let is_exponent = exponent.is_none_or(|e| all(e.strip_prefix(['-', '+']).unwrap_or(e), |b| b.is_ascii_digit()));
    has_digits && is_digits(whole) && is_digits(fraction) && is_exponent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::document::tree::Tree;

    /// Each value with the way to it and what is written there, and each key with what is written there.
    fn written(document: &Document<'_>, text: &str) -> Vec<String> {
        fn walk(node: &Node<'_>, way: &str, text: &str, out: &mut Vec<String>) {
            out.push(format!("{way}={}", &text[node.range.clone()]));
            match &node.tree {
                Tree::List(items) => {
                    items.iter().enumerate().for_each(|(at, item)| walk(item, &format!("{way}/{at}"), text, out));
                }
                Tree::Map(map) => map.members.iter().for_each(|member| {
                    out.push(format!("key {}", &text[member.written.clone()]));
                    walk(&member.node, &format!("{way}/{}", member.key), text, out);
                }),
                Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
            }
        }
        let mut out = Vec::new();
        walk(document.root.as_ref().expect("something"), "", text, &mut out);
        out
    }

    #[test]
    fn each_value_and_key_says_which_bytes_it_is_written_with() {
        let text = "é: &a \"x\\ty\" # c\nb:\n  - 'it''s'\n  - plain text  \n  - *a\nc: {d: [1, \"2\"], e: |\n  }\n";
        let text = &text.replace(", e: |\n  }", "}");
        let source = Source::new(text.as_bytes()).expect("text");
        let document = parse(&source).expect("YAML");
        assert_eq!(
            written(&document, text)[1..],
            [
                "key é",
                "/é=\"x\\ty\"",
                "key b",
                "/b=- 'it''s'\n  - plain text  \n  - *a",
                "/b/0='it''s'",
                "/b/1=plain text",
                "/b/2=\"x\\ty\"",
                "key c",
                "/c={d: [1, \"2\"]}",
                "key d",
                "/c/d=[1, \"2\"]",
                "/c/d/0=1",
                "/c/d/1=\"2\"",
            ]
        );
    }

    #[test]
    fn json_and_toml_say_it_too() {
        let text = "{\"é\": \"x\\ty\", \"b\": [1, {\"c\": null}]}";
        let source = crate::client::document::json::source(text.as_bytes()).expect("text");
        let document = crate::client::document::json::parse(&source).expect("JSON");
        let told = written(&document, text);
        let expected = [
            "key \"é\"",
            "/é=\"x\\ty\"",
            "key \"b\"",
            "/b=[1, {\"c\": null}]",
            "/b/0=1",
            "/b/1={\"c\": null}",
            "key \"c\"",
            "/b/1/c=null",
        ];
        assert_eq!(told[1..], expected);
        let text = "[a]\n'é' = \"x\\ty\" # c\nb = [1, { c = 'd' }]\n";
        let source = Source::new(text.as_bytes()).expect("text");
        let document = crate::client::document::toml::parse(&source).expect("TOML");
        let told = written(&document, text);
        for part in ["key 'é'", "/a/é=\"x\\ty\"", "/a/b/0=1", "/a/b/1={ c = 'd' }", "key c", "/a/b/1/c='d'"] {
            assert!(told.iter().any(|line| line == part), "{part} in {told:?}");
        }
    }
}
