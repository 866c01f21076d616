//! What the targets hold every text against: the laws of the ordinary tests, with a clock.

use std::sync::atomic::Ordering;

#[path = "../../tests/bounds/law.rs"]
pub mod law;
#[path = "../../tests/bounds/worst.rs"]
pub mod worst;

/// From now on, each step may take one second.
pub fn one_second() {
    law::PATIENCE.store(1000, Ordering::Relaxed);
}
