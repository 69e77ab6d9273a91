//! What a webhook of one's own is told. Fields are only ever added: what is here stays as it is for as long as
//! `version` is 1.

mod way;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::notify::message::{self, Message, MessageKind};
use way::{Journey, SharedCause, Why};

/// The version of [`Document`].
const VERSION: u32 = 1;

/// One message of stocktruth to one recipient. Texts are in the recipient's language; codes, numbers and times are for
/// programs. Texts are foreign: escape them wherever you show them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "A message of stocktruth to a webhook")]
struct Document {
    /// Version of this document's form. Fields may be added to it; none is changed or taken away.
    #[schemars(range(min = 1, max = 1))]
    version: u32,
    /// `digest`: incidents that are new, still open or fixed. `alarm`: to whoever runs the shops.
    kind: Kind,
    /// Language of the texts, BCP 47.
    language: String,
    /// One line that says it all.
    subject: String,
    /// When it was written, RFC 3339.
    written_at: String,
    /// The run that wrote it.
    run: i64,
    /// How things stand. Of a digest only.
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<Standing>,
    /// The incidents, section by section, the worst first. Not all of them, where there are many: see `sections`.
    incidents: Vec<Incident>,
    /// How many incidents each section has, shown or not.
    sections: Vec<Section>,
    /// What several incidents of this message have in common, the most first.
    causes: Vec<SharedCause>,
    /// What is wrong with the looking. Of an alarm only.
    alarms: Vec<Alarm>,
    /// Sentences that follow.
    notes: Vec<String>,
    /// A command that can be given then.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

/// What kind of message.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Incidents.
    Digest,
    /// Something is wrong with the looking.
    Alarm,
}

/// How things stand for the recipient.
#[derive(Debug, Serialize, JsonSchema)]
struct Standing {
    /// Incidents that are open now.
    open: u32,
    /// Those that are new in this message.
    new: u32,
    /// Those that are told of here as fixed.
    fixed: u32,
    /// Since when the oldest open one is wrong, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<String>,
    /// The same in words.
    text: String,
}

/// A section in numbers.
#[derive(Debug, Serialize, JsonSchema)]
struct Section {
    /// `new`, `still` or `fixed`.
    code: String,
    /// How many incidents belong to it.
    total: usize,
    /// How many of them are in `incidents`.
    shown: usize,
}

/// A mismatch that lasts.
#[derive(Debug, Serialize, JsonSchema)]
struct Incident {
    /// Its number, the same in every message; `stocktruth incidents show ID` tells more.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    /// `new`, `still` or `fixed`.
    section: String,
    /// `false_available`, `false_unavailable`, `contradictory`, `expired_promise` or `gone`.
    verdict: String,
    /// The finding in words.
    finding: String,
    /// How much it harms.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    /// What it is about.
    item: Item,
    /// What is promised, and where.
    #[serde(skip_serializing_if = "Option::is_none")]
    promise: Option<Promise>,
    /// The customer's way to it, where more than its page was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    journey: Option<Journey>,
    /// What the stock says.
    #[serde(skip_serializing_if = "Option::is_none")]
    stock: Option<Stock>,
    /// Since when it is (or was) wrong, RFC 3339.
    since: String,
    /// Since when it is right, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed_at: Option<String>,
    /// Why it is wrong and what to do, where that could be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    /// The same for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Why>,
    /// Who acknowledged it and what they noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged: Option<String>,
    /// Whether nobody owns the item.
    orphan: bool,
}

/// How much an incident harms.
#[derive(Debug, Serialize, JsonSchema)]
struct Severity {
    /// `low`, `medium`, `high` or `critical`.
    level: String,
    /// Higher is worse.
    score: u32,
    /// What made it so.
    because: Vec<String>,
}

/// What can be bought, or cannot.
#[derive(Debug, Serialize, JsonSchema)]
struct Item {
    /// Name, else SKU, else address.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<String>,
    /// The shop's name in the configuration.
    shop: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<String>,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Its place in the shop's administration.
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_url: Option<String>,
    /// A picture of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
}

/// What a touchpoint promises.
#[derive(Debug, Serialize, JsonSchema)]
struct Promise {
    /// `feed`, `listing`, `page` or `cart`.
    touchpoint: String,
    /// The name of the feed or listing in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// What it says, in words.
    says: String,
    /// Whether that is untrue, by what the stock says.
    untrue: bool,
    /// Where it says so.
    evidence: Vec<Evidence>,
}

/// One place where a touchpoint says so.
#[derive(Debug, Serialize, JsonSchema)]
struct Evidence {
    /// Code of the signal, such as `json_ld` or `button`.
    signal: String,
    /// Where on the page.
    place: String,
    /// Its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<String>,
    /// Whether that is untrue.
    untrue: bool,
}

/// What the stock says.
#[derive(Debug, Serialize, JsonSchema)]
struct Stock {
    /// How many can be sold, as a decimal number. Absent where they are not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    sellable: Option<String>,
    /// The same in words.
    says: String,
    /// The source's own fields.
    fields: BTreeMap<String, String>,
}

/// Something that is wrong with the looking.
#[derive(Debug, Serialize, JsonSchema)]
struct Alarm {
    shop: String,
    /// The stock source; empty where it is the whole run.
    source: String,
    /// What is wrong.
    says: String,
    /// Since when, RFC 3339.
    since: String,
}

/// The payload.
pub(in crate::notify::courier) fn compose(message: &Message) -> Vec<u8> {
    // Strings, numbers and maps by string: nothing in it can fail to be written.
    serde_json::to_vec(&document(message)).unwrap_or_default()
}

/// The schema of the payload (JSON Schema 2020-12), as in `config/webhook.schema.json`.
pub fn schema() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    format!("{:#}\n", settings.into_generator().into_root_schema_for::<Document>().to_value())
}

fn document(message: &Message) -> Document {
    let rows = message.sections.iter().flat_map(|part| part.rows.iter().map(|row| incident(row, &part.code)));
    Document {
        version: VERSION,
        kind: match message.kind {
            MessageKind::Digest => Kind::Digest,
            MessageKind::Alarm => Kind::Alarm,
        },
        language: message.language.clone(),
        subject: message.subject.clone(),
        written_at: message.at.to_string(),
        run: message.run,
        standing: message.summary.as_ref().map(|standing| Standing {
            open: standing.open,
            new: standing.new,
            fixed: standing.fixed,
            oldest: standing.oldest.as_ref().map(|moment| moment.at.to_string()),
            text: standing.text.clone(),
        }),
        incidents: rows.collect(),
        sections: message.sections.iter().map(section).collect(),
        causes: message.causes.iter().map(way::shared).collect(),
        alarms: message.alarms.iter().map(alarm).collect(),
        notes: message.notes.clone(),
        command: message.command.clone(),
    }
}

fn section(part: &message::Part) -> Section {
    Section { code: part.code.clone(), total: part.total, shown: part.rows.len() }
}

fn alarm(row: &message::AlarmRow) -> Alarm {
    Alarm {
        shop: row.shop.clone(),
        source: row.source.clone(),
        says: row.says.clone(),
        since: row.since.at.to_string(),
    }
}

fn incident(row: &message::Row, section: &str) -> Incident {
    Incident {
        id: row.id,
        section: section.to_owned(),
        verdict: row.verdict.clone(),
        finding: row.badge.clone(),
        severity: row.severity.as_ref().map(|rating| Severity {
            level: rating.code.clone(),
            score: rating.score,
            because: rating.because.clone(),
        }),
        item: Item {
            name: row.product.clone(),
            sku: row.sku.clone(),
            shop: row.shop.clone(),
            brand: row.brand.clone(),
            url: row.url.clone(),
            admin_url: row.admin_url.clone(),
            image: row.image.clone(),
        },
        promise: row.promise.as_ref().map(promise),
        journey: row.journey.as_ref().map(way::journey),
        stock: row.stock.as_ref().map(|stock| Stock {
            sellable: stock.sellable.map(|quantity| quantity.normalize().to_string()),
            says: stock.says.clone(),
            fields: stock.fields.iter().cloned().collect(),
        }),
        since: row.since.at.to_string(),
        fixed_at: row.fixed_at.as_ref().map(|moment| moment.at.to_string()),
        cause: row.cause.clone(),
        why: row.why.as_ref().map(way::why),
        acknowledged: row.acknowledged.clone(),
        orphan: row.orphan.is_some(),
    }
}

fn promise(promise: &message::Promise) -> Promise {
    let evidence = promise.evidence.iter().map(|evidence| Evidence {
        signal: evidence.code.clone(),
        place: evidence.place.clone(),
        excerpt: evidence.excerpt.clone(),
        untrue: evidence.lies,
    });
    Promise {
        touchpoint: promise.code.clone(),
        place: promise.place.clone(),
        says: promise.says.clone(),
        untrue: promise.lies,
        evidence: evidence.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::example::digest as message;

    #[test]
    fn the_document_is_of_its_schema() {
        let schema = serde_json::from_str(&schema()).unwrap();
        let mut document = serde_json::from_slice(&compose(&message())).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
        document["version"] = 2.into();
        assert!(jsonschema::validate(&schema, &document).is_err());
    }

    #[test]
    fn codes_and_numbers_are_for_programs() {
        let document: serde_json::Value = serde_json::from_slice(&compose(&message())).unwrap();
        insta::assert_snapshot!(format!("{document:#}"));
    }
}
