//! What a protected key wants from outside while it is opened. A store asks nobody by itself: it is given one of these. The
//! hook's asks nobody at all.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

/// How a keychain may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The longest it may take.
    pub limit: Duration,
    /// Whether it may put a question of its own to the person there.
    pub may_ask: bool,
}

/// Whoever stands between a store and its keys.
pub trait Gate: Send + Sync {
    /// The passphrase of the identity at this place, from the person there; `again`: the one before did not open it. `None`
    /// when nobody can be asked, or nobody answered.
    fn passphrase(&self, what: &str, again: bool) -> Option<Zeroizing<String>>;

    /// A keychain is about to be asked.
    fn patience(&self) -> Patience;

    /// The time, in seconds since 1970 UTC.
    fn now(&self) -> i64;
}

impl fmt::Debug for dyn Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

/// Asks nobody, and gives a keychain a second.
#[derive(Debug, Clone, Copy, Default)]
pub struct Closed;

impl Gate for Closed {
    fn passphrase(&self, _: &str, _: bool) -> Option<Zeroizing<String>> {
        None
    }

    fn patience(&self) -> Patience {
        Patience { limit: Duration::from_secs(1), may_ask: false }
    }

    fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
    }
}
