//! What supplemental feeds say, on disk and found by id: a supplemental feed may be as long as the feed itself.
//!
//! Two temporary files: the corrections one after the other, and an open hash table of where they are. Both are gone when
//! this is dropped.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use super::field::Field;
use super::record::{At, Record, Unit};

/// Corrections of one id at most; a supplemental feed names an id once.
const MOST: usize = 16;
/// Bytes of a slot of the table: the hash of an id, and where its correction begins, counted from 1.
const SLOT: u64 = 16;

/// Corrections being written down.
pub(super) struct Draft {
    file: BufWriter<File>,
    length: u64,
    count: u64,
}

impl Draft {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(tempfile::tempfile()?), length: 0, count: 0 })
    }

    /// Writes down what a supplemental feed says of one id.
    pub(super) fn put(&mut self, record: &Record, supplement: u16) -> io::Result<()> {
        let Some(id) = record.get(Field::Id) else { return Ok(()) };
        let fields = || {
            Field::ALL
                .into_iter()
                .filter(|field| *field != Field::Id)
                .filter_map(|field| Some((field, record.get(field)?)))
        };
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&hash(id).to_le_bytes());
        bytes.push(match record.at.unit {
            Unit::Item => 0,
            Unit::Line => 1,
        });
        bytes.extend_from_slice(&supplement.to_le_bytes());
        bytes.extend_from_slice(&record.at.number.to_le_bytes());
        bytes.push(u8::try_from(fields().count()).unwrap_or(u8::MAX));
        put_text(&mut bytes, id);
        for (field, text) in fields() {
            bytes.push(field as u8);
            put_text(&mut bytes, text);
        }
        self.file.write_all(&bytes)?;
        self.length += bytes.len() as u64;
        self.count += 1;
        Ok(())
    }

    /// Makes the table, now that it is known how many there are.
    pub(super) fn finish(self) -> io::Result<Corrections> {
        let mut texts = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let slots = (self.count * 2).next_power_of_two().max(2);
        let table = tempfile::tempfile()?;
        table.set_len(slots * SLOT)?;
        texts.seek(SeekFrom::Start(0))?;
        let mut corrections =
            Corrections { texts: BufReader::new(texts), table, mask: slots - 1, is_empty: self.count == 0 };
        let mut at = 0;
        while at < self.length {
            let (correction, length) = Correction::read(&mut corrections.texts)?;
            corrections.insert(correction.hash, at)?;
            at += length;
        }
        Ok(corrections)
    }
}

/// What supplemental feeds say.
pub(super) struct Corrections {
    texts: BufReader<File>,
    table: File,
    mask: u64,
    is_empty: bool,
}

impl Corrections {
    /// Replaces the fields of a record that a supplemental feed names for its id, in the order of the supplemental feeds.
    pub(super) fn apply(&mut self, record: &mut Record) -> io::Result<()> {
        let Some(id) = record.get(Field::Id).filter(|_| !self.is_empty) else { return Ok(()) };
        let (id, sought) = (id.to_owned(), hash(id));
        let mut places = Vec::new();
        let mut slot = sought;
        while let (known, Some(at)) = self.slot(slot)? {
            if known == sought {
                places.push(at);
            }
            slot = slot.wrapping_add(1);
        }
        places.sort_unstable();
        for at in places {
            self.texts.seek(SeekFrom::Start(at))?;
            let (correction, _) = Correction::read(&mut self.texts)?;
            if correction.id == id {
                correction.fields.iter().for_each(|(field, text)| record.put(*field, text, correction.at));
            }
        }
        Ok(())
    }

    /// Ids that are named over and over are left at the first so many: each would make finding the next one longer.
    fn insert(&mut self, hash: u64, at: u64) -> io::Result<()> {
        let mut slot = hash;
        let mut same = 0;
        while let (known, Some(_)) = self.slot(slot)? {
            same += usize::from(known == hash);
            if same == MOST {
                return Ok(());
            }
            slot = slot.wrapping_add(1);
        }
        self.table.seek(SeekFrom::Start((slot & self.mask) * SLOT))?;
        self.table.write_all(&[hash.to_le_bytes(), (at + 1).to_le_bytes()].concat())
    }

    /// The hash in a slot and what it leads to, unless it is empty.
    fn slot(&mut self, slot: u64) -> io::Result<(u64, Option<u64>)> {
        let mut bytes = [0_u8; SLOT as usize];
        self.table.seek(SeekFrom::Start((slot & self.mask) * SLOT))?;
        self.table.read_exact(&mut bytes)?;
        let [mut hash, mut at] = [[0_u8; 8]; 2];
        hash.copy_from_slice(&bytes[..8]);
        at.copy_from_slice(&bytes[8..]);
        Ok((u64::from_le_bytes(hash), u64::from_le_bytes(at).checked_sub(1)))
    }
}

struct Correction {
    hash: u64,
    at: At,
    id: String,
    fields: Vec<(Field, String)>,
}

impl Correction {
    /// Reads one, and says how many bytes it has.
    fn read(from: &mut impl Read) -> io::Result<(Self, u64)> {
        let (mut eight, mut two, mut one) = ([0_u8; 8], [0_u8; 2], [0_u8; 1]);
        from.read_exact(&mut eight)?;
        let hash = u64::from_le_bytes(eight);
        from.read_exact(&mut one)?;
        let unit = if one == [0] { Unit::Item } else { Unit::Line };
        from.read_exact(&mut two)?;
        from.read_exact(&mut eight)?;
        let at = At { unit, number: u64::from_le_bytes(eight), supplement: u16::from_le_bytes(two) };
        from.read_exact(&mut one)?;
        let count = one[0];
        let id = read_text(from)?;
        let mut length = 20 + 4 + id.len() as u64;
        let mut fields = Vec::new();
        for _ in 0..count {
            from.read_exact(&mut one)?;
            let text = read_text(from)?;
            length += 5 + text.len() as u64;
            fields.extend(Field::ALL.get(usize::from(one[0])).map(|field| (*field, text)));
        }
        Ok((Self { hash, at, id, fields }, length))
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    // No field is longer than the reader allows, which is far less.
    bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn read_text(from: &mut impl Read) -> io::Result<String> {
    let mut length = [0_u8; 4];
    from.read_exact(&mut length)?;
    let mut text = String::new();
    from.take(u64::from(u32::from_le_bytes(length))).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: u64, id: &str, fields: &[(Field, &str)]) -> Record {
        let mut record = Record::new(Unit::Line);
        record.begin(number);
        for (field, text) in [(Field::Id, id)].iter().chain(fields) {
            record.take(*field, 0, &mut (*text).to_owned());
        }
        record
    }

    #[test]
    fn the_last_word_on_an_id_counts_field_by_field() {
        let mut draft = Draft::new().unwrap();
        for number in 0..1000 {
            draft.put(&record(number, &format!("A-{number}"), &[(Field::Availability, "in stock")]), 1).unwrap();
        }
        draft.put(&record(7, "A-7", &[(Field::Price, "5 EUR")]), 1).unwrap();
        draft.put(&record(3, "A-7", &[(Field::Availability, "out of stock")]), 2).unwrap();
        let mut corrections = draft.finish().unwrap();
        let mut seven = record(70, "A-7", &[(Field::Availability, "preorder"), (Field::Title, "Hat")]);
        corrections.apply(&mut seven).unwrap();
        let got = [Field::Availability, Field::Price, Field::Title].map(|field| seven.get(field));
        assert_eq!(got, [Some("out of stock"), Some("5 EUR"), Some("Hat")]);
        assert_eq!(seven.place(Field::Availability).to_string(), "supplemental feed 2, line 3");
        assert_eq!(seven.place(Field::Title).to_string(), "line 70");
        let mut other = record(1, "B-1", &[(Field::Availability, "preorder")]);
        corrections.apply(&mut other).unwrap();
        assert_eq!(other.get(Field::Availability), Some("preorder"));
    }

    #[test]
    fn an_id_named_over_and_over_does_not_grow_slow() {
        let mut draft = Draft::new().unwrap();
        for number in 0..20_000 {
            draft.put(&record(number, "A", &[(Field::Pause, "ads")]), 1).unwrap();
        }
        let mut corrections = draft.finish().unwrap();
        let mut one = record(1, "A", &[]);
        corrections.apply(&mut one).unwrap();
        assert_eq!(one.get(Field::Pause), Some("ads"));
        let mut none = Draft::new().unwrap().finish().unwrap();
        none.apply(&mut one).unwrap();
    }
}
