//! What is remembered of items and pages comes back, changes only where something changed, and goes with what it is of.

use url::Url;

use super::*;
use crate::domain::{CacheEvidence, LookReason};
use crate::store::{
    Described, KnownClaim, KnownItem, KnownLag, KnownPage, Looked, Moved, Standing, Transaction, Worksheet,
};

fn key(name: &str) -> ItemKey {
    ItemKey(name.to_owned())
}

fn url(path: &str) -> Url {
    format!("https://shop.example/p/{path}").parse().unwrap()
}

fn written(store: &mut Store, write: impl FnOnce(&Transaction<'_>)) {
    let writing = store.transaction(None).unwrap();
    write(&writing);
    writing.commit().unwrap();
}

/// To the millisecond, as it is remembered.
fn at(n: i64) -> Timestamp {
    Timestamp::from_millisecond(hour(n).as_millisecond()).unwrap()
}

fn looked(known: &KnownClaim, hours: i64) -> Looked<'_> {
    Looked { at: at(hours), verdict: "agrees", in_vain: 0, claim: Some(known), page: None }
}

#[test]
fn a_claim_comes_back_as_far_as_it_can_be_judged_by_again() {
    let (_folder, mut store) = store();
    let whole =
        Claim { cache: Some(CacheEvidence::default()), signals: vec![claim().signals[0].clone(); 3], ..claim() };
    let described = Described { name: Some("Tea".to_owned()), image: Some(url("tea.png")), ..Described::default() };
    let known = KnownClaim { claim: whole.clone(), described: described.clone() };
    written(&mut store, |writing| writing.know_look("main", &key("A"), &looked(&known, 0)).unwrap());
    let back = store.known_claim("main", &key("A"), &url("1")).unwrap().unwrap();
    assert_eq!(back.described, described);
    let Claim { availability, quantity, date, contradicts, confidence, url, .. } = back.claim.clone();
    assert_eq!((availability, quantity, date), (whole.availability, whole.quantity, whole.date));
    assert_eq!((contradicts, confidence, url), (whole.contradicts, whole.confidence, whole.url));
    let [signal] = back.claim.signals.as_slice() else { panic!("the deciding one only") };
    assert_eq!((signal.kind, &signal.excerpt), (SignalKind::JsonLd, &whole.signals[0].excerpt));
    assert_eq!(store.known_claim("other", &key("A"), &back.claim.url).unwrap(), None);

    let nothing = Looked { claim: None, verdict: "unverified", in_vain: 2, ..looked(&known, 1) };
    written(&mut store, |writing| writing.know_look("main", &key("A"), &nothing).unwrap());
    assert_eq!(store.known_claim("main", &key("A"), &back.claim.url).unwrap(), None);
    let item = store.known_item("main", &key("A")).unwrap().unwrap();
    assert_eq!((item.looked_at, item.in_vain), (Some(at(1)), 2));
}

#[test]
fn a_turn_of_the_stock_is_remembered_until_the_page_is_looked_at() {
    let (_folder, mut store) = store();
    let known = KnownClaim { claim: claim(), described: Described::default() };
    let of = |store: &Store| store.known_item("main", &key("A")).unwrap().unwrap();
    written(&mut store, |writing| writing.know_stock("main", &key("A"), true, None).unwrap());
    assert_eq!(of(&store), KnownItem { buyable: Some(true), ..KnownItem::default() });
    written(&mut store, |writing| writing.know_look("main", &key("A"), &looked(&known, 1)).unwrap());
    written(&mut store, |writing| {
        writing.know_stock("main", &key("A"), false, Some((at(1), at(2)))).unwrap();
    });
    let turned = of(&store);
    assert_eq!((turned.buyable, turned.turned, turned.has_turned), (Some(false), Some((at(1), at(2))), true));
    let in_vain = Looked { in_vain: 1, ..looked(&known, 2) };
    written(&mut store, |writing| writing.know_look("main", &key("A"), &in_vain).unwrap());
    assert!(of(&store).has_turned, "nothing was seen");
    written(&mut store, |writing| writing.know_look("main", &key("A"), &looked(&known, 3)).unwrap());
    assert_eq!(of(&store), KnownItem { looked_at: Some(at(3)), has_turned: false, ..turned });
}

#[test]
fn the_truth_rate_is_of_what_was_seen_since_the_stock_turned_and_of_all_places() {
    let (_folder, mut store) = store();
    written(&mut store, |writing| {
        let put = |name: &str, touchpoint, place: &str, is_true, hours| {
            let standing = Standing { is_true, seen_at: at(hours) };
            writing.put_standing("main", touchpoint, place, &key(name), standing).unwrap();
        };
        put("A", Touchpoint::Page, "", true, 1);
        put("B", Touchpoint::Page, "", false, 1);
        put("C", Touchpoint::Page, "", true, 1);
        writing.know_stock("main", &key("C"), false, Some((at(1), at(2)))).unwrap();
        put("A", Touchpoint::Listing, "home", true, 1);
        put("A", Touchpoint::Listing, "sale", false, 1);
        let of = |touchpoint| {
            let promises = writing.promises("main", touchpoint, at(0)).unwrap();
            (promises.known, promises.true_now)
        };
        assert_eq!((of(Touchpoint::Page), of(Touchpoint::Listing), of(Touchpoint::Feed)), ((2, 1), (1, 0), (0, 0)));
        // It is shown there no more, so it is not wrong there any more.
        writing.forget_unshown("main", Touchpoint::Listing, "sale", |_| Ok(false)).unwrap();
        assert_eq!(writing.promises("main", Touchpoint::Listing, at(0)).unwrap().true_now, 1);
    });
}

#[test]
fn lags_count_for_a_while_and_those_that_go_on_for_as_long_as_they_do() {
    let (_folder, mut store) = store();
    written(&mut store, |writing| {
        let lag = |name: &str, hours, at_least: i64, at_most| {
            let lag = KnownLag { at_least: at_least * 1_000, at_most };
            writing.put_lag("main", Touchpoint::Page, "", &key(name), at(hours), lag).unwrap();
        };
        lag("old", 0, 7, Some(9));
        lag("old and going on", 0, 9, None);
        lag("old and turned again", 0, 8, None);
        lag("new", 20, 3, Some(4));
        writing.know_stock("main", &key("old and going on"), false, Some((at(0), at(0)))).unwrap();
        writing.know_stock("main", &key("old and turned again"), true, Some((at(5), at(5)))).unwrap();
        assert_eq!(writing.promises("main", Touchpoint::Page, at(10)).unwrap().lags, [3, 9]);
    });
}

#[test]
fn what_the_catalogue_lists_no_more_is_forgotten_and_shops_that_are_not_checked_are() {
    let (_folder, mut store) = store();
    let known = KnownClaim { claim: claim(), described: Described::default() };
    let page = KnownPage { body: Some("1".to_owned()), reading: "r".to_owned(), ..KnownPage::default() };
    written(&mut store, |writing| {
        for name in ["A", "B"] {
            writing.know_look("main", &key(name), &looked(&known, 0)).unwrap();
            writing.know_page("main", &url(name), &page).unwrap();
            let standing = Standing { is_true: true, seen_at: at(0) };
            writing.put_standing("main", Touchpoint::Page, "", &key(name), standing).unwrap();
        }
        assert_eq!(writing.forget_unlisted("main", 1, |name| Ok(name.0 == "A")).unwrap(), 1);
        assert_eq!(writing.forget_pages("main", 1, |name| Ok(name.ends_with('A'))).unwrap(), 1);
        assert_eq!(writing.promises("main", Touchpoint::Page, at(0)).unwrap().known, 1);
        writing.visit("main", at(0)).unwrap();
    });
    assert_eq!(store.known_page("main", &url("A")).unwrap(), Some(page));
    assert_eq!(store.known_page("main", &url("B")).unwrap(), None);
    store.retire(hour(29 * DAY)).unwrap();
    assert!(store.known_item("main", &key("A")).unwrap().is_some() && store.visited("main").unwrap() == Some(at(0)));
    store.retire(hour(31 * DAY)).unwrap();
    assert!(store.known_item("main", &key("A")).unwrap().is_none() && store.visited("main").unwrap().is_none());
}

#[test]
fn pages_are_chosen_by_reason_and_then_by_age() {
    let sheet = Worksheet::new().unwrap();
    for name in ["A", "B", "C", "D"] {
        let item = Item { sku: Some(name.to_owned()), url: Some(url(name)), ..Item::default() };
        sheet.put_item(&item).unwrap();
    }
    sheet.put_planned(&url("A"), LookReason::Audit, Some(at(2))).unwrap();
    sheet.put_planned(&url("B"), LookReason::Audit, Some(at(1))).unwrap();
    sheet.put_planned(&url("C"), LookReason::SoldOut, Some(at(3))).unwrap();
    sheet.put_planned(&url("D"), LookReason::New, None).unwrap();
    let mut granted = sheet.count_planned().unwrap();
    assert_eq!(granted[LookReason::Audit as usize], 2);
    assert_eq!(sheet.count_older(LookReason::Audit, at(2)).unwrap(), 1);
    granted[LookReason::Audit as usize] = 1;
    sheet.choose(granted).unwrap();
    let order: Vec<_> = sheet.chosen(0, 9).unwrap().into_iter().map(|one| (one.reason, one.page.url)).collect();
    let expected = [(LookReason::SoldOut, url("C")), (LookReason::New, url("D")), (LookReason::Audit, url("B"))];
    assert_eq!(order, expected);
    assert_eq!(sheet.chosen(1, 1).unwrap()[0].page.rows[0].value.sku.as_deref(), Some("D"));
    sheet.put_looked(&url("C"), true, None).unwrap();
    assert_eq!(sheet.count_looked().unwrap(), (vec![(LookReason::SoldOut, 1)], 1));
    assert_eq!(sheet.count_overdue(at(2)).unwrap(), 2, "what was never looked at is, where others were so long ago");
    assert_eq!(sheet.count_overdue(at(1)).unwrap(), 0, "nothing was known so long ago");
    let moved = Moved { buyable: true, turned: Some((at(1), at(2))) };
    sheet.put_moved(2, moved).unwrap();
    assert_eq!(sheet.moved(0, 9).unwrap(), [(2, key("B"), moved)]);
}
