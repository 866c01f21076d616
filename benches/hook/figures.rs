//! What was measured, in rounds: medians, and ratios taken round by round, so that a busy moment hits both sides.

use std::collections::BTreeMap;

use crate::trial::Case;

/// Which measurement: the shell, the case, the number of variables, the tool.
pub type Key = (&'static str, Case, usize, &'static str);

#[derive(Default)]
pub struct Figures {
    /// For each round its samples, in microseconds.
    rounds: BTreeMap<Key, Vec<Vec<f64>>>,
}

/// A median with the smallest and the largest.
#[derive(Clone, Copy)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        Some(Self { median: median(&values), least, most })
    }
}

/// The median of sorted values.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

impl Figures {
    pub fn add_round(&mut self, key: Key, samples: Vec<f64>) {
        self.rounds.entry(key).or_default().push(samples);
    }

    /// Over all samples of all rounds.
    pub fn spread(&self, key: Key) -> Option<Spread> {
        Spread::of(self.rounds.get(&key)?.iter().flatten().copied().collect())
    }

    /// Of the rounds' medians, each divided by that of the other tool in the same round.
    pub fn ratio(&self, key: Key, other: &'static str) -> Option<Spread> {
        let theirs = self.rounds.get(&(key.0, key.1, key.2, other))?;
        let own = self.rounds.get(&key)?;
        Spread::of(own.iter().zip(theirs).map(|(a, b)| of_round(a) / of_round(b)).collect())
    }
}

fn of_round(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    median(&sorted)
}
