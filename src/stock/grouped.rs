//! Rows of several locations as one item.
//!
//! Exports and queries often give a row for every warehouse of an item. Their rows may stand in any order and be
//! millions: they are parted by their keys into so many temporary files that each of them fits into memory.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::record::{Field, Fields, Line, Record};
use super::{LocationRows, StockError};

/// Temporary files: a million rows leave 4,000 in each.
const PARTS: usize = 256;

/// What a row says of one location has this before its name among the fields of the row.
const OF_LOCATION: &str = "locations.";
/// The field of a row that names its location, and the field of an item that lists them.
const LOCATIONS: &str = "locations";

/// The columns that are read: name → column, those of the locations included.
pub(super) fn columns(fields: &BTreeMap<String, String>, locations: Option<&LocationRows>) -> BTreeMap<String, String> {
    let mut columns = fields.clone();
    if let Some(locations) = locations {
        columns.insert(LOCATIONS.to_owned(), locations.column.clone());
        let own = locations.fields.iter().map(|(name, column)| (format!("{OF_LOCATION}{name}"), column.clone()));
        columns.extend(own);
    }
    columns
}

/// The fields that expressions may name.
pub(super) fn fields(fields: &BTreeMap<String, String>, locations: Option<&LocationRows>) -> Vec<Field> {
    let mut all: Vec<Field> = fields.keys().map(|name| Field::anything(name)).collect();
    if let Some(locations) = locations {
        let mut parts = vec![Field::text("id"), Field::text("name")];
        parts.extend(locations.fields.keys().map(|name| Field::anything(name)));
        all.push(Field::list_of(LOCATIONS, parts));
    }
    all
}

/// What is wrong with such options; paths inside the adapter's section.
pub(super) fn check(locations: Option<&LocationRows>) -> Vec<super::Problem> {
    let Some(locations) = locations else { return Vec::new() };
    let mut problems = Vec::new();
    if locations.column.trim().is_empty() {
        problems.push(("locations.column".to_owned(), "is empty; name the column of the location".to_owned()));
    }
    if locations.fields.is_empty() {
        let what = "is empty; name at least the column the quantity at a location is in".to_owned();
        problems.push(("locations.fields".to_owned(), what));
    }
    for name in locations.fields.keys().filter(|name| matches!(name.as_str(), "id" | "name")) {
        let what = "both are the location itself, from `column`; call the field something else".to_owned();
        problems.push((format!("locations.fields.{name}"), what));
    }
    problems
}

/// The error of the whole source where its temporary files cannot be written or read.
pub(super) fn on_disk(error: io::Error) -> StockError {
    StockError::Machine { doing: "putting the rows of locations together in temporary files", what: error.to_string() }
}

/// What a temporary file keeps of a row: key, fields or why there are none, as of when, line.
type Kept = (String, Result<Fields, String>, Option<Timestamp>, Option<u64>);

/// Rows on their way to items.
pub(super) struct Grouped<'a> {
    locations: &'a LocationRows,
    parts: Vec<BufWriter<File>>,
    file: Option<Arc<str>>,
}

impl<'a> Grouped<'a> {
    /// Opens the temporary files, which go when this is dropped.
    pub(super) fn new(locations: &'a LocationRows) -> io::Result<Self> {
        let part = |_| Ok(BufWriter::new(tempfile::tempfile()?));
        Ok(Self { locations, parts: (0..PARTS).map(part).collect::<io::Result<_>>()?, file: None })
    }

    /// Takes one row.
    pub(super) fn add(&mut self, row: &Record) -> io::Result<()> {
        if let (None, Some(line)) = (&self.file, &row.line) {
            self.file = Some(Arc::clone(&line.file));
        }
        let mut hasher = DefaultHasher::new();
        row.key.hash(&mut hasher);
        let at = usize::try_from(hasher.finish() % PARTS as u64).unwrap_or_default();
        let kept = (&row.key, &row.fields, row.as_of, row.line.as_ref().map(|line| line.number));
        let Some(part) = self.parts.get_mut(at) else { return Ok(()) };
        serde_json::to_writer(&mut *part, &kept)?;
        part.write_all(b"\n")
    }

    /// Tells the items, after all rows were taken.
    pub(super) fn finish(self, sink: &mut dyn FnMut(Record)) -> io::Result<()> {
        for part in self.parts {
            let mut file = part.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.seek(SeekFrom::Start(0))?;
            let mut rows = Vec::new();
            for line in BufReader::new(file).lines() {
                let (key, fields, as_of, number): Kept = serde_json::from_str(&line?)?;
                let line = self.file.as_ref().zip(number);
                let line = line.map(|(file, number)| Line { file: Arc::clone(file), number });
                rows.push(Record { key, fields, as_of, line });
            }
            together(&rows, self.locations).into_iter().for_each(&mut *sink);
        }
        Ok(())
    }
}

/// The items of some rows, in the order in which they first come. Rows without a key stay by themselves.
pub(super) fn together(rows: &[Record], locations: &LocationRows) -> Vec<Record> {
    let mut order: Vec<Vec<&Record>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        let at = match known.get(row.key.as_str()) {
            Some(at) if !row.key.is_empty() => *at,
            _ => {
                known.insert(&row.key, order.len());
                order.push(Vec::new());
                order.len() - 1
            }
        };
        if let Some(of_item) = order.get_mut(at) {
            of_item.push(row);
        }
    }
    order.into_iter().filter_map(|of_item| item(&of_item, locations)).collect()
}

fn item(rows: &[&Record], locations: &LocationRows) -> Option<Record> {
    let first = rows.first()?;
    let fields = fields_of(rows, locations);
    Some(Record { key: first.key.clone(), fields, as_of: first.as_of, line: first.line.clone() })
}

fn fields_of(rows: &[&Record], locations: &LocationRows) -> Result<Fields, String> {
    let mut item = Fields::new();
    let mut list: Vec<Json> = Vec::with_capacity(rows.len());
    for row in rows {
        let fields = row.fields.as_ref().map_err(Clone::clone)?;
        let id = match fields.get(LOCATIONS) {
            Some(Json::String(id)) => id.clone(),
            Some(Json::Number(id)) => id.to_string(),
            _ => return Err(format!("one of its rows has no location in the column {}", locations.column)),
        };
        if list.iter().any(|location| location.get("id").and_then(Json::as_str) == Some(&id)) {
            return Err(format!("the location {id} has two rows; let the source add them up"));
        }
        let mut location = Map::new();
        location.insert("id".to_owned(), Json::from(id.clone()));
        location.insert("name".to_owned(), Json::from(id));
        for (name, value) in fields.iter().filter(|(name, _)| *name != LOCATIONS) {
            if let Some(name) = name.strip_prefix(OF_LOCATION) {
                location.insert(name.to_owned(), value.clone());
                continue;
            }
            let before = item.insert(name.clone(), value.clone());
            if let Some(before) = before.filter(|before| before != value) {
                return Err(format!("its rows contradict each other in {name}: {before} and {value}"));
            }
        }
        list.push(Json::Object(location));
    }
    item.insert(LOCATIONS.to_owned(), Json::Array(list));
    Ok(item)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows() -> LocationRows {
        LocationRows { column: "Warehouse".to_owned(), fields: [("on_hand".to_owned(), "Qty".to_owned())].into() }
    }

    fn row(key: &str, location: Json, on_hand: i64, state: &str) -> Record {
        let fields = [("locations", location), ("locations.on_hand", on_hand.into()), ("state", state.into())];
        Record::new(key, fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    fn all(given: &[Record]) -> BTreeMap<String, Result<Json, String>> {
        let rows = rows();
        let mut grouped = Grouped::new(&rows).unwrap();
        given.iter().for_each(|row| grouped.add(row).unwrap());
        let mut told = BTreeMap::new();
        grouped
            .finish(&mut |record| {
                let fields = record.fields.map(|fields| json!(fields));
                assert!(told.insert(record.key, fields).is_none(), "an item is told once");
            })
            .unwrap();
        told
    }

    #[test]
    fn rows_in_any_order_become_items() {
        let mut given = Vec::new();
        for location in ["north", "south"] {
            given.extend((0..500).map(|item| row(&format!("K{item}"), json!(location), item, "on")));
        }
        let told = all(&given);
        assert_eq!(told.len(), 500);
        let of = |location| json!({"id": location, "name": location, "on_hand": 7});
        assert_eq!(told["K7"], Ok(json!({"state": "on", "locations": [of("north"), of("south")]})));
    }

    #[test]
    fn what_contradicts_itself_is_the_trouble_of_its_item_alone() {
        let mut broken = row("D", json!("north"), 1, "on");
        broken.fields = Err("has 2 cells".to_owned());
        let told = all(&[
            row("A", json!("north"), 1, "on"),
            row("A", json!("south"), 1, "off"),
            row("B", json!(1), 1, "on"),
            row("B", json!(1), 2, "on"),
            row("C", Json::Null, 1, "on"),
            row("D", json!("south"), 1, "on"),
            broken,
            row("E", json!(2), 1, "on"),
        ]);
        let why = |key: &str| told[key].clone().unwrap_err();
        assert!(why("A").contains("contradict each other in state: \"on\" and \"off\""), "{}", why("A"));
        assert!(why("B").contains("the location 1 has two rows"), "{}", why("B"));
        assert!(why("C").contains("no location in the column Warehouse"), "{}", why("C"));
        assert_eq!(why("D"), "has 2 cells");
        assert!(told["E"].is_ok());
    }
}
