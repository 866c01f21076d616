//! The dialogue of every import: what is given is shown masked, what differs is asked about, and only what was read back from the
//! profile counts as taken.

use std::process::ExitCode;

use serde_json::json;

use super::ask::{AskError, Person};
use super::noting;
use super::report;
use crate::audit::Action;
use crate::fault::{Exit, Fault};
use crate::ops::Workspace;
use crate::ops::import::{self, Left, Offer, Row, Standing};
use crate::profile::ProfileName;
use crate::secret::Secret;

/// What came of it.
pub(super) struct Taken {
    rows: Vec<(Row, bool)>,
    /// Every value that was given is in the profile now.
    pub(super) is_whole: bool,
    /// Somebody was there to say no.
    has_person: bool,
}

/// Shows what is given, asks where something stands already, saves once, and reads the profile again.
pub(super) fn take_over(
    workspace: &Workspace,
    profile: &ProfileName,
    offer: &mut Offer,
    person: &mut Option<Person>,
    is_json: bool,
) -> Result<Taken, Box<dyn Fault>> {
    let rows = import::compare(workspace, profile, offer)?;
    if !is_json && !rows.is_empty() {
        show(&rows);
    }
    offer.notes.iter().for_each(|note| report::note(note));
    offer.left.iter().for_each(|left| report::warning(&told(left)));
    let chosen: Vec<bool> = match person {
        Some(person) => choose(&rows, profile, person)?,
        None => rows.iter().map(|row| row.standing == Standing::New && row.name.caution().is_none()).collect(),
    };
    let taken: Vec<&Row> = rows.iter().zip(&chosen).filter(|(_, is_chosen)| **is_chosen).map(|(row, _)| row).collect();
    for row in &taken {
        for oddity in &row.oddities {
            report::warning(&format!("the value of `{}` is stored exactly as it stood there, but {oddity}", row.name));
        }
    }
    report::warnings(&import::take(workspace, profile, &taken)?);
    if !taken.is_empty() {
        let names: Vec<&str> = taken.iter().map(|row| row.name.as_str()).collect();
        noting::done(workspace, Action::Import, None, Some(profile), &names);
    }
    let there: Vec<&Row> = rows
        .iter()
        .zip(&chosen)
        .filter(|(row, is_chosen)| **is_chosen || row.standing == Standing::Same)
        .map(|(row, _)| row)
        .collect();
    import::verify(workspace, profile, &there)?;
    let is_whole = there.len() == rows.len();
    if person.is_none() {
        for row in rows.iter().zip(&chosen).filter(|(row, is_chosen)| !**is_chosen && row.standing != Standing::Same) {
            report::warning(&refused(row.0, profile));
        }
    }
    let (taken, same) = (taken.len(), there.len() - taken.len());
    let same = if same == 0 { String::new() } else { format!("; {same} stood there already, the same") };
    report::note(&format!("took {taken} over into profile `{profile}`, and read {} back{same}", there.len()));
    let has_person = person.is_some();
    Ok(Taken { rows: rows.into_iter().zip(chosen).collect(), is_whole, has_person })
}

fn show(rows: &[Row]) {
    let cells: Vec<_> = rows
        .iter()
        .map(|row| {
            let state = match (&row.stored, row.standing) {
                (Some(stored), Standing::Differs) => format!("differs from the stored one ({stored})"),
                (_, standing) => standing.word().to_owned(),
            };
            vec![row.name.to_string(), row.masked.clone(), row.fingerprint.clone(), state]
        })
        .collect();
    report::table(&["VARIABLE", "VALUE", "FINGERPRINT", "STATE"], &cells);
}

fn choose(rows: &[Row], profile: &ProfileName, person: &mut Person) -> Result<Vec<bool>, AskError> {
    let is_plain = |row: &Row| row.standing == Standing::New && row.name.caution().is_none();
    let plain = rows.iter().filter(|row| is_plain(row)).count();
    let wants_new = plain > 0 && person.agrees(&format!("Store {plain} new in profile `{profile}`?"), true)?;
    let mut chosen = Vec::with_capacity(rows.len());
    for row in rows {
        let name = &row.name;
        chosen.push(match row.standing {
            Standing::Same => false,
            Standing::New if is_plain(row) => wants_new,
            standing => {
                if let Some(why) = name.caution() {
                    person.tell(&format!("`{name}` is unusual for a secret: {why}."))?;
                }
                let verb = if standing == Standing::Differs { "Replace the stored value of" } else { "Store" };
                person.agrees(&format!("{verb} `{name}`?"), false)?
            }
        });
    }
    Ok(chosen)
}

/// Why a value was not taken where nobody could be asked.
fn refused(row: &Row, profile: &ProfileName) -> String {
    let name = &row.name;
    match (row.standing, name.caution()) {
        (Standing::Differs, _) => {
            format!("`{name}` is left: profile `{profile}` holds another value, which only a person at a terminal replaces here")
        }
        (_, Some(why)) => format!("`{name}` is left: {why}, so it needs a person at a terminal"),
        _ => format!("`{name}` is left"),
    }
}

fn told(left: &Left) -> String {
    let of = match (&left.name, left.line) {
        (Some(name), Some(line)) => format!("`{name}` (line {line})"),
        (Some(name), None) => format!("`{name}`"),
        (None, line) => format!("line {}", line.unwrap_or(0)),
    };
    format!("{of} is left: {}", left.why)
}

impl Taken {
    /// Every value that was given, taken or not.
    pub(super) fn values(&self) -> impl Iterator<Item = &Secret> {
        self.rows.iter().map(|(row, _)| row.value())
    }

    /// 1 when a value is still not in the profile, and nobody was there to decide so.
    pub(super) fn code(&self, offer: &Offer) -> ExitCode {
        let is_short = !self.has_person && !self.is_whole || offer.left.iter().any(|left| !left.is_harmless);
        if is_short { report::code(Exit::Failed) } else { ExitCode::SUCCESS }
    }

    pub(super) fn as_json(&self, profile: &ProfileName, offer: &Offer, is_deleted: bool) -> serde_json::Value {
        let row = |(row, is_taken): &(Row, bool)| {
            json!({
                "name": row.name.as_str(), "masked": row.masked, "fingerprint": row.fingerprint,
                "state": row.standing.word(), "taken": is_taken,
            })
        };
        let left = |left: &Left| json!({ "name": left.name, "line": left.line, "why": left.why });
        json!({
            "profile": profile.as_str(),
            "variables": self.rows.iter().map(row).collect::<Vec<_>>(),
            "left": offer.left.iter().map(left).collect::<Vec<_>>(),
            "deleted": is_deleted,
        })
    }
}
