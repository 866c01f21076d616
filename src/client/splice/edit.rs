//! Makes changes one after the other in the text, and once in what it means; gives the text out only if both agree.

use std::borrow::Cow;
use std::collections::HashMap;

use zeroize::Zeroizing;

use super::blocks::Shared;
use super::change::{Change, SpliceError};
use super::find::{find, inner};
use super::format::Format;
use super::lines;
use super::place::{Cut, Places, cut};
use super::pointer::steps;
use super::trail::Trail;
use super::words;
use super::{blocks, braces, text};
use crate::client::contract::Value;
use crate::client::document::tree::{Document, Node, Tree, push_key};

/// The most changes in one place; each needs a look at the whole document.
const STEPS: usize = 64;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// The document with these changes made, one after the other.
///
/// # Errors
/// When the document cannot be read, or a change cannot be made by touching nothing but its place.
pub fn splice(format: Format, bytes: &[u8], changes: &[Change]) -> Result<Zeroizing<Vec<u8>>, SpliceError> {
    let mut expected = meaning(format, bytes)?;
    let mut trail = Trail::default();
    for change in changes {
        change.apply(&mut expected, &mut trail)?;
    }
    match made(format, bytes, &steps_of(changes)?, &expected) {
        // two changes of one step may meet where each of them alone finds its place
        Err(SpliceError::Unsure(_)) if (2..=STEPS).contains(&changes.len()) => {
            let each: Vec<Vec<&Change>> = changes.iter().map(|change| vec![change]).collect();
            made(format, bytes, &each, &expected)
        }
        result => result,
    }
}

/// The document with the changes of each step made, if it then means what is expected.
fn made(format: Format, bytes: &[u8], steps: &[Vec<&Change>], expected: &Value) -> Result<Zeroizing<Vec<u8>>, SpliceError> {
    let (mark, text) = if bytes.starts_with(MARK) { bytes.split_at(MARK.len()) } else { (&[][..], bytes) };
    let mut now = Zeroizing::new(text.to_vec());
    for step in steps {
        let source = format.source(&now)?;
        let document = format.parse(&source)?;
        let unsure = || SpliceError::Unsure(step.first().map(|change| change.at().to_owned()).unwrap_or_default());
        // half of a surrogate pair was mended while it was read, with as many bytes: the cuts are made in what stands there
        let written = std::str::from_utf8(&now).map_err(|_| unsure())?;
        let shared = (format == Format::Yaml).then(|| Shared::of(&document));
        let mut trail = Trail::default();
        let looked = Looked { format, text: written, document: &document, shared: shared.as_ref() };
        let cuts = step.iter().map(|change| looked.cuts(change, &mut trail)).collect::<Result<Vec<_>, _>>()?;
        let edited = cut(written, cuts.into_iter().flatten().collect()).ok_or_else(unsure)?;
        now = Zeroizing::new(edited.as_bytes().to_vec());
    }
    let mut out = Zeroizing::new(Vec::with_capacity(mark.len() + now.len()));
    out.extend_from_slice(mark);
    out.extend_from_slice(&now);
    let unsure = || SpliceError::Unsure(steps.iter().flatten().next().map(|change| change.at().to_owned()).unwrap_or_default());
    let found = meaning(format, &out).map_err(|_| unsure())?;
    if found.canonical() != expected.canonical() && without_empty(&found) != without_empty(expected) {
        return Err(unsure());
    }
    Ok(out)
}

/// The changes in as few steps as can be: those of one step do not move each other's places, so that one look at the document
/// serves them all.
fn steps_of(changes: &[Change]) -> Result<Vec<Vec<&Change>>, SpliceError> {
    let mut steps: Vec<Vec<&Change>> = Vec::new();
    // the step after the last one that touched a place
    let mut after: HashMap<String, usize> = HashMap::new();
    for change in changes {
        let place = change.place();
        let step = after.get(place).copied().unwrap_or(0);
        if step == STEPS {
            return Err(SpliceError::TooMany(place.to_owned()));
        }
        if steps.len() == step {
            steps.push(Vec::new());
        }
        steps[step].push(change);
        if let Change::Insert { into, key, .. } = change {
            let mut made = into.clone();
            push_key(&mut made, key);
            after.insert(made, step + 1);
        }
        after.insert(place.to_owned(), step + 1);
    }
    Ok(steps)
}

/// What a document means. One without anything in it is an empty map.
fn meaning(format: Format, bytes: &[u8]) -> Result<Value, SpliceError> {
    let source = format.source(bytes)?;
    let document = format.parse(&source)?;
    Ok(document.root.as_ref().map_or_else(|| Value::Map(Vec::new()), Node::to_value))
}

/// A document that was looked at for the changes of one step.
struct Looked<'d, 'a> {
    format: Format,
    text: &'d str,
    document: &'d Document<'a>,
    /// What is written in one place and stands for several; only YAML has that.
    shared: Option<&'d Shared>,
}

impl Looked<'_, '_> {
    fn cuts(&self, change: &Change, trail: &mut Trail) -> Result<Vec<Cut>, SpliceError> {
        let Self { format, text, document, shared } = *self;
        let places = Places { text, comments: format.comments() };
        let unsure = || SpliceError::Unsure(change.at().to_owned());
        let own = |node: &Node<'_>| shared.map_or(Ok(()), |shared| shared.require_own(node, change.at()));
        match change {
            Change::Text { at, range, with } => {
                let spot = find(document, at, trail)?;
                own(spot.node)?;
                let Tree::Text(was) = &spot.node.tree else { return Err(SpliceError::Kind(at.clone())) };
                let written = text.get(spot.node.range.clone()).ok_or_else(unsure)?;
                let is_braced = spot.above.iter().any(|node| blocks::is_braced(text, node));
                let cut = text::part((format, is_braced), written, spot.node.range.start, was, (range, with));
                Ok(vec![cut.ok_or_else(unsure)?])
            }
            Change::Remove { at } => {
                let spot = find(document, at, trail)?;
                let parent = spot.above.last().copied().ok_or_else(unsure)?;
                own(parent)?;
                if format == Format::Toml && !lines::is_braced(text, parent) {
                    return Ok(lines::removal(&places, spot.start, spot.node.range.end));
                }
                let siblings = inner(parent)?;
                if format == Format::Yaml && !blocks::is_braced(text, parent) {
                    return Ok(blocks::removal(&places, &siblings, spot.index, parent));
                }
                Ok(braces::removal(&places, &siblings, spot.index))
            }
            Change::Insert { into, after, key, value } => {
                let found = find(document, into, trail);
                if format == Format::Toml && !found.as_ref().is_ok_and(|spot| lines::is_braced(text, spot.node)) {
                    let way: Vec<String> = steps(into).map(Cow::into_owned).collect();
                    let table = match found {
                        Ok(spot) => Some(spot.node),
                        Err(SpliceError::Absent(_)) => None,
                        Err(e) => return Err(e),
                    };
                    return lines::insertion(&places, document, table, after.as_deref(), (&way, key, value));
                }
                let node = found?.node;
                let Tree::Map(map) = &node.tree else { return Err(SpliceError::Kind(into.clone())) };
                own(node)?;
                let siblings = inner(node)?;
                let behind = map.members.iter().position(|member| Some(&*member.key) == after.as_deref());
                let behind = behind.or_else(|| siblings.len().checked_sub(1));
                if let (Format::Yaml, false, Some(behind)) = (format, blocks::is_braced(text, node), behind) {
                    return Ok(blocks::insertion(&places, &siblings, behind, key, value));
                }
                let has_blank = behind.is_none_or(|at| text[..map.members[at].node.range.start].ends_with([' ', '\t', '\n']));
                let written = match (format, has_blank) {
                    (Format::Toml, _) => format!("{} = {}", words::toml_key(key), words::toml_value(value)),
                    (Format::Yaml, _) => format!("{}: {}", words::yaml_text(key), words::yaml_value(value)),
                    (Format::Json, true) => {
                        format!("{}: {}", words::json_text(key), words::json_value(value, ", ", ": "))
                    }
                    (Format::Json, false) => {
                        format!("{}:{}", words::json_text(key), words::json_value(value, ",", ":"))
                    }
                };
                Ok(match behind {
                    Some(behind) => braces::insertion(&places, &siblings, behind, &written),
                    None => vec![Cut::at(node.range.start + 1, written)],
                })
            }
            Change::Items { into, before, items } => {
                let node = find(document, into, trail)?.node;
                own(node)?;
                if let (Format::Yaml, Tree::List(_), false) = (format, &node.tree, blocks::is_braced(text, node)) {
                    return blocks::items(&places, &inner(node)?, *before == 0, items, into);
                }
                if !matches!(node.tree, Tree::List(_)) || !text[node.range.start..].starts_with('[') {
                    return Err(SpliceError::Kind(into.clone()));
                }
                let siblings = inner(node)?;
                let words: Vec<String> = items.iter().map(|item| words::json_text(item)).collect();
                Ok(match siblings.len() {
                    0 => vec![Cut::at(node.range.start + 1, words.join(", "))],
                    _ if *before == 0 => braces::insertion_before(&places, &siblings, &words),
                    count => {
                        let behind = (*before).min(count) - 1;
                        let separator = match places.indent(siblings[behind].0) {
                            Some(indent) => format!(",{}{indent}", places.newline()),
                            None => braces::separator(&places, &siblings).to_owned(),
                        };
                        braces::insertion(&places, &siblings, behind, &words.join(&separator))
                    }
                })
            }
        }
    }
}

/// The same without maps that hold nothing: in TOML, a table whose last dotted key goes is gone with it.
fn without_empty(value: &Value) -> Vec<u8> {
    fn cleaned(value: &Value) -> Value {
        match value {
            Value::Map(members) => {
                let members = members.iter().map(|(key, value)| (key.clone(), cleaned(value)));
                Value::Map(members.filter(|(_, value)| !matches!(value, Value::Map(inner) if inner.is_empty())).collect())
            }
            Value::List(items) => Value::List(items.iter().map(cleaned).collect()),
            other => other.clone(),
        }
    }
    cleaned(value).canonical()
}
