//! What must be said: who is told of which incident now, and the notices of it. Everything is read from the store, so that
//! nothing is lost by a kill, a run without mail or a mailbox that refused.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::RunError;
use crate::domain::{Correspondence, Incident, IncidentState, Notice, Telling};
use crate::notify::{self, Case, Digests, Due, Muted, Overview, Owner, Recipient, Turn, Why};
use crate::store::{StoreError, Transaction};

/// Incidents that are read from the store at once.
const ROWS: usize = 500;

/// Days of which a notice shows how much was open.
const TREND: i64 = 14;

/// The last look at the shops.
#[derive(Clone, Debug)]
pub struct Look {
    /// The run.
    pub run: i64,
    /// When it began.
    pub began: Timestamp,
    /// The shops it looked at.
    pub shops: Vec<String>,
}

/// What was decided for one recipient of one incident.
#[derive(Debug)]
pub struct Decided<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// Who, and what named them.
    pub owner: &'a Owner,
    /// Whether nobody owns the item.
    pub is_orphan: bool,
    /// When they were told of it, if they believe it open.
    pub told: Option<&'a Telling>,
    /// Whether they are told, and why not if not.
    pub due: &'a Due,
}

/// Decides and writes what is due, into the transaction, and returns the notices. What was not seen wrong by
/// the last look at its shop is not said to be wrong still.
///
/// # Errors
/// If the store cannot be read or written, or a notice cannot be composed; then the transaction is to be dropped.
pub fn plan(
    transaction: &Transaction<'_>,
    options: &notify::Options,
    look: &Look,
    now: Timestamp,
) -> Result<Vec<Notice>, RunError> {
    let unwritable = |error: notify::ComposeError| RunError::Mail(error.to_string());
    let mut digests = Digests::new(options, now).map_err(unwritable)?;
    let mut desk = Desk::open(transaction, options, look, now)?;
    desk.decide_all(|decided| {
        if let Due::Tell(section) = decided.due {
            let Decided { incident, owner, is_orphan, told, .. } = decided;
            digests.add(incident, &owner.recipient, *section, is_orphan, told);
        }
    })?;
    for (key, known) in &desk.known {
        let day = today(&known.recipient, now);
        transaction.note_open(key, day, known.open)?;
        let since = day.saturating_sub((TREND - 1).days());
        let (trend, thread) = (transaction.trend(key, since)?, known.past.thread.clone());
        digests.about(key, Overview { open: known.open, oldest: known.oldest, trend, thread });
    }
    let notices = digests.finish(look.run, now).map_err(unwritable)?;
    for notice in &notices {
        transaction.queue(notice)?;
    }
    for (key, known) in &desk.known {
        if known.open == 0 {
            transaction.end_thread(key)?;
        }
        // A digest whose time has come while it is quiet is owed when the quiet ends.
        if known.turn.quiet_until.is_none() {
            transaction.planned(key, now)?;
        }
    }
    Ok(notices)
}

/// As [`plan`], but nothing is written: `watch` sees every decision.
///
/// # Errors
/// If the store cannot be read.
pub fn decide(
    transaction: &Transaction<'_>,
    options: &notify::Options,
    look: &Look,
    now: Timestamp,
    watch: impl FnMut(Decided<'_>),
) -> Result<(), RunError> {
    Ok(Desk::open(transaction, options, look, now)?.decide_all(watch)?)
}

/// What is known while it is decided.
struct Desk<'a> {
    transaction: &'a Transaction<'a>,
    options: &'a notify::Options,
    silences: Vec<crate::domain::Silence>,
    doubted: Vec<String>,
    look: &'a Look,
    /// When each shop was looked at before that.
    looks: BTreeMap<String, Timestamp>,
    now: Timestamp,
    /// Everybody who was met so far, by key.
    known: BTreeMap<String, Known>,
}

/// One recipient.
struct Known {
    recipient: Recipient,
    past: Correspondence,
    turn: Turn,
    /// Incidents that are open for them.
    open: u32,
    /// Since when the oldest of them is wrong.
    oldest: Option<Timestamp>,
}

impl<'a> Desk<'a> {
    fn open(
        transaction: &'a Transaction<'a>,
        options: &'a notify::Options,
        look: &'a Look,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut desk = Self {
            transaction,
            options,
            silences: transaction.silences(now)?,
            doubted: transaction.doubted_shops()?,
            look,
            looks: transaction.last_looks()?,
            now,
            known: BTreeMap::new(),
        };
        for recipient in &options.recipients {
            desk.meet(recipient)?;
        }
        Ok(desk)
    }

    /// Decides for everybody who is to be asked about any incident.
    fn decide_all(&mut self, mut watch: impl FnMut(Decided<'_>)) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let batch = self.transaction.tellable(after, ROWS)?;
            let Some(last) = batch.last().and_then(|(incident, _)| incident.id) else { return Ok(()) };
            after = last;
            for (incident, tellings) in &batch {
                for (owner, is_orphan) in self.addressees(incident, tellings)? {
                    let due = self.decide(incident, tellings, &owner.recipient);
                    let told = telling(tellings, &owner.recipient.key());
                    watch(Decided { incident, owner: &owner, is_orphan, told, due: &due });
                }
            }
        }
    }

    /// Looks up what is remembered of a recipient, once.
    fn meet(&mut self, recipient: &Recipient) -> Result<&mut Known, StoreError> {
        Ok(match self.known.entry(recipient.key()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let cadence = &recipient.cadence;
                // As long as the first reminder waits, a mailbox that refused is not tried again.
                let pause = cadence.reminder_after(1).unwrap_or(notify::A_DAY);
                let lately = self.now.saturating_sub(pause).unwrap_or(Timestamp::MIN);
                let past = self.transaction.correspondence(place.key(), cadence.day(self.now).0, lately)?;
                let turn = Turn::of(cadence, self.transaction.planned_at(place.key())?, self.now);
                place.insert(Known { recipient: recipient.clone(), past, turn, open: 0, oldest: None })
            }
        })
    }

    /// Who is to be asked about an incident: its owners; of one that is put right also whoever believes it open without
    /// owning it any more. What would go to somebody who refuses goes to the fallback. With each, whether the item is an
    /// orphan.
    fn addressees(&mut self, incident: &Incident, tellings: &[Telling]) -> Result<Vec<(Owner, bool)>, StoreError> {
        let ownership = notify::owners(self.options, incident);
        let is_orphan = ownership.is_orphan();
        let mut all: Vec<Owner> = ownership.owners;
        if incident.state == IncidentState::Resolved {
            let former = tellings.iter().filter_map(|told| self.options.by_key(&told.recipient));
            for recipient in former {
                if !all.iter().any(|owner| owner.recipient.key() == recipient.key()) {
                    all.push(Owner { recipient, by: notify::By::Formerly });
                }
            }
        }
        let mut addressees: Vec<(Owner, bool)> = Vec::with_capacity(all.len());
        for owner in all {
            let known = self.meet(&owner.recipient)?;
            if incident.state.is_open() {
                known.open += 1;
                let oldest = known.oldest.get_or_insert(incident.first_seen);
                *oldest = (*oldest).min(incident.first_seen);
            }
            if !known.past.refuses {
                addressees.push((owner, is_orphan));
                continue;
            }
            let instead: Vec<Recipient> = self.options.fallback().cloned().collect();
            for recipient in instead {
                let is_new = !addressees.iter().any(|(known, _)| known.recipient.key() == recipient.key());
                // That it is put right is only owed to who knows that it was wrong.
                let is_owed =
                    incident.state != IncidentState::Resolved || telling(tellings, &recipient.key()).is_some();
                if is_new && is_owed && recipient.key() != owner.recipient.key() {
                    self.meet(&recipient)?;
                    addressees.push((Owner { recipient, by: notify::By::Refused }, false));
                }
            }
            if addressees.is_empty() {
                addressees.push((owner, is_orphan));
            }
        }
        Ok(addressees)
    }

    /// When the last look at a shop began.
    fn seen_since(&self, shop: &str) -> Timestamp {
        let earlier = self.looks.get(shop).filter(|_| !self.look.shops.iter().any(|looked| looked == shop));
        earlier.copied().unwrap_or(self.look.began)
    }

    fn decide(&self, incident: &Incident, tellings: &[Telling], recipient: &Recipient) -> Due {
        let key = recipient.key();
        let Some(known) = self.known.get(&key) else { return Due::Not(Why::Refuses) };
        if known.past.refuses {
            return Due::Not(Why::Refuses);
        }
        let muted: Option<Muted> = notify::muted(incident, &self.options.expected, &self.silences, self.now);
        let case = Case {
            incident,
            recipient,
            told: telling(tellings, &key),
            past: &known.past,
            muted: muted.as_ref(),
            doubted: self.doubted.contains(&incident.shop),
            seen_since: self.seen_since(&incident.shop),
            turn: &known.turn,
        };
        notify::due(&case, self.now)
    }
}

fn telling<'a>(tellings: &'a [Telling], key: &str) -> Option<&'a Telling> {
    tellings.iter().find(|told| told.recipient == key)
}

/// The day it is for a recipient.
fn today(recipient: &Recipient, now: Timestamp) -> jiff::civil::Date {
    let zone = TimeZone::get(&recipient.cadence.timezone).unwrap_or(TimeZone::UTC);
    now.to_zoned(zone).date()
}
