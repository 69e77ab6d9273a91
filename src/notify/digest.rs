//! One digest per recipient and run: what is new, what is still open, what is fixed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};

use super::compose::{self, ComposeError};
use super::letter::{self, Letter};
use super::rows::{Row, row};
use super::sheet::Sheet;
use super::words::{Languages, Of, Words, shorten};
use super::{Options, Recipient};
use crate::domain::plain::one_line;
use crate::domain::{Incident, Notice, Section, Telling};

/// Gmail clips the HTML of a message at 102 KB; a mail that would be larger shows fewer rows.
const MOST_HTML: usize = 96_000;

/// Shops named in a subject.
const NAMED_SHOPS: usize = 3;

/// Collects what must be said in a run and makes one notice per recipient of it.
///
/// Holds per recipient the rows that may be shown, a CSV that is capped, and the incidents' row numbers: what grows
/// with the number of changes is eight bytes each.
#[derive(Debug)]
pub struct Digests<'a> {
    options: &'a Options,
    languages: Languages,
    digests: BTreeMap<String, Digest>,
}

impl<'a> Digests<'a> {
    /// Begins.
    ///
    /// # Errors
    /// If the words cannot be read.
    pub fn new(options: &'a Options, _now: Timestamp) -> Result<Self, ComposeError> {
        let languages = Languages::load().map_err(ComposeError::Words)?;
        Ok(Self { options, languages, digests: BTreeMap::new() })
    }

    /// Takes up one incident for one recipient. It must have its row id by now if it is to count as told.
    pub fn add(
        &mut self,
        incident: &Incident,
        recipient: &Recipient,
        section: Section,
        _is_orphan: bool,
        told: Option<&Telling>,
    ) {
        let languages = self.languages;
        let max_rows = self.options.mail.as_ref().map_or(50, |mail| mail.max_rows);
        let new = || Digest::new(languages.of(&recipient.language), recipient.clone());
        self.digests.entry(recipient.key()).or_insert_with(new).add(incident, section, told, max_rows);
    }

    /// Says how things stand for a recipient, by their key: how many incidents are open, how many were at the end of
    /// each day lately, and the first mail of the thread they follow.
    pub fn about(&mut self, _key: &str, _open: u32, _trend: Vec<(jiff::civil::Date, u32)>, _thread: Option<String>) {}

    /// Makes the notices, one per recipient.
    ///
    /// # Errors
    /// If a notice cannot be built. None exists then, nobody counts as told, and the next run tries again.
    pub fn finish(self, run: i64, now: Timestamp) -> Result<Vec<Notice>, ComposeError> {
        let mut notices = Vec::with_capacity(self.digests.len());
        let Some(mail) = &self.options.mail else { return Ok(notices) };
        let sender = mail.from.parse().map_err(|_| ComposeError::Sender { from: one_line(&mail.from) })?;
        for digest in self.digests.into_values() {
            let timezone = &digest.owner.cadence.timezone;
            let zone = TimeZone::get(timezone).map_err(|_| ComposeError::Zone { name: timezone.clone() })?;
            let letter = digest.letter(mail.max_rows, &zone, run, now)?;
            notices.push(compose::notice(&letter, &sender, &digest.owner, digest.tells, run, now)?);
        }
        Ok(notices)
    }
}

/// What one recipient is told.
#[derive(Debug)]
struct Digest {
    owner: Recipient,
    words: &'static Words,
    parts: BTreeMap<Section, Part>,
    shops: BTreeSet<String>,
    sheet: Sheet,
    tells: Vec<(i64, Section)>,
}

/// A section: how many there are, of which kind, and those to be shown.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) total: usize,
    verdicts: BTreeMap<&'static str, usize>,
    pub(super) rows: Vec<Row>,
}

impl Part {
    /// Keeps the `most` rows of the best rank, and for a while as many again so that sorting is rare.
    fn add(&mut self, row: Row, verdict: &'static str, most: usize) {
        self.total += 1;
        *self.verdicts.entry(verdict).or_default() += 1;
        self.rows.push(row);
        if self.rows.len() > most.saturating_mul(2) {
            self.keep(most);
        }
    }

    fn keep(&mut self, most: usize) {
        self.rows.sort_by_key(|row| row.rank);
        self.rows.truncate(most);
    }

    /// The one kind all of them are of, else `mixed`.
    fn kind(&self) -> &'static str {
        match self.verdicts.keys().collect::<Vec<_>>()[..] {
            [one] => one,
            _ => "mixed",
        }
    }
}

impl Digest {
    fn new(words: &'static Words, owner: Recipient) -> Self {
        let (parts, shops) = (BTreeMap::new(), BTreeSet::new());
        Self { owner, words, parts, shops, sheet: Sheet::new(words), tells: vec![] }
    }

    fn add(&mut self, incident: &Incident, section: Section, told: Option<&Telling>, max_rows: usize) {
        let zone = &TimeZone::get(&self.owner.cadence.timezone).unwrap_or(TimeZone::UTC);
        let row = row(incident, section, told, self.words, zone);
        // A row is kept even if none may be shown: a mail about one product names it in its subject.
        self.parts.entry(section).or_default().add(row, incident.verdict.code(), max_rows.max(1));
        self.shops.insert(incident.shop.clone());
        self.sheet.add(incident, section, self.words, zone);
        self.tells.extend(incident.id.map(|id| (id, section)));
    }

    /// Renders the mail, with fewer rows if it would be too large.
    fn letter(&self, max_rows: usize, zone: &TimeZone, run: i64, now: Timestamp) -> Result<Letter, ComposeError> {
        let total = self.parts.values().map(|part| part.total).sum::<usize>();
        let mut shown = max_rows.min(total);
        loop {
            let letter = self.letter_with(shown, total, zone, run, now)?;
            if letter.html.len() <= MOST_HTML || shown == 0 {
                return Ok(letter);
            }
            shown = (shown * MOST_HTML / letter.html.len()).min(shown - 1);
        }
    }

    fn letter_with(
        &self,
        shown: usize,
        total: usize,
        zone: &TimeZone,
        run: i64,
        now: Timestamp,
    ) -> Result<Letter, ComposeError> {
        let (words, none) = (self.words, Part::default());
        let mut left = shown;
        let mut sections = vec![];
        for section in Section::ALL {
            let part = self.parts.get(&section).unwrap_or(&none);
            let mut rows: Vec<&Row> = part.rows.iter().collect();
            rows.sort_by_key(|row| row.rank);
            rows.truncate(left);
            left -= rows.len();
            if part.total > 0 {
                sections.push(letter::SectionView::new(section, part.total, rows, words));
            }
        }
        let file = format!("stocktruth-{run}.csv");
        let attached = (shown < total).then(|| {
            let key = if self.sheet.is_whole() { "attached" } else { "attached_part" };
            let count = self.sheet.rows().to_string();
            words.say(Of::Label, key, &[("file", &words.isolate(&file)), ("count", &count)])
        });
        let headline = self.headline();
        let view = letter::View {
            subject: self.subject(&headline),
            heading: headline.what.clone(),
            greeting: self.owner.name.as_deref().map(|name| {
                let name = words.isolate(&shorten(&one_line(name), 80));
                words.say(Of::Label, "greeting", &[("name", &name)])
            }),
            sections,
            wrong: self.total(Section::Fixed) < total,
            attached,
            times: words.say(
                Of::Label,
                "times",
                &[
                    ("zone", &words.isolate(&self.owner.cadence.timezone)),
                    ("run", &run.to_string()),
                    ("time", &words.isolate(&words.time(now, zone))),
                ],
            ),
        };
        let csv = (shown < total).then(|| (file, self.sheet.text().as_bytes().to_vec()));
        letter::render(view, words, csv)
    }

    fn total(&self, section: Section) -> usize {
        self.parts.get(&section).map_or(0, |part| part.total)
    }

    /// What the mail is about in a few words: the new ones if there are any, else the open ones, else the fixed ones;
    /// the rest is counted after it.
    fn headline(&self) -> Headline<'_> {
        let words = self.words;
        let lead = Section::ALL.into_iter().find(|section| self.total(*section) > 0).unwrap_or(Section::Fixed);
        let count = self.total(lead);
        let kind = match self.parts.get(&lead) {
            Some(part) if lead != Section::Fixed => part.kind(),
            _ => "fixed",
        };
        let only = self.parts.get(&lead).filter(|part| part.total == 1).and_then(|part| part.rows.first());
        let what = match only {
            Some(_) => words.say(Of::Verdict, kind, &[]),
            None => words.count(kind, count),
        };
        let what = match lead {
            Section::Still => words.say(Of::Subject, "still", &[("what", &what)]),
            Section::New | Section::Fixed => what,
        };
        let also = [(Section::Still, "also_still"), (Section::Fixed, "also_fixed")]
            .into_iter()
            .filter(|(section, _)| *section != lead && self.total(*section) > 0)
            .map(|(section, key)| words.count(key, self.total(section)));
        Headline { what, also: also.collect(), only }
    }

    /// The subject: one line that says it all.
    fn subject(&self, headline: &Headline<'_>) -> String {
        let words = self.words;
        let fills = [("what", headline.what.as_str()), ("also", headline.also.as_str())];
        let subject = match headline.only {
            Some(row) => {
                let (product, shop) = (shorten(&row.product, 70), shorten(&row.shop, 40));
                words.say(Of::Subject, "one", &[fills[0], fills[1], ("product", &product), ("shop", &shop)])
            }
            None => words.say(Of::Subject, "many", &[fills[0], fills[1], ("shops", &self.shops())]),
        };
        one_line(&subject)
    }

    fn shops(&self) -> String {
        let named = self.shops.iter().take(NAMED_SHOPS).map(|shop| shorten(shop, 40)).collect::<Vec<_>>().join(", ");
        match self.shops.len().saturating_sub(NAMED_SHOPS) {
            0 => named,
            more => self.words.say(Of::Subject, "shops_more", &[("shops", &named), ("count", &more.to_string())]),
        }
    }
}

struct Headline<'a> {
    what: String,
    also: String,
    /// The product, where the headline is about a single one.
    only: Option<&'a Row>,
}

#[cfg(test)]
mod tests;
