//! Reads a TOML file of mcpenv's own strictly: every key is known, every value is of its kind, and what is wrong is named with
//! its line. Never repeats a value: somebody may have pasted a token there.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue, Deserializer};

use crate::crowd;
use crate::escape::{shown, shown_path};
use crate::fault::Fault;
use crate::nesting;

/// What may stand under a key.
#[derive(Debug)]
pub enum Shape {
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    Bool,
    Texts,
    /// A table with these keys.
    Table(&'static [(&'static str, Shape)]),
    /// A table whose keys are names that the user chooses, each with the same shape.
    Named(&'static Shape),
}

/// A file that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` line {line}: {why}", shown_path(path))]
pub struct SchemaError {
    pub path: PathBuf,
    pub line: usize,
    pub why: String,
    pub nearest: Option<String>,
}

impl Fault for SchemaError {
    fn hint(&self) -> Option<String> {
        self.nearest.as_ref().map(|nearest| format!("the nearest known key is `{nearest}`"))
    }
}

/// Reads `text`, which stands in the file `path` and is a table of the keys in `shape`.
///
/// # Errors
/// The first thing that is not TOML, not known, or not of its kind.
pub fn read<T: DeserializeOwned>(path: &Path, text: &[u8], shape: &Shape) -> Result<T, SchemaError> {
    let at = |line, why: String| SchemaError { path: path.to_owned(), line, why, nearest: None };
    let text = match std::str::from_utf8(text) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(e) => return Err(at(line_of(text, e.valid_up_to()), "this is no UTF-8 text".to_owned())),
    };
    let place = |e: &toml::de::Error| e.span().map_or(1, |span| line_of(text.as_bytes(), span.start));
    // a table within a table within a table… is never ours, and deep ones cost stack
    if let Some(offset) = nesting::beyond(text, 32) {
        return Err(at(line_of(text.as_bytes(), offset), "tables and lists are nested too deeply".to_owned()));
    }
    if crowd::is_full_own(text.as_bytes()) {
        return Err(at(1, crowd::FULL.to_owned()));
    }
    let table = DeTable::parse(text).map_err(|e| at(place(&e), shown(e.message()).into_owned()))?;
    if let Err(trouble) = check(table.get_ref(), shape, "") {
        let why = trouble.why;
        return Err(SchemaError { nearest: trouble.nearest, ..at(line_of(text.as_bytes(), trouble.offset), why) });
    }
    T::deserialize(Deserializer::from(table)).map_err(|e| at(place(&e), "this value is not of its kind".to_owned()))
}

struct Trouble {
    offset: usize,
    why: String,
    nearest: Option<String>,
}

fn check(table: &DeTable<'_>, shape: &Shape, path: &str) -> Result<(), Trouble> {
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        // only where it is told: a long name above many keys would be written for each of them
        let here = || if path.is_empty() { shown(name).into_owned() } else { format!("{path}.{}", shown(name)) };
        let expected = match shape {
            Shape::Named(each) => *each,
            Shape::Table(known) => match known.iter().find(|(k, _)| *k == name) {
                Some((_, shape)) => shape,
                None => {
                    return Err(Trouble {
                        offset: key.span().start,
                        why: format!("unknown key `{}`", here()),
                        nearest: nearest(name, known.iter().map(|(k, _)| *k)).map(str::to_owned),
                    });
                }
            },
            _ => unreachable_shape(),
        };
        let wrong = |kind: String| {
            Err(Trouble { offset: value.span().start, why: format!("`{}` must be {kind}", here()), nearest: None })
        };
        match (expected, value.get_ref()) {
            (Shape::Text, DeValue::String(_)) | (Shape::Bool, DeValue::Boolean(_)) => {}
            (Shape::Word(words), DeValue::String(word)) if words.contains(&word.as_ref()) => {}
            (Shape::Texts, DeValue::Array(items)) if items.iter().all(|item| item.get_ref().is_str()) => {}
            (Shape::Table(_) | Shape::Named(_), DeValue::Table(inner)) => check(inner, expected, &here())?,
            (Shape::Text, _) => return wrong("a text".to_owned()),
            (Shape::Bool, _) => return wrong("true or false".to_owned()),
            (Shape::Texts, _) => return wrong("a list of texts".to_owned()),
            (Shape::Word(words), _) => return wrong(format!("one of `{}`", words.join("`, `"))),
            (Shape::Table(_) | Shape::Named(_), _) => return wrong("a table".to_owned()),
        }
    }
    Ok(())
}

/// The root and every table that is walked into are tables by construction.
fn unreachable_shape() -> &'static Shape {
    &Shape::Text
}

/// The known word that is most like a text; `None` when none is.
pub fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let text: String = text.chars().take(64).collect();
    known
        .map(|word| (strsim::damerau_levenshtein(&text.to_lowercase(), &word.to_lowercase()), word))
        .filter(|(distance, word)| *distance <= word.len().div_ceil(2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The line of a byte offset, from 1.
#[must_use]
pub fn line_of(text: &[u8], offset: usize) -> usize {
    text.iter().take(offset).filter(|b| **b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize, PartialEq)]
    #[serde(default)]
    #[derive(Default)]
    struct Small {
        profile: String,
        clients: Vec<String>,
    }

    const SHAPE: Shape = Shape::Table(&[
        ("profile", Shape::Text),
        ("clients", Shape::Texts),
        ("on", Shape::Bool),
        ("variables", Shape::Named(&Shape::Table(&[("inject", Shape::Word(&["shell", "never"]))]))),
    ]);

    fn read_small(text: &str) -> Result<Small, SchemaError> {
        read(Path::new("x.toml"), text.as_bytes(), &SHAPE)
    }

    #[test]
    fn brackets_in_texts_hide_no_depth() {
        let deep = format!("profile = 'a'\nclients = {}", "[ \"]\", ".repeat(100_000));
        let error = read_small(&deep).expect_err("too deep");
        assert_eq!((error.line, error.why.as_str()), (2, "tables and lists are nested too deeply"));
        let shallow = format!("profile = '{}'", "[".repeat(100_000));
        assert_eq!(read_small(&shallow).expect("one text").profile.len(), 100_000);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_one() {
        let error = read_small("profile = 'a'\n\nclinets = []").expect_err("a typo");
        assert_eq!((error.line, error.nearest.as_deref()), (3, Some("clients")));
        assert!(error.to_string().contains("unknown key `clinets`"));
        let error = read_small("[variables.X]\ninjcet = 'shell'").expect_err("a typo inside");
        assert_eq!((error.line, error.nearest.as_deref()), (2, Some("inject")));
        assert!(error.to_string().contains("`variables.X.injcet`"), "{error}");
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named_and_never_repeated() {
        for text in
            ["on = 'ghp_sekret'", "profile = ['ghp_sekret']", "clients = 'ghp_sekret'", "[variables.X]\ninject = 'ghp_sekret'"]
        {
            let error = read_small(text).expect_err(text);
            assert!(!format!("{error} {:?}", error.hint()).contains("sekret"), "{error}");
        }
    }

    #[test]
    fn text_that_is_no_toml_names_its_line() {
        assert_eq!(read_small("profile = 'a'\n= 3").expect_err("no key").line, 2);
        let bytes = b"profile = 'a'\n# \xff";
        assert_eq!(read::<Small>(Path::new("x"), bytes, &SHAPE).expect_err("no UTF-8").line, 2);
        assert!(read_small(&format!("profile = {}", "[".repeat(100_000))).is_err());
        assert!(read_small(&format!("{}a = 1", "a.".repeat(100_000))).is_err());
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_fine() {
        assert_eq!(read_small("\u{feff}profile = 'a'\r\nclients = ['b']\r\n").map(|s| s.clients), Ok(vec!["b".to_owned()]));
    }
}
