//! What the table says of a shop's stock systems and of what is odd about its data.

use std::io::{self, Write};

use crate::domain::{FindingKind, ShopSummary, plain};

use super::columns::{WARN, isolated, painted};
use super::{Look, words};

/// What is odd about the shop's data. Items that no stock system knows were counted among the unverified.
pub(super) fn odd(shop: &ShopSummary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for (name, doubt) in shop.stock.iter().filter_map(|source| Some((&source.name, source.doubt.as_ref()?))) {
        let told = isolated(&plain::one_line(&format!("{name}: {}", doubt.told())), look.terminal);
        writeln!(out, "  {}", painted(&told, WARN, look.colour))?;
    }
    if let Some(held) = &shop.held {
        writeln!(out, "  {}", painted(&held.told(), WARN, look.colour))?;
    }
    for kind in FindingKind::ALL {
        let number = shop.findings.get(kind.code()).copied().unwrap_or(0);
        if number == 0 || (kind == FindingKind::UnmappedKey && !look.verbose) {
            continue;
        }
        writeln!(out, "  {} {}", words::found(kind, number), words::finding(kind))?;
        let examples = shop.finding_examples.iter().filter(|one| one.kind == kind);
        for one in examples.take(if look.verbose { usize::MAX } else { 1 }) {
            let example = plain::one_line(&format!("{}: {}", one.key, one.what));
            writeln!(out, "       {}", isolated(&example, look.terminal))?;
        }
    }
    for source in shop.stock.iter().filter(|_| look.verbose) {
        if let Some(unlisted @ 1..) = source.unlisted {
            let keys = words::count(unlisted, "key", "keys");
            writeln!(out, "  {} has {keys} that the catalogue does not name", plain::one_line(&source.name))?;
        }
    }
    Ok(())
}

/// `its stock system`, or each of several with its requests.
pub(super) fn named(shop: &ShopSummary) -> String {
    match shop.stock.as_slice() {
        [] | [_] => "its stock system".to_owned(),
        several => {
            let each: Vec<String> =
                several.iter().map(|source| format!("{} {}", plain::one_line(&source.name), source.requests)).collect();
            format!("its stock systems ({})", each.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Doubt, SourceSummary};
    use crate::report::samples;

    fn shop() -> ShopSummary {
        let source = |name: &str, requests| SourceSummary { name: name.into(), requests, ..SourceSummary::default() };
        let findings = samples::findings();
        ShopSummary {
            stock: vec![
                SourceSummary { unlisted: Some(1200), ..source("erp", 20) },
                SourceSummary { doubt: Some(Doubt::Broken { why: "500".into() }), ..source("shopify", 8) },
            ],
            findings: findings.iter().map(|one| (one.kind.code().to_owned(), 1)).collect(),
            finding_examples: findings,
            ..ShopSummary::default()
        }
    }

    fn told(verbose: bool) -> String {
        let mut out = Vec::new();
        odd(&shop(), Look { verbose, ..Look::default() }, &mut out).expect("a Vec takes all");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn each_of_several_systems_is_named_with_its_requests() {
        assert_eq!(named(&shop()), "its stock systems (erp 20, shopify 8)");
        assert_eq!(named(&ShopSummary::default()), "its stock system");
    }

    #[test]
    fn what_is_odd_is_said_in_a_line_each() {
        insta::assert_snapshot!(told(false), @"
          shopify: could not be read: 500
          1 item of which the stock systems say different things
               COS-101: erp says 0 sellable, shopify says 4 sellable
        ");
        insta::assert_snapshot!(told(true), @"
          shopify: could not be read: 500
          1 item of which the stock systems say different things
               COS-101: erp says 0 sellable, shopify says 4 sellable
          1 item that no stock system knows
               BAG-206: erp and shopify do not know it
          erp has 1200 keys that the catalogue does not name
        ");
    }
}
