//! The only place that reads the time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

/// A source of time that can be slept on. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`] moves it. Sleeping on it moves it and returns at once.
    pub fn fixed(at: Timestamp) -> Self {
        Self(Source::Fixed(Arc::new(Mutex::new(at))))
    }

    /// Now, to the microsecond.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may read the time")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Fixed(at) => *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        }
    }

    /// Moves a fixed clock forward; the machine's clock cannot be moved.
    pub fn advance(&self, by: Duration) {
        if let Source::Fixed(at) = &self.0 {
            let mut at = at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            *at = at.checked_add(by).unwrap_or(*at);
        }
    }

    /// Waits.
    pub async fn sleep(&self, how_long: Duration) {
        match &self.0 {
            Source::System => tokio::time::sleep(how_long).await,
            Source::Fixed(_) => self.advance(how_long),
        }
    }
}
