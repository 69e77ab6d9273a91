//! Finds keys that a source lists more than once with different answers, in constant memory.
//!
//! Two rows for one key may be two warehouses, or an export that went wrong; which of them is true is not ours to
//! guess. Every answer leaves a record of [`RECORD`] bytes in a temporary file. A Bloom filter of fixed size says which
//! keys may have been seen before; those are looked up in the file at the end, so many at a time.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use rust_decimal::Decimal;

use crate::domain::{Policy, StockAnswer};

use super::StockAnswerFor;

/// Hash of the key (8), what kind of answer it is (1), the sellable quantity (16).
const RECORD: usize = 25;
/// Bits of the filter: 2 MiB, one false hit in 400 keys at a million of them.
const BITS: u64 = 1 << 24;
/// Suspects looked up in one reading of the records.
const AT_ONCE: usize = 20_000;

/// How the answer to a key begins that has two different ones.
const TWICE: &str = "the source lists this key more than once";

/// What is remembered of an answer: two answers with the same gist say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gist {
    kind: u8,
    sellable: Decimal,
}

impl Gist {
    fn of(answer: &StockAnswer) -> Self {
        let kind = match answer {
            StockAnswer::Missing => 1,
            StockAnswer::Failed(_) => 2,
            StockAnswer::Known(fact) => match fact.policy {
                Policy::Tracked => 3,
                Policy::Untracked => 4,
                Policy::Backorder => 5,
                Policy::Preorder { .. } => 6,
                Policy::MadeToOrder => 7,
                Policy::Discontinued => 8,
            },
        };
        let sellable = match answer {
            StockAnswer::Known(fact) => fact.sellable.unwrap_or(Decimal::MIN),
            StockAnswer::Missing | StockAnswer::Failed(_) => Decimal::MIN,
        };
        Self { kind, sellable: sellable.normalize() }
    }
}

/// The answer to a key that has two different ones.
pub(super) fn ambiguous(one: &StockAnswer, other: &StockAnswer) -> Option<StockAnswer> {
    let (one, other) = (Gist::of(one), Gist::of(other));
    (one != other).then(|| ambiguity(one, other))
}

/// Whether there is no answer because the source lists the key more than once, with different numbers.
pub fn is_told_twice(answer: &StockAnswer) -> bool {
    matches!(answer, StockAnswer::Failed(why) if why.starts_with(TWICE))
}

fn ambiguity(one: Gist, other: Gist) -> StockAnswer {
    let told = |gist: Gist| match gist.kind {
        1 | 2 => "an unreadable row".to_owned(),
        _ if gist.sellable == Decimal::MIN => "no quantity".to_owned(),
        _ => gist.sellable.to_string(),
    };
    let what = if told(one) == told(other) {
        "with different policies".to_owned()
    } else {
        format!("with different quantities ({} and {})", told(one), told(other))
    };
    StockAnswer::Failed(format!("{TWICE}, {what}; if the rows are warehouses, let the source add them up"))
}

/// The answers that passed by.
pub(super) struct Unique {
    filter: Vec<u64>,
    records: BufWriter<File>,
    suspects: BufWriter<File>,
    suspected: bool,
}

impl Unique {
    /// Opens the temporary files, which go when this is dropped.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            filter: vec![0; (BITS / 64) as usize],
            records: BufWriter::new(tempfile::tempfile()?),
            suspects: BufWriter::new(tempfile::tempfile()?),
            suspected: false,
        })
    }

    /// Notes one answer.
    pub(super) fn note(&mut self, key: &str, answer: &StockAnswer) -> io::Result<()> {
        let hash = hash_of(key);
        let gist = Gist::of(answer);
        self.records.write_all(&hash.to_le_bytes())?;
        self.records.write_all(&[gist.kind])?;
        self.records.write_all(&gist.sellable.serialize())?;
        if self.seen(hash) {
            self.suspected = true;
            serde_json::to_writer(&mut self.suspects, key)?;
            self.suspects.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Whether the hash may have been here before; from now on it has.
    fn seen(&mut self, hash: u64) -> bool {
        let step = hash.rotate_left(32) | 1;
        let mut seen = true;
        for round in 0..4_u64 {
            let bit = hash.wrapping_add(step.wrapping_mul(round)) % BITS;
            if let Some(word) = self.filter.get_mut((bit / 64) as usize) {
                let mask = 1 << (bit % 64);
                seen &= *word & mask != 0;
                *word |= mask;
            }
        }
        seen
    }

    /// Tells of every key with more than one answer, after all were noted.
    pub(super) fn finish(self, sink: &mut dyn FnMut(StockAnswerFor)) -> io::Result<()> {
        if !self.suspected {
            return Ok(());
        }
        let mut records = self.records.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut suspects = self.suspects.into_inner().map_err(io::IntoInnerError::into_error)?;
        suspects.seek(SeekFrom::Start(0))?;
        let mut lines = BufReader::new(suspects).lines();
        loop {
            let mut these: HashMap<u64, (String, Option<Gist>, bool)> = HashMap::new();
            for line in lines.by_ref() {
                let key: String = serde_json::from_str(&line?)?;
                these.insert(hash_of(&key), (key, None, false));
                if these.len() >= AT_ONCE {
                    break;
                }
            }
            if these.is_empty() {
                return Ok(());
            }
            records.seek(SeekFrom::Start(0))?;
            compare(BufReader::new(&mut records), &mut these, sink)?;
        }
    }
}

fn compare(
    mut records: impl Read,
    these: &mut HashMap<u64, (String, Option<Gist>, bool)>,
    sink: &mut dyn FnMut(StockAnswerFor),
) -> io::Result<()> {
    let mut record = [0; RECORD];
    loop {
        match records.read_exact(&mut record) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
        let (mut hash, mut sellable) = ([0; 8], [0; 16]);
        hash.copy_from_slice(&record[..8]);
        sellable.copy_from_slice(&record[9..]);
        let Some((key, first, told)) = these.get_mut(&u64::from_le_bytes(hash)) else { continue };
        let gist = Gist { kind: record[8], sellable: Decimal::deserialize(sellable) };
        match first {
            None => *first = Some(gist),
            Some(first) if *first != gist && !*told => {
                *told = true;
                sink(StockAnswerFor { key: key.clone(), answer: ambiguity(*first, gist) });
            }
            Some(_) => {}
        }
    }
}

fn hash_of(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_contradict_themselves_are_told_of() {
        let mut unique = Unique::new().unwrap();
        let known = |quantity: i64| {
            StockAnswer::Known(crate::domain::StockFact {
                key: String::new(),
                sellable: Some(Decimal::from(quantity)),
                threshold: Decimal::ONE,
                policy: Policy::Tracked,
                as_of: jiff::Timestamp::UNIX_EPOCH,
                changed_at: None,
                fields: std::collections::BTreeMap::new(),
                source: String::new(),
                matched: crate::domain::KeyMatch::Exact,
                policy_source: None,
            })
        };
        for round in 0..2 {
            for number in 0..30_000_i64 {
                let quantity = if number % 10_000 == 7 { round } else { number };
                unique.note(&format!("K\n{number}"), &known(quantity)).unwrap();
            }
        }
        let mut told = Vec::new();
        unique.finish(&mut |one| told.push(one)).unwrap();
        told.sort_by(|a, b| a.key.cmp(&b.key));
        assert_eq!(told.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["K\n10007", "K\n20007", "K\n7"]);
        assert!(told.iter().all(|one| is_told_twice(&one.answer)));
        assert!(told.iter().all(|one| matches!(&one.answer, StockAnswer::Failed(why) if why.contains("(0 and 1)"))));
    }
}
