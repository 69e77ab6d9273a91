//! A shop's listings, in JSON and in the table.

use std::io::{self, Write};

use serde::Serialize;

use super::columns::{WARN, isolated, painted};
use super::{Look, words};
use crate::domain::{ListingSummary, ShopSummary, plain};

/// One listing in numbers.
#[derive(Debug, Serialize)]
pub(super) struct ListingRow<'a> {
    name: &'a str,
    /// If nothing of it could be read: what happened and what to do.
    failed: Option<&'a str>,
    /// Pages of it that were read.
    pages: u64,
    /// Items of the catalogue that it shows.
    items: u64,
    /// Pages of it that could not be read.
    troubles: u64,
    examples: &'a [String],
}

impl<'a> From<&'a ListingSummary> for ListingRow<'a> {
    fn from(listing: &'a ListingSummary) -> Self {
        Self {
            name: &listing.name,
            failed: listing.failed.as_deref(),
            pages: listing.pages,
            items: listing.items,
            troubles: listing.troubles,
            examples: &listing.examples,
        }
    }
}

/// What is odd about the shop's listings.
pub(super) fn odd(shop: &ShopSummary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for listing in &shop.listings {
        let name = plain::one_line(&listing.name);
        let told = match &listing.failed {
            Some(failed) => format!("listing {name}: could not be read: {}", plain::one_line(failed)),
            None if listing.troubles > 0 => {
                let pages = words::count(listing.troubles, "page", "pages");
                let example = listing.examples.first().map(|one| plain::one_line(one)).unwrap_or_default();
                format!("listing {name}: {pages} could not be read: {example}")
            }
            None => continue,
        };
        writeln!(out, "  {}", painted(&isolated(&told, look.terminal), WARN, look.colour))?;
        for example in listing.examples.iter().skip(1).take(if look.verbose { usize::MAX } else { 0 }) {
            writeln!(out, "       {}", isolated(&plain::one_line(example), look.terminal))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_read_is_told_by_name() {
        let mut campaign = ListingSummary { name: "Purim campaign".into(), ..ListingSummary::default() };
        campaign.trouble("https://shop.test/purim: the host answered 404".into());
        campaign.finish();
        let mut shirts = ListingSummary { name: "shirts".into(), pages: 3, items: 50, ..ListingSummary::default() };
        shirts.trouble("https://shop.test/shirts?page=4: no answer in time (whole)".into());
        shirts.finish();
        let good = ListingSummary { name: "home".into(), pages: 1, items: 9, ..ListingSummary::default() };
        let shop = ShopSummary { listings: vec![campaign, shirts, good], ..ShopSummary::default() };
        let mut out = Vec::new();
        odd(&shop, Look::default(), &mut out).expect("a buffer");
        insta::assert_snapshot!(String::from_utf8_lossy(&out), @r"
          listing Purim campaign: could not be read: https://shop.test/purim: the host answered 404
          listing shirts: 1 page could not be read: https://shop.test/shirts?page=4: no answer in time (whole)
        ");
    }
}
