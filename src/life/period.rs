//! A length of time as people write it for a token: `30d`, `12w`, `3mo`, `1y`. Counted on the calendar, so that a year from the
//! 29th of February is a day that there is.

use std::fmt;

use jiff::civil::Date;
use jiff::{Span, ToSpan, Unit};

/// A whole number of days, weeks, months or years, at least one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    number: i32,
    unit: PeriodUnit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PeriodUnit {
    Day,
    Week,
    Month,
    Year,
}

/// Why a text is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    #[error("that is no length of time")]
    Malformed,
    #[error("a length of time is at least a day")]
    TooShort,
    #[error("that is longer than a thousand years")]
    TooLong,
}

impl Period {
    /// So many days.
    ///
    /// # Errors
    /// When it is none, or more than a thousand years.
    pub fn days(number: i32) -> Result<Self, PeriodError> {
        Self::of(number, PeriodUnit::Day)
    }

    /// Reads `90d`, `12w`, `3mo` or `1y`, in whatever form the calendar's own notation takes them too (`3 months`, `P90D`), as long
    /// as it is whole days and of one sign.
    ///
    /// # Errors
    /// [`PeriodError`].
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let span: Span = text.trim().parse().map_err(|_| PeriodError::Malformed)?;
        if span.is_zero() || span.is_negative() || span.get_hours() != 0 || span.get_minutes() != 0 || span.get_seconds() != 0 {
            return Err(if span.is_zero() || span.is_negative() { PeriodError::TooShort } else { PeriodError::Malformed });
        }
        if span.get_milliseconds() != 0 || span.get_microseconds() != 0 || span.get_nanoseconds() != 0 {
            return Err(PeriodError::Malformed);
        }
        let parts = [
            (i32::from(span.get_years()), PeriodUnit::Year),
            (span.get_months(), PeriodUnit::Month),
            (span.get_weeks(), PeriodUnit::Week),
            (span.get_days(), PeriodUnit::Day),
        ];
        let mut parts = parts.into_iter().filter(|(number, _)| *number != 0);
        match (parts.next(), parts.next()) {
            (Some((number, unit)), None) => Self::of(number, unit),
            _ => Err(PeriodError::Malformed),
        }
    }

    fn of(number: i32, unit: PeriodUnit) -> Result<Self, PeriodError> {
        let most = match unit {
            PeriodUnit::Day => 366_000,
            PeriodUnit::Week => 52_286,
            PeriodUnit::Month => 12_000,
            PeriodUnit::Year => 1_000,
        };
        if number < 1 {
            Err(PeriodError::TooShort)
        } else if number > most {
            Err(PeriodError::TooLong)
        } else {
            Ok(Self { number, unit })
        }
    }

    /// The day so long after another; the last day there is when that would lie beyond it.
    #[must_use]
    pub fn after(self, day: Date) -> Date {
        day.saturating_add(self.span())
    }

    /// About how many days it is, for comparing two.
    #[must_use]
    pub fn about_days(self) -> i32 {
        match self.unit {
            PeriodUnit::Day => self.number,
            PeriodUnit::Week => self.number * 7,
            PeriodUnit::Month => self.number * 365 / 12,
            PeriodUnit::Year => self.number * 365,
        }
    }

    fn span(self) -> Span {
        match self.unit {
            PeriodUnit::Day => self.number.days(),
            PeriodUnit::Week => self.number.weeks(),
            PeriodUnit::Month => self.number.months(),
            PeriodUnit::Year => self.number.years(),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            PeriodUnit::Day => "d",
            PeriodUnit::Week => "w",
            PeriodUnit::Month => "mo",
            PeriodUnit::Year => "y",
        };
        write!(f, "{}{unit}", self.number)
    }
}

/// The whole days from one day to another; negative when it lies before.
#[must_use]
pub(super) fn days_between(from: Date, to: Date) -> i64 {
    from.until((Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_length_of_time_is_read_in_whole_days_and_one_unit() {
        let read = |text: &str| Period::parse(text).map(|p| p.to_string());
        for (text, told) in
            [("90d", "90d"), ("12w", "12w"), ("3mo", "3mo"), ("1y", "1y"), ("3 months", "3mo"), ("P90D", "90d"), (" 7d ", "7d")]
        {
            assert_eq!(read(text).as_deref(), Ok(told), "{text}");
        }
        for (text, why) in [
            ("", PeriodError::Malformed),
            ("soon", PeriodError::Malformed),
            ("90", PeriodError::Malformed),
            ("12h", PeriodError::Malformed),
            ("1d12h", PeriodError::Malformed),
            ("1y2mo", PeriodError::Malformed),
            ("0d", PeriodError::TooShort),
            ("-30d", PeriodError::TooShort),
            ("1001y", PeriodError::TooLong),
            ("400000d", PeriodError::TooLong),
            ("99999999999999999999d", PeriodError::Malformed),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
    }

    #[test]
    fn it_is_counted_on_the_calendar() {
        let after = |text: &str, day| Period::parse(text).expect("a period").after(day);
        assert_eq!(after("1y", date(2028, 2, 29)), date(2029, 2, 28));
        assert_eq!(after("1mo", date(2027, 1, 31)), date(2027, 2, 28));
        assert_eq!(after("30d", date(2027, 12, 15)), date(2028, 1, 14));
        assert_eq!(after("1000y", date(9500, 1, 1)), Date::MAX);
    }
}
