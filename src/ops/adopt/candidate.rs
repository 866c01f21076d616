//! A text in an entry with plaintext in it: where it stands, and which part of it has to go.

use std::borrow::Cow;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::client::{CommandForm, Keys, Part, Server, Span, Value, fills_header, given, push_key, spans, steps};
use crate::mask;
use crate::plaintext;

/// One text of one server.
pub(super) struct Candidate {
    /// JSON Pointer of the text.
    pub at: String,
    /// `None` where the client has no name for that part.
    pub part: Option<Part>,
    /// The name of the variable or header that it is the value of; else the key of its field.
    pub key: String,
    /// It gives a container a variable (`-e NAME=value`): the name, and where the value starts.
    pub given: Option<(String, usize)>,
    /// The server itself fills `${NAME}` in it, from its own environment.
    pub is_filled_by_server: bool,
    pub text: Zeroizing<String>,
    /// The parts of it that have to go, in their order.
    pub spots: Vec<Spot>,
}

/// A part of a text that has to go.
pub(super) struct Spot {
    pub range: Range<usize>,
    /// The value in it; less than the whole where it is the default of a reference.
    pub secret: Range<usize>,
    /// The form of a token, or what told it.
    pub why: String,
    /// The name that it has there: of an option, a part of a query, the variable that it is the default of.
    pub name: Option<String>,
    /// It is the default of a reference to the variable of that name.
    pub is_default: bool,
}

impl Candidate {
    /// The plaintext of a server, text by text. What cannot be found again where it was said to be is told by its place.
    pub fn all_of(server: &Server) -> (Vec<Self>, Vec<String>) {
        let (mut found, mut lost): (Vec<Self>, Vec<String>) = (Vec::new(), Vec::new());
        for finding in plaintext::find(server) {
            let spot = |text: &str| Spot::new(text, finding.range.clone(), finding.why.clone(), finding.name.clone());
            if let Some(known) = found.iter_mut().find(|known| known.at == finding.at) {
                let more = spot(&known.text);
                known.spots.extend(more);
                continue;
            }
            match Self::new(server, &finding.at) {
                Some(mut candidate) => {
                    candidate.spots.extend(spot(&candidate.text));
                    found.push(candidate);
                }
                None => lost.push(finding.at),
            }
        }
        for candidate in &mut found {
            candidate.settle();
        }
        let is_sound = |candidate: &Self| !candidate.spots.is_empty();
        lost.extend(found.iter().filter(|candidate| !is_sound(candidate)).map(|candidate| candidate.at.clone()));
        found.retain(is_sound);
        (found, lost)
    }

    fn new(server: &Server, at: &str) -> Option<Self> {
        let way: Vec<String> = steps(at.strip_prefix(&server.pointer)?).map(Cow::into_owned).collect();
        let (part, key) = part(&way, server.keys);
        let mut value = &server.entry;
        for step in &way {
            value = match value {
                Value::List(items) => items.get(step.parse::<usize>().ok()?)?,
                Value::Map(_) => value.get(step)?,
                _ => return None,
            };
        }
        let Value::Text(text) = value else { return None };
        let is_argument = part == Some(Part::Args);
        let given = is_argument.then(|| given_at(server, &way)).flatten();
        let is_filled_by_server = is_argument && is_filled_header(server, &way);
        Some(Self {
            at: at.to_owned(),
            part,
            key,
            given,
            is_filled_by_server,
            text: Zeroizing::new(text.clone()),
            spots: Vec::new(),
        })
    }

    /// Puts the parts in order, and makes one of those that meet.
    fn settle(&mut self) {
        self.spots.sort_by_key(|spot| (spot.range.start, spot.range.end));
        let mut settled: Vec<Spot> = Vec::new();
        for spot in self.spots.drain(..) {
            match settled.last_mut() {
                Some(last) if spot.range.start < last.range.end => {
                    if !last.is_default {
                        last.range.end = last.range.end.max(spot.range.end);
                        last.secret = last.range.clone();
                    }
                }
                _ => settled.push(spot),
            }
        }
        self.spots = settled;
    }

    /// The values themselves, part by part.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.spots.iter().filter_map(|spot| self.text.get(spot.secret.clone()))
    }

    /// Whether the whole text is one value.
    pub fn is_whole(&self) -> bool {
        matches!(self.spots.as_slice(), [spot] if spot.secret == (0..self.text.len()))
    }

    /// The text with each part replaced by what this makes of its number and its value, and the rest masked.
    pub fn told(&self, mut part: impl FnMut(usize, &str) -> String) -> String {
        let mut out = String::new();
        let mut rest = 0;
        for (index, spot) in self.spots.iter().enumerate() {
            out.push_str(&mask::masked_tokens(&self.text[rest..spot.range.start]));
            out.push_str(&part(index, &self.text[spot.secret.clone()]));
            rest = spot.range.end;
        }
        out.push_str(&mask::masked_tokens(&self.text[rest..]));
        out
    }

    /// The variable that a container is given, when its value and nothing else has to go.
    pub fn given_whole(&self) -> Option<&str> {
        let (name, at) = self.given.as_ref()?;
        matches!(self.spots.as_slice(), [spot] if spot.range == (*at..self.text.len())).then_some(name)
    }

    /// The token of a header that authorises by one: `Bearer` and all of the rest.
    pub fn is_bearer(&self) -> bool {
        let scheme = "Bearer ";
        self.key.eq_ignore_ascii_case("authorization")
            && self.text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && matches!(self.spots.as_slice(), [spot] if spot.secret == (scheme.len()..self.text.len()))
    }

    /// Where it stands, as a person reads it: `env.GITHUB_TOKEN`, `args[3]`.
    pub fn place(&self, server: &Server) -> String {
        let way = self.at.strip_prefix(&server.pointer).unwrap_or(&self.at);
        let mut out = String::new();
        for step in steps(way) {
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

/// The variable that an argument gives to a container.
fn given_at(server: &Server, way: &[String]) -> Option<(String, usize)> {
    let index = way.last()?.parse::<usize>().ok()?;
    let args: Vec<Option<&str>> = server.args().into_iter().map(Some).collect();
    let found = given(server.command()?, &args).into_iter().find(|given| given.argument == index)?;
    Some((found.name.to_owned(), found.at))
}

/// Whether an argument is a header that its server fills.
fn is_filled_header(server: &Server, way: &[String]) -> bool {
    let args: Vec<Option<&str>> = server.args().into_iter().map(Some).collect();
    let index = way.last().and_then(|index| index.parse::<usize>().ok());
    index.is_some_and(|index| fills_header(server.command().unwrap_or(""), &args, index))
}

impl Spot {
    /// A part of a text; `None` when it does not lie in it.
    fn new(text: &str, found: Range<usize>, why: String, name: Option<String>) -> Option<Self> {
        text.get(found.clone()).filter(|part| !part.is_empty())?;
        // a reference whose default holds it goes whole, and its default becomes the value
        let holds = |span: &Span<'_>| span.default.as_ref().is_some_and(|d| d.start <= found.start && found.end <= d.end);
        if let Some(span) = spans(text).into_iter().find(holds) {
            let secret = span.default.clone()?;
            return Some(Self { range: span.range, secret, why, name: Some(span.name.to_owned()), is_default: true });
        }
        Some(Self { range: found.clone(), secret: found, why, name, is_default: false })
    }
}

/// The part of an entry that a way leads to, and the name of what stands there.
fn part(way: &[String], keys: &Keys) -> (Option<Part>, String) {
    let last = way.last().cloned().unwrap_or_default();
    let steps: Vec<&str> = way.iter().map(String::as_str).collect();
    let is_headers = || {
        keys.headers.iter().any(|name| {
            let name: Vec<&str> = name.split('.').collect();
            steps.len() == name.len() + 1 && steps.starts_with(&name)
        })
    };
    let part = match steps.as_slice() {
        [command] if *command == keys.command => Some(Part::Command),
        [command, index] if *command == keys.command && keys.form == CommandForm::List => {
            if *index == "0" {
                Some(Part::Command)
            } else {
                Some(Part::Args)
            }
        }
        [command, "path"] if *command == keys.command && keys.form == CommandForm::Map => Some(Part::Command),
        [command, "args", _] if *command == keys.command && keys.form == CommandForm::Map => Some(Part::Args),
        [command, "env", _] if *command == keys.command && keys.form == CommandForm::Map => Some(Part::Env),
        [args, _] if *args == keys.args => Some(Part::Args),
        [env, _] if *env == keys.env => Some(Part::Env),
        [url] if keys.url.contains(url) => Some(Part::Url),
        _ if is_headers() => Some(Part::Headers),
        _ => None,
    };
    (part, last)
}

/// A place one step further.
pub(super) fn below(pointer: &str, key: &str) -> String {
    let mut longer = pointer.to_owned();
    push_key(&mut longer, key);
    longer
}
