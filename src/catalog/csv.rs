//! A catalogue as CSV, here or on the web.

use std::fs::File;

use futures::{StreamExt, stream};
use url::Url;

use crate::domain::Item;
use crate::fetch::table::{Row, Table, TableError};
use crate::fetch::{Download, Fetcher, shown};

use super::amount;
use super::error::page_at;
use super::thread::{Out, Reading};
use super::{CatalogError, Columns, CsvOptions, Entries, Entry, Place};

/// Reads the rows as items.
pub(super) fn read<'a>(options: &'a CsvOptions, web: &'a Fetcher) -> Entries<'a> {
    let start = async move {
        let download = match &options.from {
            Place::File(_) => None,
            Place::Url(url) => {
                Some(web.download(url, Vec::new()).await.map_err(|error| CatalogError::Fetch(Box::new(error)))?)
            }
        };
        let options = options.clone();
        Ok(Reading::start(move |out: &Out<Result<Entry, CatalogError>>| {
            if let Err(error) = rows(&options, download.as_ref(), out) {
                out.send(Err(error));
            }
        }))
    };
    Box::pin(stream::once(start).flat_map(|started| {
        match started {
            Ok(reading) => stream::unfold(reading, async |mut reading| {
                Some((reading.next().await?.and_then(|entry| entry), reading))
            })
            .boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }))
}

fn rows(
    options: &CsvOptions,
    download: Option<&Download>,
    out: &Out<Result<Entry, CatalogError>>,
) -> Result<(), CatalogError> {
    let place = match &options.from {
        Place::File(path) => path.display().to_string(),
        Place::Url(url) => shown(url).to_string(),
    };
    let wrong = |error: TableError| CatalogError::Table { place: place.clone(), what: error.to_string() };
    let file = match (&options.from, download) {
        (_, Some(download)) => download.file.reopen(),
        (Place::File(path), None) => File::open(path),
        (Place::Url(_), None) => Err(std::io::Error::other("it was not fetched")),
    };
    let file = file.map_err(|error| wrong(error.into()))?;
    let mut table = Table::open(file, options.encoding.as_deref(), options.delimiter).map_err(wrong)?;
    let columns = Found::new(&mut table, &options.columns).map_err(wrong)?;
    let mut any = false;
    while let Some(row) = table.row().map_err(wrong)? {
        any = true;
        let entry = match row.trouble().map_or_else(|| columns.item(&row, &options.base), Err) {
            Ok(item) => Entry::Item(item),
            Err(what) => Entry::Trouble { place: format!("{place}, line {}", row.line), what },
        };
        if !out.send(Ok(entry)) {
            return Ok(());
        }
    }
    if any { Ok(()) } else { Err(CatalogError::Empty { place, what: "there is only a header".to_owned() }) }
}

/// Where the columns stand.
struct Found {
    sku: Option<usize>,
    url: Option<usize>,
    stock_key: Option<usize>,
    gtin: Option<usize>,
    name: Option<usize>,
    brand: Option<usize>,
    category: Option<usize>,
    supplier: Option<usize>,
    price: Option<usize>,
    units_sold: Option<usize>,
    views: Option<usize>,
    owner_email: Option<usize>,
}

impl Found {
    fn new(table: &mut Table, columns: &Columns) -> Result<Self, TableError> {
        let mut column = |name: &Option<String>| name.as_deref().map(|name| table.column(name)).transpose();
        let (sku, url) = (column(&columns.sku)?, column(&columns.url)?);
        let (stock_key, gtin) = (column(&columns.stock_key)?, column(&columns.gtin)?);
        let (price, units_sold) = (column(&columns.price)?, column(&columns.units_sold)?);
        let (views, owner_email) = (column(&columns.views)?, column(&columns.owner_email)?);
        let prose = |name: &Option<String>| name.as_deref().map(|name| table.prose(name)).transpose();
        Ok(Self {
            sku,
            url,
            stock_key,
            gtin,
            name: prose(&columns.name)?,
            brand: prose(&columns.brand)?,
            category: prose(&columns.category)?,
            supplier: prose(&columns.supplier)?,
            price,
            units_sold,
            views,
            owner_email,
        })
    }

    fn item(&self, row: &Row<'_>, base: &Url) -> Result<Item, String> {
        let cell = |column: Option<usize>| column.and_then(|at| row.cell(at)).map(str::to_owned);
        let number = |column: Option<usize>| column.and_then(|at| row.cell(at)).and_then(amount::read);
        let (sku, link) = (cell(self.sku), cell(self.url));
        if sku.is_none() && link.is_none() {
            return Err("neither a SKU nor an address is given".to_owned());
        }
        Ok(Item {
            sku,
            url: link.map(|link| page_at(base, &link)).transpose()?,
            stock_key: cell(self.stock_key),
            gtin: cell(self.gtin),
            name: cell(self.name),
            brand: cell(self.brand),
            category: cell(self.category),
            supplier: cell(self.supplier),
            owner_email: cell(self.owner_email),
            price: number(self.price),
            units_sold: number(self.units_sold),
            views: number(self.views),
        })
    }
}
