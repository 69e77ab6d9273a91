//! A run as JSON Lines: one object an item, then one with the rest.

use std::io::Write;

use serde::Serialize;

use crate::domain::Summary;

use super::json::one;
use super::rows::{FindingRow, ItemRow, VERSION};
use super::shops::{RunRow, ShopRow};
use super::{Found, ReportError};

#[derive(Serialize)]
struct Line<'a, T> {
    format: &'a str,
    version: u32,
    #[serde(flatten)]
    rest: T,
}

#[derive(Serialize)]
struct Rest<'a> {
    run: RunRow,
    shops: Vec<ShopRow<'a>>,
}

pub(super) fn write<E>(found: Found<'_, E>, summary: &Summary, out: &mut dyn Write) -> Result<(), ReportError<E>> {
    for row in found.items {
        let judged = row.map_err(ReportError::Row)?;
        one(&Line { format: "stocktruth.item", version: VERSION, rest: ItemRow::from(&judged) }, out)?;
        writeln!(out)?;
    }
    for row in found.findings {
        let finding = row.map_err(ReportError::Row)?;
        one(&Line { format: "stocktruth.finding", version: VERSION, rest: FindingRow::from(&finding) }, out)?;
        writeln!(out)?;
    }
    let rest = Rest { run: RunRow::from(summary), shops: summary.shops.iter().map(ShopRow::from).collect() };
    one(&Line { format: "stocktruth.summary", version: VERSION, rest }, out)?;
    writeln!(out)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::report::samples;
    use crate::report::{Format, Look};

    #[test]
    fn every_line_stands_alone_and_the_last_one_sums_up() {
        let text = samples::written(Format::Jsonl, 3, Look::default());
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("valid JSON")).collect();
        assert_eq!(lines.len(), 6);
        assert!(lines[..3].iter().all(|line| line["format"] == "stocktruth.item" && line["version"] == 1));
        assert!(lines[3..5].iter().all(|line| line["format"] == "stocktruth.finding" && line["shop"] == "demo"));
        assert_eq!(lines[5]["format"], "stocktruth.summary");
        assert_eq!(lines[5]["shops"][0]["items"], 7);
    }
}
