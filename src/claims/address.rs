//! Whether two addresses may be the same product's.

use url::Url;

/// Paths as `link_key` gives them: equal but for case, encoding and a page ending.
pub(super) fn same_path(one: &str, other: &str) -> bool {
    let bare = |path: &str| {
        let path = path.trim_matches('/').to_ascii_lowercase();
        let path = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm")).unwrap_or(&path).to_owned();
        decoded(&path)
    };
    one == other || bare(one) == bare(other)
}

/// Whether a path names a key as a word of its own.
pub(super) fn names(path: &str, key: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let key = key.trim().to_ascii_lowercase();
    !key.is_empty()
        && path.match_indices(key.as_str()).any(|(at, _)| {
            let before = path[..at].chars().next_back();
            let after = path[at + key.len()..].chars().next();
            before.is_none_or(|c| !c.is_alphanumeric()) && after.is_none_or(|c| !c.is_alphanumeric())
        })
}

/// How the address that answered relates to the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moved {
    /// The same page, or one whose address shares the product's words or number.
    Same,
    /// An ancestor of it: the shop's front page or a category.
    Up,
    /// Something else.
    Elsewhere,
}

/// Compares the addresses. Scheme, `www.`, query, slashes, a language folder and page endings do not matter.
pub(super) fn moved(requested: &Url, answered: &Url) -> Moved {
    let (from, to) = (segments(requested), segments(answered));
    if from == to {
        return Moved::Same;
    }
    if to.len() < from.len() && from.starts_with(&to) {
        return Moved::Up;
    }
    let (Some(last), Some(new)) = (from.last(), to.last()) else { return Moved::Elsewhere };
    let (old_words, new_words) = (words(last), words(new));
    let shared = old_words.iter().filter(|word| new_words.contains(word)).count();
    let number = |word: &&String| word.len() >= 4 && word.bytes().filter(u8::is_ascii_digit).count() >= 3;
    let numbers: Vec<&String> = old_words.iter().filter(number).collect();
    let new_numbers: Vec<&String> = new_words.iter().filter(number).collect();
    // A number names a product; words alone may differ by a size or a model.
    let same = if !numbers.is_empty() && !new_numbers.is_empty() {
        numbers.iter().any(|number| new_numbers.contains(number))
    } else {
        shared > 0 && shared * 3 >= old_words.len().max(new_words.len()) * 2
    };
    let deeper_or_shallower =
        last == new && (to.ends_with(&from[from.len() - 1..]) || from.ends_with(&to[to.len() - 1..]));
    if same || deeper_or_shallower { Moved::Same } else { Moved::Elsewhere }
}

fn segments(url: &Url) -> Vec<String> {
    let mut all: Vec<String> = url
        .path_segments()
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .map(|part| decoded(&part.to_lowercase()))
        .map(|part| match part.rsplit_once('.') {
            Some((stem, "html" | "htm" | "php" | "aspx")) => stem.to_owned(),
            _ => part,
        })
        .collect();
    // `/en/`, `/de-at/`: the same shop in another tongue.
    if all.len() > 1 && all.first().is_some_and(|part| is_language(part)) {
        all.remove(0);
    } else if all.len() == 1 && is_language(&all[0]) {
        all.clear();
    }
    all
}

fn is_language(part: &str) -> bool {
    let letters = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
    match part.split_once(['-', '_']) {
        Some((language, country)) => letters(language) && letters(country),
        None => letters(part),
    }
}

fn words(segment: &str) -> Vec<String> {
    segment.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Percent-decoded, as far as it is text.
fn decoded(part: &str) -> String {
    if !part.contains('%') {
        return part.to_owned();
    }
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail
            .get(..2)
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        match hex {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(from: &str, to: &str) -> Moved {
        let url = |path: &str| Url::parse(&format!("https://shop.test{path}")).unwrap();
        moved(&url(from), &url(to))
    }

    #[test]
    fn a_new_name_for_the_same_product_is_no_move() {
        for (from, to) in [
            ("/p/blue-shirt", "/p/blue-shirt/"),
            ("/p/blue-shirt.html", "/p/blue-shirt?utm=1"),
            ("/p/12345-old-name", "/p/12345-new-name"),
            ("/blue-shirt", "/en/blue-shirt"),
            ("/en/blue-shirt", "/de-at/blue-shirt"),
            ("/shirts/blue-shirt", "/products/blue-shirt"),
            ("/p/%D7%97%D7%95%D7%9C%D7%A6%D7%94", "/p/חולצה"),
        ] {
            assert_eq!(between(from, to), Moved::Same, "{from} {to}");
        }
    }

    #[test]
    fn another_product_and_a_category_are_moves() {
        for (from, to) in
            [("/p/12345-blue-shirt", "/p/99999-blue-shirt"), ("/p/blue-shirt", "/p/red-trousers"), ("/p/one", "/sale")]
        {
            assert_eq!(between(from, to), Moved::Elsewhere, "{from} {to}");
        }
        for (from, to) in [("/shirts/blue-shirt", "/shirts/"), ("/shirts/blue-shirt", "/"), ("/shirts/blue", "/en/")] {
            assert_eq!(between(from, to), Moved::Up, "{from} {to}");
        }
    }

    #[test]
    fn a_key_is_named_as_a_word() {
        assert!(names("p/blue-shirt-AB12.html", "ab12"));
        assert!(!names("p/blue-shirt-AB123", "AB12"));
    }
}
