//! The worksheet: duplicates, portions, and a million items.

use std::time::Instant;

use super::*;
use crate::domain::{Finding, FindingKind, PageFailure, StockAnswer, Unverified};
use crate::store::{Counts, Lists, Placed, Row, Worksheet};

fn item(sku: &str, page: &str) -> Item {
    let url = (!page.is_empty()).then(|| format!("https://shop.example/p/{page}").parse().unwrap());
    Item { sku: (!sku.is_empty()).then(|| sku.to_owned()), url, ..Item::default() }
}

fn filled(items: &[(&str, &str)]) -> Worksheet {
    let sheet = Worksheet::new().unwrap();
    for (row, (sku, page)) in (1..).zip(items) {
        assert_eq!(sheet.put_item(&item(sku, page)).unwrap(), Placed::New(row));
    }
    sheet
}

fn answer() -> StockAnswer {
    StockAnswer::Known(fact())
}

#[test]
fn a_key_that_comes_twice_is_named_and_the_first_one_stays() {
    let sheet = filled(&[("A", "1"), ("B", "2"), ("", "3")]);
    assert_eq!(sheet.put_item(&item("B", "9")).unwrap(), Placed::Duplicate(2));
    assert_eq!(sheet.put_item(&item("", "3")).unwrap(), Placed::Duplicate(3));
    assert_eq!(sheet.counts().unwrap(), Counts { items: 3, pages: 3, ..Counts::default() });
    assert!(sheet.contains(&ItemKey("B".to_owned())).unwrap());
    assert!(!sheet.contains(&ItemKey("C".to_owned())).unwrap());
}

#[test]
fn pages_come_in_portions_with_all_their_items() {
    let sheet = filled(&[("A", "2#red"), ("B", "1"), ("C", "2#blue"), ("D", ""), ("E", "3"), ("F", "")]);
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let portion = sheet.pages(after.as_ref(), 2).unwrap();
        let Some(last) = portion.last() else { break };
        after = Some(last.url.clone());
        assert!(portion.len() <= 2);
        for page in &portion {
            seen.push((page.url.path().to_owned(), page.rows.iter().map(|row| row.id).collect::<Vec<_>>()));
        }
    }
    let expected = [("/p/1", vec![2]), ("/p/2", vec![1, 3]), ("/p/3", vec![5])];
    assert_eq!(seen, expected.map(|(page, rows)| (page.to_owned(), rows)));
    assert_eq!(sheet.items_without_page(0, 1).unwrap()[0].id, 4);
    assert_eq!(sheet.items_without_page(4, 9).unwrap().iter().map(|row| row.id).collect::<Vec<_>>(), [6]);
    assert_eq!(sheet.counts().unwrap().without_page, 2);
}

#[test]
fn every_key_is_asked_for_once_until_it_is_answered() {
    let sheet = filled(&[("A", "1"), ("B", "2"), ("C", "3"), ("D", "4"), ("", "5")]);
    let same = Item { stock_key: Some("C".to_owned()), ..item("C-red", "6") };
    sheet.put_item(&same).unwrap();
    sheet.put_answer(0, "B", &StockAnswer::Missing).unwrap();
    assert_eq!(sheet.keys_without_answer(0, None, 2).unwrap(), ["A", "C"]);
    assert_eq!(sheet.keys_without_answer(0, Some("C"), 2).unwrap(), ["D"]);
    assert_eq!(sheet.answer(0, "A").unwrap(), None);
    sheet.put_answer(0, "B", &StockAnswer::Failed("500".to_owned())).unwrap();
    sheet.put_answer(0, "B", &answer()).unwrap();
    assert_eq!(sheet.answer(0, "B").unwrap(), Some(answer()), "the last answer counts");
    assert_eq!(sheet.counts().unwrap().answers, 1);
}

#[test]
fn each_source_answers_for_itself() {
    let sheet = filled(&[("A", "1"), ("B", "2"), ("C", "3")]);
    sheet.put_answer(0, "A", &answer()).unwrap();
    sheet.put_answer(1, "A", &StockAnswer::Missing).unwrap();
    sheet.put_answer(1, "X", &answer()).unwrap();
    assert_eq!(sheet.answer(1, "A").unwrap(), Some(StockAnswer::Missing));
    assert_eq!(sheet.keys_without_answer(1, None, 9).unwrap(), ["B", "C"]);
    assert_eq!(sheet.answered(0).unwrap(), (1, 0));
    assert_eq!(sheet.answered(1).unwrap(), (1, 1), "it answered for X, which nobody names");
    sheet.put_used(1, "X").unwrap();
    assert_eq!(sheet.answered(1).unwrap(), (1, 0));
    sheet.forget_answers(1).unwrap();
    assert_eq!((sheet.answer(1, "X").unwrap(), sheet.answer(0, "A").unwrap()), (None, Some(answer())));
}

#[test]
fn two_keys_by_one_alias_are_both_told_and_the_same_twice_is_one() {
    let sheet = filled(&[]);
    for (source, lists, key) in [
        (0, Lists::Source, "A1"),
        (0, Lists::Source, "A1"),
        (0, Lists::Catalogue, "a-1"),
        (1, Lists::Source, "A-1"),
        (1, Lists::Source, "A1"),
        (1, Lists::Source, "a1"),
    ] {
        sheet.put_alias(source, lists, "=a1", key).unwrap();
    }
    assert_eq!(sheet.keys_by_alias(0, Lists::Source, "=a1").unwrap(), ["A1"]);
    assert_eq!(sheet.keys_by_alias(0, Lists::Catalogue, "=a1").unwrap(), ["a-1"]);
    assert_eq!(sheet.keys_by_alias(1, Lists::Source, "=a1").unwrap(), ["A-1", "A1"]);
    sheet.forget_answers(1).unwrap();
    assert_eq!(sheet.keys_by_alias(1, Lists::Source, "=a1").unwrap(), [""; 0]);
}

#[test]
fn keys_are_asked_for_in_the_words_of_the_mapping() {
    let sheet = filled(&[("A", "1"), ("B", "2"), ("C", "3"), ("D", "4")]);
    for (key, becomes) in [("A", "E-1"), ("B", "E-1"), ("C", "E-2"), ("C", "E-3"), ("Z", "E-9")] {
        sheet.put_mapping(0, key, becomes).unwrap();
    }
    assert_eq!(sheet.mapped(0, "A").unwrap(), ["E-1"]);
    assert_eq!(sheet.mapped(0, "C").unwrap(), ["E-2", "E-3"]);
    assert_eq!(sheet.mapped(1, "A").unwrap(), [""; 0]);
    sheet.map_keys(0).unwrap();
    assert_eq!(sheet.mapped_keys_without_answer(0, None, 1).unwrap(), ["D"]);
    assert_eq!(sheet.mapped_keys_without_answer(0, Some("D"), 9).unwrap(), ["E-1"]);
    sheet.put_answer(0, "E-1", &StockAnswer::Missing).unwrap();
    assert_eq!(sheet.mapped_keys_without_answer(0, Some("D"), 9).unwrap(), [""; 0]);
}

#[test]
fn findings_lie_in_the_order_of_the_catalogue_and_are_replaced_by_item() {
    let sheet = filled(&[]);
    let finding = |kind, key: &str| Finding { kind, key: key.to_owned(), sources: Vec::new(), what: String::new() };
    let of = |key: &str| [FindingKind::UnmappedKey, FindingKind::SourcesDisagree].map(|kind| finding(kind, key));
    sheet.put_findings(2, &of("B")).unwrap();
    sheet.put_findings(1, &of("A")).unwrap();
    sheet.put_findings(2, &of("B")[..1]).unwrap();
    let first = sheet.findings(0, 1).unwrap();
    let rest = sheet.findings(first[0].id, 9).unwrap();
    let keys = |rows: &[Row<Finding>]| rows.iter().map(|row| row.value.key.clone()).collect::<Vec<_>>();
    assert_eq!((keys(&first), keys(&rest)), (vec!["A".to_owned()], vec!["A".to_owned(), "B".to_owned()]));
    assert_eq!(sheet.findings_of(FindingKind::UnmappedKey, 1).unwrap(), of("A")[..1]);
    let counted = sheet.count_findings().unwrap();
    assert_eq!((counted["unmapped_key"], counted["sources_disagree"]), (2, 1));
    sheet.put_findings(1, &[]).unwrap();
    assert_eq!(sheet.count_findings().unwrap().len(), 1);
}

#[test]
fn suspects_come_by_page_and_may_be_cleared_on_the_way() {
    let sheet = filled(&[("A", "2"), ("B", "1"), ("C", "2"), ("D", "3"), ("E", "4")]);
    let failure = Unverified::Page(PageFailure::Timeout { phase: "connect".to_owned() });
    let verdicts = [
        Verdict::FalseAvailable,
        Verdict::Agrees,
        Verdict::Gone,
        Verdict::FalseUnavailable,
        Verdict::Unverified(failure),
    ];
    for (row, verdict) in (1..).zip(verdicts) {
        sheet.put_judged(row, &judged("x", verdict)).unwrap();
    }
    let first = sheet.suspects(None, 1).unwrap();
    assert_eq!(first[0].rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 3]);
    let cleared = judged("x", Verdict::Unverified(Unverified::Moved));
    sheet.put_judged(3, &cleared).unwrap();
    let next = sheet.suspects(Some(&first[0].url), 9).unwrap();
    assert_eq!(next.iter().map(|page| page.rows[0].id).collect::<Vec<_>>(), [4]);
    assert_eq!(sheet.suspects(None, 1).unwrap()[0].rows.len(), 1, "the cleared one is no suspect any more");

    let rows = sheet.judged(2, 2).unwrap();
    assert_eq!(rows[0], Row { id: 3, value: cleared });
    assert_eq!(rows[1].id, 4);
    let tally = sheet.tally().unwrap();
    let of = |pairs: &[(&str, u64)]| pairs.iter().map(|(code, n)| ((*code).to_owned(), *n)).collect();
    assert_eq!(
        tally.verdicts,
        of(&[("agrees", 1), ("false_available", 1), ("false_unavailable", 1), ("unverified", 2)])
    );
    assert_eq!(tally.unverified, of(&[("moved", 1), ("timeout", 1)]));
    assert_eq!(sheet.counts().unwrap().judged, 5);
}

#[test]
#[ignore = "a measurement: cargo test --release --lib a_million_items -- --ignored --nocapture"]
fn a_million_items_in_constant_memory() {
    const N: u64 = 1_000_000;
    // A multiplicative step scatters the keys, as the order of a shop's catalogue seldom is that of its SKUs.
    let sku = |n: u64| format!("SKU-{:09}", n * 766_245_317 % 1_000_000_007);
    let before = peak_memory();
    let sheet = Worksheet::new().unwrap();
    let mut watch = Instant::now();
    let mut lap = |what: &str, n: u64| {
        let seconds = watch.elapsed().as_secs_f64();
        println!("{what}: {n} in {seconds:.1} s, {:.0}/s, peak +{} MiB", n as f64 / seconds, peak_memory() - before);
        watch = Instant::now();
    };
    for n in 0..N {
        let page = format!("category-{}/a-product-with-a-readable-address-{}", n / 3 % 97, n / 3);
        sheet.put_item(&Item { name: Some(format!("Product {n}")), ..item(&sku(n), &page) }).unwrap();
    }
    lap("items put", N);
    for n in (0..N).rev() {
        sheet.put_answer(0, &sku(n), &StockAnswer::Known(StockFact { key: sku(n), ..fact() })).unwrap();
    }
    lap("answers put", N);
    assert!(sheet.keys_without_answer(0, None, 100).unwrap().is_empty());
    lap("keys without answer", N);
    let (mut after, mut items, mut pages) = (None, 0, 0);
    loop {
        let portion = sheet.pages(after.as_ref(), 500).unwrap();
        let Some(last) = portion.last() else { break };
        after = Some(last.url.clone());
        pages += portion.len() as u64;
        for row in portion.iter().flat_map(|page| &page.rows) {
            items += 1;
            assert!(sheet.answer(0, row.value.key().unwrap()).unwrap().is_some());
        }
    }
    assert_eq!(items, N);
    lap("pages with items and answers read", pages);
    for n in 0..N {
        let verdict = if n % 100 == 0 { Verdict::FalseAvailable } else { Verdict::Agrees };
        let n = i64::try_from(n).unwrap() + 1;
        sheet.put_judged(n, &judged("x", verdict)).unwrap();
    }
    lap("verdicts put", N);
    let (mut after, mut rows) = (0, 0);
    while let Some(last) = sheet.judged(after, 500).unwrap().last() {
        rows += last.id - after;
        after = last.id;
    }
    lap("verdicts read", rows.unsigned_abs());
    println!("{:?}, {:?}", sheet.counts().unwrap(), sheet.tally().unwrap());
    lap("counted", 1);
    assert!(peak_memory() - before < 64, "memory must not grow with the catalogue");
}

/// Highest resident memory of this process so far, in MiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}
