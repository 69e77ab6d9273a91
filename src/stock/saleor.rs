#![doc = include_str!("../../config/platforms/saleor.md")]

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use url::Url;

use super::api::answer::{graphql_errors, json as json_of};
use super::api::{Access, Api, Refused, post};
use super::error::advice;
use super::record::{Field, Fields, Record, Told};
use super::{Auth, Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch::{self, Document};

/// Largest page (<https://docs.saleor.io/api-usage/pagination>).
const LARGEST_PAGE: usize = 100;

/// What is selected of each variant.
const VARIANT: &str = "id sku trackInventory quantityLimitPerCustomer quantityAvailable \
                       preorder { globalThreshold globalSoldUnits endDate } product { id isAvailable } \
                       stocks { quantity quantityAllocated quantityReserved warehouse { id name slug } }";

/// A Saleor shop.
#[derive(Clone, Debug)]
pub struct SaleorOptions {
    /// The GraphQL API, such as `https://shop.saleor.cloud/graphql/`.
    pub url: Url,
    /// Token of an app.
    pub token: SecretString,
    /// Slug of the channel whose shop it is.
    pub channel: String,
    /// Variants on a page, and most SKUs in one question; at most 100.
    pub page_size: usize,
    /// How its host is asked.
    pub fetch: fetch::Options,
}

impl Kind for SaleorOptions {
    fn name(&self) -> &'static str {
        "saleor"
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::text("id"),
            Field::flag("track_inventory"),
            Field::number("quantity_available"),
            Field::number("quantity_limit_per_customer"),
            Field::flag("is_available"),
            Field::flag("is_preorder"),
            Field::number("preorder_left"),
            Field::time("preorder_end_date"),
            Field::list_of(
                "locations",
                vec![
                    Field::text("id"),
                    Field::text("name"),
                    Field::text("slug"),
                    Field::number("quantity"),
                    Field::number("quantity_allocated"),
                    Field::number("quantity_reserved"),
                    Field::number("available"),
                ],
            ),
        ]
    }

    fn rules(&self) -> Rules {
        let rule = |text: &str| Some(text.to_owned());
        Rules {
            sellable: rule("sum(locations.available)"),
            untracked_when: rule("not track_inventory and not is_preorder"),
            preorder_when: rule("is_preorder"),
            preorder_until: rule("preorder_end_date"),
            ..Rules::default()
        }
    }

    fn check(&self) -> Vec<Problem> {
        if (1..=LARGEST_PAGE).contains(&self.page_size) {
            return Vec::new();
        }
        let what = format!("is {}; the API answers 1 to {LARGEST_PAGE} variants at once", self.page_size);
        vec![("page_size".to_owned(), what)]
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let access = Access::of(Some(&Auth::Bearer { token: self.token.clone() }), source, &self.url)?;
        let api = Api::new(source, &self.fetch, access, clock)?;
        Ok(Box::new(Saleor { options: self.clone(), api }))
    }
}

/// A Saleor shop, ready to be asked.
#[derive(Debug)]
struct Saleor {
    options: SaleorOptions,
    api: Api,
}

/// One page of variants.
struct Page {
    records: Vec<Record>,
    /// Where the next one begins.
    cursor: Option<String>,
}

impl Saleor {
    async fn page(&self, after: Option<&str>, skus: Option<&[String]>) -> Result<Page, Refused> {
        let query = format!(
            "query($first: Int!, $after: String, $channel: String, $filter: ProductVariantFilterInput) {{ \
             productVariants(first: $first, after: $after, channel: $channel, filter: $filter) {{ \
             edges {{ node {{ {VARIANT} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let filter = skus.map_or(Json::Null, |skus| json!({"sku": skus}));
        let variables =
            json!({"first": self.options.page_size, "after": after, "channel": self.options.channel, "filter": filter});
        let request = post(self.options.url.clone(), &json!({"query": query, "variables": variables}));
        let answer = self.api.send(request).await;
        let document = answer?;
        let unusable = |what: String| refused(&document, what);
        // A refused query has status 400, and says why in its errors.
        let told = serde_json::from_slice::<Json>(&document.body).unwrap_or_default();
        graphql_errors(&told).map_err(unusable)?;
        let answer = json_of(&document).map_err(unusable)?;
        let variants = answer.pointer("/data/productVariants").cloned().unwrap_or_default();
        let Some(edges) = variants.get("edges").and_then(Json::as_array) else {
            return Err(unusable("answered JSON without `data.productVariants`".to_owned()));
        };
        let records = edges.iter().map(|edge| record(edge.get("node").unwrap_or(&Json::Null))).collect();
        let info = |name: &str| variants.pointer(&format!("/pageInfo/{name}"));
        let cursor = match info("hasNextPage").and_then(Json::as_bool) {
            Some(false) => None,
            Some(true) => info("endCursor").and_then(Json::as_str).map(str::to_owned),
            None => return Err(unusable("does not say whether there is another page".to_owned())),
        };
        if cursor.is_some() && cursor.as_deref() == after {
            return Err(unusable("answered with a cursor that does not move on".to_owned()));
        }
        Ok(Page { records, cursor })
    }
}

#[async_trait(?Send)]
impl Connection for Saleor {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        true
    }

    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let mut after = from.map(str::to_owned);
        loop {
            let page = self.page(after.as_deref(), None).await?;
            page.records.into_iter().map(Told::Item).for_each(&mut *sink);
            let Some(cursor) = page.cursor else { return Ok(()) };
            sink(Told::Checkpoint(cursor.clone()));
            after = Some(cursor);
        }
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let mut records = Vec::with_capacity(keys.len());
        for batch in keys.chunks(self.options.page_size.max(1)) {
            // SKUs are unique in Saleor, so what a batch finds fits on a page.
            match self.page(None, Some(batch)).await {
                Ok(page) => records.extend(page.records.into_iter().filter(|record| batch.contains(&record.key))),
                Err(refused) => records.extend(refused.for_keys(batch)?),
            }
        }
        Ok(records)
    }

    fn requests(&self) -> u64 {
        self.api.requests()
    }
}

fn record(variant: &Json) -> Record {
    let at = |path: &str| variant.pointer(path).cloned().unwrap_or_default();
    let key = at("/sku").as_str().unwrap_or_default().trim().to_owned();
    let Json::Array(stocks) = at("/stocks") else {
        return Record::unreadable(key, "its stocks are not told: the app lacks the permission MANAGE_PRODUCTS");
    };
    let mut fields: Fields = [
        ("id", "/id"),
        ("track_inventory", "/trackInventory"),
        ("quantity_available", "/quantityAvailable"),
        ("quantity_limit_per_customer", "/quantityLimitPerCustomer"),
        ("is_available", "/product/isAvailable"),
        ("preorder_end_date", "/preorder/endDate"),
    ]
    .map(|(name, path)| (name.to_owned(), at(path)))
    .into();
    fields.insert("is_preorder".to_owned(), at("/preorder").is_object().into());
    let left = less(&at("/preorder/globalThreshold"), &[at("/preorder/globalSoldUnits")]);
    fields.insert("preorder_left".to_owned(), left);
    fields.insert("locations".to_owned(), stocks.iter().map(location).collect());
    Record::new(key, fields)
}

fn location(stock: &Json) -> Json {
    let at = |path: &str| stock.pointer(path).cloned().unwrap_or_default();
    let (quantity, allocated, reserved) = (at("/quantity"), at("/quantityAllocated"), at("/quantityReserved"));
    json!({
        "id": at("/warehouse/id"), "name": at("/warehouse/name"), "slug": at("/warehouse/slug"),
        "available": less(&quantity, &[allocated.clone(), reserved.clone()]),
        "quantity": quantity, "quantity_allocated": allocated, "quantity_reserved": reserved,
    })
}

/// What is left of a number; null where one of them is none.
fn less(from: &Json, these: &[Json]) -> Json {
    let left = these.iter().try_fold(from.as_i64(), |left, one| Some(Some(left?.checked_sub(one.as_i64()?)?)));
    left.flatten().map_or(Json::Null, Json::from)
}

fn refused(document: &Document, what: String) -> Refused {
    let denied = what.contains("PermissionDenied") || what.contains("permission");
    let (for_all, advice) = match document.status {
        401 | 403 => (true, "check the token: it belongs to an app that is active"),
        _ if denied => (true, "give the app the permission MANAGE_PRODUCTS"),
        404 => (true, "check url: the API is at /graphql/, with the slash at its end"),
        400 => {
            (true, "compare the channel's slug, and the shop's version of Saleor with the documents of this adapter")
        }
        status => (false, advice(status)),
    };
    Refused::by(document, what, (for_all, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_stock_is_known_only_where_all_of_it_is() {
        assert_eq!(less(&json!(10), &[json!(3), json!(2)]), json!(5));
        assert_eq!(less(&json!(1), &[json!(3)]), json!(-2));
        assert_eq!(less(&json!(1), &[json!(null)]), json!(null));
        assert_eq!(less(&json!(null), &[json!(1)]), json!(null));
    }
}
