//! Which product the page is about.

use regex::Regex;
use scraper::{Html, Selector};
use url::Url;

use super::{OptionsError, Scene, SkuFrom, selector};
use crate::domain::ProductFacts;

/// The configured places of the SKU, compiled.
#[derive(Default)]
pub(super) struct SkuPlaces {
    selector: Option<Selector>,
    attribute: Option<String>,
    url: Option<Regex>,
}

impl SkuPlaces {
    /// Compiles them.
    pub(super) fn new(from: &SkuFrom) -> Result<Self, OptionsError> {
        let url = from.url_pattern.as_deref().map(|text| selector::pattern(text, "sku.url_pattern")).transpose()?;
        if url.as_ref().is_some_and(|pattern| pattern.captures_len() < 2) {
            return Err(OptionsError::new(
                "sku.url_pattern".to_owned(),
                "has no group; put the part that is the SKU in parentheses, as in `/p/(?<sku>[^/]+)`",
            ));
        }
        Ok(Self {
            selector: from.selector.as_deref().map(|css| selector::css(css, "sku.selector")).transpose()?,
            attribute: from.attribute.clone(),
            url,
        })
    }

    /// Whether the SKU is looked for in the page's tree.
    pub(super) fn need_a_tree(&self) -> bool {
        self.selector.is_some()
    }

    fn read(&self, html: Option<&Html>, scene: &Scene<'_>) -> Vec<String> {
        let on_page = self.selector.as_ref().and_then(|selector| {
            html?.select(selector).take(20).find_map(|element| {
                let text = match &self.attribute {
                    Some(name) => element.attr(name)?.trim().to_owned(),
                    None => {
                        let seen = scene.sheet.index_of(element).map(|at| scene.sheet.words(at)).unwrap_or_default();
                        if seen.is_empty() {
                            element.text().collect::<String>().trim().to_owned()
                        } else {
                            seen.to_owned()
                        }
                    }
                };
                (!text.is_empty() && text.len() <= 200).then_some(text)
            })
        });
        let in_url = self.url.as_ref().and_then(|pattern| {
            [&scene.page.url, &scene.page.requested].into_iter().find_map(|url| {
                let groups = pattern.captures(url.as_str())?;
                let group = groups.name("sku").or_else(|| groups.get(1))?.as_str().trim();
                (!group.is_empty()).then(|| group.to_owned())
            })
        });
        on_page.into_iter().chain(in_url).collect()
    }
}

/// What the page says of its product. The configured places speak first, then JSON-LD, then microdata, then `<meta>`,
/// then what everybody can read, then the state of the page's scripts.
pub(super) fn read(html: Option<&Html>, scene: &Scene<'_>) -> ProductFacts {
    let described: Vec<_> = scene.json_ld.own().into_iter().chain(scene.microdata.own()).collect();
    let mut skus = scene.reader.sku_places.read(html, scene);
    skus.extend(described.iter().flat_map(|one| one.skus.iter().cloned()));
    skus.extend(scene.meta("product:retailer_item_id").map(str::to_owned));
    skus.extend(labelled_sku(scene));
    skus.extend(described.iter().flat_map(|one| one.variant_skus.iter().cloned()));
    skus.extend(described.iter().flat_map(|one| one.numbers.iter().cloned()));
    let state = scene.state.own();
    skus.extend(state.iter().flat_map(|one| one.skus.iter().chain(&one.variant_skus).chain(&one.numbers).cloned()));
    let mut seen = std::collections::HashSet::new();
    skus.retain(|sku| sku.len() <= 200 && seen.insert(sku.clone()));
    let first =
        |pick: fn(&super::product::Described) -> Option<&String>| described.iter().find_map(|one| pick(one)).cloned();
    let address =
        |text: String| scene.page.url.join(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    ProductFacts {
        skus,
        name: first(|one| one.name.as_ref())
            .or_else(|| scene.heading().map(str::to_owned))
            .or_else(|| scene.meta("og:title").map(str::to_owned)),
        brand: first(|one| one.brand.as_ref())
            .or_else(|| scene.meta("product:brand").or_else(|| scene.meta("og:brand")).map(str::to_owned)),
        category: first(|one| one.category.as_ref()).or_else(|| scene.meta("product:category").map(str::to_owned)),
        image: first(|one| one.image.as_ref()).or_else(|| scene.meta("og:image").map(str::to_owned)).and_then(address),
        canonical: scene.canonical.clone(),
        language: scene.language.clone(),
    }
}

/// An element whose class is exactly `sku`, as several platforms print it.
fn labelled_sku(scene: &Scene<'_>) -> Option<String> {
    let index = (0..scene.sheet.nodes.len()).find(|&index| {
        let class = scene.sheet.element(index).attr("class").unwrap_or_default();
        class.split_ascii_whitespace().any(|name| name == "sku") && scene.sheet.own(index)
    })?;
    let text = scene.sheet.words(index);
    let text = text.rsplit(':').next().unwrap_or(text).trim();
    let plausible = (1..=64).contains(&text.len()) && !text.contains(' ') && !text.eq_ignore_ascii_case("n/a");
    plausible.then(|| text.to_owned())
}

/// `<link rel=canonical>`.
pub(super) fn canonical(sheet: &super::sheet::Sheet<'_>, base: &Url) -> Option<Url> {
    sheet.links.iter().map(|&index| sheet.element(index)).find_map(|element| {
        let canonical = element
            .attr("rel")
            .is_some_and(|rel| rel.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case("canonical")));
        canonical.then(|| base.join(element.attr("href")?.trim()).ok()).flatten()
    })
}
