//! The parts of a listing's page: the site's frame, whose links show no products, and the sections beside the list.

use std::ops::Range;

use url::Url;

use super::super::sheet::{Marks, Sheet, by_heading, excerpt};

/// What parts of the site's frame call themselves, and the cart of the customer, who has none.
const FRAMES: &[&str] = &[
    "minicart",
    "mini-cart",
    "cart-drawer",
    "cart-popup",
    "breadcrumb",
    "megamenu",
    "mega-menu",
    "mega_menu",
    "main-menu",
    "navbar",
    "site-header",
    "site-footer",
    "page-footer",
    "footer-links",
    "newsletter",
    "cookie",
];

/// Sets `foreign` on the site's frame.
pub(super) fn mark(sheet: &mut Sheet<'_>) {
    let mut past = 0;
    for index in 0..sheet.nodes.len() {
        if index < past || !is_frame(sheet, index) {
            continue;
        }
        past = sheet.nodes[index].end;
        for node in &mut sheet.nodes[index..past] {
            node.foreign = true;
        }
    }
}

fn is_frame(sheet: &Sheet<'_>, index: usize) -> bool {
    let element = sheet.element(index);
    if sheet.holds_heading(index) {
        return false;
    }
    match element.name() {
        "html" | "body" | "main" | "head" | "meta" | "link" | "script" => false,
        "nav" => true,
        // Cards and sections have heads and feet as well.
        "header" | "footer" => !sheet
            .ancestors(index)
            .any(|above| matches!(sheet.element(above).name(), "main" | "article" | "section" | "li" | "form")),
        _ => {
            sheet.nodes[index].marks.any(Marks::FRAME)
                || ["class", "id"].iter().filter_map(|name| element.attr(name)).any(|value| {
                    value.split_ascii_whitespace().any(|name| {
                        let name = name.to_ascii_lowercase();
                        FRAMES.iter().any(|frame| name.contains(frame))
                    })
                })
        }
    }
}

/// Where relative addresses start.
pub(super) fn base(sheet: &Sheet<'_>, page: &Url) -> Url {
    let written = sheet.elements().find(|(_, element)| element.name() == "base").and_then(|(_, it)| it.attr("href"));
    written.and_then(|href| page.join(href.trim()).ok()).unwrap_or_else(|| page.clone())
}

/// A section beside the list: what else is shown there, and what it calls itself.
pub(super) struct Aside {
    pub(super) range: Range<usize>,
    pub(super) name: String,
}

/// Sections under a heading such as "Recently viewed", and those that are called so.
pub(super) fn asides(sheet: &Sheet<'_>, is_heading_of_others: &dyn Fn(&str) -> bool) -> Vec<Aside> {
    let headed = by_heading(sheet, is_heading_of_others).into_iter();
    let mut found: Vec<Aside> =
        headed.map(|range| Aside { name: format!("under {:?}", excerpt(sheet.words(range.start))), range }).collect();
    let mut past = 0;
    for (index, node) in sheet.nodes.iter().enumerate() {
        // The results of a search are what a page of results is about.
        let called = || sheet.place(index);
        let is_list =
            |name: &str| name.contains("searchresult") || name.contains("search-result") || name.contains("bestseller");
        if index >= past && node.marks.any(Marks::OTHERS) && !sheet.holds_heading(index) && !is_list(&called()) {
            past = node.end;
            found.push(Aside { range: index..node.end, name: format!("in {}", called()) });
        }
    }
    found
}
