//! Which items exist.

use std::collections::HashMap;

use url::Url;

use super::{At, feed, values};
use crate::catalog::{Columns, CsvOptions, Options, Place, SitemapOptions};
use crate::config::raw::catalog as raw;
use crate::config::units::{Fault, fault};
use crate::domain::{Gtin, Item};

pub(super) fn catalog(at: &At<'_>, raw: &raw::Catalog, shop: Option<&Url>) -> Option<Options> {
    if let Some(items) = &raw.list {
        return Some(Options::List(list(&at.key("list"), items, shop)));
    }
    if let Some(raw) = &raw.csv {
        return csv(&at.key("csv"), raw, shop).map(|csv| Options::Csv(Box::new(csv)));
    }
    if let Some(raw) = &raw.feed {
        return feed::catalogue(&at.key("feed"), raw, shop).map(|feed| Options::Feed(Box::new(feed)));
    }
    sitemap(&at.key("sitemap"), raw.sitemap.as_ref()?).map(Options::Sitemap)
}

fn list(at: &At<'_>, raw: &[raw::ListItem], shop: Option<&Url>) -> Vec<Item> {
    let mut seen = HashMap::new();
    let mut items = Vec::with_capacity(raw.len());
    for (index, raw) in raw.iter().enumerate() {
        let at = at.index(index);
        let item = Item {
            sku: at.read("sku", &raw.sku, values::text),
            url: at.read("url", &raw.url, |link| values::link(shop, link)).flatten(),
            stock_key: at.read("stock_key", &raw.stock_key, values::text),
            gtin: at.read("gtin", &raw.gtin, gtin),
            name: at.read("name", &raw.name, values::text),
            brand: at.read("brand", &raw.brand, values::text),
            category: at.read("category", &raw.category, values::text),
            supplier: at.read("supplier", &raw.supplier, values::text),
            owner_email: at.read("owner_email", &raw.owner_email, values::mail_address),
            ..Item::default()
        };
        if item.sku.is_none() && item.url.is_none() {
            continue;
        }
        let at = at.key(if item.sku.is_some() { "sku" } else { "url" });
        match seen.insert(item.item_key(), at.line()) {
            Some(line) => {
                at.error(fault("this item is in the list twice", format!("it is first in line {line}; keep one")))
            }
            None => items.push(item),
        }
    }
    items
}

/// A trade item number, written as it is.
fn gtin(value: &str) -> Result<String, Fault> {
    match Gtin::read(value) {
        Some(_) => Ok(value.trim().to_owned()),
        None => Err(fault(
            "this is no trade item number",
            "write all of its 8, 12, 13 or 14 digits, in quotes where it begins with a zero; the last is a check digit",
        )),
    }
}

fn csv(at: &At<'_>, raw: &raw::CatalogCsv, shop: Option<&Url>) -> Option<CsvOptions> {
    let from = match (&raw.file, &raw.url) {
        (Some(_), _) => at.csv_file(&raw.file).map(Place::File),
        (None, url) => at.read("url", url, values::address).map(Place::Url),
    };
    let columns = raw.columns.as_ref().map(|raw| {
        let at = at.key("columns");
        Columns {
            sku: at.read("sku", &raw.sku, values::text),
            url: at.read("url", &raw.url, values::text),
            stock_key: at.read("stock_key", &raw.stock_key, values::text),
            gtin: at.read("gtin", &raw.gtin, values::text),
            name: at.read("name", &raw.name, values::text),
            brand: at.read("brand", &raw.brand, values::text),
            category: at.read("category", &raw.category, values::text),
            supplier: at.read("supplier", &raw.supplier, values::text),
            price: at.read("price", &raw.price, values::text),
            units_sold: at.read("units_sold", &raw.units_sold, values::text),
            views: at.read("views", &raw.views, values::text),
            owner_email: at.read("owner_email", &raw.owner_email, values::text),
        }
    });
    let base = at.read("base", &raw.base, values::address).or_else(|| shop.cloned());
    Some(CsvOptions {
        delimiter: at.read("delimiter", &raw.delimiter, values::delimiter),
        encoding: at.read("encoding", &raw.encoding, values::encoding),
        from: from?,
        columns: columns?,
        base: base?,
    })
}

fn sitemap(at: &At<'_>, raw: &raw::Sitemap) -> Option<SitemapOptions> {
    let sku_from_url = at.read("sku_from_url", &raw.sku_from_url, |text| {
        let pattern = values::pattern(text)?;
        if pattern.captures_len() < 2 {
            return Err(fault("there is no group in it that could be the SKU", "put the SKU's part in `(` and `)`"));
        }
        Ok(pattern)
    });
    let include = at.list("include", &raw.include, values::pattern);
    let exclude = at.list("exclude", &raw.exclude, values::pattern);
    Some(SitemapOptions { url: at.read("url", &raw.url, values::address)?, include, exclude, sku_from_url })
}

impl At<'_> {
    /// A CSV file. That it is missing now is only a warning: another program may write it before the run.
    pub(super) fn csv_file(&self, raw: &Option<crate::config::raw::scalar::FilePath>) -> Option<std::path::PathBuf> {
        let path = self.file("file", raw)?;
        if !path.is_file() {
            let what = format!("there is no file {}", path.display());
            self.key("file").warn(fault(what, "it must be there when a check runs"));
        }
        Some(path)
    }
}
