//! The one way out to the web.
//!
//! Everything polite and everything safe is here: budgets, robots.txt, retries, caps, deadlines, charsets, redirects
//! and the guard against private addresses. No other room builds an HTTP client.

mod options;

pub use options::{Bypass, Options, Rate};

/// How a page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As a customer would.
    Normal,
    /// Past the page caches: a unique query parameter and `Cache-Control: no-cache` (RFC 9111 section 5.2.1.4).
    BypassCaches,
}
