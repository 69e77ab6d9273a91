//! What the README shows is what the program says. With STOCKTRUTH_BLESS=1 the README is written anew.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::harness::{Program, World};

static README: Mutex<()> = Mutex::new(());

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn said(args: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    Program::in_folder(folder.path()).args(args).run().exits(0).stdout.clone()
}

/// Lines without blanks at their ends, without empty lines around them.
fn trimmed(text: &str) -> String {
    text.trim_matches('\n').lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The text between two markers, without them.
fn block(readme: &str, name: &str) -> Option<(usize, usize)> {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = readme.find(&start)? + start.len();
    Some((from, from + readme[from..].find(&end)?))
}

#[expect(clippy::disallowed_methods, reason = "asks for the blessing, which no configuration knows of")]
fn blesses() -> bool {
    std::env::var("STOCKTRUTH_BLESS").is_ok_and(|value| value == "1")
}

#[track_caller]
fn shows(name: &str, language: &str, text: &str) {
    let _alone = README.lock();
    let file = path("README.md");
    let readme = std::fs::read_to_string(&file).expect("the README");
    let (from, to) = block(&readme, name).unwrap_or_else(|| panic!("the README has no block `{name}`"));
    let wanted = format!("```{language}\n{}\n```\n", trimmed(text));
    if blesses() {
        let blessed = format!("{}{wanted}{}", &readme[..from], &readme[to..]);
        std::fs::write(file, blessed).expect("the README");
    } else {
        let hint = "run the tests once with STOCKTRUTH_BLESS=1";
        assert!(readme[from..to] == wanted, "{name}: {hint}\nit shows:\n{}\nbut it is:\n{wanted}", &readme[from..to]);
    }
}

/// The help without the exit codes, which stand in a place of their own.
fn help(args: &[&str]) -> String {
    let text = said(args);
    let (help, _) = text.split_once("Exit codes:").expect("the exit codes");
    help.trim_end().to_owned()
}

#[test]
fn the_commands_are_shown_as_the_help_has_them() {
    let text =
        format!("$ stocktruth --help\n{}\n\n$ stocktruth check -h\n{}", help(&["--help"]), help(&["check", "-h"]));
    shows("help", "text", &text);
}

#[test]
fn the_exit_codes_are_shown_as_the_help_has_them() {
    let text = said(&["--help"]);
    let codes = &text[text.find("Exit codes:").expect("the exit codes")..];
    assert_eq!(codes.trim_end().lines().count(), 9);
    shows("exit", "text", codes);
    assert!(said(&["check", "--help"]).ends_with(codes), "check shows the same");
}

#[test]
fn the_line_for_cron_is_the_one_of_the_crontab() {
    let crontab = std::fs::read_to_string(path("config/crontab")).expect("the crontab");
    let lines: Vec<_> = crontab.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(lines.last().is_some_and(|line| line.ends_with("stocktruth check --quiet")), "{lines:?}");
    shows("cron", "text", &lines.join("\n"));
}

#[test]
fn the_short_configuration_is_valid() {
    let readme = std::fs::read_to_string(path("README.md")).expect("the README");
    let (from, to) = block(&readme, "short").expect("a block `short`");
    let block = readme[from..to].trim();
    let Some(yaml) = block.strip_prefix("```yaml\n").and_then(|block| block.strip_suffix("```")) else {
        panic!("a whole configuration in a yaml block, not:\n{block}");
    };
    let world = World::new();
    world.file("short.yaml", yaml);
    let mut program = world.program(&["validate", "-c", "short.yaml"]);
    for secret in yaml.split("${").skip(1).filter_map(|rest| rest.split_once('}')) {
        program = program.env(secret.0, "secret");
    }
    program.run().exits(0).says(["good"]);
}
