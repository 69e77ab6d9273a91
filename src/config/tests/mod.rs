//! Tests of the whole room: text in, options or problems out.

mod files;

use std::path::Path;

use super::{Config, Problems, compile};

/// The environment of these tests.
fn environment(name: &str) -> Option<String> {
    let value = match name {
        "TOKEN" => "s3cr3t-t0ken",
        "PASSWORD" => "s3cr3t-password",
        "GRACE" => "30",
        "EMPTY" => "",
        "HOME" => "/home/dana",
        _ => return None,
    };
    Some(value.to_owned())
}

fn check(text: &str) -> Result<Config, Problems> {
    compile(Path::new("/nowhere/stocktruth.yaml"), text, &environment)
}

/// One line per problem: `line:column what | help`.
fn told(text: &str) -> Vec<String> {
    let problems = match check(text) {
        Ok(config) => config.warnings,
        Err(problems) => problems,
    };
    problems
        .iter()
        .map(|problem| {
            let (line, column) = problem.place().unwrap_or_default();
            let kind = if problem.is_warning() { "warning: " } else { "" };
            let help = problem.advice().map(|help| format!(" | {help}")).unwrap_or_default();
            format!("{line}:{column} {kind}{}{help}", problem.what())
        })
        .collect()
}

#[test]
fn the_starter_loads() {
    let expected = "36:15 warning: `file`: there is no file /nowhere/stock.csv | it must be there when a check runs";
    assert_eq!(told(super::STARTER), [expected]);
}
