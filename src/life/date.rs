//! When a value ends: at a moment, at the end of a day, or never. Said by a person, or read from the value.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::period::{Period, days_between};

/// What people know from the pages where tokens are issued, as they are typed.
pub const PRESETS: &[&str] = &["7d", "30d", "60d", "90d", "1y"];

/// The end of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Never,
    /// The last day on which it is good, in UTC.
    Day(Date),
    /// The moment, in seconds since 1970 UTC, from which it is no longer good.
    Moment(i64),
}

/// Why a text is no end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    #[error("that is no date and no length of time")]
    Malformed,
    #[error("that day is over")]
    Past,
    #[error("it would be good until {asked}, longer than the {limit} that it may live: until {most} at most")]
    BeyondLifetime { asked: String, limit: Period, most: String },
}

impl End {
    /// Reads `30d`, `12w`, `3mo`, `1y`, `2027-01-31`, `2027-01-31T12:00:00Z`, or `never`. `now` is the clock, in seconds.
    ///
    /// # Errors
    /// [`DateError`]; a day that is over, too: whoever types it means another.
    pub fn parse(text: &str, now: i64) -> Result<Self, DateError> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("never") {
            return Ok(Self::Never);
        }
        let end = if let Ok(period) = Period::parse(text) {
            Self::Day(period.after(day_of(now)))
        } else if let Ok(moment) = text.parse::<Timestamp>() {
            Self::Moment(moment.as_second())
        } else if text.len() == 10 {
            Self::Day(text.parse().map_err(|_| DateError::Malformed)?)
        } else {
            return Err(DateError::Malformed);
        };
        if end.is_over(now) { Err(DateError::Past) } else { Ok(end) }
    }

    /// Reads what [`End`] is written as.
    #[must_use]
    pub fn stored(text: &str) -> Option<Self> {
        match text {
            "never" => Some(Self::Never),
            _ if text.len() == 10 => text.parse().ok().map(Self::Day),
            _ => text.parse::<Timestamp>().ok().map(|moment| Self::Moment(moment.as_second())),
        }
    }

    /// An end that does not outlive `limit`, counted from the moment the value was made, `since`.
    ///
    /// # Errors
    /// [`DateError::BeyondLifetime`] names the limit and the last day that it allows.
    pub fn within(self, limit: Option<Period>, since: i64) -> Result<Self, DateError> {
        let Some(limit) = limit else { return Ok(self) };
        let most = limit.after(day_of(since));
        let is_beyond = match self {
            Self::Never => true,
            Self::Day(day) => day > most,
            Self::Moment(moment) => day_of(moment.saturating_sub(1)) > most,
        };
        if is_beyond {
            Err(DateError::BeyondLifetime { asked: self.to_string(), limit, most: most.to_string() })
        } else {
            Ok(self)
        }
    }

    /// The moment from which it is no longer good; `None`: never.
    #[must_use]
    pub fn moment(self) -> Option<i64> {
        match self {
            Self::Never => None,
            Self::Day(day) => {
                Some(day.tomorrow().unwrap_or(day).to_zoned(TimeZone::UTC).map_or(i64::MAX, |z| z.timestamp().as_second()))
            }
            Self::Moment(moment) => Some(moment),
        }
    }

    /// Whether it is no longer good.
    #[must_use]
    pub fn is_over(self, now: i64) -> bool {
        self.moment().is_some_and(|end| end <= now)
    }

    /// How many days lie between the day of `now` and the last day on which it is good: 0 on that day, negative after it.
    #[must_use]
    pub fn days_left(self, now: i64) -> Option<i64> {
        let last = match self {
            Self::Never => return None,
            Self::Day(day) => day,
            Self::Moment(moment) => day_of(moment.saturating_sub(1)),
        };
        Some(days_between(day_of(now), last))
    }

    /// The one that comes first.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        match (self.moment(), other.moment()) {
            (Some(a), Some(b)) if b < a => other,
            (None, Some(_)) => other,
            _ => self,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::Day(day) => write!(f, "{day}"),
            Self::Moment(moment) => match Timestamp::from_second(*moment) {
                Ok(moment) => write!(f, "{moment}"),
                Err(_) => f.write_str("beyond the year 9999"),
            },
        }
    }
}

/// The day of a moment, in UTC; the nearest day that there is for a moment beyond the calendar.
#[must_use]
pub(super) fn day_of(moment: i64) -> Date {
    let nearest = if moment < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(moment).unwrap_or(nearest).to_zoned(TimeZone::UTC).date()
}

/// A moment as `2026-11-21 03:40:24`, in UTC.
#[must_use]
pub fn time_text(moment: i64) -> String {
    Timestamp::from_second(moment).map_or_else(|_| "?".to_owned(), |t| t.to_zoned(TimeZone::UTC).strftime("%F %T").to_string())
}

/// The day of a moment as `2026-11-21`.
#[must_use]
pub fn day_text(moment: i64) -> String {
    day_of(moment).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-28T12:00:00Z
    const NOON: i64 = 1_795_867_200;

    #[test]
    fn presets_dates_moments_and_never_are_read() {
        let read = |text: &str| End::parse(text, NOON).map(|end| end.to_string());
        let told: Vec<_> = PRESETS.iter().map(|preset| read(preset).expect("a preset")).collect();
        assert_eq!(told, ["2026-12-05", "2026-12-28", "2027-01-27", "2027-02-26", "2027-11-28"]);
        assert_eq!(read("2027-01-31").as_deref(), Ok("2027-01-31"));
        assert_eq!(read("2026-11-28").as_deref(), Ok("2026-11-28"), "today is not over");
        assert_eq!(read("2027-01-31T01:00:00+02:00").as_deref(), Ok("2027-01-30T23:00:00Z"));
        assert_eq!(read("NEVER").as_deref(), Ok("never"));
        assert_eq!(read("9999-12-31").as_deref(), Ok("9999-12-31"));
        assert_eq!(read("2026-11-27"), Err(DateError::Past));
        assert_eq!(read("2026-11-28T11:59:59Z"), Err(DateError::Past));
        for bad in ["", "soon", "2027-02-29", "2027-13-01", "31.01.2027", "10000-01-01", "-30d", "0d", "30", "2027-1-31"] {
            assert_eq!(read(bad), Err(DateError::Malformed), "{bad}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["never", "2027-01-31", "2027-01-30T23:00:00Z", "9999-12-31"] {
            assert_eq!(End::stored(text).expect("written by us").to_string(), text);
        }
        assert_eq!((End::stored("soon"), End::stored("2027-02-29")), (None, None));
    }

    #[test]
    fn a_day_is_good_until_its_last_second_and_counted_by_the_calendar() {
        let end = End::parse("2026-12-01", NOON).expect("a date");
        assert_eq!(end.days_left(NOON), Some(3));
        let midnight = end.moment().expect("it ends");
        assert_eq!((end.days_left(midnight - 1), end.is_over(midnight - 1)), (Some(0), false));
        assert_eq!((end.days_left(midnight), end.is_over(midnight)), (Some(-1), true));
        assert_eq!(End::Moment(midnight).days_left(NOON), Some(3), "the last day on which it is good is the 1st");
        assert!(End::Day(Date::MAX).moment().is_some_and(|moment| moment > NOON));
        assert_eq!((End::Never.moment(), End::Never.days_left(NOON)), (None, None));
    }

    #[test]
    fn no_end_outlives_the_longest_life() {
        let limit = Period::parse("90d").ok();
        let at = |text: &str| End::parse(text, NOON).expect("an end").within(limit, NOON);
        assert!(at("90d").is_ok() && at("7d").is_ok());
        let refused = at("91d").expect_err("longer than it may live").to_string();
        assert!(refused.contains("90d") && refused.contains("2027-02-26"), "{refused}");
        assert!(at("never").is_err() && at("2027-02-27T00:00:01Z").is_err() && at("2027-02-27T00:00:00Z").is_ok());
        assert!(End::Never.within(None, NOON).is_ok());
    }

    #[test]
    fn clocks_ten_years_off_and_beyond_the_calendar_overflow_nothing() {
        for now in [i64::MIN, -1, 0, NOON - 315_360_000, NOON + 315_360_000, i64::MAX] {
            for text in ["30d", "1000y", "2038-01-19", "never"] {
                if let Ok(end) = End::parse(text, now) {
                    let _ = (end.days_left(now), end.is_over(now), end.within(Period::days(1).ok(), now), end.to_string());
                }
            }
            let _ = End::Moment(now).to_string();
        }
    }
}
