//! What the stock sources say, for a person.

use crate::domain::{StockAnswer, Testimony};
use crate::report::rows::policy;
use crate::report::words;

use super::Sheet;

impl Sheet {
    /// What each of several sources says.
    pub(super) fn sources(&mut self, testimonies: &[Testimony]) {
        for (index, one) in testimonies.iter().enumerate().filter(|_| testimonies.len() > 1) {
            let said = match &one.answer {
                StockAnswer::Missing => "does not know the item".to_owned(),
                StockAnswer::Failed(why) => format!("gave no readable answer: {why}"),
                StockAnswer::Known(fact) => format!("{}, {}", words::stock(fact), policy(fact.policy)),
            };
            let label = if index == 0 { "sources" } else { "" };
            self.theirs(
                label,
                Some(&format!("{}, key {}{}: {said}", one.source, one.key, words::matched(one.matched))),
            );
        }
    }

    pub(super) fn stock(&mut self, answer: Option<&StockAnswer>) {
        match answer {
            None => self.ours("stock", "not asked: neither catalogue nor page names a key"),
            Some(StockAnswer::Missing) => self.ours("stock", "the source does not know the item"),
            Some(StockAnswer::Failed(why)) => self.theirs("stock", Some(&format!("no readable answer: {why}"))),
            Some(StockAnswer::Known(fact)) => {
                let sold = if fact.buyable() { "can be sold" } else { "cannot be sold" };
                self.ours("stock", format!("{}: {sold}", words::stock(fact)));
                let whose = fact.policy_source.as_ref().map(|source| format!(" by {source}")).unwrap_or_default();
                let found = words::matched(fact.matched);
                let source = format!("{}, key {}{found}, {}{whose}", fact.source, fact.key, policy(fact.policy));
                self.theirs("source", Some(&source));
                self.ours("as of", words::moment(fact.as_of));
                self.ours(
                    "unchanged",
                    fact.changed_at.map(|at| format!("since {}", words::moment(at))).unwrap_or_default(),
                );
                let fields: Vec<String> = fact.fields.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                self.theirs("fields", Some(&fields.join(", ")));
            }
        }
    }
}
