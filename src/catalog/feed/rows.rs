//! CSV and TSV → records: the columns by whatever name they go.

use std::io::{self, Cursor, Read};

use super::Halt;
use super::field::Field;
use super::input::Input;
use super::options::Format;
use super::record::{Record, Unit};
use crate::fetch::table::Table;

/// Bytes that may stand before the header as remarks.
const REMARKS: usize = 64 * 1024;

/// Reads the rows until `found` says `false`. A row that cannot be used comes with what is wrong with it.
pub(super) fn read(
    input: Input,
    stated: Option<Format>,
    mut found: impl FnMut(&mut Record, Option<String>) -> bool,
) -> Result<(), Halt> {
    let Input { text, watch, .. } = input;
    let delimiter = (stated == Some(Format::Tsv)).then_some(b'\t');
    let wrong = |error: String, rows: u64| Halt::new(watch.failure().unwrap_or(error), rows);
    let (lines, text) = without_remarks(text).map_err(|error| wrong(error.to_string(), 0))?;
    let mut table =
        Table::open(text, Some("text/csv; charset=utf-8"), delimiter).map_err(|error| wrong(error.to_string(), 0))?;
    let columns = columns(&mut table).map_err(|error| wrong(error, 0))?;
    let mut record = Record::new(Unit::Line);
    let mut value = String::new();
    let mut rows = 0;
    loop {
        watch.reset();
        let row = match table.row() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => return Err(wrong(error.to_string(), rows)),
        };
        if row.ends_the_text() && watch.failure().is_some() {
            break;
        }
        rows += 1;
        record.begin(row.line + lines);
        let trouble = row.trouble();
        for (at, field, rank) in &columns {
            if let Some(cell) = row.cell(*at) {
                value.clear();
                value.push_str(cell);
                record.take(*field, *rank, &mut value);
            }
        }
        if !found(&mut record, trouble) {
            return Ok(());
        }
    }
    watch.failure().map_or(Ok(()), |why| Err(Halt::new(why, rows)))
}

/// Which column holds which field. Prose may hold line breaks; what tells items apart may not.
fn columns(table: &mut Table) -> Result<Vec<(usize, Field, u8)>, String> {
    let names = table.columns().to_vec();
    let mut columns: Vec<(usize, Field, u8)> = Vec::new();
    for name in &names {
        let Some((field, rank)) = Field::of(name) else { continue };
        let is_prose = matches!(field, Field::Title | Field::Brand | Field::Category);
        let at = match is_prose {
            true => table.prose(name),
            false => table.column(name),
        };
        let at = match at {
            Ok(at) => at,
            Err(_) if is_prose => continue,
            Err(error) => return Err(error.to_string()),
        };
        if let Some((other, ..)) = columns.iter().find(|(_, known, there)| (*known, *there) == (field, rank)) {
            let other = names.get(*other).map_or("", String::as_str);
            return Err(format!("the columns `{other}` and `{name}` are the same field; remove one"));
        }
        columns.push((at, field, rank));
    }
    if columns.iter().any(|(_, field, _)| *field == Field::Id) {
        return Ok(columns);
    }
    let names: Vec<&str> = names.iter().take(20).map(String::as_str).collect();
    Err(format!("no column is called `id`; there are {}", names.join(", ")))
}

/// Meta's template has remarks above its header, line by line behind a `#`. How many lines they are, and the text after
/// them.
fn without_remarks(mut text: Box<dyn Read + Send>) -> io::Result<(u64, impl Read + Send + 'static)> {
    let mut head = Vec::new();
    let mut lines = 0;
    let mut chunk = [0; 4096];
    loop {
        let is_remark = head.starts_with(b"#") || head.starts_with(b"\"#");
        let end = memchr::memchr(b'\n', &head);
        if let (true, Some(end)) = (is_remark, end) {
            head.drain(..=end);
            lines += 1;
            continue;
        }
        if (!is_remark && head.len() > 1) || head.len() > REMARKS {
            break;
        }
        match text.read(&mut chunk)? {
            0 => break,
            read => head.extend_from_slice(chunk.get(..read).unwrap_or_default()),
        }
    }
    Ok((lines, Cursor::new(head).chain(text)))
}
