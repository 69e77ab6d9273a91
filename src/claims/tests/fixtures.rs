//! Every page of `tests/fixtures/pages/`, read and written down: a new file there is picked up by being there.
//!
//! Its first line says what page it is and what it must be read as:
//!
//! ```html
//! <!-- url: https://shop.test/p/mug · item: MUG-1 · expect: OutOfStock · variants: MUG-1=OutOfStock, MUG-2=InStock -->
//! ```
//!
//! `url` and `expect` are needed. `requested` is the address before a redirect, `status` the HTTP status, `item` the
//! SKU that is asked for, `variants` what some of the page's items must be read as, by any of their keys. What is
//! expected is held against the reading itself, so that a wrong snapshot cannot be blessed unseen.
//!
//! Snapshots are written with `INSTA_UPDATE=always cargo test --lib fixtures`; CI never writes them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::*;
use crate::domain::Variant;

/// Where the pages are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages")
}

/// The fixtures' names, in order.
fn names() -> BTreeSet<String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let pages = files.filter(|path| path.extension().is_some_and(|extension| extension == "html"));
    pages.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// A page, and what it must be read as.
struct Fixture {
    page: Page,
    item: Item,
    expected: Availability,
    variants: Vec<(String, Availability)>,
}

impl Fixture {
    fn read(name: &str) -> Result<Self, String> {
        let text = std::fs::read_to_string(folder().join(format!("{name}.html"))).map_err(|e| e.to_string())?;
        let (line, html) = text.split_once('\n').unwrap_or((text.as_str(), ""));
        let head = line.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
        let head = head.ok_or("the first line must be <!-- url: … · expect: … -->")?;
        let (mut url, mut requested, mut expected) = (None, None, None);
        let (mut status, mut item, mut variants) = (200, Item::default(), Vec::new());
        let address = |text: &str| Url::parse(text).map_err(|e| format!("{text}: {e}"));
        let said = |text: &str| Availability::try_from(text.trim().to_owned());
        for part in head.split('·') {
            let (key, value) = part.split_once(':').ok_or_else(|| format!("{part:?} is no `key: value`"))?;
            let value = value.trim();
            match key.trim() {
                "url" => url = Some(address(value)?),
                "requested" => requested = Some(address(value)?),
                "status" => status = value.parse().map_err(|e| format!("{value}: {e}"))?,
                "item" => item.sku = Some(value.to_owned()),
                "expect" => expected = Some(said(value)?),
                "variants" => {
                    for one in value.split(',') {
                        let (sku, says) =
                            one.split_once('=').ok_or_else(|| format!("{one:?} is no SKU=Availability"))?;
                        variants.push((sku.trim().to_owned(), said(says)?));
                    }
                }
                other => return Err(format!("{other:?} is no key of the first line")),
            }
        }
        let url = url.ok_or("the first line names no url")?;
        let requested = requested.unwrap_or_else(|| url.clone());
        item.url = Some(requested.clone());
        let page = Page { requested, url, status, ..page(html) };
        Ok(Self { page, item, expected: expected.ok_or("the first line expects nothing")?, variants })
    }

    /// What was read, as text, and what is not as it must be.
    fn told(&self) -> (String, Vec<String>) {
        let reading = reader_once().read(&self.page);
        let claim = combine(&reading, &self.page, &self.item);
        let matrix = variants(&reading, &self.page);
        let mut wrong = Vec::new();
        if claim.availability != self.expected {
            wrong.push(format!("reads {}, expected is {}", claim.availability, self.expected));
        }
        for (sku, expected) in &self.variants {
            let found = matrix.iter().find(|(variant, _)| variant.keys.contains(sku));
            let found = found.map(|(_, claim)| claim.availability);
            if found != Some(*expected) {
                wrong.push(format!("variant {sku} reads {found:?}, expected is {expected}"));
            }
        }
        (told(&reading, &claim, &matrix), wrong)
    }
}

fn told(reading: &Reading, claim: &Claim, matrix: &[(Variant, Claim)]) -> String {
    let mut out = String::new();
    let product = &reading.product;
    let name = product.name.as_deref().unwrap_or("-");
    writeln!(out, "obstacle: {}", reading.obstacle.map_or("none", |why| why.code())).unwrap();
    writeln!(out, "claim:    {}", in_short(claim)).unwrap();
    writeln!(out, "product:  {name} [{}]", product.skus.join(", ")).unwrap();
    writeln!(out, "signals:").unwrap();
    for one in &reading.signals {
        let says = one.says.name();
        let of = one.sku.iter().chain(&one.also).map(String::as_str).collect::<Vec<_>>().join(" = ");
        let of = if of.is_empty() { of } else { format!(" of {of}") };
        let quantity = one.quantity.map(|quantity| format!(", {quantity} left")).unwrap_or_default();
        let date = one.date.map(|date| format!(", {date}")).unwrap_or_default();
        let (kind, place, excerpt) = (one.kind.code(), &one.place, &one.excerpt);
        writeln!(out, "  {kind} {says}{of}{quantity}{date}\n    at {place}: {excerpt:?}").unwrap();
    }
    writeln!(out, "variants:").unwrap();
    for (variant, claim) in matrix {
        let mark = match variant.selected {
            Some(true) => "*",
            Some(false) => "-",
            None => "?",
        };
        let name = variant.name.as_deref().unwrap_or("-");
        writeln!(out, "  {mark} {} ({name}): {}", variant.keys.join(" = "), in_short(claim)).unwrap();
    }
    out
}

/// `OutOfStock, low confidence, contradicts, 3 left, 2027-01-02T00:00:00Z, by text`.
fn in_short(claim: &Claim) -> String {
    let confidence = format!("{:?} confidence", claim.confidence).to_lowercase();
    let contradicts = if claim.contradicts { ", contradicts" } else { "" };
    let quantity = claim.quantity.map(|quantity| format!(", {quantity} left")).unwrap_or_default();
    let date = claim.date.map(|date| format!(", {date}")).unwrap_or_default();
    let by = claim.signals.first().map(|one| format!(", by {}", one.kind.code())).unwrap_or_default();
    format!("{}, {confidence}{contradicts}{quantity}{date}{by}", claim.availability)
}

#[test]
fn every_page_is_read_as_it_was() {
    let mut failed = Vec::new();
    for name in names() {
        let (told, wrong) = match Fixture::read(&name) {
            Ok(fixture) => fixture.told(),
            Err(why) => (String::new(), vec![why]),
        };
        failed.extend(wrong.iter().map(|what| format!("{name}: {what}\n{told}")));
        if !wrong.is_empty() {
            continue;
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let held = settings.bind(|| std::panic::catch_unwind(|| insta::assert_snapshot!(name.as_str(), told)));
        if held.is_err() {
            failed.push(format!("{name}: it is read in another way than the snapshot says (see above)"));
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn every_snapshot_has_its_page() {
    let names = names();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/claims/tests/snapshots");
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        if file.ends_with(".snap.new") {
            continue;
        }
        let name = file.strip_suffix(".snap").unwrap_or_else(|| panic!("{file} is no snapshot; delete it"));
        assert!(names.contains(name), "the page of {file} is gone; delete the snapshot");
    }
}
