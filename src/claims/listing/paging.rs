//! Where a listing goes on: as the page says (`rel=next`), else the link to the page of the next number, in the ways in
//! which platforms write that: `?page=2`, `/page/2/`.

use std::collections::BTreeSet;

use url::Url;

use super::super::sheet::Sheet;

/// Parameters that count pages.
const PARAMETERS: [&str; 10] =
    ["page", "p", "pg", "paged", "pagenumber", "page_number", "product-page", "seite", "pagina", "currentpage"];

/// Folders that count pages.
const FOLDERS: [&str; 5] = ["page", "p", "seite", "pagina", "pag"];

/// The address of the next page.
pub(super) fn next(sheet: &Sheet<'_>, page: &Url, base: &Url) -> Option<Url> {
    let is_next = |rel: &str| rel.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case("next"));
    let linked = |index: usize| sheet.element(index).attr("rel").is_some_and(is_next);
    let usable = |url: &Url| url.origin() == page.origin() && url != page;
    let said = sheet.links.iter().copied().filter(|&index| linked(index));
    if let Some(found) = said.filter_map(|index| address(sheet, index, base)).find(usable) {
        return Some(found);
    }
    let anchors = || sheet.elements().filter(|(_, element)| element.name() == "a").map(|(index, _)| index);
    if let Some(found) = anchors().filter(|&index| linked(index)).filter_map(|at| address(sheet, at, base)).find(usable)
    {
        return Some(found);
    }
    let own = Numbered::of(page);
    anchors().filter_map(|index| address(sheet, index, base)).filter(usable).find(|url| Numbered::of(url).follows(&own))
}

/// Where an element leads.
pub(super) fn address(sheet: &Sheet<'_>, index: usize, base: &Url) -> Option<Url> {
    let href = sheet.element(index).attr("href").map(str::trim).filter(|href| !href.is_empty())?;
    let mut url = base.join(href).ok()?;
    url.set_fragment(None);
    Some(url)
}

/// An address as that of one page of a list.
#[derive(Debug, PartialEq)]
struct Numbered {
    path: String,
    /// Parameters that count no pages.
    rest: BTreeSet<(String, String)>,
    /// Its number; the first need not say.
    number: u32,
}

impl Numbered {
    fn of(url: &Url) -> Self {
        let mut number = None;
        let mut path: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
        if let [.., folder, last] = path.as_slice()
            && FOLDERS.contains(&folder.to_ascii_lowercase().as_str())
            && let Ok(found) = last.parse::<u32>()
        {
            number = Some(found);
            path.truncate(path.len() - 2);
        }
        let mut rest = BTreeSet::new();
        for (name, value) in url.query_pairs() {
            let counts = PARAMETERS.contains(&name.to_ascii_lowercase().as_str());
            match value.parse::<u32>() {
                Ok(found) if counts => number = number.or(Some(found)),
                _ => drop(rest.insert((name.into_owned(), value.into_owned()))),
            }
        }
        Self { path: path.join("/"), rest, number: number.unwrap_or(1) }
    }

    /// Whether it is the page after another of the same list. It may say more, such as the order, but must keep all.
    fn follows(&self, before: &Self) -> bool {
        Some(self.number) == before.number.checked_add(1)
            && self.path == before.path
            && before.rest.is_subset(&self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Numbered {
        Numbered::of(&Url::parse(&format!("https://shop.test{text}")).unwrap())
    }

    #[test]
    fn pages_of_a_list_are_numbered() {
        for (address, number) in
            [("/shirts", 1), ("/shirts/?page=2", 2), ("/shirts/page/3/", 3), ("/shirts?p=4", 4), ("/shirts?page=x", 1)]
        {
            assert_eq!(of(address).number, number, "{address}");
        }
    }

    #[test]
    fn a_page_follows_the_one_before_of_the_same_list() {
        for (next, page) in [
            ("/shirts/page/2/", "/shirts"),
            ("/shirts/page/3/", "/shirts/page/2"),
            ("/s?q=a&page=2", "/s?q=a"),
            ("/shirts?page=2&sort=new", "/shirts"),
        ] {
            assert!(of(next).follows(&of(page)), "{next} {page}");
        }
        for (other, page) in [
            ("/s?q=b&page=2", "/s?q=a"),
            ("/shirts?page=3", "/shirts"),
            ("/shirts?page=1", "/shirts?page=1"),
            ("/bags?page=2", "/shirts"),
            ("/shirts?page=2", "/shirts?colour=red"),
            ("/shirts?page=4294967295", "/shirts?page=4294967295"),
        ] {
            assert!(!of(other).follows(&of(page)), "{other} {page}");
        }
    }
}
