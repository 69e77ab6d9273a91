//! One digest per recipient and run: what is new, what is still open, what is fixed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};

use super::compose::{self, ComposeError, Consignment, Press};
use super::headline;
use super::letter::Letter;
use super::message::{Labels, Message, MessageKind, Part, Shared};
use super::rows::{Occasion, Ranked, Reader, row};
use super::sheet::Sheet;
use super::standing::{Overview, standing};
use super::way;
use super::words::{Languages, Of, Words, shorten};
use super::{Channel, Options, Recipient, mask};
use crate::domain::plain::one_line;
use crate::domain::{Cause, Incident, Notice, Section, Telling, Why};

/// Gmail clips the HTML of a message at 102 KB; a mail that would be larger shows fewer rows.
const MOST_HTML: usize = 96_000;

/// Shared causes that are told over the rows.
const CAUSES: usize = 5;

/// Collects what must be said in a run and makes one notice per recipient of it.
///
/// Holds per recipient the rows that may be shown, a CSV that is capped, and the incidents' row numbers: what grows
/// with the number of incidents is some bytes each.
#[derive(Debug)]
pub struct Digests<'a> {
    options: &'a Options,
    press: Press<'a>,
    languages: Languages,
    now: Timestamp,
    digests: BTreeMap<String, Digest>,
    overviews: BTreeMap<String, Overview>,
    /// Whether anything is owned by somebody here. Where nothing is, the fallback is simply who is told, and that nobody
    /// owns a product is no news.
    has_owners: bool,
}

impl<'a> Digests<'a> {
    /// Begins.
    ///
    /// # Errors
    /// If the words cannot be read, the sender of mails is none, or a time zone is unknown.
    pub fn new(options: &'a Options, now: Timestamp) -> Result<Self, ComposeError> {
        let languages = Languages::load().map_err(ComposeError::Words)?;
        for recipient in options.recipients.iter().chain([&options.usual]) {
            zone(recipient)?;
        }
        let press = Press::new(options)?;
        let has_owners = !options.owners.is_empty();
        let (digests, overviews) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { options, press, languages, now, digests, overviews, has_owners })
    }

    /// Takes up one incident for one recipient. It must have its row id by now if it is to count as told.
    pub fn add(
        &mut self,
        incident: &Incident,
        recipient: &Recipient,
        section: Section,
        is_orphan: bool,
        told: Option<&Telling>,
    ) {
        let key = recipient.key();
        if !self.digests.contains_key(&key) {
            let words = self.languages.of(&recipient.language);
            let digest = Digest::new(words, recipient.clone(), self.press.max_rows(recipient));
            self.digests.insert(key.clone(), digest);
        }
        let column = incident.item.owner_email.as_deref().unwrap_or_default();
        self.has_owners |= !is_orphan || !column.trim().is_empty();
        let admin_url = self.options.admin_urls.get(&incident.shop).map(String::as_str);
        if let Some(digest) = self.digests.get_mut(&key) {
            digest.add(incident, Occasion { section, is_orphan, told, admin_url }, self.now);
        }
    }

    /// Says how things stand for a recipient, by their key.
    pub fn about(&mut self, key: &str, overview: Overview) {
        self.overviews.insert(key.to_owned(), overview);
    }

    /// Makes the notices, one per recipient.
    ///
    /// # Errors
    /// If a notice cannot be built. None exists then, nobody counts as told, and the next run tries again.
    pub fn finish(mut self, run: i64, now: Timestamp) -> Result<Vec<Notice>, ComposeError> {
        let mut notices = Vec::with_capacity(self.digests.len());
        for (key, digest) in &mut self.digests {
            digest.heard.forget_orphans_if(!self.has_owners);
            let overview = self.overviews.get(key);
            notices.extend(digest.notice(&self.press, overview, run, now)?);
        }
        Ok(notices)
    }
}

/// The recipient's time zone.
pub(super) fn zone(recipient: &Recipient) -> Result<TimeZone, ComposeError> {
    let name = &recipient.cadence.timezone;
    TimeZone::get(name).map_err(|_| ComposeError::Zone { name: one_line(name) })
}

/// What one recipient is told.
#[derive(Debug)]
struct Digest {
    recipient: Recipient,
    words: &'static Words,
    zone: TimeZone,
    max_rows: usize,
    heard: Heard,
    /// Only mail carries one.
    sheet: Option<Sheet>,
    tells: Vec<(i64, Section)>,
}

/// What is to be told, by section.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) parts: BTreeMap<Section, Rows>,
    pub(super) shops: BTreeSet<String>,
    /// Since when the oldest of those that are open is wrong.
    pub(super) oldest: Option<Timestamp>,
    /// Shop, cause and what is shared → how many, and what speaks for it. As many as there are feeds, listings and
    /// sources.
    causes: BTreeMap<(String, Cause, String), (usize, Why)>,
}

impl Heard {
    pub(super) fn total(&self, section: Section) -> usize {
        self.parts.get(&section).map_or(0, |rows| rows.total)
    }

    fn forget_orphans_if(&mut self, all_are: bool) {
        let rows = self.parts.values_mut().flat_map(|part| &mut part.rows).filter(|_| all_are);
        rows.for_each(|ranked| ranked.row.orphan = None);
    }

    /// What several that are open have in common, the most first.
    fn shared(&self, words: &Words) -> Vec<Shared> {
        let mut shared: Vec<_> = self.causes.iter().filter(|(_, (count, _))| *count > 1).collect();
        shared.sort_by_key(|(_, (count, _))| Reverse(*count));
        let several = self.shops.len() > 1;
        let shared = shared.into_iter().take(CAUSES);
        shared.map(|((shop, ..), (count, why))| way::shared(shop, why, *count, several, words)).collect()
    }

    pub(super) fn total_of_all(&self) -> usize {
        self.parts.values().map(|rows| rows.total).sum()
    }
}

/// A section: how many there are, of which kind, and those to be shown.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) total: usize,
    verdicts: BTreeMap<&'static str, usize>,
    pub(super) rows: Vec<Ranked>,
}

impl Rows {
    /// Keeps the `most` rows of the best rank, and for a while as many again so that sorting is rare.
    fn add(&mut self, row: Ranked, verdict: &'static str, most: usize) {
        self.total += 1;
        *self.verdicts.entry(verdict).or_default() += 1;
        self.rows.push(row);
        if self.rows.len() > most.saturating_mul(2) {
            self.rows.sort_by_key(|row| row.rank);
            self.rows.truncate(most);
        }
    }

    /// The one kind all of them are of, else `mixed`.
    pub(super) fn kind(&self) -> &'static str {
        match self.verdicts.keys().collect::<Vec<_>>()[..] {
            [one] => one,
            _ => "mixed",
        }
    }
}

impl Digest {
    fn new(words: &'static Words, recipient: Recipient, max_rows: usize) -> Self {
        // An unknown zone is refused at the start; the catalogue's column names none.
        let zone = zone(&recipient).unwrap_or(TimeZone::UTC);
        let sheet = recipient.email().map(|_| Sheet::new(words));
        Self { recipient, words, zone, max_rows, heard: Heard::default(), sheet, tells: vec![] }
    }

    fn add(&mut self, incident: &Incident, occasion: Occasion<'_>, now: Timestamp) {
        let reader = Reader { words: self.words, zone: &self.zone, now };
        let row = row(incident, occasion, reader);
        if let Some(sheet) = &mut self.sheet {
            sheet.add(incident, &row.row, occasion.section, reader);
        }
        // A row is kept even if none may be shown: a mail about one product names it in its subject.
        let part = self.heard.parts.entry(occasion.section).or_default();
        part.add(row, way::kind(incident), self.max_rows.max(1));
        self.heard.shops.insert(incident.shop.clone());
        if occasion.section != Section::Fixed {
            let oldest = self.heard.oldest.get_or_insert(incident.first_seen);
            *oldest = (*oldest).min(incident.first_seen);
            if let Some(why) = &incident.journey.why {
                let shared = (incident.shop.clone(), why.cause, why.at.clone());
                self.heard.causes.entry(shared).or_insert_with(|| (0, why.clone())).0 += 1;
            }
        }
        self.tells.extend(incident.id.map(|id| (id, occasion.section)));
    }

    /// Finishes the notice. `None`: the recipient is told by mail, and there is none.
    fn notice(
        &self,
        press: &Press<'_>,
        overview: Option<&Overview>,
        run: i64,
        now: Timestamp,
    ) -> Result<Option<Notice>, ComposeError> {
        let thread = overview.and_then(|overview| overview.thread.clone());
        let with = Consignment { tells: self.tells.clone(), thread, run, now };
        let Channel::Mail { email } = &self.recipient.channel else {
            let message = self.message(self.max_rows, overview, run, now);
            return Ok(Some(compose::post(&message, &self.recipient, with)));
        };
        let Some(letter) = self.letter(press, overview, run, now) else {
            tracing::warn!("{} is to be told by mail, but the configuration has no mail section", mask(email));
            return Ok(None);
        };
        press.mail(&letter?, &self.recipient, with).transpose()
    }

    /// Renders the mail, with fewer rows if it would be too large.
    fn letter(
        &self,
        press: &Press<'_>,
        overview: Option<&Overview>,
        run: i64,
        now: Timestamp,
    ) -> Option<Result<Letter, ComposeError>> {
        let total = self.heard.total_of_all();
        let mut shown = self.max_rows.min(total);
        loop {
            let message = self.message(shown, overview, run, now);
            let file = format!("stocktruth-{run}.csv");
            let sheet = self.sheet.as_ref().filter(|_| shown < total);
            let attached = sheet.map(|sheet| {
                let key = if sheet.is_whole() { "attached" } else { "attached_part" };
                let count = self.words.whole(sheet.rows() as u64);
                self.words.say(Of::Label, key, &[("file", &self.words.isolate(&file)), ("count", &count)])
            });
            let csv = sheet.map(|sheet| (file, sheet.text().as_bytes().to_vec()));
            match press.letter(&message, attached.as_deref(), csv)? {
                Ok(letter) if letter.html.len() > MOST_HTML && shown > 0 => {
                    shown = (shown * MOST_HTML / letter.html.len()).min(shown - 1);
                }
                letter => return Some(letter),
            }
        }
    }

    /// What the recipient is told, with so many rows.
    fn message(&self, shown: usize, overview: Option<&Overview>, run: i64, now: Timestamp) -> Message {
        let words = self.words;
        let mut left = shown;
        let mut sections = vec![];
        for section in Section::ALL {
            let Some(part) = self.heard.parts.get(&section) else { continue };
            let mut rows: Vec<&Ranked> = part.rows.iter().collect();
            rows.sort_by_key(|row| row.rank);
            rows.truncate(left);
            left -= rows.len();
            let more = part.total - rows.len();
            let more_key = if self.sheet.is_some() { "more_rows" } else { "more" };
            sections.push(Part {
                code: section.code().to_owned(),
                title: words.count(&format!("section_{}", section.code()), part.total as u64),
                total: part.total,
                rows: rows.into_iter().map(|ranked| ranked.row.clone()).collect(),
                more: (more > 0).then(|| words.count(more_key, more as u64)),
            });
        }
        let (subject, heading) = headline::write(&self.heard, words);
        let reader = Reader { words, zone: &self.zone, now };
        let wrong = self.heard.total(Section::Fixed) < self.heard.total_of_all();
        Message {
            kind: MessageKind::Digest,
            subject,
            heading,
            summary: standing(&self.heard, overview, reader),
            sections,
            causes: self.heard.shared(words),
            notes: wrong.then(|| words.say(Of::Label, "trust", &[])).into_iter().collect(),
            ..blank(&self.recipient, reader, run)
        }
    }
}

/// A message with what all of them have.
pub(super) fn blank(recipient: &Recipient, reader: Reader<'_>, run: i64) -> Message {
    let words = reader.words;
    let label = |key| words.say(Of::Label, key, &[]);
    let name = recipient.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    Message {
        kind: MessageKind::Digest,
        language: words.language.clone(),
        direction: words.direction,
        subject: String::new(),
        heading: String::new(),
        greeting: name.map(|name| words.say(Of::Label, "greeting", &[("name", &words.isolate(&shorten(&name, 80)))])),
        summary: None,
        sections: vec![],
        causes: vec![],
        alarms: vec![],
        notes: vec![],
        command: None,
        times: words.say(
            Of::Label,
            "times",
            &[
                ("zone", &words.isolate(&one_line(&recipient.cadence.timezone))),
                ("run", &run.to_string()),
                ("time", &reader.time(reader.now)),
            ],
        ),
        sender: label("sender"),
        labels: Labels {
            sku: label("sku"),
            stock: label("stock"),
            since: label("since"),
            fixed_at: label("fixed_at"),
            was: label("was"),
            cause: label("cause"),
            todo: label("todo"),
            journey: label("journey"),
            severity: label("severity"),
            lies: label("lies"),
            page: label("link"),
            admin: label("admin"),
            comma: words.punctuation.comma.clone(),
            colon: words.punctuation.colon.clone(),
            open_quote: words.punctuation.open.clone(),
            close_quote: words.punctuation.close.clone(),
        },
        run,
        at: reader.now,
    }
}

#[cfg(test)]
mod tests;
