//! Holds the house in order, by reading its source: who may import whom, who may name which crate, who may read the
//! time and the environment, and that whatever is written is also registered. `src/lib.rs` says it in words.
//!
//! Test code is free to import what it likes; only its size and its names are looked at.

#[cfg(test)]
#[path = "architecture/source.rs"]
mod source;

#[cfg(test)]
mod rules {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::source::Source;

    const STAGES: [&str; 9] = ["catalog", "stock", "fetch", "claims", "judge", "incident", "store", "notify", "report"];

    /// Room → the rooms it may import. `main.rs` and `lib.rs` belong to none.
    fn may_import(room: &str) -> Vec<&'static str> {
        let of_everybody = ["domain"];
        let more: &[&str] = match room {
            "domain" => return Vec::new(),
            "catalog" | "stock" => &["fetch"],
            "run" => &STAGES,
            "config" => &["catalog", "stock", "fetch", "claims", "store", "notify"],
            "cli" => {
                return STAGES.into_iter().chain(["domain", "config", "demo", "run"]).collect();
            }
            _ => &[],
        };
        of_everybody.iter().chain(more).copied().collect()
    }

    /// Words → the places that may use them, as the beginnings of paths.
    const RESERVED: [(&str, &[&str], &str); 17] = [
        ("rusqlite", &["src/store/"], "only store names the database"),
        ("reqwest", &["src/fetch/"], "only fetch names the HTTP client"),
        ("texting_robots", &["src/fetch/"], "only fetch obeys robots.txt"),
        ("governor", &["src/fetch/"], "only fetch paces requests"),
        ("scraper", &["src/claims/"], "only claims reads HTML"),
        ("quick_xml", &["src/catalog/"], "only catalog reads XML"),
        ("clap", &["src/cli/"], "only cli knows the command line"),
        ("indicatif", &["src/report/"], "only report shows progress"),
        ("axum", &["src/demo/"], "only the demo serves"),
        ("Timestamp::now", &["src/domain/clock.rs"], "only domain::clock reads the time"),
        ("Zoned::now", &["src/domain/clock.rs"], "only domain::clock reads the time"),
        ("SystemTime", &["src/domain/clock.rs"], "only domain::clock reads the time"),
        // How long a host took to answer, on a clock that cannot be set: no fact of any run depends on it.
        ("Instant::now", &["src/domain/clock.rs", "src/fetch/"], "only fetch paces itself by a stopwatch"),
        ("env::var", &["src/config/"], "only config reads the environment"),
        ("env::var_os", &["src/config/"], "only config reads the environment"),
        ("env::vars", &["src/config/"], "only config reads the environment"),
        ("ExitCode", &["src/cli/", "src/main.rs"], "only cli knows exit codes"),
    ];

    /// Names that say nothing about what is inside.
    const EMPTY_NAMES: [&str; 10] =
        ["utils", "util", "helpers", "helper", "common", "types", "type", "manager", "managers", "misc"];

    /// Where one file per thing is registered in the folder's `mod.rs`: folder, what makes a file such a thing, and how
    /// the registry names it.
    const REGISTRIES: [(&str, &str, &str); 6] = [
        ("src/claims/", "fn signals(scene", "{}::signals"),
        ("src/stock/", "StockSource for", "{}::"),
        ("src/notify/courier/", "Way for", "{}::"),
        ("src/report/", "pub(super) fn write<", "{}::write("),
        ("src/catalog/", "-> Entries<", "{}::read("),
        ("src/cli/", "fn run(", "{}::run("),
    ];

    /// Everything that is out of order.
    fn violations(sources: &[Source]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for source in sources {
            found.extend(names_and_size(source));
            if source.is_test || !source.path.starts_with("src/") {
                continue;
            }
            found.extend(imports(source));
            found.extend(reserved_words(source));
            found.extend(registered(source, sources));
        }
        found
    }

    fn names_and_size(source: &Source) -> Vec<String> {
        let mut found = Vec::new();
        if source.lines > 400 {
            found.push(format!("{}: {} lines; a file past 400 wants a second room", source.path, source.lines));
        }
        let parts = Path::new(&source.path).with_extension("");
        let parts = parts.iter().filter_map(|part| part.to_str()).map(str::to_owned);
        for name in parts.chain(source.modules()) {
            if EMPTY_NAMES.contains(&name.as_str()) {
                found.push(format!("{}: `{name}` says nothing about what is inside", source.path));
            }
        }
        found
    }

    fn imports(source: &Source) -> Vec<String> {
        let Some(room) = source.room() else { return Vec::new() };
        let allowed = may_import(room);
        let strange = source.imports().into_iter().filter(|other| other != room && !allowed.contains(&other.as_str()));
        strange.map(|other| format!("{}: {room} may not import {other}", source.path)).collect()
    }

    fn reserved_words(source: &Source) -> Vec<String> {
        let of_others = RESERVED.iter().filter(|(_, homes, _)| !homes.iter().any(|home| source.path.starts_with(home)));
        of_others
            .filter(|(word, ..)| source.says(word))
            .map(|(word, _, rule)| format!("{}: `{word}`: {rule}", source.path))
            .collect()
    }

    fn registered(source: &Source, sources: &[Source]) -> Vec<String> {
        let mut found = Vec::new();
        for (folder, mark, line) in REGISTRIES {
            let Some(stem) = source.path.strip_prefix(folder).and_then(|file| file.strip_suffix(".rs")) else {
                continue;
            };
            if stem.contains('/') || stem == "mod" || !source.code.contains(mark) {
                continue;
            }
            let registry = sources.iter().find(|one| one.path == format!("{folder}mod.rs"));
            let line = line.replace("{}", stem);
            if !registry.is_some_and(|registry| registry.code.contains(&line)) {
                found.push(format!("{}: {folder}mod.rs has no line with `{line}`", source.path));
            }
        }
        found
    }

    #[test]
    fn the_house_is_in_order() {
        let sources = Source::all(&["src", "tests", "benches"]);
        let src = sources.iter().filter(|source| source.path.starts_with("src/"));
        assert!(src.clone().count() > 100, "the source was not found");
        let rooms: BTreeSet<&str> = src.filter_map(Source::room).collect();
        let known: BTreeSet<&str> = STAGES.into_iter().chain(["domain", "config", "run", "cli", "demo"]).collect();
        assert_eq!(rooms, known, "a new room needs its place in src/lib.rs and here");
        for (folder, mark, _) in REGISTRIES {
            let things =
                sources.iter().filter(|one| !one.is_test && one.path.starts_with(folder) && one.code.contains(mark));
            assert!(things.count() > 1, "{folder}: nothing is recognised by `{mark}`");
        }
        let found = violations(&sources);
        assert!(found.is_empty(), "\n{}\n", found.into_iter().collect::<Vec<_>>().join("\n"));
    }

    /// Every kind of signal that a page is read for has its function in the registry and its row in the table above it.
    #[test]
    fn every_signal_has_its_registry_line_and_its_row() {
        use stocktruth::domain::SignalKind;

        let text = std::fs::read_to_string(Source::root().join("src/claims/mod.rs")).expect("the registry");
        for kind in SignalKind::ALL {
            let file = kind.code();
            assert!(text.contains(&format!("| `{file}.rs`")), "no row for {kind:?}");
            // The user's selectors are not read from the page alone; the registry says why.
            let line = format!("(SignalKind::{kind:?}, {file}::signals)");
            assert!(kind == SignalKind::Selector || text.contains(&line), "no line {line}");
        }
    }

    fn found_in(path: &str, text: &str) -> Vec<String> {
        violations(&Source::parsed(&[(path, text)])).into_iter().collect()
    }

    /// The guard itself is awake.
    #[test]
    fn whatever_is_out_of_order_is_found() {
        for (path, text, expected) in [
            ("src/claims/a.rs", "use crate::store::Store;", "claims may not import store"),
            (
                "src/claims/a.rs",
                "use crate::{domain::Item, config, fetch::{self, Mode}};",
                "claims may not import config",
            ),
            (
                "src/claims/a.rs",
                "use crate::{domain::Item, config, fetch::{self, Mode}};",
                "claims may not import fetch",
            ),
            ("src/claims/a.rs", "use super::super::judge;", "claims may not import judge"),
            ("src/claims/mod.rs", "use super::{judge, domain};", "claims may not import judge"),
            ("src/claims/deep/a.rs", "fn f() { super::super::super::run::check() }", "claims may not import run"),
            ("src/domain/a.rs", "fn f(x: crate::fetch::Rate) {}", "domain may not import fetch"),
            ("src/stock/a.rs", "use crate::catalog::Entry;", "stock may not import catalog"),
            ("src/store/a.rs", "use crate::cli::Exit;", "store may not import cli"),
            ("src/run/a.rs", "use crate::config::Config;", "run may not import config"),
            ("src/config/a.rs", "use crate::report::Format;", "config may not import report"),
            ("src/run/a.rs", "use rusqlite::Connection;", "only store names the database"),
            ("src/stock/a.rs", "let c = reqwest::get();", "only fetch names the HTTP client"),
            ("src/run/a.rs", "let t = jiff::Timestamp::now();", "only domain::clock reads the time"),
            ("src/run/a.rs", "let t = std::time::SystemTime::UNIX_EPOCH;", "only domain::clock reads the time"),
            ("src/run/a.rs", "let t = Instant::now();", "only fetch paces itself"),
            ("src/run/a.rs", "let v = std::env::var(name);", "only config reads the environment"),
            ("src/run/utils.rs", "", "`utils` says nothing"),
            ("src/run/common/a.rs", "", "`common` says nothing"),
            ("tests/integration/helpers.rs", "", "`helpers` says nothing"),
            ("src/run/a.rs", "mod types { }", "`types` says nothing"),
            ("src/run/a.rs", &"\n".repeat(401), "401 lines"),
            ("src/claims/cart.rs", "pub(super) fn signals(scene: &Scene) {}", "has no line with `cart::signals`"),
            ("src/stock/sql.rs", "impl StockSource for Sql {}", "has no line with `sql::`"),
            ("src/notify/courier/pigeon.rs", "impl Way for Pigeon {}", "has no line with `pigeon::`"),
            ("src/report/html.rs", "pub(super) fn write<E>() {}", "has no line with `html::write(`"),
        ] {
            let found = found_in(path, text);
            assert!(found.iter().any(|one| one.contains(expected)), "{path}: {text}: {expected}: {found:?}");
        }
    }

    /// And it does not bark at words, only at code.
    #[test]
    fn what_is_in_order_is_left_alone() {
        for (path, text) in [
            ("src/stock/a.rs", "use crate::{domain::Item, fetch::{self, Mode}};"),
            ("src/claims/a.rs", "use super::{text, judge_by};\nuse crate::claims::text;"),
            ("src/claims/a.rs", "// crate::store\n/* crate::run /* nested */ reqwest */ fn f() {}"),
            (
                "src/claims/a.rs",
                r##"const A: &str = "crate::store \" reqwest"; const B: &str = r#"crate::run "x" "#;"##,
            ),
            ("src/claims/a.rs", "fn f<'a>(c: char) -> bool { c == '\"' || c == '\\'' }\n// '\"' crate::store"),
            ("src/claims/a.rs", "#[cfg(test)]\nmod tests { use crate::run; fn f() { Instant::now(); } }"),
            ("src/claims/a.rs", "fn subscraper() { my_env::x; env!(\"A\"); }"),
            ("src/store/a.rs", "use rusqlite::Connection;"),
            ("src/run/a.rs", &"\n".repeat(400)),
        ] {
            assert_eq!(found_in(path, text), Vec::<String>::new(), "{path}: {text}");
        }
        let apart = [
            ("src/claims/mod.rs", "#[cfg(test)]\n#[path = \"odd_tests.rs\"]\nmod tests;\n#[cfg(test)]\nmod samples;"),
            ("src/claims/odd_tests.rs", "use crate::run;"),
            ("src/claims/samples.rs", "use crate::run;"),
            ("src/claims/samples/deep.rs", "use crate::run;"),
        ];
        assert_eq!(violations(&Source::parsed(&apart)), BTreeSet::new());
        let registered = [
            ("src/stock/mod.rs", "mod sql; fn open() { sql::Sql::open() }"),
            ("src/stock/sql.rs", "impl StockSource for Sql {}"),
        ];
        assert_eq!(violations(&Source::parsed(&registered)), BTreeSet::new());
    }
}
