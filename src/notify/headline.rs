//! What a digest is about in a few words: its subject and its heading.

use super::digest::Heard;
use super::rows::Ranked;
use super::words::{Of, Words, shorten};
use crate::domain::Section;
use crate::domain::plain::one_line;

/// Shops named in a subject.
const NAMED_SHOPS: usize = 3;

/// Subject and heading: the new ones if there are any, else the open ones, else the fixed ones; the rest is counted
/// after it. The subject says it all in one line; the heading stands over the rows, which name products and shops.
pub(super) fn write(heard: &Heard, words: &Words) -> (String, String) {
    let lead = Section::ALL.into_iter().find(|section| heard.total(*section) > 0).unwrap_or(Section::Fixed);
    let rows = heard.parts.get(&lead);
    let kind = match rows {
        Some(rows) if lead != Section::Fixed => rows.kind(),
        _ => "fixed",
    };
    let only = rows.filter(|rows| rows.total == 1).and_then(|rows| rows.rows.first());
    let what = match only {
        Some(only) => only.row.badge.clone(),
        None => words.count(kind, heard.total(lead) as u64),
    };
    let what = match lead {
        Section::Still => words.say(Of::Subject, "still", &[("what", &what)]),
        Section::New | Section::Fixed => what,
    };
    let also: String = [(Section::Still, "also_still"), (Section::Fixed, "also_fixed")]
        .into_iter()
        .filter(|(section, _)| *section != lead && heard.total(*section) > 0)
        .map(|(section, key)| words.count(key, heard.total(section) as u64))
        .collect();
    (one_line(&subject(&what, &also, only, heard, words)), what)
}

fn subject(what: &str, also: &str, only: Option<&Ranked>, heard: &Heard, words: &Words) -> String {
    let fills = [("what", what), ("also", also)];
    match only {
        Some(Ranked { row, .. }) => {
            let (product, shop) = (shorten(&row.product, 70), shorten(&row.shop, 40));
            words.say(Of::Subject, "one", &[fills[0], fills[1], ("product", &product), ("shop", &shop)])
        }
        None => words.say(Of::Subject, "many", &[fills[0], fills[1], ("shops", &shops(heard, words))]),
    }
}

fn shops(heard: &Heard, words: &Words) -> String {
    let named: Vec<_> = heard.shops.iter().take(NAMED_SHOPS).map(|shop| shorten(&one_line(shop), 40)).collect();
    let named = words.list(&named);
    match heard.shops.len().saturating_sub(NAMED_SHOPS) {
        0 => named,
        more => words.say(Of::Subject, "shops_more", &[("shops", &named), ("count", &words.whole(more as u64))]),
    }
}
