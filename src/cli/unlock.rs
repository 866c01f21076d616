//! `unlock`, `lock`, and `store move`: where the keys are, and for how long they are open.

use std::process::ExitCode;

use super::args::{StoreMove, Unlock};
use super::ask::AskError;
use super::noting;
use super::report;
use super::report::Done;
use super::values;
use crate::audit::Action;
use crate::ops::{Workspace, unlock};
use crate::store::move_profile;

/// The longest that something stays unlocked, in seconds.
const LONGEST: i64 = 7 * 24 * 3600;

/// Opens what is protected, for a while.
pub(super) fn unlock(workspace: &Workspace, args: &Unlock) -> Done {
    if let Some((agent, variable)) = workspace.agent() {
        return Err(Box::new(AskError::Agent { agent, variable }));
    }
    let Some(seconds) = period(&args.period).filter(|seconds| (1..=LONGEST).contains(seconds)) else {
        return Ok(report::wrong("`--for` takes a length of time of at most 7 days", "write it as `30m`, `8h` or `2d`"));
    };
    let done = unlock::unlock(workspace, seconds)?;
    noting::done(workspace, Action::Unlock, None, None, &[]);
    report::note(&format!("unlocked {} for {}; close it with `mcpenv lock`", done.what.join(" and "), spoken(seconds)));
    Ok(ExitCode::SUCCESS)
}

/// Closes it again.
pub(super) fn lock(workspace: &Workspace) -> Done {
    unlock::lock(workspace)?;
    noting::done(workspace, Action::Lock, None, None, &[]);
    report::note("locked: every shell takes away what it loaded, at its next prompt");
    Ok(ExitCode::SUCCESS)
}

/// Moves a profile to another store.
pub(super) fn store_move(workspace: &Workspace, args: &StoreMove) -> Done {
    let profile = values::profile(workspace, &args.target)?;
    match move_profile(&workspace.files(""), &profile, &args.store)? {
        None => report::note(&format!("profile `{profile}` rests in the store `{}` already", args.store)),
        Some(saved) => {
            report::warnings(&saved.warnings);
            noting::done(workspace, Action::Profile, None, Some(&profile), &["store move", &args.store]);
            report::note(&format!("moved profile `{profile}` and its earlier versions to the store `{}`", args.store));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `90s`, `30m`, `8h` or `2d` in seconds.
fn period(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: i64 = number.parse().ok().filter(|n| *n > 0)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        _ => return None,
    };
    number.checked_mul(seconds)
}

fn spoken(seconds: i64) -> String {
    let (number, unit) = match seconds {
        s if s % 3600 == 0 => (s / 3600, "hour"),
        s if s % 60 == 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_read() {
        assert_eq!((period("30m"), period("8h"), period("2d"), period("9s")), (Some(1800), Some(28800), Some(172_800), Some(9)));
        for bad in ["", "h", "8", "-8h", "8 h", "99999999999999999999h", "9223372036854775807d", "é", "1µ"] {
            assert_eq!(period(bad), None, "{bad}");
        }
        assert_eq!((spoken(3600), spoken(1800), spoken(61)), ("1 hour".into(), "30 minutes".into(), "61 seconds".into()));
    }
}
