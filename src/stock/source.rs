//! A connection and the rules of its configuration: records in, stock facts out.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use async_trait::async_trait;

use super::inspection::{Inspected, Inspection};
use super::record::{Record, Told};
use super::rules::Rules;
use super::spool::Spool;
use super::unique::{Unique, ambiguous};
use super::{Connection, Keys, Options, Reach, StockAnswerFor, StockError, StockSource};
use crate::domain::StockAnswer;
use crate::domain::clock::Clock;

/// A stock system that can be asked for facts.
pub(super) struct Source {
    name: String,
    adapter: &'static str,
    connection: Box<dyn Connection>,
    rules: Rules,
    clock: Clock,
    /// Where a reading of everything is noted, and the options it was made with, as a number.
    spool: Option<(PathBuf, u64)>,
}

impl Source {
    pub(super) fn open(options: &Options, clock: &Clock, spool: Option<PathBuf>) -> Result<Self, StockError> {
        let mut hasher = DefaultHasher::new();
        format!("{options:?}").hash(&mut hasher);
        Ok(Self {
            spool: spool.map(|path| (path, hasher.finish())),
            name: options.name.clone(),
            adapter: options.adapter.kind().name(),
            rules: super::compile(options)?,
            connection: options.adapter.kind().open(&options.name, clock)?,
            clock: clock.clone(),
        })
    }

    /// What the rules make of a record.
    fn judge(&self, record: &Record) -> StockAnswer {
        let answer = match &record.fields {
            Ok(fields) => {
                let as_of = record.as_of.unwrap_or_else(|| self.clock.now());
                self.rules.answer(&record.key, fields, as_of)
            }
            Err(why) => StockAnswer::Failed(why.clone()),
        };
        match (answer, &record.line) {
            (StockAnswer::Failed(why), Some(line)) => {
                StockAnswer::Failed(format!("{}, line {}: {why}", line.file, line.number))
            }
            (answer, _) => answer,
        }
    }

    /// What records that were sought by one key say together.
    fn one_answer(&self, records: &[Record]) -> StockAnswer {
        let Some((first, others)) = records.split_first() else { return StockAnswer::Missing };
        let mut answer = self.judge(first);
        for other in others {
            if other.key != first.key {
                let why = format!("the source lists {} and {}, which are alike once normalised", first.key, other.key);
                return StockAnswer::Failed(format!("the key is ambiguous: {why}"));
            }
            let one = self.judge(other);
            answer = ambiguous(&answer, &one).unwrap_or(one);
        }
        answer
    }

    /// The records of these keys, by the cheaper way. How many items were read, where that is reading it all.
    async fn records_of(&self, keys: &[String], keep: impl FnMut(Record)) -> Result<Option<u64>, StockError> {
        if self.connection.can_ask() {
            self.connection.ask(keys).await?.into_iter().for_each(keep);
            return Ok(None);
        }
        let wanted: HashSet<&str> = keys.iter().map(String::as_str).collect();
        self.read_for(|key| wanted.contains(key), keep).await.map(Some)
    }

    /// Reads everything for the records whose key is wanted. How many items were read.
    async fn read_for(&self, wanted: impl Fn(&str) -> bool, mut keep: impl FnMut(Record)) -> Result<u64, StockError> {
        let mut told = 0_u64;
        let mut each = |one| {
            let Told::Item(record) = one else { return };
            told += 1;
            if wanted(&record.key) {
                keep(record);
            }
        };
        self.connection.list(None, &mut each).await?;
        self.counted(told, 0)?;
        Ok(told)
    }

    /// Lists everything, from where an earlier reading died if there was one.
    async fn list(&self, sink: &mut dyn FnMut(Told)) -> Result<(), StockError> {
        let Some((path, options)) = &self.spool else { return self.connection.list(None, sink).await };
        let (mut spool, earlier) = Spool::open(path, *options, self.clock.now());
        let from = earlier.as_ref().map(|earlier| earlier.checkpoint.clone());
        if let Some(earlier) = earlier {
            let mut again = 0_u64;
            for record in earlier.records() {
                again += 1;
                sink(Told::Item(record));
            }
            tracing::info!(source = %self.name, again, "going on with a reading that was cut off");
        }
        let mut went_on = false;
        let mut noting = |told| {
            went_on |= matches!(told, Told::Checkpoint(_));
            spool.note(&told, self.clock.now());
            sink(told);
        };
        let read = self.connection.list(from.as_deref(), &mut noting).await;
        // What a source cannot go on from today it will not go on from later either.
        if read.is_ok() || (from.is_some() && !went_on) {
            spool.finish();
        }
        read
    }

    /// A listing says nothing where it says nothing of any item.
    fn counted(&self, told: u64, keyless: u64) -> Result<(), StockError> {
        if told == 0 {
            return Err(StockError::Empty { place: self.name.clone() });
        }
        if told == keyless {
            return Err(StockError::Keyless { place: self.name.clone(), items: told });
        }
        if keyless > 0 {
            tracing::warn!(source = %self.name, keyless, told, "items without a key were passed over");
        }
        Ok(())
    }
}

#[async_trait(?Send)]
impl StockSource for Source {
    fn name(&self) -> &str {
        &self.name
    }

    fn reach(&self) -> Reach {
        self.connection.reach()
    }

    fn can_ask(&self) -> bool {
        self.connection.can_ask()
    }

    async fn everything(&self, sink: &mut dyn FnMut(StockAnswerFor)) -> Result<(), StockError> {
        let mut unique = Unique::new().map_err(on_disk)?;
        let (mut told, mut keyless) = (0_u64, 0_u64);
        let mut noted = Ok(());
        let mut each = |one| {
            let Told::Item(record) = one else { return };
            told += 1;
            if record.key.is_empty() {
                keyless += 1;
                return;
            }
            let answer = self.judge(&record);
            if noted.is_ok() {
                noted = unique.note(&record.key, &answer);
            }
            sink(StockAnswerFor { key: record.key, answer });
        };
        self.list(&mut each).await?;
        noted.map_err(on_disk)?;
        self.counted(told, keyless)?;
        if self.rules.sells_nowhere() {
            return Err(StockError::Nowhere { place: self.name.clone(), locations: self.rules.unmatched() });
        }
        unique.finish(sink).map_err(on_disk)
    }

    async fn ask(&self, keys: &[String]) -> Result<Vec<StockAnswerFor>, StockError> {
        let mut found: HashMap<String, StockAnswer> = HashMap::new();
        let keep = |record: Record| {
            let answer = self.judge(&record);
            let answer = match found.get(&record.key) {
                Some(other) => ambiguous(other, &answer).unwrap_or(answer),
                None => answer,
            };
            found.insert(record.key, answer);
        };
        self.records_of(keys, keep).await?;
        let answer = |key: &String| found.get(key).cloned().unwrap_or(StockAnswer::Missing);
        Ok(keys.iter().map(|key| StockAnswerFor { key: key.clone(), answer: answer(key) }).collect())
    }

    async fn inspect(&self, key: &str, keys: &Keys) -> Result<Inspection, StockError> {
        let before = self.requests();
        let mut records = Vec::new();
        let mut keep = |record| records.push(record);
        let read = match keys.normal(key) {
            Some(normal) if self.reach() == Reach::All => {
                let alike = |known: &str| known == key || keys.normal(known).as_ref() == Some(&normal);
                Some(self.read_for(alike, &mut keep).await?)
            }
            _ => self.records_of(&[key.to_owned()], &mut keep).await?,
        };
        // A key that is the very same is never ambiguous.
        if records.iter().any(|record| record.key == key) {
            records.retain(|record| record.key == key);
        }
        Ok(Inspection {
            source: self.name.clone(),
            adapter: self.adapter,
            read,
            requests: self.requests() - before,
            records: records.iter().map(|record| Inspected::new(record, &self.rules)).collect(),
            answer: self.one_answer(&records),
        })
    }

    fn requests(&self) -> u64 {
        self.connection.requests()
    }

    fn unmatched(&self) -> Vec<String> {
        self.rules.unmatched()
    }

    async fn close(&self) {
        self.connection.close().await;
    }
}

fn on_disk(error: std::io::Error) -> StockError {
    StockError::Machine { doing: "noting the keys in a temporary file", what: error.to_string() }
}
