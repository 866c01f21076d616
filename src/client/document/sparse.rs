//! A large JSON file of which only a few parts are looked at, such as the one in which a client keeps everything it remembers: those
//! parts are read, and the rest is only checked for being JSON, which costs half as much.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::json;
use super::tree::{Document, Map, Member, Node, Source, Tree};
use crate::client::contract::ReadError;

/// From this size on a file is read in this way, in bytes.
const LARGE: usize = 128 * 1024;

/// More members than this stand on no way that anybody's file has.
const MOST: usize = 100_000;

/// Reads the text of a large JSON file as [`json::parse`] does, but only what the `ways` lead to is in the document: each is the
/// keys from the root down, `*` for any. A duplicate key elsewhere in it is not named. `None` for one that is small, wrong or
/// unusual: whatever there is to say of it is told by the one who reads it all.
pub(in crate::client) fn parse<'s>(source: &'s Source<'_>, ways: &[&[&str]]) -> Result<Option<Document<'s>>, ReadError> {
    if source.text.len() < LARGE {
        return Ok(None);
    }
    root(&source.text, ways).map(|root| Document::new(&source.text, Some(root), source.warnings.clone())).transpose()
}

fn root<'s>(text: &'s str, ways: &[&[&str]]) -> Option<Node<'s>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let room = Cell::new(MOST);
    let root = Part { text, ways: ways.to_vec(), room: &room }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(root)
}

/// A value on the way to what is looked for.
struct Part<'s, 'w> {
    text: &'s str,
    /// What is left of each way; one that is at its end takes the whole value.
    ways: Vec<&'w [&'w str]>,
    /// How many members there may still be.
    room: &'w Cell<usize>,
}

impl<'s> DeserializeSeed<'s> for Part<'s, '_> {
    type Value = Node<'s>;

    fn deserialize<D: Deserializer<'s>>(self, deserializer: D) -> Result<Node<'s>, D::Error> {
        if self.ways.iter().all(|way| !way.is_empty()) {
            return deserializer.deserialize_any(self);
        }
        let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?.get();
        let offset = raw.as_ptr().addr() - self.text.as_ptr().addr();
        let mut node = json::value(raw).ok_or_else(|| D::Error::custom("not strict"))?;
        shift(&mut node, offset);
        Ok(node)
    }
}

impl<'s> Visitor<'s> for Part<'s, '_> {
    type Value = Node<'s>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'s>>(self, mut map: A) -> Result<Node<'s>, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key_seed(Key)? {
            let ways: Vec<_> = self
                .ways
                .iter()
                .filter_map(|way| way.split_first().filter(|(first, _)| **first == "*" || **first == key).map(|(_, rest)| rest))
                .collect();
            if ways.is_empty() {
                map.next_value::<IgnoredAny>()?;
            } else {
                self.room.set(self.room.get().checked_sub(1).ok_or_else(|| A::Error::custom("too full"))?);
                let node = map.next_value_seed(Part { text: self.text, ways, room: self.room })?;
                members.push(Member { key, written: node.range.start..node.range.start, node, is_twice: false });
            }
        }
        Ok(bare(Tree::Map(Map::new(members))))
    }

    fn visit_seq<A: SeqAccess<'s>>(self, mut seq: A) -> Result<Node<'s>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(bare(Tree::List(Vec::new())))
    }

    fn visit_unit<E: Error>(self) -> Result<Node<'s>, E> {
        Ok(bare(Tree::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node<'s>, E> {
        Ok(bare(Tree::Bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node<'s>, E> {
        Ok(bare(Tree::Number(Cow::Owned(value.to_string()))))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node<'s>, E> {
        Ok(bare(Tree::Number(Cow::Owned(value.to_string()))))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node<'s>, E> {
        Ok(bare(Tree::Number(Cow::Owned(value.to_string()))))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node<'s>, E> {
        Ok(bare(Tree::Text(Cow::Owned(value.to_owned()))))
    }
}

/// A key, borrowed where it stands in the text as it is.
struct Key;

impl<'s> DeserializeSeed<'s> for Key {
    type Value = Cow<'s, str>;

    fn deserialize<D: Deserializer<'s>>(self, deserializer: D) -> Result<Cow<'s, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'s> Visitor<'s> for Key {
    type Value = Cow<'s, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'s str) -> Result<Cow<'s, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Cow<'s, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// A value that only says of what kind it is.
fn bare(tree: Tree<'_>) -> Node<'_> {
    Node { range: 0..0, tree }
}

fn shift(node: &mut Node<'_>, by: usize) {
    node.range = node.range.start + by..node.range.end + by;
    match &mut node.tree {
        Tree::List(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Tree::Map(map) => {
            for member in &mut map.members {
                member.written = member.written.start + by..member.written.end + by;
                shift(&mut member.node, by);
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
    }
}
