//! The values of a profile: set, get, unset, list. Each change is a whole save under the profile's lock.

use super::workspace::Workspace;
use crate::dummy;
use crate::escape::shown;
use crate::fault::{Exit, Fault};
use crate::life::{DateError, End, Period, claims};
use crate::mask;
use crate::profile::{Profile, ProfileName, Rotation, Variable};
use crate::schema;
use crate::secret::{Secret, SecretError};
use crate::store::StoreError;
use crate::var::VarName;

/// Why a value was not set, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum ValueError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("for `{name}`: {source}")]
    Secret { name: VarName, source: SecretError },
    #[error("no value for `{name}` in profile `{profile}`")]
    Missing { name: VarName, profile: ProfileName, nearest: Option<String> },
    #[error("`{name}`: {source}")]
    Date { name: VarName, source: DateError },
    #[error("profile `{profile}` holds `{found}`, which some systems do not tell from `{name}`")]
    CaseTwin { name: VarName, profile: ProfileName, found: VarName },
}

impl Fault for ValueError {
    fn exit(&self) -> Exit {
        match self {
            Self::Store(e) => e.exit(),
            _ => Exit::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Secret { source: SecretError::Empty, name } => Some(format!("take it away with `mcpenv unset {name}`")),
            Self::Secret { .. } => None,
            Self::Missing { nearest: Some(nearest), .. } => Some(format!("the nearest name there is `{nearest}`")),
            Self::Missing { name, .. } => Some(format!("add it with `mcpenv set {name}`")),
            Self::Date { source: DateError::BeyondLifetime { .. }, .. } => {
                Some("make one that ends earlier, or allow more with `--max-lifetime`".to_owned())
            }
            Self::Date { .. } => Some("write it as `30d`, `1y`, `2027-01-31` or `never`".to_owned()),
            Self::CaseTwin { found, .. } => Some(format!("use `{found}`, or remove it first with `mcpenv unset {found}`")),
        }
    }
}

/// What is said of a value when it is stored; what is not said stays as it was.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// As it was typed.
    pub expires: Option<String>,
    pub rotate: Option<Rotation>,
    pub max_lifetime: Option<Period>,
    /// What the project allows at most, where nothing was said here.
    pub project_lifetime: Option<Period>,
    /// What the list of servers advises.
    pub advised: Option<Period>,
}

/// What happened to a value.
#[derive(Debug)]
pub struct Changed {
    pub end: End,
    pub is_new: bool,
    pub fingerprint: String,
    pub warnings: Vec<String>,
}

/// One row of `list`.
#[derive(Debug)]
pub struct Row {
    pub name: VarName,
    pub masked: String,
    pub fingerprint: String,
    pub created: i64,
    pub changed: i64,
}

/// Stores a value.
///
/// # Errors
/// When the profile cannot be opened or saved, or holds a case twin of the name; nothing is changed then.
pub fn set(workspace: &Workspace, profile: &ProfileName, name: &VarName, value: Secret) -> Result<Changed, ValueError> {
    set_with(workspace, profile, name, value, &Said::default())
}

/// Stores a value, with what is said of it.
///
/// # Errors
/// As [`set`], and when it would outlive what is allowed; nothing is changed then.
pub fn set_with(
    workspace: &Workspace,
    profile: &ProfileName,
    name: &VarName,
    value: Secret,
    said: &Said,
) -> Result<Changed, ValueError> {
    let store = workspace.store();
    let lock = store.lock(profile)?;
    let mut open = store.load(profile)?;
    let twin = open.variables.keys().find(|known| *known != name && known.as_str().eq_ignore_ascii_case(name.as_str()));
    if let Some(found) = twin {
        return Err(ValueError::CaseTwin { name: name.clone(), profile: profile.clone(), found: found.clone() });
    }
    let fingerprint = open.fingerprint(value.expose());
    let is_new = !open.variables.contains_key(name);
    let now = workspace.seconds();
    open.set(name.clone(), value, now);
    let end = match open.variables.get_mut(name) {
        Some(variable) => said.apply(variable, now).map_err(|source| ValueError::Date { name: name.clone(), source })?,
        None => End::Never,
    };
    let saved = store.save(&lock, profile, &mut open)?;
    Ok(Changed { end, is_new, fingerprint, warnings: saved.warnings })
}

impl Said {
    /// Puts what was said on a variable whose value came at `now`. Gives the end that counts.
    fn apply(&self, variable: &mut Variable, now: i64) -> Result<End, DateError> {
        let plan = &mut variable.plan;
        plan.rotate = self.rotate.or(plan.rotate);
        plan.max_lifetime = self.max_lifetime.or(plan.max_lifetime);
        plan.advised = self.advised.or(plan.advised);
        if let Some(text) = &self.expires {
            plan.expires = Some(End::parse(text, now)?);
        }
        let own = claims(variable.value.expose()).and_then(|claims| claims.expires).map(End::Moment);
        let limit = plan.max_lifetime.or(self.project_lifetime);
        match (plan.expires, own) {
            (Some(said), own) => {
                let end = own.map_or(said, |own| said.earlier(own));
                end.within(limit, now)
            }
            // the issuer decided; that it decided on more than is allowed is still told
            (None, Some(own)) => own.within(limit, now),
            (None, None) => Ok(End::Never),
        }
    }
}

/// Removes a value.
///
/// # Errors
/// When there is none, or the profile cannot be opened or saved.
pub fn unset(workspace: &Workspace, profile: &ProfileName, name: &VarName) -> Result<Vec<String>, ValueError> {
    let store = workspace.store();
    let lock = store.lock(profile)?;
    let mut open = store.load(profile)?;
    if open.variables.remove(name).is_none() {
        return Err(missing(&open, profile, name));
    }
    Ok(store.save(&lock, profile, &mut open)?.warnings)
}

/// The value itself, for whoever may see it.
///
/// # Errors
/// When there is none, or the profile cannot be opened.
pub fn get(workspace: &Workspace, profile: &ProfileName, name: &VarName) -> Result<Secret, ValueError> {
    let mut open = workspace.store().load(profile)?;
    match open.variables.remove(name) {
        Some(variable) => Ok(variable.value),
        None => Err(missing(&open, profile, name)),
    }
}

/// Every variable of a profile, masked.
///
/// # Errors
/// When the profile cannot be opened.
pub fn list(workspace: &Workspace, profile: &ProfileName) -> Result<Vec<Row>, ValueError> {
    let open = workspace.store().load(profile)?;
    let row = |(name, variable): (&VarName, &crate::profile::Variable)| Row {
        name: name.clone(),
        masked: mask::masked(variable.value.expose()),
        fingerprint: open.fingerprint(variable.value.expose()),
        created: variable.created,
        changed: variable.changed,
    };
    Ok(open.variables.iter().map(row).collect())
}

/// What a person should know of a value they just gave; each a sentence without any part of it.
#[must_use]
pub fn oddities(value: &Secret) -> Vec<&'static str> {
    const COMMON: &[&[u8]] = &[
        b"test",
        b"admin",
        b"root",
        b"password",
        b"secret",
        b"token",
        b"true",
        b"false",
        b"none",
        b"null",
        b"localhost",
        b"default",
    ];
    let bytes = value.expose();
    let mut found = Vec::new();
    if bytes.ends_with(b"\n") || bytes.ends_with(b"\r") {
        found.push("it ends in a newline (`printf %s` prints none)");
    } else if bytes.trim_ascii().len() != bytes.len() {
        found.push("it starts or ends with a blank");
    }
    if is_placeholder(bytes) {
        found.push("it looks like a placeholder, not like a value");
    }
    if bytes.to_ascii_lowercase().starts_with(b"bearer ") {
        found.push("it starts with `Bearer `, which most client files add themselves");
    }
    if bytes.iter().any(|b| (*b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t')) || *b == 0x7f) {
        found.push("it holds control characters");
    }
    if COMMON.contains(&bytes.to_ascii_lowercase().as_slice()) {
        found.push("it is a common word");
    }
    found
}

/// Whether a value is a reference or a stand-in that was stored by mistake.
#[must_use]
pub fn is_placeholder(value: &[u8]) -> bool {
    std::str::from_utf8(value).is_ok_and(|text| dummy::is_dummy(text) || dummy::is_reference(text))
}

/// A date as `2026-11-21`.
#[must_use]
pub fn date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "?".to_owned(), |t| t.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

/// A moment as `2026-11-21 03:40 UTC`.
#[must_use]
pub fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| "?".to_owned(),
        |t| {
            let at = t.to_zoned(jiff::tz::TimeZone::UTC);
            format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
        },
    )
}

pub(super) fn missing(open: &Profile, profile: &ProfileName, name: &VarName) -> ValueError {
    let nearest = schema::nearest(name.as_str(), open.variables.keys().map(VarName::as_str)).map(|n| shown(n).into_owned());
    ValueError::Missing { name: name.clone(), profile: profile.clone(), nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_known() {
        for yes in ["${TOKEN}", "<your token>", "YOUR_TOKEN", "changeme", "{{ token }}"] {
            assert!(is_placeholder(yes.as_bytes()), "{yes}");
        }
        assert!(!is_placeholder(b"ghp_0123456789") && !is_placeholder(b"\xff"));
    }

    #[test]
    fn a_pasted_newline_and_a_doubled_scheme_are_told() {
        let told = |text: &str| oddities(&Secret::new(text.as_bytes().to_vec()).expect("a value")).len();
        assert_eq!(
            (told("abc\n"), told(" abc"), told("Bearer abc"), told("a\x1bb"), told("test"), told("abc")),
            (1, 1, 1, 1, 1, 0)
        );
    }
}
