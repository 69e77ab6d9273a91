//! The templates of mails: built in from `config/mail/`, and replaced one by one by files of the same name in a folder
//! of the user's. One that is broken never costs a mail: the built-in one takes its place.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior};

use super::compose::ComposeError;
use super::message::Direction;
use super::words::isolate;
use super::{example, letter};

/// Names of the templates, and what is built in.
const BUILT_IN: [(&str, &str); 4] = [
    ("digest.html", include_str!("../../config/mail/digest.html")),
    ("digest.txt", include_str!("../../config/mail/digest.txt")),
    ("alarm.html", include_str!("../../config/mail/alarm.html")),
    ("alarm.txt", include_str!("../../config/mail/alarm.txt")),
];

/// A template larger than this is none.
const LARGEST: u64 = 1 << 20;

/// What is wrong with a template of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateProblem {
    /// The file, or the folder.
    pub file: PathBuf,
    /// The line, counted from 1, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub what: String,
}

impl fmt::Display for TemplateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Looks through a folder of templates: what cannot be read, what cannot be filled with an example of each kind of
/// message, and what has a name that no template has.
pub fn check_templates(folder: &Path) -> Vec<TemplateProblem> {
    let templates = match Templates::read(Some(folder)) {
        Ok(templates) => templates,
        Err(ComposeError::Template(what)) => return vec![problem(folder, None, what)],
        Err(error) => return vec![problem(folder, None, error.to_string())],
    };
    let mut problems = templates.problems.clone();
    for message in [example::digest(), example::alarm()] {
        let seen = letter::seen(&message, Some("…"), None);
        for (name, _) in BUILT_IN.iter().filter(|(name, _)| name.starts_with(message.kind.code())) {
            if let Some(Err(error)) = templates.fill_own(name, &seen) {
                problems.push(described(&folder.join(name), &error));
            }
        }
    }
    problems
}

/// All templates, ready to be filled.
#[derive(Debug)]
pub(super) struct Templates {
    built_in: Environment<'static>,
    /// The user's, as far as they could be read.
    own: Environment<'static>,
    folder: Option<PathBuf>,
    problems: Vec<TemplateProblem>,
}

impl Templates {
    /// Reads the templates of a folder beside those that are built in. What is broken there is remembered and passed
    /// over.
    ///
    /// # Errors
    /// If one that is built in is broken: a bug.
    pub(super) fn read(folder: Option<&Path>) -> Result<Self, ComposeError> {
        let bug = |error: Error| ComposeError::Template(error.to_string());
        let mut built_in = environment().map_err(bug)?;
        for (name, text) in BUILT_IN {
            built_in.add_template(name, text).map_err(bug)?;
        }
        let mut templates =
            Self { built_in, own: environment().map_err(bug)?, folder: folder.map(Path::to_owned), problems: vec![] };
        if let Some(folder) = folder {
            templates.read_own(folder);
        }
        Ok(templates)
    }

    fn read_own(&mut self, folder: &Path) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let what = format!("the folder of mail templates cannot be read: {error}; correct mail.templates");
                return self.problems.push(problem(folder, None, what));
            }
        };
        let mut files: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        files.sort();
        for file in files {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some((name, _)) = BUILT_IN.iter().find(|(known, _)| *known == name) else {
                if name.ends_with(".html") || name.ends_with(".txt") {
                    let known: Vec<_> = BUILT_IN.iter().map(|(name, _)| *name).collect();
                    let what = format!("no mail uses a template of this name; there are {}", known.join(", "));
                    self.problems.push(problem(&file, None, what));
                }
                continue;
            };
            let added = match text(&file) {
                Ok(text) => self.own.add_template_owned(*name, text).map_err(|error| described(&file, &error)),
                Err(error) => Err(problem(&file, None, error.to_string())),
            };
            self.problems.extend(added.err());
        }
    }

    /// What is wrong with the user's templates, as far as that shows without filling them.
    pub(super) fn problems(&self) -> &[TemplateProblem] {
        &self.problems
    }

    /// Fills a template: the user's own if there is one and it can be filled, else the one that is built in.
    pub(super) fn fill(&self, name: &str, seen: &Value) -> Result<String, ComposeError> {
        match self.fill_own(name, seen) {
            Some(Ok(text)) => return Ok(text),
            Some(Err(error)) => {
                let file = self.folder.clone().unwrap_or_default().join(name);
                tracing::warn!("{}; the built-in template takes its place", described(&file, &error));
            }
            None => {}
        }
        let filled = self.built_in.get_template(name).and_then(|template| template.render(seen));
        filled.map_err(|error| ComposeError::Template(error.to_string()))
    }

    /// Fills the user's own template, if there is one.
    fn fill_own(&self, name: &str, seen: &Value) -> Option<Result<String, Error>> {
        self.own.get_template(name).ok().map(|template| template.render(seen))
    }
}

/// The rules that all templates follow. What is not there is an error, so that a misspelt name is found at validation.
fn environment() -> Result<Environment<'static>, Error> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    templates.set_auto_escape_callback(|name| match name.ends_with(".html") {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    templates.add_filter("iso", |text: String, direction: String| match direction.as_str() {
        "rtl" => isolate(&text, Direction::Rtl),
        _ => isolate(&text, Direction::Ltr),
    });
    Ok(templates)
}

fn text(file: &Path) -> io::Result<String> {
    if fs::metadata(file)?.len() > LARGEST {
        return Err(io::Error::other("the file is larger than 1 MiB, so it is no template"));
    }
    fs::read_to_string(file)
}

fn problem(file: &Path, line: Option<usize>, what: String) -> TemplateProblem {
    TemplateProblem { file: file.to_owned(), line, what }
}

fn described(file: &Path, error: &Error) -> TemplateProblem {
    let kind = error.kind().to_string();
    let what = error.detail().map_or(kind.clone(), |detail| format!("{kind}: {detail}"));
    problem(file, error.line(), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn filled(folder: &Path, name: &str) -> String {
        let message = example::digest();
        Templates::read(Some(folder)).unwrap().fill(name, &letter::seen(&message, None, None)).unwrap()
    }

    #[test]
    fn a_file_takes_the_place_of_the_template_of_its_name() {
        let folder = folder(&[("digest.txt", "{{ heading }} / {{ sections[0].rows[0].sku }}\n{{ start }}")]);
        let message = example::digest();
        assert_eq!(filled(folder.path(), "digest.txt"), format!("{} / TEA-001\nleft", message.heading));
        assert!(filled(folder.path(), "digest.html").contains("<html"), "the others stay as they are");
        assert_eq!(check_templates(folder.path()), []);
    }

    #[test]
    fn what_is_foreign_stays_text_in_a_template_of_the_users_too() {
        let folder = folder(&[("digest.html", "{{ sections[0].rows[0].product }}")]);
        assert_eq!(filled(folder.path(), "digest.html"), "Earl Grey &lt;100 g&gt; &amp; more");
    }

    #[test]
    fn what_is_broken_is_told_with_its_line_and_costs_no_mail() {
        let folder = folder(&[
            ("digest.html", "<p>\n{% for row in rows %}\n"),
            ("digest.txt", "one\ntwo\n{{ headnig }}\n"),
            ("alarm.txt", "{{ alarms[0].nothing.at_all }}"),
            ("alarm.htm", "ignored"),
            ("digset.html", "a misspelt name"),
        ]);
        let problems: Vec<_> = check_templates(folder.path())
            .into_iter()
            .map(|one| {
                assert!(!one.what.is_empty());
                (one.file.file_name().unwrap().to_str().unwrap().to_owned(), one.line)
            })
            .collect();
        let expected =
            [("digest.html", Some(2)), ("digset.html", None), ("digest.txt", Some(3)), ("alarm.txt", Some(1))];
        assert_eq!(problems, expected.map(|(file, line)| (file.to_owned(), line)));
        for name in ["digest.html", "digest.txt"] {
            let text = filled(folder.path(), name);
            assert!(text.contains(&example::digest().sender), "the built-in {name}: {text}");
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_and_costs_no_mail() {
        let missing = tempfile::tempdir().unwrap().path().join("none");
        let problems = check_templates(&missing);
        assert!(problems.len() == 1 && problems[0].what.contains("mail.templates"), "{problems:?}");
        assert!(filled(&missing, "digest.txt").contains("TEA-001"));
    }
}
