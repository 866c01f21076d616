//! What holds of any text, whoever wrote it: nothing panics, what is told of a text lies in it, and a change touches nothing but
//! its place. The fuzz targets take this file in as it is.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use mcpenv::client::{self, Change, Client, Declaration, Format, ReadError, Scope, Server, Value, splice};
use mcpenv::project::Wishes;
use mcpenv::session::Marker;
use mcpenv::settings::Settings;
use mcpenv::store::payload;
use mcpenv::{catalog, flat, plaintext};

/// The longest that one step may take, in milliseconds; 0 for any time. Only the fuzz targets set it.
pub static PATIENCE: AtomicU64 = AtomicU64::new(0);

/// The most changes that are tried alone on one text.
pub const ALONE: usize = 4;

/// Whether only the time counts in which a processor worked on it: for a machine that others use too.
pub static IS_BUSY: AtomicBool = AtomicBool::new(false);

fn step<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (start, worked) = (Instant::now(), worked());
    let done = work();
    let patience = u128::from(PATIENCE.load(Ordering::Relaxed));
    let mut took = start.elapsed().as_millis();
    if let (Some(before), true) = (worked, took > patience) {
        took = self::worked().map_or(took, |now| (now - before) / 1_000_000);
    }
    assert!(patience == 0 || took <= patience, "{what} took {took} ms");
    done
}

/// How long a processor worked on this thread, in nanoseconds; none where the system does not say it, or nobody asks.
fn worked() -> Option<u128> {
    let told = IS_BUSY.load(Ordering::Relaxed).then(|| std::fs::read_to_string("/proc/thread-self/schedstat").ok())??;
    told.split_whitespace().next()?.parse().ok()
}

/// The clients and declarations with files of this format.
pub fn readers(format: Format) -> impl Iterator<Item = &'static dyn Client> {
    client::ALL.iter().chain(client::DECLARATIONS).copied().filter(move |client| match client.name() {
        "codex" => format == Format::Toml,
        "goose" | "docker-catalog" => format == Format::Yaml,
        "continue" => format != Format::Toml,
        _ => format == Format::Json,
    })
}

/// A client's file.
pub fn client_file(format: Format, text: &[u8]) {
    let mut tried = HashSet::new();
    for client in readers(format) {
        read_by(client, format, text, &[Scope::Project, Scope::User], &mut tried);
    }
}

/// The same, as one client reads it. `tried`: the places of this text where a change was tried before.
pub fn read_by(client: &dyn Client, format: Format, text: &[u8], scopes: &[Scope], tried: &mut HashSet<String>) {
    let path = Path::new(match format {
        Format::Json => "x.json",
        Format::Toml => "x.toml",
        Format::Yaml => "x.yaml",
    });
    let most = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    let lines = 0..=most + 1;
    for scope in scopes {
        let read = |text: &[u8]| step(client.name(), || client.read_at(path, text, *scope));
        let told = match read(text) {
            Ok(told) => told,
            Err(error) => {
                assert!(lines.contains(&error.line), "{}: line {} of {most}", client.name(), error.line);
                continue;
            }
        };
        let mut changes = Vec::new();
        for server in &told.servers {
            assert!(lines.contains(&server.line), "line {} of {most}", server.line);
            assert!(server.references.iter().all(|reference| lines.contains(&reference.line)));
            of_server(server, &mut changes);
        }
        let splicing = Splicing { format, text, told: &told, read: &read };
        for change in &changes {
            if tried.len() < ALONE && tried.insert(place(change)) {
                splicing.alone(change);
            }
        }
        if changes.len() > 1 && tried.insert(format!("all {}", changes.len())) {
            splicing.together(&changes);
        }
    }
}

fn place(change: &Change) -> String {
    match change {
        Change::Text { at, range, .. } => format!("{at} {range:?}"),
        other => other.at().to_owned(),
    }
}

/// One server's entry; `changes` gets what can be tried on it, in the order of the entry.
fn of_server(server: &Server, changes: &mut Vec<Change>) {
    let read = || (server.wrapper().is_some(), server.helper().is_some(), server.launched().is_some(), server.env().len());
    step("the entry", read);
    step("the leaves", || server.entry.leaves());
    step("the catalog", || catalog::server_for(server.command(), &server.args(), server.url()));
    of_texts(server, &server.entry);
    let findings = step("find", || plaintext::find(server));
    for reference in &server.references {
        step("a default", || plaintext::shown_default(server, reference, &findings));
    }
    for finding in &findings {
        // a default that is told elsewhere in the file is found too
        let Some(text) = text_at(server, &finding.at) else {
            assert!(!finding.at.starts_with(&format!("{}/", server.pointer)), "no text at {:?}", finding.at);
            continue;
        };
        assert!(!finding.range.is_empty() && text.get(finding.range.clone()).is_some(), "{:?} of {}", finding.range, text.len());
        changes.push(Change::Text { at: finding.at.clone(), range: finding.range.clone(), with: "${MCPENV_TRIED}".to_owned() });
    }
    let stand_ins = step("placeholders", || plaintext::placeholders(server));
    for at in stand_ins {
        assert!(text_at(server, &at).is_some(), "no text at {at:?}");
        if !findings.iter().any(|finding| finding.at == at) {
            changes.push(Change::Remove { at });
        }
    }
}

fn of_texts(server: &Server, value: &Value) {
    match value {
        Value::Text(text) => {
            let pieces = step("pieces", || server.filling.pieces(None, text));
            let whole: String = pieces
                .iter()
                .map(|piece| match piece {
                    client::Piece::Text(text) | client::Piece::Variable { text, .. } | client::Piece::Given { text, .. } => *text,
                })
                .collect();
            assert_eq!(whole, *text, "the pieces are not the text");
            for span in step("spans", || client::spans(text)) {
                assert!(text.get(span.range.clone()).is_some_and(|inner| inner.contains(span.name)));
                assert!(span.default.is_none_or(|default| text.get(default).is_some()));
            }
            for (range, name) in client::placeholders(text) {
                assert!(text.get(range).is_some_and(|inner| inner.contains(name)));
            }
            assert!(text.is_char_boundary(client::after_scheme(text)));
        }
        Value::List(items) => items.iter().for_each(|item| of_texts(server, item)),
        Value::Map(members) => members.iter().for_each(|(_, value)| of_texts(server, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn at<'v>(value: &'v Value, pointer: &str) -> Option<&'v Value> {
    client::steps(pointer).try_fold(value, |value, step| match value {
        Value::Map(members) => members.iter().find(|(name, _)| *name == step).map(|(_, value)| value),
        Value::List(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

fn text_at<'s>(server: &'s Server, pointer: &str) -> Option<&'s str> {
    match at(&server.entry, pointer.strip_prefix(&server.pointer)?)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// A text that changes are tried on.
struct Splicing<'t> {
    format: Format,
    text: &'t [u8],
    told: &'t Declaration,
    read: &'t dyn Fn(&[u8]) -> Result<Declaration, ReadError>,
}

impl Splicing<'_> {
    fn alone(&self, change: &Change) {
        let Some(owner) = self.told.servers.iter().find(|server| is_in(server, change)) else { return };
        let Some(after) = self.made(std::slice::from_ref(change)) else { return };
        let was = text_at(owner, change.at()).unwrap_or_default();
        self.require_bytes(&after, owner, was);
        let told = self.read_again(&after);
        let found: HashMap<&str, &Server> = told.servers.iter().rev().map(|now| (now.pointer.as_str(), now)).collect();
        for server in &self.told.servers {
            let now = found.get(server.pointer.as_str()).unwrap_or_else(|| panic!("{} is gone", server.pointer));
            if !is_in(server, change) {
                assert!(now.entry == server.entry, "{} changed with {}", server.pointer, change.at());
                continue;
            }
            let is_as_asked = match change {
                Change::Text { at, range, with } => text_at(server, at).is_none_or(|was| {
                    let mut wanted = was.to_owned();
                    wanted.replace_range(range.clone(), with);
                    text_at(now, at) == Some(&wanted)
                }),
                other => text_at(now, other.at()).is_none(),
            };
            assert!(is_as_asked, "{} is not what was asked for", change.at());
        }
    }

    /// From the last to the first, so that no range moves.
    fn together(&self, changes: &[Change]) {
        let changes: Vec<Change> = changes.iter().rev().cloned().collect();
        if let Some(after) = self.made(&changes) {
            let told = self.read_again(&after);
            assert_eq!(told.servers.len(), self.told.servers.len(), "a server is gone, or came");
        }
    }

    fn made(&self, changes: &[Change]) -> Option<Vec<u8>> {
        step("splice", || splice(self.format, self.text, changes)).ok().map(|after| after.to_vec())
    }

    fn read_again(&self, after: &[u8]) -> Declaration {
        (self.read)(after).unwrap_or_else(|error| panic!("what was changed is read no more: {error}"))
    }

    /// What is not the same before and after takes no more than the text that was asked for can have been written with, and
    /// lies in its entry.
    fn require_bytes(&self, after: &[u8], owner: &Server, was: &str) {
        let before = self.text;
        let first = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        let most = before.len().min(after.len()) - first;
        let last = before.iter().rev().zip(after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        // `\U0010ffff` is the longest that a character can be written as, and YAML and TOML fold lines
        let gone = before[first..before.len() - last].iter().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'\\'));
        let key = owner.entry.canonical().len();
        let room = 10 * was.len() + 16 + if was.is_empty() { key } else { 0 };
        assert!(gone.clone().count() <= room + key, "{} bytes of {} changed for {}", gone.count(), before.len(), was.len());
        if self.format == Format::Toml {
            return;
        }
        let line = |line: usize| {
            let starts = before.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(starts).nth(line - 1).unwrap_or(before.len())
        };
        assert!(first >= line(owner.line) || owner.line == 0, "bytes before line {} changed", owner.line);
        let inside = format!("{}/", owner.pointer);
        let others = self.told.servers.iter().filter(|other| other.line > owner.line && !other.pointer.starts_with(&inside));
        if let Some(next) = others.map(|other| other.line).min() {
            assert!(before.len() - last <= line(next + 1), "bytes behind line {next} changed");
        }
    }
}

/// Whether a change is one of this server's entry.
fn is_in(server: &Server, change: &Change) -> bool {
    change.at().strip_prefix(&server.pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A file of names and values.
pub fn flat_file(text: &[u8]) {
    let most = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    for word in flat::Format::WORDS {
        let format = flat::Format::named(word).expect("its own word");
        match step(word, || format.read(text)) {
            Ok(entries) => assert!(entries.iter().all(|entry| (1..=most).contains(&entry.line)), "{word}: a line of {most}"),
            Err(error) => assert!((1..=most + 1).contains(&error.line), "{word}: line {} of {most}", error.line),
        }
    }
}

/// `.mcpenv.toml`, and the user's settings.
pub fn project_file(text: &[u8]) {
    let path = Path::new("/p/.mcpenv.toml");
    let names: Vec<&'static str> = client::ALL.iter().map(|client| client.name()).collect();
    if let Err(error) = step("the settings", || Settings::parse(path, text)) {
        let _ = error.to_string();
    }
    let wishes = match step("the project", || Wishes::read(path, text, &names)) {
        Ok(wishes) => wishes,
        Err(error) => return drop(error.to_string()),
    };
    // what `adopt` notes there
    let value = Value::Map(vec![("variables".to_owned(), Value::List(vec![Value::Text("MADE_UP".to_owned())]))]);
    let change = Change::Insert { into: "/servers".to_owned(), after: None, key: "a new one".to_owned(), value };
    if wishes.servers.contains_key("a new one") {
        return;
    }
    let Ok(after) = step("the splice", || splice(Format::Toml, text, &[change])) else { return };
    let now = Wishes::read(path, &after, &names).unwrap_or_else(|error| panic!("what was changed is read no more: {error}"));
    let added = now.servers.get("a new one").expect("it was put there");
    assert!(added.variables.iter().map(|name| name.as_str()).eq(["MADE_UP"]));
    assert_eq!(now.servers.len(), wishes.servers.len() + 1);
}

/// What stands in a profile once it is decrypted.
pub fn profile_payload(bytes: &[u8]) {
    match step("decode", || payload::decode(bytes)) {
        Ok(profile) => {
            let written = step("encode", || payload::encode(&profile, profile.generation));
            let again = payload::decode(&written).expect("its own text");
            assert!(*written == *payload::encode(&again, again.generation), "it is written in two ways");
            assert!(again.variables.keys().eq(profile.variables.keys()));
        }
        Err(error) => drop(error.to_string()),
    }
}

/// The marker that a shell carries.
pub fn marker(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else { return };
    let marker = step("the marker", || Marker::parse(text));
    let written = marker.to_string();
    assert!(written.len() <= text.len().max(1), "it grew");
    assert_eq!(Marker::parse(&written), marker);
}
