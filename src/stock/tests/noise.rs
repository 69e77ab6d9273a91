//! Whatever is thrown at them, the readers answer or refuse; they never fall over.

use std::io::Cursor;

use proptest::prelude::*;

use super::super::http_json::template::{Keys, fill};
use super::*;
use crate::fetch::table::Table;

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tables_and_keys(bytes in prop::collection::vec(any::<u8>(), 0..200), key in ".{0,9}") {
        if let Ok(mut table) = Table::open(Cursor::new(bytes), None, None) {
            while let Ok(Some(row)) = table.row() {
                let _ = (row.trouble(), row.cell(0));
            }
        }
        let request = get("http://h/p/{key}/q?k={key}".to_owned());
        if let Ok(filled) = fill(&request, Keys::One(&key)) {
            prop_assert_eq!(filled.url.path_segments().unwrap().count(), 3);
            let decoded = filled.url.query_pairs().next().map(|(_, value)| value.into_owned());
            prop_assert_eq!(decoded, Some(key));
        }
    }
}
