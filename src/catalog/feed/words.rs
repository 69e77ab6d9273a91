//! The words of feeds: availability, dates, and what keeps an ad from being shown.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::domain::Availability;

/// Reads an availability in the spellings of Merchant Center, Meta, Microsoft and schema.org. `None`: it is none of their
/// words, and what it means is not guessed.
pub(super) fn availability(text: &str) -> Option<Availability> {
    let text = text.trim();
    let is_address = || {
        let lower = text.to_ascii_lowercase();
        ["http:", "https:", "//", "schema.org/"].iter().any(|start| lower.starts_with(start))
    };
    // "in stock / out of stock" is no address, and not its last word.
    if text.contains(['/', '#']) && !is_address() {
        return None;
    }
    let letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    match letters.take(40).collect::<String>().as_str() {
        // A local inventory feed's word for what stands in the store to be looked at, and is ordered there.
        "ondisplaytoorder" => Some(Availability::BackOrder),
        _ => Availability::parse(text),
    }
}

/// A date with or without time and zone, as ISO 8601 writes it or nearly so (`2026-12-24T11:07+0100`). Without a zone it is
/// UTC, without a time the first moment of its day.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > 40 {
        return None;
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    for format in ["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M %z"] {
        if let Ok(at) = Timestamp::strptime(format, text) {
            return Some(at);
        }
    }
    let civil = text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(|day| day.at(0, 0, 0, 0)))?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// When a feed says that it was written: RFC 2822 in RSS, RFC 3339 in Atom.
pub(super) fn written(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    date(text).or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp()))
}

/// Whether `pause` takes the ad off (<https://support.google.com/merchants/answer/11909930>).
pub(super) fn pauses(text: &str) -> bool {
    ["ads", "ad", "all", "true", "yes"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether Meta's `status` or `visibility` takes the ad off.
pub(super) fn hides(text: &str) -> bool {
    ["archived", "hidden", "staging", "inactive"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn availability_is_read_in_every_spelling_and_never_guessed() {
        use Availability::*;
        for (texts, expected) in [
            (&["in stock", "in_stock", "in-stock", "InStock", "IN STOCK", "http://schema.org/InStock"][..], InStock),
            (&["out of stock", "out_of_stock", "OutOfStock", "https://schema.org/OutOfStock", "oos"], OutOfStock),
            (&["preorder", "pre-order", "PreOrder", "available for preorder"], PreOrder),
            (&["backorder", "back order", "BackOrder", "available for order", "on_display_to_order"], BackOrder),
            (&["discontinued", "Discontinued", "schema.org/Discontinued"], Discontinued),
            (&["limited_availability", "limited availability"], LimitedAvailability),
            (&["build_to_order"], MadeToOrder),
            (&["in store only"], InStoreOnly),
            (&["sold out"], SoldOut),
        ] {
            for text in texts {
                assert_eq!(availability(text), Some(expected), "{text}");
            }
        }
        for text in
            ["", "yes", "1", "verfügbar", "in stock / out of stock", "no/in stock", "ships in 3 days", "instock!?x"]
        {
            assert_eq!(availability(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_read_as_feeds_write_them() {
        for (text, expected) in [
            ("2026-12-24T11:07:31Z", Some("2026-12-24T11:07:31Z")),
            ("2026-12-24T11:07+0100", Some("2026-12-24T10:07:00Z")),
            ("2026-12-24T11:07+01:00", Some("2026-12-24T10:07:00Z")),
            ("2026-12-24 11:07:31 +0100", Some("2026-12-24T10:07:31Z")),
            ("2026-12-24T11:07", Some("2026-12-24T11:07:00Z")),
            ("2026-12-24", Some("2026-12-24T00:00:00Z")),
            ("24.12.2026", None),
            ("soon", None),
            ("2026-13-45", None),
        ] {
            assert_eq!(date(text).map(|at| at.to_string()).as_deref(), expected, "{text}");
        }
        assert_eq!(written("Mon, 23 Nov 2026 07:00:00 GMT"), date("2026-11-23T07:00:00Z"));
    }
}
