//! What was approved for one project, and its codec: a JSON document that a newer mcpenv may add fields to.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::projection::{Line, Projection};
use crate::client::Scope;
use crate::key::{hex, unhex};
use crate::profile::ProfileName;
use crate::project::Inject;
use crate::sys;
use crate::team::{Pin, Team, TeamPath};
use crate::var::VarName;

/// The user's word on one project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The profile that the user bound this project to.
    pub profile: Option<ProfileName>,
    /// The file in the project that this profile rests in, and what was confirmed of it; `None`: it rests with the user.
    pub team: Option<Team>,
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
    /// Its lines as they were shown, as the JSON text that stands in the record. The hook never looks at them.
    lines: String,
}

impl Approved {
    /// What is kept of a server that was shown with these lines.
    #[must_use]
    pub fn new(projection: Projection, lines: &[Line], at: i64) -> Self {
        let pairs: Vec<Value> = lines.iter().map(|line| json!([line.part, line.text])).collect();
        Self { projection, at, lines: Value::Array(pairs).to_string() }
    }

    /// The lines as they were shown.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let pairs: Vec<(String, String)> = serde_json::from_str(&self.lines).unwrap_or_default();
        pairs.into_iter().map(|(part, text)| Line { part, text }).collect()
    }
}

impl Record {
    /// The approved form of an entry, whatever it says now. One file can hold two entries of one name, in two maps: then the one
    /// that was approved just as it stands.
    #[must_use]
    pub fn find(&self, asked: &Projection) -> Option<&Approved> {
        let same = || {
            self.servers.iter().filter(|a| {
                a.projection.is_same_entry(&asked.client, asked.scope, &asked.file, &asked.server, asked.context.as_deref())
            })
        };
        same().find(|a| a.projection.digest == asked.digest).or_else(|| same().next())
    }

    /// The record of the project at `root` as a JSON text. The path stands in it, every byte of it.
    #[must_use]
    pub fn encode(&self, root: &Path) -> Vec<u8> {
        let servers: Vec<Value> = self.servers.iter().map(server_to_json).collect();
        let document = json!({
            "format": 1,
            "root": root.to_str(),
            "root_hex": if root.to_str().is_some() { None } else { Some(hex(root.as_os_str().as_encoded_bytes())) },
            "profile": self.profile.as_ref().map(ProfileName::as_str),
            "team": self.team.as_ref().map(team_to_json),
            "denied": self.is_denied,
            "clients": self.wishes.map(|digest| hex(&digest)),
            "servers": servers,
        });
        document.to_string().into_bytes()
    }

    /// Reads a record, and the path of its project, which the first ones did not say. `None` when it is not a record of this
    /// format.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<(Option<PathBuf>, Self)> {
        let document: RawRecord<'_> = serde_json::from_slice(bytes).ok()?;
        if document.format != 1 {
            return None;
        }
        let root = match (&document.root, &document.root_hex) {
            (Some(text), None) => Some(PathBuf::from(text.as_ref())),
            (None, Some(digits)) => Some(PathBuf::from(sys::os_text(&unhex(digits)?)?)),
            (None, None) => None,
            (Some(_), Some(_)) => return None,
        };
        let record = Self {
            profile: document.profile.map(|name| ProfileName::parse(&name).ok()).map_or(Some(None), |name| name.map(Some))?,
            team: document.team.map(|team| team_from_json(&team)).map_or(Some(None), |team| team.map(Some))?,
            is_denied: document.denied,
            wishes: document.clients.map(|text| digest(&text)).map_or(Some(None), |digest| digest.map(Some))?,
            servers: document.servers.into_iter().map(server_from_json).collect::<Option<_>>()?,
        };
        Some((root, record))
    }
}

#[derive(Deserialize)]
struct RawRecord<'a> {
    format: u64,
    #[serde(borrow)]
    root: Option<Cow<'a, str>>,
    root_hex: Option<Cow<'a, str>>,
    profile: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    team: Option<RawTeam<'a>>,
    denied: bool,
    clients: Option<Cow<'a, str>>,
    servers: Vec<RawServer<'a>>,
}

#[derive(Deserialize)]
struct RawTeam<'a> {
    #[serde(borrow)]
    path: Cow<'a, str>,
    pin: Cow<'a, str>,
    readers: Vec<String>,
}

#[derive(Deserialize)]
struct RawServer<'a> {
    #[serde(borrow)]
    client: Cow<'a, str>,
    scope: Cow<'a, str>,
    file: Cow<'a, str>,
    server: Cow<'a, str>,
    context: Option<Cow<'a, str>>,
    variables: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    digest: Cow<'a, str>,
    lines: &'a RawValue,
    at: i64,
}

fn team_to_json(team: &Team) -> Value {
    json!({ "path": team.path.as_str(), "pin": hex(&team.pin.0), "readers": team.readers })
}

fn team_from_json(raw: &RawTeam<'_>) -> Option<Team> {
    Some(Team { path: TeamPath::parse(&raw.path).ok()?, pin: Pin(digest(&raw.pin)?), readers: raw.readers.clone() })
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
        "lines": serde_json::from_str::<Value>(&approved.lines).unwrap_or_default(),
        "at": approved.at,
    })
}

fn server_from_json(raw: RawServer<'_>) -> Option<Approved> {
    let variable = |(name, inject): (Cow<'_, str>, Cow<'_, str>)| {
        let inject = match inject.as_ref() {
            "shell" => Inject::Shell,
            "exec" => Inject::Exec,
            "never" => Inject::Never,
            _ => return None,
        };
        Some((VarName::parse(&name).ok()?, inject))
    };
    Some(Approved {
        projection: Projection {
            client: raw.client.into_owned(),
            scope: match raw.scope.as_ref() {
                "project" => Scope::Project,
                "user" => Scope::User,
                _ => return None,
            },
            file: raw.file.into_owned(),
            server: raw.server.into_owned(),
            context: raw.context.map(Cow::into_owned),
            variables: raw.variables.into_iter().map(variable).collect::<Option<_>>()?,
            digest: digest(&raw.digest)?,
        },
        at: raw.at,
        lines: raw.lines.get().to_owned(),
    })
}

fn digest(text: &str) -> Option<[u8; 32]> {
    unhex(text)?.try_into().ok()
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
        };
        let lines = [Line { part: "args[0]".into(), text: "-y \"\u{1}".into() }];
        let approved = Approved::new(projection, &lines, -5);
        assert_eq!(approved.lines(), lines);
        let record = Record {
            profile: Some(ProfileName::parse("p").expect("a name")),
            team: Some(Team {
                path: TeamPath::parse("a/日本.age").expect("a path"),
                pin: Pin([5; 32]),
                readers: vec!["age1x".into(), "ssh-ed25519 AAAA".into()],
            }),
            is_denied: true,
            wishes: Some([3; 32]),
            servers: vec![approved],
        };
        let root = PathBuf::from("/src/日本 \n\"x\"");
        assert_eq!(Record::decode(&record.encode(&root)), Some((Some(root.clone()), record.clone())));
        let without = Record { team: None, ..record };
        let text = String::from_utf8(without.encode(&root)).expect("JSON").replace("\"team\":null,", "");
        let read = Record::decode(text.as_bytes());
        assert_eq!(read, Some((Some(root), without)), "one that was written before there were team files");
        assert_eq!(Record::decode(b"{}"), None);
    }
}
