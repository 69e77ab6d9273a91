//! The README's blocks are what the program really says, so that they cannot rot.
//!
//! A block stands between `<!-- name -->` and `<!-- /name -->`. A line `⋮` in it stands for lines left out. With
//! STOCKTRUTH_BLESS=1 the help and the exit codes are written anew.

use std::path::Path;
use std::sync::Mutex;

use regex::Regex;

use crate::harness::{Program, scrubbed};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    std::fs::read_to_string(project().join("README.md")).expect("README.md")
}

/// What stands in a block, without the fence.
fn block(name: &str) -> String {
    let text = readme();
    let inside = text
        .split(&format!("<!-- {name} -->\n"))
        .nth(1)
        .and_then(|rest| rest.split(&format!("<!-- /{name} -->")).next());
    let inside = inside.unwrap_or_else(|| panic!("README.md has no block {name}"));
    inside.lines().filter(|line| !line.starts_with("```")).map(|line| format!("{line}\n")).collect()
}

/// Writes a block anew, if that is wished.
#[expect(clippy::disallowed_methods, reason = "asks for the blessing, which no configuration knows of")]
fn bless(name: &str, text: &str) {
    static ALONE: Mutex<()> = Mutex::new(());
    if std::env::var("STOCKTRUTH_BLESS").is_ok_and(|value| value == "1") {
        let _alone = ALONE.lock();
        let old = readme();
        let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let (before, rest) = old.split_once(&start).expect("the block");
        let (_, after) = rest.split_once(&end).expect("the block's end");
        let new = format!("{before}{start}```text\n{text}```\n{end}{after}");
        std::fs::write(project().join("README.md"), new).expect("README.md");
    }
}

/// What the program says when it is called in an empty folder, without a terminal.
fn said(args: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = Program::in_folder(folder.path()).args(args.iter().copied()).run();
    scrubbed(&ran.exits(0).stdout, folder.path())
}

/// Fails unless every piece of the block stands in what was said, in the block's order.
#[track_caller]
fn stands_in(name: &str, block: &str, said: &str) {
    let mut rest = said;
    for piece in block.trim_end_matches("⋮\n").split("⋮\n") {
        assert!(piece.lines().any(|line| !line.trim().is_empty()), "block {name}: nothing between two ⋮");
        let found = rest.find(piece).unwrap_or_else(|| {
            let line = piece.lines().find(|line| !rest.contains(line)).unwrap_or(piece);
            panic!("README.md, block {name}: the program does not say\n{line}\nbut\n{said}")
        });
        rest = &rest[found + piece.len()..];
    }
}

#[test]
fn the_help_is_the_help() {
    let help = said(&["--help"]);
    bless("help", &help);
    assert_eq!(block("help"), help, "run the tests once with STOCKTRUTH_BLESS=1");
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let help = said(&["--help"]);
    let codes = &help[help.find("Exit codes:").expect("the exit codes")..];
    bless("exit", codes);
    assert_eq!(block("exit"), codes, "run the tests once with STOCKTRUTH_BLESS=1");
    assert!(said(&["check", "--help"]).ends_with(codes), "check shows the same");
}

#[test]
fn the_crontab_is_the_one_that_is_shipped() {
    let shipped = std::fs::read_to_string(project().join("config/crontab")).expect("config/crontab");
    let shipped: String =
        shipped.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(|line| format!("{line}\n")).collect();
    assert_eq!(block("cron"), shipped);
}

#[test]
fn the_short_configuration_is_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("stocktruth.yaml"), block("short")).expect("a file");
    let program = Program::in_folder(folder.path()).args(["validate"]);
    let ran = program.env("STOCK_TOKEN", "t").env("SMTP_PASSWORD", "p").run();
    assert_eq!(ran.exits(0).stderr, "", "no problem and no warning");
}

#[test]
fn the_demo_says_what_the_readme_shows() {
    let block = block("demo");
    let alike = |text: &str| {
        let text = Regex::new(r"\d{4}-\d\d-\d\d").expect("a pattern").replace_all(text, "....-..-..");
        let text = Regex::new(r"\d+ \w{3} \d{4}(, \d\d:\d\d)?").expect("a pattern").replace_all(&text, "DAY");
        Regex::new(r"\d+ requests to the shop, \d+ to")
            .expect("a pattern")
            .replace_all(&text, "N requests")
            .into_owned()
    };
    stands_in("demo", &alike(&scrubbed(&block, Path::new("/nowhere"))), &alike(&said(&["demo"])));
}

#[test]
fn the_first_steps_with_an_own_shop_work_as_told() {
    let text = readme();
    let steps = text.split("## Your own shop").nth(1).and_then(|rest| rest.split("```").nth(1)).expect("the steps");
    let folder = tempfile::tempdir().expect("a folder");
    let call = |args: &[&str]| Program::in_folder(folder.path()).args(args.iter().copied()).run();
    for line in steps.lines().filter_map(|line| line.strip_prefix("stocktruth ")) {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        if words == ["init"] {
            call(&words).exits(0);
        }
        // The starter names a shop that does not exist; the flags must be known all the same.
        call(&[words[0], "--help"]).exits(0).says(words.iter().copied().filter(|word| word.starts_with("--")));
    }
}

#[test]
fn every_link_into_the_project_leads_somewhere() {
    let text = readme();
    let links = Regex::new(r"\]\(([^)#:]+)\)").expect("a pattern");
    let links: Vec<_> = links.captures_iter(&text).map(|found| found[1].to_owned()).collect();
    assert!(links.len() > 5, "{links:?}");
    for link in links {
        assert!(project().join(&link).exists(), "README.md: there is no {link}");
    }
}
