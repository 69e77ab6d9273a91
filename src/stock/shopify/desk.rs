//! Questions to the Admin GraphQL API, at the pace it can bear.
//!
//! Every query has a cost, and a shop a bucket of points that fills at a steady rate
//! (<https://shopify.dev/docs/api/usage/limits>). What the last answer said of the bucket is waited for before the next
//! question, and what the API refuses as too early is asked again when it may be answered.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::time::Instant;
use url::Url;

use crate::fetch::{Document, shown};
use crate::stock::StockError;
use crate::stock::api::answer::{graphql_errors, json as json_of};
use crate::stock::api::{Api, post};
use crate::stock::error::advice;

/// How often one question is asked again because the bucket was empty.
const PATIENCE: u32 = 30;

/// Longest and shortest pause before it is.
const PAUSES: (f64, f64) = (0.2, 60.0);

/// One shop's API.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) api: Api,
    pub(super) url: Url,
    bucket: Mutex<Option<Bucket>>,
}

/// What is known of the bucket.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    points: f64,
    points_a_second: f64,
    /// What the last question cost before it was answered.
    asked: f64,
    at: Instant,
}

impl Bucket {
    /// What an answer says of it (`extensions.cost`).
    fn of(answer: &Json) -> Option<Self> {
        let cost = answer.get("extensions")?.get("cost")?;
        let status = cost.get("throttleStatus")?;
        Some(Self {
            points: status.get("currentlyAvailable")?.as_f64()?,
            points_a_second: status.get("restoreRate")?.as_f64().filter(|rate| *rate > 0.0)?,
            asked: cost.get("requestedQueryCost").and_then(Json::as_f64).unwrap_or_default(),
            at: Instant::now(),
        })
    }

    /// How long it takes until a question like the last one can be paid.
    fn pause(&self, now: Instant) -> Duration {
        let points = self.points + now.duration_since(self.at).as_secs_f64() * self.points_a_second;
        let seconds = ((self.asked - points) / self.points_a_second).clamp(0.0, PAUSES.1);
        Duration::from_secs_f64(seconds)
    }
}

/// An answer that is none.
#[derive(Debug)]
pub(super) enum Refused {
    /// The question costs more than any may: ask for fewer items at once.
    TooDear(StockError),
    /// Asking for other items would meet it too: credentials, scopes, address.
    All(StockError),
    /// It may go better with other items, or later.
    This(StockError),
}

impl From<Refused> for StockError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::TooDear(error) | Refused::All(error) | Refused::This(error) => error,
        }
    }
}

impl Desk {
    pub(super) fn new(api: Api, url: Url) -> Self {
        Self { api, url, bucket: Mutex::default() }
    }

    /// The `data` of an answer, and what the question cost in points, where the answer says so.
    pub(super) async fn ask(&self, query: &str, variables: Json) -> Result<(Json, Option<f64>), Refused> {
        let body = json!({"query": query, "variables": variables});
        let mut tries = 0;
        loop {
            let pause = self.known().map_or(Duration::ZERO, |bucket| bucket.pause(Instant::now()));
            tokio::time::sleep(pause).await;
            let document = self.api.send(post(self.url.clone(), &body)).await.map_err(Refused::This)?;
            let mut answer = json_of(&document).map_err(|what| refused(&document, what, ""))?;
            let bucket = Bucket::of(&answer);
            if bucket.is_some() {
                *self.bucket.lock().unwrap_or_else(PoisonError::into_inner) = bucket;
            }
            let code =
                answer.pointer("/errors/0/extensions/code").and_then(Json::as_str).unwrap_or_default().to_owned();
            if code == "THROTTLED" && tries < PATIENCE {
                tries += 1;
                tracing::debug!(tries, "the shop asks for a slower pace");
                // The next round waits for the points it lacks; this is for an answer that does not say how many.
                tokio::time::sleep(Duration::from_secs_f64(PAUSES.0)).await;
                continue;
            }
            graphql_errors(&answer).map_err(|what| refused(&document, what, &code))?;
            return match answer.get_mut("data").map(Json::take) {
                Some(data @ Json::Object(_)) => Ok((data, bucket.map(|bucket| bucket.asked))),
                _ => Err(refused(&document, "answered JSON without `data`, which is no GraphQL answer".to_owned(), "")),
            };
        }
    }

    /// The error of an answer that lacks something, or says that something went wrong.
    pub(super) fn error(&self, what: String, advice: &'static str) -> StockError {
        StockError::Answer { url: shown(&self.url).to_string(), what, advice }
    }

    fn known(&self) -> Option<Bucket> {
        *self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The kind of an answer that cannot be used, by its status and the code of its first error
/// (<https://shopify.dev/docs/api/admin-graphql#status-and-error-codes>).
fn refused(document: &Document, what: String, code: &str) -> Refused {
    let (for_all, advice) = match (document.status, code) {
        (401, _) => (true, "check access_token: it begins with `shpat_` and belongs to an app installed in this shop"),
        (402, _) => (true, "the shop is frozen until its bill is paid"),
        (403, _) | (_, "ACCESS_DENIED") => {
            (true, "give the app the scopes read_products, read_inventory and read_locations, and install it again")
        }
        (404, _) => (true, "check url, which is the shop's own .myshopify.com address, and api_version"),
        (423, _) => (true, "the shop is locked: its owner must ask Shopify's support"),
        (_, "THROTTLED") => (false, "other programs use up this app's points: let them rest, or use `bulk: always`"),
        (status, _) => (false, advice(status)),
    };
    let error = StockError::Answer { url: shown(&document.url).to_string(), what, advice };
    match code {
        "MAX_COST_EXCEEDED" => Refused::TooDear(error),
        _ if for_all => Refused::All(error),
        _ => Refused::This(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_question_waits_until_it_can_be_paid() {
        let cost = json!({"requestedQueryCost": 752, "actualQueryCost": 400,
            "throttleStatus": {"maximumAvailable": 1000.0, "currentlyAvailable": 666, "restoreRate": 50.0}});
        let bucket = Bucket::of(&json!({"data": {}, "extensions": {"cost": cost}})).unwrap();
        assert_eq!(bucket.pause(bucket.at), Duration::from_secs_f64(1.72));
        assert_eq!(bucket.pause(bucket.at + Duration::from_secs(2)), Duration::ZERO);
        assert!(Bucket::of(&json!({"data": {}})).is_none());
    }
}
