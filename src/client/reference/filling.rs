//! How the client of an entry fills the texts in it, told without doing it.

use super::writing::Part;

/// How the client of an entry fills the texts in it.
#[derive(Clone, Copy)]
pub struct Filling {
    fill: Option<&'static dyn Fill>,
    parts: &'static [Part],
}

/// Knows where a client fills a text.
pub(in crate::client) trait Fill: Sync {
    fn pieces<'t>(&self, text: &'t str) -> Vec<Piece<'t>>;
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    Text(&'t str),
    /// The client fills in a variable. `text` is the reference as it is written.
    Variable {
        name: &'t str,
        default: Option<&'t str>,
        text: &'t str,
    },
    /// The client fills in something of its own: a directory, or what its user typed.
    Given {
        name: &'t str,
        text: &'t str,
    },
}

impl Filling {
    /// For an entry that no client fills.
    pub const NONE: Self = Self { fill: None, parts: &[] };

    /// For an entry in which these parts are filled; with none of them nothing is.
    pub(in crate::client) fn new(fill: &'static dyn Fill, parts: &'static [Part]) -> Self {
        Self { fill: Some(fill).filter(|_| !parts.is_empty()), parts }
    }

    /// The pieces of a text of this part, or of none that has a name, in its order. It is not filled by this, and no value is seen.
    #[must_use]
    pub fn pieces<'t>(&self, part: Option<Part>, text: &'t str) -> Vec<Piece<'t>> {
        let fill = self.fill.filter(|_| part.is_none_or(|part| self.parts.contains(&part)));
        fill.map_or_else(|| vec![Piece::Text(text)], |fill| fill.pieces(text))
    }
}

impl std::fmt::Debug for Filling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.fill.is_some() { "Filling" } else { "Filling::NONE" })
    }
}

impl PartialEq for Filling {
    fn eq(&self, other: &Self) -> bool {
        match (self.fill, other.fill) {
            (Some(own), Some(others)) => std::ptr::addr_eq(own, others) && self.parts == other.parts,
            (None, None) => true,
            _ => false,
        }
    }
}

impl Eq for Filling {}
