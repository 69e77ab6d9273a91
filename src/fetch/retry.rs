//! What is tried again, and when.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::domain::PageFailure;

/// No pause grows past this.
const LONGEST_BACKOFF: Duration = Duration::from_secs(120);

/// Whether this status may be gone at the next try: 429 (RFC 6585) and every 5xx.
pub(super) fn is_temporary(status: u16) -> bool {
    status == 429 || (500..600).contains(&status)
}

/// Whether this failure may be gone at the next try: the connection was refused, timed out or broke. A host that took
/// the request and does not answer is not asked the same again: it has enough to do.
pub(super) fn may_pass(failure: &PageFailure) -> bool {
    match failure {
        PageFailure::Connection { .. } => true,
        PageFailure::Timeout { phase } => phase == "connect",
        _ => false,
    }
}

/// The pause before try number `attempt` (0 is the first one after the original): doubled each time, and a random
/// part of up to a half taken off, so that many callers do not come back at once.
pub(super) fn backoff(first: Duration, attempt: u32) -> Duration {
    let full = first.saturating_mul(2_u32.saturating_pow(attempt)).min(LONGEST_BACKOFF);
    full.mul_f64(1.0 - rand::random::<f64>() / 2.0)
}

/// How long the host asks to be left alone (RFC 9110 section 10.2.3: seconds or a date).
pub(super) fn pause_asked(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    pause_in(headers.get(RETRY_AFTER)?.to_str().ok()?, now)
}

/// The same, of the header's value.
pub(super) fn pause_in(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit still ask for a long time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    // No date before 1970 is one of HTTP, so one that does not fit lies beyond the end of our calendar.
    let until = Timestamp::try_from(httpdate::parse_http_date(value).ok()?).unwrap_or(Timestamp::MAX);
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &'static str) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, reqwest::header::HeaderValue::from_static(value))]);
        pause_asked(&headers, "2015-10-21T07:28:00Z".parse().unwrap())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(asked("120"), Some(Duration::from_secs(120)));
        assert_eq!(asked("Wed, 21 Oct 2015 07:28:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(asked("Wed, 21 Oct 2015 07:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("99999999999999999999999"), Some(Duration::from_secs(u64::MAX)));
        assert!(asked("Fri, 31 Dec 9999 23:59:59 GMT") > Some(Duration::from_secs(1 << 37)));
        assert_eq!((asked("-1"), asked(""), asked("1e19"), asked("NaN")), (None, None, None, None));
        assert_eq!(asked("soon"), None);
    }

    #[test]
    fn pauses_double_and_never_grow_past_all_bounds() {
        let first = Duration::from_millis(100);
        for (attempt, full) in [(0, 100), (1, 200), (3, 800)] {
            let pause = backoff(first, attempt).as_millis();
            assert!((full / 2..=full).contains(&pause), "{attempt}: {pause}");
        }
        assert!(backoff(Duration::from_secs(60), 4_000) <= LONGEST_BACKOFF);
    }
}
