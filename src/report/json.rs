//! A run as one JSON document, its items streamed.

use std::io::Write;

use crate::domain::Summary;

use super::rows::{FindingRow, ItemRow, VERSION};
use super::shops::{RunRow, ShopRow};
use super::{Found, ReportError};

pub(super) fn write<E>(found: Found<'_, E>, summary: &Summary, out: &mut dyn Write) -> Result<(), ReportError<E>> {
    let shops: Vec<ShopRow<'_>> = summary.shops.iter().map(ShopRow::from).collect();
    write!(out, "{{\"format\":\"stocktruth.run\",\"version\":{VERSION},\n\"run\":")?;
    one(&RunRow::from(summary), out)?;
    write!(out, ",\n\"shops\":")?;
    one(&shops, out)?;
    write!(out, ",\n\"items\":[")?;
    for (index, row) in found.items.enumerate() {
        write!(out, "{}", if index == 0 { "\n" } else { ",\n" })?;
        one(&ItemRow::from(&row.map_err(ReportError::Row)?), out)?;
    }
    write!(out, "\n],\n\"findings\":[")?;
    for (index, row) in found.findings.enumerate() {
        write!(out, "{}", if index == 0 { "\n" } else { ",\n" })?;
        one(&FindingRow::from(&row.map_err(ReportError::Row)?), out)?;
    }
    writeln!(out, "\n]}}")?;
    Ok(())
}

/// One value, as compact JSON.
pub(super) fn one(value: &impl serde::Serialize, out: &mut dyn Write) -> std::io::Result<()> {
    serde_json::to_writer(out, value).map_err(Into::into)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::report::samples;
    use crate::report::{Format, Look};

    #[test]
    fn the_document_is_json_whatever_the_number_of_items() {
        for number in [0, 1, 6] {
            let text = samples::written(Format::Json, number, Look::default());
            let value: Value = serde_json::from_str(&text).expect("valid JSON");
            assert_eq!(value["format"], "stocktruth.run");
            assert_eq!(value["version"], 1);
            assert_eq!(value["items"].as_array().map(Vec::len), Some(number));
            assert_eq!(value["findings"].as_array().map(Vec::len), Some(2));
            assert_eq!(value["shops"][0]["mismatches"], 5);
        }
    }

    #[test]
    fn a_journey_keeps_its_shape() {
        let value: Value = serde_json::from_str(&samples::told(Format::Json)).expect("valid JSON");
        let item = &value["items"][0];
        assert_eq!(item["page"]["availability"], "OutOfStock", "the page's own claim, though the feed decides");
        assert_eq!(item["promised"], serde_json::json!({"touchpoint": "feed", "place": "google"}));
        insta::assert_snapshot!(serde_json::to_string_pretty(&item["journey"]).expect("JSON"));
        let shop = &value["shops"][0];
        let of_shop = ["touchpoints", "plan", "causes", "probes", "targets_missed"].map(|key| (key, &shop[key]));
        insta::assert_snapshot!(
            "a_shop_tells_of_its_touchpoints",
            serde_json::to_string_pretty(&std::collections::BTreeMap::from(of_shop)).expect("JSON")
        );
    }

    #[test]
    fn an_item_keeps_its_shape() {
        let text = samples::written(Format::Json, 1, Look::default());
        let value: Value = serde_json::from_str(&text).expect("valid JSON");
        insta::assert_snapshot!(serde_json::to_string_pretty(&value["items"][0]).expect("JSON"), @r#"
        {
          "shop": "demo",
          "key": "COS-101",
          "sku": "COS-101",
          "url": "https://shop.example/p/COS-101",
          "name": "תחפושת \"נסיכה\", ורודה",
          "brand": null,
          "category": null,
          "supplier": null,
          "image": null,
          "verdict": "false_available",
          "reason": null,
          "cause": "page_cache",
          "because": "the page was held against the stock",
          "state": "open",
          "since": "2026-11-10T08:30:00Z",
          "severity": {
            "level": "high",
            "score": 125,
            "factors": [
              {
                "kind": "direction",
                "percent": 100,
                "what": "false_available"
              },
              {
                "kind": "age",
                "percent": 125,
                "what": "36 h"
              }
            ],
            "rule": null
          },
          "promised": {
            "touchpoint": "page",
            "place": null
          },
          "page": {
            "touchpoint": "page",
            "url": "https://shop.example/p/1",
            "availability": "InStock",
            "buyable": true,
            "quantity": null,
            "date": null,
            "confidence": "high",
            "contradicts": false,
            "cache": {
              "age_seconds": 5400,
              "status": "X-Cache: HIT"
            },
            "seen_at": "2026-11-10T11:59:58Z",
            "signals": [
              {
                "kind": "json_ld",
                "says": "InStock",
                "place": "json-ld[0].offers",
                "excerpt": "\"availability\": \"InStock\"",
                "sku": null,
                "quantity": null,
                "date": null
              }
            ]
          },
          "stock": {
            "source": "http_json",
            "policy_source": null,
            "key": "COS-101",
            "matched": "exact",
            "sellable": "0",
            "threshold": "1",
            "policy": "tracked",
            "preorder_until": null,
            "buyable": false,
            "as_of": "2026-11-10T11:59:00Z",
            "changed_at": null,
            "fields": {
              "on_hand": "5",
              "reserved": "5"
            }
          },
          "journey": {
            "steps": [],
            "break_point": null,
            "why": null
          },
          "looked": null
        }
        "#);
        insta::assert_snapshot!(serde_json::to_string_pretty(&value["run"]).expect("JSON"), @r#"
        {
          "number": 3,
          "started_at": "2026-11-10T11:59:56.8Z",
          "finished_at": "2026-11-10T12:00:00Z",
          "interrupted": false,
          "notices": {
            "queued": 2,
            "sent": 1,
            "waiting": 1,
            "given_up": 0
          }
        }
        "#);
        insta::assert_snapshot!(serde_json::to_string_pretty(&value["shops"]).expect("JSON"), @r#"
        [
          {
            "shop": "demo",
            "failed": null,
            "held": null,
            "items": 7,
            "verified": 5,
            "mismatches": 5,
            "verdicts": {
              "contradictory": 1,
              "expired_promise": 1,
              "false_available": 1,
              "false_unavailable": 1,
              "gone": 1,
              "unverified": 2
            },
            "unverified": {
              "challenge": 1,
              "robots_disallowed": 1
            },
            "opened": 4,
            "resolved": 0,
            "expired": 0,
            "suspected": 1,
            "out_of_sight": 0,
            "catalogue_troubles": 2,
            "catalogue_duplicates": 0,
            "catalogue_unread": null,
            "catalogue_examples": [
              "products.csv line 7: no SKU and no page",
              "line 9: twice"
            ],
            "page_requests": 9,
            "stock_requests": 1,
            "stock": [
              {
                "name": "http_json",
                "requests": 1,
                "items": 7,
                "unlisted": null,
                "failed": null,
                "nowhere": []
              }
            ],
            "feeds": [],
            "listings": [],
            "findings": {},
            "touchpoints": {},
            "plan": {
              "pages": 0,
              "looked": {},
              "unchanged": 0,
              "left": 0,
              "overdue": 0
            },
            "causes": [],
            "probes": {
              "asked": 0,
              "refused": 0,
              "accepted": 0,
              "failed": 0,
              "why_failed": null,
              "not_cleaned": []
            },
            "targets_missed": []
          }
        ]
        "#);
        insta::assert_snapshot!(serde_json::to_string_pretty(&value["findings"][0]).expect("JSON"), @r#"
        {
          "shop": "demo",
          "kind": "sources_disagree",
          "key": "COS-101",
          "sources": [
            "erp",
            "shopify"
          ],
          "what": "erp says 0 sellable, shopify says 4 sellable"
        }
        "#);
    }
}
