//! What is wrong with a configuration, all of it at once.

use std::fmt;
use std::path::{Path as FilePath, PathBuf};

use super::document::Spot;
use super::render;

/// One thing that is wrong, in words: what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub(super) what: String,
    pub(super) spot: Option<Spot>,
    pub(super) help: Option<String>,
    pub(super) warning: bool,
    /// Whether the spot is a key of which it cannot be said that its value is no secret.
    pub(super) hides_value: bool,
}

impl Problem {
    pub(super) fn error(what: String) -> Self {
        Self { what, spot: None, help: None, warning: false, hides_value: false }
    }

    pub(super) fn warning(what: String) -> Self {
        Self { warning: true, ..Self::error(what) }
    }

    pub(super) fn at(mut self, spot: impl Into<Option<Spot>>) -> Self {
        self.spot = spot.into();
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// At a key whose value is not to be shown.
    pub(super) fn at_key(self, spot: impl Into<Option<Spot>>) -> Self {
        Self { hides_value: true, ..self.at(spot) }
    }

    /// What is wrong. Never a secret.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What to do, if it can be said.
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Line and column, both counted from 1.
    pub fn place(&self) -> Option<(usize, usize)> {
        self.spot.map(|spot| (spot.line, spot.from + 1))
    }

    /// Whether the configuration can be used all the same.
    pub fn is_warning(&self) -> bool {
        self.warning
    }
}

/// Everything that is wrong with one file, errors and warnings in the order of its lines.
#[derive(Clone, Default)]
pub struct Problems {
    pub(super) file: PathBuf,
    pub(super) text: String,
    pub(super) list: Vec<Problem>,
}

impl Problems {
    pub(super) fn new(file: &FilePath, text: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by_key(|problem| problem.spot.map(|spot| (spot.line, spot.from)));
        Self { file: file.to_owned(), text: text.to_owned(), list }
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many make the configuration unusable.
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|problem| !problem.warning).count()
    }

    /// How many do not.
    pub fn warnings(&self) -> usize {
        self.list.len() - self.errors()
    }

    /// For people: each problem with file, line, column, the line itself and what to do. Values of secret keys are
    /// replaced by `…`. With `colour` the text holds ANSI escapes. Ends with a newline, unless there is nothing to say.
    pub fn render(&self, colour: bool) -> String {
        render::render(self, colour)
    }
}

/// As [`Problems::render`] without colour.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// Without the text, which may hold secrets.
impl fmt::Debug for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problems").field("file", &self.file).field("list", &self.list).finish_non_exhaustive()
    }
}

impl std::error::Error for Problems {}
