#![doc = include_str!("../../../config/platforms/woocommerce.md")]

mod item;
mod oauth;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::Value as Json;
use url::Url;

use self::item::Parent;
use self::oauth::Signer;
use super::api::answer::json;
use super::api::batch::comma_lists;
use super::api::{Access, Api, get};
use super::error::advice;
use super::record::{Field, Record, Told};
use super::{Auth, Connection, Kind, Problem, Reach, Rules, StockError};
use crate::domain::clock::Clock;
use crate::fetch::{self, Document, shown};

/// Items on a page: the most the API gives
/// (<https://woocommerce.github.io/woocommerce-rest-api-docs/#pagination>).
const PER_PAGE: usize = 100;

/// A WooCommerce shop.
#[derive(Clone, Debug)]
pub struct WooCommerceOptions {
    /// The address of WordPress; the API is below it at `wp-json/wc/v3/`.
    pub url: Url,
    /// Consumer key, `ck_…`.
    pub consumer_key: SecretString,
    /// Consumer secret, `cs_…`.
    pub consumer_secret: SecretString,
    /// How the shop knows us.
    pub auth: WooCommerceAuth,
    /// Largest number of SKUs in one request, at most 100.
    pub batch: usize,
    /// How its host is asked.
    pub fetch: fetch::Options,
}

/// How a WooCommerce shop knows us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WooCommerceAuth {
    /// Key and secret as user name and password (RFC 7617), which only HTTPS may carry.
    Basic,
    /// Every request signed with the secret, which stays here (RFC 5849).
    OAuth1,
}

impl Kind for WooCommerceOptions {
    fn name(&self) -> &'static str {
        "woocommerce"
    }

    fn fields(&self) -> Vec<Field> {
        item::fields()
    }

    fn rules(&self) -> Rules {
        let rule = |text: &str| Some(text.to_owned());
        Rules {
            sellable: rule("0 if stock_status == \"outofstock\" else stock_quantity"),
            untracked_when: rule("not manage_stock and stock_status == \"instock\""),
            backorder_when: rule(
                "stock_status != \"outofstock\" and (stock_status == \"onbackorder\" or backorders_allowed)",
            ),
            discontinued_when: rule(
                "status != \"publish\" or parent_status != \"publish\" \
                 or (not purchasable and type != \"grouped\" and type != \"external\")",
            ),
            ..Rules::default()
        }
    }

    fn check(&self) -> Vec<Problem> {
        if (1..=PER_PAGE).contains(&self.batch) {
            return Vec::new();
        }
        vec![("batch".to_owned(), format!("is {}; the API answers 1 to {PER_PAGE} items at once", self.batch))]
    }

    fn open(&self, source: &str, clock: &Clock) -> Result<Box<dyn Connection>, StockError> {
        let mut fetch = self.fetch.clone();
        let (access, signer) = match self.auth {
            WooCommerceAuth::Basic => {
                use secrecy::ExposeSecret as _;
                let username = self.consumer_key.expose_secret().to_owned();
                let auth = Auth::Basic { username, password: self.consumer_secret.clone() };
                (Access::of(Some(&auth), source, &self.url)?, None)
            }
            WooCommerceAuth::OAuth1 => {
                // A signature counts once: the same request is refused the second time.
                fetch.retries = 0;
                let (consumer_key, consumer_secret) = (self.consumer_key.clone(), self.consumer_secret.clone());
                (Access::Open, Some(Signer { consumer_key, consumer_secret }))
            }
        };
        let api = Api::new(source, &fetch, access, clock)?;
        let one_by_one = AtomicBool::new(false);
        Ok(Box::new(WooCommerce { options: self.clone(), api, signer, clock: clock.clone(), one_by_one }))
    }
}

/// A WooCommerce shop, ready to be asked.
#[derive(Debug)]
struct WooCommerce {
    options: WooCommerceOptions,
    api: Api,
    signer: Option<Signer>,
    clock: Clock,
    /// Variations must be asked for product by product: the shop is older than WooCommerce 10.3.
    one_by_one: AtomicBool,
}

/// A listing, page by page.
struct Walk<'a> {
    shop: &'a WooCommerce,
    url: Url,
    /// The page that was told last.
    number: u64,
    /// What that page began with.
    began_with: Option<u64>,
    ended: bool,
}

impl Walk<'_> {
    /// The next page, until there is none. Every page but the first holds something.
    async fn next(&mut self) -> Result<Option<Vec<Json>>, Refused> {
        if self.ended {
            return Ok(None);
        }
        let number = self.number + 1;
        let (document, items) = self.shop.page(&self.url, number).await?;
        let began_with = items.first().and_then(|item| item::id(item, "id"));
        if began_with.is_some() && began_with == self.began_with {
            let what = format!("answered page {number} with the items of the page before");
            let advice = "a page cache that ignores the query may sit before the API: let it pass /wp-json/";
            let error = StockError::Answer { url: shown(&document.url).to_string(), what, advice };
            return Err(Refused { error, status: Some(document.status) });
        }
        let pages = document.header("x-wp-totalpages").and_then(|pages| pages.trim().parse::<u64>().ok());
        self.ended = pages.map_or(items.is_empty(), |pages| number >= pages);
        (self.number, self.began_with) = (number, began_with);
        Ok(Some(items))
    }

    async fn rest(mut self) -> Result<Vec<Json>, Refused> {
        let mut all = Vec::new();
        while let Some(items) = self.next().await? {
            all.extend(items);
        }
        Ok(all)
    }
}

/// An answer that is none.
struct Refused {
    error: StockError,
    /// The status, where there was an answer.
    status: Option<u16>,
}

impl Refused {
    /// Whether asking for other items would meet it too.
    fn concerns_all(&self) -> bool {
        matches!(self.status, Some(401 | 403 | 404))
    }
}

impl From<Refused> for StockError {
    fn from(refused: Refused) -> Self {
        refused.error
    }
}

impl WooCommerce {
    /// An address of the API, with what all listings ask.
    fn address(&self, below: &[&str], pairs: &[(&str, &str)]) -> Url {
        let mut url = self.options.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["wp-json", "wc", "v3"]).extend(below);
        }
        url.set_query(None);
        url.query_pairs_mut()
            .append_pair("per_page", &PER_PAGE.to_string())
            .append_pair("orderby", "id")
            .append_pair("order", "asc")
            .append_pair("status", "any")
            .append_pair("_fields", item::ASKED)
            .extend_pairs(pairs);
        url
    }

    fn walk(&self, url: Url) -> Walk<'_> {
        Walk { shop: self, url, number: 0, began_with: None, ended: false }
    }

    async fn page(&self, url: &Url, number: u64) -> Result<(Document, Vec<Json>), Refused> {
        let mut url = url.clone();
        url.query_pairs_mut().append_pair("page", &number.to_string());
        let url = match &self.signer {
            Some(signer) => {
                let nonce = format!("{:032x}", rand::random::<u128>());
                signer.sign(url, &nonce, self.clock.now().as_second())
            }
            None => url,
        };
        let document = self.api.send(get(url)).await.map_err(|error| Refused { error, status: None })?;
        match json(&document) {
            Ok(Json::Array(items)) => Ok((document, items)),
            Ok(_) => Err(refused(&document, "answered JSON that is no list of products".to_owned())),
            Err(what) => Err(refused(&document, what)),
        }
    }

    /// The variations of these products, each with its product's id.
    async fn variations(&self, parents: &BTreeMap<u64, Parent>) -> Result<Vec<(u64, Json)>, StockError> {
        if parents.is_empty() {
            return Ok(Vec::new());
        }
        if !self.one_by_one.load(Ordering::Relaxed) {
            if let Some(found) = self.variations_together(parents).await? {
                return Ok(found);
            }
            tracing::debug!("this shop tells variations product by product only");
            self.one_by_one.store(true, Ordering::Relaxed);
        }
        let mut found = Vec::new();
        for parent in parents.keys() {
            let url = self.address(&["products", &parent.to_string(), "variations"], &[]);
            match self.walk(url).rest().await {
                Ok(items) => found.extend(items.into_iter().map(|item| (*parent, item))),
                // Deleted since it was listed.
                Err(refused) if refused.status == Some(404) => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        Ok(found)
    }

    /// The variations of many products in one listing. `None`: this shop has no such listing.
    async fn variations_together(
        &self,
        parents: &BTreeMap<u64, Parent>,
    ) -> Result<Option<Vec<(u64, Json)>>, StockError> {
        let ids: Vec<String> = parents.keys().map(u64::to_string).collect();
        let url = self.address(&["variations"], &[("parent", &ids.join(","))]);
        let (mut found, mut walk) = (Vec::new(), self.walk(url));
        loop {
            let items = match walk.next().await {
                Ok(Some(items)) => items,
                Ok(None) => return Ok(Some(found)),
                Err(refused) if refused.status == Some(404) => return Ok(None),
                Err(refused) => return Err(refused.into()),
            };
            for item in items {
                match item::id(&item, "parent_id").filter(|parent| parents.contains_key(parent)) {
                    Some(parent) => found.push((parent, item)),
                    // It does not keep to the products it was asked for.
                    None => return Ok(None),
                }
            }
        }
    }

    /// What these SKUs stand for, products and variations.
    async fn ask_batch(&self, keys: &[String]) -> Result<Vec<Record>, Refused> {
        let found = self.walk(self.address(&["products"], &[("sku", &keys.join(","))])).rest().await?;
        let ids: BTreeSet<u64> = found.iter().filter(|item| item::is_variation(item)).filter_map(parent_id).collect();
        let mut parents = BTreeMap::new();
        if !ids.is_empty() {
            let ids = ids.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
            let products = self.walk(self.address(&["products"], &[("include", &ids)])).rest().await?;
            parents.extend(products.iter().filter_map(|product| Some((item::id(product, "id")?, Parent::of(product)))));
        }
        let record = |item: &Json| match parent_id(item).filter(|_| item::is_variation(item)) {
            None => item::product(item),
            Some(id) => match parents.get(&id) {
                Some(parent) => item::variation(item, parent),
                None => {
                    let key = item::product(item).key;
                    Record::unreadable(key, format!("the product {id} that it belongs to is not told"))
                }
            },
        };
        // The database compares without case, and trims.
        Ok(found.iter().map(record).filter(|record| keys.contains(&record.key)).collect())
    }
}

#[async_trait(?Send)]
impl Connection for WooCommerce {
    fn reach(&self) -> Reach {
        Reach::All
    }

    fn can_ask(&self) -> bool {
        true
    }

    async fn list(&self, from: Option<&str>, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let mut walk = self.walk(self.address(&["products"], &[]));
        walk.number = from.and_then(|told| told.parse().ok()).unwrap_or(0);
        while let Some(products) = walk.next().await? {
            let parents: BTreeMap<u64, Parent> = products
                .iter()
                .filter(|product| item::is_variable(product))
                .filter_map(|product| Some((item::id(product, "id")?, Parent::of(product))))
                .collect();
            let variations = self.variations(&parents).await?;
            products.iter().for_each(|product| sink(Told::Item(item::product(product))));
            for (parent, variation) in &variations {
                if let Some(parent) = parents.get(parent) {
                    sink(Told::Item(item::variation(variation, parent)));
                }
            }
            sink(Told::Checkpoint(walk.number.to_string()));
        }
        Ok(())
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<Record>, StockError> {
        let mut records = Vec::with_capacity(keys.len());
        for batch in comma_lists(keys, self.options.batch) {
            match self.ask_batch(&batch).await {
                Ok(found) => records.extend(found),
                Err(refused) if refused.concerns_all() => return Err(refused.into()),
                Err(refused) => records.extend(Record::all_unreadable(&batch, refused.error)),
            }
        }
        Ok(records)
    }

    fn requests(&self) -> u64 {
        self.api.requests()
    }
}

fn parent_id(item: &Json) -> Option<u64> {
    item::id(item, "parent_id")
}

fn refused(document: &Document, what: String) -> Refused {
    let advice = match document.status {
        401 => {
            "check consumer_key and consumer_secret: the key needs the permission Read, its user must be allowed to see \
             products, and the web server must pass the Authorization header on to PHP"
        }
        403 => "something before WooCommerce (a firewall, a security plugin) refused: let this machine in",
        404 => {
            "there is no WooCommerce REST API (v3) here: check url, and that permalinks are not plain (WordPress → \
             Settings → Permalinks)"
        }
        status => advice(status),
    };
    let error = StockError::Answer { url: shown(&document.url).to_string(), what, advice };
    Refused { error, status: Some(document.status) }
}
