//! The example that holds the reader's claims against a folder of labelled pages.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Program, Ran, Says, gzip, page};

fn corpus(folder: &Path, arguments: &[&str]) -> Ran {
    Program::example("corpus", folder).args(arguments).run()
}

fn entry(page: &str, published: &str, read: Option<&str>) -> Value {
    let mut entry =
        json!({"page": page, "url": format!("https://shop.test/p/{page}"), "published_label": published, "kind": 7});
    if let Some(read) = read {
        entry["read_label"] = json!(read);
    }
    entry
}

/// Six pages: two right, one whose published label is wrong, one that says nothing, a captcha, and one that denies
/// what both labels promise. One more is missing, one is a broken archive.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).expect("a folder");
    let write = |name: &str, bytes: &[u8]| fs::write(pages.join(name), bytes).expect("a page");
    write("in.html", page("A", Says::In).as_bytes());
    write("out.html.gz", &gzip(page("B", Says::Out).as_bytes()));
    write("relabelled.html", page("C", Says::Out).as_bytes());
    write("silent.html", b"<html lang=en><title>D</title><body><h1>A story</h1><p>Once upon a time.</p>");
    write(
        "captcha.html",
        b"<html><title>Robot Check</title><body><p>Enter the characters you see below</p><form><input></form>",
    );
    fs::write(folder.path().join("beside.html"), page("E", Says::Out)).expect("a page");
    write("broken.html.gz", &gzip(page("F", Says::In).as_bytes())[..60]);
    let truth = json!([
        entry("in.html", "InStock", Some("InStock")),
        entry("out.html.gz", "https://schema.org/SoldOut", None),
        entry("relabelled.html", "InStock", Some("OutOfStock")),
        entry("silent.html", "InStock", Some("InStock")),
        entry("captcha.html", "Unknown", Some("captcha")),
        entry("beside.html", "PreOrder", None),
        entry("missing.html", "InStock", None),
        entry("broken.html.gz", "InStock", None),
    ]);
    fs::write(folder.path().join("truth.json"), truth.to_string()).expect("the truth");
    folder
}

#[test]
fn figures_and_predictions_are_those_of_the_pages() {
    let folder = folder();
    let place = folder.path().to_str().expect("a path");
    let ran = corpus(folder.path(), &[place, "--json", "--predictions", "said.jsonl"]);
    ran.exits(0);
    let figures: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(figures["pages"], 8);
    let failed: Vec<&str> =
        figures["not_read"].as_array().expect("a list").iter().filter_map(|one| one["page"].as_str()).collect();
    assert_eq!(failed, ["missing.html", "broken.html.gz"]);

    let counts = |labels: &str, silence: &str, class: &str| {
        let tally = &figures["scores"][labels][silence][class];
        ["right", "answered", "labelled"].map(|name| tally[name].as_u64().expect("a count"))
    };
    assert_eq!(counts("published", "no_claim_is_in_stock", "availability"), [3, 5, 5]);
    assert_eq!(counts("read", "no_claim_is_in_stock", "availability"), [4, 5, 5]);
    assert_eq!(counts("read", "no_claim_is_no_answer", "availability"), [3, 4, 5]);
    assert_eq!(counts("read", "no_claim_is_in_stock", "InStock"), [2, 2, 3]);
    assert_eq!(counts("read", "no_claim_is_no_answer", "OutOfStock"), [2, 3, 2]);
    let f1 = figures["scores"]["read"]["no_claim_is_in_stock"]["OutOfStock"]["f1"].as_f64().expect("a figure");
    assert!((f1 - 0.8).abs() < 1e-9, "{f1}");
    let confusion = &figures["scores"]["read"]["confusion"];
    assert_eq!(confusion["InStock"], json!({"InStock": 1, "OutOfStock": 1, "no claim": 1, "a wall": 0}));
    assert_eq!(confusion["Unknown"], json!({"InStock": 0, "OutOfStock": 0, "no claim": 0, "a wall": 1}));
    let disagreements = figures["disagreements"].as_array().expect("a list");
    let pages: Vec<&str> = disagreements.iter().filter_map(|one| one["page"].as_str()).collect();
    assert_eq!(pages, ["relabelled.html", "beside.html", "silent.html"]);
    assert!(disagreements[1]["evidence"].as_array().expect("a list").iter().any(|one| one["kind"] == "json_ld"));

    let said = fs::read_to_string(folder.path().join("said.jsonl")).expect("predictions");
    let said: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let answers: Vec<(&str, Option<&str>)> =
        said.iter().map(|one| (one["availability"].as_str().expect("a name"), one["reason"].as_str())).collect();
    assert_eq!(answers.len(), 8);
    assert_eq!((answers[0], answers[1]), (("InStock", None), ("OutOfStock", None)));
    assert_eq!((answers[3], answers[4]), (("Unknown", Some("no_claim")), ("Unknown", Some("challenge"))));
    assert_eq!(answers[6], ("Unknown", Some("not_read")));
    assert_eq!(said[0]["confidence"], "high");
    assert!(said.iter().all(|one| one["variants"].is_array()));
}

#[test]
fn the_figures_are_told_to_people_with_their_evidence() {
    let folder = folder();
    let ran = corpus(folder.path(), &[folder.path().to_str().expect("a path")]);
    ran.exits(0).says([
        "8 pages of ",
        "no claim counts as InStock",
        "no claim is no answer",
        "  availability                      0.600     0.600    0.600      0.800     0.800    0.800\n",
        "missing.html: there is no \"missing.html\" in ",
        "broken.html.gz: cannot unzip ",
        "3 pages disagree with a label",
        "published InStock, read OutOfStock",
        "\"Sold out\" at ",
        " pages/s ",
    ]);
}

#[test]
fn what_cannot_be_measured_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let truth = folder.path().join("truth.json");
    let place = folder.path().to_str().expect("a path");
    let ran = corpus(folder.path(), &["nowhere"]);
    ran.exits(2).complains(["nowhere is no folder; name one that holds a truth.json"]);
    let complains = |words: &[&str]| {
        let ran = corpus(folder.path(), &[place]);
        ran.exits(2).complains(words.iter().copied());
    };
    complains(&["cannot read ", "truth.json", "it must list the pages"]);
    for (text, words) in [
        ("[{\"page\": \"a.html\"", "at line 1"),
        ("{\"page\": \"a.html\"}", "is no list of labelled pages"),
        ("[]", "lists no page; add at least one"),
        (
            "[{\"page\": \"a.html\", \"url\": \"https://shop.test/a\"}]",
            "none of the 1 pages of truth.json could be read; the first: there is no \"a.html\"",
        ),
    ] {
        fs::write(&truth, text).expect("a file");
        complains(&[words]);
    }
    fs::write(folder.path().join("a.html"), page("A", Says::In)).expect("a page");
    corpus(folder.path(), &[place, "--predictions", "no/folder/said.jsonl"])
        .exits(2)
        .complains(["cannot write no/folder/said.jsonl", "name a file in a folder that exists"]);
}
