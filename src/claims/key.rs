//! When two keys name the same item.
//!
//! Blanks around a key and its case do not matter. A trade item number ([`Gtin`]) is the same in all its lengths where its
//! check digit is right. Zeros before any other key are part of it.

use crate::domain::{Gtin, Item, Reading, Variant};

/// The form in which keys are compared.
pub(super) fn normal(key: &str) -> String {
    let key = key.trim();
    Gtin::read(key).map_or_else(|| key.to_lowercase(), |gtin| gtin.digits().to_owned())
}

/// The one trade item number that a page names for an item: for the variant that is the item, where it offers several,
/// else for its own product. A SKU of eight digits is too easily taken for one.
pub fn own_number(reading: &Reading, item: &Item) -> Option<String> {
    let is_the_item = |variant: &&Variant| {
        let sku = item.sku.as_deref().map(normal);
        sku.is_some_and(|sku| variant.keys.iter().any(|key| normal(key) == sku))
    };
    let keys = match reading.variants.as_slice() {
        [] => &reading.product.skus,
        variants => &variants.iter().find(is_the_item)?.keys,
    };
    let digits = |key: &str| key.bytes().filter(u8::is_ascii_digit).count();
    let mut numbers = keys.iter().filter(|key| digits(key) > 8).filter_map(|key| Some((Gtin::read(key)?, key)));
    let (number, written) = numbers.next()?;
    numbers.all(|(other, _)| other == number).then(|| written.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ProductFacts;

    #[test]
    fn a_page_names_one_number_for_an_item_or_none() {
        let ean = "4006381333931";
        let named = |skus: &[&str]| {
            let skus = skus.iter().map(|key| (*key).to_owned()).collect();
            let product = ProductFacts { skus, ..ProductFacts::default() };
            own_number(&Reading { product, ..Reading::default() }, &Item::default())
        };
        assert_eq!(named(&["A-1", ean, "04006381333931"]).as_deref(), Some(ean));
        assert_eq!(named(&["A-1", ean, "978-3-16-148410-0"]), None, "which of them is not for us to say");
        assert_eq!(named(&["73513537"]), None);
        let variant = |sku: &str, ean: &str| Variant { keys: vec![sku.into(), ean.into()], ..Variant::default() };
        let variants = vec![variant("A-1-S", "9783161484100"), variant("A-1-L", ean)];
        let reading = Reading { variants, ..Reading::default() };
        let item = |sku: &str| Item { sku: Some(sku.to_owned()), ..Item::default() };
        assert_eq!(own_number(&reading, &item("a-1-l")).as_deref(), Some(ean));
        assert_eq!(own_number(&reading, &item("A-1")), None);
    }

    fn same(one: &str, other: &str) -> bool {
        normal(one) == normal(other)
    }

    #[test]
    fn a_trade_item_number_is_one_in_every_length() {
        for (one, other) in [
            ("4006381333931", "04006381333931"),
            ("036000291452", "0036000291452"),
            ("978-3-16-148410-0", "9783161484100"),
            (" blue-1 ", "BLUE-1"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn zeros_before_any_other_key_are_part_of_it() {
        for (one, other) in [("0012345", "12345"), ("04006381333930", "4006381333930"), ("00000000", "0000000000000")] {
            assert!(!same(one, other), "{one} {other}");
        }
    }
}
