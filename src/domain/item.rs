//! Items: the smallest things a customer can buy, and where they are promised.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use url::Url;

/// One line of the catalogue: an item and the page that promises it. Whatever the catalogue does not know is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The shop's own key. A sitemap does not know it; then it is read from the page.
    pub sku: Option<String>,
    /// The product page.
    pub url: Option<Url>,
    /// The key under which the stock source knows the item, where that is not the SKU.
    pub stock_key: Option<String>,
    /// Its trade item number as written, by which a stock source may know it too. See [`Gtin`](super::Gtin).
    #[serde(default)]
    pub gtin: Option<String>,
    /// Product name.
    pub name: Option<String>,
    /// Brand, for choosing an owner.
    pub brand: Option<String>,
    /// Category, for choosing an owner.
    pub category: Option<String>,
    /// Supplier, for choosing an owner.
    pub supplier: Option<String>,
    /// The address of the owner, or several, if a column of the catalogue names them.
    pub owner_email: Option<String>,
    /// What one costs, in the shop's currency.
    #[serde(default)]
    pub price: Option<Decimal>,
    /// How many were sold lately, in whatever span the catalogue counts.
    #[serde(default)]
    pub units_sold: Option<Decimal>,
    /// How often its page was looked at lately, likewise.
    #[serde(default)]
    pub views: Option<Decimal>,
}

impl Item {
    /// The key to ask the stock source for: `stock_key`, else the SKU.
    pub fn key(&self) -> Option<&str> {
        self.stock_key.as_deref().or(self.sku.as_deref())
    }

    /// What identifies the item across runs: its SKU, else its page.
    pub fn item_key(&self) -> ItemKey {
        match (&self.sku, &self.url) {
            (Some(sku), _) => ItemKey(sku.clone()),
            (None, Some(url)) => ItemKey(url.to_string()),
            (None, None) => ItemKey(self.stock_key.clone().unwrap_or_default()),
        }
    }
}

/// An item's identity within its shop: the SKU, or the page's URL where no SKU is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemKey(pub String);

impl std::fmt::Display for ItemKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}
