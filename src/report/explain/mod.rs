//! One item, explained: every signal found, what its claim follows from, the stock fact, and the verdict.

mod document;
mod matrix;
mod remembered;
mod stock;

use std::io::{self, Write};

use crate::domain::{
    Availability, Claim, Incident, Item, Judgement, Page, Reading, Signal, StockAnswer, Testimony, Variant, Verdict,
    plain,
};

use document::Document;

use super::columns::{BAD, Cell, Columns, GOOD, PLAIN, QUIET, STRONG, WARN};
use super::rows::{confidence, reason};
use super::{Look, json, words};

/// All that led to one item's verdict.
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'a> {
    /// The item as the catalogue (and the page) describe it.
    pub item: &'a Item,
    /// The page, if one arrived.
    pub page: Option<&'a Page>,
    /// What was read from it.
    pub reading: Option<&'a Reading>,
    /// What that amounts to for each item the page offers to choose from; empty where it offers one.
    pub variants: &'a [(Variant, Claim)],
    /// What that amounts to for this item.
    pub claim: Option<&'a Claim>,
    /// What each stock source says of it, in order of precedence.
    pub testimonies: &'a [Testimony],
    /// Their answer all in all; `None` without a key to ask by.
    pub answer: Option<&'a StockAnswer>,
    /// The verdict.
    pub judgement: &'a Judgement,
    /// What the last run that saw it wrong remembers of its whole way, which is not looked at here.
    pub remembered: Option<&'a Incident>,
}

/// Writes the explanation for a person.
///
/// # Errors
/// If `out` refused.
pub fn text(explanation: &Explanation<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet { rows: Vec::new(), look };
    sheet.item(explanation);
    sheet.page(explanation);
    sheet.print(out)?;
    signals(explanation, look, out)?;
    matrix::text(explanation.variants, look, out)?;
    let mut sheet = Sheet { rows: Vec::new(), look };
    sheet.claim(explanation.claim);
    sheet.sources(explanation.testimonies);
    sheet.stock(explanation.answer);
    sheet.verdict(explanation.judgement, remembered::is_wrong_elsewhere(explanation.remembered));
    sheet.print(out)?;
    remembered::text(explanation.remembered, look, out)
}

/// Labels on the left, what they mean on the right.
struct Sheet {
    rows: Vec<Vec<Cell>>,
    look: Look,
}

impl Sheet {
    fn put(&mut self, label: &str, value: Cell) {
        if !value.text.is_empty() {
            self.rows.push(vec![Cell::ours(label, STRONG), value]);
        }
    }

    fn ours(&mut self, label: &str, value: impl Into<String>) {
        self.put(label, Cell::ours(value, PLAIN));
    }

    fn theirs(&mut self, label: &str, value: Option<&str>) {
        self.put(label, Cell::theirs(plain::harmless(value.unwrap_or_default())));
    }

    fn print(self, out: &mut dyn Write) -> io::Result<()> {
        let Look { width, colour, terminal, .. } = self.look;
        let columns = Columns::fit(&["confidence", ""], &self.rows, width, colour, terminal);
        self.rows.iter().try_for_each(|row| write!(out, "{}", columns.row(row)))
    }

    fn item(&mut self, explanation: &Explanation<'_>) {
        let Explanation { item, reading, .. } = explanation;
        let facts = reading.map(|reading| &reading.product);
        self.theirs("item", item.sku.as_deref());
        self.theirs("page", item.url.as_ref().map(url::Url::as_str));
        self.theirs("stock key", item.stock_key.as_deref());
        self.theirs("number", item.gtin.as_deref());
        self.theirs("name", item.name.as_deref().or(facts.and_then(|facts| facts.name.as_deref())));
        self.theirs("brand", item.brand.as_deref().or(facts.and_then(|facts| facts.brand.as_deref())));
        self.theirs("category", item.category.as_deref().or(facts.and_then(|facts| facts.category.as_deref())));
        if let Some(facts) = facts {
            self.theirs("page SKUs", Some(&facts.skus.join(", ")));
            self.theirs("canonical", facts.canonical.as_ref().map(url::Url::as_str));
            self.theirs("language", facts.language.as_deref());
        }
    }

    fn page(&mut self, explanation: &Explanation<'_>) {
        let Some(page) = explanation.page else {
            return self.ours("answer", "none");
        };
        let kind = if page.content_type.is_empty() { "no content type" } else { &page.content_type };
        self.theirs("answer", Some(&format!("{}, {kind}, read as {}", page.status, page.charset)));
        for hop in &page.hops {
            self.theirs("redirect", Some(&format!("{} to {}", hop.status, hop.to)));
        }
        self.ours("seen", words::moment(page.seen_at));
        if let Some(cache) = &page.cache {
            let age = cache.age.map(|age| format!("{} old", words::span(age)));
            let said: Vec<String> = cache.status.iter().cloned().chain(age).collect();
            self.theirs("cache", Some(&said.join(", ")));
        }
        if let Some(obstacle) = explanation.reading.and_then(|reading| reading.obstacle) {
            self.put("obstacle", Cell::ours(words::reason(obstacle.code()), WARN));
        }
    }

    fn claim(&mut self, claim: Option<&Claim>) {
        let Some(claim) = claim else {
            return self.ours("claim", "none");
        };
        match claim.availability {
            Availability::Unknown(why) => self.ours("claim", format!("nothing: {}", words::reason(why.code()))),
            _ => self.ours("claim", words::promise(claim)),
        }
        self.ours("confidence", confidence(claim.confidence));
        let decided = decision(claim).unwrap_or_else(|| "no signal speaks of this item".to_owned());
        self.theirs("decided by", Some(&decided));
    }

    fn verdict(&mut self, judgement: &Judgement, elsewhere: bool) {
        let style = match judgement.verdict {
            Verdict::Agrees => GOOD,
            Verdict::FalseAvailable => BAD,
            _ => WARN,
        };
        let said = match reason(&judgement.verdict) {
            Some(why) => format!("unverified: {}", words::reason(why)),
            None if judgement.verdict == Verdict::Agrees && elsewhere => {
                "the page agrees; the item was wrong elsewhere (below)".to_owned()
            }
            None if judgement.verdict == Verdict::Agrees => "agrees".to_owned(),
            None => {
                let (name, meaning) = words::verdict_code(judgement.verdict.code());
                format!("{name}: {meaning}")
            }
        };
        self.put("verdict", Cell::ours(said, style));
        self.ours("cause", judgement.cause.map(words::cause).unwrap_or_default());
        self.theirs("because", Some(&judgement.because));
    }
}

/// Which signal decided, and how the others stand to it.
fn decision(claim: &Claim) -> Option<String> {
    let (first, others) = claim.signals.split_first()?;
    let (with, against): (Vec<&Signal>, Vec<&Signal>) =
        others.iter().partition(|one| one.says.fold() == first.says.fold());
    let named = |some: &[&Signal]| some.iter().map(|one| words::signal(one.kind)).collect::<Vec<_>>().join(", ");
    let rest = match (with.is_empty(), against.is_empty()) {
        (true, true) => "it is the only one that speaks of this item".to_owned(),
        (false, true) => format!("the first in the order of trust; in agreement: {}", named(&with)),
        (true, false) => format!("the first in the order of trust; against it: {}", named(&against)),
        (false, false) => {
            format!("the first in the order of trust; in agreement: {}; against it: {}", named(&with), named(&against))
        }
    };
    Some(format!("{} at {}: {rest}", words::signal(first.kind), first.place))
}

fn signals(explanation: &Explanation<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    const HEADINGS: [&str; 6] = ["", "SIGNAL", "SAYS", "OF", "PLACE", "EXCERPT"];
    let Some(reading) = explanation.reading else { return writeln!(out) };
    if reading.signals.is_empty() {
        return writeln!(out, "\n  no signal was found on the page\n");
    }
    let counted = |signal: &Signal| explanation.claim.is_some_and(|claim| claim.signals.contains(signal));
    let rows: Vec<Vec<Cell>> = reading
        .signals
        .iter()
        .map(|signal| {
            let style = if counted(signal) { PLAIN } else { QUIET };
            let decides = explanation.claim.and_then(|claim| claim.signals.first()) == Some(signal);
            vec![
                Cell::ours(if decides { "*" } else { "" }, GOOD),
                Cell::ours(words::signal(signal.kind), style),
                Cell::ours(said(signal), style),
                Cell::theirs(plain::harmless(signal.sku.as_deref().unwrap_or_default())),
                Cell::theirs(plain::harmless(&signal.place)),
                Cell::theirs(plain::harmless(&signal.excerpt)),
            ]
        })
        .collect();
    let columns = Columns::fit(&HEADINGS, &rows, look.width, look.colour, look.terminal);
    write!(out, "\n{}", columns.row(&HEADINGS.map(|heading| Cell::ours(heading, STRONG))))?;
    rows.iter().try_for_each(|row| write!(out, "{}", columns.row(row)))?;
    writeln!(out, "* decides\n")
}

fn said(signal: &Signal) -> String {
    let date = signal.date.map(|date| format!(" {}", words::day(date))).unwrap_or_default();
    let left = signal.quantity.map(|quantity| format!(", {} left", words::number(quantity))).unwrap_or_default();
    format!("{}{date}{left}", signal.says.name())
}

/// Writes the explanation as one JSON document, `{"format": "stocktruth.explanation", "version": 1, …}`.
///
/// # Errors
/// If `out` refused.
pub fn json(explanation: &Explanation<'_>, out: &mut dyn Write) -> io::Result<()> {
    json::one(&Document::from(explanation), out)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::domain::{
        Availability, CacheEvidence, Cause, PageFailure, Policy, ProductFacts, SignalKind, Unverified,
    };
    use crate::report::samples;

    fn explained(explain: impl Fn(&Explanation<'_>, &mut dyn Write)) -> String {
        let url = Url::parse("https://shop.example/p/COS-101").expect("a URL");
        let page = Page {
            requested: url.clone(),
            url: url.clone(),
            hops: Vec::new(),
            status: 200,
            content_type: "text/html".into(),
            html: String::new(),
            charset: "windows-1255",
            cache: Some(CacheEvidence { age: Some(5400), status: Some("X-Cache: HIT".into()) }),
            seen_at: samples::at("2026-11-10T11:59:58Z"),
        };
        let mut other = samples::signal(SignalKind::JsonLd, Availability::OutOfStock, "OutOfStock");
        other.sku = Some("COS-101-XL".into());
        let own = vec![
            samples::signal(
                SignalKind::JsonLd,
                Availability::InStock,
                "\"availability\": \"https://schema.org/InStock\"",
            ),
            samples::signal(SignalKind::Text, Availability::InStock, "במלאי"),
            samples::signal(SignalKind::Button, Availability::SoldOut, "אזל\u{1b}[2J"),
        ];
        let claim = samples::claim(own.clone());
        let product = ProductFacts {
            skus: vec!["COS-101".into(), "COS-101-XL".into()],
            name: Some("תחפושת נסיכה".into()),
            language: Some("he".into()),
            ..ProductFacts::default()
        };
        let reading = Reading {
            obstacle: None,
            product,
            variants: Vec::new(),
            signals: own.into_iter().chain([other]).collect(),
        };
        let answer = StockAnswer::Known(samples::fact(0, Policy::Tracked));
        let judgement = Judgement {
            verdict: Verdict::Contradictory,
            cause: Some(Cause::PageCache),
            because: "JSON-LD says InStock, the button says SoldOut".into(),
        };
        let item = Item { sku: Some("COS-101".into()), url: Some(url), ..Item::default() };
        let mut out = Vec::new();
        let explanation = Explanation {
            item: &item,
            page: Some(&page),
            reading: Some(&reading),
            variants: &[],
            claim: Some(&claim),
            testimonies: &[],
            answer: Some(&answer),
            judgement: &judgement,
            remembered: None,
        };
        explain(&explanation, &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_person_sees_every_step() {
        insta::assert_snapshot!(explained(|it, out| text(it, Look::default(), out).expect("a Vec takes all")), @r#"
        item        COS-101
        page        https://shop.example/p/COS-101
        name        תחפושת נסיכה
        page SKUs   COS-101, COS-101-XL
        language    he
        answer      200, text/html, read as windows-1255
        seen        2026-11-10 11:59:58 UTC
        cache       X-Cache: HIT, 90 min old

           SIGNAL   SAYS        OF          PLACE              EXCERPT
        *  JSON-LD  InStock                 json-ld[0].offers  "availability":
                                                               "https://schema.org/InSto
                                                               ck"
           text     InStock                 form > button.buy  במלאי
           button   SoldOut                 form > button.buy  אזל[2J
           JSON-LD  OutOfStock  COS-101-XL  json-ld[0].offers  OutOfStock
        * decides

        claim       InStock (JSON-LD), SoldOut (button)
        confidence  high
        decided by  JSON-LD at json-ld[0].offers: the first in the order of trust; in
                    agreement: text; against it: button
        stock       0: cannot be sold
        source      http_json, key COS-101, tracked
        as of       2026-11-10 11:59:00 UTC
        fields      on_hand = 5, reserved = 5
        verdict     contradictory: the shop says both yes and no
        cause       page cache
        because     JSON-LD says InStock, the button says SoldOut
        "#);
    }

    #[test]
    fn a_program_gets_the_same() {
        let text = explained(|it, out| json(it, out).expect("a Vec takes all"));
        let value: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
        assert_eq!(value["format"], "stocktruth.explanation");
        assert_eq!(value["signals"].as_array().map(Vec::len), Some(4));
        assert_eq!(value["claim"]["signals"].as_array().map(Vec::len), Some(3));
        assert_eq!(value["stock"]["fields"]["reserved"], "5");
        assert_eq!(value["answer"]["cache"]["age_seconds"], 5400);
        assert_eq!(
            value["decided_by"],
            "JSON-LD at json-ld[0].offers: the first in the order of trust; in agreement: text; against it: button"
        );
    }

    #[test]
    fn what_is_remembered_of_the_way_is_shown() {
        let judged = samples::journeys().remove(0);
        let known = samples::incident(&judged);
        let said = explained(|it, out| {
            text(&Explanation { remembered: Some(&known), ..*it }, Look::default(), out).expect("a Vec takes all");
        });
        let (_, way) = said.split_once("\n\nthe customer's way").expect("the way");
        insta::assert_snapshot!(way);
        let value = explained(|it, out| {
            json(&Explanation { remembered: Some(&known), ..*it }, out).expect("a Vec takes all");
        });
        let value: serde_json::Value = serde_json::from_str(&value).expect("JSON");
        assert_eq!(value["remembered"]["journey"]["steps"][0]["place"], "google");
    }

    #[test]
    fn a_page_that_never_arrived_is_explained_too() {
        let item = Item { sku: Some("COS-101".into()), ..Item::default() };
        let judgement = Judgement {
            verdict: Verdict::Unverified(Unverified::Page(PageFailure::Timeout { phase: "connect".into() })),
            cause: None,
            because: "no answer in time (connect)".into(),
        };
        let explanation = Explanation {
            item: &item,
            page: None,
            reading: None,
            variants: &[],
            claim: None,
            testimonies: &[],
            answer: None,
            judgement: &judgement,
            remembered: None,
        };
        let mut out = Vec::new();
        text(&explanation, Look::default(), &mut out).expect("a Vec takes all");
        insta::assert_snapshot!(String::from_utf8_lossy(&out), @"
        item        COS-101
        answer      none

        claim       none
        stock       not asked: neither catalogue nor page names a key
        verdict     unverified: the page did not answer in time
        because     no answer in time (connect)
        ");
    }
}
