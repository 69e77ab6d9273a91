//! The figures, and each page's prediction, as JSON.

use std::io::{self, Write};

use serde_json::{Map, Value, json};
use stocktruth::domain::{Availability, Signal};

use crate::Measured;
use crate::figures::{self, CLAIMED, Silence, Tally};
use crate::labels::Labels;
use crate::pages::Read;

/// Everything that `text` prints, as one object.
///
/// # Errors
/// The output is gone.
pub(crate) fn write(measured: &Measured, out: &mut impl Write) -> io::Result<()> {
    let pages = &measured.pages;
    let mut scores = Map::new();
    for labels in Labels::ALL {
        let mut ways = Map::new();
        for silence in Silence::ALL {
            let rows = figures::score(pages, labels, silence).rows();
            let rows = rows.map(|(name, tally)| (name.to_owned(), tally_of(tally)));
            let name = match silence {
                Silence::InStock => "no_claim_is_in_stock",
                Silence::NoAnswer => "no_claim_is_no_answer",
            };
            ways.insert(name.to_owned(), Value::Object(Map::from_iter(rows)));
        }
        let confusion = figures::confusion(pages, labels).into_iter().map(|(label, counts)| {
            let counts = CLAIMED.iter().map(|claimed| (*claimed).to_owned()).zip(counts.map(Value::from));
            (label.to_owned(), Value::Object(counts.collect()))
        });
        ways.insert("confusion".to_owned(), Value::Object(confusion.collect()));
        scores.insert(labels.name().to_owned(), Value::Object(ways));
    }
    let failed: Vec<Value> = pages
        .iter()
        .filter_map(|page| Some(json!({"page": page.entry.page, "why": page.outcome.as_ref().err()?})))
        .collect();
    let disagreements: Vec<Value> = figures::disagreements(pages)
        .into_iter()
        .map(|(page, promise)| {
            let mut object = prediction(page);
            object["url"] = json!(page.entry.url);
            object["published_label"] = json!(page.entry.label(Labels::Published));
            object["read_label"] = json!(page.entry.label(Labels::Read));
            object["class"] = json!(page.entry.class);
            object["lang"] = json!(page.entry.lang);
            object["signal"] = json!(page.entry.signal);
            object["evidence"] = promise.claim.signals.iter().map(evidence).collect();
            object
        })
        .collect();
    let confidence = figures::by_confidence(pages)
        .into_iter()
        .map(|(confidence, (right, all))| {
            (format!("{confidence:?}").to_lowercase(), json!({"right": right, "claims": all}))
        })
        .collect::<Map<_, _>>();
    let took = &measured.took;
    let reading = took.reading.as_secs_f64();
    let object = json!({
        "folder": measured.folder.display().to_string(),
        "pages": pages.len(),
        "not_read": failed,
        "scores": scores,
        "confidence": confidence,
        "contradictory": pages.iter().filter(|page| page.outcome.as_ref().is_ok_and(|it| it.claim.contradicts)).count(),
        "disagreements": disagreements,
        "speed": {
            "pages": took.pages,
            "stored_bytes": took.stored,
            "decoded_bytes": took.decoded,
            "unpacking_seconds": took.unpacking.as_secs_f64(),
            "reading_seconds": reading,
            "pages_per_second": f64::from(took.pages) / reading,
            "megabytes_per_second": crate::text::megabytes(took.decoded) / reading,
        },
    });
    serde_json::to_writer_pretty(&mut *out, &object)?;
    writeln!(out)
}

fn tally_of(tally: Tally) -> Value {
    json!({
        "precision": tally.precision(),
        "recall": tally.recall(),
        "f1": tally.f1(),
        "right": tally.right,
        "answered": tally.answered,
        "labelled": tally.labelled,
    })
}

fn evidence(signal: &Signal) -> Value {
    json!({
        "kind": signal.kind.code(),
        "says": signal.says.name(),
        "place": signal.place,
        "excerpt": signal.excerpt,
        "sku": signal.sku,
    })
}

/// One line of the predictions.
pub(crate) fn prediction(read: &Read) -> Value {
    let mut object = json!({"page": read.entry.page});
    match &read.outcome {
        Ok(promise) => {
            says(&mut object, promise.claim.availability);
            object["confidence"] = json!(promise.claim.confidence);
            object["contradicts"] = json!(promise.claim.contradicts);
            object["variants"] = promise
                .variants
                .iter()
                .map(|(sku, availability)| {
                    let mut variant = json!({"sku": sku});
                    says(&mut variant, *availability);
                    variant
                })
                .collect();
        }
        Err(why) => {
            object["availability"] = json!("Unknown");
            object["reason"] = json!("not_read");
            object["error"] = json!(why);
            object["confidence"] = Value::Null;
            object["variants"] = json!([]);
        }
    }
    object
}

/// schema.org's name; what it has no name for is told beside it.
fn says(object: &mut Value, availability: Availability) {
    match availability {
        Availability::Unknown(why) => {
            object["availability"] = json!("Unknown");
            object["reason"] = json!(why.code());
        }
        // schema.org says so of what other sellers have.
        Availability::MarketplaceOnly => {
            object["availability"] = json!("InStock");
            object["state"] = json!(availability.name());
        }
        known => object["availability"] = json!(known.name()),
    }
}
