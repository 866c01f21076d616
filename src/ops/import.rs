//! Takes values over that stood elsewhere: what a file or the keychain holds is judged, laid beside the profile, and saved in one
//! save that is read again. What is not taken is named, and nothing of it is shown.

use std::collections::BTreeMap;
use std::path::Path;

use super::known::odd_form;
use super::values::{ValueError, is_placeholder, oddities};
use super::workspace::Workspace;
use crate::escape::shown;
use crate::fault::{Exit, Fault};
use crate::file::{self, FileError};
use crate::flat::{Entry, Format, Found, ReadError};
use crate::mask::{is_token, masked};
use crate::profile::{Profile, ProfileName};
use crate::secret::Secret;
use crate::store::StoreError;
use crate::var::{NameError, VarName};

/// The most that a file of variables may hold, in bytes.
pub const LIMIT: u64 = 10 * 1024 * 1024;

/// The most variables that one file may hold: more than a person could look at.
const MOST: usize = 10_000;

/// Why nothing was taken over.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{of}, {source}")]
    Read { of: String, source: ReadError },
    #[error("{0} is larger than {LIMIT} bytes")]
    TooLarge(String),
    #[error("{0} holds more than {MOST} variables")]
    TooMany(String),
    #[error("{0} holds no variable")]
    Empty(String),
    #[error(transparent)]
    Value(#[from] ValueError),
    #[error("`{0}` was changed elsewhere meanwhile, so nothing was taken over")]
    Changed(VarName),
    #[error("profile `{profile}` does not hold for `{name}` what was saved")]
    NotSaved { profile: ProfileName, name: VarName },
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Value(error.into())
    }
}

impl Fault for ImportError {
    fn exit(&self) -> Exit {
        match self {
            Self::Value(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::File(e) => e.hint(),
            Self::Read { .. } | Self::Empty(_) => {
                Some(format!("nothing was taken; `--format` says what it is: {}", Format::WORDS.join(", ")))
            }
            Self::Value(e) => e.hint(),
            Self::Changed(_) => Some("run the command again".to_owned()),
            Self::NotSaved { .. } => {
                Some("the source still holds it: leave that where it is, and run the command again".to_owned())
            }
            Self::TooLarge(_) | Self::TooMany(_) => None,
        }
    }
}

/// A value with its name, judged good.
#[derive(Debug)]
pub struct Given {
    pub name: VarName,
    pub value: Secret,
}

/// What is not taken.
#[derive(Debug)]
pub struct Left {
    /// Safe to show; `None` where the name may be part of a value.
    pub name: Option<String>,
    pub line: Option<usize>,
    pub why: String,
    /// Nobody loses a value by it: it was none.
    pub is_harmless: bool,
}

/// What a file offers.
#[derive(Debug, Default)]
pub struct Offer {
    pub given: Vec<Given>,
    pub left: Vec<Left>,
    /// Things to know of what is given.
    pub notes: Vec<String>,
}

/// How a given value stands to the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    New,
    Same,
    Differs,
}

impl Standing {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Same => "the same",
            Self::Differs => "differs",
        }
    }
}

/// A given value beside the profile.
#[derive(Debug)]
pub struct Row {
    pub name: VarName,
    pub standing: Standing,
    pub masked: String,
    pub fingerprint: String,
    /// The fingerprint of what the profile holds.
    pub stored: Option<String>,
    /// What looks odd about the value, without any part of it.
    pub oddities: Vec<String>,
    value: Secret,
    before: Option<Secret>,
}

impl Row {
    /// The value that is given.
    #[must_use]
    pub fn value(&self) -> &Secret {
        &self.value
    }
}

/// Reads a file of variables. The bytes are handed back, so that it can be said later whether it is still the same file.
///
/// # Errors
/// When it cannot be read: only regular files are, up to [`LIMIT`].
pub fn read(path: &Path) -> Result<(zeroize::Zeroizing<Vec<u8>>, std::fs::Metadata), ImportError> {
    let (bytes, meta) = file::read(path, LIMIT)?;
    Ok((zeroize::Zeroizing::new(bytes), meta))
}

/// What these bytes offer. `of` names them in an error.
///
/// # Errors
/// When they are not of this format, or hold no variable at all.
pub fn offer(of: &str, bytes: &[u8], format: Format) -> Result<Offer, ImportError> {
    if bytes.len() as u64 > LIMIT {
        return Err(ImportError::TooLarge(of.to_owned()));
    }
    let entries = format.read(bytes).map_err(|source| ImportError::Read { of: of.to_owned(), source })?;
    if entries.is_empty() {
        return Err(ImportError::Empty(of.to_owned()));
    }
    if entries.len() > MOST {
        return Err(ImportError::TooMany(of.to_owned()));
    }
    Ok(judge(entries))
}

fn judge(entries: Vec<Entry>) -> Offer {
    let mut offer = Offer::default();
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        if let Some(name) = &entry.name {
            last.insert(name.clone(), at);
        }
    }
    let mut cases: BTreeMap<String, String> = BTreeMap::new();
    for (at, Entry { name, line, found }) in entries.into_iter().enumerate() {
        let shown_name = name.as_deref().filter(|name| is_showable(name)).map(|name| shown(name).into_owned());
        let of = shown_name.as_ref().map_or(format!("line {line}"), |name| format!("`{name}` (line {line})"));
        if name.as_ref().is_some_and(|name| last.get(name) != Some(&at)) {
            offer.notes.push(format!("{of} stands again further down: the last one counts"));
            continue;
        }
        let mut leave = |why: String, is_harmless| {
            offer.left.push(Left { name: shown_name.clone(), line: Some(line), why, is_harmless });
        };
        let given = match checked(name.as_deref(), found) {
            Ok(given) => given,
            Err((why, is_harmless)) => {
                leave(why, is_harmless);
                continue;
            }
        };
        if let Some(other) = cases.insert(given.name.as_str().to_ascii_lowercase(), given.name.to_string()) {
            leave(format!("some systems do not tell it from `{other}`, which stands there too"), false);
            continue;
        }
        offer.given.push(given);
    }
    offer
}

/// A variable as it may be stored, or why not; and whether a value is lost by that.
fn checked(name: Option<&str>, found: Found) -> Result<Given, (String, bool)> {
    let value = match found {
        Found::Text(Ok(value)) => value,
        Found::Text(Err(why)) => return Err((why.to_string(), false)),
        Found::Reference => return Err(("it is a reference to something else, not a value".to_owned(), true)),
        Found::Nothing => return Err(("it has no value".to_owned(), true)),
        Found::Nested => return Err(("it is a map or a list, and only one level is read".to_owned(), false)),
        Found::Odd(why) => return Err((why.to_owned(), false)),
    };
    let name = match name {
        Some(name) if is_token(name) => return Err(("a token stands in the place of the name".to_owned(), false)),
        Some(name) => VarName::parse(name).map_err(|e| match e {
            NameError::Denied { why, .. } => (format!("the name is never stored: {why}"), false),
            _ => ("what stands there is no name of a variable".to_owned(), false),
        })?,
        None => return Err(("what stands there is no name of a variable".to_owned(), false)),
    };
    if is_placeholder(value.expose()) {
        return Err(("it is a placeholder, not a value".to_owned(), true));
    }
    Ok(Given { name, value })
}

/// Whether a text in the place of a name can be nothing but one: a line of a key's text looks like a name, too.
fn is_showable(name: &str) -> bool {
    let has = |is: fn(char) -> bool| name.chars().any(is);
    let is_mixed = has(|c| c.is_ascii_uppercase()) && has(|c| c.is_ascii_lowercase()) && has(|c| c.is_ascii_digit());
    name.len() <= VarName::MAX && !is_token(name) && !(is_mixed && name.len() > 24)
}

/// One value as an offer of its own, under a name that was checked.
#[must_use]
pub fn single(name: VarName, value: Secret) -> Offer {
    let mut offer = Offer::default();
    match checked(Some(name.as_str()), Found::Text(Ok(value))) {
        Ok(given) => offer.given.push(given),
        Err((why, is_harmless)) => {
            offer.left.push(Left { name: Some(name.to_string()), line: None, why, is_harmless });
        }
    }
    offer
}

/// Lays what is given beside the profile. What has a twin there that differs only by case moves to what is left.
///
/// # Errors
/// When the profile does not open.
pub fn compare(workspace: &Workspace, profile: &ProfileName, offer: &mut Offer) -> Result<Vec<Row>, ImportError> {
    let open = workspace.store().load(profile)?;
    let twins: BTreeMap<String, &VarName> =
        open.variables.keys().map(|name| (name.as_str().to_ascii_lowercase(), name)).collect();
    let mut rows = Vec::new();
    for Given { name, value } in std::mem::take(&mut offer.given) {
        if let Some(found) = twins.get(&name.as_str().to_ascii_lowercase()).filter(|found| ***found != name) {
            let why = ValueError::CaseTwin { name: name.clone(), profile: profile.clone(), found: (*found).clone() }.to_string();
            offer.left.push(Left { name: Some(name.to_string()), line: None, why, is_harmless: false });
            continue;
        }
        let before = open.variables.get(&name).map(|variable| variable.value.clone());
        rows.push(Row {
            standing: match &before {
                None => Standing::New,
                Some(before) if *before == value => Standing::Same,
                Some(_) => Standing::Differs,
            },
            masked: masked(value.expose()),
            fingerprint: open.fingerprint(value.expose()),
            stored: before.as_ref().map(|before| open.fingerprint(before.expose())),
            oddities: oddities(&value).into_iter().map(str::to_owned).chain(odd_form(&name, &value)).collect(),
            name,
            value,
            before,
        });
    }
    Ok(rows)
}

/// Stores the values of these rows in one save, opens the profile again and compares each of them. Returns what the store has to
/// say.
///
/// # Errors
/// When the profile was changed since it was compared, or cannot be saved: nothing is taken over then.
pub fn take(workspace: &Workspace, profile: &ProfileName, rows: &[&Row]) -> Result<Vec<String>, ImportError> {
    let mut warnings = Vec::new();
    if !rows.is_empty() {
        let store = workspace.store();
        let lock = store.lock(profile)?;
        let mut open = store.load(profile)?;
        if let Some(changed) = rows.iter().find(|row| stored(&open, row) != row.before.as_ref()) {
            return Err(ImportError::Changed(changed.name.clone()));
        }
        for row in rows {
            open.set(row.name.clone(), row.value.clone(), workspace.seconds());
        }
        warnings = store.save(&lock, profile, &mut open)?.warnings;
    }
    Ok(warnings)
}

/// Opens the profile again, and says whether it holds every one of these values.
///
/// # Errors
/// When it does not open, or one of them is not there.
pub fn verify(workspace: &Workspace, profile: &ProfileName, rows: &[&Row]) -> Result<(), ImportError> {
    let open = workspace.store().load(profile)?;
    match rows.iter().find(|row| stored(&open, row) != Some(&row.value)) {
        None => Ok(()),
        Some(row) => Err(ImportError::NotSaved { profile: profile.clone(), name: row.name.clone() }),
    }
}

fn stored<'a>(open: &'a Profile, row: &Row) -> Option<&'a Secret> {
    open.variables.get(&row.name).map(|variable| &variable.value)
}

/// Removes the file that values were taken from, if it still holds exactly what was read.
///
/// # Errors
/// When it is another by now, or cannot be removed.
pub fn remove_source(path: &Path, read: &[u8]) -> Result<(), FileError> {
    let (now, _) = file::read(path, LIMIT)?;
    let now = zeroize::Zeroizing::new(now);
    let failed = |source| FileError::Unreadable { path: path.to_owned(), source };
    if *now != *read {
        return Err(failed(std::io::Error::other("it was changed meanwhile, so it stays")));
    }
    std::fs::remove_file(path).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Offer {
        offer("x", text.as_bytes(), Format::Env).expect("readable")
    }

    #[test]
    fn the_last_of_two_counts_and_is_said() {
        let offer = judged("A_TOKEN=one\nA_TOKEN=two\n");
        assert_eq!(offer.given.len(), 1);
        assert_eq!(offer.given[0].value.expose(), b"two");
        assert!(offer.notes[0].contains("`A_TOKEN` (line 1)"), "{:?}", offer.notes);
    }

    #[test]
    fn what_is_no_value_or_no_name_is_left_and_named() {
        let offer =
            judged("PATH=/evil\nA=${B}\nB=YOUR_TOKEN\nC=\nx.y=1\nD_T=1\nd_t=2\nghp_abcdefghijklmnopqrstuvwxyz0123456789=x\n");
        assert_eq!(offer.given.len(), 1);
        let left: Vec<_> = offer.left.iter().map(|left| (left.name.as_deref(), left.is_harmless)).collect();
        assert_eq!(
            left,
            [
                (Some("PATH"), false),
                (Some("A"), true),
                (Some("B"), true),
                (Some("C"), true),
                (Some("x.y"), false),
                (Some("d_t"), false),
                (None, false)
            ]
        );
    }

    #[test]
    fn a_piece_of_a_keys_text_is_not_shown_as_a_name() {
        assert!(is_showable("GITHUB_PERSONAL_ACCESS_TOKEN_2") && is_showable("myToken"));
        assert!(!is_showable("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"));
    }
}
