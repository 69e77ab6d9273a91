//! Which product the page is about.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use scraper::{Html, Selector};
use url::Url;

use super::phrases::Normal;
use super::sheet::Sheet;
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
    let kinds = [&scene.json_ld, &scene.microdata, &scene.state];
    let described: Vec<_> = kinds.iter().flat_map(|kind| kind.own()).collect();
    let mut skus = scene.reader.sku_places.read(html, scene);
    skus.extend(described.iter().flat_map(|one| one.skus.iter().cloned()));
    skus.extend(scene.labelled.iter().cloned());
    skus.extend(described.iter().flat_map(|one| one.variant_skus.iter().cloned()));
    skus.extend(described.iter().flat_map(|one| one.numbers.iter().cloned()));
    let mut seen = HashSet::new();
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

/// Labels of an item number. What is only a manufacturer's or trade number is among them: where the
/// shop shows one, it is this item's.
const LABELS: &[&str] = &[
    "sku",
    "sku #",
    "sku no",
    "sku number",
    "sku code",
    "item",
    "item no",
    "item number",
    "item code",
    "item id",
    "item #",
    "product code",
    "product no",
    "product number",
    "product id",
    "product sku",
    "article",
    "article no",
    "article number",
    "art",
    "art no",
    "art nr",
    "artnr",
    "part no",
    "part number",
    "part #",
    "model no",
    "model number",
    "mpn",
    "ean",
    "ean code",
    "ean13",
    "gtin",
    "gtin13",
    "upc",
    "isbn",
    "isbn 13",
    "isbn13",
    "barcode",
    "catalog no",
    "catalogue number",
    "style no",
    "asin",
    "artikelnummer",
    "artikel nr",
    "artikelnr",
    "artikel nummer",
    "artikelcode",
    "bestellnummer",
    "best nr",
    "bestell nr",
    "produktnummer",
    "produkt nr",
    "produktcode",
    "herstellernummer",
    "hersteller nr",
    "productcode",
    "productnummer",
    "bestelnummer",
    "barkod",
    "ürün kodu",
    "stok kodu",
    "reference",
    "ref",
    "ref no",
    "code article",
    "code produit",
    "code barre",
    "referencia",
    "codigo",
    "codigo de producto",
    "codigo do produto",
    "cod",
    "cod producto",
    "cod produto",
    "codigo de barras",
    "codice",
    "codice articolo",
    "codice prodotto",
    "cod articolo",
    "cod art",
    "cod produs",
    "cod produkt",
    "referinta",
    "kod produktu",
    "kod produkta",
    "kod",
    "numer katalogowy",
    "nr katalogowy",
    "indeks",
    "symbol",
    "kod ean",
    "katalogove cislo",
    "kod zbozi",
    "kod tovaru",
    "objednaci kod",
    "sifra",
    "sifra artikla",
    "sifra izdelka",
    "sifra proizvoda",
    "cikkszam",
    "termekkod",
    "varenr",
    "varenummer",
    "vare nr",
    "produktnr",
    "artnr",
    "artikkelnummer",
    "tuotenumero",
    "tuotekoodi",
    "tootekood",
    "artikuls",
    "preces kods",
    "prekes kodas",
    "artikul",
    "артикул",
    "арт",
    "код товара",
    "код",
    "код товару",
    "код продукта",
    "номер товара",
    "каталожен номер",
    "продуктов код",
    "κωδικος",
    "κωδικος προιοντος",
    "מקט",
    "מק ט",
    "מספר קטלוגי",
    "קוד מוצר",
    "ברקוד",
    "رمز المنتج",
    "رقم المنتج",
    "رقم الصنف",
    "品番",
    "商品番号",
    "商品コード",
    "型番",
    "jan",
    "janコード",
    "상품코드",
    "상품번호",
    "모델명",
    "商品编号",
    "商品貨號",
    "货号",
    "貨號",
    "รหัสสินค้า",
    "ma san pham",
    "kode produk",
];

/// [`LABELS`], as they are compared.
static KNOWN_LABELS: LazyLock<HashSet<String>> =
    LazyLock::new(|| LABELS.iter().map(|label| Normal::of(label).text).collect());

/// Attributes that platforms write an item's number into.
const ATTRIBUTES: &[&str] = &["data-sku", "data-product-sku", "data-product_sku", "data-item-sku"];

/// Longer texts hold more than a label and a number.
const LONGEST: usize = 80;

/// The item numbers that the page names as its own where everybody can read them, the first first, at most four; and
/// `product:retailer_item_id`.
pub(super) fn labelled(sheet: &Sheet<'_>) -> Vec<String> {
    let mut found: Vec<String> = sheet.meta("product:retailer_item_id").into_iter().map(str::to_owned).collect();
    for (index, node) in sheet.nodes.iter().enumerate() {
        if node.foreign || found.len() >= 4 {
            continue;
        }
        let element = sheet.element(index);
        let written = ATTRIBUTES.iter().find_map(|name| element.attr(name)).map(str::to_owned);
        let read = || {
            let words = (node.shown && node.to - node.from <= LONGEST + 1).then(|| sheet.words(index));
            words.filter(|words| !words.is_empty()).and_then(|words| under_label(sheet, index, words))
        };
        let said = written.or_else(read).filter(|said| is_number(said));
        found.extend(said.filter(|said| !found.contains(said)));
    }
    found
}

/// Letters, lower case, that labels begin with: as written, and without their accents.
static FIRST_LETTERS: LazyLock<HashSet<char>> = LazyLock::new(|| {
    let written = LABELS.iter().filter_map(|label| label.chars().flat_map(char::to_lowercase).next());
    written.chain(KNOWN_LABELS.iter().filter_map(|label| label.chars().next())).collect()
});

/// Whether it is worth bringing into normal form.
fn may_be_a_label(text: &str) -> bool {
    let first = text.chars().find(|c| c.is_alphanumeric()).and_then(|c| c.to_lowercase().next());
    text.len() <= 40 && first.is_some_and(|first| FIRST_LETTERS.contains(&first))
}

/// The number in an element whose class is `sku`, after a label in the same text, or beside a label.
fn under_label(sheet: &Sheet<'_>, index: usize, words: &str) -> Option<String> {
    let class = sheet.element(index).attr("class").unwrap_or_default();
    if class.split_ascii_whitespace().any(|name| name == "sku") {
        return words.rsplit([':', '：']).next().map(|said| said.trim().to_owned());
    }
    let known = |label: &str| may_be_a_label(label) && KNOWN_LABELS.contains(&Normal::of(label).text);
    let (label, said) = match words.split_once([':', '：']) {
        Some((label, said)) => (label, said.trim()),
        None => words.rsplit_once(' ').filter(|(label, said)| is_number(said) && known(label)).unwrap_or((words, "")),
    };
    if !known(label) {
        return None;
    }
    if !said.is_empty() {
        return Some(said.to_owned());
    }
    // The label alone: its number stands in the next element, or is the rest of what the label stands in.
    let next = sheet.next_sibling(index).map(|next| sheet.words(next)).filter(|next| !next.is_empty());
    let around =
        sheet.words(sheet.nodes[index].parent).strip_prefix(words).map(|rest| rest.trim_matches([' ', ':', '：']));
    next.or(around).filter(|said| said.len() <= LONGEST).map(|said| said.trim_start_matches([':', ' ']).to_owned())
}

/// One word that could be an item's number: a digit in it, or all of it in capitals.
fn is_number(said: &str) -> bool {
    let length = said.chars().count();
    (2..=64).contains(&length)
        && !said.contains(char::is_whitespace)
        && (said.chars().any(char::is_numeric)
            || (length > 3 && said.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '-' | '_' | '.'))))
}

/// `<link rel=canonical>`.
pub(super) fn canonical(sheet: &Sheet<'_>, base: &Url) -> Option<Url> {
    sheet.links.iter().map(|&index| sheet.element(index)).find_map(|element| {
        let canonical = element
            .attr("rel")
            .is_some_and(|rel| rel.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case("canonical")));
        canonical.then(|| base.join(element.attr("href")?.trim()).ok()).flatten()
    })
}
