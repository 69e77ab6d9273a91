//! What touchpoints showed, on the worksheet.

use url::Url;

use crate::domain::{Gtin, Item, ItemKey, PageFailure, Sighting, Touchpoint};
use crate::store::{Placed, Worksheet};

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn put(sheet: &Worksheet, item: Item) -> i64 {
    match sheet.put_item(&item).unwrap() {
        Placed::New(id) => id,
        Placed::Duplicate(id) => panic!("row {id} is there already"),
    }
}

fn sku(sku: &str) -> Item {
    Item { sku: Some(sku.to_owned()), ..Item::default() }
}

fn at(touchpoint: Touchpoint, place: Option<&str>) -> Sighting {
    let (place, failure) = (place.map(str::to_owned), Some(PageFailure::Interrupted));
    Sighting { touchpoint, place, claim: None, failure, of_product: false }
}

#[test]
fn each_place_shows_an_item_once_in_the_order_of_the_way() {
    let sheet = Worksheet::new().unwrap();
    let (hat, cap) = (put(&sheet, sku("hat")), put(&sheet, sku("cap")));
    let cart = at(Touchpoint::Cart, None);
    let purim = at(Touchpoint::Listing, Some("Purim"));
    let google = at(Touchpoint::Feed, Some("google"));
    let meta = at(Touchpoint::Feed, Some("meta"));
    for sighting in [&cart, &purim, &meta, &google] {
        sheet.put_sighting(hat, sighting).unwrap();
    }
    assert_eq!(sheet.sightings(hat).unwrap(), [google.clone(), meta.clone(), purim.clone(), cart.clone()]);
    assert_eq!(sheet.sightings(cap).unwrap(), []);

    let later = Sighting { of_product: true, ..purim.clone() };
    sheet.put_sighting(hat, &later).unwrap();
    assert_eq!(sheet.sighting(hat, Touchpoint::Listing, Some("Purim")).unwrap(), Some(later), "the later look counts");
    sheet.drop_sighting(hat, Touchpoint::Listing, Some("Purim")).unwrap();
    sheet.drop_sighting(hat, Touchpoint::Cart, None).unwrap();
    assert_eq!(sheet.sightings(hat).unwrap(), [google, meta]);
}

#[test]
fn an_item_is_found_by_key_number_and_page() {
    let sheet = Worksheet::new().unwrap();
    let red = Item {
        url: Some(url("https://shop.example/p/hat?variant=1#top")),
        gtin: Some("4006381333931".to_owned()),
        stock_key: Some("E-1".to_owned()),
        ..sku("hat-red")
    };
    let blue = Item { url: Some(url("https://shop.example/p/hat?variant=2")), ..sku("hat-blue") };
    let (first, second) = (put(&sheet, red.clone()), put(&sheet, blue));
    let ids = |rows: Vec<crate::store::Row<Item>>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();

    assert_eq!(sheet.row_of(&ItemKey("hat-red".to_owned())).unwrap().map(|row| row.value), Some(red));
    assert_eq!(sheet.row_of(&ItemKey("hat".to_owned())).unwrap(), None);
    assert_eq!(ids(sheet.rows_with_stock_key("E-1").unwrap()), [first]);
    assert_eq!(ids(sheet.rows_with_gtin(&Gtin::read("0-4006381-333931").unwrap()).unwrap()), [first]);
    assert_eq!(ids(sheet.rows_on(&url("https://shop.example/p/hat?variant=2#x")).unwrap()), [second], "this very one");
    let from_an_ad = url("http://www.shop.example/p/hat/?utm_source=x");
    assert_eq!(ids(sheet.rows_on(&from_an_ad).unwrap()), [first, second], "all of the page");
    assert!(sheet.rows_on(&url("https://shop.example/p/cap")).unwrap().is_empty());
}

#[test]
fn an_item_without_a_page_may_be_given_one_and_keeps_its_own() {
    let sheet = Worksheet::new().unwrap();
    put(&sheet, sku("hat"));
    let hat = || sheet.row_of(&ItemKey("hat".to_owned())).unwrap().unwrap();
    let (mine, other) = (url("https://shop.example/p/hat"), url("https://shop.example/p/other"));
    sheet.give_page(&mut hat(), &mine).unwrap();
    sheet.give_page(&mut hat(), &other).unwrap();
    assert_eq!(hat().value.url, Some(mine.clone()));
    assert_eq!(sheet.pages(None, 9).unwrap().len(), 1);
    assert_eq!(sheet.rows_on(&mine).unwrap().len(), 1);
    assert_eq!(sheet.rows_on(&other).unwrap().len(), 0);
}
