//! Rust source, as far as the rules need to understand it: its code without comments, literals and test modules.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// One file.
pub(crate) struct Source {
    /// From the root of the package: `src/claims/mod.rs`.
    pub(crate) path: String,
    /// The text, with comments, literals and test modules blanked.
    pub(crate) code: String,
    pub(crate) lines: usize,
    /// Whether all of it is test code.
    pub(crate) is_test: bool,
    /// The out-of-line test modules it declares: what their paths begin with.
    test_modules: Vec<PathBuf>,
}

impl Source {
    pub(crate) fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    /// All Rust files below these folders of the package.
    pub(crate) fn all(folders: &[&str]) -> Vec<Self> {
        let mut files = Vec::new();
        for folder in folders {
            collect(&Self::root().join(folder), &mut files);
        }
        let texts: Vec<(String, String)> = files
            .iter()
            .map(|file| {
                let path = file.strip_prefix(Self::root()).expect("a file of the package").display().to_string();
                (path, fs::read_to_string(file).expect("a source file"))
            })
            .collect();
        Self::parsed(&texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())
    }

    /// Files given as path and text.
    pub(crate) fn parsed(files: &[(&str, &str)]) -> Vec<Self> {
        let mut all: Vec<Self> = files.iter().map(|(path, text)| Self::new(path, text)).collect();
        let test_modules: Vec<PathBuf> = all.iter().flat_map(|source| source.test_modules.clone()).collect();
        for source in &mut all {
            let path = Path::new(&source.path).to_owned();
            source.is_test =
                test_modules.iter().any(|module| path.starts_with(module) || path.with_extension("") == *module);
        }
        all
    }

    fn new(path: &str, text: &str) -> Self {
        let mut code = blanked(text);
        let mut test_modules = Vec::new();
        for declared in TEST_MODULE.captures_iter(text) {
            let all = declared.get(0).expect("the whole match");
            // Not a word of a comment or a literal.
            if !code[all.range()].contains("mod ") {
                continue;
            }
            if &declared["end"] == "{" {
                let end = closing(&code, all.end());
                blank(&mut code, all.start(), end);
            } else {
                let name = declared.name("path").map_or(&declared["name"], |path| path.as_str());
                test_modules
                    .push(folder_of_children(path, declared.name("path").is_some()).join(name).with_extension(""));
            }
        }
        Self { path: path.to_owned(), code, lines: text.lines().count(), is_test: false, test_modules }
    }

    /// The room it belongs to. `main.rs` and `lib.rs` belong to none.
    pub(crate) fn room(&self) -> Option<&str> {
        self.path.strip_prefix("src/")?.split_once('/').map(|(room, _)| room)
    }

    /// Whether the code says this word, or these words.
    pub(crate) fn says(&self, word: &str) -> bool {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        self.code.match_indices(word).any(|(at, _)| {
            let before = self.code[..at].chars().next_back();
            let after = self.code[at + word.len()..].chars().next();
            !before.is_some_and(part) && !after.is_some_and(part)
        })
    }

    /// The modules it declares.
    pub(crate) fn modules(&self) -> Vec<String> {
        MODULE.captures_iter(&self.code).map(|declared| declared["name"].to_owned()).collect()
    }

    /// The rooms of this crate that it names: by `crate::`, and by as many `super::` as lead to the root.
    pub(crate) fn imports(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (at, from) in self.code.match_indices("crate::") {
            heads(&self.code[at + from.len()..], &mut names);
        }
        let depth = Path::new(&self.path).with_extension("").iter().filter(|part| *part != "mod").count() - 1;
        for found in SUPER.find_iter(&self.code) {
            if found.as_str().matches("super").count() == depth {
                heads(&self.code[found.end()..], &mut names);
            }
        }
        names
    }
}

static TEST_MODULE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"#\[cfg\(test\)\]\s*(?:#\[path = "(?<path>[^"]+)"\]\s*)?(?:pub(?:\([a-z]+\))? )?mod (?<name>\w+)\s*(?<end>[;{])"#)
        .expect("a pattern")
});
static MODULE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bmod (?<name>\w+)\s*[;{]").expect("a pattern"));
static SUPER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(?:super::)+").expect("a pattern"));

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the package") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The folder where the modules of a file lie.
fn folder_of_children(path: &str, named_by_path: bool) -> PathBuf {
    let path = Path::new(path);
    let beside = path.file_stem().is_some_and(|stem| stem == "mod" || stem == "lib" || stem == "main");
    if beside || named_by_path { path.parent().unwrap_or(path).to_owned() } else { path.with_extension("") }
}

/// The first words of a path, or of each path of a group in braces.
fn heads(code: &str, names: &mut BTreeSet<String>) {
    let code = code.trim_start();
    let Some(group) = code.strip_prefix('{') else {
        names.extend(head(code));
        return;
    };
    let group = &group[..closing(group, 0).saturating_sub(1)];
    let mut deep = 0;
    let mut start = 0;
    for (at, c) in group.char_indices().chain([(group.len(), ',')]) {
        match c {
            '{' => deep += 1,
            '}' => deep -= 1,
            ',' if deep == 0 => {
                names.extend(head(group[start..at].trim_start()));
                start = (at + 1).min(group.len());
            }
            _ => {}
        }
    }
}

fn head(path: &str) -> Option<String> {
    let name: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// Where the block ends that was opened just before `from`.
fn closing(code: &str, from: usize) -> usize {
    let mut open = 1;
    for (at, c) in code[from..].char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return from + at + 1;
        }
    }
    code.len()
}

fn blank(code: &mut String, from: usize, to: usize) {
    let spaces: String = code[from..to].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
    code.replace_range(from..to, &spaces);
}

/// The text with the content of comments and literals blanked, byte for byte.
fn blanked(text: &str) -> String {
    static LITERAL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"//[^\n]*",
            r#"|b?"(?:[^"\\]|\\(?s:.))*""#,
            r"|b?'(?:[^'\\\n]|\\[^\n][^'\n]*)'",
            r#"|(?<comment>/\*)|(?<raw>\bb?r#*")"#,
        ))
        .expect("a pattern")
    });
    let mut out = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(found) = LITERAL.captures_at(text, at) {
        let all = found.get(0).expect("the whole match");
        let end = if let Some(raw) = found.name("raw") {
            let hashes = raw.as_str().matches('#').count();
            let close = format!("\"{}", "#".repeat(hashes));
            text[all.end()..].find(&close).map_or(text.len(), |found| all.end() + found + close.len())
        } else if found.name("comment").is_some() {
            comment_end(text, all.end())
        } else {
            all.end()
        };
        for byte in &mut out[all.start()..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8(out).expect("whole characters were blanked")
}

/// Where a block comment ends, others inside it counted.
fn comment_end(text: &str, from: usize) -> usize {
    let mut open = 1;
    let mut at = from;
    while let Some(next) = text[at..].find(['/', '*']) {
        at += next;
        match text.get(at..at + 2) {
            Some("/*") => (open, at) = (open + 1, at + 2),
            Some("*/") => (open, at) = (open - 1, at + 2),
            _ => at += 1,
        }
        if open == 0 {
            return at;
        }
    }
    text.len()
}
