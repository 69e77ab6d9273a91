//! A CSV document as rows (RFC 4180; other delimiters too), whatever its encoding. Both the catalogue and the stock
//! are read with it.

use std::io::{self, Cursor, Read};

use super::charset;

/// Delimiters that are looked for in a header line.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// A header line longer than this many bytes is none.
const LONGEST_HEADER: usize = 64 * 1024;

/// Why a document cannot be read as a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// There is nothing in it.
    #[error("the file is empty; not even a header line is there")]
    Empty,
    /// It begins as HTML or XML does.
    #[error("this is no CSV but a web page or XML ({0}); a login page is often sent in a file's place")]
    Markup(String),
    /// The column is not in the header.
    #[error("no column is called `{name}`{hint}; there are {columns}")]
    NoColumn {
        /// The column that was asked for.
        name: String,
        /// The nearest one, if any is near.
        hint: String,
        /// The columns there are.
        columns: String,
    },
    /// Several columns are called so.
    #[error("{count} columns are called `{name}`; which one is meant cannot be known, so rename the others")]
    TwoColumns {
        /// The column that was asked for.
        name: String,
        /// How many there are.
        count: usize,
    },
    /// A quote is opened and swallows rows.
    #[error("a quote that opens in line {line} is not closed in its field; the rows after it cannot be told apart")]
    OpenQuote {
        /// Line the row begins in.
        line: u64,
    },
    /// The bytes could not be read or decoded.
    #[error("cannot be read: {0}")]
    Read(String),
}

impl From<io::Error> for TableError {
    fn from(error: io::Error) -> Self {
        Self::Read(error.to_string())
    }
}

impl From<csv::Error> for TableError {
    fn from(error: csv::Error) -> Self {
        Self::Read(error.to_string())
    }
}

/// A table being read, row by row.
pub struct Table {
    columns: Vec<String>,
    /// Columns whose cells never hold a line break: where one does, a quote was left open.
    single_line: Vec<usize>,
    reader: csv::Reader<Watched>,
    record: csv::StringRecord,
}

impl Table {
    /// Reads the header. `label` is a WHATWG encoding label, `None` finds it out; `delimiter` likewise.
    pub fn open(
        from: impl Read + Send + 'static,
        label: Option<&str>,
        delimiter: Option<u8>,
    ) -> Result<Self, TableError> {
        let mut text = charset::reader(from, label)?;
        let (head, header) = first_line(&mut text)?;
        let start = header.trim_start();
        if start.is_empty() {
            return Err(TableError::Empty);
        }
        if start.starts_with('<') {
            return Err(TableError::Markup(start.chars().take(60).collect()));
        }
        let whole = Watched { from: Box::new(Cursor::new(head).chain(text)), read: 0, last: b'\n', ended: false };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter.unwrap_or_else(|| delimiter_of(&header)))
            .flexible(true)
            .from_reader(whole);
        let mut columns: Vec<String> = reader.headers()?.iter().map(|name| name.trim().to_owned()).collect();
        while columns.last().is_some_and(String::is_empty) {
            columns.pop();
        }
        Ok(Self { columns, single_line: Vec::new(), reader, record: csv::StringRecord::new() })
    }

    /// The names of the columns, as in the header.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Where the column of this name stands. Its cells are keys, numbers or addresses and hold no line breaks.
    pub fn column(&mut self, name: &str) -> Result<usize, TableError> {
        let at = self.prose(name)?;
        self.single_line.push(at);
        Ok(at)
    }

    /// Where a column stands whose cells may hold line breaks.
    pub fn prose(&self, name: &str) -> Result<usize, TableError> {
        place_of(&self.columns, name)
    }

    /// The next row. Blank lines are passed over.
    pub fn row(&mut self) -> Result<Option<Row<'_>>, TableError> {
        if !self.reader.read_record(&mut self.record)? {
            return Ok(None);
        }
        let row = Row {
            line: self.record.position().map_or(0, csv::Position::line),
            columns: self.columns.len(),
            cells: &self.record,
            ends_the_text: self.reader.get_ref().ends_at(self.reader.position().byte()),
        };
        let broken = |cell: &str| cell.contains('\n');
        if (row.trouble().is_some() && self.record.iter().any(broken))
            || self.single_line.iter().any(|at| self.record.get(*at).is_some_and(|cell| broken(cell.trim())))
        {
            return Err(TableError::OpenQuote { line: row.line });
        }
        Ok(Some(row))
    }
}

/// A text being read, and how it ends.
struct Watched {
    from: Box<dyn Read + Send>,
    /// Bytes read so far, and the last of them.
    read: u64,
    last: u8,
    ended: bool,
}

impl Read for Watched {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.read += read as u64;
        self.last = into.get(..read).and_then(<[u8]>::last).copied().unwrap_or(self.last);
        self.ended |= read == 0 && !into.is_empty();
        Ok(read)
    }
}

impl Watched {
    /// Whether the text ends here, and not with a line break.
    fn ends_at(&self, byte: u64) -> bool {
        self.ended && self.read == byte && !matches!(self.last, b'\n' | b'\r')
    }
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Line it begins in, counted from 1; the header is line 1.
    pub line: u64,
    columns: usize,
    cells: &'a csv::StringRecord,
    /// Whether the text ends with this row, and not with a line break.
    ends_the_text: bool,
}

impl<'a> Row<'a> {
    /// The cell in this column without the white space around it; `None` if it is empty.
    pub fn cell(&self, column: usize) -> Option<&'a str> {
        self.cells.get(column).map(str::trim).filter(|cell| !cell.is_empty())
    }

    /// All its cells as they stand.
    pub fn cells(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.cells.iter()
    }

    /// Whether it is the beginning of a row, with which the text breaks off.
    pub fn is_cut_off(&self) -> bool {
        self.ends_the_text && self.cells.len() < self.columns
    }

    /// Whether the text ends with this row, and not with a line break: where reading failed, it may be half a row.
    pub fn ends_the_text(&self) -> bool {
        self.ends_the_text
    }

    /// What is wrong with the row as a whole: its cells may stand in the wrong columns. Empty cells past the last
    /// column are no trouble.
    pub fn trouble(&self) -> Option<String> {
        let spare = self.cells.iter().skip(self.columns).all(|cell| cell.trim().is_empty());
        (self.cells.len() < self.columns || !spare)
            .then(|| format!("has {} cells and the header has {}", self.cells.len(), self.columns))
    }
}

/// Where the column of this name stands among the names of columns.
pub fn place_of(columns: &[String], name: &str) -> Result<usize, TableError> {
    let name = name.trim();
    let mut found = columns.iter().enumerate().filter(|(_, column)| *column == name).map(|(at, _)| at);
    match (found.next(), found.count()) {
        (Some(at), 0) => Ok(at),
        (Some(_), more) => Err(TableError::TwoColumns { name: name.to_owned(), count: more + 1 }),
        (None, _) => Err(TableError::NoColumn {
            name: name.to_owned(),
            hint: nearest(columns, name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default(),
            columns: columns.join(", "),
        }),
    }
}

fn nearest<'a>(columns: &'a [String], name: &str) -> Option<&'a String> {
    let likeness = |column: &str| strsim::jaro_winkler(&column.to_lowercase(), &name.to_lowercase());
    columns.iter().filter(|column| likeness(column) >= 0.65).max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

/// The first line that is not blank, and everything that was read to find it.
fn first_line(text: &mut dyn Read) -> Result<(Vec<u8>, String), TableError> {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = text.read(&mut chunk)?;
        head.extend_from_slice(chunk.get(..read).unwrap_or_default());
        let blank = head.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let line = head.get(blank..).unwrap_or_default();
        let end = line.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        if end.is_some() || read == 0 || head.len() > LONGEST_HEADER {
            let line = line.get(..end.unwrap_or(line.len())).unwrap_or_default();
            return Ok((head.get(blank..).unwrap_or_default().to_vec(), String::from_utf8_lossy(line).into_owned()));
        }
    }
}

/// The delimiter that stands most often in the header, outside quotes.
fn delimiter_of(header: &str) -> u8 {
    let mut quoted = false;
    let mut before = b',';
    let mut counts = [0_usize; DELIMITERS.len()];
    for byte in header.bytes() {
        // A quote within a name opens nothing: Hebrew writes acronyms with one (מק"ט).
        quoted = if quoted { byte != b'"' } else { byte == b'"' && DELIMITERS.contains(&before) };
        before = byte;
        for (delimiter, count) in DELIMITERS.iter().zip(&mut counts) {
            *count += usize::from(!quoted && byte == *delimiter);
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    DELIMITERS.into_iter().zip(counts).find(|(_, count)| *count == most).map_or(b',', |(delimiter, _)| delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Result<Table, TableError> {
        Table::open(Cursor::new(text.as_bytes().to_vec()), None, None)
    }

    #[test]
    fn delimiters_are_found_and_rows_counted() {
        for delimiter in [',', ';', '\t', '|'] {
            let text = "\nsku|\"a,b;c\"|qty|\n\n1|\"x\ny\"|2|\n3|z|4\n".replace('|', &delimiter.to_string());
            let mut table = open(&text).unwrap();
            let (sku, qty) = (table.column("sku").unwrap(), table.column("qty").unwrap());
            let row = table.row().unwrap().unwrap();
            assert_eq!(
                (row.cell(sku), row.cell(qty), row.cell(1), row.trouble()),
                (Some("1"), Some("2"), Some("x\ny"), None)
            );
            let row = table.row().unwrap().unwrap();
            assert_eq!((row.cell(sku), row.cell(qty)), (Some("3"), Some("4")));
            assert!(table.row().unwrap().is_none());
        }
    }

    #[test]
    fn what_is_no_table_says_so() {
        assert_eq!(open(" \n").err(), Some(TableError::Empty));
        assert!(matches!(open("<!doctype html>").err(), Some(TableError::Markup(_))));
        let mut wrong = open("SKU;Qty;Qty\n").unwrap();
        let text = wrong.column("sku").unwrap_err().to_string();
        assert_eq!(text, "no column is called `sku`; did you mean `SKU`?; there are SKU, Qty, Qty");
        assert!(wrong.column("Qty").unwrap_err().to_string().starts_with("2 columns are called `Qty`"));
    }

    #[test]
    fn shifted_rows_and_open_quotes_are_not_read_as_data() {
        let mut table = open("sku,qty\nA\nB,1,2\nC,\"3\nD,4\nE,5\n").unwrap();
        table.column("qty").unwrap();
        assert_eq!(table.row().unwrap().unwrap().trouble().unwrap(), "has 1 cells and the header has 2");
        assert!(table.row().unwrap().unwrap().trouble().is_some());
        assert_eq!(table.row().err(), Some(TableError::OpenQuote { line: 4 }));
    }
}
