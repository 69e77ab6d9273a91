//! Variants page by page, and their inventory levels where one answer does not hold them all.
//!
//! How dear a question is nobody knows before it is asked: the rules for connections inside connections are not
//! published to the point. So the first page is small, its cost says how large the next may be, and a page that is
//! refused as too dear is halved.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use super::desk::{Desk, Refused};
use super::{ShopifyKey, item};
use crate::stock::record::Record;

/// Largest page (<https://shopify.dev/docs/api/usage/limits#pagination-limits>).
const LARGEST: usize = 250;

/// The first page.
const FIRST: usize = 25;

/// What a page may cost: a single query must not cost more than 1,000 points, and the cost moves a little.
const POINTS: f64 = 900.0;

/// Inventory levels of a variant that come with it; the rest is asked for apart.
const LEVELS: usize = 10;

/// After so many objects the API stops following cursors (25,000); a walk begins anew before that, after the last id.
const FAR: usize = 20_000;

/// Asks for pages of the size that the last ones allow.
#[derive(Debug)]
pub(super) struct Pages {
    size: AtomicUsize,
    with_levels: bool,
    by: ShopifyKey,
}

/// Where a listing stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// The last variant told.
    last: Option<u64>,
    cursor: Option<String>,
    /// Objects since the walk began, or began anew.
    walked: usize,
}

impl Place {
    pub(super) fn after(last: u64) -> Self {
        Self { last: Some(last), ..Self::default() }
    }

    pub(super) fn last(&self) -> Option<u64> {
        self.last
    }
}

/// One page of variants.
pub(super) struct Page {
    pub(super) records: Vec<Record>,
    last_id: Option<u64>,
    cursor: Option<String>,
}

impl Pages {
    pub(super) fn new(with_levels: bool, by: ShopifyKey) -> Self {
        let size = if with_levels { FIRST } else { LARGEST };
        Self { size: AtomicUsize::new(size), with_levels, by }
    }

    /// The next page of everything, and where the listing then stands; `None` for that after the last.
    pub(super) async fn next(&self, desk: &Desk, place: &Place) -> Result<(Vec<Record>, Place, bool), Refused> {
        // With a cursor the search stays the one the walk began with.
        let filter = match (&place.cursor, place.last) {
            (None, Some(last)) => Some(format!("id:>{last}")),
            (Some(_), _) | (None, None) => None,
        };
        let page = self.page(desk, filter.as_deref(), place.cursor.as_deref()).await?;
        let walked = place.walked + page.records.len();
        let ended = page.cursor.is_none();
        let last = page.last_id.or(place.last);
        // A cursor belongs to the search it came from, so a walk that began after an id goes on by ids alone.
        let by_id = filter.is_some() || walked >= FAR;
        let next = match by_id {
            true => Place { last, cursor: None, walked: 0 },
            false => Place { last, cursor: page.cursor, walked },
        };
        Ok((page.records, next, ended))
    }

    /// Every variant that a search finds.
    pub(super) async fn search(&self, desk: &Desk, filter: &str) -> Result<Vec<Record>, Refused> {
        let (mut records, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.page(desk, Some(filter), cursor.as_deref()).await?;
            records.extend(page.records);
            match page.cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(records),
            }
        }
    }

    async fn page(&self, desk: &Desk, filter: Option<&str>, cursor: Option<&str>) -> Result<Page, Refused> {
        let query = self.query();
        loop {
            let size = self.size.load(Ordering::Relaxed);
            let variables = json!({"first": size, "after": cursor, "query": filter});
            let (data, cost) = match desk.ask(&query, variables).await {
                Err(Refused::TooDear(_)) if size > 1 => {
                    self.size.store(size / 2, Ordering::Relaxed);
                    continue;
                }
                answer => answer?,
            };
            if let Some(cost) = cost.filter(|cost| *cost > 0.0) {
                self.size.store(affordable(size, cost), Ordering::Relaxed);
            }
            return self.read(desk, &data, cursor).await;
        }
    }

    async fn read(&self, desk: &Desk, data: &Json, before: Option<&str>) -> Result<Page, Refused> {
        let lacks = |what: &str| {
            let advice = "compare api_version with the versions that Shopify supports";
            Refused::This(desk.error(format!("answered without {what}"), advice))
        };
        let variants = data.get("productVariants").ok_or_else(|| lacks("productVariants"))?;
        let nodes = variants.get("nodes").and_then(Json::as_array).ok_or_else(|| lacks("productVariants.nodes"))?;
        let mut records = Vec::with_capacity(nodes.len());
        for variant in nodes {
            records.push(self.record(desk, variant).await?);
        }
        let cursor = next_page(variants).map_err(lacks)?;
        if cursor.is_some() && cursor.as_deref() == before {
            return Err(lacks("a cursor that moves on"));
        }
        Ok(Page { records, last_id: nodes.last().and_then(number_of), cursor })
    }

    /// A variant with all its inventory levels.
    async fn record(&self, desk: &Desk, variant: &Json) -> Result<Record, Refused> {
        if !self.with_levels {
            return Ok(item::record(variant, None, self.by));
        }
        let Some(inventory) = variant.get("inventoryItem") else { return Ok(item::record(variant, None, self.by)) };
        let mut connection = inventory.get("inventoryLevels").cloned().unwrap_or_default();
        let mut levels = Vec::new();
        loop {
            let nodes = connection.get_mut("nodes").map(Json::take);
            let Some(Json::Array(nodes)) = nodes else {
                let key = item::key(variant, self.by);
                return Ok(Record::unreadable(key, "its inventory levels are not told"));
            };
            levels.extend(nodes);
            let next = next_page(&connection).unwrap_or_default();
            let (Some(cursor), Some(id)) = (next, inventory.get("id")) else { break };
            let query = format!(
                "query($id: ID!, $after: String) {{ inventoryItem(id: $id) {{ inventoryLevels(first: 50, after: $after) \
                 {{ nodes {{ {} }} pageInfo {{ hasNextPage endCursor }} }} }} }}",
                item::level()
            );
            let (mut data, _) = desk.ask(&query, json!({"id": id, "after": cursor})).await?;
            connection = data.pointer_mut("/inventoryItem/inventoryLevels").map(Json::take).unwrap_or_default();
        }
        Ok(item::record(variant, Some(&levels), self.by))
    }

    fn query(&self) -> String {
        let levels = if self.with_levels {
            let level = item::level();
            format!("inventoryLevels(first: {LEVELS}) {{ nodes {{ {level} }} pageInfo {{ hasNextPage endCursor }} }}")
        } else {
            String::new()
        };
        format!(
            "query($first: Int!, $after: String, $query: String) {{ \
             productVariants(first: $first, after: $after, query: $query, sortKey: ID) {{ \
             nodes {{ {} inventoryItem {{ id tracked {levels} }} }} pageInfo {{ hasNextPage endCursor }} }} }}",
            item::VARIANT
        )
    }
}

/// The cursor of the next page; `None` after the last.
fn next_page(connection: &Json) -> Result<Option<String>, &'static str> {
    let info = connection.get("pageInfo").ok_or("pageInfo")?;
    match info.get("hasNextPage").and_then(Json::as_bool) {
        Some(false) => Ok(None),
        Some(true) => Ok(Some(info.get("endCursor").and_then(Json::as_str).ok_or("pageInfo.endCursor")?.to_owned())),
        None => Err("pageInfo.hasNextPage"),
    }
}

/// The number at the end of a global id: `gid://shopify/ProductVariant/43` is 43.
fn number_of(variant: &Json) -> Option<u64> {
    variant.get("id")?.as_str()?.rsplit('/').next()?.parse().ok()
}

/// The largest page that can be paid, where one of this size cost so much.
fn affordable(size: usize, cost: f64) -> usize {
    let each = cost / size as f64;
    ((POINTS / each) as usize).clamp(1, LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_grow_as_far_as_they_can_be_paid() {
        assert_eq!((affordable(25, 100.0), affordable(25, 10.0), affordable(25, 1000.0)), (225, 250, 22));
        assert_eq!(affordable(1, 5000.0), 1);
    }

    #[test]
    fn a_connection_says_whether_it_goes_on() {
        let info = |json| next_page(&json!({"pageInfo": json}));
        assert_eq!(info(json!({"hasNextPage": true, "endCursor": "c"})), Ok(Some("c".to_owned())));
        assert_eq!(info(json!({"hasNextPage": false, "endCursor": "c"})), Ok(None));
        assert!(info(json!({"hasNextPage": true})).is_err() && next_page(&json!({})).is_err());
    }
}
