//! A client's file as one tree with positions, whatever its format was. Text is borrowed from the file where it stands there
//! as it is. Knows nothing of clients; a key that stands twice is kept once (the last) and named.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::client::remark::{ReadError, Warning};

/// How deep a file may be nested: 200 levels of an entry, and those above it.
pub(in crate::client) const DEEPEST: usize = 220;

/// The most that the keys on the way to a value may take together, in bytes: a path of the system's length, and some names.
/// Each pointer repeats them all.
const LONGEST_WAY: usize = 8 * 1024;

/// A file that was read.
#[derive(Debug)]
pub(in crate::client) struct Document<'a> {
    text: &'a str,
    /// None: there was nothing in the file.
    pub root: Option<Node<'a>>,
    pub warnings: Vec<Warning>,
    /// How many of the warnings are of the text, before it was parsed.
    pub of_text: usize,
    /// Which liberties it takes, for JSON.
    pub form: Form,
}

/// How a JSON file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum Form {
    Strict,
    /// With comments.
    Commented,
    /// With a comma that has nothing after it.
    Loose,
}

/// A value and the bytes that it is written with, quotes and brackets included. What a YAML alias stands for lies where its
/// anchor is.
#[derive(Debug, Clone)]
pub(in crate::client) struct Node<'a> {
    pub range: Range<usize>,
    pub tree: Tree<'a>,
}

#[derive(Debug, Clone)]
pub(in crate::client) enum Tree<'a> {
    Null,
    Bool(bool),
    /// A number or a date, as it is written.
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Map(Map<'a>),
}

/// A map in the order of its file.
#[derive(Debug, Clone)]
pub(in crate::client) struct Map<'a> {
    pub members: Vec<Member<'a>>,
}

#[derive(Debug, Clone)]
pub(in crate::client) struct Member<'a> {
    pub key: Cow<'a, str>,
    /// The bytes of the key, quotes included.
    pub written: Range<usize>,
    pub node: Node<'a>,
    /// The key stood before with another value.
    pub is_twice: bool,
}

/// A node and the way to it.
#[derive(Debug, Clone)]
pub(in crate::client) struct Spot<'d, 'a> {
    pub node: &'d Node<'a>,
    /// JSON Pointer, RFC 6901.
    pub pointer: String,
    /// Where its key starts, or it itself when it has none.
    pub offset: usize,
    /// The first key on the way that stood twice.
    pub twice: Option<&'d str>,
}

impl<'a> Document<'a> {
    /// A document that was read from this text.
    ///
    /// # Errors
    /// When a value in it lies behind too many or too long keys.
    pub fn new(text: &'a str, root: Option<Node<'a>>, mut warnings: Vec<Warning>) -> Result<Self, ReadError> {
        let of_text = warnings.len();
        if let Some(offset) = root.as_ref().and_then(|root| long_way(root, 0)) {
            return Err(ReadError { line: text[..offset].matches('\n').count() + 1, why: "a key is too long".to_owned() });
        }
        match &root {
            None => warnings.push(Warning { code: "empty-file", at: String::new() }),
            Some(root) if root.duplicate().is_some() => name_duplicates(root, &mut String::new(), &mut warnings),
            Some(_) => {}
        }
        Ok(Self { text, root, warnings, of_text, form: Form::Strict })
    }

    /// The root, when it is a map; anything else is warned of.
    pub fn root_map(&self, warnings: &mut Vec<Warning>) -> Option<Spot<'_, 'a>> {
        let root = self.root.as_ref()?;
        if !matches!(root.tree, Tree::Map(_)) {
            warnings.push(Warning { code: "wrong-type", at: String::new() });
            return None;
        }
        Some(Spot { node: root, pointer: String::new(), offset: root.range.start, twice: None })
    }

    /// Where lines start, to find the line of a byte.
    pub fn lines(&self) -> Lines<'a> {
        let bytes = self.text.as_bytes();
        let mut before = vec![0];
        for block in bytes.chunks(BLOCK) {
            before.push(before[before.len() - 1] + line_ends(block));
        }
        Lines { bytes, before, last: Cell::new((0, 1)) }
    }
}

/// The bytes of a file whose line ends are counted together.
const BLOCK: usize = 4096;

/// How many lines end before each block of a file.
#[derive(Debug)]
pub(in crate::client) struct Lines<'a> {
    bytes: &'a [u8],
    before: Vec<usize>,
    /// The byte that was asked for last, and its line: the next one is mostly a little after it.
    last: Cell<(usize, usize)>,
}

impl Lines<'_> {
    /// The line of a byte, from 1.
    pub fn of(&self, offset: usize) -> usize {
        let offset = offset.min(self.bytes.len());
        let block = offset / BLOCK;
        let start = block * BLOCK;
        let (last, line) = self.last.get();
        let (from, line) = if (start..=offset).contains(&last) {
            (last, line)
        } else {
            (start, self.before.get(block).map_or(1, |ends| ends + 1))
        };
        let line = line + line_ends(self.bytes.get(from..offset).unwrap_or_default());
        self.last.set((offset, line));
        line
    }
}

fn line_ends(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

impl<'a> Map<'a> {
    /// Keeps the last of the members with one key, in its place, and remembers that there were more.
    pub fn new(mut members: Vec<Member<'a>>) -> Self {
        if has_duplicates(&members) {
            let mut count: HashMap<Cow<'a, str>, usize> = HashMap::with_capacity(members.len());
            for member in &members {
                *count.entry(member.key.clone()).or_default() += 1;
            }
            let mut left = count.clone();
            members.retain_mut(|member| {
                member.is_twice = count.get(&member.key).is_some_and(|count| *count > 1);
                left.get_mut(&member.key).is_some_and(|left| {
                    *left -= 1;
                    *left == 0
                })
            });
        }
        Self { members }
    }

    pub fn get(&self, key: &str) -> Option<&Member<'a>> {
        self.members.iter().find(|member| member.key == key)
    }
}

fn has_duplicates(members: &[Member<'_>]) -> bool {
    // most maps are small, and then looking is cheaper than hashing
    if members.len() <= 16 {
        return members.iter().enumerate().any(|(at, member)| members[..at].iter().any(|before| before.key == member.key));
    }
    let mut seen = HashSet::with_capacity(members.len());
    members.iter().any(|member| !seen.insert(&*member.key))
}

impl<'d, 'a> Spot<'d, 'a> {
    /// The member of a map; `None` when there is none, when it is null, or when this is no map.
    pub fn child(&self, key: &str) -> Option<Self> {
        let Tree::Map(map) = &self.node.tree else { return None };
        map.get(key).map(|member| self.member(member)).filter(|spot| !matches!(spot.node.tree, Tree::Null))
    }

    /// The members of a map, without those that are null.
    pub fn children(&self) -> impl Iterator<Item = (&'d str, Self)> + use<'_, 'd, 'a> {
        let map = if let Tree::Map(map) = &self.node.tree { Some(map) } else { None };
        map.into_iter().flat_map(move |map| {
            map.members
                .iter()
                .filter(|member| !matches!(member.node.tree, Tree::Null))
                .map(move |member| (&*member.key, self.member(member)))
        })
    }

    /// The items of a list.
    pub fn items(&self) -> impl Iterator<Item = Self> + use<'_, 'd, 'a> {
        let items: &'d [Node<'a>] = if let Tree::List(items) = &self.node.tree { items } else { &[] };
        items.iter().enumerate().map(|(index, node)| Self {
            node,
            pointer: format!("{}/{index}", self.pointer),
            offset: node.range.start,
            twice: self.twice,
        })
    }

    /// The text, when this is one.
    pub fn text(&self) -> Option<&'d str> {
        if let Tree::Text(text) = &self.node.tree { Some(text) } else { None }
    }

    pub fn is_map(&self) -> bool {
        matches!(self.node.tree, Tree::Map(_))
    }

    pub fn is_list(&self) -> bool {
        matches!(self.node.tree, Tree::List(_))
    }

    fn member(&self, member: &'d Member<'a>) -> Self {
        let mut pointer = String::with_capacity(self.pointer.len() + member.key.len() + 1);
        pointer.push_str(&self.pointer);
        push_key(&mut pointer, &member.key);
        let twice = self.twice.or_else(|| member.is_twice.then_some(&*member.key));
        Self { node: &member.node, pointer, offset: member.written.start, twice }
    }
}

impl Node<'_> {
    /// A key that stands twice anywhere in here.
    pub fn duplicate(&self) -> Option<&str> {
        match &self.tree {
            Tree::List(items) => items.iter().find_map(Node::duplicate),
            Tree::Map(map) => {
                map.members.iter().find_map(|member| if member.is_twice { Some(&*member.key) } else { member.node.duplicate() })
            }
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => None,
        }
    }
}

/// The first key by which the way to a value gets too long.
fn long_way(node: &Node<'_>, way: usize) -> Option<usize> {
    match &node.tree {
        Tree::List(items) => items.iter().find_map(|item| long_way(item, way)),
        Tree::Map(map) => map.members.iter().find_map(|member| {
            let way = way + member.key.len();
            if way > LONGEST_WAY { Some(member.written.start) } else { long_way(&member.node, way) }
        }),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => None,
    }
}

/// Adds a step to a JSON Pointer.
pub fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    for c in key.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

fn name_duplicates(node: &Node<'_>, pointer: &mut String, warnings: &mut Vec<Warning>) {
    // nobody reads more of them
    if warnings.len() >= 1000 {
        return;
    }
    let length = pointer.len();
    match &node.tree {
        Tree::List(items) => {
            for (index, item) in items.iter().enumerate() {
                if matches!(item.tree, Tree::List(_) | Tree::Map(_)) {
                    push_key(pointer, &index.to_string());
                    name_duplicates(item, pointer, warnings);
                    pointer.truncate(length);
                }
            }
        }
        Tree::Map(map) => {
            for member in &map.members {
                if member.is_twice || matches!(member.node.tree, Tree::List(_) | Tree::Map(_)) {
                    push_key(pointer, &member.key);
                    if member.is_twice {
                        warnings.push(Warning { code: "duplicate-key", at: pointer.clone() });
                    }
                    name_duplicates(&member.node, pointer, warnings);
                    pointer.truncate(length);
                }
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
    }
}

/// The text of a file: UTF-8, without its byte order mark.
#[derive(Debug)]
pub(in crate::client) struct Source<'a> {
    pub text: Cow<'a, str>,
    pub warnings: Vec<Warning>,
}

impl<'a> Source<'a> {
    /// Decodes a file.
    ///
    /// # Errors
    /// When it is no UTF-8.
    pub fn new(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut warnings = Vec::new();
        let bytes = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, ..] | [1..=255, 0, ..] => {
                return Err(ReadError { line: 1, why: "the file is UTF-16; it must be saved as UTF-8".to_owned() });
            }
            [0xef, 0xbb, 0xbf, rest @ ..] => {
                warnings.push(Warning { code: "bom", at: String::new() });
                rest
            }
            bytes => bytes,
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            ReadError { line, why: "the file is not UTF-8".to_owned() }
        })?;
        Ok(Self { text: Cow::Borrowed(text), warnings })
    }
}
