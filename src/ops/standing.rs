//! How each declared server stands against what was approved.

use std::collections::HashSet;

use super::declared::Found;
use crate::approval::{Approved, Projection, Record};
use crate::project::{Inject, Wishes};
use crate::var::VarName;

/// A declared server with what it would get and what the user said of it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub found: Found,
    pub projection: Projection,
    pub standing: Standing,
    /// Names it asks for that are never exported, with the reason.
    pub refused: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Approved,
    /// Never shown to the user.
    New,
    /// Approved in another form.
    Changed(Box<Approved>),
    /// Switched off in its file.
    Off,
    /// A server of the same name in this file counts instead, for its client.
    Shadowed(String),
    /// This key stands twice: clients disagree on which one counts, so it cannot be approved.
    Ambiguous(String),
}

impl Asked {
    /// Works out what a server asks for, and how that stands.
    #[must_use]
    pub fn new(found: Found, wishes: &Wishes, record: Option<&Record>) -> Self {
        let mut variables = Vec::new();
        let mut refused: Vec<(String, String)> = Vec::new();
        for reference in found.server.references.iter().filter(|r| r.is_export) {
            match VarName::parse(&reference.name) {
                Ok(name) => {
                    let inject = wishes.inject(&name);
                    variables.push((name, inject));
                }
                Err(e) if !refused.iter().any(|(name, _)| *name == reference.name) => {
                    refused.push((reference.name.clone(), e.to_string()));
                }
                Err(_) => {}
            }
        }
        let projection = Projection::new(found.client, found.scope, &found.file, &found.server, variables);
        let standing = if !found.server.is_started {
            Standing::Off
        } else if let Some(file) = &found.shadowed {
            Standing::Shadowed(file.clone())
        } else if let Some(key) = &found.server.duplicate_key {
            Standing::Ambiguous(key.clone())
        } else {
            match record.and_then(|r| r.find(&projection)) {
                None => Standing::New,
                Some(approved) if approved.projection.digest == projection.digest => Standing::Approved,
                Some(approved) => Standing::Changed(Box::new(approved.clone())),
            }
        };
        Self { found, projection, standing, refused }
    }

    /// Whether the user approved it just as it stands.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.standing == Standing::Approved
    }

    /// Whether a person should look at it: it was not approved as it stands. Also one that asks for nothing: a client that
    /// passes its whole environment on gives it what the others asked for.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self.standing, Standing::New | Standing::Changed(_) | Standing::Ambiguous(_))
    }

    /// What the hook may export for it.
    pub fn exported(&self) -> impl Iterator<Item = &VarName> {
        self.projection.variables.iter().filter(|(_, inject)| *inject == Inject::Shell).map(|(name, _)| name)
    }

    /// What it misses something without.
    #[must_use]
    pub fn required(&self) -> HashSet<&str> {
        self.found.server.references.iter().filter(|r| r.is_required).map(|r| r.name.as_str()).collect()
    }

    /// Whether it misses something without this variable.
    #[must_use]
    pub fn requires(&self, name: &VarName) -> bool {
        self.found.server.references.iter().any(|r| r.is_required && r.name == name.as_str())
    }
}
