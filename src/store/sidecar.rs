//! What is known of a profile without opening it: names and dates, the generation, who can open it. Never a value. It is
//! written anew from the profile at each save, so nothing is lost with it, and nothing is trusted that stands in it alone.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::life::{End, claims};
use crate::profile::{Profile, Variable};
use crate::store::draft::Draft;
use crate::store::trouble;
use crate::var::VarName;

const FORMAT: u64 = 1;
/// The most that a sidecar may hold, in bytes.
const LIMIT: u64 = 8 * 1024 * 1024;

/// The dates of one variable, in seconds since 1970 UTC, and what was said of its end, as it stands in the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    pub created: i64,
    pub changed: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotate: Option<String>,
    /// What the list of servers advises where nobody says anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advised: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<i64>,
}

impl Dates {
    fn of(variable: &Variable) -> Self {
        let said = variable.plan.expires;
        let of_value = claims(variable.value.expose()).and_then(|claims| claims.expires).map(End::Moment);
        let expires = match (said, of_value) {
            (Some(said), Some(own)) => Some(said.earlier(own)),
            (said, own) => said.or(own),
        };
        Self {
            created: variable.created,
            changed: variable.changed,
            expires: expires.map(|end| end.to_string()),
            rotate: variable.plan.rotate.map(|rotation| rotation.to_string()),
            advised: variable.plan.advised.map(|period| period.to_string()),
            revoked: variable.revoked,
        }
    }
}

/// A profile from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sidecar {
    pub generation: u64,
    /// The public keys of the identities that open the profile.
    pub recipients: Vec<String>,
    pub variables: BTreeMap<VarName, Dates>,
}

/// How a sidecar stands to the profile that was just opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    Current,
    /// A save ended before the sidecar was written, or somebody else changed the profile: it wants to be written anew.
    Behind,
    /// A later generation was seen here than the profile has now: an older file was put in its place.
    WentBackwards {
        seen: u64,
        found: u64,
    },
}

#[derive(Serialize, Deserialize)]
struct Text {
    format: u64,
    generation: u64,
    recipients: Vec<String>,
    variables: BTreeMap<String, Dates>,
}

impl Sidecar {
    pub(super) fn of(profile: &Profile, generation: u64, recipients: Vec<String>) -> Self {
        let dates = |(name, variable): (&VarName, &Variable)| (name.clone(), Dates::of(variable));
        Self { generation, recipients, variables: profile.variables.iter().map(dates).collect() }
    }

    /// Reads a sidecar. `None` when there is none that makes sense: it is as good as lost then.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        let (bytes, _) = trouble::read(path, LIMIT).ok()??;
        let text: Text = serde_json::from_slice(&bytes).ok()?;
        let variables = text.variables.iter().map(|(name, dates)| Some((VarName::stored(name).ok()?, dates.clone())));
        Some(Self { generation: text.generation, recipients: text.recipients, variables: variables.collect::<Option<_>>()? })
    }

    /// Compares it with the profile it stands beside.
    #[must_use]
    pub fn against(&self, profile: &Profile) -> Agreement {
        let (seen, found) = (self.generation, profile.generation);
        if seen > found {
            Agreement::WentBackwards { seen, found }
        } else if seen < found || self.variables != Self::of(profile, found, Vec::new()).variables {
            Agreement::Behind
        } else {
            Agreement::Current
        }
    }

    // not synced: after a power cut an empty one is read as none and written anew
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let text = Text {
            format: FORMAT,
            generation: self.generation,
            recipients: self.recipients.clone(),
            variables: self.variables.iter().map(|(name, dates)| (name.to_string(), dates.clone())).collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&text)?;
        bytes.push(b'\n');
        Draft::write(path, &bytes)?.replace()
    }
}
