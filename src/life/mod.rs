//! The life of a value: when it ends, when a new one is due, and when to say so. Pure: the clock comes as an argument, values as
//! bytes that the caller exposes. Every day begins and ends in UTC, so that two machines say the same.

mod claim;
mod claims;
mod date;
mod embedded;
mod period;
mod warning;

pub use claim::{Claims, Kind};
pub use claims::claims;
pub use date::{DateError, End, PRESETS, day_text, time_text};
pub use period::{Period, PeriodError};
pub use warning::{Clock, Due, Windows, Word, clock, next_word, word};
