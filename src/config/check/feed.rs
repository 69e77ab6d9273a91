//! Product feeds.

use std::collections::HashMap;

use url::Url;

use super::{At, values};
use crate::catalog::Place;
use crate::catalog::feed::{FeedOptions, Format, IdRule, Kind, Names};
use crate::config::raw::feed as raw;
use crate::config::raw::scalar::{Address, FilePath};
use crate::config::units::{self, Fault, fault};

/// The feeds of a shop. `catalogue`: the name of the one that is its catalogue.
pub(super) fn all(at: &At<'_>, raw: &[raw::Feed], shop: Option<&Url>, catalogue: Option<&str>) -> Vec<FeedOptions> {
    let mut names: HashMap<String, usize> = HashMap::new();
    let mut feeds = Vec::with_capacity(raw.len());
    for (index, raw) in raw.iter().enumerate() {
        let at = at.index(index);
        let name = at.read("name", &raw.name, values::text);
        if let Some(name) = &name {
            let at = at.key("name");
            let help = match names.insert(name.clone(), at.line()) {
                Some(line) => Some(format!("it is in line {line}; names must be unique")),
                None if catalogue == Some(name) => {
                    Some("it is the shop's catalogue; give one of them another".to_owned())
                }
                None => None,
            };
            help.into_iter().for_each(|help| at.error(fault("another feed has this name", help)));
        }
        let kind = at.read("kind", &raw.kind, |kind| {
            values::choice(kind, &[("products", Kind::Products), ("local", Kind::Local)])
        });
        let kind = kind.unwrap_or_default();
        if kind == Kind::Local && raw.supplemental.is_some() {
            let help = "a supplemental feed completes a feed of products; name it there";
            at.key("supplemental").error(fault("local inventory has none", help));
        }
        let id = rule(&at.key("id"), raw.id.as_ref());
        if kind == Kind::Local && id.is == Names::Mpn {
            let help = "use a `pattern` that takes the SKU out of the `id`";
            at.key("id").key("is").error(fault("local inventory has no `mpn`", help));
        }
        let format = at.read("format", &raw.format, format);
        feeds.extend(options(name, shop, place(&at, &raw.file, &raw.url)).map(|options| FeedOptions {
            format: format.flatten(),
            encoding: at.read("encoding", &raw.encoding, values::encoding),
            kind,
            supplemental: supplements(&at.key("supplemental"), raw.supplemental.as_deref()),
            id,
            max_size: at.read("max_size", &raw.max_size, units::size).unwrap_or(FeedOptions::MAX_SIZE),
            ..options
        }));
    }
    feeds
}

/// A feed as catalogue.
pub(super) fn catalogue(at: &At<'_>, raw: &raw::CatalogFeed, shop: Option<&Url>) -> Option<FeedOptions> {
    let name = at.read("name", &raw.name, values::text).or_else(|| Some("feed".to_owned()));
    let format = at.read("format", &raw.format, format);
    let encoding = at.read("encoding", &raw.encoding, values::encoding);
    let supplemental = supplements(&at.key("supplemental"), raw.supplemental.as_deref());
    let id = rule(&at.key("id"), raw.id.as_ref());
    let max_size = at.read("max_size", &raw.max_size, units::size).unwrap_or(FeedOptions::MAX_SIZE);
    let options = options(name, shop, place(at, &raw.file, &raw.url))?;
    Some(FeedOptions { format: format.flatten(), encoding, supplemental, id, max_size, ..options })
}

fn options(name: Option<String>, shop: Option<&Url>, from: Option<Place>) -> Option<FeedOptions> {
    Some(FeedOptions {
        name: name?,
        from: from?,
        format: None,
        encoding: None,
        kind: Kind::Products,
        supplemental: Vec::new(),
        id: IdRule::default(),
        max_size: FeedOptions::MAX_SIZE,
        base: shop?.clone(),
    })
}

fn place(at: &At<'_>, file: &Option<FilePath>, url: &Option<Address>) -> Option<Place> {
    match (file, url) {
        (Some(_), _) => at.csv_file(file).map(Place::File),
        (None, url) => at.read("url", url, values::address).map(Place::Url),
    }
}

fn supplements(at: &At<'_>, raw: Option<&[raw::Supplement]>) -> Vec<Place> {
    let each = raw.unwrap_or_default().iter().enumerate();
    each.filter_map(|(index, raw)| place(&at.index(index), &raw.file, &raw.url)).collect()
}

fn rule(at: &At<'_>, raw: Option<&raw::FeedId>) -> IdRule {
    let Some(raw) = raw else { return IdRule::default() };
    let names = [("sku", Names::Sku), ("stock_key", Names::StockKey), ("gtin", Names::Gtin), ("mpn", Names::Mpn)];
    IdRule {
        is: at.read("is", &raw.is, |is| values::choice(is, &names)).unwrap_or_default(),
        pattern: at.read("pattern", &raw.pattern, |text| {
            let pattern = values::pattern(text)?;
            match pattern.captures_len() {
                0 | 1 => {
                    Err(fault("there is no group in it that could be the SKU", "put the SKU's part in `(` and `)`"))
                }
                _ => Ok(pattern),
            }
        }),
    }
}

fn format(text: &str) -> Result<Option<Format>, Fault> {
    let formats = [
        ("auto", None),
        (Format::Rss.name(), Some(Format::Rss)),
        (Format::Atom.name(), Some(Format::Atom)),
        (Format::Csv.name(), Some(Format::Csv)),
        (Format::Tsv.name(), Some(Format::Tsv)),
    ];
    values::choice(text, &formats)
}
