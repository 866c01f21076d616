//! Where the last place was found, level by level. Changes come in the order of their file, so the next place is nearly always the
//! same child or the one beside it, and a map of thousands is not looked through for each of them.

/// The number of the child that was taken last, from the root down.
#[derive(Debug, Default)]
pub(super) struct Trail {
    last: Vec<usize>,
}

impl Trail {
    /// The child among so many that is the one.
    pub fn find(&mut self, level: usize, children: usize, is: impl Fn(usize) -> bool) -> Option<usize> {
        let last = self.last.get(level).copied().unwrap_or(0);
        let near = [last, last + 1, last.saturating_sub(1)].into_iter().find(|child| *child < children && is(*child));
        let found = near.or_else(|| (0..children).find(|child| is(*child)))?;
        self.last.resize(self.last.len().max(level + 1), 0);
        self.last[level] = found;
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_comes_in_order_is_found_at_once_and_the_rest_too() {
        let looks = Cell::new(0);
        let mut trail = Trail::default();
        let mut find = |wanted: usize| {
            trail.find(0, 3, |child| child == 2);
            trail.find(1, 10_000, |child| {
                looks.set(looks.get() + 1);
                child == wanted
            })
        };
        assert!((0..10_000).all(|wanted| find(wanted) == Some(wanted)));
        assert!((0..10_000).rev().all(|wanted| find(wanted) == Some(wanted)));
        assert!(looks.get() < 60_000, "{}", looks.get());
        assert_eq!([find(7), find(9_000), find(10_000), find(9_001)], [Some(7), Some(9_000), None, Some(9_001)]);
    }
}
