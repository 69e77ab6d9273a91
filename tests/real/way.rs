//! What a run says of the customer's way, in words short enough for a table.

use std::collections::BTreeMap;

use crate::trial::Ran;

/// What each touchpoint says of an item: `feed yes, listing no, page yes, cart no`. A touchpoint that was not met is left
/// out; one that says nothing readable has a question mark.
pub(crate) fn way(ran: &Ran, sku: &str) -> String {
    let steps = ran.item(sku)["journey"]["steps"].as_array().unwrap_or_else(|| panic!("{:#}", ran.item(sku)));
    let told = steps.iter().map(|step| {
        let says = match step["buyable"].as_bool() {
            Some(true) => "yes",
            Some(false) => "no",
            None => "?",
        };
        format!("{} {says}", step["touchpoint"].as_str().expect("a touchpoint"))
    });
    told.collect::<Vec<_>>().join(", ")
}

/// What came of an item: its verdict, the break point, and by how many hundredths that weighs in its severity.
pub(crate) fn outcome(ran: &Ran, sku: &str) -> (String, Option<String>, Option<u64>) {
    let item = ran.item(sku);
    let break_point = item["journey"]["break_point"].as_str().map(str::to_owned);
    let factors = item["severity"]["factors"].as_array();
    let factor = factors.into_iter().flatten().find(|factor| factor["kind"] == "break_point");
    if let Some(factor) = factor {
        assert_eq!(factor["what"].as_str(), break_point.as_deref().or(Some("none")), "{item:#}");
    }
    let percent = factor.map(|factor| factor["percent"].as_u64().expect("a number"));
    (item["verdict"].as_str().expect("a verdict").to_owned(), break_point, percent)
}

/// Where the cause of an item's trouble lies, and which it is: `page_cache`, `listing_lag at listing children`.
pub(crate) fn why(ran: &Ran, sku: &str) -> Option<String> {
    let why = &ran.item(sku)["journey"]["why"];
    let cause = why["cause"].as_str()?;
    assert!(why["evidence"].as_str().is_some_and(|evidence| !evidence.is_empty()), "{why:#}");
    Some(cause.to_owned())
}

/// An item: its SKU, what each touchpoint says of it, the verdict, and the break point with its weight in hundredths.
pub(crate) type Gone<'a> = (&'a str, &'a str, &'a str, Option<(&'a str, u64)>);

/// Fails unless every item has gone this way, with this outcome.
pub(crate) fn assert_ways(ran: &Ran, expected: &[Gone<'_>]) {
    let told: BTreeMap<_, _> = expected
        .iter()
        .map(|(sku, ..)| {
            let (verdict, break_point, percent) = outcome(ran, sku);
            (*sku, (way(ran, sku), verdict, break_point.zip(percent)))
        })
        .collect();
    let expected: BTreeMap<_, _> = expected
        .iter()
        .map(|(sku, way, verdict, point)| {
            let point = point.map(|(point, percent)| (point.to_owned(), percent));
            (*sku, ((*way).to_owned(), (*verdict).to_owned(), point))
        })
        .collect();
    assert_eq!(told, expected);
}
