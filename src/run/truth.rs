//! Stage 2, and every later question to the stock sources: answers go to the worksheet, source by source.

use super::remember::Memory;
use super::sources::{Source, Sources};
use super::{Scope, ShopTrouble, Tools, join};
use crate::domain::{Census, Doubt, Item, StockAnswer};
use crate::stock::{Reach, StockAnswerFor, StockError};
use crate::store::{Lists, Row, Worksheet};

/// How many keys are handed over at once.
const KEYS: usize = 1000;

/// Reads the stock of everything, or of every key the catalogue knows, or, where only a few items are wanted, of theirs.
/// A reading that is hard to believe beside the last one that was believed is held.
pub(super) async fn ask_in_bulk(
    shop: &str,
    scope: &Scope,
    sources: &Sources,
    tools: &Tools,
    sheet: &Worksheet,
    memory: &Memory,
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
        let read = match source.system.reach() {
            Reach::All if !source.answers_a_few(scope) => read_everything(source, tools, sheet, |_| true).await?,
            Reach::All | Reach::Keys { .. } => ask_for_the_catalogue(source, tools, sheet).await?,
        };
        let doubt = match read {
            Err(error) => Some(Doubt::Broken { why: error.advised() }),
            // One item, or a reading that was cut short, are not to be compared.
            Ok(_) if scope.is_ad_hoc() || tools.stop.pulled() => None,
            Ok(census) if scope.limit.is_some() => {
                source.weigh_a_few(memory.census(shop, name, scope)?.as_ref(), &census, &tools.clock)
            }
            Ok(census) => {
                let doubt = source.weigh(memory.census(shop, name, scope)?, census, &tools.clock);
                doubt.or_else(|| source.names_no_place())
            }
        };
        if let Some(doubt) = doubt {
            sources.hold(source, doubt)?;
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

async fn ask_for_the_catalogue(
    source: &Source,
    tools: &Tools,
    sheet: &Worksheet,
) -> Result<Result<Census, StockError>, ShopTrouble> {
    let mut census = Census { asked: Some(0), ..Census::default() };
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
        let Some(last) = keys.last().cloned() else { return Ok(Ok(census)) };
        match tools.stop.or(try_ask(source, tools, &keys, sheet, &mut census)).await.transpose()? {
            None => return Ok(Ok(census)),
            Some(Err(error)) => return Ok(Err(error)),
            Some(Ok(())) => after = Some(last),
        }
    }
}

/// Asks all sources again for these items, each by the cheaper way.
pub(super) async fn ask_again(
    sources: &Sources,
    tools: &Tools,
    items: &[&Item],
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    for source in sources.all.iter().filter(|source| source.doubt.borrow().is_none()) {
        if source.system.can_ask() {
            let mut keys = Vec::new();
            for item in items {
                keys.extend(join::key_to_ask(source, item, sheet)?);
            }
            keys.sort();
            keys.dedup();
            ask(source, tools, &keys, sheet).await?;
        } else {
            let doubt = match read_everything(source, tools, sheet, |_| true).await? {
                Err(error) => Some(Doubt::Broken { why: error.advised() }),
                Ok(_) if tools.stop.pulled() => None,
                Ok(census) => source.weigh_again(&census, &tools.clock),
            };
            if let Some(doubt) = doubt {
                sources.hold(source, doubt)?;
            }
        }
    }
    Ok(())
}

/// Asks for what the pages named and nobody asked for yet.
pub(super) async fn ask_for_new(
    sources: &Sources,
    tools: &Tools,
    items: &[&Item],
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    for source in sources.all.iter().filter(|source| source.system.can_ask() && source.doubt.borrow().is_none()) {
        let mut keys = Vec::new();
        for item in items {
            if let Some(key) = join::key_to_ask(source, item, sheet)?
                && sheet.answer(source.number, &key)?.is_none()
            {
                keys.push(key);
            }
        }
        keys.sort();
        keys.dedup();
        let mut part = Census { asked: Some(0), ..Census::default() };
        let doubt = match try_ask(source, tools, &keys, sheet, &mut part).await? {
            Err(error) => Some(Doubt::Broken { why: error.advised() }),
            Ok(()) => source.weigh_more(&part, &tools.clock),
        };
        // What was judged by it so far is judged again, as every suspect is.
        if let Some(doubt) = doubt {
            source.hold(doubt);
        }
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
                return ask(source, tools, key.as_slice(), sheet).await;
            }
            let aliases: Vec<String> =
                key.iter().filter_map(|key| source.keys.normal(key)).chain(source.keys.number(item)).collect();
            let may_be = |one: &StockAnswerFor| {
                key.as_ref() == Some(&one.key) || source.keys.aliases(one).iter().any(|alias| aliases.contains(alias))
            };
            read_everything(source, tools, sheet, may_be).await?.map(drop)
        }
        failed => failed,
    };
    *source.doubt.borrow_mut() = asked.err().map(|error| Doubt::Broken { why: error.advised() });
    Ok(())
}

/// Asks for keys; a source that does not answer leaves an answer that says so, so that no older one is believed.
pub(super) async fn ask(source: &Source, tools: &Tools, keys: &[String], sheet: &Worksheet) -> Result<(), ShopTrouble> {
    if let Err(error) = try_ask(source, tools, keys, sheet, &mut Census::default()).await? {
        let failed = StockAnswer::Failed(error.to_string());
        for key in keys {
            sheet.put_answer(source.number, key, &failed)?;
        }
    }
    Ok(())
}

/// Asks for keys and counts what is answered.
async fn try_ask(
    source: &Source,
    tools: &Tools,
    keys: &[String],
    sheet: &Worksheet,
    census: &mut Census,
) -> Result<Result<(), StockError>, ShopTrouble> {
    if keys.is_empty() {
        return Ok(Ok(()));
    }
    let answers = match source.system.ask(keys).await {
        Ok(answers) => answers,
        Err(error) => return Ok(Err(error)),
    };
    census.asked = census.asked.map(|asked| asked + keys.len() as u64);
    for one in &answers {
        census.note(&one.answer, tools.clock.now());
        sheet.put_answer(source.number, &one.key, &one.answer)?;
    }
    Ok(Ok(()))
}

/// Reads a source as a whole and keeps what is wanted of it.
pub(super) async fn read_everything(
    source: &Source,
    tools: &Tools,
    sheet: &Worksheet,
    wanted: impl Fn(&StockAnswerFor) -> bool,
) -> Result<Result<Census, StockError>, ShopTrouble> {
    sheet.forget_answers(source.number)?;
    let mut written = Ok(());
    let (mut census, now) = (Census::default(), tools.clock.now());
    let read = tools
        .stop
        .or(source.system.everything(&mut |one| {
            census.note(&one.answer, now);
            if written.is_ok() && wanted(&one) {
                written = source.note(&one, sheet);
            }
        }))
        .await;
    written?;
    match read.unwrap_or(Ok(())) {
        Ok(()) => Ok(Ok(sheet.count_answers(source.number, census)?)),
        Err(error) => Ok(Err(error)),
    }
}
