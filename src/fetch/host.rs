//! One host, and everything polite about it.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::options::{Options, Rate};
use super::robots::Robots;
use crate::domain::PageFailure;

/// No run waits for longer, and every clock can count so far: what tokio's own `sleep` takes for "never".
const AGES: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// All hosts met so far. `http` and `https` on their usual ports are one host: it is one machine that does the work.
#[derive(Debug, Default)]
pub(super) struct Hosts(Mutex<HashMap<Key, Arc<Host>>>);

/// Name, and port where it is an unusual one.
type Key = (String, Option<u16>);

impl Hosts {
    /// The host of this URL.
    pub(super) fn of(&self, url: &Url, options: &Options) -> Arc<Host> {
        let name = url.host_str().unwrap_or_default();
        let mut known = held(&self.0);
        Arc::clone(known.entry((name.to_owned(), url.port())).or_insert_with(|| Arc::new(Host::new(name, options))))
    }
}

/// A host's budget, its robots.txt and its health.
#[derive(Debug)]
pub(super) struct Host {
    name: String,
    limiter: DefaultDirectRateLimiter,
    slots: Semaphore,
    pace: Mutex<Pace>,
    /// robots.txt of `http`, then of `https`: it belongs to a scheme too (RFC 9309 section 2.3).
    robots: [OnceCell<Robots>; 2],
    failures: Mutex<u32>,
    fails_after: u32,
}

/// What the host itself asked for, beyond the configured budget.
#[derive(Debug)]
struct Pace {
    /// Smallest distance between the beginnings of two requests (`Crawl-delay`).
    distance: Duration,
    /// When the last request began or will begin.
    last: Option<Instant>,
    /// Nothing is sent before this moment (`Retry-After`).
    resume: Option<Instant>,
}

impl Host {
    fn new(name: &str, options: &Options) -> Self {
        Self {
            name: name.to_owned(),
            limiter: RateLimiter::direct(quota(options.rate, options.burst)),
            slots: Semaphore::new(options.concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            pace: Mutex::new(Pace { distance: Duration::ZERO, last: None, resume: None }),
            robots: [OnceCell::new(), OnceCell::new()],
            failures: Mutex::new(0),
            fails_after: options.circuit_after,
        }
    }

    /// Where this host's robots.txt for the URL's scheme is kept.
    pub(super) fn robots(&self, url: &Url) -> &OnceCell<Robots> {
        let [plain, secure] = &self.robots;
        if url.scheme() == "https" { secure } else { plain }
    }

    /// Waits for this host's leave to send one request, which ends when the permit is dropped. The place comes first,
    /// so that no leave saves up while others hold the places.
    pub(super) async fn turn(&self) -> Result<SemaphorePermit<'_>, PageFailure> {
        self.is_up()?;
        let closed = |_| PageFailure::Interrupted;
        let permit = self.slots.acquire().await.map_err(closed)?;
        while let Some(at) = self.next_start() {
            sleep_until(at).await;
        }
        // Others may have failed in the meantime.
        self.is_up()?;
        Ok(permit)
    }

    /// The moment to look again, or `None` if the request may begin now. Pause, distance and rate are looked at in one
    /// go: waited for one after the other, two requests could come closer than the host asked.
    fn next_start(&self) -> Option<Instant> {
        let mut pace = held(&self.pace);
        let now = Instant::now();
        let spaced = pace.last.map_or(now, |last| after(last, pace.distance));
        let start = pace.resume.map_or(spaced, |resume| spaced.max(resume));
        if start > now {
            return Some(start);
        }
        if let Err(later) = self.limiter.check() {
            return Some(after(now, later.wait_time_from(self.limiter.clock().now())));
        }
        pace.last = Some(now);
        None
    }

    /// Nothing more is sent for so long: the host asked for it.
    pub(super) fn pause(&self, how_long: Duration) {
        let mut pace = held(&self.pace);
        pace.resume = pace.resume.max(Some(after(Instant::now(), how_long)));
    }

    /// Keeps at least this distance between the beginnings of two requests.
    pub(super) fn keep_distance(&self, distance: Duration) {
        let mut pace = held(&self.pace);
        pace.distance = pace.distance.max(distance);
    }

    /// Notes how an exchange ended, after its retries.
    pub(super) fn note(&self, failed: bool) {
        let mut failures = held(&self.failures);
        // Once left alone, always left alone: an answer still under way changes nothing.
        if !self.has_tripped(*failures) {
            *failures = if failed { *failures + 1 } else { 0 };
            if self.has_tripped(*failures) {
                tracing::warn!(host = self.name, failures = *failures, "host left alone for the rest of the run");
            }
        }
    }

    /// Refuses when the host failed too often.
    pub(super) fn is_up(&self) -> Result<(), PageFailure> {
        let failures = *held(&self.failures);
        if self.has_tripped(failures) {
            return Err(PageFailure::CircuitOpen { host: self.name.clone(), failures });
        }
        Ok(())
    }

    /// 0 in the options means never.
    fn has_tripped(&self, failures: u32) -> bool {
        self.fails_after > 0 && failures >= self.fails_after
    }
}

/// So long after a moment. Numbers from outside come here: none of them can overflow the clock.
pub(super) fn after(moment: Instant, how_long: Duration) -> Instant {
    moment.checked_add(how_long.min(AGES)).unwrap_or(moment)
}

fn quota(rate: Rate, burst: NonZeroU32) -> Quota {
    // The limiter counts nanoseconds in 64 bits, a whole burst of them.
    let longest = AGES / burst.get();
    let one = (rate.per / rate.requests.get()).clamp(Duration::from_nanos(1), longest);
    Quota::with_period(one).unwrap_or_else(|| Quota::per_second(rate.requests)).allow_burst(burst)
}

/// No holder of these locks can panic half-way, so a poisoned one is as good as any.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(options: &Options) -> Host {
        Host::new("shop.example", options)
    }

    fn fast() -> Options {
        let rate = Rate { requests: NonZeroU32::MIN.saturating_add(9_999), per: Duration::from_secs(1) };
        Options { rate, burst: NonZeroU32::MIN.saturating_add(99), ..Options::default() }
    }

    #[tokio::test]
    async fn rate_distance_and_pause_each_hold_requests_back() {
        let rate = Rate { requests: NonZeroU32::MIN.saturating_add(19), per: Duration::from_secs(1) };
        let rated = host(&Options { rate, burst: NonZeroU32::MIN, ..Options::default() });
        let spaced = host(&fast());
        spaced.keep_distance(Duration::from_millis(50));
        for host in [&rated, &spaced] {
            let begin = Instant::now();
            for _ in 0..3 {
                drop(host.turn().await.unwrap());
            }
            assert!(begin.elapsed() >= Duration::from_millis(99), "{:?}", begin.elapsed());
        }
        let paused = host(&fast());
        let begin = Instant::now();
        paused.pause(Duration::from_millis(60));
        paused.pause(Duration::from_millis(1));
        drop(paused.turn().await.unwrap());
        assert!(begin.elapsed() >= Duration::from_millis(60));
    }

    #[tokio::test]
    async fn no_number_overflows_the_clock() {
        let rate = Rate { requests: NonZeroU32::MIN, per: Duration::MAX };
        let slow = host(&Options { rate, burst: NonZeroU32::MAX, ..Options::default() });
        drop(slow.turn().await.unwrap());
        slow.keep_distance(Duration::MAX);
        assert!(slow.next_start().is_some_and(|start| start > Instant::now()));
        let paused = host(&fast());
        paused.pause(Duration::MAX);
        assert!(paused.next_start().is_some_and(|start| start > Instant::now()));
        let spent = host(&Options { rate, burst: NonZeroU32::MIN, ..Options::default() });
        assert_eq!(spent.next_start(), None);
        assert!(spent.next_start().is_some_and(|start| start > Instant::now()));
    }

    #[tokio::test]
    async fn a_host_that_keeps_failing_is_left_alone_and_one_success_forgives() {
        let host = host(&Options { circuit_after: 2, ..fast() });
        for failed in [true, false, true] {
            host.note(failed);
            assert!(host.turn().await.is_ok());
        }
        host.note(true);
        host.note(false);
        let open = PageFailure::CircuitOpen { host: "shop.example".to_owned(), failures: 2 };
        assert_eq!(host.turn().await.err(), Some(open));
    }

    #[test]
    fn both_schemes_share_a_budget_and_ports_do_not() {
        let hosts = Hosts::default();
        let [plain, secure, other] = ["http://a.example/", "https://a.example/x", "http://a.example:8080/"]
            .map(|url| hosts.of(&Url::parse(url).unwrap(), &Options::default()));
        assert!(Arc::ptr_eq(&plain, &secure) && !Arc::ptr_eq(&plain, &other));
    }
}
