//! How a letter looks: the templates of `config/mail/`, filled.

use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;

use super::compose::ComposeError;
use super::message::Direction;
use super::rows::Row;
use super::words::{Words, isolate};
use crate::domain::Section;

/// A mail before it is put into an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) language: &'static str,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    /// File name and bytes.
    pub(super) csv: Option<(String, Vec<u8>)>,
}

/// What the templates see beside the words.
#[derive(Debug, Serialize)]
pub(super) struct View<'a> {
    pub(super) subject: String,
    pub(super) heading: String,
    pub(super) greeting: Option<String>,
    pub(super) sections: Vec<SectionView<'a>>,
    /// Whether anything in it is still wrong.
    pub(super) wrong: bool,
    pub(super) attached: Option<String>,
    pub(super) times: String,
}

#[derive(Debug, Serialize)]
pub(super) struct SectionView<'a> {
    code: &'static str,
    title: String,
    rows: Vec<&'a Row>,
    more: Option<String>,
}

impl<'a> SectionView<'a> {
    pub(super) fn new(section: Section, total: usize, rows: Vec<&'a Row>, words: &Words) -> Self {
        let more = total - rows.len();
        let title = words.count(&format!("section_{}", section.code()), total);
        let more = (more > 0).then(|| words.count("more_rows", more));
        Self { code: section.code(), title, rows, more }
    }
}

/// Fills both templates of a digest.
pub(super) fn render(
    view: View<'_>,
    words: &'static Words,
    csv: Option<(String, Vec<u8>)>,
) -> Result<Letter, ComposeError> {
    let seen = Value::from(Serde(&view));
    fill("digest", view.subject, seen, words, csv)
}

/// Fills both templates of a kind of letter. They see the words as `w` and what is in `view`.
pub(super) fn fill(
    kind: &str,
    subject: String,
    view: Value,
    words: &'static Words,
    csv: Option<(String, Vec<u8>)>,
) -> Result<Letter, ComposeError> {
    let (start, end) = if words.direction == Direction::Rtl { ("right", "left") } else { ("left", "right") };
    let mark = words.line_mark();
    let seen = context! { w => Serde(words), start, end, mark, ..view };
    let fill = |form| templates()?.get_template(&format!("{kind}.{form}"))?.render(seen.clone());
    let html = fill("html").map_err(|error| ComposeError::Template(error.to_string()))?;
    let text = fill("txt").map_err(|error| ComposeError::Template(error.to_string()))?;
    Ok(Letter { language: &words.language, subject, text, html, csv })
}

fn templates() -> Result<&'static Environment<'static>, minijinja::Error> {
    static TEMPLATES: OnceLock<Result<Environment<'static>, String>> = OnceLock::new();
    let built = TEMPLATES.get_or_init(|| build().map_err(|error| error.to_string()));
    built.as_ref().map_err(|error| minijinja::Error::new(minijinja::ErrorKind::SyntaxError, error.clone()))
}

fn build() -> Result<Environment<'static>, minijinja::Error> {
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
    templates.add_template("digest.html", include_str!("../../config/mail/digest.html"))?;
    templates.add_template("digest.txt", include_str!("../../config/mail/digest.txt"))?;
    templates.add_template("alarm.html", include_str!("../../config/mail/alarm.html"))?;
    templates.add_template("alarm.txt", include_str!("../../config/mail/alarm.txt"))?;
    Ok(templates)
}
