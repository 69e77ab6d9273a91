//! Stage 2, and every later question to the stock source: answers go to the worksheet.

use super::{Scope, Shop, ShopTrouble, Tools};
use crate::domain::StockAnswer;
use crate::stock::{Reach, StockSource};
use crate::store::Worksheet;

/// How many keys are handed over at once.
const KEYS: usize = 1000;

/// Reads the stock of everything, or of every key the catalogue knows, or, where only a few items are wanted, of theirs.
pub(super) async fn ask_in_bulk(
    shop: &Shop,
    scope: &Scope,
    source: &dyn StockSource,
    tools: &Tools,
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    tools.progress.stage(&format!("{}: asking {} for stock", shop.name, source.name()));
    tracing::info!("{}: asking {} for stock", shop.name, source.name());
    let a_few = source.can_ask() && (scope.is_ad_hoc() || scope.limit.is_some());
    match source.reach() {
        Reach::All if !a_few => read_everything(source, tools, sheet).await,
        Reach::All | Reach::Keys { .. } => {
            let mut after = None;
            loop {
                let keys = sheet.keys_without_answer(after.as_deref(), KEYS)?;
                let Some(last) = keys.last().cloned() else { break };
                if tools.stop.or(ask(source, &keys, sheet)).await.transpose()?.is_none() {
                    break;
                }
                after = Some(last);
            }
            Ok(())
        }
    }
}

/// Asks again for these keys, by the cheaper way.
pub(super) async fn ask_again(
    source: &dyn StockSource,
    tools: &Tools,
    keys: &[String],
    sheet: &Worksheet,
) -> Result<(), ShopTrouble> {
    if source.can_ask() { ask(source, keys, sheet).await } else { read_everything(source, tools, sheet).await }
}

/// Asks for keys; a source that does not answer leaves an answer that says so, so that no older one is believed.
pub(super) async fn ask(source: &dyn StockSource, keys: &[String], sheet: &Worksheet) -> Result<(), ShopTrouble> {
    match source.ask(keys).await {
        Ok(answers) => {
            for one in &answers {
                sheet.put_answer(&one.key, &one.answer)?;
            }
        }
        Err(error) => {
            let failed = StockAnswer::Failed(error.to_string());
            for key in keys {
                sheet.put_answer(key, &failed)?;
            }
        }
    }
    Ok(())
}

async fn read_everything(source: &dyn StockSource, tools: &Tools, sheet: &Worksheet) -> Result<(), ShopTrouble> {
    sheet.forget_answers()?;
    let mut written = Ok(());
    let read = tools
        .stop
        .or(source.everything(&mut |one| {
            if written.is_ok() {
                written = sheet.put_answer(&one.key, &one.answer);
            }
        }))
        .await;
    written?;
    match read {
        Some(Err(error)) => Err(ShopTrouble(format!("the stock source could not be read: {}", error.advised()))),
        Some(Ok(())) | None => Ok(()),
    }
}
