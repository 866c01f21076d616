//! What was approved for one project, and its codec: a JSON document that a newer mcpenv may add fields to.

use serde_json::{Map, Value, json};

use super::projection::{Line, Projection};
use crate::client::Scope;
use crate::key::{hex, unhex};
use crate::profile::ProfileName;
use crate::project::Inject;
use crate::var::VarName;

/// The user's word on one project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The profile that the user bound this project to.
    pub profile: Option<ProfileName>,
    /// The user said no: nothing is loaded and nothing more is said.
    pub is_denied: bool,
    /// [`super::wishes_digest`] as it was approved; `None` before the first approval.
    pub wishes: Option<[u8; 32]>,
    pub servers: Vec<Approved>,
}

/// One approved server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    pub projection: Projection,
    /// Seconds since 1970-01-01 UTC.
    pub at: i64,
}

impl Record {
    /// The approved form of an entry, whatever it says now.
    #[must_use]
    pub fn find(&self, asked: &Projection) -> Option<&Approved> {
        self.servers.iter().find(|a| {
            a.projection.is_same_entry(&asked.client, asked.scope, &asked.file, &asked.server, asked.context.as_deref())
        })
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        let servers: Vec<Value> = self.servers.iter().map(server_to_json).collect();
        let document = json!({
            "format": 1,
            "profile": self.profile.as_ref().map(ProfileName::as_str),
            "denied": self.is_denied,
            "clients": self.wishes.map(|digest| hex(&digest)),
            "servers": servers,
        });
        document.to_string().into_bytes()
    }

    /// `None` when it is not a record of this format.
    pub(super) fn from_json(bytes: &[u8]) -> Option<Self> {
        let document: Map<String, Value> = serde_json::from_slice(bytes).ok()?;
        if document.get("format")?.as_u64()? != 1 {
            return None;
        }
        let profile = match document.get("profile")? {
            Value::Null => None,
            name => Some(ProfileName::parse(name.as_str()?).ok()?),
        };
        let wishes = match document.get("clients")? {
            Value::Null => None,
            text => Some(digest(text)?),
        };
        let servers = document.get("servers")?.as_array()?.iter().map(server_from_json).collect::<Option<_>>()?;
        Some(Self { profile, is_denied: document.get("denied")?.as_bool()?, wishes, servers })
    }
}

fn server_to_json(approved: &Approved) -> Value {
    let p = &approved.projection;
    json!({
        "client": p.client,
        "scope": if p.scope == Scope::Project { "project" } else { "user" },
        "file": p.file,
        "server": p.server,
        "context": p.context,
        "variables": p.variables.iter().map(|(name, inject)| json!([name.as_str(), inject.word()])).collect::<Vec<_>>(),
        "digest": hex(&p.digest),
        "lines": p.lines.iter().map(|line| json!([line.part, line.text])).collect::<Vec<_>>(),
        "at": approved.at,
    })
}

fn server_from_json(value: &Value) -> Option<Approved> {
    let text = |key: &str| value.get(key)?.as_str().map(str::to_owned);
    let variables = value.get("variables")?.as_array()?.iter().map(|pair| {
        let name = VarName::parse(pair.get(0)?.as_str()?).ok()?;
        let inject = match pair.get(1)?.as_str()? {
            "shell" => Inject::Shell,
            "exec" => Inject::Exec,
            "never" => Inject::Never,
            _ => return None,
        };
        Some((name, inject))
    });
    let lines = value
        .get("lines")?
        .as_array()?
        .iter()
        .map(|pair| Some(Line { part: pair.get(0)?.as_str()?.to_owned(), text: pair.get(1)?.as_str()?.to_owned() }));
    Some(Approved {
        projection: Projection {
            client: text("client")?,
            scope: match value.get("scope")?.as_str()? {
                "project" => Scope::Project,
                "user" => Scope::User,
                _ => return None,
            },
            file: text("file")?,
            server: text("server")?,
            context: value.get("context")?.as_str().map(str::to_owned),
            variables: variables.collect::<Option<_>>()?,
            digest: digest(value.get("digest")?)?,
            lines: lines.collect::<Option<_>>()?,
        },
        at: value.get("at")?.as_i64()?,
    })
}

fn digest(value: &Value) -> Option<[u8; 32]> {
    unhex(value.as_str()?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_as_it_was_written() {
        let projection = Projection {
            client: "claude-code".into(),
            scope: Scope::User,
            file: "~/.claude.json".into(),
            server: "日本 \"x\"".into(),
            context: Some("/home/a".into()),
            variables: vec![(VarName::parse("A_TOKEN").expect("a name"), Inject::Exec)],
            digest: [9; 32],
            lines: vec![Line { part: "args[0]".into(), text: "-y".into() }],
        };
        let record = Record {
            profile: Some(ProfileName::parse("p").expect("a name")),
            is_denied: true,
            wishes: Some([3; 32]),
            servers: vec![Approved { projection, at: -5 }],
        };
        assert_eq!(Record::from_json(&record.to_json()), Some(record));
        assert_eq!(Record::from_json(b"{}"), None);
    }
}
