//! Stage 2, and every later question to the stock sources: answers go to the worksheet, source by source.

use std::cell::RefCell;

use super::{Scope, ShopTrouble, Tools, join};
use crate::domain::clock::Clock;
use crate::domain::{Decides, Item, SourceSummary, StockAnswer, Tolerance};
use crate::stock::{self, Keys, Reach, StockAnswerFor, StockError, StockSource};
use crate::store::{Lists, Row, Worksheet};

/// How many keys are handed over at once.
const KEYS: usize = 1000;

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
    /// Why it could not be read to its end, if it could not: a key it did not name is then unknown, not missing.
    pub(super) failed: RefCell<Option<String>>,
}

impl Sources {
    /// Opens them all. Nothing is asked yet.
    pub(super) fn open(options: &stock::Sources, clock: &Clock) -> Result<Self, StockError> {
        let open = |(number, one): (usize, &stock::Options)| {
            Ok::<_, StockError>(Source {
                number,
                decides: one.decides,
                keys: one.keys.clone(),
                system: stock::open(one, clock)?,
                failed: RefCell::default(),
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
            let failed = source.failed.borrow().clone();
            let whole = whole && failed.is_none();
            Ok(SourceSummary {
                name: source.system.name().to_owned(),
                requests: source.system.requests(),
                items,
                unlisted: (whole && source.system.reach() == Reach::All).then_some(unlisted),
                failed,
                nowhere: if whole && items > 0 { source.system.unmatched() } else { Vec::new() },
            })
        };
        self.all.iter().map(of_one).collect()
    }

    /// Notes that a source could not be read to its end. A shop whose sources all failed cannot be checked.
    fn give_up(&self, source: &Source, error: &StockError) -> Result<(), ShopTrouble> {
        let why = format!("the stock source could not be read: {}", error.advised());
        tracing::warn!("{}: {why}", source.system.name());
        *source.failed.borrow_mut() = Some(why);
        let all: Option<Vec<String>> = self.all.iter().map(|source| source.failed.borrow().clone()).collect();
        match all.as_deref() {
            None => Ok(()),
            Some([only]) => Err(ShopTrouble(only.clone())),
            Some(whys) => {
                let named = self.all.iter().zip(whys).map(|(source, why)| format!("{}: {why}", source.system.name()));
                Err(ShopTrouble(named.collect::<Vec<_>>().join("; ")))
            }
        }
    }
}

impl Source {
    /// Whether it is asked for the few items that are wanted, rather than read as a whole.
    fn answers_a_few(&self, scope: &Scope) -> bool {
        self.can_be_asked() && (scope.is_ad_hoc() || scope.limit.is_some())
    }

    /// Whether every item can be asked for by a key that is known before the source was read.
    fn can_be_asked(&self) -> bool {
        self.system.can_ask() && !(self.keys.need_everything() && self.system.reach() == Reach::All)
    }

    /// Writes down an answer of a listing and by what it may be found.
    fn note(&self, one: &StockAnswerFor, sheet: &Worksheet) -> Result<(), ShopTrouble> {
        sheet.put_answer(self.number, &one.key, &one.answer)?;
        for alias in self.keys.aliases(one) {
            sheet.put_alias(self.number, Lists::Source, &alias, &one.key)?;
        }
        Ok(())
    }
}

/// Reads the stock of everything, or of every key the catalogue knows, or, where only a few items are wanted, of theirs.
pub(super) async fn ask_in_bulk(
    shop: &str,
    scope: &Scope,
    sources: &Sources,
    tools: &Tools,
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    for source in sources.all.iter().filter(|_| !tools.stop.pulled()) {
        let name = source.system.name();
        tools.progress.stage(&format!("{shop}: asking {name} for stock"));
        tracing::info!("{shop}: asking {name} for stock");
        note_catalogue(source, sheet)?;
        if let Err(error) = read_mapping(source, sheet)? {
            sources.give_up(source, &error)?;
            continue;
        }
        match source.system.reach() {
            Reach::All if !source.answers_a_few(scope) => {
                if let Err(error) = read_everything(source, tools, sheet, |_| true).await? {
                    sources.give_up(source, &error)?;
                }
            }
            Reach::All | Reach::Keys { .. } => ask_for_the_catalogue(source, tools, sheet).await?,
        }
    }
    Ok(())
}

/// Notes by what the items of the catalogue may be found beside their keys, so that two items with the same are seen.
fn note_catalogue(source: &Source, sheet: &Worksheet) -> Result<(), ShopTrouble> {
    let mut after = 0;
    while source.keys.need_everything() {
        let rows = sheet.items(after, KEYS)?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for Row { value: item, .. } in &rows {
            let normal = item.key().and_then(|key| source.keys.normal(key));
            for alias in normal.into_iter().chain(source.keys.number(item)) {
                sheet.put_alias(source.number, Lists::Catalogue, &alias, &join::name_of(item))?;
            }
        }
    }
    Ok(())
}

/// Brings a mapping file into the worksheet.
pub(super) fn read_mapping(source: &Source, sheet: &Worksheet) -> Result<Result<(), StockError>, ShopTrouble> {
    let Some(mapping) = &source.keys.mapping else { return Ok(Ok(())) };
    let mut written = Ok(());
    let read = mapping.read(&mut |key, becomes| {
        if written.is_ok() {
            written = sheet.put_mapping(source.number, key, becomes);
        }
    });
    written?;
    Ok(read)
}

async fn ask_for_the_catalogue(source: &Source, tools: &Tools, sheet: &Worksheet) -> Result<(), ShopTrouble> {
    let mapped = source.keys.mapping.is_some();
    if mapped {
        sheet.map_keys(source.number)?;
    }
    let mut after = None;
    loop {
        let keys = if mapped {
            sheet.mapped_keys_without_answer(source.number, after.as_deref(), KEYS)?
        } else {
            sheet.keys_without_answer(source.number, after.as_deref(), KEYS)?
        };
        let Some(last) = keys.last().cloned() else { return Ok(()) };
        if tools.stop.or(ask(source, &keys, sheet)).await.transpose()?.is_none() {
            return Ok(());
        }
        after = Some(last);
    }
}

/// Asks all sources again for these items, each by the cheaper way.
pub(super) async fn ask_again(
    sources: &Sources,
    tools: &Tools,
    items: &[&Item],
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    for source in &sources.all {
        if source.system.can_ask() {
            let mut keys = Vec::new();
            for item in items {
                keys.extend(join::key_to_ask(source, item, sheet)?);
            }
            keys.sort();
            keys.dedup();
            ask(source, &keys, sheet).await?;
        } else {
            *source.failed.borrow_mut() = None;
            if let Err(error) = read_everything(source, tools, sheet, |_| true).await? {
                sources.give_up(source, &error)?;
            }
        }
    }
    Ok(())
}

/// Asks for what the pages named and nobody asked for yet.
pub(super) async fn ask_for_new(sources: &Sources, items: &[&Item], sheet: &Worksheet) -> Result<(), ShopTrouble> {
    for source in sources.all.iter().filter(|source| source.system.can_ask() && source.failed.borrow().is_none()) {
        let mut keys = Vec::new();
        for item in items {
            if let Some(key) = join::key_to_ask(source, item, sheet)?
                && sheet.answer(source.number, &key)?.is_none()
            {
                keys.push(key);
            }
        }
        ask(source, &keys, sheet).await?;
    }
    Ok(())
}

/// Asks a source for one item, whatever may lie between its key and that of the source.
pub(super) async fn ask_for_one(
    source: &Source,
    item: &Item,
    tools: &Tools,
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    let asked = match read_mapping(source, sheet)? {
        Ok(()) => {
            let key = join::key_to_ask(source, item, sheet)?;
            if source.can_be_asked() || !source.keys.need_everything() {
                return ask(source, key.as_slice(), sheet).await;
            }
            let aliases: Vec<String> =
                key.iter().filter_map(|key| source.keys.normal(key)).chain(source.keys.number(item)).collect();
            let may_be = |one: &StockAnswerFor| {
                key.as_ref() == Some(&one.key) || source.keys.aliases(one).iter().any(|alias| aliases.contains(alias))
            };
            read_everything(source, tools, sheet, may_be).await?
        }
        failed => failed,
    };
    *source.failed.borrow_mut() = asked.err().map(|error| error.to_string());
    Ok(())
}

/// Asks for keys; a source that does not answer leaves an answer that says so, so that no older one is believed.
pub(super) async fn ask(source: &Source, keys: &[String], sheet: &Worksheet) -> Result<(), ShopTrouble> {
    if keys.is_empty() {
        return Ok(());
    }
    match source.system.ask(keys).await {
        Ok(answers) => {
            for one in &answers {
                sheet.put_answer(source.number, &one.key, &one.answer)?;
            }
        }
        Err(error) => {
            let failed = StockAnswer::Failed(error.to_string());
            for key in keys {
                sheet.put_answer(source.number, key, &failed)?;
            }
        }
    }
    Ok(())
}

/// Reads a source as a whole and keeps what is wanted of it.
pub(super) async fn read_everything(
    source: &Source,
    tools: &Tools,
    sheet: &Worksheet,
    wanted: impl Fn(&StockAnswerFor) -> bool,
) -> Result<Result<(), StockError>, ShopTrouble> {
    sheet.forget_answers(source.number)?;
    let mut written = Ok(());
    let read = tools
        .stop
        .or(source.system.everything(&mut |one| {
            if written.is_ok() && wanted(&one) {
                written = source.note(&one, sheet);
            }
        }))
        .await;
    written?;
    Ok(read.unwrap_or(Ok(())))
}
