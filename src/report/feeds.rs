//! A shop's product feeds, in JSON and in the table.

use std::io::{self, Write};

use serde::Serialize;

use super::columns::{WARN, isolated, painted};
use super::{Look, words};
use crate::domain::{FeedSummary, ShopSummary, plain};

/// One feed in numbers.
#[derive(Debug, Serialize)]
pub(super) struct FeedRow<'a> {
    name: &'a str,
    /// If it could not be read, or not to its end: what happened and what to do.
    failed: Option<&'a str>,
    /// Entries that name an item.
    entries: u64,
    /// Entries among them that are not shown: paused or expired.
    withheld: u64,
    /// Items that only the feed names.
    unlisted: u64,
    /// Entries or fields that could not be used.
    troubles: u64,
    /// Entries that name an item again; the first one counts.
    duplicates: u64,
    examples: &'a [String],
    /// Ads that lead to another page than the item's, how many were looked at, and how many of these lead nowhere.
    links: u64,
    links_looked: u64,
    links_dead: u64,
}

impl<'a> From<&'a FeedSummary> for FeedRow<'a> {
    fn from(feed: &'a FeedSummary) -> Self {
        Self {
            name: &feed.name,
            failed: feed.failed.as_deref(),
            entries: feed.entries,
            withheld: feed.withheld,
            unlisted: feed.unlisted,
            troubles: feed.troubles,
            duplicates: feed.duplicates,
            examples: &feed.examples,
            links: feed.links,
            links_looked: feed.links_looked,
            links_dead: feed.links_dead,
        }
    }
}

/// What is odd about the shop's feeds.
pub(super) fn odd(shop: &ShopSummary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for feed in &shop.feeds {
        let name = plain::one_line(&feed.name);
        let mut told = |what: String, colour| {
            let line = isolated(&format!("feed {name}: {what}"), look.terminal);
            writeln!(out, "  {}", if colour { painted(&line, WARN, look.colour) } else { line })
        };
        if let Some(failed) = &feed.failed {
            told(format!("could not be read: {}", plain::one_line(failed)), true)?;
        }
        let entries = |number| words::count(number, "entry", "entries");
        for (number, what) in [(feed.troubles, "could not be used"), (feed.duplicates, "again, the first counts")] {
            if number > 0 {
                told(format!("{} {what}", entries(number)), true)?;
            }
        }
        if feed.unlisted > 0 {
            let items = words::count(feed.unlisted, "item", "items");
            told(format!("{items} that the catalogue does not list, checked as well"), false)?;
        }
        if feed.links > feed.links_looked {
            told(format!("{} of {} other addresses of ads were looked at", feed.links_looked, feed.links), false)?;
        }
        for example in feed.examples.iter().take(if look.verbose { usize::MAX } else { 1 }) {
            writeln!(out, "       {}", isolated(&plain::harmless(example), look.terminal))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_odd_about_feeds_is_told_by_name() {
        let broken =
            FeedSummary { name: "meta".into(), failed: Some("meta.csv: is empty".into()), ..FeedSummary::default() };
        let odd_one = FeedSummary {
            name: "google".into(),
            entries: 10,
            troubles: 1,
            unlisted: 2,
            links: 300,
            links_looked: 200,
            examples: vec!["google.xml, item 3: it has no id".into()],
            ..FeedSummary::default()
        };
        let good = FeedSummary { name: "bing".into(), entries: 10, withheld: 3, ..FeedSummary::default() };
        let shop = ShopSummary { feeds: vec![broken, odd_one, good], ..ShopSummary::default() };
        let mut out = Vec::new();
        odd(&shop, Look::default(), &mut out).expect("a vector takes all");
        insta::assert_snapshot!(String::from_utf8(out).expect("text"), @r"
        feed meta: could not be read: meta.csv: is empty
        feed google: 1 entry could not be used
        feed google: 2 items that the catalogue does not list, checked as well
        feed google: 200 of 300 other addresses of ads were looked at
             google.xml, item 3: it has no id
        ");
    }
}
