//! What is secret in one text: tokens by their form, and whatever a name or a place says. References are no secret; what they
//! default to may be one.

use std::borrow::Cow;
use std::ops::Range;

use super::innocent::is_innocent;
use super::{address, inside};
use crate::catalog;
use crate::client::{Span, after_scheme, spans};
use crate::{dummy, secrecy};

/// How deep texts are looked for in texts.
const DEEPEST: usize = 6;

/// Forms that are told by a name, and the word that such a name has besides those of every secret.
const VENDORS: &[(&str, &str)] = &[
    ("airtable-pat", "airtable"),
    ("azure-ad-client-secret", "azure"),
    ("azure-devops-pat", "azure"),
    ("azure-devops-pat", "ado"),
    ("brave-key", "brave"),
    ("discord-bot-token", "discord"),
    ("notion-token-legacy", "notion"),
    ("okta-token", "okta"),
    ("telegram-bot-token", "telegram"),
    ("terraform-token", "tfe"),
    ("terraform-token", "terraform"),
    ("twilio-api-key", "twilio"),
];

/// A part of the text that is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub range: Range<usize>,
    /// The form of a token, or what told it.
    pub why: &'static str,
    /// The name that it has there.
    pub name: Option<String>,
}

/// Who holds a text: a variable, a header, a flag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder<'n> {
    pub name: &'n str,
    pub why: &'static str,
}

/// A text while it is read.
pub(super) struct Reader<'t> {
    text: &'t str,
    spans: Vec<Span<'t>>,
    hits: Vec<Hit>,
}

impl<'t> Reader<'t> {
    /// Starts on a text. `is_filled`: whether the client fills `$NAME` amid other text, for a name.
    pub fn new(text: &'t str, is_filled: impl Fn(&str) -> bool) -> Self {
        let mut spans = spans(text);
        spans.retain(|span| !span.is_loose || is_filled(span.name));
        Self { text, spans, hits: Vec::new() }
    }

    /// What was found, in its order and without overlaps.
    pub fn end(mut self) -> Vec<Hit> {
        // of two that overlap the longer one, and of two alike the one whose form is known
        let is_form = |hit: &Hit| catalog::tokens().iter().any(|token| token.id == hit.why);
        self.hits.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end), !is_form(hit), hit.name.is_none()));
        let mut hits: Vec<Hit> = Vec::with_capacity(self.hits.len());
        for hit in self.hits {
            match hits.last_mut() {
                Some(last) if hit.range.start < last.range.end => last.name = last.name.take().or(hit.name),
                _ => hits.push(hit),
            }
        }
        hits
    }

    /// Reads the whole text.
    pub fn all(&mut self, holder: Option<Holder<'_>>) {
        self.part(0..self.text.len(), holder, 0);
    }

    /// Reads a part of it that somebody else holds.
    pub fn held(&mut self, range: Range<usize>, holder: Holder<'_>) {
        self.part(range, Some(holder), 0);
    }

    fn part(&mut self, range: Range<usize>, holder: Option<Holder<'_>>, depth: usize) {
        if depth > DEEPEST || range.is_empty() {
            return;
        }
        let first = self.hits.len();
        let outer = self.outer_spans(&range);
        let plain = self.without(&range, &outer);
        let (base, is_secret) = (range.start, holder.is_some_and(|holder| is_secret_name(holder.name)));
        let at = |inner: &Range<usize>| base + inner.start..base + inner.end;
        if let Some(strings) = inside::json(plain.trim()) {
            let blank = plain.len() - plain.trim_start().len();
            for inner in strings {
                let name = inner.name.map(|name| Holder { name, why: "name" });
                let place = at(&inner.range);
                self.part(place.start + blank..place.end + blank, name, depth + 1);
            }
        } else {
            for found in catalog::find(&plain) {
                let place = at(&found.range);
                if !self.has_span(&place) && !dummy::is_dummy(&self.text[place.clone()]) {
                    self.push(place, &found.token.id, holder.map(|holder| holder.name));
                }
            }
            for part in address::parts(&plain) {
                self.secret(at(&part.range), part.why, part.name, depth);
            }
            for inner in inside::pairs(&plain) {
                if let Some(name) = inner.name.filter(|name| is_secret_name(name)) {
                    self.secret(at(&inner.range), "name", Some(name), depth);
                }
            }
            // in a secret's place, a default is judged by that, below
            for span in outer.iter().filter(|_| !is_secret) {
                if let Some(default) = span.default.clone() {
                    self.part(default, Some(Holder { name: span.name, why: "name" }), depth + 1);
                }
            }
        }
        let Some(holder) = holder else { return };
        let value = self.value_of(range);
        if is_secret {
            let is_address = self.text[value.clone()].split_once("://").is_some_and(|(scheme, _)| {
                scheme.len() <= 32 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            });
            if is_address || self.is_covered(first, &value) {
                self.defaults(&value, depth);
            } else {
                self.secret(value, holder.why, Some(holder.name), depth);
            }
        } else if let Some(id) = vendors_form(holder.name, &self.text[value.clone()]) {
            self.push(value, id, Some(holder.name));
        }
    }

    /// A place that holds a secret, if it holds anything: the text itself, or what a reference there defaults to.
    fn secret(&mut self, range: Range<usize>, why: &'static str, name: Option<&str>, depth: usize) {
        if self.has_span(&range) {
            for span in self.outer_spans(&range) {
                if let Some(default) = span.default.filter(|_| depth <= DEEPEST) {
                    self.secret(default, why, Some(name.unwrap_or(span.name)), depth + 1);
                }
            }
            return;
        }
        let value = self.value_of(range);
        let text = &self.text[value.clone()];
        if !text.is_empty() && (!is_innocent(text) || name.is_some_and(|name| has_known_form(name, text))) {
            self.push(value, why, name);
        }
    }

    fn defaults(&mut self, range: &Range<usize>, depth: usize) {
        for span in self.outer_spans(range) {
            if let Some(default) = span.default {
                self.part(default, Some(Holder { name: span.name, why: "name" }), depth + 1);
            }
        }
    }

    fn push(&mut self, range: Range<usize>, why: &'static str, name: Option<&str>) {
        self.hits.push(Hit { range, why, name: name.map(str::to_owned) });
    }

    /// Without blanks around it, and without the word of its scheme.
    fn value_of(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.text[range.clone()];
        let start = range.start + text.len() - text.trim_start().len();
        let trimmed = text.trim();
        start + after_scheme(trimmed)..start + trimmed.len()
    }

    /// Whether what was found since then is all that is secret in a value: tokens that nothing else is joined to.
    fn is_covered(&self, first: usize, value: &Range<usize>) -> bool {
        const BETWEEN: &[char] = &[' ', '\t', '\n', '\r', ',', ';', '"', '\'', '&', ':', '|', '=', '@', '\\'];
        let text = &self.text[value.clone()];
        let inner: Vec<&Hit> =
            self.hits[first..].iter().filter(|hit| value.start <= hit.range.start && hit.range.end <= value.end).collect();
        let is_apart = |hit: &&Hit| {
            let (before, after) = (&text[..hit.range.start - value.start], &text[hit.range.end - value.start..]);
            (before.is_empty() || before.ends_with(BETWEEN)) && (after.is_empty() || after.starts_with(BETWEEN))
        };
        !inner.is_empty() && inner.iter().all(is_apart)
    }

    /// The references in a range that stand in no other of that range.
    fn outer_spans(&self, range: &Range<usize>) -> Vec<Span<'t>> {
        let from = self.spans.partition_point(|span| span.range.start < range.start);
        let mut end = range.start;
        let mut outer = Vec::new();
        for span in self.spans[from..].iter().take_while(|span| span.range.start < range.end) {
            if span.range.start >= end && span.range.end <= range.end {
                end = span.range.end;
                outer.push(span.clone());
            }
        }
        outer
    }

    fn has_span(&self, range: &Range<usize>) -> bool {
        let from = self.spans.partition_point(|span| span.range.start < range.start);
        self.spans.get(from).is_some_and(|span| span.range.start < range.end)
    }

    /// A part of the text with a number of the same length in the place of each reference.
    fn without(&self, range: &Range<usize>, outer: &[Span<'_>]) -> Cow<'t, str> {
        if outer.is_empty() {
            return Cow::Borrowed(&self.text[range.clone()]);
        }
        let mut plain = String::with_capacity(range.len());
        let mut at = range.start;
        for span in outer {
            plain.push_str(&self.text[at..span.range.start]);
            plain.extend(std::iter::repeat_n('1', span.range.len()));
            at = span.range.end;
        }
        plain.push_str(&self.text[at..range.end]);
        Cow::Owned(plain)
    }
}

/// Whether a name says that it holds a secret, or is known to hold one.
pub(super) fn is_secret_name(name: &str) -> bool {
    secrecy::names_a_secret(name) || !secrecy::names_no_secret(name) && catalog::is_bare_secret(name)
}

/// Whether a value has the very form that the list knows for a variable of this name.
fn has_known_form(name: &str, value: &str) -> bool {
    let variables = catalog::servers().iter().flat_map(|server| &server.vars);
    variables
        .filter(|variable| variable.name == name && variable.is_secret)
        .any(|variable| variable.pattern.is_whole(value.as_bytes()))
        && !dummy::is_dummy(value)
}

/// The form that a name and a value have together, where neither would tell alone.
fn vendors_form(name: &str, value: &str) -> Option<&'static str> {
    if secrecy::names_no_secret(name) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let fits = |id: &str| VENDORS.iter().any(|(form, word)| *form == id && name.contains(word));
    let mut forms = catalog::tokens().iter().filter(|token| token.needs_name && fits(&token.id));
    forms.find(|token| token.pattern.is_whole(value.as_bytes())).map(|token| token.id.as_str())
}
