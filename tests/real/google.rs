//! A Google Merchant Center feed, as shops write it: RSS 2.0 with fields of the namespace `g`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::shop::Shop;
use crate::street::Street;

/// One shopping ad.
#[derive(Clone, Debug)]
pub(crate) struct Ad {
    pub(crate) title: String,
    /// The address it leads to.
    pub(crate) link: String,
    pub(crate) price: String,
    /// The product whose variant it is.
    pub(crate) group: Option<String>,
    pub(crate) is_in_stock: bool,
    /// The number by which the shop's API knows it.
    id: u64,
}

/// What a shop advertises: SKU → its ad.
pub(crate) struct Ads(pub(crate) BTreeMap<String, Ad>);

impl Ads {
    /// All that django-oscar's own API sells, as it says now. What it cannot price and what it does not show is not
    /// advertised.
    pub(crate) fn of_oscar(shop: &Shop, street: &Street) -> Self {
        let listed: Value = serde_json::from_str(&street.body("/api/products/?limit=100")).expect("JSON");
        let listed = listed.as_array().expect("products");
        assert!(listed.len() > 50, "{} products", listed.len());
        let mut ads = BTreeMap::new();
        for product in listed {
            let (sku, id) = (product["upc"].as_str().expect("a SKU"), product["id"].as_u64().expect("an id"));
            let parent =
                sku.split_once('-').map(|(parent, _)| parent).filter(|parent| ["CAPE", "MASK"].contains(parent));
            if ["CAPE", "MASK", "HIDDEN", "NO-PRICE", "NO-RECORD"].contains(&sku) {
                continue;
            }
            let price: Value = serde_json::from_str(&street.body(&format!("/api/products/{id}/price/"))).expect("JSON");
            let ad = Ad {
                title: product["title"].as_str().expect("a title").to_owned(),
                link: format!("{}{}", street.url().trim_end_matches('/'), shop.path(sku)),
                price: format!(
                    "{} {}",
                    price["incl_tax"].as_str().unwrap_or("0"),
                    price["currency"].as_str().unwrap_or("EUR")
                ),
                group: parent.map(str::to_owned),
                is_in_stock: false,
                id,
            };
            ads.insert(sku.to_owned(), ad);
        }
        let mut ads = Self(ads);
        let all: Vec<String> = ads.0.keys().cloned().collect();
        ads.ask_oscar(street, &all.iter().map(String::as_str).collect::<Vec<_>>());
        ads
    }

    /// All that EverShop shows in a category, as it says now: the page carries the answer of the shop's own GraphQL.
    pub(crate) fn of_evershop(street: &Street, url: &str, category: &str) -> Self {
        let page = street.body(category);
        let mut ads = BTreeMap::new();
        let at =
            page.find("\"products\":{\"items\":").expect("the category's products") + "\"products\":{\"items\":".len();
        let listed: Value =
            serde_json::Deserializer::from_str(&page[at..]).into_iter().next().expect("a list").expect("JSON");
        for product in listed.as_array().expect("products") {
            let path = product["url"].as_str().expect("a path");
            let ad = Ad {
                title: product["name"].as_str().expect("a name").to_owned(),
                link: format!("{}{path}", url.trim_end_matches('/')),
                price: format!("{} EUR", product["price"]["regular"]["value"]),
                group: None,
                is_in_stock: product["inventory"]["isInStock"].as_bool().expect("true or false"),
                id: product["productId"].as_u64().expect("a number"),
            };
            ads.insert(product["sku"].as_str().expect("a SKU").to_owned(), ad);
        }
        Self(ads)
    }

    /// Asks the shop's own API about these again.
    pub(crate) fn ask_oscar(&mut self, street: &Street, skus: &[&str]) {
        for sku in skus {
            let ad = self.0.get_mut(*sku).unwrap_or_else(|| panic!("{sku} is not advertised"));
            let answer = street.body(&format!("/api/products/{}/availability/", ad.id));
            let answer: Value = serde_json::from_str(&answer).expect("JSON");
            ad.is_in_stock = answer["is_available_to_buy"].as_bool().expect("true or false");
        }
    }

    /// The feed.
    pub(crate) fn rss(&self) -> String {
        let mut items = String::new();
        for (sku, ad) in &self.0 {
            let availability = if ad.is_in_stock { "in_stock" } else { "out of stock" };
            let group = ad.group.as_ref().map(|group| format!("<g:item_group_id>{group}</g:item_group_id>"));
            let _ = write!(
                items,
                "<item><g:id>{sku}</g:id><title>{title}</title><link>{link}</link><g:price>{price}</g:price>\n\
                 <g:availability>{availability}</g:availability><g:condition>new</g:condition>{group}</item>\n",
                title = ad.title.replace('&', "&amp;"),
                link = ad.link,
                price = ad.price,
                group = group.unwrap_or_default(),
            );
        }
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\"><channel><title>Ads</title>\n{items}</channel></rss>\n"
        )
    }
}
