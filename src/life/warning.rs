//! What to say of a value today: that it is over, that it ends soon, that a new one is due. And of the clock: a machine whose
//! clock moved is told of, and not obeyed.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::date::{End, day_of};
use super::period::{Period, days_between};

/// From how many days before its end on a value is warned of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    pub soon: i64,
    pub urgent: i64,
}

impl Default for Windows {
    fn default() -> Self {
        Self { soon: 14, urgent: 3 }
    }
}

/// When a new value is due: so long after the last one came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub every: Period,
    /// When the value came, in seconds since 1970 UTC.
    pub since: i64,
}

impl Due {
    /// How many days are left until that day; negative when it is over.
    #[must_use]
    pub fn days_left(self, now: i64) -> i64 {
        days_between(day_of(now), self.every.after(day_of(self.since)))
    }
}

/// What is to be said, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    Fine,
    /// A new one is due in so many days, 0 today.
    RotateSoon(std::cmp::Reverse<i64>),
    /// A new one has been due for so many days.
    RotateOverdue(i64),
    /// It ends in so many days.
    EndsSoon(std::cmp::Reverse<i64>),
    /// It ends in so few days that it should be changed now.
    EndsUrgently(std::cmp::Reverse<i64>),
    /// It has been over for so many days, 0 today.
    Over(i64),
}

impl Word {
    /// In words that follow the name of a variable; `None` when there is nothing to say.
    #[must_use]
    pub fn words(self) -> Option<String> {
        let days = |n: i64| if n == 1 { "1 day".to_owned() } else { format!("{n} days") };
        Some(match self {
            Self::Fine => return None,
            Self::RotateSoon(std::cmp::Reverse(0)) => "is due for rotation today".to_owned(),
            Self::RotateSoon(std::cmp::Reverse(n)) => format!("is due for rotation in {}", days(n)),
            Self::RotateOverdue(n) => format!("has been due for rotation for {}", days(n)),
            Self::EndsSoon(std::cmp::Reverse(0)) | Self::EndsUrgently(std::cmp::Reverse(0)) => "expires today".to_owned(),
            Self::EndsSoon(std::cmp::Reverse(n)) | Self::EndsUrgently(std::cmp::Reverse(n)) => format!("expires in {}", days(n)),
            Self::Over(0) => "expired today".to_owned(),
            Self::Over(n) => format!("expired {} ago", days(n)),
        })
    }

    /// Whether it needs hands now.
    #[must_use]
    pub fn is_urgent(self) -> bool {
        matches!(self, Self::EndsUrgently(_) | Self::Over(_) | Self::RotateOverdue(_))
    }
}

/// What to say of a value that ends then and is due then.
#[must_use]
pub fn word(end: End, due: Option<Due>, windows: Windows, now: i64) -> Word {
    let of_end = match end.days_left(now) {
        None => Word::Fine,
        Some(_) if end.is_over(now) => Word::Over(end.moment().map_or(0, |moment| days_between(day_of(moment), day_of(now)))),
        Some(left) if left <= windows.urgent => Word::EndsUrgently(std::cmp::Reverse(left)),
        Some(left) if left <= windows.soon => Word::EndsSoon(std::cmp::Reverse(left)),
        Some(_) => Word::Fine,
    };
    let of_due = match due.map(|due| due.days_left(now)) {
        Some(left) if left < 0 => Word::RotateOverdue(-left),
        Some(left) if left <= windows.soon => Word::RotateSoon(std::cmp::Reverse(left)),
        _ => Word::Fine,
    };
    of_end.max(of_due)
}

/// The next moment at which there is something else to say of a value, in seconds since 1970 UTC; `None`: never.
#[must_use]
pub fn next_word(end: End, due: Option<Due>, windows: Windows, now: i64) -> Option<i64> {
    let last = end.moment().map(|moment| day_of(moment.saturating_sub(1)));
    let day_due = due.map(|due| due.every.after(day_of(due.since)));
    let starts = [(last, windows.soon), (last, windows.urgent), (day_due, windows.soon)];
    let starts = starts.into_iter().filter_map(|(day, before)| Some(start_of(day?, before)));
    // what is counted in days is another number tomorrow
    let tomorrow = (word(end, due, windows, now) != Word::Fine).then(|| start_of(day_of(now), -1));
    starts.chain(end.moment()).chain(tomorrow).filter(|moment| *moment > now).min()
}

/// The first second of the day that lies so many days before another.
fn start_of(day: Date, before: i64) -> i64 {
    let first = day.saturating_sub(before.days());
    first.to_zoned(TimeZone::UTC).map_or(i64::MAX, |zoned| zoned.timestamp().as_second())
}

/// How the clock stands to what was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    Sound,
    /// It shows a time more than a day before one that was seen: so many days.
    WentBack(i64),
    /// It stands more than a year beyond what was last seen, and beyond this program's making: so many days.
    Jumped(i64),
}

/// Compares the clock with the latest time that was seen here. What it says of ends is not to be believed unless it is sound.
#[must_use]
pub fn clock(now: i64, last_seen: Option<i64>) -> Clock {
    const DAY: i64 = 86_400;
    let Some(seen) = last_seen else { return Clock::Sound };
    let moved = now.saturating_sub(seen);
    if moved < -DAY {
        Clock::WentBack(-(moved / DAY))
    } else if moved > 5 * 366 * DAY {
        Clock::Jumped(moved / DAY)
    } else {
        Clock::Sound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-28T12:00:00Z
    const NOON: i64 = 1_795_867_200;
    const DAY: i64 = 86_400;

    fn told(end: &str, now: i64) -> Option<String> {
        word(End::stored(end).expect("an end"), None, Windows::default(), now).words()
    }

    #[test]
    fn a_value_is_warned_of_from_its_window_on_and_is_expired_after_its_day() {
        assert_eq!(told("2026-12-13", NOON), None);
        assert_eq!(told("2026-12-12", NOON).as_deref(), Some("expires in 14 days"));
        assert_eq!(told("2026-11-29", NOON).as_deref(), Some("expires in 1 day"));
        assert_eq!(told("2026-11-28", NOON).as_deref(), Some("expires today"));
        assert_eq!(told("2026-11-27", NOON).as_deref(), Some("expired today"), "its day is over since midnight");
        assert_eq!(told("2026-11-26", NOON).as_deref(), Some("expired 1 day ago"));
        assert_eq!(told("2026-11-28T11:59:59Z", NOON).as_deref(), Some("expired today"));
        assert_eq!(told("2026-11-28T12:00:01Z", NOON).as_deref(), Some("expires today"));
        assert_eq!(told("never", NOON), None);
    }

    #[test]
    fn whatever_the_order_of_days_nothing_warns_before_the_window_and_nothing_says_expires_after_the_end() {
        let end = End::stored("2027-02-10").expect("a date");
        let last = end.moment().expect("it ends");
        for now in (0..120 * 24).map(|hour| NOON + hour * 3600) {
            let words = word(end, None, Windows::default(), now).words();
            let left = end.days_left(now).expect("it ends");
            match words {
                None => assert!(left > 14 && now < last),
                Some(text) if text.starts_with("expired") => assert!(now >= last, "{text}"),
                Some(text) => assert!(text.starts_with("expires") && now < last && left <= 14, "{text}"),
            }
        }
    }

    #[test]
    fn a_rotation_that_is_due_is_said_and_an_end_is_worse() {
        let due = |days: i64| Some(Due { every: Period::days(90).expect("days"), since: NOON - days * DAY });
        let told = |end: &str, due| word(End::stored(end).expect("an end"), due, Windows::default(), NOON).words();
        assert_eq!(told("never", due(75)), None);
        assert_eq!(told("never", due(80)).as_deref(), Some("is due for rotation in 10 days"));
        assert_eq!(told("never", due(90)).as_deref(), Some("is due for rotation today"));
        assert_eq!(told("never", due(97)).as_deref(), Some("has been due for rotation for 7 days"));
        assert_eq!(told("2026-11-30", due(97)).as_deref(), Some("expires in 2 days"));
        let worst = [
            Word::Over(3),
            Word::Over(0),
            Word::EndsUrgently(std::cmp::Reverse(0)),
            Word::EndsSoon(std::cmp::Reverse(9)),
            Word::RotateOverdue(9),
            Word::Fine,
        ];
        assert!(worst.is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn what_is_said_changes_at_the_next_word_and_not_before() {
        for (end, due) in
            [("2026-12-20", None), ("2026-12-20T07:00:00Z", None), ("never", Some(85)), ("2027-01-05", Some(60)), ("never", None)]
        {
            let end = End::stored(end).expect("an end");
            let due = due.map(|days| Due { every: Period::days(90).expect("days"), since: NOON - days * DAY });
            let said = |now| word(end, due, Windows::default(), now);
            let mut now = NOON;
            for _ in 0..60 {
                let Some(next) = next_word(end, due, Windows::default(), now) else { break };
                assert!(next > now);
                assert_eq!(said(now), said(next - 1), "{end:?} {due:?} {now}");
                now = next;
            }
            if end == End::Never && due.is_none() {
                assert_eq!(next_word(end, due, Windows::default(), NOON), None);
            }
        }
    }

    #[test]
    fn a_clock_that_moved_is_told_and_daylight_saving_is_not_a_move() {
        assert_eq!(clock(NOON, None), Clock::Sound);
        assert_eq!(clock(NOON - 3600, Some(NOON)), Clock::Sound);
        assert_eq!(clock(NOON - 3650 * DAY, Some(NOON)), Clock::WentBack(3650));
        assert_eq!(clock(NOON + 36_500 * DAY, Some(NOON)), Clock::Jumped(36_500));
        assert_eq!(clock(i64::MIN, Some(i64::MAX)), Clock::WentBack(i64::MAX / DAY));
    }
}
