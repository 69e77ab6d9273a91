//! When a notice that was refused for now is tried again. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::Options;

/// Longest pause between two attempts; greylisting and most outages are over by then.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// What becomes of a notice after an attempt that failed for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is tried again, not before then.
    At(Timestamp),
    /// It was tried often enough; it is kept and shown.
    Dead,
}

/// Decides after `attempts` failures, the last one at `now`. The pause doubles with each, up to a day.
pub fn next_attempt(attempts: u32, options: &Options, now: Timestamp) -> Next {
    if attempts >= options.max_attempts {
        return Next::Dead;
    }
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
    let pause = options.retry_after.saturating_mul(doubled).min(LONGEST);
    Next::At(now.saturating_add(pause).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::samples::{at, options};

    #[test]
    fn pauses_double_up_to_a_day_and_then_it_ends() {
        let mut options = options();
        options.retry_after = Duration::from_secs(600);
        options.max_attempts = 12;
        let now = at("2026-11-22T12:00:00Z");
        let minutes: Vec<_> = (1..=12)
            .map(|attempts| match next_attempt(attempts, &options, now) {
                Next::At(then) => now.until(then).unwrap().get_seconds() / 60,
                Next::Dead => -1,
            })
            .collect();
        assert_eq!(minutes, [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440, -1]);
        options.max_attempts = u32::MAX;
        assert!(matches!(next_attempt(u32::MAX - 1, &options, now), Next::At(_)));
        options.max_attempts = 0;
        assert_eq!(next_attempt(1, &options, now), Next::Dead);
    }
}
