//! The demonstration finds exactly what its sample shop hides.

use serde_json::Value;
use stocktruth::domain::clock::Clock;

use crate::harness::{Program, Ran};

fn demo(folder: &std::path::Path, format: &str) -> Ran {
    Program::in_folder(folder).args(["demo", "--folder", "left here", "--format", format]).run()
}

/// SKU, verdict, reason, cause.
type Found = (String, String, Option<String>, Option<String>);

fn expected() -> Vec<Found> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let demo = runtime.block_on(stocktruth::demo::start(&Clock::system())).expect("a sample shop");
    let found = |one: stocktruth::demo::Expected| {
        let cause = one.cause.map(|cause| cause.code().to_owned());
        (one.sku.to_owned(), one.verdict.to_owned(), one.reason.map(str::to_owned), cause)
    };
    let mut all: Vec<_> = demo.expected().into_iter().map(found).collect();
    all.sort();
    all
}

#[test]
fn it_finds_exactly_what_is_hidden() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = demo(folder.path(), "json");
    let json: Value = serde_json::from_str(&ran.exits(0).stdout).expect("JSON");
    let text = |item: &Value, name: &str| item[name].as_str().map(str::to_owned);
    let sku = |item: &Value| text(item, "sku").unwrap_or_else(|| text(item, "key").expect("a key"));
    let found = |item: &Value| {
        (sku(item), text(item, "verdict").expect("a verdict"), text(item, "reason"), text(item, "cause"))
    };
    let mut all: Vec<_> = json["items"].as_array().expect("items").iter().map(found).collect();
    all.sort();
    assert_eq!(all, expected());
    assert_eq!(json["run"]["notices"]["sent"], 2);
}

#[test]
fn it_shows_table_and_mail_and_where_the_files_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = demo(folder.path(), "table");
    ran.exits(0).says(["WHAT IS WRONG", "page cache", "Hello Daniel", "נועה", "left in left here", "stocktruth init"]);
    let left = folder.path().join("left here");
    let read = |name: &str| std::fs::read_to_string(left.join(name)).expect(name);
    let hebrew = [1, 2].map(|n| read(&format!("mail-{n}.html"))).into_iter().find(|html| html.contains("lang=\"he\""));
    assert!(hebrew.is_some_and(|html| html.contains("dir=\"rtl\"") && html.contains("אזל")));
    let result: Value = serde_json::from_str(&read("result.json")).expect("JSON");
    assert_eq!(result["format"], "stocktruth.run");
    assert!(read("mail-1.eml").contains("Auto-Submitted: auto-generated") && left.join("stocktruth.db").exists());
}

#[test]
fn its_folder_is_its_own_unless_one_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    Program::in_folder(folder.path())
        .args(["demo"])
        .run()
        .exits(0)
        .says([&format!("left in {}", folder.path().display()) as &str]);
    std::fs::write(folder.path().join("file"), "").expect("a file");
    let ran = Program::in_folder(folder.path()).args(["demo", "--folder", "file/below"]).run();
    ran.exits(4).complains(["no folder for the demo's files"]);
}
