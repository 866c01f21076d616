//! What stands where an entry refers to something, when mcpenv itself starts its server: a value of the profile, a part of the
//! caller's environment that every server gets, or what the client would have filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;

use zeroize::Zeroizing;

use crate::client::{Piece, placeholders};
use crate::secret::Secret;
use crate::var::VarName;

/// What there is to fill with.
pub(super) struct Given<'a> {
    pub values: &'a BTreeMap<VarName, Secret>,
    /// What the server has of the caller's environment.
    pub base: &'a [(OsString, OsString)],
    pub root: &'a Path,
    /// Where the server starts.
    pub directory: &'a Path,
    pub home: &'a Path,
}

/// A text with everything in its place.
pub(super) enum Filled {
    Whole(Zeroizing<Vec<u8>>),
    /// There is no value for something in it.
    Lacking,
    /// Only its client knows what stands there.
    Open,
}

/// What of a text stays when it is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeps {
    Nothing,
    /// A reference without a value, as it is written.
    References,
    /// The same, and `%{NAME}` is a value too: in the words of an entry that mcpenv starts, where `allow` says so.
    ReferencesOfWrapper,
    /// Nothing, and `%{NAME}` is a value: in what such an entry sets.
    NothingOfWrapper,
}

impl Keeps {
    fn is_of_wrapper(self) -> bool {
        matches!(self, Self::ReferencesOfWrapper | Self::NothingOfWrapper)
    }

    fn has_references(self) -> bool {
        matches!(self, Self::References | Self::ReferencesOfWrapper)
    }
}

/// More references than this stand in no text that anybody started a server with.
const MOST: usize = 256;

impl Given<'_> {
    /// Fills a text.
    pub fn fill(&self, pieces: &[Piece<'_>], keeps: Keeps) -> Filled {
        let mut out = Zeroizing::new(Vec::new());
        for piece in pieces {
            match piece {
                Piece::Text(text) if keeps.is_of_wrapper() => self.fill_placeholders(text, &mut out),
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Variable { name, default, text } => match (self.variable(name), default) {
                    (Some(value), _) => out.extend_from_slice(&value),
                    (None, Some(default)) => out.extend_from_slice(default.as_bytes()),
                    (None, None) if keeps.has_references() => out.extend_from_slice(text.as_bytes()),
                    (None, None) => return Filled::Lacking,
                },
                Piece::Given { name, .. } => match self.of_client(name) {
                    Some(text) => out.extend_from_slice(text.as_encoded_bytes()),
                    None => return Filled::Open,
                },
            }
        }
        Filled::Whole(out)
    }

    /// Whether a variable in it has neither a value nor a default.
    pub fn lacks(&self, pieces: &[Piece<'_>]) -> bool {
        let is_lacking = |piece: &Piece<'_>| match piece {
            Piece::Variable { name, default, .. } => default.is_none() && self.variable(name).is_none(),
            Piece::Text(_) | Piece::Given { .. } => false,
        };
        pieces.iter().any(is_lacking)
    }

    fn fill_placeholders(&self, text: &str, out: &mut Vec<u8>) {
        let mut rest = 0;
        for (range, name) in placeholders(text) {
            let Some(value) = self.values.get(name) else { continue };
            out.extend_from_slice(&text.as_bytes()[rest..range.start]);
            out.extend_from_slice(value.expose());
            rest = range.end;
        }
        out.extend_from_slice(&text.as_bytes()[rest..]);
    }

    /// Whether a client could have made this of a text, filled or not. `caller` is the environment that it filled from.
    pub fn could_be(&self, pieces: &[Piece<'_>], made: &[u8], caller: &dyn Fn(&str) -> Option<OsString>) -> bool {
        if pieces.len() > MOST {
            return false;
        }
        let mut ends = BTreeSet::from([0]);
        for piece in pieces {
            let mut next = BTreeSet::new();
            let choices = self.choices(piece, caller);
            for start in &ends {
                match &choices {
                    Some(choices) => {
                        next.extend(choices.iter().filter(|c| made[*start..].starts_with(c)).map(|c| start + c.len()));
                    }
                    None => next.extend(*start..=made.len()),
                }
            }
            ends = next;
        }
        ends.contains(&made.len())
    }

    /// What may stand in the place of a piece; `None`: anything.
    fn choices(&self, piece: &Piece<'_>, caller: &dyn Fn(&str) -> Option<OsString>) -> Option<Vec<Zeroizing<Vec<u8>>>> {
        let mut choices = Vec::new();
        match piece {
            Piece::Text(text) => choices.push(Zeroizing::new(text.as_bytes().to_vec())),
            Piece::Variable { name, default, text } => {
                choices.push(Zeroizing::new(text.as_bytes().to_vec()));
                choices.push(Zeroizing::new(default.unwrap_or("").as_bytes().to_vec()));
                choices.extend(self.variable(name));
                choices.extend(caller(name).map(|held| Zeroizing::new(held.into_encoded_bytes())));
            }
            Piece::Given { name, text } => {
                choices.push(Zeroizing::new(text.as_bytes().to_vec()));
                choices.push(Zeroizing::new(self.of_client(name)?.into_encoded_bytes()));
            }
        }
        Some(choices)
    }

    fn variable(&self, name: &str) -> Option<Zeroizing<Vec<u8>>> {
        if let Some(value) = self.values.get(name) {
            return Some(Zeroizing::new(value.expose().to_vec()));
        }
        if name == "PWD" {
            return Some(Zeroizing::new(self.directory.as_os_str().as_encoded_bytes().to_vec()));
        }
        let is_it = |own: &OsString| crate::sys::is_same_variable(own, name.as_ref());
        let (_, held) = self.base.iter().find(|(own, _)| is_it(own))?;
        Some(Zeroizing::new(held.as_encoded_bytes().to_vec()))
    }

    /// What the client itself would fill in, as far as it is the same for every client.
    fn of_client(&self, name: &str) -> Option<OsString> {
        match name {
            "workspaceFolder" | "CLAUDE_PROJECT_DIR" => Some(self.root.into()),
            "workspaceFolderBasename" => self.root.file_name().map(OsString::from),
            "userHome" => Some(self.home.into()),
            "cwd" => Some(self.directory.into()),
            "pathSeparator" | "/" => Some(std::path::MAIN_SEPARATOR_STR.into()),
            _ => None,
        }
    }
}
