//! Many keys in one request.

/// Longest list of keys in an address, in bytes: servers take 8 KiB for the whole of it, and encoding may treble it.
const LONGEST: usize = 2000;

/// The keys in as few lists as an API takes that wants them in its address with commas between. A key that holds a comma
/// stands alone.
pub(in crate::stock) fn comma_lists(keys: &[String], most: usize) -> Vec<Vec<String>> {
    let mut lists: Vec<Vec<String>> = Vec::new();
    let (mut open, mut length) = (Vec::new(), 0);
    for key in keys {
        if key.contains(',') {
            lists.push(vec![key.clone()]);
            continue;
        }
        if open.len() == most || (!open.is_empty() && length + key.len() > LONGEST) {
            lists.push(std::mem::take(&mut open));
            length = 0;
        }
        length += key.len() + 1;
        open.push(key.clone());
    }
    if !open.is_empty() {
        lists.push(open);
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_as_few_as_they_can_be() {
        let keys: Vec<String> = (0..5).map(|number| format!("K{number}")).collect();
        assert_eq!(comma_lists(&keys, 2).iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
        assert_eq!(comma_lists(&keys, 100).len(), 1);
        assert!(comma_lists(&[], 100).is_empty());
    }

    #[test]
    fn a_key_with_a_comma_stands_alone() {
        let keys = ["A".to_owned(), "B,C".to_owned(), "D".to_owned()];
        assert_eq!(comma_lists(&keys, 100), [vec!["B,C".to_owned()], vec!["A".to_owned(), "D".to_owned()]]);
    }

    #[test]
    fn an_address_does_not_grow_too_long() {
        let keys: Vec<String> = (0..100).map(|number| format!("{number:0>64}")).collect();
        let lists = comma_lists(&keys, 100);
        assert!(lists.iter().all(|list| list.join(",").len() <= LONGEST) && lists.len() == 4, "{lists:?}");
    }
}
