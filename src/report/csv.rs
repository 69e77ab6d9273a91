//! A run's items as CSV (RFC 4180, UTF-8, a header row), safe to open in a spreadsheet.

use std::io::{self, Write};

use crate::domain::{BreakPoint, Cause, IncidentState, Judged, LookReason, SignalKind, Touchpoint, plain};

use super::ReportError;
use super::rows::{confidence, page, policy, reason};

const HEADER: [&str; 38] = [
    "shop",
    "sku",
    "verdict",
    "reason",
    "cause",
    "state",
    "since",
    "severity",
    "name",
    "brand",
    "category",
    "supplier",
    "url",
    "page_says",
    "page_signal",
    "page_confidence",
    "page_contradicts",
    "page_quantity",
    "page_date",
    "page_seen_at",
    "cache_age_seconds",
    "cache_status",
    "stock_policy",
    "stock_sellable",
    "stock_threshold",
    "stock_as_of",
    "because",
    "promised_at",
    "promised_place",
    "promised_says",
    "feed",
    "listing",
    "page",
    "cart",
    "break_point",
    "cause_at",
    "cause_evidence",
    "looked",
];

pub(super) fn write<E>(
    rows: &mut dyn Iterator<Item = Result<Judged, E>>,
    out: &mut dyn Write,
) -> Result<(), ReportError<E>> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(HEADER).map_err(broken)?;
    for row in rows {
        let judged = row.map_err(ReportError::Row)?;
        csv.write_record(fields(&judged).iter().map(|field| field.as_bytes())).map_err(broken)?;
    }
    csv.flush()?;
    Ok(())
}

fn fields(one: &Judged) -> [String; HEADER.len()] {
    fn shown(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let safe = |text: Option<&str>| text.map(plain::cell).unwrap_or_default();
    let (item, fact, journey) = (&one.item, one.fact.as_ref(), &one.journey);
    let claim = page(one);
    let decides = journey.decides(&one.judgement.verdict);
    let promise = one.claim.as_ref();
    let touchpoint = decides.map(|step| step.touchpoint).or(promise.map(|claim| claim.touchpoint));
    let mark = |touchpoint: Touchpoint| journey.mark(touchpoint).code().to_owned();
    let why = journey.why.as_ref();
    let cache = claim.and_then(|claim| claim.cache.as_ref());
    [
        safe(Some(&one.shop)),
        safe(item.sku.as_deref()),
        one.judgement.verdict.code().to_owned(),
        shown(reason(&one.judgement.verdict)),
        shown(one.judgement.cause.map(Cause::code)),
        shown(one.incident.map(IncidentState::code)),
        shown(one.since),
        shown(one.severity.as_ref().map(|severity| severity.level.code())),
        safe(item.name.as_deref()),
        safe(item.brand.as_deref()),
        safe(item.category.as_deref()),
        safe(item.supplier.as_deref()),
        shown(item.url.as_ref()),
        shown(claim.map(|claim| claim.availability)),
        shown(claim.and_then(|claim| claim.signals.first()).map(|signal| SignalKind::code(signal.kind))),
        shown(claim.map(|claim| confidence(claim.confidence))),
        shown(claim.map(|claim| claim.contradicts)),
        shown(claim.and_then(|claim| claim.quantity)),
        shown(claim.and_then(|claim| claim.date)),
        shown(claim.map(|claim| claim.seen_at)),
        shown(cache.and_then(|cache| cache.age)),
        safe(cache.and_then(|cache| cache.status.as_deref())),
        shown(fact.map(|fact| policy(fact.policy))),
        shown(fact.and_then(|fact| fact.sellable)),
        shown(fact.map(|fact| fact.threshold)),
        shown(fact.map(|fact| fact.as_of)),
        safe(Some(&one.judgement.because)),
        shown(touchpoint.map(Touchpoint::code)),
        safe(decides.and_then(|step| step.place.as_deref())),
        shown(promise.map(|claim| claim.availability)),
        mark(Touchpoint::Feed),
        mark(Touchpoint::Listing),
        mark(Touchpoint::Page),
        mark(Touchpoint::Cart),
        shown(journey.break_point.map(BreakPoint::code)),
        safe(why.map(|why| why.at.as_str())),
        safe(why.map(|why| why.evidence.as_str())),
        shown(one.looked.map(LookReason::code)),
    ]
}

fn broken(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Format, Look, samples};

    #[test]
    fn rows_are_read_back_whole() {
        let text = samples::written(Format::Csv, 7, Look::default());
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().expect("a header").iter().collect::<Vec<_>>(), HEADER);
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows of one length");
        assert_eq!(rows.len(), 7);
        assert_eq!(&rows[0][8], "תחפושת \"נסיכה\", ורודה");
        assert_eq!(&rows[0][4], "page_cache");
        assert_eq!(&rows[0][23], "0");
    }

    #[test]
    fn the_way_has_columns() {
        let text = samples::told(Format::Csv);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows of one length");
        let cell = |row: usize, column: &str| {
            rows[row][HEADER.iter().position(|known| *known == column).expect("a column")].to_owned()
        };
        let of = |row| {
            ["promised_at", "promised_place", "feed", "listing", "page", "cart", "break_point"].map(|c| cell(row, c))
        };
        assert_eq!(of(0), ["feed", "google", "untrue", "unseen", "agrees", "unseen", "page"]);
        assert_eq!(of(2), ["page", "", "untrue", "untrue", "untrue", "untrue", "after_paying"]);
        assert_eq!(cell(0, "cause_at"), "feed google");
        assert_eq!((cell(0, "page_says"), cell(0, "promised_says")), ("OutOfStock".to_owned(), "InStock".to_owned()));
    }

    #[test]
    fn no_cell_is_a_formula() {
        let mut judged = samples::rows().remove(0);
        judged.item.name = Some("=HYPERLINK(\"x\")".to_owned());
        judged.item.sku = Some("-1".to_owned());
        judged.judgement.because = "%x".to_owned();
        let fields = fields(&judged);
        assert_eq!([&fields[1], &fields[8], &fields[26]], ["-1", "'=HYPERLINK(\"x\")", "'%x"]);
    }
}
