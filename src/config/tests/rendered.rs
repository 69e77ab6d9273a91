//! What people see, and what they must never see.

use std::path::Path;

use super::{GOOD, problems};
use crate::config::{find, load};

#[test]
fn a_problem_is_shown_with_its_line() {
    let text = GOOD.replace("    stock:\n", "    grace: 30\n    stock:\n").replace("[books]", "[boks]");
    let expected = "\
error: `grace`: a length of time needs a unit
  --> /nowhere/stocktruth.yaml:10:12
   |
10 |     grace: 30
   |            ^^
   |
   = help: write `30s`, `30m`, `30h` or `30d`

error: `shops[0]`: no shop has this name
  --> /nowhere/stocktruth.yaml:20:13
   |
20 |     shops: [boks]
   |             ^^^^
   |
   = help: did you mean `books`?
";
    let problems = problems(&text);
    assert_eq!(problems.to_string(), expected);
    assert_eq!((problems.errors(), problems.warnings()), (2, 0));
    assert!(problems.render(true).contains("\u{1b}["));
}

#[test]
fn a_hebrew_line_is_marked_where_it_stands() {
    let text = GOOD.replace("name: books", "name: \"ספרים\"").replace("[books]", "[\"ספריה\"]");
    let expected = "\
error: `shops[0]`: no shop has this name
  --> /nowhere/stocktruth.yaml:19:13
   |
19 |     shops: [\"ספריה\"]
   |             ^^^^^^^
   |
   = help: did you mean `ספרים`?
";
    assert_eq!(problems(&text).to_string(), expected);
}

/// Whatever is wrong around it: a secret that stands in the file is not repeated.
#[test]
fn secrets_are_masked() {
    for line in [
        "      password: hunter2",
        "      \"password\": \"hunter2, hunter2\"",
        "      - {name: X-Api-Key, value: hunter2}",
        "      api_key: 'hunter2",
        "      auth: {bearer: {token: hunter2}}",
        "      Authorization: Bearer hunter2",
        "      X-Shop-Key: hunter2",
        "      url: https://dana:hunter2@shop.example/",
        "      passwort: hunter2",
        "      client_secret: hunter2 hunter2",
    ] {
        // The same line as an unknown key, as a duplicate, and in a file that is no YAML at all.
        for text in [
            format!("version: 1\nmail:\n  transport:\n    smtp:\n{line}\n"),
            format!("version: 1\nmail:\n  transport:\n    smtp:\n{line}\n{line}\n"),
            format!("version: 1\nmail:\n  transport:\n    smtp:\n{line}: [\n"),
        ] {
            let shown = problems(&text).to_string();
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}

#[test]
fn secrets_in_blocks_are_masked() {
    for text in [
        "a:\n  token: |\n    hunter2\n   x: [\n",
        "a:\n  token: >-\n    hunter2: [\n",
        "shops:\n  - fetch:\n      headers:\n        Anything: hunter2\n        Anything: hunter2\n",
        "shops:\n  - fetch:\n      headers: {Anything: hunter2, Anything: hunter2}\n",
    ] {
        let shown = problems(text).to_string();
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("-->"), "{shown}");
    }
    // A reference is no secret and helps to understand.
    let shown = problems("mail: {transport: {smtp: {password: \"${NOT_SET}\"}}}").to_string();
    assert!(shown.contains("password: \"${NOT_SET}\""), "{shown}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stocktruth.yaml");
    let shown = load(&file).unwrap_err().to_string();
    assert!(
        shown.starts_with("error: ") && shown.contains("stocktruth.yaml: this file cannot be read: No such"),
        "{shown}"
    );

    std::fs::write(&file, b"version: 1 # \xe9\n").unwrap();
    let shown = load(&file).unwrap_err().to_string();
    assert!(shown.contains("it is not UTF-8 text"), "{shown}");

    std::fs::write(&file, format!("\u{feff}{GOOD}").replace('\n', "\r\n")).unwrap();
    load(&file).unwrap();
    assert_eq!(find(Some(Path::new("x.yaml"))).unwrap(), Path::new("x.yaml"));
}

/// Bytes that are no configuration give problems, never a panic.
#[test]
fn mangled_files_are_told_and_not_fatal() {
    let example = include_str!("../../../config/example.yaml");
    let text: Vec<char> = example.chars().collect();
    let mut state = 7_usize;
    for _ in 0..60 {
        let mut mangled = text.clone();
        for _ in 0..3 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (state >> 16) % mangled.len();
            match state % 4 {
                0 => mangled[at] = ['{', '}', ':', '\n', '"', '\t', '&', '*', '\u{0}', 'ש'][state % 10],
                1 => drop(mangled.drain(at..(at + 40).min(mangled.len()))),
                2 => mangled.truncate(at.max(100)),
                _ => mangled.insert(at, '-'),
            }
        }
        let mangled: String = mangled.into_iter().collect();
        let problems = problems(&mangled);
        assert!(problems.is_empty() || !problems.to_string().is_empty());
    }
}
