//! A YAML map of names and scalars, read event by event: nothing is kept that is not taken. Aliases and merge keys are named,
//! not followed, so a file can never become more than it is.

use granit_parser::{Event, Parser, ScalarStyle, Tag, options};

use super::contract::{self, Entry, Found, Members, ReadError, require_single};
use crate::crowd;

/// Reads the text of a YAML file with one document.
pub(super) fn read(text: &str) -> Result<Vec<Entry>, ReadError> {
    let mut walk = Walk::default();
    let options = options! { emit_comments: false };
    let mut room = crowd::most(text.len());
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| ReadError::at(error.marker().line(), "this is no YAML"))?;
        room = room.checked_sub(1).ok_or(ReadError::at(span.start.line(), crowd::FULL))?;
        walk.take(event, span.start.line()).map_err(|why| ReadError::at(span.start.line(), why))?;
    }
    let Walk { outer, inner, .. } = walk;
    let found = Members { all: outer, env: inner };
    require_single(&found.all)?;
    found.env.as_deref().map_or(Ok(()), require_single)?;
    Ok(found.unwrapped())
}

/// How far the reading has come.
#[derive(Default)]
struct Walk {
    has_document: bool,
    /// How many maps and lists are open.
    depth: usize,
    /// The depth of the maps whose members are entries: 1, and 2 inside `env`.
    in_env: bool,
    /// A key that waits for its value.
    key: Option<(String, usize)>,
    outer: Vec<Entry>,
    inner: Option<Vec<Entry>>,
}

impl Walk {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), &'static str> {
        match event {
            Event::DocumentStart(..) => {
                if std::mem::replace(&mut self.has_document, true) {
                    return Err("something stands after the end of the document");
                }
            }
            Event::SequenceStart(..) => self.open(false, line)?,
            Event::MappingStart(..) => self.open(true, line)?,
            Event::SequenceEnd | Event::MappingEnd => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth < 2 {
                    self.in_env = false;
                }
            }
            Event::Scalar(value, style, _, tag) => {
                self.scalar(value.into_owned(), style == ScalarStyle::Plain, tag.as_deref(), line)?;
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) if self.is_member() => match self.key.take() {
                Some(key) => self.put(key, Found::Odd("an alias is not followed")),
                None => return Err("a key is no text"),
            },
            _ => {}
        }
        Ok(())
    }

    /// Whether what comes now is a member of a map whose members count.
    fn is_member(&self) -> bool {
        self.depth == 1 || self.depth == 2 && self.in_env
    }

    fn open(&mut self, is_map: bool, line: usize) -> Result<(), &'static str> {
        if self.depth == 0 && !is_map {
            return Err("this is no map of names and values");
        }
        if self.is_member() {
            let Some(key) = self.key.take() else { return Err("a key is no text") };
            if self.depth == 1 && is_map && key.0 == "env" && self.inner.is_none() {
                self.outer.push(Entry { name: Some(key.0), line, found: Found::Nested });
                self.inner = Some(Vec::new());
                self.in_env = true;
            } else {
                self.put(key, Found::Nested);
            }
        }
        self.depth += 1;
        Ok(())
    }

    fn scalar(&mut self, value: String, is_plain: bool, tag: Option<&Tag>, line: usize) -> Result<(), &'static str> {
        if self.depth == 0 {
            // an empty document is a plain nothing
            return if value.is_empty() && is_plain { Ok(()) } else { Err("this is no map of names and values") };
        }
        if !self.is_member() {
            return Ok(());
        }
        let Some(key) = self.key.take() else {
            self.key = Some((value, line));
            return Ok(());
        };
        let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str") || tag.original() == "!");
        let found = if tag.is_some() && !is_text {
            Found::Odd("it carries a tag")
        } else if is_plain && !is_text && matches!(&*value, "" | "~" | "null" | "Null" | "NULL") {
            Found::Nothing
        } else {
            contract::text(value)
        };
        self.put(key, found);
        Ok(())
    }

    fn put(&mut self, (name, line): (String, usize), found: Found) {
        let entry = Entry { name: Some(name), line, found };
        match &mut self.inner {
            Some(inner) if self.in_env => inner.push(entry),
            _ => self.outer.push(entry),
        }
    }
}
