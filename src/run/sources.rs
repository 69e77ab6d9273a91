//! A shop's stock sources while a run is under way: what they are asked, what they answered in numbers, and whether they
//! are believed.

use std::cell::RefCell;
use std::path::PathBuf;

use super::{Scope, ShopTrouble};
use crate::domain::clock::Clock;
use crate::domain::{Census, Decides, Doubt, SourceSummary, Tolerance};
use crate::stock::{self, Brake, Keys, Reach, StockAnswerFor, StockError, StockSource};
use crate::store::{Lists, Worksheet};

/// A shop's stock sources, open.
pub(super) struct Sources {
    /// In order of precedence.
    pub(super) all: Vec<Source>,
    /// By how much two of them may differ.
    pub(super) tolerance: Tolerance,
}

/// One of them.
pub(super) struct Source {
    /// Its place in the order of precedence, from 0; its number in the worksheet.
    pub(super) number: usize,
    /// What its word counts for.
    pub(super) decides: Decides,
    /// What may lie between the catalogue's keys and its own.
    pub(super) keys: Keys,
    /// The way to it.
    pub(super) system: Box<dyn StockSource>,
    /// What a reading of it may look like.
    brake: Brake,
    /// The bulk reading of this run in numbers, if it can be held against others.
    census: RefCell<Option<Census>>,
    /// The last one that was believed.
    before: RefCell<Option<Census>>,
    /// Why it is not believed in this run, if it is not: then nothing that it says of any item counts.
    pub(super) doubt: RefCell<Option<Doubt>>,
}

impl Sources {
    /// Opens them all. Nothing is asked yet.
    pub(super) fn open(options: &stock::Sources, clock: &Clock) -> Result<Self, StockError> {
        Self::open_resumable(options, clock, |_| None)
    }

    /// As [`Sources::open`]; a bulk reading that dies is gone on with from the file that `spool` names for the source of
    /// this number.
    pub(super) fn open_resumable(
        options: &stock::Sources,
        clock: &Clock,
        spool: impl Fn(usize) -> Option<PathBuf>,
    ) -> Result<Self, StockError> {
        let open = |(number, one): (usize, &stock::Options)| {
            Ok::<_, StockError>(Source {
                number,
                decides: one.decides,
                keys: one.keys.clone(),
                system: stock::open_resumable(one, clock, spool(number))?,
                brake: one.brake,
                census: RefCell::default(),
                before: RefCell::default(),
                doubt: RefCell::default(),
            })
        };
        let all = options.sources.iter().enumerate().map(open).collect::<Result<_, _>>()?;
        Ok(Self { all, tolerance: options.tolerance })
    }

    /// Their names, in words.
    pub(super) fn names(&self) -> String {
        self.all.iter().map(|source| source.system.name()).collect::<Vec<_>>().join(" and ")
    }

    /// Logs out where there was a login; to be called once at the end, whatever happened.
    pub(super) async fn close(&self) {
        for source in &self.all {
            source.system.close().await;
        }
    }

    /// What came of them in numbers. `whole`: whether everything was read, so that what the catalogue lacks can be told.
    pub(super) fn summary(&self, whole: bool, sheet: &Worksheet) -> Result<Vec<SourceSummary>, ShopTrouble> {
        let of_one = |source: &Source| {
            let (items, unlisted) = sheet.answered(source.number)?;
            let doubt = source.doubt.borrow().clone();
            let whole = whole && doubt.is_none();
            Ok(SourceSummary {
                name: source.system.name().to_owned(),
                requests: source.system.requests(),
                items,
                unlisted: (whole && source.system.reach() == Reach::All).then_some(unlisted),
                nowhere: if whole && items > 0 { source.system.unmatched() } else { Vec::new() },
                census: source.census.borrow().clone(),
                doubt,
            })
        };
        self.all.iter().map(of_one).collect()
    }

    /// Notes that a source could not be read. A shop whose sources all are not believed cannot be checked.
    pub(super) fn give_up(&self, source: &Source, error: &StockError) -> Result<(), ShopTrouble> {
        self.hold(source, Doubt::Broken { why: error.advised() })
    }

    /// Holds whatever a source says, for the rest of the run.
    pub(super) fn hold(&self, source: &Source, doubt: Doubt) -> Result<(), ShopTrouble> {
        source.hold(doubt);
        let all: Option<Vec<String>> = self.all.iter().map(Source::told_doubt).collect();
        match all.as_deref() {
            None => Ok(()),
            Some([only]) => Err(ShopTrouble(format!("the stock source {only}"))),
            Some(whys) => {
                let named = self.all.iter().zip(whys).map(|(source, why)| format!("{} {why}", source.system.name()));
                Err(ShopTrouble(named.collect::<Vec<_>>().join("; ")))
            }
        }
    }
}

impl Source {
    /// Holds whatever it says, for the rest of the run.
    pub(super) fn hold(&self, doubt: Doubt) {
        tracing::warn!("{}: {doubt}", self.system.name());
        self.doubt.borrow_mut().get_or_insert(doubt);
    }

    /// Why it is not believed, in words that follow its name.
    pub(super) fn told_doubt(&self) -> Option<String> {
        self.doubt.borrow().as_ref().map(Doubt::told)
    }

    /// Whether it is asked for the few items that are wanted, rather than read as a whole.
    pub(super) fn answers_a_few(&self, scope: &Scope) -> bool {
        self.can_be_asked() && (scope.is_ad_hoc() || scope.limit.is_some())
    }

    /// Whether every item can be asked for by a key that is known before the source was read.
    pub(super) fn can_be_asked(&self) -> bool {
        self.system.can_ask() && !(self.keys.need_everything() && self.system.reach() == Reach::All)
    }

    /// Writes down an answer of a listing and by what it may be found.
    pub(super) fn note(&self, one: &StockAnswerFor, sheet: &Worksheet) -> Result<(), ShopTrouble> {
        sheet.put_answer(self.number, &one.key, &one.answer)?;
        for alias in self.keys.aliases(one) {
            sheet.put_alias(self.number, Lists::Source, &alias, &one.key)?;
        }
        Ok(())
    }

    /// What speaks against its bulk reading, held against the last one that was believed. From now on later readings of
    /// this run are held against this one.
    pub(super) fn weigh(&self, before: Option<Census>, census: Census, clock: &Clock) -> Option<Doubt> {
        let doubt = self.brake.doubt(before.as_ref(), &census, clock.now());
        *self.before.borrow_mut() = before;
        *self.census.borrow_mut() = Some(census);
        doubt
    }

    /// Whether its expressions select locations that no item is at, after a reading of everything.
    pub(super) fn names_no_place(&self) -> Option<Doubt> {
        let known = self.census.borrow().as_ref().is_some_and(|census| census.known > 0);
        let locations = self.system.unmatched();
        (known && !locations.is_empty()).then_some(Doubt::NoLocation { locations })
    }

    /// As [`Source::weigh`], of a few items only, which no later reading can be held against.
    pub(super) fn weigh_a_few(&self, before: Option<&Census>, census: &Census, clock: &Clock) -> Option<Doubt> {
        self.brake.doubt(before, census, clock.now())
    }

    /// What speaks against the reading with this part of it, where only pages name what there is to be asked.
    pub(super) fn weigh_more(&self, part: &Census, clock: &Clock) -> Option<Doubt> {
        let mut census = self.census.borrow_mut();
        let census = census.as_mut().filter(|census| census.asked.is_some())?;
        census.add(part);
        self.brake.doubt(self.before.borrow().as_ref(), census, clock.now())
    }

    /// What speaks against a later reading of the same run.
    pub(super) fn weigh_again(&self, census: &Census, clock: &Clock) -> Option<Doubt> {
        self.brake.doubt(self.census.borrow().as_ref(), census, clock.now())
    }
}
