//! When a value ends, and when a new one is due: what was said of it, what it says of itself, what the project wishes, what the
//! list of servers advises, what the settings say; and who of them decided.

use crate::life::{Clock, Due, End, Windows, Word, claims, clock, next_word, word};
use crate::profile::{Profile, Rotation, Variable};
use crate::project::VariableWish;
use crate::settings::Settings;

/// Who decided on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The user, of this variable.
    Said,
    /// The value itself.
    Value,
    Project,
    Catalog,
    Settings,
    Nobody,
}

impl Source {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Said => "as you said",
            Self::Value => "by its own word",
            Self::Project => "by `.mcpenv.toml`",
            Self::Catalog => "as the built-in list advises",
            Self::Settings => "by your settings",
            Self::Nobody => "nobody said",
        }
    }
}

/// The dates of one variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    pub end: End,
    pub end_by: Source,
    /// The other end, where the user and the value say different ones: the earlier counts.
    pub other_end: Option<End>,
    pub due: Option<Due>,
    pub due_by: Source,
}

impl Dates {
    /// The dates of a variable. `wish` is what the project says of it.
    #[must_use]
    pub fn of(variable: &Variable, wish: Option<&VariableWish>, settings: &Settings) -> Self {
        let said = variable.plan.expires;
        let own = claims(variable.value.expose()).and_then(|claims| claims.expires).map(End::Moment);
        let (end, end_by, other_end) = match (said, own) {
            (Some(said), Some(own)) if said.earlier(own) == said => (said, Source::Said, (said != own).then_some(own)),
            (said, Some(own)) => (own, Source::Value, said),
            (Some(said), None) => (said, Source::Said, None),
            (None, None) => (End::Never, Source::Nobody, None),
        };
        let rotations = [
            (variable.plan.rotate, Source::Said),
            (wish.and_then(|wish| wish.rotate), Source::Project),
            (variable.plan.advised.map(Rotation::Every), Source::Catalog),
            (settings.rotate, Source::Settings),
        ];
        let decided = rotations.into_iter().find_map(|(rotation, by)| Some((rotation?, by)));
        let due = decided.and_then(|(rotation, _)| rotation.period()).map(|every| Due { every, since: variable.changed });
        Self { end, end_by, other_end, due, due_by: decided.map_or(Source::Nobody, |(_, by)| by) }
    }

    /// What is to be said of them today.
    #[must_use]
    pub fn word(&self, windows: Windows, now: i64) -> Word {
        word(self.end, self.due, windows, now)
    }

    /// The next moment at which that is something else.
    #[must_use]
    pub fn next(&self, windows: Windows, now: i64) -> Option<i64> {
        next_word(self.end, self.due, windows, now)
    }
}

/// How the clock stands to what the profile has seen.
#[must_use]
pub fn clock_of(profile: &Profile, now: i64) -> Clock {
    let seen = profile.variables.values().map(|variable| variable.changed).max();
    match clock(now, seen) {
        // a profile may rest for years without a change
        Clock::Jumped(_) => Clock::Sound,
        told => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::life::Period;
    use crate::secret::Secret;
    use crate::var::VarName;

    const NOON: i64 = 1_795_867_200;

    fn variable(value: &str) -> Variable {
        let mut profile = Profile::new().expect("random bytes");
        let name = VarName::parse("A_TOKEN").expect("a name");
        profile.set(name.clone(), Secret::new(value.as_bytes().to_vec()).expect("a value"), NOON);
        profile.variables.remove(&name).expect("just set")
    }

    #[test]
    fn the_nearest_word_on_rotation_counts_and_who_said_it_is_known() {
        let mut one = variable("x");
        let mut settings = Settings::default();
        let decided = |one: &Variable, wish: Option<&VariableWish>, settings: &Settings| {
            let dates = Dates::of(one, wish, settings);
            (dates.due.map(|due| due.every.to_string()), dates.due_by)
        };
        assert_eq!(decided(&one, None, &settings), (None, Source::Nobody));
        settings.rotate = Rotation::parse("180d").ok();
        assert_eq!(decided(&one, None, &settings), (Some("180d".to_owned()), Source::Settings));
        one.plan.advised = Period::parse("90d").ok();
        assert_eq!(decided(&one, None, &settings), (Some("90d".to_owned()), Source::Catalog));
        let wish = VariableWish {
            description: None,
            docs: None,
            rotate: Rotation::parse("60d").ok(),
            max_lifetime: None,
            is_required: true,
            inject: crate::project::Inject::Shell,
        };
        assert_eq!(decided(&one, Some(&wish), &settings), (Some("60d".to_owned()), Source::Project));
        one.plan.rotate = Some(Rotation::Never);
        assert_eq!(decided(&one, Some(&wish), &settings), (None, Source::Said));
    }

    #[test]
    fn of_two_ends_the_earlier_counts_and_the_other_is_known() {
        let mut one = variable("se=2027-01-31T00:00:00Z&sig=x");
        let told = |one: &Variable| {
            let dates = Dates::of(one, None, &Settings::default());
            (dates.end.to_string(), dates.end_by, dates.other_end.map(|end| end.to_string()))
        };
        assert_eq!(told(&one), ("2027-01-31T00:00:00Z".to_owned(), Source::Value, None));
        one.plan.expires = End::stored("2027-01-01");
        assert_eq!(told(&one), ("2027-01-01".to_owned(), Source::Said, Some("2027-01-31T00:00:00Z".to_owned())));
        one.plan.expires = End::stored("2028-01-01");
        assert_eq!(told(&one), ("2027-01-31T00:00:00Z".to_owned(), Source::Value, Some("2028-01-01".to_owned())));
        one.plan.expires = Some(End::Never);
        assert_eq!(told(&one).1, Source::Value, "a word of never does not outlive the value's own");
    }
}
