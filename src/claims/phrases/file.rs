//! The phrase files: what is in them, and which language codes they answer to.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Label, Languages, Meaning, Shelf};
use crate::domain::Availability;

macro_rules! files {
    ($($code:literal),* $(,)?) => {
        /// Every phrase file by its language.
        pub(super) const FILES: &[(&str, &str)] =
            &[$(($code, include_str!(concat!("../../../config/phrases/", $code, ".yaml")))),*];
    };
}

files!(
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hr", "hu", "id", "it", "ja", "ko", "lt",
    "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "uk", "vi", "zh-Hans", "zh-Hant",
);

/// One phrase file. `config/phrases/en.yaml` explains the keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    in_stock: Vec<String>,
    low: Vec<String>,
    out: Vec<String>,
    #[serde(default)]
    preorder: Vec<String>,
    #[serde(default)]
    backorder: Vec<String>,
    #[serde(default)]
    made_to_order: Vec<String>,
    #[serde(default)]
    discontinued: Vec<String>,
    #[serde(default)]
    in_store_only: Vec<String>,
    #[serde(default)]
    marketplace_only: Vec<String>,
    #[serde(default)]
    answers_in_stock: Vec<String>,
    #[serde(default)]
    answers_out: Vec<String>,
    #[serde(default)]
    aside: Vec<String>,
    #[serde(default)]
    topic: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    units: Vec<String>,
    #[serde(default)]
    filler: Vec<String>,
    buttons: Buttons,
    #[serde(default)]
    others: Vec<String>,
    #[serde(default)]
    walls: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Buttons {
    buy: Vec<String>,
    #[serde(default)]
    preorder: Vec<String>,
    sold_out: Vec<String>,
    notify: Vec<String>,
}

impl File {
    /// Its phrases by the shelf they belong on and what they mean.
    pub(super) fn meanings(self) -> Vec<(Shelf, Meaning, Vec<String>)> {
        let says = |availability| Meaning::Says(availability);
        let mut all = vec![
            (Shelf::Stock, says(Availability::InStock), self.in_stock),
            (Shelf::Stock, says(Availability::LimitedAvailability), self.low),
            (Shelf::Stock, says(Availability::OutOfStock), self.out),
            (Shelf::Stock, says(Availability::PreOrder), self.preorder),
            (Shelf::Stock, says(Availability::BackOrder), self.backorder),
            (Shelf::Stock, says(Availability::MadeToOrder), self.made_to_order),
            (Shelf::Stock, says(Availability::Discontinued), self.discontinued),
            (Shelf::Stock, says(Availability::InStoreOnly), self.in_store_only),
            (Shelf::Stock, says(Availability::MarketplaceOnly), self.marketplace_only),
            (Shelf::Stock, Meaning::Answers(Availability::InStock), self.answers_in_stock),
            (Shelf::Stock, Meaning::Answers(Availability::OutOfStock), self.answers_out),
            (Shelf::Stock, Meaning::Aside, self.aside),
            (Shelf::Stock, Meaning::Topic, self.topic),
            (Shelf::Stock, Meaning::Unless, self.unless),
            (Shelf::Stock, Meaning::Unit, self.units),
            (Shelf::Stock, Meaning::Filler, self.filler),
            (Shelf::Buttons, Meaning::Label(Label::Buy), self.buttons.buy),
            (Shelf::Buttons, Meaning::Label(Label::Preorder), self.buttons.preorder),
            (Shelf::Buttons, Meaning::Label(Label::SoldOut), self.buttons.sold_out),
            (Shelf::Buttons, Meaning::Label(Label::Notify), self.buttons.notify.clone()),
            // The words of a notify button, met as plain text, say the same.
            (Shelf::Stock, says(Availability::OutOfStock), self.buttons.notify),
            (Shelf::Others, Meaning::Others, self.others),
        ];
        for (name, phrases) in self.walls {
            if let Ok(Availability::Unknown(wall)) = Availability::try_from(format!("Unknown({name})")) {
                all.push((Shelf::Walls, Meaning::Wall(wall), phrases));
            }
        }
        all
    }
}

/// The files that a language tag (BCP 47) asks for; none if there is none. Only Chinese is told apart by more than its
/// first part: by script, else by region, else both.
pub(super) fn files_of(tag: &str) -> Languages {
    let tag = tag.trim().to_ascii_lowercase();
    let mut parts = tag.split(['-', '_']);
    let file = match parts.next().unwrap_or_default() {
        "zh" | "cmn" | "yue" => return chinese(parts),
        "iw" => "he",
        "no" | "nn" => "nb",
        "in" | "ms" => "id",
        "sr" | "bs" | "sh" | "cnr" => "hr",
        "mo" => "ro",
        other => other,
    };
    Languages(bit(file))
}

fn chinese<'t>(mut subtags: impl Iterator<Item = &'t str>) -> Languages {
    let script = subtags.find_map(|part| match part {
        "hans" | "cn" | "sg" | "my" => Some("zh-Hans"),
        "hant" | "tw" | "hk" | "mo" => Some("zh-Hant"),
        _ => None,
    });
    Languages(script.map_or(bit("zh-Hans") | bit("zh-Hant"), bit))
}

fn bit(file: &str) -> u64 {
    FILES.iter().position(|(code, _)| *code == file).map_or(0, |number| 1 << number)
}
