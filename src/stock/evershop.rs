#![doc = include_str!("../../config/platforms/evershop.md")]

use std::fmt::Write as _;

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use url::Url;

use super::api::{Access, Api, Session, below, part};
use super::record::{Field, Fields, Record, Told};
use super::{Account, Auth, Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch;

/// The newest product that customers see: those who hide sold out products hide only older ones behind it.
const NEWEST: &str = "products(filters: [{key: \"limit\", operation: eq, value: \"1\"}]) { items { productId } }";

/// What is asked of every product.
const PARTS: &str = "fragment Parts on Product { productId uuid sku name status \
    inventory { qty isInStock manageStock stockAvailability } }";

/// An EverShop shop.
#[derive(Clone, Debug)]
pub struct EvershopOptions {
    /// The shop's address, without `api`.
    pub url: Url,
    /// A user of the administration: e-mail address and password.
    pub login: Account,
    /// Products in one request.
    pub batch: usize,
    /// So many product numbers in a row without a product are the end.
    pub gap: u64,
    /// How its host is asked.
    pub fetch: fetch::Options,
}

impl Kind for EvershopOptions {
    fn name(&self) -> &'static str {
        "evershop"
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::number("product_id"),
            Field::text("uuid"),
            Field::text("name"),
            Field::flag("enabled"),
            Field::number("qty"),
            Field::flag("manage_stock"),
            Field::flag("stock_availability"),
            Field::flag("is_in_stock"),
        ]
    }

    fn rules(&self) -> Rules {
        Rules {
            sellable: Some("qty if stock_availability else 0".to_owned()),
            untracked_when: Some("manage_stock == false".to_owned()),
            discontinued_when: Some("enabled == false".to_owned()),
            ..Rules::default()
        }
    }

    fn check(&self) -> Vec<Problem> {
        Vec::new()
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let login = Auth::Login(Box::new(Session::for_token(
            below(&self.url, "api/user/tokens"),
            self.login.as_json("email"),
            "$.data.accessToken",
        )));
        let access = Access::of(Some(&login), source, &self.url)?;
        let api = Api::new(source, &self.fetch, access, clock)?;
        Ok(Box::new(Evershop { options: self.clone(), url: below(&self.url, "api/admin/graphql"), api }))
    }
}

/// An EverShop shop, ready to be asked.
#[derive(Debug)]
struct Evershop {
    options: EvershopOptions,
    url: Url,
    api: Api,
}

impl Evershop {
    async fn data(&self, query: &str) -> Result<Json, StockError> {
        self.api.graphql(&self.url, query, json!({})).await
    }

    fn unusable(&self, what: String) -> StockError {
        let advice = "see whether the address is that of an EverShop shop of version 2";
        StockError::Answer { url: fetch::shown(&self.url).to_string(), what, advice }
    }

    /// The number of the newest product that can be seen; 0 where none can.
    async fn newest(&self) -> Result<u64, StockError> {
        let data = self.data(&format!("{{ {NEWEST} }}")).await?;
        let read = || match part::list(&data["products"], "items")?.first() {
            Some(product) => part::count(product, "productId"),
            None => Ok(0),
        };
        read().map_err(|what| self.unusable(what))
    }
}

/// The question for products by their numbers.
fn question(numbers: std::ops::Range<u64>) -> String {
    let mut question = String::from("{");
    for number in numbers {
        // Writing to a string cannot fail.
        let _ = write!(question, " p{number}: product(id: {number}) {{ ...Parts }}");
    }
    question.push_str(" } ");
    question + PARTS
}

/// The products of an answer. A number that no product has is null; one that is not answered at all is an error.
fn records(data: &Json, numbers: std::ops::Range<u64>) -> Result<Vec<Record>, String> {
    let mut found = Vec::new();
    for number in numbers {
        match data.get(format!("p{number}")) {
            None => return Err(format!("says nothing of product {number}, which was asked for")),
            Some(Json::Null) => {}
            Some(product) => found.push(record(product)),
        }
    }
    Ok(found)
}

fn record(product: &Json) -> Record {
    let key = product["sku"].as_str().unwrap_or_default().trim();
    match fields(product) {
        Ok(fields) => Record::new(key, fields),
        Err(why) => Record::unreadable(key, format!("the product {why}")),
    }
}

fn fields(product: &Json) -> Result<Fields, String> {
    let inventory = &product["inventory"];
    let fields = [
        ("product_id", product["productId"].clone()),
        ("uuid", product["uuid"].clone()),
        ("name", product["name"].clone()),
        ("enabled", switch(product, "status")?.into()),
        ("qty", part::exact(part::number(inventory, "qty")?)),
        ("manage_stock", switch(inventory, "manageStock")?.into()),
        ("stock_availability", switch(inventory, "stockAvailability")?.into()),
        ("is_in_stock", part::flag(inventory, "isInStock")?.into()),
    ];
    Ok(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// 1 or 0, as EverShop writes true and false.
fn switch(of: &Json, name: &str) -> Result<bool, String> {
    match part::count(of, name)? {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(format!("{name} is {other} instead of 0 or 1")),
    }
}

#[async_trait(?Send)]
impl Connection for Evershop {
    fn reach(&self) -> Reach {
        Reach::All
    }

    /// EverShop finds products by SKU only among those it shows to customers, without the sold out ones.
    fn can_ask(&self) -> bool {
        false
    }

    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let mut next = from.and_then(|from| from.parse().ok()).unwrap_or(1_u64);
        let batch = self.options.batch.max(1) as u64;
        let mut last = self.newest().await?;
        while next <= last.saturating_add(self.options.gap) {
            let numbers = next..next.saturating_add(batch);
            let data = self.data(&question(numbers.clone())).await?;
            let found = records(&data, numbers.clone()).map_err(|what| self.unusable(what))?;
            next = numbers.end;
            if !found.is_empty() {
                last = last.max(next - 1);
            }
            found.into_iter().for_each(|record| sink(Told::Item(record)));
            sink(Told::Checkpoint(next.to_string()));
        }
        Ok(())
    }

    async fn ask(&self, _keys: &[String]) -> Result<Vec<Record>, StockError> {
        Ok(Vec::new())
    }

    fn requests(&self) -> u64 {
        self.api.requests()
    }

    async fn close(&self) {
        self.api.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product() -> Json {
        json!({"productId": 2, "uuid": "u", "sku": "CUP-001-BLK", "name": "Cup", "status": 1,
            "inventory": {"qty": 0, "isInStock": false, "manageStock": 1, "stockAvailability": 1}})
    }

    #[test]
    fn products_are_asked_for_by_number_and_a_number_without_one_is_null() {
        let text = question(1..3);
        assert!(
            text.starts_with("{ p1: product(id: 1) { ...Parts } p2: product(id: 2) { ...Parts } } fragment"),
            "{text}"
        );
        let found = records(&json!({"p1": null, "p2": product()}), 1..3).unwrap();
        assert_eq!(found.len(), 1);
        let fields = found[0].fields.as_ref().unwrap();
        assert_eq!(
            (&fields["qty"], &fields["manage_stock"], &fields["enabled"]),
            (&json!(0), &json!(true), &json!(true))
        );
        let why = records(&json!({"p1": null}), 1..3).unwrap_err();
        assert_eq!(why, "says nothing of product 2, which was asked for");
    }

    #[test]
    fn a_product_that_is_odd_is_unreadable_and_not_sold_out() {
        for (pointer, value, why) in [
            ("/inventory", json!(null), "has no qty"),
            ("/inventory/qty", json!(null), "qty is null instead of a number"),
            ("/inventory/manageStock", json!(2), "manageStock is 2 instead of 0 or 1"),
            ("/status", json!("on"), "status is \"on\" instead of a count"),
        ] {
            let mut odd = product();
            *odd.pointer_mut(pointer).unwrap() = value;
            let told = record(&odd).fields.unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }
}
