//! Holds the house to the rules that `src/lib.rs` states: it reads the source text, so that a rule cannot rot unseen.
//!
//! Comments, strings and characters are taken out first; what is left is read as paths, `use` groups expanded.

#[path = "architecture/source.rs"]
mod source;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use source::{code_of, paths_of, tokens_of};

/// Each room, and the rooms it may name beside itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("fetch", &["domain"]),
    ("catalog", &["domain", "fetch"]),
    ("cart", &["domain", "fetch"]),
    ("stock", &["domain", "fetch"]),
    ("claims", &["domain"]),
    ("judge", &["domain"]),
    ("incident", &["domain"]),
    ("plan", &["domain"]),
    ("store", &["domain"]),
    ("notify", &["domain", "fetch"]),
    ("report", &["domain"]),
    ("demo", &["domain"]),
    ("config", &["domain", "cart", "catalog", "fetch", "claims", "stock", "incident", "plan", "store", "notify"]),
    (
        "run",
        &[
            "domain", "cart", "catalog", "stock", "fetch", "claims", "judge", "incident", "plan", "store", "notify",
            "report",
        ],
    ),
    (
        "cli",
        &[
            "domain", "config", "run", "demo", "cart", "catalog", "stock", "fetch", "claims", "judge", "incident",
            "plan", "store", "notify", "report",
        ],
    ),
];

/// Rooms that are functions of their arguments: no I/O, nothing to wait for.
const PURE: &[&str] = &["domain", "judge", "incident", "plan"];

/// The one file that reads the time, and waits for it.
const CLOCK: &str = "src/domain/clock.rs";

/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "types", "manager", "managers"];

/// Longest file, in lines.
const LONGEST: usize = 400;

/// A kind of thing of which each has a file of its own and a line in one registry.
struct Registry {
    /// The folder.
    folder: &'static str,
    /// Whether one of the kind may have a folder of its own there.
    folders: bool,
    /// What makes a file there one of the kind.
    mark: &'static str,
    /// What `mod.rs` must say of it; `NAME` stands for the file's name.
    lines: &'static [&'static str],
    /// Files that must name it, and how: the example of every key, the documents.
    elsewhere: &'static [(&'static str, &'static str)],
}

const REGISTRIES: &[Registry] = &[
    Registry {
        folder: "src/claims",
        folders: false,
        mark: "fn signals(scene: &Scene",
        lines: &["NAME::signals)", "`NAME.rs`"],
        elsewhere: &[],
    },
    Registry {
        folder: "src/catalog",
        folders: true,
        mark: "-> Entries<",
        lines: &["=> NAME::read("],
        elsewhere: &[("config/example.yaml", " NAME:"), ("README.md", "`NAME`")],
    },
    Registry {
        folder: "src/stock",
        folders: true,
        mark: "impl Kind for ",
        lines: &["mod NAME;"],
        elsewhere: &[("config/example.yaml", " NAME:"), ("README.md", "`NAME`")],
    },
    Registry {
        folder: "src/cart",
        folders: true,
        mark: "impl Basket for ",
        lines: &["mod NAME;", "Box::new(NAME::"],
        elsewhere: &[("config/example.yaml", "NAME:"), ("README.md", "`NAME`")],
    },
    Registry {
        folder: "src/notify/courier",
        folders: false,
        mark: "Way for ",
        lines: &["Box::new(NAME::"],
        elsewhere: &[("config/example.yaml", "NAME:"), ("README.md", "`NAME`")],
    },
    Registry {
        folder: "src/notify/courier",
        folders: false,
        mark: "pub(super) fn reading(",
        lines: &["reading: NAME::reading }", "Some(NAME::compose(message))"],
        elsewhere: &[("config/example.yaml", "NAME:"), ("README.md", "`NAME`")],
    },
    Registry {
        folder: "src/report",
        folders: false,
        mark: "pub(super) fn write<",
        lines: &["=> NAME::write(", "`NAME`"],
        elsewhere: &[("README.md", "`NAME`")],
    },
    Registry {
        folder: "src/cli",
        folders: false,
        mark: "-> Result<Exit, Failure>",
        lines: &["NAME::run("],
        elsewhere: &[("README.md", " NAME ")],
    },
];

#[test]
fn every_file_keeps_to_its_room() {
    let mut broken = Vec::new();
    for (path, text) in sources(&["src"]).unwrap() {
        broken.extend(violations(&path, &text));
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn no_test_needs_scrolling_either() {
    for (path, text) in sources(&["tests", "benches", "examples", "fuzz/fuzz_targets"]).unwrap() {
        assert!(text.lines().count() <= LONGEST, "{path} is longer than {LONGEST} lines: give it a second file");
    }
}

#[test]
fn every_adapter_signal_report_and_command_is_registered() {
    let sources = sources(&["src"]).unwrap();
    for registry in REGISTRIES {
        // A file of the folder, or a folder of its own in there.
        let home = |path: &str| match path.strip_suffix("/mod.rs") {
            Some(own) if registry.folders && own != registry.folder => own.to_owned(),
            _ => path.to_owned(),
        };
        let inside: Vec<_> = sources.iter().map(|(path, text)| (home(path), text)).collect();
        let inside = inside.iter().filter(|(path, _)| Path::new(path).parent() == Some(Path::new(registry.folder)));
        let mut registered = 0;
        let index = fs::read_to_string(root().join(registry.folder).join("mod.rs")).unwrap();
        for (path, _) in inside.filter(|(path, text)| !path.ends_with("/mod.rs") && text.contains(registry.mark)) {
            let name = Path::new(path).file_stem().unwrap().to_str().unwrap();
            assert_eq!(missing(&index, name, registry.lines), None, "in {}/mod.rs", registry.folder);
            for (place, line) in registry.elsewhere {
                let text = fs::read_to_string(root().join(place)).unwrap();
                assert_eq!(missing(&text, name, &[line]), None, "in {place}, of {path}");
            }
            registered += 1;
        }
        assert!(registered > 1, "{}: no file says `{}` any more; the test is blind", registry.folder, registry.mark);
    }
}

#[test]
fn a_violation_is_caught() {
    for (path, text, expected) in [
        ("src/claims/a.rs", "use crate::stock::Options;", "claims may not name stock"),
        ("src/claims/a.rs", "use crate::{domain::Page, fetch};", "claims may not name fetch"),
        ("src/claims/a.rs", "fn f() { crate::store::Store::open() }", "claims may not name store"),
        ("src/claims/a.rs", "use super::super::judge;", "claims may not name judge"),
        ("src/claims/mod.rs", "use super::{domain, run};", "claims may not name run"),
        ("src/claims/a.rs", "mod t { use super::super::super::judge; }", "claims may not name judge"),
        ("src/stock/a.rs", "use crate::catalog::{self};", "stock may not name catalog"),
        ("src/judge/mod.rs", "use crate::config;", "judge may not name config"),
        ("src/run/mod.rs", "use crate::cli::Exit;", "run may not name cli"),
        ("src/config/mod.rs", "use crate::run::Job;", "config may not name run"),
        ("src/domain/a.rs", "use crate::report;", "domain may not name report"),
        ("src/main.rs", "use stocktruth::store;", "main may not name store"),
        ("src/notify/a.rs", "use rusqlite::Connection;", "only store names rusqlite"),
        ("src/stock/a.rs", "use rusqlite::Connection;", "only store names rusqlite"),
        ("src/notify/a.rs", "fn f() { ::rusqlite::Connection::open(p); }", "only store names rusqlite"),
        ("src/stock/a.rs", "use {reqwest as web};", "only fetch names reqwest"),
        ("src/run/a.rs", "let now = jiff::Timestamp::now();", "only domain::clock reads the time"),
        (
            "src/domain/b.rs",
            "use std::time::{SystemTime as T, SystemTime}; fn f() { SystemTime::now(); }",
            "reads the time",
        ),
        ("src/cli/a.rs", "let x = std::env::var(\"HOME\");", "only config reads the environment"),
        ("src/cli/a.rs", "use std::env::{self, vars_os};", "only config reads the environment"),
        ("src/cli/a.rs", "struct A { #[arg(long, env = \"X\")] x: u8 }", "only config reads the environment"),
        ("src/judge/a.rs", "async fn f() {}", "judge is pure"),
        ("src/incident/a.rs", "use std::{fs, fmt};", "incident is pure"),
        ("src/fetch/utils.rs", "", "says nothing of what is inside"),
        ("src/fetch/common/deep.rs", "", "says nothing of what is inside"),
        ("src/fetch/a.rs", "mod helpers { }", "says nothing of what is inside"),
        ("src/loose.rs", "", "belongs to no room"),
        ("src/attic/mod.rs", "", "belongs to no room"),
    ] {
        let found = violations(path, text);
        assert!(found.iter().any(|one| one.contains(expected)), "{text}: {expected:?} is not in {found:?}");
    }
    let long = "//\n".repeat(LONGEST + 1);
    assert!(violations("src/run/a.rs", &long)[0].contains("longer than 400 lines"));
    assert!(violations("src/main.rs", &long).iter().any(|one| one.contains("longer than 40 lines")));
    assert_eq!(missing("(Kind::X, button::signals)", "button", &["NAME::signals)"]), None);
    assert_eq!(
        missing("(Kind::X, old_button::signals)", "button", &["NAME::signals)"]).as_deref(),
        Some("button::signals)")
    );
}

#[test]
fn what_only_looks_like_a_violation_passes() {
    for (path, text) in [
        ("src/claims/a.rs", "// use crate::stock;\n/* crate::run /* crate::run */ crate::cli */ fn f() {}"),
        ("src/claims/a.rs", "const A: &str = \"crate::stock \\\" rusqlite\"; const B: char = '\"'; fn f<'a>() {}"),
        ("src/claims/a.rs", "const A: &str = r#\"use \" crate::stock;\"#; const B: &[u8] = br\"reqwest\";"),
        ("src/claims/a.rs", "use super::stock; use self::run; use crate::claims::fetch;"),
        ("src/claims/a.rs", "mod t { use super::super::stock; }"),
        ("src/stock/a.rs", "use crate::fetch::Fetcher;"),
        ("src/notify/courier/a.rs", "use crate::fetch::Fetcher;"),
        ("src/store/a.rs", "use rusqlite::Connection;"),
        ("src/stock/sql/a.rs", "use rusqlite::Connection;"),
        ("src/fetch/a.rs", "use std::time::Instant; fn f() { Instant::now(); }"),
        ("src/domain/clock.rs", "fn f() { jiff::Timestamp::now(); }"),
        ("src/config/a.rs", "fn f() { std::env::var(\"A\"); }"),
        ("src/fetch/a.rs", "const V: &str = env!(\"CARGO_PKG_VERSION\"); fn f() { std::env::args(); }"),
        ("src/main.rs", "fn main() -> ExitCode { stocktruth::cli::main() }"),
    ] {
        assert_eq!(violations(path, text), Vec::<String>::new(), "{text}");
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below these folders: its path inside the project, and its text.
fn sources(folders: &[&str]) -> io::Result<Vec<(String, String)>> {
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                waiting.push(entry?.path());
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(&path)?));
        }
    }
    found.sort();
    Ok(found)
}

/// The first of `lines` that `text` does not hold, as a word of its own.
fn missing(text: &str, name: &str, lines: &[&str]) -> Option<String> {
    let inside_a_word = |at: usize| text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let mut lines = lines.iter().map(|line| line.replace("NAME", name));
    lines.find(|line| text.match_indices(line.as_str()).all(|(at, _)| inside_a_word(at)))
}

/// Every rule that a file breaks.
fn violations(path: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let mut say = |what: String| broken.push(format!("{path}: {what}"));
    let lines = text.lines().count();
    let code = code_of(text);
    let tokens = tokens_of(&code);
    let paths = paths_of(path, &tokens);
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let room = inside.split_once('/').map_or(inside, |(room, _)| room);

    let longest = if path == "src/main.rs" { 40 } else { LONGEST };
    if lines > longest {
        say(format!("longer than {longest} lines: it wants a second file"));
    }
    let declared = tokens.windows(2).filter(|two| two[0] == "mod").map(|two| two[1]);
    for name in inside.split('/').chain(declared).filter(|name| EMPTY_NAMES.contains(name)) {
        say(format!("the name `{name}` says nothing of what is inside"));
    }

    let may: &[&str] = match (path, ROOMS.iter().find(|(name, _)| *name == room)) {
        ("src/lib.rs", _) => &[],
        ("src/main.rs", _) => &["cli"],
        (_, Some((_, may))) if inside.contains('/') => may,
        _ => {
            say("belongs to no room: see ROOMS in tests/architecture.rs".to_owned());
            &[]
        }
    };
    let named: BTreeSet<&str> =
        paths.iter().filter(|path| path[0] == "crate").filter_map(|path| path.get(1).copied()).collect();
    for other in named.into_iter().filter(|other| ROOMS.iter().any(|(name, _)| name == other)) {
        if other != room && !may.contains(&other) {
            say(format!("{room} may not name {other}"));
        }
    }

    for (owner, besides, name) in [("store", "src/stock/sql/", "rusqlite"), ("fetch", "src/fetch/", "reqwest")] {
        if room != owner && !path.starts_with(besides) && tokens.contains(&name) {
            say(format!("only {owner} names {name}"));
        }
    }
    let calls = |owners: &[&str], names: &[&str]| {
        paths.iter().flat_map(|path| path.windows(2)).any(|two| owners.contains(&two[0]) && names.contains(&two[1]))
    };
    if path != CLOCK && calls(&["Timestamp", "Zoned", "SystemTime"], &["now"]) {
        say("only domain::clock reads the time".to_owned());
    }
    let by_argument = tokens.windows(2).any(|two| two == ["env", "="]);
    let reads = ["var", "var_os", "vars", "vars_os", "set_var", "remove_var", "home_dir"];
    if room != "config" && (calls(&["env"], &reads) || by_argument) {
        say("only config reads the environment".to_owned());
    }
    let io = ["fs", "net", "process", "thread", "env"];
    let waits = ["async", "await", "tokio"].iter().any(|word| tokens.contains(word));
    if PURE.contains(&room) && path != CLOCK && (waits || calls(&["std"], &io)) {
        say(format!("{room} is pure: no I/O, nothing to wait for"));
    }
    broken
}
