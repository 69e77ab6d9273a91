//! `stocktruth check` in a folder of its own, and what it said.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::post_office::Mail;

/// The password of the mail server's only account.
const MAIL_PASSWORD: &str = "purim-5787";

/// A folder with a configuration, a database and whatever the configuration names.
pub(crate) struct Trial {
    folder: TempDir,
}

impl Trial {
    /// A folder that holds this configuration.
    pub(crate) fn new(config: &str) -> Self {
        let trial = Self { folder: TempDir::new().expect("a folder") };
        trial.put("stocktruth.yaml", config);
        trial
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file beside the configuration.
    pub(crate) fn put(&self, name: &str, content: &str) {
        fs::write(self.folder.path().join(name), content).expect("a file");
    }

    /// Runs the check. It must say nothing beside its result.
    pub(crate) fn check(&self) -> Ran {
        let (ran, said) = self.check_and_listen();
        assert_eq!(said, "");
        ran
    }

    /// Runs the check; also gives what it said on standard error.
    pub(crate) fn check_and_listen(&self) -> (Ran, String) {
        self.check_with(&[])
    }

    /// Looks at one product at once.
    pub(crate) fn check_only(&self, sku: &str) -> Ran {
        let (ran, said) = self.check_with(&["--sku", sku]);
        assert_eq!(said, "");
        ran
    }

    pub(crate) fn check_with(&self, more: &[&str]) -> (Ran, String) {
        let (code, result, said) = self.run(&[&["check", "--format", "json"], more].concat());
        let document =
            serde_json::from_str(&result).unwrap_or_else(|error| panic!("no JSON ({error}): {result}{said}"));
        (Ran { code, document }, said)
    }

    /// The mails in the folder `outbox`, the oldest first.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let folder = fs::read_dir(self.folder().join("outbox")).into_iter().flatten();
        let mut files: Vec<_> = folder.map(|entry| entry.expect("a mail").path()).collect();
        files.sort();
        files.iter().map(|file| Mail::read(&fs::read(file).expect("a mail"))).collect()
    }

    /// What somebody at a terminal is shown by a check that neither remembers nor tells.
    pub(crate) fn shown(&self) -> String {
        let (_, shown, said) = self.run(&["check", "--dry-run"]);
        assert_eq!(said, "");
        shown
    }

    /// What shop, stock source and mail server answer to `validate --connect`.
    pub(crate) fn connect(&self) -> String {
        let (code, answers, said) = self.run(&["validate", "--connect"]);
        assert_eq!((code, said.as_str()), (0, ""), "{answers}");
        answers
    }

    /// Starts the check and returns at once. What it says goes nowhere.
    pub(crate) fn start(&self) -> Child {
        let mut command = self.command(&["check", "--format", "json"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stocktruth"));
        command.args(arguments).current_dir(self.folder.path());
        command.env_clear().env("SMTP_PASSWORD", MAIL_PASSWORD).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let done = self.command(arguments).output().expect("the program");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (done.status.code().expect("an exit code"), text(&done.stdout), text(&done.stderr))
    }
}

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    document: Value,
}

/// What matters of a verdict: its code, its reason if unverified, its cause and the incident's state.
pub(crate) type Found<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>);

impl Ran {
    /// The shop in numbers.
    pub(crate) fn count(&self, what: &str) -> u64 {
        self.document["shops"][0][what].as_u64().unwrap_or_else(|| panic!("no {what} in {}", self.document["shops"]))
    }

    /// Why the shop could not be checked.
    pub(crate) fn failed(&self) -> &str {
        self.document["shops"][0]["failed"].as_str().unwrap_or_else(|| panic!("{:#}", self.document["shops"]))
    }

    /// Notices in numbers: `queued`, `sent`, `waiting`, `given_up`.
    pub(crate) fn notices(&self, what: &str) -> u64 {
        self.document["run"]["notices"][what]
            .as_u64()
            .unwrap_or_else(|| panic!("no {what} in {}", self.document["run"]))
    }

    /// All that was said of the run.
    pub(crate) fn text(&self) -> String {
        self.document.to_string()
    }

    /// Every item whose page does not simply tell the truth.
    pub(crate) fn findings(&self) -> BTreeMap<&str, Found<'_>> {
        let items = self.document["items"].as_array().expect("items");
        let odd = items.iter().filter(|item| item["verdict"] != "agrees");
        odd.map(|item| {
            let word = |key: &str| item[key].as_str();
            (
                word("sku").or(word("key")).expect("a name"),
                (word("verdict").expect("a verdict"), word("reason"), word("cause"), word("state")),
            )
        })
        .collect()
    }

    /// What the stock source says of each of these: its policy and the quantity that can be sold.
    pub(crate) fn stock<'a>(&self, skus: &[&'a str]) -> Vec<(&'a str, String)> {
        let told = |sku: &&'a str| {
            let stock = &self.item(sku)["stock"];
            let word = |name: &str| stock[name].as_str().unwrap_or("-").to_owned();
            (*sku, format!("{} {}", word("policy"), word("sellable")))
        };
        skus.iter().map(told).collect()
    }

    /// The item's row, whatever was found.
    pub(crate) fn item(&self, sku: &str) -> &Value {
        let items = self.document["items"].as_array().expect("items");
        items
            .iter()
            .find(|item| item["sku"] == sku || item["key"] == sku)
            .unwrap_or_else(|| panic!("nothing is said of {sku}"))
    }

    /// Asserts that these items, and no others, are found to be this, and that nothing is unverified.
    pub(crate) fn assert_found(&self, expected: &BTreeMap<&str, Found<'_>>) {
        let found = self.findings();
        for (key, what) in &found {
            assert_eq!(expected.get(key), Some(what), "{key}: {:#}", self.item(key));
        }
        let (found, expected): (BTreeSet<_>, BTreeSet<_>) = (found.keys().collect(), expected.keys().collect());
        assert_eq!(found, expected);
    }
}

/// The same finding for many items.
pub(crate) fn all<'a>(keys: &[&'a str], found: Found<'a>) -> BTreeMap<&'a str, Found<'a>> {
    keys.iter().map(|key| (*key, found)).collect()
}
