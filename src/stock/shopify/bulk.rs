//! Everything at once: Shopify reads it all, and gives a file.
//!
//! <https://shopify.dev/docs/api/usage/bulk-operations/queries>. Each line of the file is an object; one that names a
//! `__parentId` belongs to the object above it, as `groupObjects` asks for.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use tokio::time::Instant;
use url::Url;

use super::desk::{Desk, Refused};
use super::{ShopifyKey, item};
use crate::stock::StockError;
use crate::stock::api::Api;
use crate::stock::record::{Record, Told};

/// Pauses between two looks at how far it is: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(15));

/// What is known of an operation.
#[derive(Debug)]
pub(super) struct Operation {
    id: String,
    status: String,
    error: Option<String>,
    /// Where its file is; none where there is nothing to tell.
    file: Option<String>,
    /// When it began: nothing in the file is older.
    begun: Option<Timestamp>,
    /// Variants in the file.
    roots: Option<u64>,
}

impl Operation {
    fn of(json: &Json) -> Option<Self> {
        let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
        Some(Self {
            id: text("id")?,
            status: text("status")?,
            error: text("errorCode"),
            file: text("url"),
            begun: text("createdAt").and_then(|begun| begun.parse().ok()),
            // An UnsignedInt64 is text.
            roots: text("rootObjectCount").and_then(|count| count.parse().ok()),
        })
    }
}

/// Begins an operation and gives its id. `Ok(Err(why))`: Shopify does not take one now.
pub(super) async fn begin(desk: &Desk, with_levels: bool) -> Result<Result<String, String>, Refused> {
    let levels = if with_levels {
        format!("inventoryLevels {{ edges {{ node {{ {} }} }} }}", item::level())
    } else {
        String::new()
    };
    let query = format!(
        "{{ productVariants {{ edges {{ node {{ {} inventoryItem {{ id tracked {levels} }} }} }} }} }}",
        item::VARIANT
    );
    let mutation = "mutation($query: String!) { bulkOperationRunQuery(query: $query, groupObjects: true) { \
                    bulkOperation { id status } userErrors { field message } } }";
    let (data, _) = desk.ask(mutation, json!({"query": query})).await?;
    let answer = data.get("bulkOperationRunQuery").cloned().unwrap_or_default();
    if let Some(why) = answer.pointer("/userErrors/0/message").and_then(Json::as_str) {
        return Ok(Err(why.to_owned()));
    }
    match answer.pointer("/bulkOperation/id").and_then(Json::as_str) {
        Some(id) => Ok(Ok(id.to_owned())),
        None => Err(Refused::This(desk.error(
            "answered bulkOperationRunQuery without an operation".to_owned(),
            "compare api_version with the versions that Shopify supports",
        ))),
    }
}

/// Looks at an operation. `None`: nobody knows it any more.
async fn look(desk: &Desk, id: &str) -> Result<Option<Operation>, Refused> {
    let query = "query($id: ID!) { node(id: $id) { ... on BulkOperation { \
                 id status errorCode url createdAt rootObjectCount } } }";
    let (data, _) = desk.ask(query, json!({"id": id})).await?;
    Ok(data.get("node").and_then(Operation::of))
}

/// Waits for an operation to end. `Ok(None)`: its file is gone, or it never came to one; begin another.
pub(super) async fn wait(desk: &Desk, id: &str, longest: Duration) -> Result<Option<Operation>, StockError> {
    let (begun, mut pause) = (Instant::now(), PAUSES.0);
    loop {
        let Some(operation) = look(desk, id).await? else { return Ok(None) };
        match operation.status.as_str() {
            "COMPLETED" => return Ok(Some(operation)),
            "EXPIRED" | "CANCELED" => return Ok(None),
            "FAILED" => {
                let why = operation.error.as_deref().unwrap_or("no reason given");
                let advice = match why {
                    "ACCESS_DENIED" => "give the app the scopes read_products, read_inventory and read_locations",
                    _ => "try again later, or read page by page with `bulk: never`",
                };
                return Err(desk.error(format!("says that the bulk operation {} failed: {why}", operation.id), advice));
            }
            _ if begun.elapsed() >= longest => {
                let what = format!(
                    "has not finished the bulk operation {} in {} s (it is {})",
                    operation.id,
                    longest.as_secs(),
                    operation.status
                );
                return Err(desk.error(what, "raise bulk_wait; the next run goes on with this operation"));
            }
            _ => {}
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Fetches the file of an operation that has ended and tells what is in it.
pub(super) async fn tell(
    desk: &Desk,
    files: &Api,
    operation: &Operation,
    by: ShopifyKey,
    with_levels: bool,
    sink: &mut dyn FnMut(Told),
) -> Result<(), StockError> {
    let broken = |what: String| desk.error(what, "ask again: a new bulk operation writes a new file");
    let Some(address) = &operation.file else {
        return match operation.roots {
            None | Some(0) => Ok(()),
            Some(roots) => Err(broken(format!("counts {roots} variants and has no file of them"))),
        };
    };
    let url =
        Url::parse(address).map_err(|error| broken(format!("gives an address of the file that is none: {error}")))?;
    let download = files.download(&url).await?;
    let file = download.file.reopen().map_err(|error| broken(format!("gave a file that cannot be read: {error}")))?;
    let told = read(file, |variant, levels| {
        let levels = if with_levels { Some(levels) } else { None };
        let record = item::record(variant, levels, by);
        sink(Told::Item(Record { as_of: operation.begun, ..record }));
    })
    .map_err(broken)?;
    match operation.roots {
        Some(roots) if roots != told => Err(broken(format!("counts {roots} variants, and its file holds {told}"))),
        _ => Ok(()),
    }
}

/// Reads the lines; `each` gets a variant and its inventory levels. How many variants there were, or what is wrong.
fn read(file: File, mut each: impl FnMut(&Json, &[Json])) -> Result<u64, String> {
    let mut told = 0;
    let mut open: Option<(Json, Vec<Json>)> = None;
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let here = |what: String| format!("gave a file whose line {} {what}", number + 1);
        let line = line.map_err(|error| here(format!("cannot be read: {error}")))?;
        if line.trim().is_empty() {
            continue;
        }
        let object: Json = serde_json::from_str(&line).map_err(|error| here(format!("is no JSON: {error}")))?;
        match object.get("__parentId").and_then(Json::as_str) {
            None => {
                if let Some((variant, levels)) = open.replace((object, Vec::new())) {
                    each(&variant, &levels);
                    told += 1;
                }
            }
            Some(parent) => match &mut open {
                Some((variant, levels)) if is(variant, parent) => levels.push(object),
                _ => return Err(here(format!("belongs to {parent}, which does not stand above it"))),
            },
        }
    }
    if let Some((variant, levels)) = open {
        each(&variant, &levels);
        told += 1;
    }
    Ok(told)
}

/// Whether this is the variant, or the inventory item of the variant, of that id.
fn is(variant: &Json, id: &str) -> bool {
    ["/id", "/inventoryItem/id"].iter().any(|path| variant.pointer(path).is_some_and(|known| known == id))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn lines(text: &str) -> Result<Vec<(String, usize)>, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let mut told = Vec::new();
        let count = read(file.reopen().unwrap(), |variant, levels| {
            told.push((variant["sku"].as_str().unwrap().to_owned(), levels.len()));
        })?;
        assert_eq!(count, told.len() as u64);
        Ok(told)
    }

    #[test]
    fn children_go_to_the_variant_above_them() {
        let text = r#"{"id":"v1","sku":"A","inventoryItem":{"id":"i1"}}
{"id":"l1","__parentId":"i1"}
{"id":"l2","__parentId":"v1"}
{"id":"v2","sku":"B","inventoryItem":{"id":"i2"}}

{"id":"v3","sku":"C","inventoryItem":{"id":"i3"}}
{"id":"l3","__parentId":"i3"}
"#;
        assert_eq!(lines(text).unwrap(), [("A".to_owned(), 2), ("B".to_owned(), 0), ("C".to_owned(), 1)]);
        assert!(lines("").unwrap().is_empty());
    }

    #[test]
    fn a_child_of_nobody_and_a_torn_line_are_told() {
        let stray = "{\"id\":\"v1\",\"sku\":\"A\"}\n{\"id\":\"l\",\"__parentId\":\"v9\"}\n";
        assert!(lines(stray).unwrap_err().contains("line 2 belongs to v9"));
        assert!(lines("{\"id\":\"v1\",\"sku\":\"A\"}\n{\"id\":").unwrap_err().contains("line 2 is no JSON"));
    }
}
