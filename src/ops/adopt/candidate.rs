//! A text in an entry with plaintext in it: where it stands, and which part of it has to go.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::client::{CommandForm, Keys, Part, Server, Value};
use crate::mask;
use crate::plaintext;

/// One text of one server.
pub(super) struct Candidate {
    /// JSON Pointer of the text.
    pub at: String,
    pub part: Part,
    /// The name of the variable or header that it is the value of; else the key of its field.
    pub key: String,
    /// What stands before it, among arguments.
    pub before: Option<String>,
    pub text: Zeroizing<String>,
    /// The parts of it that are plaintext, in their order.
    pub ranges: Vec<Range<usize>>,
    pub why: String,
}

impl Candidate {
    /// The plaintext of a server, text by text. What cannot be found again where it was said to be is told by its place.
    pub fn all_of(server: &Server) -> (Vec<Self>, Vec<String>) {
        let (mut found, mut lost): (Vec<Self>, Vec<String>) = (Vec::new(), Vec::new());
        for finding in plaintext::find(server) {
            if let Some(known) = found.iter_mut().find(|known| known.at == finding.at) {
                known.ranges.push(finding.range);
                continue;
            }
            match Self::new(server, &finding.at) {
                Some(mut candidate) => {
                    candidate.ranges.push(finding.range);
                    candidate.why = finding.why;
                    found.push(candidate);
                }
                None => lost.push(finding.at),
            }
        }
        for candidate in &mut found {
            candidate.settle();
        }
        found.retain(|candidate| {
            let is_there = !candidate.ranges.is_empty();
            if !is_there {
                lost.push(candidate.at.clone());
            }
            is_there
        });
        (found, lost)
    }

    fn new(server: &Server, at: &str) -> Option<Self> {
        let way: Vec<String> = at.strip_prefix(&server.pointer)?.strip_prefix('/')?.split('/').map(unescaped).collect();
        let (part, key) = part(&way, server.keys);
        let mut value = &server.entry;
        let mut before = None;
        for step in &way {
            value = match value {
                Value::List(items) => {
                    let index = step.parse::<usize>().ok()?;
                    before = index.checked_sub(1).and_then(|index| items.get(index)).and_then(Value::scalar);
                    items.get(index)?
                }
                Value::Map(_) => value.get(step)?,
                _ => return None,
            };
        }
        let Value::Text(text) = value else { return None };
        Some(Self { at: at.to_owned(), part, key, before, text: Zeroizing::new(text.clone()), ranges: Vec::new(), why: String::new() })
    }

    /// Puts the parts in order, and makes one of those that touch.
    fn settle(&mut self) {
        let text = &self.text;
        self.ranges.retain(|range| text.get(range.clone()).is_some_and(|part| !part.is_empty()));
        self.ranges.sort_by_key(|range| (range.start, range.end));
        let mut settled: Vec<Range<usize>> = Vec::new();
        for range in self.ranges.drain(..) {
            match settled.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => settled.push(range),
            }
        }
        self.ranges = settled;
    }

    /// The plaintext itself, part by part.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().filter_map(|range| self.text.get(range.clone()))
    }

    /// The text with each part replaced by what this makes of its number and itself, and the rest masked.
    pub fn told(&self, mut part: impl FnMut(usize, &str) -> String) -> String {
        let mut out = String::new();
        let mut rest = 0;
        for (index, range) in self.ranges.iter().enumerate() {
            out.push_str(&mask::masked_tokens(&self.text[rest..range.start]));
            out.push_str(&part(index, &self.text[range.clone()]));
            rest = range.end;
        }
        out.push_str(&mask::masked_tokens(&self.text[rest..]));
        out
    }

    /// The token of a header that authorises by one: `Bearer` and all of the rest.
    pub fn is_bearer(&self) -> bool {
        let scheme = "Bearer ";
        self.key.eq_ignore_ascii_case("authorization")
            && self.text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && self.ranges == [scheme.len()..self.text.len()]
    }

    /// Where it stands, as a person reads it: `env.GITHUB_TOKEN`, `args[3]`.
    pub fn place(&self, server: &Server) -> String {
        let way = self.at.strip_prefix(&server.pointer).unwrap_or(&self.at);
        let mut out = String::new();
        for step in way.split('/').skip(1).map(unescaped) {
            if !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
                out.push_str(&format!("[{step}]"));
            } else {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(&step);
            }
        }
        out
    }
}

/// The part of an entry that a way leads to, and the name of what stands there.
fn part(way: &[String], keys: &Keys) -> (Part, String) {
    let last = way.last().cloned().unwrap_or_default();
    let steps: Vec<&str> = way.iter().map(String::as_str).collect();
    let is_headers = || {
        keys.headers.iter().any(|name| {
            let name: Vec<&str> = name.split('.').collect();
            steps.len() == name.len() + 1 && steps.starts_with(&name)
        })
    };
    let part = match steps.as_slice() {
        [command] if *command == keys.command => Part::Command,
        [command, index] if *command == keys.command && keys.form == CommandForm::List => {
            if *index == "0" { Part::Command } else { Part::Args }
        }
        [command, "path"] if *command == keys.command && keys.form == CommandForm::Map => Part::Command,
        [command, "args", _] if *command == keys.command && keys.form == CommandForm::Map => Part::Args,
        [command, "env", _] if *command == keys.command && keys.form == CommandForm::Map => Part::Env,
        [args, _] if *args == keys.args => Part::Args,
        [env, _] if *env == keys.env => Part::Env,
        [url] if keys.url.contains(url) => Part::Url,
        _ if is_headers() => Part::Headers,
        _ => Part::Other,
    };
    (part, last)
}

/// One key of a JSON Pointer.
pub(super) fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// A key as a step of a JSON Pointer.
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
