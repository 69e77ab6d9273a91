//! How things are said to people. Machine names stay in the domain.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::domain::{
    Availability, Cause, CauseSummary, Claim, FindingKind, Fold, KeyMatch, Policy, SignalKind, StockFact, Touchpoint,
    Verdict, plain,
};

/// A verdict in two words.
pub(super) fn verdict(verdict: &Verdict) -> &'static str {
    verdict_code(verdict.code()).0
}

/// A verdict code in two words, and what it means.
pub(super) fn verdict_code(code: &str) -> (&'static str, &'static str) {
    match code {
        "agrees" => ("agree", ""),
        "false_available" => ("false available", "promised, but none: the customer is let down"),
        "false_unavailable" => ("false unavailable", "denied, but in stock: a sale is lost"),
        "contradictory" => ("contradictory", "the shop says both yes and no"),
        "expired_promise" => ("expired promise", "the promised date has passed"),
        "gone" => ("gone", "the page is gone, but still listed or advertised"),
        _ => ("unverified", "could not be checked, so nothing is said of them"),
    }
}

/// A reason code of an unverified item as half a sentence.
pub(super) fn reason(code: &str) -> &str {
    match code {
        "robots_disallowed" => "robots.txt forbids the page",
        "robots_unreachable" => "robots.txt could not be read, so nothing may be fetched",
        "robots_too_slow" => "robots.txt asks for longer pauses than fetch.max_retry_after",
        "private_address" => "the address is private (see fetch.allow_private)",
        "too_large" => "the page is larger than fetch.max_body",
        "timeout" => "the page did not answer in time",
        "redirect" => "redirects led nowhere",
        "connection" => "the host could not be reached",
        "http_status" => "the host answered with an error",
        "circuit_open" => "the host failed too often and was left alone",
        "interrupted" => "the run was stopped before its turn",
        "no_url" => "the catalogue names no page",
        "no_probe" => "the cart could not be asked",
        "no_claim" => "the page says nothing about availability",
        "challenge" => "a captcha or bot challenge stood in the way",
        "consent_wall" => "a consent wall stood in the way",
        "login" => "a login form stood in the way",
        "maintenance" => "a maintenance page stood in the way",
        "soft_not_found" => "the page says that it does not exist, with status 200",
        "other_product" => "the page is about another product",
        "not_a_page" => "the answer was no web page",
        "ambiguous" => "the page describes several products, none of them clearly this one",
        "no_key" => "neither catalogue nor page names a key for the stock system",
        "stock_missing" => "the stock system does not know the item",
        "stock_failed" => "the stock system gave no readable answer",
        "moved" => "it changed while it was looked at",
        other => other,
    }
}

/// How many of what a kind of finding is about.
pub(super) fn found(kind: FindingKind, number: u64) -> String {
    match kind {
        FindingKind::ShownUnlisted => count(number, "product", "products"),
        _ => count(number, "item", "items"),
    }
}

/// What of those a kind of finding is about.
pub(super) fn finding(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::ShownUnlisted => "that listings show and the catalogue does not name",
        FindingKind::SourcesDisagree => "of which the stock systems say different things",
        FindingKind::UnmappedKey => "that no stock system knows",
        FindingKind::DuplicateKey => "that a stock system lists twice, with different numbers",
        FindingKind::AmbiguousKey => "whose key fits more than one key of a stock system, or is not alone in that",
    }
}

/// How a key was found, where it is not the item's own.
pub(super) fn matched(how: KeyMatch) -> &'static str {
    match how {
        KeyMatch::Exact => "",
        KeyMatch::Mapped => " (by the mapping file)",
        KeyMatch::Normalised => " (by its normal form)",
        KeyMatch::Gtin => " (by its trade item number)",
    }
}

/// What a kind of signal is called.
pub(super) fn signal(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Selector => "selector",
        SignalKind::Button => "button",
        SignalKind::Text => "text",
        SignalKind::State => "page state",
        SignalKind::JsonLd => "JSON-LD",
        SignalKind::Microdata => "microdata",
        SignalKind::OpenGraph => "OpenGraph",
        SignalKind::Card => "card",
        SignalKind::Feed => "feed",
        SignalKind::Cart => "cart",
    }
}

/// What is promised and by which signal: `InStock (JSON-LD)`; elsewhere than on the page also where: `listing: InStock
/// (card)`. Of what contradicts itself, both sides.
pub(super) fn promise(claim: &Claim) -> String {
    match claim.touchpoint {
        Touchpoint::Page => said(claim),
        elsewhere => format!("{}: {}", elsewhere.code(), said(claim)),
    }
}

/// What is said and by which signal, wherever it is.
pub(super) fn said(claim: &Claim) -> String {
    if let Availability::Unknown(_) = claim.availability {
        return "nothing".to_owned();
    }
    let mut said = claim.availability.name();
    if let Some(date) = claim.date {
        said += &format!(" {}", day(date));
    }
    if let Some(quantity) = claim.quantity {
        said += &format!(", {} left", number(quantity));
    }
    let Some(first) = claim.signals.first() else { return said };
    // That a feed says so by a field of a feed is no news.
    if !matches!(first.kind, SignalKind::Feed | SignalKind::Cart) {
        said += &format!(" ({})", signal(first.kind));
    }
    if claim.contradicts {
        let other = |says: Availability| says.fold() != Fold::Unknown && says.fold() != first.says.fold();
        if let Some(against) = claim.signals.iter().find(|one| other(one.says)) {
            said += &format!(", {} ({})", against.says.name(), signal(against.kind));
        }
    }
    said
}

/// What the stock source says: the sellable quantity, or the policy where that decides.
pub(super) fn stock(fact: &StockFact) -> String {
    match fact.policy {
        Policy::Tracked => match fact.sellable {
            Some(quantity) if fact.threshold > Decimal::ONE => {
                format!("{} (sellable from {})", number(quantity), number(fact.threshold))
            }
            Some(quantity) => number(quantity),
            None => "no quantity".to_owned(),
        },
        Policy::Untracked => "untracked".to_owned(),
        Policy::Backorder => {
            fact.sellable.map_or_else(|| "backorder".to_owned(), |quantity| format!("{}, backorder", number(quantity)))
        }
        Policy::Preorder { until: Some(until) } => format!("preorder {}", day(until)),
        Policy::Preorder { until: None } => "preorder".to_owned(),
        Policy::MadeToOrder => "made to order".to_owned(),
        Policy::Discontinued => "discontinued".to_owned(),
    }
}

/// A cause in words.
pub(super) fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::PageCache => "page cache",
        Cause::FeedLag => "feed lags",
        Cause::ListingLag => "listing lags",
        Cause::Template => "page template",
        Cause::Variant => "promised as a whole",
        Cause::SyncWindow => "not synchronised yet",
        Cause::UntrackedOption => "sold regardless of stock",
        Cause::SourceSuspect => "stock source suspect",
    }
}

/// What many have in common, as a sentence begins.
pub(super) fn shared(cause: &CauseSummary) -> String {
    let at = plain::one_line(&cause.at);
    match cause.cause {
        Cause::PageCache => "the page cache".to_owned(),
        Cause::FeedLag => format!("likely the {at} has not followed the stock"),
        Cause::ListingLag => format!("likely the index of the {at} has not followed the stock"),
        Cause::Template => format!("likely the page template ({at})"),
        Cause::Variant => format!("likely products promised as a whole ({at})"),
        Cause::SyncWindow => format!("likely a change of stock on its way ({at})"),
        Cause::UntrackedOption => format!("likely sold regardless of stock ({at})"),
        Cause::SourceSuspect => format!("likely the stock {at} is wrong"),
    }
}

/// Why pages were looked at, by code.
pub(super) fn looked(code: &str) -> &str {
    match code {
        "asked" => "asked for",
        "incident" => "with incidents",
        "contradiction" => "contradicted elsewhere",
        "changed" => "with changed stock",
        "sold_out" => "sold out",
        "near" => "nearly sold out",
        "new" => "new",
        "unverified" => "not readable last time",
        "audit" => "by rotation",
        other => other,
    }
}

/// Where the truth comes out, by code.
pub(super) fn comes_out(code: &str) -> &str {
    match code {
        "cart_or_later" => "cart or later",
        "after_paying" => "after paying",
        other => other,
    }
}

/// A share as people read it, with as many digits as tell it from all.
pub(super) fn share(part: u64, of: u64) -> String {
    if of == 0 {
        return String::new();
    }
    let share = part as f64 * 100.0 / of as f64;
    match (part == of, share >= 99.95) {
        (true, _) => "100%".to_owned(),
        (false, true) => format!("{:.2}%", (share * 100.0).floor() / 100.0),
        (false, false) => format!("{share:.1}%"),
    }
}

/// A quantity without trailing zeros.
pub(super) fn number(quantity: Decimal) -> String {
    quantity.normalize().to_string()
}

/// The day of a moment, in UTC.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// A moment to the second, in UTC.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// How long `since` was before `now`, in its largest unit.
pub(super) fn ago(since: Timestamp, now: Timestamp) -> String {
    match now.duration_since(since).as_secs() {
        ..60 => "now".to_owned(),
        seconds => span(seconds.unsigned_abs()),
    }
}

/// A number of seconds in its largest unit.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// `1 item`, `2 items`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_their_largest_unit() {
        let now: Timestamp = "2026-11-10T12:00:00Z".parse().expect("a time");
        for (seconds, words) in
            [(-5, "now"), (59, "now"), (61, "1 min"), (7_199, "119 min"), (7_200, "2 h"), (172_800, "2 days")]
        {
            let since = now - jiff::SignedDuration::from_secs(seconds);
            assert_eq!(ago(since, now), words, "{seconds}");
        }
    }

    #[test]
    fn all_is_only_said_of_all() {
        let said = [(0, 0), (3, 3), (999, 1_000), (19_999, 20_000), (1, 3)].map(|(part, of)| share(part, of));
        assert_eq!(said, ["", "100%", "99.9%", "99.99%", "33.3%"]);
    }

    #[test]
    fn every_reason_to_look_has_words() {
        for code in crate::domain::LookReason::ALL.map(crate::domain::LookReason::code) {
            assert!(!looked(code).contains('_'), "{code}");
        }
    }

    #[test]
    fn every_reason_of_the_domain_has_words() {
        use crate::domain::Unknown;
        let codes = [
            Unknown::NoClaim,
            Unknown::Challenge,
            Unknown::ConsentWall,
            Unknown::Login,
            Unknown::Maintenance,
            Unknown::SoftNotFound,
            Unknown::OtherProduct,
            Unknown::NotAPage,
            Unknown::Ambiguous,
        ];
        for code in codes.map(Unknown::code) {
            assert_ne!(reason(code), code);
        }
    }
}
