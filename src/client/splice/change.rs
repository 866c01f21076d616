//! What can be changed in a document, and what the document must mean afterwards.

use std::ops::Range;

use super::pointer::{steps, unescaped};
use super::trail::Trail;
use crate::client::contract::{ReadError, Value};
use crate::escape::shown;
use crate::fault::Fault;

/// One change. Places are JSON Pointers into the document as the changes before this one leave it.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// A part of a text, by its bytes in the text itself (not in how it is written), becomes another text.
    Text { at: String, range: Range<usize>, with: String },
    /// A member of a map or an item of a list goes.
    Remove { at: String },
    /// A map gets a member, behind the one that is named where that can be done.
    Insert { into: String, after: Option<String>, key: String, value: Value },
    /// A list gets these texts before its item of that number, or at its end.
    Items { into: String, before: usize, items: Vec<String> },
}

/// Why nothing was changed. Holds no text of the document beyond the keys on the way to a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpliceError {
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] ReadError),
    #[error("there is nothing at `{}`", shown(.0))]
    Absent(String),
    #[error("the key `{}` stands twice, and programs disagree on which counts", shown(.0))]
    Twice(String),
    #[error("what stands at `{}` is not of the kind that can be changed", shown(.0))]
    Kind(String),
    #[error("what stands at `{}` is written in one place and used in several", shown(.0))]
    Shared(String),
    #[error("too much would have to change at `{}`", shown(.0))]
    TooMany(String),
    #[error("it is written in a way that cannot be changed at `{}` without touching more", shown(.0))]
    Unsure(String),
}

impl Fault for SpliceError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable(_) => Some("mend the file first".to_owned()),
            Self::Twice(_) => Some("take one of the two away".to_owned()),
            Self::Shared(_) | Self::Unsure(_) | Self::Kind(_) | Self::TooMany(_) => Some("change it by hand".to_owned()),
            Self::Absent(_) => None,
        }
    }
}

impl Change {
    /// The place that it is about.
    #[must_use]
    pub fn at(&self) -> &str {
        match self {
            Self::Text { at, .. } | Self::Remove { at } => at,
            Self::Insert { into, .. } | Self::Items { into, .. } => into,
        }
    }

    /// The text, map or list that changes.
    pub(super) fn place(&self) -> &str {
        match self {
            Self::Remove { at } => at.rsplit_once('/').map_or("", |(parent, _)| parent),
            other => other.at(),
        }
    }

    /// Makes the same change in what a document means.
    pub(super) fn apply(&self, root: &mut Value, trail: &mut Trail) -> Result<(), SpliceError> {
        let absent = || SpliceError::Absent(self.at().to_owned());
        let kind = || SpliceError::Kind(self.at().to_owned());
        match self {
            Self::Text { at, range, with } => match value_at(root, at, trail).ok_or_else(absent)? {
                Value::Text(text) if text.get(range.clone()).is_some() => text.replace_range(range.clone(), with),
                _ => return Err(kind()),
            },
            Self::Remove { at } => {
                let (parent, key) = at.rsplit_once('/').ok_or_else(kind)?;
                let key = unescaped(key);
                match value_at(root, parent, trail).ok_or_else(absent)? {
                    Value::Map(members) => {
                        let found = members.iter().position(|(name, _)| *name == key).ok_or_else(absent)?;
                        members.remove(found);
                    }
                    Value::List(items) => {
                        let found = key.parse::<usize>().ok().filter(|n| *n < items.len()).ok_or_else(absent)?;
                        items.remove(found);
                    }
                    _ => return Err(kind()),
                }
            }
            Self::Insert { into, key, value, .. } => match grown(root, into).ok_or_else(kind)? {
                Value::Map(members) if members.iter().all(|(name, _)| name != key) => members.push((key.clone(), value.clone())),
                _ => return Err(kind()),
            },
            Self::Items { into, before, items } => match value_at(root, into, trail).ok_or_else(absent)? {
                Value::List(list) => {
                    let before = (*before).min(list.len());
                    list.splice(before..before, items.iter().cloned().map(Value::Text));
                }
                _ => return Err(kind()),
            },
        }
        Ok(())
    }
}

fn value_at<'v>(root: &'v mut Value, pointer: &str, trail: &mut Trail) -> Option<&'v mut Value> {
    let mut at = root;
    for (level, step) in steps(pointer).enumerate() {
        at = match at {
            Value::Map(members) => {
                let found = trail.find(level, members.len(), |at| members[at].0 == step)?;
                &mut members[found].1
            }
            Value::List(items) => items.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(at)
}

/// The same; maps on the way that are missing are made.
fn grown<'v>(root: &'v mut Value, pointer: &str) -> Option<&'v mut Value> {
    let mut at = root;
    for step in steps(pointer) {
        at = match at {
            Value::Map(members) => {
                let found = members.iter().position(|(name, _)| *name == step);
                let found = found.unwrap_or_else(|| {
                    members.push((step.clone().into_owned(), Value::Map(Vec::new())));
                    members.len() - 1
                });
                &mut members[found].1
            }
            Value::List(items) => items.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(at)
}
