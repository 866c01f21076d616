//! What is in a backup, as a JSON text: each profile as its own sealed text would be, and each approval with its path. Reads
//! nothing that is doubled, misnamed or larger than anybody has, and repeats nothing of it in an error.
//!
//! `{"mcpenv":"backup","format":1,"made":0,"profiles":[{"name":"acme","store":"age","profile":{…}}],"projects":[{…}]}`

use std::borrow::Cow;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::approval::Record;
use crate::profile::{Profile, ProfileName};
use crate::store::payload;

const FORMAT: u64 = 1;
/// The most profiles that a backup holds.
pub(super) const PROFILES: usize = 4096;
/// The most projects that it holds.
pub(super) const PROJECTS: usize = 65_536;

/// The contents of a backup.
#[derive(Debug)]
pub(super) struct Document {
    /// When it was made, in seconds since 1970 UTC.
    pub(super) made: i64,
    pub(super) profiles: Vec<(ProfileName, String, Profile)>,
    pub(super) projects: Vec<(PathBuf, Record)>,
}

/// Why bytes are no backup.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoDocument {
    Broken(String),
    Future,
}

impl Document {
    /// Writes it. The buffer has its full size from the start and is wiped when it is dropped.
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let profiles: Vec<_> = self.profiles.iter().map(|(_, _, profile)| payload::encode(profile, profile.generation)).collect();
        let projects: Vec<_> = self.projects.iter().map(|(root, record)| record.encode(root)).collect();
        let about = profiles.iter().map(|text| text.len() + 160).chain(projects.iter().map(|text| text.len() + 8));
        let mut out = Zeroizing::new(Vec::with_capacity(about.sum::<usize>() + 256));
        let head = format!("{{\"mcpenv\":\"backup\",\"format\":{FORMAT},\"made\":{},\n\"profiles\":[", self.made);
        out.extend_from_slice(head.as_bytes());
        for (index, ((name, store, _), text)) in self.profiles.iter().zip(&profiles).enumerate() {
            // names of profiles and words of stores are plain letters
            let head = format!("{}\n{{\"name\":\"{name}\",\"store\":\"{store}\",\"profile\":", if index == 0 { "" } else { "," });
            out.extend_from_slice(head.as_bytes());
            out.extend_from_slice(text.trim_ascii());
            out.push(b'}');
        }
        out.extend_from_slice(b"],\n\"projects\":[");
        for (index, text) in projects.iter().enumerate() {
            out.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
            out.extend_from_slice(text);
        }
        out.extend_from_slice(b"]}\n");
        out
    }

    /// Reads it, whole or not at all.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, NoDocument> {
        let broken = |why: &str| NoDocument::Broken(why.to_owned());
        let head: Head<'_> = serde_json::from_slice(bytes).map_err(|e| NoDocument::Broken(place(&e)))?;
        if head.mcpenv.as_deref() != Some("backup") {
            return Err(broken("it does not say that it is one"));
        }
        if head.format > FORMAT {
            return Err(NoDocument::Future);
        }
        let raw: Raw<'_> = serde_json::from_slice(bytes).map_err(|e| NoDocument::Broken(place(&e)))?;
        if raw.profiles.len() > PROFILES || raw.projects.len() > PROJECTS {
            return Err(broken("it holds more profiles or projects than are read"));
        }
        let mut names = std::collections::BTreeSet::new();
        let mut profiles = Vec::with_capacity(raw.profiles.len());
        for (index, found) in raw.profiles.iter().enumerate() {
            let at = |why: &str| NoDocument::Broken(format!("profile {} of it {why}", index + 1));
            let name = ProfileName::parse(&found.name).map_err(|_| at("has a name that no profile may have"))?;
            if !names.insert(name.as_str().to_ascii_lowercase()) {
                return Err(at("has the name of one before it"));
            }
            if !found.store.bytes().all(|b| b.is_ascii_lowercase()) || found.store.len() > 16 {
                return Err(at("has a store that is none"));
            }
            let profile = payload::decode(found.profile.get().as_bytes()).map_err(|e| match e {
                payload::PayloadError::Future => NoDocument::Future,
                payload::PayloadError::Damaged(why) => at(&format!("is damaged: {why}")),
            })?;
            if profile.is_read_only {
                return Err(NoDocument::Future);
            }
            profiles.push((name, found.store.to_string(), profile));
        }
        let mut roots = std::collections::BTreeSet::new();
        let mut projects = Vec::with_capacity(raw.projects.len());
        for (index, text) in raw.projects.iter().enumerate() {
            let at = |why: &str| NoDocument::Broken(format!("project {} of it {why}", index + 1));
            let (root, record) = Record::decode(text.get().as_bytes()).ok_or_else(|| at("is no approval"))?;
            let root = root.filter(|root| root.is_absolute()).ok_or_else(|| at("does not say its path"))?;
            if !roots.insert(root.clone()) {
                return Err(at("has the path of one before it"));
            }
            projects.push((root, record));
        }
        Ok(Self { made: raw.made, profiles, projects })
    }
}

/// Where a text is no JSON, without any of it.
fn place(error: &serde_json::Error) -> String {
    format!("its JSON is not as it must be in line {}, column {}", error.line(), error.column())
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    mcpenv: Option<Cow<'a, str>>,
    format: u64,
}

#[derive(Deserialize)]
struct Raw<'a> {
    made: i64,
    #[serde(borrow)]
    profiles: Vec<RawProfile<'a>>,
    #[serde(borrow)]
    projects: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawProfile<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    store: Cow<'a, str>,
    #[serde(borrow)]
    profile: &'a RawValue,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use crate::var::VarName;

    fn one() -> Document {
        let mut profile = Profile::new().expect("random bytes");
        let odd = [&b"line\r\n\"x\"\\"[..], b"\xff\xfe", "日本".as_bytes()];
        for (index, bytes) in odd.iter().enumerate() {
            let name = VarName::parse(&format!("V{index}")).expect("a name");
            profile.set(name, Secret::new(bytes.to_vec()).expect("a value"), 7);
        }
        profile.generation = 12;
        let name = ProfileName::parse("acme").expect("a name");
        let record = Record { profile: Some(name.clone()), is_denied: true, ..Record::default() };
        let root = std::env::temp_dir().join("日本 x");
        Document { made: 5, profiles: vec![(name, "age".to_owned(), profile)], projects: vec![(root, record)] }
    }

    fn text() -> String {
        String::from_utf8(one().encode().to_vec()).expect("text")
    }

    #[test]
    fn what_is_written_is_read() {
        let document = one();
        let back = Document::decode(&document.encode()).expect("our own");
        assert_eq!((back.made, &back.profiles, &back.projects), (5, &document.profiles, &document.projects));
    }

    #[test]
    fn what_is_no_backup_is_told_without_a_word_of_it() {
        let broken = |text: &str| match Document::decode(text.as_bytes()) {
            Err(NoDocument::Broken(why)) => why,
            other => panic!("{text}: {other:?}"),
        };
        let text = text();
        assert!(broken("{\"sekret\": 1}").contains("JSON is not as it must be"));
        assert!(broken("{\"format\":1,\"variables\":{}}").contains("does not say"));
        assert!(broken(&text[..text.len() / 2]).contains("line"));
        for name in ["../acme", "/etc/acme", "CON", "a/b", "a\\\\b", ""] {
            let why = broken(&text.replacen("\"acme\"", &format!("\"{name}\""), 1));
            assert!(why.contains("profile 1") && !why.contains("etc"), "{why}");
        }
        let start = text.find("{\"name\"").expect("a profile");
        let end = text.find("],\n\"projects\"").expect("an end");
        let twice = |name: &str| {
            let again = text[start..end].replacen("acme", name, 1);
            format!("{},{again}{}", &text[..end], &text[end..])
        };
        for name in ["acme", "ACME"] {
            assert!(broken(&twice(name)).contains("profile 2 of it has the name of one before it"));
        }
        assert!(Document::decode(twice("other").as_bytes()).is_ok());
        let many: Vec<String> = (0..10_000).map(|n| text[start..end].replacen("acme", &format!("p{n}"), 1)).collect();
        assert!(broken(&format!("{}{}{}", &text[..start], many.join(","), &text[end..])).contains("more profiles"));
        assert!(broken(&text.replacen("\"value\":", "\"valve\":", 1)).contains("variable 1 has no value"));
        assert!(broken(&text.replacen("\"root\":", "\"other\":", 1)).contains("path"));
        assert!(broken(&text.replacen("\"store\":\"age\"", "\"store\":\"\\u001b[31m\"", 1)).contains("store"));
    }

    #[test]
    fn a_newer_format_is_told_apart_from_a_broken_one() {
        for newer in [
            text().replacen("\"format\":1", "\"format\":2", 1),
            "{\"mcpenv\":\"backup\",\"format\":9,\"else\":[]}".to_owned(),
            text().replace("\"format\":1,\"generation\"", "\"format\":3,\"generation\""),
        ] {
            assert_eq!(Document::decode(newer.as_bytes()).err(), Some(NoDocument::Future));
        }
        let more = text().replacen("\"made\":", "\"more\":[1],\"made\":", 1);
        assert!(Document::decode(more.as_bytes()).is_ok());
    }
}
