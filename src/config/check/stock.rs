//! What the stock system says.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::bigcommerce;
use super::magento;
use super::saleor;
use super::sources;
use super::{At, csv, evershop, http_json, medusa, odoo, priority, sap_b1, shopify, sql, values, vendure, woocommerce};
use crate::config::raw::scalar::Text;
use crate::config::units::{self, fault};
use crate::config::{raw::stock as raw, stages};
use crate::domain::Decides;
use crate::stock::{Adapter, Brake, Options, Rules};

pub(super) fn stock(at: &At<'_>, raw: &raw::Stock, user_agent: &str) -> Option<Options> {
    let mut rules = Rules {
        sellable: at.read("sellable", &raw.sellable, values::text),
        untracked_when: at.read("untracked_when", &raw.untracked_when, values::text),
        backorder_when: at.read("backorder_when", &raw.backorder_when, values::text),
        preorder_when: at.read("preorder_when", &raw.preorder_when, values::text),
        preorder_until: at.read("preorder_until", &raw.preorder_until, values::text),
        made_to_order_when: at.read("made_to_order_when", &raw.made_to_order_when, values::text),
        discontinued_when: at.read("discontinued_when", &raw.discontinued_when, values::text),
        as_of: at.read("as_of", &raw.as_of, values::text),
        changed_at: at.read("changed_at", &raw.changed_at, values::text),
    };
    if rules.preorder_until.is_some() && raw.preorder_when.is_none() {
        let help = "add `preorder_when:` with an expression that is true for preorders";
        at.key("preorder_until").error(fault("this has no effect without `preorder_when`", help));
    }
    let threshold = at.read("threshold", &raw.threshold, |text| {
        let threshold = units::decimal(text)?;
        if threshold > Decimal::ZERO {
            Ok(threshold)
        } else {
            Err(fault("this must be above zero", "with 1 an item counts as sellable while there is one left"))
        }
    });
    let decides = at.read("decides", &raw.decides, sources::decides).unwrap_or_default();
    if decides == Decides::Policy && rules.sellable.is_none() {
        // Nobody reads it, and without a quantity a tracked item would be unreadable.
        rules.sellable = Some("0".to_owned());
    }
    let (default_name, adapter) = adapter(at, raw, user_agent)?;
    let name = at.read("name", &raw.name, values::text);
    let options = Options {
        name: name.unwrap_or_else(|| default_name.to_owned()),
        adapter,
        threshold: threshold.unwrap_or(Decimal::ONE),
        rules,
        locations: locations(at, raw.locations.as_ref()),
        decides,
        keys: sources::keys(&at.key("keys"), raw.keys.as_ref()),
        brake: brake(at, raw),
    };
    // Without its fields every expression would seem wrong.
    if !at.key(default_name).key("fields").is_spoken_for() {
        at.stage(stages::stock_problems(&options));
    }
    Some(options)
}

fn brake(at: &At<'_>, raw: &raw::Stock) -> Brake {
    let usual = Brake::default();
    Brake {
        max_age: at.read("max_age", &raw.max_age, values::some_time),
        max_shrink: at.read("max_shrink", &raw.max_shrink, units::percent).unwrap_or(usual.max_shrink),
        max_sold_out: at.read("max_sold_out", &raw.max_sold_out, units::percent).unwrap_or(usual.max_sold_out),
    }
}

/// The adapter and its name. `None` where there is none, or it lacks what nothing can stand in for.
fn adapter(at: &At<'_>, raw: &raw::Stock, user_agent: &str) -> Option<(&'static str, Adapter)> {
    if let Some(raw) = &raw.http_json {
        let options = http_json::http_json(&at.key("http_json"), raw, user_agent);
        return Some(("http_json", Adapter::HttpJson(Box::new(options))));
    }
    if let Some(raw) = &raw.csv {
        return Some(("csv", Adapter::Csv(Box::new(csv::csv(&at.key("csv"), raw, user_agent)))));
    }
    if let Some(raw) = &raw.sql {
        return Some(("sql", Adapter::Sql(Box::new(sql::sql(&at.key("sql"), raw)))));
    }
    if let Some(raw) = &raw.odoo {
        let options = odoo::odoo(&at.key("odoo"), raw, user_agent)?;
        return Some(("odoo", Adapter::Odoo(Box::new(options))));
    }
    if let Some(raw) = &raw.priority {
        let options = priority::priority(&at.key("priority"), raw, user_agent)?;
        return Some(("priority", Adapter::Priority(Box::new(options))));
    }
    if let Some(raw) = &raw.magento {
        let options = magento::magento(&at.key("magento"), raw, user_agent)?;
        return Some(("magento", Adapter::Magento(Box::new(options))));
    }
    if let Some(raw) = &raw.bigcommerce {
        let options = bigcommerce::bigcommerce(&at.key("bigcommerce"), raw, user_agent)?;
        return Some(("bigcommerce", Adapter::Bigcommerce(Box::new(options))));
    }
    if let Some(raw) = &raw.saleor {
        let options = saleor::saleor(&at.key("saleor"), raw, user_agent)?;
        return Some(("saleor", Adapter::Saleor(Box::new(options))));
    }
    if let Some(raw) = &raw.woocommerce {
        let options = woocommerce::woocommerce(&at.key("woocommerce"), raw, user_agent)?;
        return Some(("woocommerce", Adapter::WooCommerce(Box::new(options))));
    }
    if let Some(raw) = &raw.vendure {
        let options = vendure::vendure(&at.key("vendure"), raw, user_agent)?;
        return Some(("vendure", Adapter::Vendure(Box::new(options))));
    }
    if let Some(raw) = &raw.medusa {
        let options = medusa::medusa(&at.key("medusa"), raw, user_agent)?;
        return Some(("medusa", Adapter::Medusa(Box::new(options))));
    }
    if let Some(raw) = &raw.evershop {
        let options = evershop::evershop(&at.key("evershop"), raw, user_agent)?;
        return Some(("evershop", Adapter::Evershop(Box::new(options))));
    }
    if let Some(raw) = &raw.sap_b1 {
        let options = sap_b1::sap_b1(&at.key("sap_b1"), raw, user_agent)?;
        return Some(("sap_b1", Adapter::SapB1(Box::new(options))));
    }
    if let Some(raw) = &raw.shopify {
        let options = shopify::shopify(&at.key("shopify"), raw, user_agent)?;
        return Some(("shopify", Adapter::Shopify(Box::new(options))));
    }
    None
}

fn locations(at: &At<'_>, raw: Option<&BTreeMap<String, Vec<Text>>>) -> BTreeMap<String, Vec<String>> {
    let at = at.key("locations");
    let mut groups = BTreeMap::new();
    for name in raw.into_iter().flatten().map(|(name, _)| name) {
        let members = raw.and_then(|raw| raw.get(name)).cloned();
        groups.insert(name.clone(), at.list(name, &members, values::text));
    }
    groups
}

/// Field names and where the fields are. The names are for expressions.
pub(super) fn fields<R: AsRef<str>>(at: &At<'_>, raw: Option<&BTreeMap<String, R>>) -> BTreeMap<String, String> {
    let each = raw.into_iter().flatten();
    each.filter_map(|(name, value)| Some((name.clone(), at.key(name).value(value.as_ref(), values::text)?))).collect()
}
