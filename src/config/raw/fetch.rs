//! How hosts are asked.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{Duration, FilePath, Flag, Rate, Size, Text, Whole};

/// How the shop's pages are asked for. All limits hold per host.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShopFetch {
    /// Requests per time. Default: `2/s`.
    pub(crate) rate: Option<Rate>,
    /// How many requests may come at once after a pause. Default: 4.
    #[schemars(range(min = 1))]
    pub(crate) burst: Option<Whole>,
    /// Requests under way at once. Default: 2.
    #[schemars(range(min = 1))]
    pub(crate) concurrency: Option<Whole>,
    /// Whether robots.txt is obeyed (RFC 9309). Default: true.
    pub(crate) robots: Option<Flag>,
    /// Deadline for the connection. Default: `5s`.
    pub(crate) connect_timeout: Option<Duration>,
    /// Deadline from the request to the answer's head. Default: `15s`.
    pub(crate) first_byte_timeout: Option<Duration>,
    /// Deadline for the whole exchange, body included. Default: `30s`.
    pub(crate) total_timeout: Option<Duration>,
    /// Largest page, after decompression. Default: `8MiB`.
    pub(crate) max_body: Option<Size>,
    /// Largest catalogue file or sitemap; these are streamed to disk. Default: `256MiB`.
    pub(crate) max_download: Option<Size>,
    /// Largest number of redirects followed. Default: 5.
    pub(crate) max_redirects: Option<Whole>,
    /// How often a temporary failure is tried again. Default: 2.
    pub(crate) retries: Option<Whole>,
    /// First pause before a retry; it doubles. Default: `1s`.
    pub(crate) backoff: Option<Duration>,
    /// Longest `Retry-After` that is waited for. Default: `60s`.
    pub(crate) max_retry_after: Option<Duration>,
    /// Failures in a row after which a host is left alone for the rest of the run. Default: 10.
    #[schemars(range(min = 1))]
    pub(crate) circuit_after: Option<Whole>,
    /// Private networks or addresses that may be reached all the same, such as `10.0.0.0/8` or `127.0.0.1`.
    pub(crate) allow_private: Option<Vec<Text>>,
    /// Extra request headers, name and value. They never follow a redirect to another origin. Secret ones as `${NAME}`.
    pub(crate) headers: Option<BTreeMap<String, Text>>,
    /// Extra certificate authorities, a PEM file.
    pub(crate) ca_file: Option<FilePath>,
    /// How page caches are bypassed when a suspect is looked at again.
    pub(crate) bypass: Option<Bypass>,
}

/// How page caches are bypassed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bypass {
    /// Query parameter that gets a value never used before; `""` sends none. Default: `_stocktruth`.
    pub(crate) query: Option<Text>,
    /// Whether `Cache-Control: no-cache` and `Pragma: no-cache` are sent. Default: true.
    pub(crate) headers: Option<Flag>,
}

/// How the shop's own API is asked. All limits hold per host. robots.txt is not asked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiFetch {
    /// Requests per time. Default: `10/s`.
    pub(crate) rate: Option<Rate>,
    /// How many requests may come at once after a pause. Default: 10.
    #[schemars(range(min = 1))]
    pub(crate) burst: Option<Whole>,
    /// Requests under way at once. Default: 4.
    #[schemars(range(min = 1))]
    pub(crate) concurrency: Option<Whole>,
    /// Deadline for the connection. Default: `5s`.
    pub(crate) connect_timeout: Option<Duration>,
    /// Deadline from the request to the answer's head. Default: `30s`.
    pub(crate) first_byte_timeout: Option<Duration>,
    /// Deadline for the whole exchange, body included. Default: `2m`.
    pub(crate) total_timeout: Option<Duration>,
    /// Largest body, after decompression. Default: `64MiB`.
    pub(crate) max_body: Option<Size>,
    /// Largest number of redirects followed. Default: 5.
    pub(crate) max_redirects: Option<Whole>,
    /// How often a temporary failure is tried again. Default: 2.
    pub(crate) retries: Option<Whole>,
    /// First pause before a retry; it doubles. Default: `1s`.
    pub(crate) backoff: Option<Duration>,
    /// Longest `Retry-After` that is waited for. Default: `60s`.
    pub(crate) max_retry_after: Option<Duration>,
    /// Failures in a row after which a host is left alone for the rest of the run. Default: 10.
    #[schemars(range(min = 1))]
    pub(crate) circuit_after: Option<Whole>,
    /// Private networks or addresses that may be reached all the same, such as `10.0.0.0/8` or `127.0.0.1`.
    pub(crate) allow_private: Option<Vec<Text>>,
    /// Extra request headers, name and value. They never follow a redirect to another origin. Secret ones as `${NAME}`.
    pub(crate) headers: Option<BTreeMap<String, Text>>,
    /// Extra certificate authorities, a PEM file.
    pub(crate) ca_file: Option<FilePath>,
}
