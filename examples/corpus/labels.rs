//! `truth.json`: what people say of each page.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use stocktruth::domain::{Availability, Fold};

/// One page and its labels, as written.
#[derive(Deserialize)]
pub(crate) struct Entry {
    /// File name.
    pub(crate) page: String,
    /// Where the page was found.
    #[serde(default)]
    pub(crate) url: String,
    #[serde(alias = "label")]
    published_label: Option<String>,
    read_label: Option<String>,
    /// The page's language.
    pub(crate) lang: Option<String>,
    /// Why the page is hard.
    pub(crate) class: Option<String>,
    /// What tells a person.
    pub(crate) signal: Option<String>,
}

/// What a page truly promises to somebody who wants to buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Truth {
    /// It can be ordered.
    InStock,
    /// It cannot.
    OutOfStock,
    /// The page promises nothing, and nothing may be made of it.
    Nothing,
}

/// Labels of pages that promise nothing, beside the reasons the reader itself gives.
const NOTHING: [&str; 3] = ["captcha", "no claim", "none"];

/// Who labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Labels {
    /// Whoever published the corpus.
    Published,
    /// Who read the page again.
    Read,
}

impl Labels {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Published, Self::Read];

    /// As written in the output.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Read => "read",
        }
    }
}

impl Entry {
    /// The label as written; the published one where nobody read the page again.
    pub(crate) fn label(&self, labels: Labels) -> Option<&str> {
        let published = self.published_label.as_deref();
        match labels {
            Labels::Published => published,
            Labels::Read => self.read_label.as_deref().or(published),
        }
    }

    /// What the label means; `None` where there is none, or none that is known.
    pub(crate) fn truth(&self, labels: Labels) -> Option<Truth> {
        let label = self.label(labels)?.trim();
        let lower = label.to_ascii_lowercase();
        let reason = Availability::try_from(format!("Unknown({lower})")).is_ok();
        if reason || lower.starts_with("unknown") || NOTHING.contains(&lower.as_str()) {
            return Some(Truth::Nothing);
        }
        let known = Availability::parse(label).or_else(|| Availability::try_from(label.to_owned()).ok())?;
        truth_of(known)
    }

    /// A label that nobody understands.
    pub(crate) fn strange_label(&self) -> Option<&str> {
        Labels::ALL.into_iter().filter(|labels| self.truth(*labels).is_none()).find_map(|labels| self.label(labels))
    }
}

/// Folds an availability to what the labels tell apart. What other sellers sell can be ordered here, whoever sends it.
pub(crate) fn truth_of(says: Availability) -> Option<Truth> {
    match says.fold() {
        _ if says == Availability::MarketplaceOnly => Some(Truth::InStock),
        Fold::Buyable => Some(Truth::InStock),
        Fold::NotBuyable => Some(Truth::OutOfStock),
        Fold::Unknown => None,
    }
}

/// Reads `truth.json` of a folder.
///
/// # Errors
/// No such folder or file, or it is not a list of labelled pages: what, where, and what to do.
pub(crate) fn read(folder: &Path) -> Result<Vec<Entry>, String> {
    if !folder.is_dir() {
        return Err(format!("{} is no folder; name one that holds a truth.json and its pages", folder.display()));
    }
    let path = folder.join("truth.json");
    let place = path.display();
    let bytes = fs::read(&path).map_err(|error| {
        format!("cannot read {place}: {error}; it must list the pages: [{{\"page\", \"url\", \"published_label\"}}, …]")
    })?;
    let entries: Vec<Entry> = serde_json::from_slice(&bytes).map_err(|error| {
        format!(
            "{place} is no list of labelled pages: {error}; each needs \"page\", \"url\" and \"published_label\", all of them texts"
        )
    })?;
    if entries.is_empty() {
        return Err(format!("{place} lists no page; add at least one"));
    }
    Ok(entries)
}
